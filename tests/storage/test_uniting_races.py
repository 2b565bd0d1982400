"""Two persons become one while others act, and in any order of what they do."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.command import Origin, build
from bot.commands.accounts import LinkPeople
from bot.engine import handle
from bot.errors import Refused
from bot.grammar import read
from bot.text import mention_token
from bot.tick import tick
from storage.access import SqlAccess
from storage.keys import person_id
from storage.store import SqlStore
from tests.storage.linked import SLACK_MAYA, TEAMS, TEAMS_MAYA, done, link, named_in, on_teams, people, profile
from tests.storage.worlds import World, account, origin


def at_once(*acts: Callable[[], object]) -> Iterator[BaseException]:
    """What went wrong in acts that run side by side."""
    failed: list[BaseException] = []

    def run(act: Callable[[], object]) -> None:
        try:
            act()
        except Exception as error:
            failed.append(error)
            raise

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    yield from failed


def test_what_a_command_does_while_two_become_one_is_not_lost(both: World) -> None:
    both.declare(responders=frozenset({SLACK_MAYA, TEAMS_MAYA}))
    linking = threading.Thread(target=lambda: link(both))
    with both.store.transaction() as tx:
        handle(tx, read(f"INC-1 action {mention_token(TEAMS)} by 2027-01-01: write the test", on_teams()))
        linking.start()
        time.sleep(0.5)
    linking.join(10)
    assert people(both) == {SLACK_MAYA}
    assert both.rows("SELECT owner FROM item") == [(SLACK_MAYA,)]
    assert named_in(both, TEAMS_MAYA) == set()


def test_a_command_that_waits_for_the_link_is_the_others(both: World) -> None:
    both.declare(responders=frozenset({SLACK_MAYA}))
    secrets: list[str | None] = []
    command = read("INC-1 lead me", on_teams())
    waiting = [
        threading.Thread(target=lambda: done(both, command)),
        threading.Thread(target=lambda: secrets.append(SqlAccess(both.store).sign_in(TEAMS, "once"))),
    ]
    here = origin("integration:root", tenant=both.organisation, platform="cli")
    with both.store.transaction() as tx:
        handle(tx, LinkPeople(origin=here, kept=SLACK_MAYA, other=TEAMS_MAYA))
        for thread in waiting:
            thread.start()
        time.sleep(0.5)
    for thread in waiting:
        thread.join(10)
    seen = both.poke(incident="INC-1").incident
    assert seen is not None
    assert seen.lead == SLACK_MAYA
    assert both.rows("SELECT person FROM sign_in WHERE person IS NOT NULL") == [(SLACK_MAYA,)]
    assert named_in(both, TEAMS_MAYA) == set()


def test_two_profiles_told_at_once_still_find_each_other(both: World) -> None:
    assert list(at_once(lambda: profile(both, account("maya")), lambda: profile(both, TEAMS))) == []
    assert len(people(both)) == 1
    gone = ({SLACK_MAYA, TEAMS_MAYA} - people(both)).pop()
    assert named_in(both, gone) == set()


# -- in any order

_ORGANISATIONS = count(1)
WORDS = (
    "declare sev2 Checkout errors", "declare private sev1 Leak", "note it began later", "update we roll back",
    "lead me", "role comms {other}", "lead {other}", "invite {other}", "action me by 2027-01-01: write the test",
    "action {other} by 2027-01-01: write it", "done ACT-1", "reassign ACT-1 {other}", "snooze ACT-2 2w", "sev 1",
    "impact nobody can pay", "resolve it is back", "postmortem owner {other}", "postmortem factor change: a flag",
    "postmortem edit summary it broke", "postmortem publish", "undo", "reopen it is not",
)  # fmt: skip
WHO = ("slack", "teams", "tom")
ACTS = st.one_of(
    st.tuples(st.sampled_from(WORDS), st.sampled_from(WHO), st.sampled_from(WHO)),
    st.tuples(st.sampled_from(["profile", "token", "sign in", "set up", "days pass", "link"]), st.sampled_from(WHO)),
)


class Both:
    """An organisation of its own for each example: ids of persons follow from the tenants, so none is met again."""

    def __init__(self, store: SqlStore, hours: Iterator[int]) -> None:
        number = next(_ORGANISATIONS)
        self.world, self.hours = World(store, f"T{number}"), hours
        store.join("teams", f"M{number}", "Acme", self.world.organisation)
        self.keys = {"slack": f"slack:T{number}:maya", "teams": f"teams:M{number}:maya", "tom": f"slack:T{number}:tom"}
        for key in self.keys.values():
            profile(self.world, key, "")
        self.two = {person_id(self.keys[who]) for who in ("slack", "teams")}

    def origin(self, who: str) -> Origin:
        platform, tenant, user = self.keys[who].split(":")
        return origin(user, tenant=tenant, platform=platform)

    def act(self, what: str, who: str, other: str = "") -> None:
        world, access = self.world, SqlAccess(self.world.store)
        match what:
            case "profile":
                profile(world, self.keys[who], "" if who == "tom" else "maya@example.com")
            case "token":
                access.create_token(world.organisation, who, person=self.person(who))
            case "sign in":
                access.sign_in(self.keys[who], f"{next(self.hours)}")
            case "set up":
                done(world, build("set_up", {"teams": f"Payments: {mention_token(self.keys[who])}"}, self.origin(who)))
            case "days pass":
                self.days_pass()
            case "link":
                link(world, *sorted(self.two, reverse=who == "slack"))
            case _:
                said = what.format(other=mention_token(self.keys[other or who]))
                done(world, read(said, self.origin(who)))

    def person(self, who: str) -> str:
        return str(self.world.value("SELECT person FROM account WHERE key = :key", key=self.keys[who]))

    def days_pass(self) -> None:
        self.world.store.set_clock_offset(next(self.hours) * 3600 * 37)
        with self.world.store.transaction() as tx:
            tick(tx)

    def known(self) -> set[str]:
        return people(self.world) & self.two


@pytest.fixture
def hours() -> Iterator[int]:
    return count(1)


@settings(
    max_examples=12,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(acts=st.lists(ACTS, min_size=5, max_size=20))
def test_in_whatever_order_nothing_names_who_is_somebody_else_now(
    world: World, hours: Iterator[int], acts: list[tuple[str, ...]]
) -> None:
    both = Both(world.store, hours)
    for act in (*acts, ("days pass", ""), ("link", "slack")):
        with suppress(Refused):
            both.act(*act)
    assert len(both.known()) == 1
    (gone,) = both.two - both.known()
    assert named_in(world, gone) == set()
    assert world.store.verify_audit(both.world.organisation) is None
    owners = {row[0] for row in world.rows("SELECT owner FROM item")} - {""}
    assert owners <= people(world)
    sent = world.rows("SELECT organisation, key FROM outbox WHERE key LIKE 'digest:%'")
    assert len(set(sent)) == len(sent)
