"""What time decides is given as a command of our own, which is the same however often it is delivered."""

import pytest

from bot.commands.ownership import OwnerSilent
from bot.effects import EFFECTS, Post, Turn
from bot.errors import GiveUp
from bot.model import Place
from bot.text import Card
from bot.turns import by_the_clock, turn

GIVEN = turn("owner_silent:pm:1:ines:1", "org", "inc", OwnerSilent, owner="ines", told_at="2026-11-23T13:00:00+00:00")


async def test_delivering_a_turn_is_its_command_under_an_id_that_follows_from_its_key() -> None:
    commands = [await by_the_clock(GIVEN, attempt, attempt > 1) for attempt in (1, 2)]
    assert commands[0] == commands[1]
    assert isinstance(commands[0], OwnerSilent)
    origin = commands[0].origin
    assert (origin.platform, origin.tenant, origin.actor, origin.id) == ("clock", "org", "", f"turn:{GIVEN.key}")
    assert (commands[0].incident_id, commands[0].owner) == ("inc", "ines")


async def test_a_turn_survives_the_outbox() -> None:
    assert EFFECTS["turn"].model_validate_json(GIVEN.model_dump_json()) == GIVEN


async def test_what_is_no_turn_or_names_no_command_is_given_up() -> None:
    place = Place(platform="slack", tenant="T1", channel="C1")
    post = Post(key="x", platform="slack", tenant="T1", place=place, card=Card())
    for effect in (post, Turn(key="y", platform="clock", tenant="org", command="no such")):
        with pytest.raises(GiveUp):
            await by_the_clock(effect, 1, False)
