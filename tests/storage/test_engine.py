"""Real rules over both databases: what a gesture may reach, and what two at once make of the same thing."""

from __future__ import annotations

import threading
import time
from datetime import date

import pytest

import bot.commands  # noqa: F401  # fills the tables of rules
from bot.command import Command, Origin, build
from bot.engine import handle
from bot.errors import Refused
from bot.grammar import read
from bot.model import ItemStatus
from bot.state import Due, Planned
from bot.text import Reply
from storage.keys import person_id
from storage.reports import SqlReports
from tests.storage.worlds import SAID_AT, World, account, origin

MAYA, TOM, INES = (person_id(account(user)) for user in ("maya", "tom", "ines"))
MEMBERS = frozenset({MAYA, TOM})


def done(world: World, command: Command) -> Reply:
    with world.store.transaction() as tx:
        return handle(tx, command)


def said(world: World, words: str, actor: str = "maya", channel: str = "") -> Reply:
    return done(world, read(words, origin(actor, channel=channel)))


def test_whoever_is_removed_from_elsewhere_loses_a_private_incident_too(world: World) -> None:
    tom = world.person("tom", name="Tom Berg")
    world.declare("INC-BCDFG", private=True, responders=MEMBERS)
    assert SqlReports(world.store).incident(tom, "INC-BCDFG") is not None
    assert "is being taken out" in said(world, "remove @tom").plain()
    assert SqlReports(world.store).incident(tom, "INC-BCDFG") is None
    assert said(world, "INC-BCDFG status", "tom").outcome == "not found"


def test_what_is_assumed_is_saved_against_what_was_there(world: World) -> None:
    about = world.declare("INC-1", responders=MEMBERS)
    world.item(about, "ACT-1")
    said(world, "resolve the index is back")
    assert world.value("SELECT count(*) FROM postmortem") == 1
    seen = world.poke(incident="INC-1").incident
    assert seen is not None
    assert seen.status.value == "resolved"


def test_an_item_named_together_with_another_incident_is_unknown(world: World) -> None:
    theirs = world.declare("INC-1", channel="C1", declared_by=TOM, responders=frozenset({TOM}))
    world.declare("INC-2", channel="C2", responders=frozenset({MAYA}))
    world.item(theirs, "ACT-1", owner=TOM, created_by=TOM)
    assert said(world, "done ACT-1").outcome == "refused"
    assert said(world, "INC-2 done ACT-1").outcome == "not found"
    again = build("done", {"item": "ACT-1", "incident": "INC-2"}, origin("maya"))
    assert done(world, again).outcome == "not found"
    assert world.value("SELECT status FROM item") == "open"
    assert world.value("SELECT count(*) FROM entry") == 0


def test_only_members_own_items_of_a_private_incident(world: World) -> None:
    world.person("ines", name="Ines")
    about = world.declare("INC-BCDFG", private=True, responders=MEMBERS)
    world.item(about, "ACT-BCDFG", owner=TOM)
    with world.store.transaction() as tx, pytest.raises(Refused, match="Ines"):
        handle(tx, read("INC-BCDFG action @ines by fri: rotate the key", origin("maya")))
    with world.store.transaction() as tx, pytest.raises(Refused, match="Ines"):
        handle(tx, read("reassign ACT-BCDFG @ines", origin("maya")))
    assert world.value("SELECT count(*) FROM outbox WHERE kind = 'direct'") == 0


def test_whoever_is_no_member_any_more_hears_nothing_of_their_items_there(world: World) -> None:
    world.person("tom", name="Tom")
    about = world.declare("INC-BCDFG", private=True, responders=MEMBERS)
    world.item(about, "ACT-BCDFG", owner=TOM)
    assert "ACT-BCDFG" in said(world, "actions mine", "tom").plain()
    said(world, "INC-BCDFG remove @tom")
    assert "ACT-BCDFG" not in said(world, "actions mine", "tom").plain()
    assert "ACT-BCDFG" not in done(world, build("home", {}, origin("tom"))).plain()
    word = Planned(key="due_soon:x", rule="due_soon", subject="a_act-bcdfg_T1", at=SAID_AT)
    with world.store.transaction() as tx:
        assert tx.look(Due(plan=word, organisation=world.organisation)) is None


def test_of_two_who_change_an_item_at_once_the_second_sees_what_the_first_did(world: World) -> None:
    about = world.declare("INC-1", responders=MEMBERS)
    world.item(about, "ACT-1", owner=MAYA, due=date(2026, 12, 1))
    replies: list[Reply] = []
    second = threading.Thread(target=lambda: replies.append(said(world, "snooze ACT-1 2w")))
    with world.store.transaction() as tx:
        handle(tx, read("done ACT-1", origin("maya")))
        second.start()
        time.sleep(0.5)
    second.join(10)
    assert [reply.outcome for reply in replies] == ["refused"]
    assert world.value("SELECT status FROM item") == ItemStatus.DONE.value


def test_what_a_program_asked_for_is_never_done_twice_however_late_it_asks_again(world: World) -> None:
    once = Origin(id="k1", platform="api", tenant=world.organisation, actor="integration:ci")
    command = build("declare", {"title": "Checkout is down"}, once)
    first = done(world, command)
    world.store.set_clock_offset(30 * 86_400)
    world.store.purge()
    again = done(world, command)
    assert (again.outcome, again.incident) == (first.outcome, first.incident) == ("done", "INC-1")
    assert "Checkout" not in world.value("SELECT reply FROM seen WHERE platform = 'api'")
    assert world.value("SELECT count(*) FROM incident") == 1
    assert world.value("SELECT next_incident FROM organisation") == 2
