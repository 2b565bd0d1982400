"""What Teams answers to the bot: wait, nobody knows, never, too long, and no token at all."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from adapters.sandbox.teams import cards
from adapters.sandbox.teams.teams import SimulatedTeams
from bot.words import teams as words
from storage.reports import SqlReports
from tests.faults.rig import select, until
from tests.faults.teams_sending import lines, sender

SEND = "activities.send"
NOT_CARRIED_OUT = (("error_5xx", {"status": 412}), ("error_5xx", {"status": 502}), ("error_5xx", {"status": 504}),
                   ("ratelimit", {"seconds": 1}))  # fmt: skip


async def test_what_was_not_carried_out_is_done_later_once_and_in_its_order(tmp_path: Path) -> None:
    async with sender(tmp_path, overlaps=True) as world:
        for kind, more in NOT_CARRIED_OUT:
            world.sim.faults.add(kind, SEND, times=1, **more)
        posts = [world.post(incident="i1") for _ in range(8)]
        await world.send(*posts, *(world.direct(who) for who in ("maya", "tom", "ines")))
        assert [text.split("\n")[0] for text in world.posted()] == [post.key for post in posts]
        assert [len(world.directs(who)) for who in ("maya", "tom", "ines")] == [1, 1, 1]
        assert sum(world.sim.ledger.faults.values()) == len(NOT_CARRIED_OUT)
        assert world.states() == {"sent": 11}
        assert ("activities.send", "PreconditionFailed") not in world.sim.ledger.errors


async def test_told_to_wait_nothing_goes_to_that_conversation_before_and_others_go_on(tmp_path: Path) -> None:
    async with sender(tmp_path) as world:
        limited = world.sim.faults.add(
            "ratelimit", SEND, times=1, seconds=3, matches=lambda call: _to(call, world.chat)
        )
        world.enqueue([world.post(incident="i1"), world.post(incident="i2")])
        await until(lambda: limited.hits, 5)
        told, asked = time.monotonic(), world.sim.ledger.calls[SEND]
        world.enqueue([world.direct(), world.post(incident="i3")])
        await until(lambda: world.directs(), 2)
        assert world.posted() == []
        assert world.sim.ledger.calls[SEND] == asked + 1
        await world.emptied(20)
        assert time.monotonic() - told > 2.9
        assert len(world.posted()) == 3


def _to(call: dict[str, Any], conversation: str) -> bool:
    return bool(call["path"].get("conversation") == conversation)


@pytest.mark.parametrize("kind", ["store_cut", "store_500", "truncate", "html"])
async def test_where_nobody_knows_a_post_is_repeated_once_and_says_so_and_a_reminder_never(
    tmp_path: Path, kind: str
) -> None:
    async with sender(tmp_path) as world:
        world.sim.faults.add(kind, SEND, times=2)
        post, reminder = world.post(), world.reminder()
        await world.send(post, reminder)
        first, again = world.posted()
        assert first.startswith(post.key)
        assert words.MAYBE_TWICE not in first
        assert again.startswith(post.key)
        assert words.MAYBE_TWICE in again
        assert len(world.directs()) == 1
        assert world.states() == {"sent": 1, "maybe": 1}


async def test_where_nobody_ever_knows_it_is_left_at_two_and_counted_as_maybe_delivered(tmp_path: Path) -> None:
    async with sender(tmp_path) as world:
        world.sim.faults.add("store_cut", SEND)
        await world.send(world.post(), world.direct("ines"))
        assert len(world.posted()) == 2
        assert len(world.directs("ines")) == 2
        assert world.states() == {"maybe": 2}
        assert SqlReports(world.store).figures()["outbox"]["maybe"] == 2


@pytest.mark.parametrize("limit", [28 * 1024, 100 * 1024])
async def test_what_is_too_long_is_divided_and_complete(tmp_path: Path, limit: int) -> None:
    async with sender(tmp_path, size_limit=limit) as world:
        told = lines(120, 400)
        await world.send(world.post("a long report", *told))
        whole = "\n".join(world.posted())
        found = [whole.index(section.text.plain().strip()) for section in told]
        assert found == sorted(found)
        assert len(world.posted()) > 1
        assert world.states() == {"sent": 1}


@pytest.mark.parametrize(
    "code", ["MessageWritesBlocked", "ConversationBlockedByUser", "ConversationNotFound", "BotDisabledByAdmin"]
)
async def test_whoever_cannot_be_written_to_is_given_up_once_and_is_known_to_be_unreachable(
    tmp_path: Path, code: str
) -> None:
    async with sender(tmp_path) as world:
        world.sim.block("tom", code)
        calls = world.sim.ledger.calls.copy()
        await world.send(world.direct())
        assert world.states() == {"given_up": 1}
        assert world.sim.ledger.calls[SEND] - calls[SEND] == 1
        (people,) = SqlReports(world.store).unreachable_people().values()
        assert [person.name for person in people] == ["Tom Harper"]
        world.sim.unblock("tom")
        await world.sim.say("tom", "bot", "help")
        await until(lambda: not SqlReports(world.store).unreachable_people(), 5)


async def test_of_several_who_are_brought_in_one_who_cannot_be_reached_keeps_nobody_else_from_it(
    tmp_path: Path,
) -> None:
    async with sender(tmp_path) as world:
        world.sim.block("ines", "MessageWritesBlocked")
        thread = (await world.sim.say("maya", "General", "look at this")).conversation or ""
        brought = world.invite(thread, "ines", "tom", "kenji")
        await world.send(brought)
        assert world.states() == {"given_up": 1}
        for who, times in (("ines", 0), ("tom", 1), ("kenji", 1)):
            said = [one["summary"] + cards.words(one["card"]) for one in world.sim.direct_messages(who)]
            assert sum("You are needed in an incident" in text for text in said) == times, who


async def test_switched_off_by_an_admin_nothing_storms_and_switched_on_again_all_goes_on(tmp_path: Path) -> None:
    async with sender(tmp_path) as world:
        world.sim.disable()
        await world.send(world.post(), world.direct())
        assert world.states() == {"given_up": 2}
        assert world.sim.ledger.errors[SEND, "BotDisabledByAdmin"] <= 2
        world.sim.disable(on=False)
        await world.send(world.post("here again"))
        assert world.posted() == ["here again"]


async def test_without_a_token_what_comes_in_is_kept_and_what_goes_out_waits(tmp_path: Path) -> None:
    def no_tokens(sim: SimulatedTeams) -> None:
        sim.faults.add("refuse", "login.token")

    async with sender(tmp_path, before=no_tokens) as world:
        said = await world.sim.say("maya", "General", "declare sev2 Checkout errors", mention=True)
        await world.sim.settled()
        events = world.sim.ledger.events.values()
        assert all(event.acked and event.attempts == 1 for event in events if event.ts == said.ts)
        (incident,) = await until(lambda: _incidents(world.store), 5)
        assert incident[1] is None
        assert not world.sim.ledger.stored
        world.sim.faults.clear()
        await world.emptied(60)
        thread = [one for one in world.sim.messages("General") if one["bot"] and not one["root"]]
        assert len(thread) == 1
        ((_, place),) = _incidents(world.store)
        assert thread[0]["conversation"] in place
        assert "given_up" not in world.states()


def _incidents(store: Any) -> list[tuple[Any, ...]]:
    return select(store.url, "SELECT key, place FROM incident")
