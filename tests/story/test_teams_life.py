"""What is different in Teams: consent, answers for one person, cards that differ by reader, what is left to people."""

from __future__ import annotations

import copy
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from adapters.sandbox.teams import activities, cards, invokes
from adapters.sandbox.teams.deliveries import CARD_SECONDS
from bot.model import ItemStatus, Status
from bot.words import teams as words
from storage.store import SqlStore
from tests.story.cards_of_teams import words_of
from tests.story.on_teams import teams
from tests.story.stage import A_WEEK, Story, told

Json = dict[str, Any]
World = Callable[..., AbstractAsyncContextManager[Story]]


@pytest.fixture
def world(store: SqlStore) -> World:
    """A bot in Teams; options are those of the simulation."""
    return lambda **options: told(store, teams(**options)(store))


# -- what arrives


async def test_without_consent_the_card_says_what_is_not_captured_and_with_it_no_more(world: World) -> None:
    async with world(consent=False) as story:
        maya, tom = story.cast("maya", "tom")
        await maya.incident("declare sev2 Checkout errors")
        assert "only messages that mention me are captured here" in story.shown()[0]
        said = await tom.say("the pool is full")
        assert "the pool is full" not in story.texts(everything=True)
        await maya.shortcut(said, "add_to_timeline")
        await tom.say("@Debrief note restarted it")
        assert {"the pool is full", "restarted it"} <= set(story.texts())
        assert "only messages that mention me" in story.shown()[0]
        story.more.consent("General", on=True)
        await tom.say("all green again")
        assert "all green again" in story.texts(everything=True)
        assert "only messages that mention me" not in story.shown()[0]
        assert story.incident().capture_gap == ""


async def test_one_word_in_the_team_shows_consent_and_adding_the_app_anew_without_it_takes_it_away(
    world: World,
) -> None:
    async with world() as story:
        (maya,) = story.cast("maya")
        await story.more.welcome()
        await story.settle()
        await maya.incident("declare sev2 Checkout errors")
        assert "Capture is incomplete" not in story.shown()[0]
        await story.more.add_anew("maya", "General", consent=False)
        await story.settle()
        await maya.incident("declare sev3 Search is slow", story.chat.channel("general"))
        assert "Capture is incomplete" in story.shown()[0]
        await story.more.add_anew("maya", "General", consent=True)
        await story.settle()
        await maya.say("the index is empty")
        assert "Capture is incomplete" not in story.shown()[0]


async def test_where_nothing_can_be_said_to_one_person_alone_the_answer_comes_in_their_own_chat(world: World) -> None:
    async with world(targeted=False) as story:
        maya, tom = story.cast("maya", "tom")
        await maya.incident("declare sev2 Checkout errors")
        before = story.shown()
        told_privately = await tom.incident("status")
        assert "Checkout errors" in told_privately
        assert "Checkout errors" in tom.inbox[-1]
        assert "Checkout errors" not in "".join(maya.inbox[-1:]) or maya.inbox[-1] != tom.inbox[-1]
        assert len(story.shown()) == len(before) + 1, "what tom typed stands there, and no answer"
        refused = await tom.incident("resovle")
        assert "resolve" in refused
        assert story.incident().is_open


# -- cards


async def seen(story: Story, who: str) -> Json:
    """The status card as one person sees it once it has come into their sight."""
    thread = story.channel
    shown: Json = (await story.more.view(who, thread, thread.partition(";messageid=")[2])).card
    return shown


def labels(card: Json) -> set[str]:
    return {str(one.get("title")) for one in cards.buttons(card)}


async def test_who_may_do_less_sees_fewer_buttons_on_the_same_card(world: World) -> None:
    async with world() as story:
        maya, tom, kenji = story.cast("maya", "tom", "kenji")
        await maya.incident("declare sev2 Checkout errors")
        await maya.incident("lead @tom")
        await maya.incident("invite @kenji")
        commander, responder, passer_by = [await seen(story, who) for who in ("tom", "kenji", "ines")]
        assert "Resolve" in labels(commander)
        assert labels(commander) - labels(responder) == {"Resolve"}
        assert words_of(passer_by) == words_of(story.more.messages(story.channel)[0]["card"])
        refused = await story.cast("ines")[0].press("Resolve")
        assert "commander" in refused
        assert story.incident().is_open
        assert not story.more.ledger.violations
        del tom, kenji


