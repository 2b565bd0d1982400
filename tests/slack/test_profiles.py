"""Who somebody is, is asked before what they do is judged: of those who act, and of those whom they name."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from adapters.slack.calls import Failed
from adapters.slack.profiles import Acquainted
from bot.command import Origin
from bot.commands.accounts import ProfileLearned
from bot.commands.roles import Lead
from bot.effects import LearnProfile
from bot.errors import Unavailable
from bot.text import Reply, mention_token
from tests.slack.delivering import account, common
from tests.slack.harness import Engine, World, running


def met(world: World) -> dict[str, str]:
    """By account, what kind of person the engine was told of."""
    return {one.account: one.person_kind for one in world.engine.of(ProfileLearned)}


def asked(world: World) -> int:
    return world.slack.ledger.calls["users.info"]


async def lead(world: World, channel: str, *users: str) -> Any:
    named = " ".join(f"<@{user}|somebody>" for user in users)
    return await world.slack.slash("maya", channel, f"/incident lead {named}")


async def test_a_guest_is_known_as_one_before_their_first_gesture_is_judged() -> None:
    async with running() as world:
        channel = await world.channel("kitchen", "gary")
        for _ in range(2):
            await world.slack.slash("gary", channel, "/incident list")
        assert world.engine.kinds() == ["profile_learned", "list", "list"]
        (learned,) = world.engine.of(ProfileLearned)
        assert learned.person_kind == "guest"
        assert learned.account == f"slack:{world.tenant}:{world.user('gary')}"


async def test_where_slack_does_not_say_who_somebody_is_they_are_answered_all_the_same() -> None:
    async with running() as world:
        channel = await world.channel()
        world.slack.faults.add("error_5xx", "users.info")
        world.engine.replies["list"] = Reply.of("No open incidents.")
        seen = await world.slack.slash("maya", channel, "/incident list")
        assert "No open incidents." in str(seen.ephemerals)
        assert world.engine.kinds() == ["list"]


async def test_somebody_who_left_counts_as_gone_before_they_are_given_anything() -> None:
    async with running() as world:
        channel = await world.channel()
        await world.slack.deactivate("tom")
        await world.slack.settled()
        world.engine.got.clear()
        await lead(world, channel, world.user("tom"))
        assert world.engine.kinds() == ["profile_learned", "profile_learned", "lead"]
        assert met(world)[account(world, "tom")] == "gone"


async def test_an_account_that_never_was_is_nobody_and_is_asked_about_once() -> None:
    async with running() as world:
        channel = await world.channel()
        for _ in range(2):
            await lead(world, channel, "UNOTHERE1")
        assert world.engine.kinds() == ["profile_learned", "profile_learned", "lead", "lead"]
        assert met(world)[f"slack:{world.tenant}:UNOTHERE1"] == "gone"
        assert asked(world) == 2


async def test_whoever_is_asked_about_later_and_never_was_is_nobody_too() -> None:
    async with running() as world:
        nobody = f"slack:{world.tenant}:UNOTHERE1"
        learned = await world.adapter.deliver(LearnProfile(**common(world, "p:1"), account=nobody), 1, False)
        assert isinstance(learned, ProfileLearned)
        assert (learned.account, learned.person_kind, learned.name) == (nobody, "gone", "")


async def test_a_command_that_names_nobody_new_asks_nothing() -> None:
    async with running() as world:
        channel = await world.channel()
        await lead(world, channel, world.user("tom"))
        before = asked(world)
        await lead(world, channel, world.user("tom"))
        await world.slack.slash("maya", channel, "/incident list")
        await lead(world, channel, world.user("maya"))
        assert (before, asked(world)) == (2, 2)


async def test_of_many_who_are_named_five_are_asked_about_all_at_once() -> None:
    engine, together = Engine(), asyncio.Barrier(5)

    async def answers(*_: Any, user: str, **__: Any) -> Any:
        await together.wait()
        return {"user": {"id": user, "name": user.casefold()}}

    named = " ".join(mention_token(f"slack:T1:U{number}") for number in range(1, 8))
    command = Lead(origin=Origin(id="g1", platform="slack", tenant="T1"), person=named)
    await Acquainted(answers, engine.submit).with_those_of(command)  # type: ignore[arg-type]
    assert [one.name for one in engine.of(ProfileLearned)] == ["u1", "u2", "u3", "u4", "u5"]


@pytest.mark.parametrize("fault", ["error_5xx", "delay", "ratelimit"])
async def test_where_slack_does_not_say_who_is_named_the_command_is_judged_all_the_same(fault: str) -> None:
    async with running() as world:
        channel = await world.channel()
        world.slack.faults.add(fault, "users.info", seconds=5)
        world.engine.replies["lead"] = Reply.of("They lead.")
        seen = await lead(world, channel, "UNOTHERE1")
        assert "They lead." in str(seen.ephemerals)
        assert world.engine.kinds() == ["lead"]


async def test_who_was_named_is_asked_about_again_where_it_could_not_be_kept() -> None:
    async with running() as world:
        channel = await world.channel()
        await world.slack.slash("maya", channel, "/incident list")
        world.engine.replies["profile_learned"] = Unavailable()
        await lead(world, channel, "UNOTHERE1")
        world.engine.replies.clear()
        world.engine.got.clear()
        await lead(world, channel, "UNOTHERE1")
        assert met(world)[f"slack:{world.tenant}:UNOTHERE1"] == "gone"
        assert world.engine.kinds()[-1] == "lead"


@pytest.mark.parametrize(("code", "kinds"), [("user_not_found", ["gone"]), ("user_not_visible", [])])
async def test_only_whom_slack_does_not_know_is_taken_for_gone_and_never_who_acts(code: str, kinds: list[str]) -> None:
    """`user_not_visible`: there is somebody, and no more is told."""
    engine = Engine()

    async def refuses(*_: Any, **__: Any) -> Any:
        raise Failed(code, {})

    origin = Origin(id="g1", platform="slack", tenant="T1", actor="UMAYA")
    command = Lead(origin=origin, person=f"{mention_token('slack:T1:UTOM')} {mention_token('slack:T2:UINES')}")
    await Acquainted(refuses, engine.submit).with_those_of(command)  # type: ignore[arg-type]
    assert [(one.account, one.person_kind) for one in engine.of(ProfileLearned)] == [
        ("slack:T1:UTOM", kind) for kind in kinds
    ]
