"""`debrief people`: who is known, and an admin's word that two are one."""

from __future__ import annotations

from functools import partial

from adapters.cli import people
from adapters.cli.parser import parser
from bot.model import Person
from storage.access import SqlAccess
from storage.reports import SqlReports
from tests.storage.linked import SLACK_MAYA, TEAMS_MAYA, profile
from tests.storage.worlds import World, account


class Terminal:
    """What was said on either stream."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.shown: list[str] = []
        self.complained: list[str] = []

    def link(self, kept: str, other: str) -> int:
        organisation, access = self.world.organisation, SqlAccess(self.world.store)
        return people.linked(
            self.world.store, organisation, kept, other, lambda said: access.find_person(organisation, said),
            self.shown.append, self.complained.append,
        )  # fmt: skip

    def name(self, who: str, *, off: bool = False) -> int:
        organisation, find = self.world.organisation, SqlAccess(self.world.store).find_person
        how = partial(find, organisation), self.shown.append, self.complained.append
        return people.named(self.world.store, organisation, who, off, *how)

    def _known(self) -> tuple[list[Person], frozenset[str]]:
        reports = SqlReports(self.world.store)
        organisation, _ = reports.policy(self.world.organisation)
        return reports.everybody(self.world.organisation), organisation.policies.admins

    def list(self) -> list[str]:
        self.shown.clear()
        assert people.listed(*self._known(), self.shown.append) == 0
        return self.shown


def test_an_admin_finds_two_and_links_them(both: World) -> None:
    profile(both, account("maya"))
    terminal = Terminal(both)
    assert set(terminal.list()) == {
        f"{SLACK_MAYA}  maya  human  slack:T1:maya  maya@example.com",
        f"{TEAMS_MAYA}  maya  human  teams:M1:maya",
    }
    assert terminal.link("maya@example.com", TEAMS_MAYA) == 0
    assert terminal.list() == [f"{SLACK_MAYA}  maya  human  slack:T1:maya, teams:M1:maya  maya@example.com"]
    assert both.rows("SELECT actor FROM audit WHERE what = 'link_people'")[0][0].startswith("integration:")


def test_what_is_unclear_or_cannot_be_is_said_and_nothing_is_changed(both: World) -> None:
    both.person("tom", name="Tom")
    before, terminal = both.rows("SELECT id, body FROM person"), Terminal(both)
    assert terminal.link("maya", "nobody") == 2
    assert len(terminal.complained) == 2
    assert terminal.link(SLACK_MAYA, "Tom") == 1
    assert "same tenant" in terminal.shown[-1]
    assert terminal.link("Tom", "Tom") == 1
    assert "one person already" in terminal.shown[-1]
    assert both.rows("SELECT id, body FROM person") == before


def test_an_admin_can_be_named_and_ended_as_long_as_one_is_left(both: World) -> None:
    for name in ("tom", "ines"):
        both.person(name, name=name.capitalize())
    terminal = Terminal(both)
    assert terminal.name("Tom") == 0
    assert terminal.name("Tom", off=True) == 1
    assert "only admin" in terminal.shown[-1]
    assert terminal.name("Ines") == 0
    assert terminal.name("Tom", off=True) == 0
    assert [line.split("  ")[1] for line in terminal.list() if "  admin  " in line] == ["Ines"]
    assert terminal.name("nobody") == 2
    assert len(both.rows("SELECT actor FROM audit WHERE what = 'name_admin'")) == 4


def test_before_anybody_is_met_that_is_said(world: World) -> None:
    assert Terminal(world).list() == [
        "Nobody is known yet: people are met when they write, or when an incident's channel is opened."
    ]


def test_the_words_of_the_command() -> None:
    asked = parser().parse_args(["people", "link", "maya@example.com", "Maya Lind"])
    assert (asked.command, asked.do, asked.kept, asked.other) == ("people", "link", "maya@example.com", "Maya Lind")