async def sent(story: Story, who: str, message: Json, data: Json) -> str:
    """A program of somebody's own sends what a button carries, as it likes; what it is answered."""
    sim, person = story.more, story.more.user(who)
    base, _, root = message["conversation"].partition(";messageid=")
    value = {"action": {"type": "Action.Execute", "data": data}, "trigger": "manual"}
    place = sim.world.conversations[base]
    activity = activities.invoke(sim, person, place, "adaptiveCard/action", value, root)
    answer = await sim.deliveries.ask(activity | {"replyToId": message["ts"]}, CARD_SECONDS, 0)
    await story.settle()
    return invokes.card_action(answer).text


def carried(message: Json, label: str) -> Json:
    data: Json = next(one["data"] for one in cards.buttons(message["card"]) if one.get("title") == label)
    return copy.deepcopy(data)


async def test_a_card_that_was_made_for_one_person_does_nothing_for_another(world: World) -> None:
    async with world() as story:
        maya, ines = story.cast("maya", "ines")
        await maya.incident("declare sev3 Search is slow")
        await maya.incident("action @ines by 2026-03-04: Alert on slow queries")
        await maya.incident("resolve done")
        await story.later(**A_WEEK)
        digest = story.more.direct_messages("ines")[-1]
        before, log = story.items(), story.texts(everything=True)
        own_chat = story.more.direct_messages("kenji")[-1]
        assert await sent(story, "kenji", own_chat, carried(digest, "Done")) == words.NOT_FOR_YOU
        assert (story.items(), story.texts(everything=True)) == (before, log)
        await ines.press("Done", near="Alert on slow queries")
        assert story.items()["ACT-1"].status is ItemStatus.DONE


async def test_a_card_that_was_altered_or_carried_elsewhere_is_refused_in_words(world: World) -> None:
    async with world() as story:
        (maya,) = story.cast("maya")
        await maya.incident("declare sev2 Checkout errors")
        card = story.more.messages(story.channel)[0]
        general = story.chat.channel("general")
        await maya.incident("declare sev3 Search is slow", where=general)
        other = story.more.messages(story.channel)[0]
        assert card["conversation"] != other["conversation"]
        good = carried(card, "Mitigated")
        before = [one.model_dump() for one in story.incidents()]
        for place, data in (
            (other, good),
            (card, _with(good, a={"incident": "INC-2"})),
            (card, _with(good, d="resolve")),
            (card, _with(good, c="")),
            (card, _with(good, sig="A" * 24)),
            (card, {"debrief": {}}),
            (card, {}),
            (card, {"debrief": [good]}),
        ):
            assert await sent(story, "maya", place, data) == words.CARD_CHANGED, data
        assert [one.model_dump() for one in story.incidents()] == before
        await sent(story, "maya", card, good)
        assert story.incident("INC-1").status is Status.MITIGATED


def _with(data: Json, **changed: Any) -> Json:
    return {"debrief": data["debrief"] | changed}


async def test_a_card_that_comes_twice_or_late_changes_nothing_more_and_says_so(world: World) -> None:
    async with world() as story:
        maya, tom = story.cast("maya", "tom")
        await maya.incident("declare sev2 Checkout errors")
        card = story.more.messages(story.channel)[0]
        old = carried(card, "Mitigated")
        await tom.press("Mitigated")
        log = story.texts(everything=True)
        assert "lready mitigated" in await sent(story, "maya", card, old)
        await maya.incident("resolve done")
        await story.later(days=30)
        log = story.texts(everything=True)
        late = await sent(story, "maya", card, old)
        assert "resolved" in late
        assert story.texts(everything=True) == log


# -- who cannot be reached


def unreachable(story: Story) -> list[str]:
    """As `debrief doctor` lists them."""
    return [one.name for people in story.reports.unreachable_people().values() for one in people]


