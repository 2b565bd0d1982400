"""Effects as the tests of the Slack adapter make them and carry them out."""

from __future__ import annotations

from typing import Any

from bot.effects import (
    Effect,
    Post,
)
from bot.errors import Retry, Unsure
from bot.model import Place
from bot.text import Card, Section, Text
from tests.slack.harness import World

CARD = Card(title="INC-1", sections=(Section(text=Text(parts=("All is well",))),))


def post(world: World, channel: str, key: str = "post:1", **more: Any) -> Post:
    place = Place(platform="slack", tenant=world.tenant, channel=channel, thread=more.pop("thread", ""))
    more = {"purpose": "status card", **more}
    return Post(key=key, platform="slack", tenant=world.tenant, incident="i1", place=place, card=CARD, **more)


def common(world: World, key: str) -> dict[str, Any]:
    return {"key": key, "platform": "slack", "tenant": world.tenant}


def account(world: World, name: str) -> str:
    return f"slack:{world.tenant}:{world.user(name)}"


async def delivered(world: World, effect: Effect) -> Any:
    """Delivers as the outbox does: again after `Retry`, and with a look after `Unsure`."""
    unsure = False
    for attempt in range(1, 8):
        try:
            return await world.adapter.deliver(effect, attempt, unsure)
        except Unsure:
            unsure = True
        except Retry:
            continue
    raise AssertionError("never delivered")
