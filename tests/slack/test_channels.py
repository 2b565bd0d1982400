"""Channels opened, found and filled with people on a simulated Slack, with every fault it knows."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.slack.looking import mark
from bot.commands.delivery import ChannelOpened
from bot.effects import (
    Invite,
    OpenChannel,
    Remove,
)
from bot.errors import GiveUp
from bot.model import Place
from tests.slack.delivering import account, common, delivered, post
from tests.slack.harness import World, running


def opening(world: World, key: str = "channel:i1", name: str = "inc-1-checkout", **more: Any) -> OpenChannel:
    invited = (account(world, "maya"), account(world, "tom"))
    return OpenChannel(
        **common(world, key), incident="i1", name=name, topic="SEV1 <!channel>", private=more.pop("private", False),
        invite=more.pop("invite", invited),
    )  # fmt: skip


@pytest.mark.parametrize("private", [False, True])
async def test_a_channel_is_opened_with_topic_and_people(private: bool) -> None:
    async with running() as world:
        receipt = await delivered(world, opening(world, private=private))
        assert isinstance(receipt, ChannelOpened)
        channel = world.slack.team.channels[receipt.place.channel]
        assert (channel.name, channel.kind) == ("inc-1-checkout", "private" if private else "public")
        assert {world.user("maya"), world.user("tom")} <= set(channel.members)
        assert mark(opening(world)) in channel.purpose["value"]
        assert not world.slack.ledger.pings


@pytest.mark.parametrize("fault", ["store_cut", "store_500", "internal_error", "truncate"])
@pytest.mark.parametrize("method", ["conversations.create", "conversations.setPurpose", "conversations.invite"])
async def test_a_channel_is_opened_once_whatever_goes_wrong(fault: str, method: str) -> None:
    async with running() as world:
        before = len(world.slack.team.channels)
        world.slack.faults.add(fault, method, times=1)
        receipt = await delivered(world, opening(world))
        assert isinstance(receipt, ChannelOpened)
        assert len(world.slack.team.channels) == before + 1


async def test_a_channel_opened_just_before_a_crash_is_adopted() -> None:
    async with running() as world:
        first = await delivered(world, opening(world))
        second = await world.adapter.deliver(opening(world), 2, False)
        assert isinstance(second, ChannelOpened)
        assert second.place == first.place


async def test_a_name_that_somebody_else_took_gets_a_number() -> None:
    async with running() as world:
        await world.slack.create_channel("maya", "inc-1-checkout")
        receipt = await delivered(world, opening(world))
        assert receipt.name == "inc-1-checkout-2"


async def test_people_who_cannot_be_invited_hold_up_nobody() -> None:
    async with running() as world:
        invited = (account(world, "maya"), f"slack:{world.tenant}:U0NOBODY0", account(world, "tom"))
        receipt = await delivered(world, opening(world, invite=invited))
        channel = world.slack.team.channels[receipt.place.channel]
        assert {world.user("maya"), world.user("tom")} <= set(channel.members)


async def test_people_are_brought_in_and_taken_out_and_twice_is_no_error() -> None:
    async with running() as world:
        channel = await world.channel()
        place = Place(platform="slack", tenant=world.tenant, channel=channel)
        for attempt in (1, 2):
            invite = Invite(**common(world, "i:1"), place=place, accounts=(account(world, "tom"),))
            await world.adapter.deliver(invite, attempt, False)
        assert world.user("tom") in world.slack.team.channels[channel].members
        for attempt in (1, 2):
            remove = Remove(**common(world, "r:1"), place=place, account=account(world, "tom"))
            await world.adapter.deliver(remove, attempt, False)
        assert world.user("tom") not in world.slack.team.channels[channel].members


async def test_a_channel_that_is_known_by_its_name_is_found_and_joined() -> None:
    async with running() as world:
        news = world.slack.add_channel(world.slack.team, "news", [world.user("maya")])
        for name in ("news", "#news", "#News"):
            await delivered(world, post(world, name, f"count:{name}", purpose=""))
        assert len(world.posted(news)) == 3


async def test_a_name_that_no_channel_has_is_said_in_words_and_nothing_is_posted() -> None:
    async with running() as world:
        with pytest.raises(GiveUp, match="the channel does not exist, or I am not a member of it"):
            await world.adapter.deliver(post(world, "payments", purpose=""), 1, False)