@pytest.mark.parametrize("code", ["MessageWritesBlocked", "ConversationNotFound"])
async def test_of_somebody_who_blocked_the_app_the_responders_hear_once_and_reminders_leave_them_alone(
    world: World, code: str
) -> None:
    async with world() as story:
        maya, ines = story.cast("maya", "ines")
        await maya.incident("declare sev2 Checkout errors")
        await maya.incident("action @ines by 2026-03-04: Alert on slow queries")
        story.more.block("ines", code)
        await maya.incident("role comms @ines")
        told_of_it = [post for post in story.shown() if "I could not" in post]
        assert ["invite" in told_of_it[0], "That was for Inês Duarte" in told_of_it[1]] == [True, True]
        assert len(told_of_it) == 2, "one word for each of the two things that did not reach her"
        assert unreachable(story) == ["Inês Duarte"]
        await maya.incident("resolve done")
        asked = story.more.ledger.calls["activities.send"]
        before, heard = (len(story.shown()), ines.inbox), len(maya.inbox)
        await story.later(**A_WEEK)
        await story.later(days=7)
        assert (len(story.shown()), ines.inbox) == before
        sent = story.more.ledger.calls["activities.send"] - asked
        assert sent == len(maya.inbox) - heard, "maya hears of her draft and of the item; nothing is tried with ines"
        assert len([one for one in maya.inbox if "whose owner cannot be reached" in one]) == 1
        assert story.items()["ACT-1"].status is ItemStatus.OPEN
        story.more.unblock("ines")
        await ines.incident("actions mine")
        assert unreachable(story) == []
        await story.later(days=7)
        assert [one for one in ines.inbox if "overdue" in one and "Alert on slow queries" in one]


# -- private incidents


async def test_a_private_incident_outside_a_group_chat_is_not_declared_and_the_way_is_told(world: World) -> None:
    async with world() as story:
        (maya,) = story.cast("maya")
        told_privately = await maya.incident("declare sev2 zirconium breach --private")
        assert told_privately.text.startswith("A private incident lives in a group chat. Nothing was declared.")
        await story.more.say("maya", "bot", "declare sev2 zirconium breach --private")
        await story.settle()
        assert "lives in a group chat" in maya.inbox[-1]
        opened = await maya.incident("declare")
        assert opened.form
        refused = await maya.fill(title="zirconium breach", private="true")
        said = "".join((*refused.errors.values(), refused.text))
        assert "lives in a group chat" in said
        assert "/incident" not in "".join((told_privately.text, maya.inbox[-1], said))
        assert not story.incidents(maya.person)
        assert "zirconium" not in "".join(story.chat.readable("kenji"))


async def test_who_is_to_be_let_into_a_group_chat_is_let_in_by_people_and_that_is_said(world: World) -> None:
    async with world() as story:
        (maya,) = story.cast("maya")
        chat = await story.chat.private_place("maya", "tom")
        await maya.incident("declare sev2 zirconium breach --private", where=chat)
        (incident,) = story.incidents(maya.person)
        assert incident.place
        assert incident.place.channel == chat
        assert words.ADD_THEM_YOURSELF not in "".join(story.shown(chat)), "everybody is there already"
        await maya.incident("invite @kenji", where=chat)
        assert f"{words.ADD_THEM_YOURSELF} That was for Kenji Mori." in story.shown(chat)[-1]
        await maya.incident("remove @kenji", where=chat)
        assert f"{words.REMOVE_THEM_YOURSELF} That was for Kenji Mori." in story.shown(chat)[-1]
        assert story.chat.members(chat) == {"maya", "tom"}
        assert "zirconium" not in "".join(story.cast("kenji")[0].inbox)


async def test_who_leaves_the_chat_loses_and_who_joins_it_gains_all_that_was_private_there(world: World) -> None:
    async with world() as story:
        maya, kenji = story.cast("maya", "kenji")
        chat = await story.chat.private_place("maya", "tom", "kenji")
        await maya.incident("declare sev1 zirconium breach --private", where=chat)
        await maya.incident("resolve contained", where=chat)
        await maya.incident("declare sev2 beryllium leak --private", where=chat)
        keys = {one.key for one in story.incidents(maya.person)}
        assert len(keys) == 2
        assert {one.key for one in story.incidents(kenji.person)} == keys
        await maya.take_out("kenji", chat)
        assert not story.incidents(kenji.person)
        assert [story.reports.record(kenji.person, key) for key in keys] == [None, None]
        assert {one.key for one in story.incidents(maya.person)} == keys
        await maya.bring_in("kenji", chat)
        assert {one.key for one in story.incidents(kenji.person)} == keys


