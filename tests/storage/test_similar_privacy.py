"""A private incident never appears to an outsider, in no path: the verb, the card, what is judged, the API.

Whatever exists beside, an outsider gets byte for byte what they would get if the hidden incidents had never been.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bot.commands  # noqa: F401 - fills the tables of rules
from adapters.web.api import Reading
from bot.command import Origin, build
from bot.commands.delivery import ChannelOpened
from bot.engine import handle
from bot.grammar import read
from bot.model import Place
from bot.ports import Caller
from bot.text import Reply
from storage.keys import DEBRIEF
from storage.reports import SqlReports
from storage.store import SqlStore
from storage.tables_similar import ShownRow
from tests.storage.worlds import World

WORDS = (
    "pool",
    "exhausted",
    "kafka",
    "lag",
    "certificate",
    "expired",
    "disk",
    "full",
    "payments",
    "ECONNREFUSED",
    "503",
)
TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join)
PEOPLE = ("maya", "tom")
GESTURES = count(1)
PAST = st.lists(
    st.tuples(TEXTS, st.sampled_from(["open", "private", "turned"]), st.sets(st.sampled_from(PEOPLE)), st.booleans()),
    min_size=1, max_size=6,
)  # fmt: skip


@contextmanager
def fresh(template: Path) -> Iterator[World]:
    with TemporaryDirectory() as folder:
        shutil.copy(template, folder)
        store = SqlStore(f"sqlite:///{folder}/{template.name}?synchronous=OFF")
        try:
            yield World(store)
        finally:
            store.close()


def filled(world: World, past: list[Any], *, hidden: bool, reader: str) -> list[str]:
    """What the reader may not see is left out where `hidden` is false; the keys of that."""
    people = {name: world.person(name).id for name in (*PEOPLE, "olga")}
    secret, there = [], list[str]()
    for number, (text, kind, members, item) in enumerate(past):
        invisible = kind != "open" and reader not in members
        key = f"INC-{number + 1}" if kind != "private" else f"INC-XAB{'BCDFGH'[number]}Z"
        if invisible:
            secret.append(key)
            if not hidden:
                continue
        responders = frozenset(people[one] for one in members)
        made = world.declare(
            key, channel=f"C{number}", title=f"{text} canary{number}", service="payments", private=kind == "private",
            responders=responders,
        )  # fmt: skip
        if item:
            world.item(made, f"ACT-{number + 1}", private=kind == "private")
        for other in there if invisible else ():  # what members said beside it is no business of others
            for who in PEOPLE:
                voted(world, made.id, other, people[who])
        there.append(made.id)
        if kind == "turned":
            world.save(world.command(incident=key), incident=made.model_copy(update={"private": True}))
    return secret


def voted(world: World, beside: str, past: str, person: str) -> None:
    row = {"organisation": world.organisation, "incident": beside, "past": past, "person": person, "why": ""}
    with world.store.transaction() as work:
        work.put(ShownRow, [{**row, "place": 1, "useful": False, "at": work.now()}])


def given_by(world: World, reader: str, said: str, **fields: str) -> Reply:
    origin = Origin(id=f"gesture {next(GESTURES)}", platform="slack", tenant="T1", actor=reader)
    command = build(said, fields, origin) if fields else read(said, origin)
    with world.store.transaction() as tx:
        return handle(tx, command)


def opened(world: World, incident: str) -> None:
    place = Place(platform="slack", tenant="T1", channel="CNEW")
    origin = Origin(id="receipt", platform="slack", tenant="T1")
    with world.store.transaction() as tx:
        handle(tx, ChannelOpened(origin=origin, incident_id=incident, place=place))


def told(world: World, asked: str, reader: str, secret: list[str]) -> list[str]:
    """Everything that the reader, and the incident's channel, is told."""
    now = world.declare("INC-99", channel="", title=asked, service="payments")
    opened(world, now.id)
    person = world.person(reader)
    answers = [given_by(world, reader, f"similar {now.key}").model_dump_json()]
    answers += [body for (body,) in world.rows("SELECT body FROM outbox WHERE kind = 'post' ORDER BY id")]
    answers += [given_by(world, reader, f"{now.key} impact {asked}").model_dump_json()]
    answers += [str(world.poke(reader, incident=now.key).shown)]
    for key in secret:
        judged = given_by(world, reader, "judge_similar", incident=now.key, other=key, useful="yes")
        absent = given_by(world, reader, "judge_similar", incident=now.key, other="INC-QQQQQ", useful="yes")
        assert judged.model_dump_json().replace(key, "KEY") == absent.model_dump_json().replace("INC-QQQQQ", "KEY")
        assert world.rows(f"SELECT * FROM shown WHERE useful IS NOT NULL AND incident = '{now.id}'") == []
    reading = Reading(SqlReports(world.store))
    caller = Caller(organisation=world.organisation, principal=person)
    return [*answers, reading.similar(caller, now.key).model_dump_json()]


def plain(world: World, text: str) -> str:
    """Without the ids that are made anew in each world."""
    return text.replace(world.organisation, "ORG")


@pytest.mark.parametrize("reader", ["olga", "tom"])
@settings(max_examples=12, deadline=None)
@given(past=PAST, asked=TEXTS)
def test_an_outsider_is_told_what_they_would_be_told_had_it_never_been(
    sqlite_template: Path, reader: str, past: list[Any], asked: str
) -> None:
    told_by: list[list[str]] = []
    for hidden in (True, False):
        with fresh(sqlite_template) as world:
            secret = filled(world, past, hidden=hidden, reader=reader)
            said = told(world, asked, reader, secret)
            told_by.append([plain(world, one) for one in said])
    for number, (_, kind, members, _) in enumerate(past):
        if kind != "open" and reader not in members:
            assert not [one for one in told_by[0] if f"canary{number}" in one]
    assert told_by[0] == told_by[1]


@settings(max_examples=10, deadline=None)
@given(past=PAST, asked=TEXTS)
def test_a_card_never_names_a_private_incident_whoever_is_in_it(
    sqlite_template: Path, past: list[Any], asked: str
) -> None:
    """Debrief itself sees everything, and draws the card: in the channel there may be anybody."""
    with fresh(sqlite_template) as world:
        filled(world, past, hidden=True, reader="maya")
        now = world.declare("INC-99", channel="", title=asked, service="payments")
        opened(world, now.id)
        private = {row[0] for row in world.rows("SELECT key FROM incident WHERE private")}
        cards = "".join(body for (body,) in world.rows("SELECT body FROM outbox WHERE kind = 'post'"))
        assert not [key for key in private if f'"{key}"' in cards]
        assert {one.key for one in world.poke("maya", incident="INC-99").shown}.isdisjoint(private)
        assert DEBRIEF not in cards
