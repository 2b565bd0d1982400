"""`debrief reminders --simulate`: the real rules on a copy, while the original stays as it is."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from adapters.cli import reminders
from adapters.cli.parser import parser
from bot.__main__ import main
from bot.command import Needs, Origin
from bot.engine import handle
from bot.grammar import read
from bot.model import Policies, Status
from bot.simulation import Sent
from storage.copying import simulated
from storage.fields import metadata
from storage.store import SqlStore
from storage.work import Work
from tests.storage.worlds import World

AHEAD = timedelta(days=90)


def dump(work: Work) -> dict[str, list[tuple[object, ...]]]:
    return {t.name: sorted(map(tuple, work.rows(sa.select(t))), key=repr) for t in metadata.sorted_tables}


def everything(store: SqlStore) -> dict[str, list[tuple[object, ...]]]:
    with store.reading() as work:
        return dump(work)


def ignoring(world: World) -> World:
    """Tom owns an item that will be overdue and never does anything; Maya declared its incident, and leads it."""
    world.person("maya", name="Maya", zone="Europe/Berlin")
    tom = world.person("tom", name="Tom", zone="America/New_York")
    about = world.declare()
    world.save(
        world.command(incident="INC-1"),
        incident=about.model_copy(update={"roles": {"lead": about.declared_by}, "status": Status.RESOLVED}),
    )
    organisation = world.poke().organisation
    world.save(
        needs=Needs(announcing=True),
        organisation=organisation.model_copy(update={"policies": Policies(zone="Europe/Berlin")}),
    )
    words = f"INC-1 action @tom by {date.today() + timedelta(days=9):%Y-%m-%d}: Alert on the pool"  # noqa: DTZ011
    with world.store.transaction() as tx:
        handle(tx, read(words, Origin(id="made", platform="slack", tenant="T1", actor="maya", channel="C1")))
    assert tom.id
    return world


def simulate(url: str, ahead: timedelta = AHEAD) -> tuple[list[Sent], list[str]]:
    sent, name_of, zone = asyncio.run(simulated(SqlStore(url), ahead))
    shown: list[str] = []
    assert reminders.table(sent, name_of, zone, shown.append) == 0
    return sent, shown


def test_what_would_be_sent_is_what_the_rules_say_and_nothing_is_changed(world: World, url: str) -> None:
    ignoring(world)
    before = everything(world.store)
    sent, shown = simulate(url)
    assert everything(world.store) == before
    digests = [one for one in sent if one.rule == "digest"]
    weeks = [one.at.astimezone(ZoneInfo("America/New_York")).isocalendar()[:2] for one in digests]
    assert len(weeks) == len(set(weeks)) >= 10
    assert {one.at.astimezone(ZoneInfo("America/New_York")).hour for one in digests} == {9}
    rules = [one.rule for one in sent]
    assert rules.count("due_soon") <= 1
    assert [rules.count(f"ignored_{weeks}_weeks") for weeks in ("two", "four", "six")] == [1, 1, 1]
    assert shown[0].startswith("When")
    assert any("Tom" in line and "1 action item of yours is overdue" in line for line in shown)
    assert any("Maya" in line and "a decision of yours" in line for line in shown)
    assert "Nothing was sent or changed" in shown[-1]


def test_where_nothing_is_open_nothing_would_be_sent(world: World, url: str) -> None:
    assert simulate(url) == ([], ["Nothing would be sent."])


def test_who_cannot_be_reached_gets_nothing_and_somebody_else_is_asked(world: World, url: str) -> None:
    ignoring(world)
    tom = world.person("tom")
    world.save(people={tom.id: tom.model_copy(update={"unreachable": True})})
    sent, _ = simulate(url)
    assert not [one for one in sent if one.account.endswith(":tom")]


def test_a_copy_shows_the_same_clock(world: World, url: str) -> None:
    ignoring(world)
    world.store.set_clock_offset(timedelta(days=400).total_seconds())
    with world.store.transaction() as tx:
        now = tx.now()
    sent, _ = simulate(url, timedelta(days=30))
    assert sent
    assert all(now <= one.at < now + timedelta(days=31) for one in sent)


@pytest.mark.parametrize("ahead", ["", "soon", "0d", "90 years"])
def test_a_length_of_time_that_is_none_simulates_nothing(
    ahead: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/none.db")
    assert main(["reminders", "--simulate", ahead]) == 2
    assert "said like 90d" in capsys.readouterr().err
    assert not (tmp_path / "none.db").exists()


def test_the_command_prints_the_table(
    world: World, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ignoring(world)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("DEBRIEF_ALLOW_UNSAFE_DB", "1")
    assert main(["reminders", "--simulate", "60d"]) == 0
    assert "1 action item of yours is overdue" in capsys.readouterr().out
    assert parser().parse_args(["reminders", "--simulate", "60d"]).simulate == "60d"
