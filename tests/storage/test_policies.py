"""Policies on both databases: kept with who changed them, shown before they are made, and made once."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.cli import policy as cli
from adapters.cli.parser import parser
from adapters.given_policy import GivenPolicy
from bot.command import Command, Needs
from bot.commands.policy import SetPolicy
from bot.engine import handle
from bot.errors import Refused, Unavailable
from bot.model import Policies
from bot.policy_written import Written, WrittenTeam
from bot.reminders import working_time
from bot.text import Reply
from storage.keys import person_id
from storage.migrate import migrate
from storage.reports import SqlReports
from storage.store import SqlStore
from tests.storage.linked import SLACK_MAYA, TEAMS_MAYA, done, link, on_teams, profile
from tests.storage.test_migrate import _moved
from tests.storage.worlds import World, account, origin

MAYA, TOM = person_id(account("maya")), person_id(account("tom"))
NINETY: dict[Any, int] = {"sev2": 90, "sev3": 90, "sev4": 90, "sev5": 90}


def asks(seen: str = "", actor: str = "maya", once: str = "", **more: Any) -> SetPolicy:
    fields = {name: more.pop(name) for name in ("dates",) if name in more}
    return SetPolicy(origin=origin(actor, once=once), wanted=Written(**more), seen=seen, **fields)


def applied(world: World, **more: Any) -> Reply:
    reply = done(world, asks(**more))
    assert reply.form is not None
    return done(world, asks(reply.form.args["seen"], **more))


def policies(world: World) -> Policies:
    found = SqlReports(world.store).organisation(world.organisation)
    assert found is not None
    return found.policies


def soon(world: World, days: int) -> date:
    with world.store.transaction() as tx:
        return tx.now().date() + timedelta(days=days)


def test_what_was_shown_is_done_kept_and_in_the_chain(world: World) -> None:
    about = world.declare()
    world.item(about, due=soon(world, 30), dated="policy")
    world.item(about, "ACT-2", due=soon(world, 30))
    shown = done(world, asks(dates="open", due_days=NINETY))
    assert "1 open action item gets another date" in shown.plain()
    assert world.rows("SELECT number FROM policy") == []
    applied(world, dates="open", due_days=NINETY)
    assert policies(world).days_for(2) == 90
    dues = dict(world.rows("SELECT key, due FROM item"))
    assert dues == {"ACT-1": soon(world, 90).isoformat(), "ACT-2": soon(world, 30).isoformat()}
    (revision,) = SqlReports(world.store).policy_history(world.organisation)
    assert (revision.number, revision.by, revision.kind, revision.policies) == (1, MAYA, "set_policy", policies(world))
    assert world.rows("SELECT actor FROM audit WHERE what = 'set_policy'") == [(MAYA,)] * 3
    assert world.store.verify_audit(world.organisation) is None
    (line,) = world.rows("SELECT text, is_key FROM entry WHERE kind = 'action'")
    assert ("ACT-1 is due" in line[0], bool(line[1])) == (True, False)


def test_the_history_is_the_newest_first_and_of_ones_own_organisation(world: World) -> None:
    for zone in ("Europe/Berlin", "Asia/Tokyo", "UTC"):
        applied(world, zone=zone)
    other = World(world.store, "T2")
    reports = SqlReports(world.store)
    found = reports.policy_history(world.organisation)
    assert [(one.number, one.policies.zone) for one in found] == [(3, "UTC"), (2, "Asia/Tokyo"), (1, "Europe/Berlin")]
    assert [one.number for one in reports.policy_history(world.organisation, 2)] == [3, 2]
    assert reports.policy_history(other.organisation) == ()


def test_a_rule_sees_all_open_items_and_which_of_them_nobody_may_be_told_of(world: World) -> None:
    world.person("tom")
    open_one, sealed = world.declare(), world.declare("INC-XYZAB", channel="C2", private=True, responders={TOM})
    world.item(open_one)
    world.item(open_one, "ACT-2", status="done")
    world.item(sealed, "ACT-TOMS", owner=TOM)
    world.item(sealed, "ACT-LOST", owner=MAYA)
    other = World(world.store, "T2")
    other.item(other.declare("INC-1", channel="C9"), "ACT-1")
    for who, hidden in (("maya", {"ACT-TOMS", "ACT-LOST"}), ("tom", set())):
        seen = world.poke(who, needs=Needs(open_items=True))
        assert {one.key for one in seen.items} == {"ACT-1", "ACT-TOMS", "ACT-LOST"}
        assert {one.key for one in seen.items if one.id in seen.hidden} == hidden
        assert {one.key for one in seen.items if one.id in seen.not_the_owners} == {"ACT-LOST"}
        assert TOM in seen.people


def test_two_who_saw_the_same_change_it_once(world: World) -> None:
    reply = done(world, asks(zone="Europe/Berlin"))
    assert reply.form is not None
    seen = reply.form.args["seen"]

    def apply(zone: str) -> str:
        with world.store.transaction() as tx:
            return handle(tx, asks(seen, zone=zone)).outcome

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(apply, ["Europe/Berlin"] * 4))
    assert len(world.rows("SELECT number FROM policy")) == 1
    assert min(outcomes) == "done"
    assert policies(world).zone == "Europe/Berlin"


def test_the_same_gesture_is_one_change(world: World) -> None:
    reply = done(world, asks(zone="Europe/Berlin"))
    assert reply.form is not None
    for _ in range(2):
        assert done(world, asks(reply.form.args["seen"], once="again", zone="Europe/Berlin")).outcome == "done"
    assert len(world.rows("SELECT number FROM policy")) == 1


@pytest.mark.parametrize("lead", ["tom@example.com", "TOM@Example.com", "@tom", "Tom", ""])
def test_a_lead_is_found_by_address_or_name(world: World, lead: str) -> None:
    world.person("tom", name="Tom")
    profile(world, account("tom"), "tom@example.com")
    applied(world, teams=[WrittenTeam(name="Payments", lead=lead)])
    assert policies(world).teams[0].lead == (TOM if lead else "")


def test_an_address_that_two_have_is_nobodys(world: World) -> None:
    for user in ("tom", "tim"):
        world.person(user, name=user, email="both@example.com")
    with pytest.raises(Refused, match=r"I know nobody called both@example\.com"):
        done(world, asks(teams=[WrittenTeam(name="Payments", lead="both@example.com")]))
    assert policies(world).teams == ()


def test_who_turns_out_to_be_somebody_else_stays_the_lead_and_the_author(both: World) -> None:
    command = SetPolicy(origin=on_teams(), wanted=Written(teams=[WrittenTeam(name="Payments", lead="@maya2")]))
    both.person("maya", name="Maya One")
    found = both.poke("maya").actor
    assert found.id == SLACK_MAYA
    with both.store.transaction() as tx:
        seen = tx.load(both.organisation, command, command.needs)
        both_names = seen.actor.model_copy(update={"name": "Maya2"})
        tx.save(command, seen, _keeping(seen, {both_names.id: both_names}))
    reply = done(both, command.model_copy(update={"origin": on_teams()}))
    assert reply.form is not None
    done(both, command.model_copy(update={"origin": on_teams(), "seen": reply.form.args["seen"]}))
    assert policies(both).teams[0].lead == TEAMS_MAYA
    assert link(both).outcome == "done"
    (revision,) = SqlReports(both.store).policy_history(both.organisation)
    assert (policies(both).teams[0].lead, revision.by, revision.policies.teams[0].lead) == (SLACK_MAYA,) * 3


def _keeping(seen: Any, people: Any) -> Any:
    from bot.state import Decision

    return Decision(state=seen.model_copy(update={"people": {**seen.people, **people}}))


def test_who_had_the_usual_day_has_the_organisations_after_the_migration(url: str) -> None:
    store = SqlStore(url)
    world = World(store)
    world.person("maya")
    world.person("tom", digest_weekday=3, digest_time="14:00")
    store.close()
    _moved(url, to="0004")
    old = World.__new__(World)
    old.store = SqlStore(url)
    bodies = [str(row[0]) for row in old.rows("SELECT body FROM person ORDER BY id")]
    assert sum('"digest_weekday":0,"digest_time":"09:30"' in body for body in bodies) == 1
    old.store.close()
    migrate(url)
    store = SqlStore(url)
    again = SqlReports(store)
    organisation = again.organisations()[0].model_copy(update={"policies": Policies(digest_weekday=1)})
    days = {one.id: working_time(one, organisation).digest_weekday for one in again.everybody(organisation.id)}
    assert days == {MAYA: 1, TOM: 3}
    store.close()


# -- the command line


class Terminal:
    def __init__(self, world: World, folder: Path) -> None:
        self.world, self.file = world, folder / "policy.toml"
        self.shown: list[str] = []
        self.complained: list[str] = []

    def change(self, text: str, *, dates: str = "new", apply: bool) -> int:
        self.file.write_text(text, encoding="utf-8")
        told = self.shown.append, self.complained.append
        return cli.change(self.world.store, self.world.organisation, self.file, *told, dates=dates, apply=apply)

    def show(self) -> str:
        self.shown.clear()
        assert cli.show(*SqlReports(self.world.store).policy(self.world.organisation), self.shown.append) == 0
        return self.shown[0]


def test_an_operator_shows_previews_and_applies_a_file(world: World, tmp_path: Path) -> None:
    terminal = Terminal(world, tmp_path)
    world.item(world.declare(), due=soon(world, 30), dated="policy")
    text = terminal.show().replace("sev2 = 30", "sev2 = 40")
    assert terminal.change(text, dates="open", apply=False) == 0
    assert "ACT-1 from" in terminal.shown[-1]
    assert policies(world).due_days[2] == 30
    assert terminal.change(text, dates="open", apply=True) == 0
    assert policies(world).due_days[2] == 40
    assert terminal.show().rstrip() == text.rstrip()
    assert terminal.change(text, apply=True) == 0
    assert terminal.shown[-1].startswith("Nothing would change")
    assert world.rows("SELECT number FROM policy") == [(1,)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('zone = "Mars"', "line 1, zone: Mars is no time zone"),
        ('[[teams]]\nname = "A"\nlead = "nobody@example.com"', "I know nobody called nobody@example.com"),
        ("= 1", "is no TOML"),
    ],
)
def test_a_file_that_is_wrong_changes_nothing(world: World, tmp_path: Path, text: str, said: str) -> None:
    terminal = Terminal(world, tmp_path)
    before = policies(world)
    assert terminal.change(text, apply=True) == 1
    assert said in terminal.complained[-1]
    assert policies(world) == before
    checked = cli.check(terminal.file, terminal.shown.append, terminal.complained.append)
    assert checked == (0 if "lead" in text else 1)  # whom the organisation knows, no file tells
    assert cli.check(tmp_path / "none.toml", terminal.shown.append, terminal.complained.append) == 1


def test_the_words_of_the_command() -> None:
    asked = parser().parse_args(["policy", "apply", "x.toml", "--open-items"])
    assert (asked.command, asked.do, asked.file, asked.open_items) == ("policy", "apply", "x.toml", True)


# -- the operator's file


def given(world: World, written: Written | None, name: str = "policy.toml") -> None:
    async def submit(command: Command) -> Reply:
        return done(world, command)

    organisations = SqlReports(world.store).organisations
    asyncio.run(GivenPolicy(name if written else "", written, organisations, submit).apply())


def test_a_file_is_applied_once_and_again_when_somebody_whom_it_names_was_met(world: World) -> None:
    written = Written(zone="Europe/Berlin", teams=[WrittenTeam(name="Payments", lead="tom@example.com")])
    for _ in range(2):
        given(world, written)
    assert (policies(world).zone, policies(world).given_by) == ("Europe/Berlin", "policy.toml")
    assert len(world.rows("SELECT number FROM policy")) == 1
    world.person("tom", email="tom@example.com")
    for _ in range(3):
        given(world, written)
    assert policies(world).teams[0].lead == TOM
    assert len(world.rows("SELECT number FROM policy")) == 2
    audited = len(world.rows("SELECT seq FROM audit"))
    given(world, written)
    assert len(world.rows("SELECT seq FROM audit")) == audited


def test_without_the_file_what_it_said_stays_and_is_free_again(world: World) -> None:
    given(world, Written(zone="Europe/Berlin"))
    assert done(world, asks(zone="UTC")).outcome == "refused"
    given(world, None)
    assert (policies(world).zone, policies(world).given_by) == ("Europe/Berlin", "")
    applied(world, zone="UTC")
    assert policies(world).zone == "UTC"


def test_a_file_is_for_one_organisation(world: World, caplog: pytest.LogCaptureFixture) -> None:
    World(world.store, "T2")
    given(world, Written(zone="Europe/Berlin"))
    assert policies(world).zone == "UTC"
    assert "several organisations" in caplog.text


async def test_a_database_that_does_not_answer_is_tried_again_later(caplog: pytest.LogCaptureFixture) -> None:
    async def submit(_: Command) -> Reply:
        raise AssertionError

    def nothing() -> Any:
        raise Unavailable

    one = GivenPolicy("policy.toml", Written(), nothing, submit)
    await one.start()
    await one.stop()
    assert "tried hourly" in caplog.text
