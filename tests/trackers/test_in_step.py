"""An action item and its ticket, with every tracker: opened once, and the same on both sides whatever is done where."""

from __future__ import annotations

from bot.model import ItemStatus
from tests.trackers.worlds import World


async def opened(one: World) -> None:
    await one.says("ticket ACT-1")
    await one.settled()


async def test_a_ticket_is_opened_and_its_link_stands_with_the_item(one: World) -> None:
    reply = await one.says("ticket ACT-1")
    assert "open a ticket for ACT-1" in reply.plain()
    await one.settled()
    ticket, item = one.there.only, one.item()
    assert item.ticket is not None
    assert (item.ticket.id, item.ticket.state, item.ticket.telling) == (ticket.id, "open", "")
    assert item.link == item.ticket.url
    assert ticket.id in one.words()[-1]
    assert "Alert on pool saturation" in ticket.title


async def test_done_here_closes_it_there_once_with_a_word(one: World) -> None:
    await opened(one)
    await one.says("done ACT-1 https://example.com/pr/12")
    await one.settled()
    assert one.there.only.state == "done"
    assert len(one.there.only.comments) == 1
    assert "ACT-1 is done" in one.there.only.comments[0]


async def test_what_is_taken_back_opens_it_again(one: World) -> None:
    await opened(one)
    await one.says("done ACT-1")
    await one.settled()
    await one.clicks("undo_item", item="ACT-1")
    await one.settled()
    assert (one.there.only.state, one.item().status) == ("open", ItemStatus.OPEN)
    assert one.item().link


async def test_what_will_not_be_done_is_closed_as_that_with_the_reason(one: World) -> None:
    await opened(one)
    await one.says("wontdo ACT-1 the feature is retired")
    await one.settled()
    assert one.there.only.state == "dropped"
    assert "the feature is retired" in one.there.only.comments[0]


async def test_closed_there_is_done_here_with_the_ticket_as_its_link(one: World) -> None:
    await opened(one)
    one.there.change(one.there.only, "done")
    await one.all_hooked()
    item = one.item()
    assert item.status is ItemStatus.DONE
    assert item.ticket is not None
    assert item.link == item.ticket.url
    assert one.there.only.comments == []


async def test_opened_again_there_is_open_here(one: World) -> None:
    await opened(one)
    for state in ("done", "open"):
        one.there.change(one.there.only, state)
        await one.all_hooked()
    assert one.item().status is ItemStatus.OPEN


async def test_an_echo_of_our_own_changes_nothing(one: World) -> None:
    await opened(one)
    await one.says("done ACT-1")
    await one.settled()
    before, calls = one.item(), len([call for call in one.there.calls if call[0] != "GET"])
    await one.all_hooked()
    after = one.item()
    assert after.model_copy(update={"ticket": None}) == before.model_copy(update={"ticket": None})
    assert len([call for call in one.there.calls if call[0] != "GET"]) == calls


async def test_closed_as_not_planned_there_is_asked_about_once(one: World) -> None:
    await opened(one)
    one.there.change(one.there.only, "dropped")
    await one.all_hooked()
    await one.later(hours=2)
    assert one.item().status is ItemStatus.OPEN
    assert len(one.questions()) == 1
    assert [button.label for button in one.buttons()] == ["Won't do", "Keep it open, without the ticket", "New ticket"]


async def test_the_question_is_answered_by_keeping_the_item_without_its_ticket(one: World) -> None:
    await test_closed_as_not_planned_there_is_asked_about_once(one)
    keep = one.buttons()[1]
    assert "no ticket any more" in (await one.clicks(keep.does, **keep.args)).plain()
    assert (one.item().ticket, one.item().link, one.item().status) == (None, "", ItemStatus.OPEN)
    assert one.count("SELECT count(*) FROM ticket") == 0


async def test_the_question_is_answered_by_a_new_ticket(one: World) -> None:
    await test_closed_as_not_planned_there_is_asked_about_once(one)
    anew = one.buttons()[2]
    await one.clicks(anew.does, **anew.args)
    await one.settled()
    assert [ticket.state for ticket in one.there.tickets.values()] == ["dropped", "open"]
    assert one.ticket().id == list(one.there.tickets)[1]


async def test_the_question_is_answered_by_ending_the_item_and_the_tracker_is_told_nothing(one: World) -> None:
    await test_closed_as_not_planned_there_is_asked_about_once(one)
    wont = one.buttons()[0]
    await one.clicks(wont.does, **wont.args, reason="nobody uses it")
    await one.settled()
    assert one.item().status is ItemStatus.WONT_DO
    assert one.there.only.comments == []


async def test_asking_twice_at_once_opens_one(one: World) -> None:
    first, second = await one.says("ticket ACT-1"), await one.says("ticket ACT-1")
    assert "open a ticket" in first.plain()
    assert "on its way" in second.plain()
    await one.settled()
    assert len(one.there.tickets) == 1


async def test_an_answer_that_got_lost_doubles_nothing(one: World) -> None:
    one.there.faults = ["lost"]
    await opened(one)
    assert one.ticket().id == one.there.only.id
    one.there.faults = ["", "lost", "lost"]
    await one.says("done ACT-1")
    await one.settled()
    assert one.there.only.state == "done"
    assert len(one.there.only.comments) == 1


async def test_a_replica_that_dies_at_any_moment_doubles_nothing(one: World) -> None:
    one.crashes = ["before", "after"]
    await opened(one)
    assert one.ticket().id == one.there.only.id
    one.crashes = ["after", "before", "after"]
    await one.says("wontdo ACT-1 retired")
    await one.settled()
    assert one.there.only.state == "dropped"
    assert len(one.there.only.comments) == 1


async def test_it_is_left_alone_as_long_as_it_asks_for(one: World) -> None:
    one.there.faults = ["limited"]
    await one.says("ticket ACT-1")
    await one.carried()
    one.advance(seconds=6)
    await one.carried()
    assert len(one.there.calls) == 1
    await one.settled()
    assert len(one.there.tickets) == 1