async def test_a_chat_has_one_open_private_incident_at_a_time(world: World) -> None:
    async with world() as story:
        maya, tom = story.cast("maya", "tom")
        chat = await story.chat.private_place("maya", "tom")
        await maya.incident("declare sev1 zirconium breach --private", where=chat)
        (first,) = story.incidents(maya.person)
        for words_said in ("declare sev2 beryllium leak --private", "INC-1 declare beryllium leak --private"):
            refused = await tom.incident(words_said, where=chat)
            assert f"{first.key} is open here already" in refused.text
            assert "Nothing was declared" in refused.text
        await tom.incident("declare", where=chat)
        refused = await tom.fill(title="beryllium leak", private="true")
        assert "is open here already" in "".join((*refused.errors.values(), refused.text))
        assert [one.key for one in story.incidents(maya.person)] == [first.key]
        await tom.incident("update all good", where=chat)
        assert story.incident(first.key, maya.person).update
        await tom.incident("declare sev3 Search is slow", where=chat)
        assert len(story.incidents(maya.person)) == 2, "what is public lives in a channel"
        await maya.incident("resolve contained", where=chat)
        await tom.incident("declare sev2 beryllium leak --private", where=chat)
        assert len(story.incidents(maya.person)) == 3
        for where in (chat, "general"):
            refused = await maya.incident(f"{first.key} reopen it came back", where=where)
            assert "is open in the same chat" in refused.text
        assert not story.incident(first.key, maya.person).is_open


async def test_a_guest_of_the_team_reads_but_notes_only_where_they_were_invited(world: World) -> None:
    async with world() as story:
        maya, gary = story.cast("maya", "gary")
        await maya.incident("declare sev2 Checkout errors")
        refused = await gary.incident("note I saw it")
        assert "uest" in refused
        assert "I saw it" not in story.texts(everything=True)
        await maya.incident("invite @gary")
        await gary.incident("note I saw it too")
        assert "I saw it too" in story.texts()
        assert labels(await seen(story, "gary")) == {"Timeline"}
        card = story.more.messages(story.channel)[0]
        assert "uest" in await sent(story, "gary", card, carried(card, "Mitigated"))
        assert story.incident().status is Status.ACTIVE


# -- what looks like people, and what looks like a message


async def posted(story: Story, who: str, **said: Any) -> None:
    """A message as a client sends it, in the incident's thread."""
    sim = story.more
    base, _, root = story.channel.partition(";messageid=")
    place = sim.world.conversations[base]
    activity = activities.envelope(sim, "message", sim.user(who), place, root)
    assert await sim.deliveries.carried(activity | {"id": "1772442009999", "replyToId": root} | said)
    await story.settle()


@pytest.mark.parametrize(
    "mentioned",
    [
        {"id": "dGVhbXRhZw==", "type": "tag"},
        {"id": "19:general@thread.tacv2", "type": "channel"},
        {"id": "28:11111111-2222-3333-4444-555555555555"},
    ],
)
@pytest.mark.parametrize("asked", ["lead <at>oncall</at>", "action <at>oncall</at> by fri: Alert on slow queries"])
async def test_a_tag_a_channel_and_another_bot_get_no_role_and_no_item(
    world: World, mentioned: Json, asked: str
) -> None:
    async with world() as story:
        (maya,) = story.cast("maya")
        await maya.incident("declare sev2 Checkout errors")
        named = ({"id": story.more.bot["id"], "name": "Debrief"}, {"name": "oncall", **mentioned})
        entities = [{"type": "mention", "mentioned": one, "text": f"<at>{one['name']}</at>"} for one in named]
        await posted(story, "maya", text=f"<at>Debrief</at> {asked}", entities=entities)
        assert "I know nobody called @oncall" in story.chat.news("maya")
        assert (story.incident().roles, story.items()) == ({}, {})


async def test_a_button_of_a_client_that_sends_a_message_for_it_is_carried_out(world: World) -> None:
    async with world() as story:
        (maya,) = story.cast("maya")
        await maya.incident("declare sev2 Checkout errors")
        card, log = story.more.messages(story.channel)[0], story.texts(everything=True)
        await posted(story, "tom", value=carried(card, "Mitigated"))
        assert story.incident().status is Status.MITIGATED
        assert "Mitigated as of" in story.chat.news("tom")
        assert len(story.texts(everything=True)) == len(log) + 1, "that it is mitigated, and no message"
