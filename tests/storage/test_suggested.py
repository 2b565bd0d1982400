"""What was written from a deleted message is forgotten by a command of its own, and only where there is something."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

import bot.commands  # noqa: F401  # fills the tables of rules
from bot.commands.captures import Deleted, Reacted
from bot.commands.suggestions import ForgetSuggestions
from bot.effects import Turn
from bot.engine import handle
from bot.ids import message_id
from bot.model import Incident, Postmortem
from bot.suggestions import Sentence, Suggestion
from bot.turns import by_the_clock
from tests.storage.test_messages import AT, said
from tests.storage.worlds import SAID_AT, World, message, origin


def suggested(about: Incident, *entries: str) -> Postmortem:
    sentences = tuple(Sentence(text=f"rests on {one}", entries=(one,)) for one in entries)
    made = Suggestion(id=f"s_{about.id}", section="impact", sentences=sentences, at=SAID_AT)
    return Postmortem(
        id=f"pm_{about.id}", organisation=about.organisation, incident=about.id, opened_at=SAID_AT,
        due=date(2026, 12, 1), suggestions=(made,) if entries else (),
    )  # fmt: skip


async def forgotten(world: World) -> list[list[str]]:
    """Carries out what was asked for, and says about which entries that was."""
    with world.store.transaction() as tx:
        claimed = tx.claim(10, timedelta(seconds=30))
    about = []
    for one in (one for one in claimed if isinstance(one.effect, Turn)):
        command: Any = await by_the_clock(one.effect, 1, False)
        assert isinstance(command, ForgetSuggestions)
        about.append(command.entries.split(","))
        with world.store.transaction() as tx:
            tx.finish(one, "sent")
            handle(tx, command)
    return about


def stored(world: World) -> str:
    return " ".join(row[0] for row in world.rows("SELECT body FROM postmortem ORDER BY id"))


def deleted(later: int = 9) -> Deleted:
    return Deleted(origin=origin("ken"), message=message(), stamp=AT + later)


async def test_a_deletion_erases_what_rests_on_it_and_is_asked_for_once(world: World) -> None:
    about = world.declare()
    world.capture(said(), said("and again", ts="1790000001.000100"))
    ids = [message_id(about.id, message(ts)) for ts in ("1790000000.000100", "1790000001.000100")]
    world.save(postmortem=suggested(about, *ids))
    world.capture(deleted())
    world.capture(Reacted(origin=origin("ken"), message=message(), stamp=AT + 11, emoji="tada"))
    assert await forgotten(world) == [[ids[0]]]
    assert "rests on" not in stored(world)
    assert await forgotten(world) == []


async def test_leaving_a_message_out_is_deleting_it(world: World) -> None:
    about = world.declare()
    world.capture(said(actor="ken"))
    id_ = message_id(about.id, message())
    world.save(postmortem=suggested(about, id_))
    world.capture(Reacted(origin=origin("ken"), message=message(), stamp=AT + 5, emoji="no_entry_sign"))
    assert await forgotten(world) == [[id_]]
    assert "rests on" not in stored(world)


@pytest.mark.parametrize("kept", ["nothing is suggested", "there is no postmortem"])
async def test_where_nothing_is_suggested_nothing_is_asked_for(world: World, kept: str) -> None:
    about = world.declare()
    world.capture(said())
    if kept == "nothing is suggested":
        world.save(postmortem=suggested(about))
    world.capture(deleted())
    assert await forgotten(world) == []


async def test_what_rests_on_something_else_stays(world: World) -> None:
    about = world.declare()
    world.capture(said())
    world.save(postmortem=suggested(about, "another"))
    world.capture(deleted())
    assert len(await forgotten(world)) == 1
    assert "rests on another" in stored(world)


async def test_the_same_message_in_the_timeline_of_another_incident_counts_too(world: World) -> None:
    about, other = world.declare(), world.declare("INC-2", channel="C2")
    world.capture(said())
    id_ = message_id(other.id, message())
    world.note(other, "it broke", id=id_, ref=message(), text_stamp=AT)
    world.save(world.command(incident="INC-2"), postmortem=suggested(other, id_))
    world.capture(deleted())
    assert await forgotten(world) == [[id_]]
    assert about.id != other.id
    assert "rests on" not in stored(world)
