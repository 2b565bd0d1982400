"""A script played against the simulated Slack, with a bot that knows nothing but how to open a channel and post."""

from datetime import timedelta
from typing import Any

from adapters.sandbox.player import Player
from adapters.sandbox.script import Script
from adapters.sandbox.transcript import load, short
from tests.sandbox.harness import Harness, running
from tests.sandbox.manifests import manifest

Json = dict[str, Any]


def script(*steps: Json) -> Script:
    people = [
        {"nick": "ana", "name": "Ana", "title": "Cook", "zone": "Europe/Lisbon", "email": "ana@example.com"},
        {"nick": "ben", "name": "Ben", "title": "Waiter", "zone": "Asia/Tokyo", "email": "ben@example.com"},
        {"nick": "visitor", "name": "V", "title": "Guest", "zone": "UTC", "email": "v@example.com", "guest": True},
        {"nick": "oven", "name": "Oven", "title": "Sensor", "zone": "UTC", "email": "o@example.com", "bot": True},
    ]
    begins = {"weekday": 0, "wall": "09:00", "zone": "Europe/Lisbon"}
    return Script.model_validate(
        {
            "title": "T",
            "begins": begins,
            "cast": people,
            "places": [{"nick": "hall", "name": "hall"}],
            "steps": list(steps),
        }
    )


STEPS: tuple[Json, ...] = (
    {
        "id": "hot",
        "after": 0,
        "who": "oven",
        "do": "say",
        "where": "hall",
        "text": "too hot https://oven.example.com/1",
    },
    {
        "after": 60,
        "who": "ana",
        "do": "command",
        "where": "hall",
        "text": "declare Fire",
        "caption": "Ana asks for help.",
    },
    {"after": 0, "who": "ana", "do": "await", "until": "incident channel exists"},
    {"after": 5, "who": "visitor", "do": "join"},
    {"id": "m1", "after": 5, "who": "ana", "do": "say", "text": "look at {#hall} {@ben} at {clock:-5m}"},
    {"id": "m2", "after": 5, "who": "visitor", "do": "reply", "ref": "m1", "text": "looking"},
    {"after": 5, "who": "ana", "do": "edit", "ref": "m1", "text": "look again"},
    {"after": 5, "who": "ana", "do": "edit", "ref": "m1", "text": "look again"},
    {"after": 5, "who": "ana", "do": "react", "ref": "m2", "emoji": "eyes"},
    {"after": 5, "who": "ana", "do": "pin", "ref": "m2"},
    {
        "after": 5,
        "who": "ana",
        "do": "upload",
        "id": "f",
        "file": {"name": "a.png", "mimetype": "image/png", "text": "x"},
    },
    {"after": 5, "who": "ben", "do": "delete", "ref": "m1"},
    {"after": 60, "who": "ana", "do": "advance", "days": 1},
    {"after": 5, "who": "visitor", "do": "delete", "ref": "m2", "caption": "The end."},
)


def opens_a_channel(h: Harness) -> None:
    async def command(body: Json) -> str:
        made = (await h.client.conversations_create(name="fire"))["channel"]["id"]
        await h.client.conversations_invite(channel=made, users=body["user_id"])
        await h.client.chat_postMessage(channel=made, text="Welcome")
        return "opened"

    h.bot.answers["command"] = command


async def test_a_script_is_played_to_its_end_and_impossible_steps_are_named() -> None:
    played = script(*STEPS)
    async with running(script=played) as h:
        opens_a_channel(h)
        begun = h.clock.now
        player = h.slack.player
        assert player is not None
        await player.play()
        assert player.finished
        assert player.problems == ["ben delete m1: ben has not joined fire"]
        assert timedelta(days=1) < h.clock.now - begun < timedelta(days=1, minutes=5)
        texts = [m["text"] for m in h.slack.messages("fire")]
        assert "look again" in texts
        assert "looking" not in texts
        edits = [
            e for e in h.bot.events("message") if e.get("subtype") == "message_changed" and "edited" in e["message"]
        ]
        assert edits[0]["previous_message"]["text"].startswith("look at <#C")
        assert h.slack.messages("hall")[0]["text"] == "too hot <https://oven.example.com/1>"


async def test_a_story_can_be_paused_skipped_and_started_again() -> None:
    played = script(*STEPS[:3], {"after": 600, "who": "ana", "do": "say", "id": "late", "text": "late"})
    async with running(script=played) as h:
        opens_a_channel(h)
        player = h.slack.player
        assert player is not None
        assert await player.command("play")
        assert await player.command("pause")
        assert player.paused
        assert await player.command("skip")
        while player.playing:
            await h.slack.wait_for_change(h.slack.revision, 0.05)
        assert player.finished
        assert not await player.command("dance")
        assert await player.command("restart")
        assert not player.finished


async def test_the_shipped_story_begins_without_the_bot() -> None:
    """Its first line needs no bot at all."""
    async with running(script=short(load()), manifest=manifest(), rate_limits=False) as h:
        player = h.slack.player
        assert isinstance(player, Player)
        first = next(s for s in player.script.steps if s.do == "say")
        player.script = player.script.model_copy(update={"steps": (first,)})
        await player.play()
        assert player.problems == []
        assert player.stage.said[first.id]
