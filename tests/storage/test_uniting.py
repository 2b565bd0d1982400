"""Two persons become one: what named the one who goes names the other, whatever happens at the same time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

import bot.commands  # noqa: F401  # fills the tables of rules
from bot.command import Command, Needs, build
from bot.grammar import read
from bot.model import Factor, Incident, Person, Policies, Postmortem, Update
from bot.policy import Team
from bot.sayings import SectionText
from bot.similar import Shown
from bot.state import Planned, Reminded
from bot.tick import tick
from storage.access import SqlAccess
from storage.keys import person_id
from storage.reports import SqlReports
from tests.storage.linked import ADDRESS, SLACK_MAYA, TEAMS, TEAMS_MAYA, done, link, named_in, on_teams, people, profile
from tests.storage.worlds import SAID_AT, World, account, origin, post


def now(world: World) -> Callable[..., Planned]:
    with world.store.transaction() as tx:
        at = tx.now()

    def digest(seconds: float, person: str = TEAMS_MAYA) -> Planned:
        return Planned(
            key=f"digest:{person}", rule="digest", subject=person, at=at + timedelta(seconds=seconds), wall="x"
        )

    return digest


# -- who is one person


def test_the_same_address_told_by_two_platforms_makes_one_person_of_two(both: World) -> None:
    profile(both, account("maya"))
    profile(both, TEAMS, "MAYA@example.com")
    assert people(both) == {SLACK_MAYA}
    assert set(both.rows("SELECT key, person FROM account")) == {(account("maya"), SLACK_MAYA), (TEAMS, SLACK_MAYA)}
    with both.store.transaction() as tx:
        assert tx.load(both.organisation, Command(origin=on_teams()), Needs()).actor.id == SLACK_MAYA
    assert named_in(both, TEAMS_MAYA) == set()
    assert both.store.verify_audit(both.organisation) is None


def test_telling_it_again_and_linking_twice_change_nothing(both: World) -> None:
    profile(both, account("maya"))
    for _ in range(2):
        profile(both, TEAMS)
        profile(both, account("maya"))
    before = both.rows("SELECT id, body FROM person")
    again = link(both)
    assert again.outcome == "not found"
    assert "somebody else by now" in again.plain()
    assert both.rows("SELECT id, body FROM person") == before


def test_an_address_that_changes_later_links_then(both: World) -> None:
    profile(both, account("maya"), "maya.old@example.com")
    profile(both, TEAMS)
    assert people(both) == {SLACK_MAYA, TEAMS_MAYA}
    profile(both, account("maya"))
    assert people(both) == {TEAMS_MAYA}
    profile(both, TEAMS, "maya.new@example.com")
    assert people(both) == {TEAMS_MAYA}
    assert named_in(both, SLACK_MAYA) == set()


def test_guests_and_strangers_of_another_organisation_stay_who_they_are(both: World) -> None:
    profile(both, account("maya"), kind="guest")
    profile(both, TEAMS)
    other = World(both.store, "T2")
    other.poke("maya")
    profile(other, account("maya", "T2"))
    assert people(both) == {SLACK_MAYA, TEAMS_MAYA, person_id(account("maya", "T2"))}


def test_of_three_with_one_address_nobody_is_linked(both: World) -> None:
    both.person("m2", email=ADDRESS)
    both.person("maya", email=ADDRESS)
    profile(both, TEAMS)
    assert len(people(both)) == 3


def test_an_admin_is_refused_in_words_and_nothing_is_changed(both: World) -> None:
    both.person("tom", name="Tom")
    tom = person_id(account("tom"))
    before = both.rows("SELECT id, body FROM person")
    assert "accounts on the same tenant" in link(both, SLACK_MAYA, tom).plain()
    assert "one person already" in link(both, SLACK_MAYA, SLACK_MAYA).plain()
    assert both.rows("SELECT id, body FROM person") == before


# -- what follows


def named_everywhere(world: World, me: str) -> Incident:
    """An incident in whose record a person stands wherever a person can stand."""
    change = {"by": me, "at": SAID_AT, "what": "x", "before": f'{{"owner":"{me}"}}'}
    made = world.declare(
        declared_by=me, responders=frozenset({me, SLACK_MAYA}), roles={"lead": me}, private=True,
        update=Update(text="back", by=me, at=SAID_AT),
        changes=({**change, "after": ""},),
    )  # fmt: skip
    world.item(made, owner=me, created_by=me, last_change=change)
    edited = {"summary": SectionText(text="it broke", by=me, at=SAID_AT)}
    world.save(
        postmortem=Postmortem(
            id="pm", organisation=world.organisation, incident=made.id, owner=me, opened_at=SAID_AT,
            due=date(2026, 12, 1), factors=(Factor(id="f", kind="change", text="a flag", by=me),),
            edited=edited, published_by=me, published_at=SAID_AT,
        )
    )  # fmt: skip
    policies = Policies(admins=frozenset({me}), teams=(Team(name="Payments", lead=me),))
    state = world.poke()
    world.save(needs=Needs(announcing=True), organisation=state.organisation.model_copy(update={"policies": policies}))
    return made


def test_whatever_named_the_one_who_goes_names_the_other(both: World) -> None:
    made = named_everywhere(both, TEAMS_MAYA)
    access = SqlAccess(both.store)
    token = access.create_token(both.organisation, "mine", person=TEAMS_MAYA)
    secret = access.sign_in(TEAMS, "once")
    assert secret is not None
    waiting = build("declare", {"title": "x"}, origin(TEAMS_MAYA, tenant=both.organisation, platform="api"))
    with both.store.transaction() as tx:
        tx.park(both.organisation, waiting, "a bug", ())
    both.save(plans=[now(both)(3600)])
    where = named_in(both, TEAMS_MAYA)
    wanted = {
        "account.person", "api_token.person", "incident.body", "incident.declared_by", "incident_member.person",
        "item.body", "item.owner", "organisation.policies", "parked.command", "person.body", "person.id", "plan.key",
        "plan.subject", "policy.policies", "postmortem.body", "postmortem.owner", "postmortem_revision.by",
        "sign_in.person",
    }  # fmt: skip
    assert where - {"person.id", "person.body"} == wanted - {"person.id", "person.body"}
    assert link(both).plain() == "maya is maya from now on, with 2 accounts."
    assert named_in(both, TEAMS_MAYA) == set()
    assert both.store.verify_audit(both.organisation) is None
    seen = both.poke(incident=made.key, needs=Needs(items=True, postmortem=True))
    assert seen.incident is not None
    assert seen.incident.lead == SLACK_MAYA
    assert seen.incident.responders == {SLACK_MAYA}
    assert seen.organisation.policies.admins == {SLACK_MAYA}
    for caller in (access.caller(token), access.session(secret)):
        assert caller is not None
        assert caller.principal.id == SLACK_MAYA


def test_a_private_incident_is_seen_from_either_account_afterwards(both: World) -> None:
    both.declare(channel="", private=True, responders=frozenset({TEAMS_MAYA}))
    asks = [read("INC-1 status", origin("maya")), read("INC-1 status", on_teams())]
    assert [done(both, one).outcome for one in asks] == ["not found", "done"]
    link(both)
    assert both.rows("SELECT person FROM incident_member") == [(SLACK_MAYA,)]
    again = [
        one.model_copy(update={"origin": one.origin.model_copy(update={"id": f"{n}"})}) for n, one in enumerate(asks)
    ]
    assert [done(both, one).outcome for one in again] == ["done", "done"]
    (maya,) = SqlReports(both.store).everybody(both.organisation)
    assert SqlReports(both.store).incident(maya, "INC-1") is not None


# -- digests


def beats(world: World, days: int = 7) -> list[tuple[str, str]]:
    """The digests of some days, a look every two hours."""
    for hour in range(0, days * 24, 2):
        world.store.set_clock_offset(hour * 3600)
        with world.store.transaction() as tx:
            tick(tx)
    return [(row[0], row[1]) for row in world.rows("SELECT key, body FROM outbox WHERE key LIKE 'digest:%'")]


def with_overdue(world: World) -> None:
    made = world.declare()
    digest = now(world)
    for number, me in enumerate((SLACK_MAYA, TEAMS_MAYA), 1):
        world.item(made, f"ACT-{number}", owner=me, due=date(2026, 1, number))
        world.save(plans=[digest(-1, me).model_copy(update={"wall": ""})])


def weeks(digests: list[tuple[str, str]]) -> list[str]:
    return [key.rsplit(":", 1)[1] for key, _ in digests]


def test_a_person_with_two_accounts_gets_one_digest_a_week_that_lists_everything(both: World) -> None:
    with_overdue(both)
    profile(both, account("maya"))
    profile(both, TEAMS)
    digests = beats(both, 14)
    assert len(set(weeks(digests))) == len(digests) >= 2
    for key, body in digests:
        assert key.startswith(f"digest:{SLACK_MAYA}:")
        assert "ACT-1" in body
        assert "ACT-2" in body


@pytest.mark.parametrize("who", [SLACK_MAYA, TEAMS_MAYA])
def test_who_had_this_weeks_digest_under_either_account_gets_no_second_one(both: World, who: str) -> None:
    with_overdue(both)
    digest = now(both)
    other = ({SLACK_MAYA, TEAMS_MAYA} - {who}).pop()
    both.save(plans=[digest(8 * 86_400, other)])
    first = beats(both, 8)
    assert first
    assert all(who in key for key, _ in first)
    link(both)
    assert set(weeks(beats(both, 8))) == set(weeks(first))
    assert len(beats(both, 8)) == len(first)
    assert named_in(both, TEAMS_MAYA) == set()


def remind(world: World, who: str) -> None:
    key = f"digest:{who}:2026-W48"
    world.save(plans=[now(world)(-1, who)])
    with world.store.transaction() as tx:
        one = next(one for one in tx.due(10) if one.plan.subject == who)
        tx.remind(one, Reminded(once=key, effects=(post(key),)))


def test_of_two_digests_on_their_way_the_one_that_nobody_began_to_send_goes(both: World) -> None:
    remind(both, TEAMS_MAYA)
    with both.store.transaction() as tx:
        claimed = [one for one in tx.claim(10, timedelta(minutes=1)) if one.effect.kind == "post"]
    remind(both, SLACK_MAYA)
    link(both)
    assert both.rows("SELECT key, state FROM outbox WHERE kind = 'post'") == [
        (f"digest:{SLACK_MAYA}:2026-W48", "sending")
    ]
    both.store.set_clock_offset(120)
    with both.store.transaction() as tx:
        (again,) = [one for one in tx.claim(10, timedelta(minutes=1)) if one.effect.kind == "post"]
    assert again.unsure
    assert again.effect.key == claimed[0].effect.key == f"digest:{TEAMS_MAYA}:2026-W48"


def test_two_that_wait_are_one(both: World) -> None:
    remind(both, TEAMS_MAYA)
    remind(both, SLACK_MAYA)
    link(both)
    assert both.rows("SELECT key FROM outbox WHERE kind = 'post'") == [(f"digest:{SLACK_MAYA}:2026-W48",)]
    assert both.rows("SELECT once FROM reminded") == [(f"digest:{SLACK_MAYA}:2026-W48",)]
    assert named_in(both, TEAMS_MAYA) == set()


def test_the_earlier_of_two_plans_stays(both: World) -> None:
    digest = now(both)
    both.save(plans=[digest(7200, SLACK_MAYA), digest(3600)])
    link(both)
    rows = both.rows("SELECT key, subject, due_at FROM plan")
    assert [row[:2] for row in rows] == [(f"digest:{SLACK_MAYA}", SLACK_MAYA)]
    both.store.set_clock_offset(3601)
    with both.store.transaction() as tx:
        assert len(tx.due(10)) == 1


def test_an_ordinary_profile_asks_the_database_one_more_time_by_an_index(both: World) -> None:
    words = f"SELECT body FROM person WHERE organisation = 'o' AND local IN ('maya') AND email IN ('{ADDRESS}')"
    with both.store.transaction() as tx:
        if both.store.sqlite:
            plan = tx.connection.execute(sa.text(f"EXPLAIN QUERY PLAN {words}")).all()
        else:
            tx.connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
            plan = tx.connection.execute(sa.text(f"EXPLAIN {words}")).all()
    assert "person_by_local" in str(plan)


def test_a_person_known_by_a_profile_is_listed(both: World) -> None:
    profile(both, account("maya"))
    known: list[Person] = SqlReports(both.store).everybody(both.organisation)
    emails = ["", ADDRESS] if TEAMS_MAYA < SLACK_MAYA else [ADDRESS, ""]
    assert [(one.name, one.email) for one in known] == [("maya", email) for email in emails]


def test_what_either_said_of_a_past_incident_stays_said(both: World) -> None:
    """Where both did, the last word counts; being shown something is no word."""
    old, now = both.declare("INC-1"), both.declare("INC-2", channel="C2")
    third = both.declare("INC-3", channel="C3")
    seen = Shown(key="INC-1", incident=old.id, person=SLACK_MAYA, useful=True)
    for one in (seen, seen.model_copy(update={"person": TEAMS_MAYA, "useful": None}),
                Shown(key="INC-3", incident=third.id, person=TEAMS_MAYA, useful=False)):  # fmt: skip
        both.save(both.command(incident="INC-2"), shown=(one,))
    profile(both, account("maya"))
    profile(both, TEAMS)
    rows = both.rows("SELECT person, past, useful FROM shown ORDER BY past")
    assert [(who, what, bool(said)) for who, what, said in rows] == [
        (SLACK_MAYA, old.id, True),
        (SLACK_MAYA, third.id, False),
    ]
    assert now.id not in {what for _, what, _ in rows}
