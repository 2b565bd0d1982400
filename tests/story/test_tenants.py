"""Two organisations whose ids are all equal: nothing of the one can be reached from the other.

Law: the tables of commands and of the API are read from the code. A kind of command or an address that is not known
here fails the suite, so that whoever adds one has to say how it is tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

import bot.commands  # noqa: F401 - fills the tables below
from bot.command import KINDS, Capture, Command, Origin, Receipt, build
from bot.engine import capture, handle, refusal
from bot.errors import Refused
from bot.model import MessageRef, Place
from bot.text import Reply
from storage.reports import SqlReports
from storage.store import SqlStore

OURS = {kind: one for kind, one in KINDS.items() if one.__module__.startswith("bot.")}
"""Other tests make kinds of their own."""

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECRET = "zirconium"
FOREIGN: dict[str, dict[str, str]] = {
    "action": {"text": "x", "owner": "me", "due": "2w"},
    "update": {"text": "x"}, "sev": {"severity": "1"}, "lead": {"person": "me"},
    "role": {"role": "scribe", "person": "me"},
    "impact": {"text": "x"}, "note": {"text": "x"}, "time": {"name": "began", "at": "13:40"}, "mitigate": {"text": "x"},
    "resolve": {"summary": "x"}, "reopen": {"why": "x"}, "invite": {"person": "me"}, "remove": {"person": "me"},
    "snooze": {"until": "2w"}, "reassign": {"owner": "me"}, "wont_do": {"reason": "x"},
    "link_item": {"link": "https://example.com/x"},
    "postmortem": {}, "postmortem_factor": {"text": "x", "factor": "design"},
    "postmortem_edit": {"section": "learning", "body": "x", "saving": "yes"}, "postmortem_owner": {"person": "me"},
    "postmortem_trigger": {"text": "x"}, "postmortem_decision": {"text": "x"}, "postmortem_question": {"text": "x"},
    "accept_proposed": {}, "postmortem_changes": {}, "postmortem_suggest": {},
    "accept_suggestion": {"suggestion": "x"}, "discard_suggestion": {"suggestion": "x"},
    "postmortem_publish": {"sure": "yes"}, "make_action_item": {"text": "x"}, "add_to_timeline": {"text": "x"},
    "pin_elsewhere": {"text": "x"}, "take_off_timeline": {"entry": "x"},
    "postmortem_known": {"act": "ACT-1"}, "postmortem_known_back": {"act": "ACT-1"},
    "lesson_true": {}, "lesson_outdated": {},
    "postmortem_missing": {"text": "x"}, "postmortem_comment": {"text": "x"}, "postmortem_dispute": {"text": "x"},
    "postmortem_review": {"people": "me"}, "postmortem_decline": {"sure": "yes"}, "dismiss_hint": {"hint": "x"},
    "postmortem_resolve": {"comment": "c"}, "postmortem_accept": {}, "postmortem_sign": {}, "postmortem_fair": {},
    "postmortem_comments": {}, "postmortem_hints": {},
    **{kind: {} for kind in (
        "undo", "join", "timeline", "close", "actions", "done", "not_mine", "undo_item", "postmortem_open",
        "postmortem_revise", "status", "catchup", "panel", "sign_in", "glance", "similar", "item_held", "check_later",
        "reopen_item", "export",
    )},
    "take_lead": {"person": "me"}, "judge_similar": {"other": "INC-1", "useful": "yes"},
    "accept_risk": {"reason": "x"}, "ticket": {}, "item_did_not_hold": {"reason": "x"},
}  # fmt: skip
"""What is tried with the key of the other organisation's incident and item."""
OF_AN_ITEM = (
    "done", "snooze", "reassign", "not_mine", "wont_do", "link_item", "undo_item", "accept_risk", "item_held",
    "item_did_not_hold", "check_later", "reopen_item", "ticket",
)  # fmt: skip
OWN = {
    "mark_message",
    "declare",
    "declare_from_message",
    "list",
    "help",
    "unknown",
    "reminders",
    "set_reminders",
    "setup",
    "set_up",
    "set_policy",
    "set_zone",
    "free_policy",
    "home",
    "my_actions",
    "link_people",
    "name_admin",
    "import",
}
"""They take no key of an incident or item."""


def origin(tenant: str, number: int, actor: str = "U1", channel: str = "C1") -> Origin:
    return Origin(id=f"g{number}", platform="slack", tenant=tenant, actor=actor, channel=channel, occurred=AT)


@pytest.fixture
def two(store: SqlStore) -> SqlStore:
    """The same ids of channels, users, messages and gestures in both; A has an incident and an item, B has none."""
    for tenant in ("TA", "TB"):
        store.join("slack", tenant, tenant)
    run(store, build("declare", {"title": f"{SECRET} errors"}, origin("TA", 1)))
    incident = SqlReports(store).incidents(_reader(store, "TA"))[0][0]
    place = Place(platform="slack", tenant="TA", channel="C1")
    opened = OURS["channel_opened"].model_validate(
        {
            "origin": Origin(id="opened", platform="slack", tenant="TA"),
            "incident_id": incident.id,
            "place": place,
            "name": "inc",
        }
    )
    run(store, opened)
    run(
        store,
        build("action", {"incident": "INC-1", "text": f"{SECRET} item", "owner": "me", "due": "2w"}, origin("TA", 2)),
    )
    run(store, build("resolve", {"incident": "INC-1", "summary": "done"}, origin("TA", 3)))
    return store


def _reader(store: SqlStore, tenant: str) -> Any:
    run(store, build("help", {}, origin(tenant, 0)))
    known = SqlReports(store)
    return next(
        person
        for one in known.organisations()
        if one.name == tenant
        for person in known.people(one.id, accounts=[f"slack:{tenant}:U1"]).values()
    )


def run(store: SqlStore, command: Command) -> Any:
    with store.transaction() as tx:
        if isinstance(command, Capture):
            return capture(tx, [command])
        return handle(tx, command)


def answered(store: SqlStore, kind: str, fields: dict[str, str], number: int) -> Reply:
    """What somebody of B reads."""
    try:
        reply: Reply = run(store, build(kind, fields, origin("TB", number)))
    except Refused as refused:
        return refusal(refused)
    return reply


def rows_of_a(store: SqlStore) -> dict[str, list[Any]]:
    """Everything that is stored for A, in all tables that know organisations."""
    found: dict[str, list[Any]] = {}
    with store.reading() as work:
        (organisation,) = work.connection.execute(text("SELECT organisation FROM tenant WHERE tenant = 'TA'")).one()
        for name in (
            "incident",
            "item",
            "postmortem",
            "entry",
            "revision",
            "person",
            "account",
            "outbox",
            "plan",
            "audit",
        ):
            rows = work.connection.execute(text(f"SELECT * FROM {name} WHERE organisation = :it"), {"it": organisation})
            found[name] = sorted(map(repr, rows))
    return found


def test_every_kind_of_command_is_known_here() -> None:
    people = {kind for kind, one in OURS.items() if not issubclass(one, Capture | Receipt)}
    assert people == set(FOREIGN) | OWN


def attempts() -> Iterator[tuple[str, dict[str, str]]]:
    for kind, fields in FOREIGN.items():
        takes_item = kind in OF_AN_ITEM
        yield kind, {**fields, **({"item": "ACT-1", "listed": "ACT-1"} if takes_item else {"incident": "INC-1"})}


def test_no_command_of_b_reaches_what_a_has(two: SqlStore) -> None:
    before = rows_of_a(two)
    for number, (kind, fields) in enumerate(attempts(), 100):
        reply = answered(two, kind, fields, number)
        assert reply.outcome in ("not found", "refused") or kind in ("panel", "actions", "sign_in"), kind
        assert SECRET not in reply.model_dump_json(), kind
    assert rows_of_a(two) == before


def test_nobody_of_b_links_people_of_a_or_names_an_admin_there(two: SqlStore) -> None:
    with two.reading() as work:
        people = [str(row.id) for row in work.connection.execute(text("SELECT id FROM person"))]
    before = rows_of_a(two)
    for number, kept in enumerate(people, 200):
        for other in people:
            reply = answered(two, "link_people", {"kept": kept, "other": other}, number)
            assert reply.outcome in ("not found", "refused")
            assert SECRET not in reply.model_dump_json()
        named = answered(two, "name_admin", {"who": kept}, number + 1000)
        assert named.outcome in ("not found", "refused")
    assert rows_of_a(two) == before


def test_the_ids_of_a_channel_reach_only_the_own_incident(two: SqlStore) -> None:
    """Without a key, from a channel that has the same id as the other's."""
    before = rows_of_a(two)
    for number, (kind, fields) in enumerate(attempts(), 300):
        bare = {name: value for name, value in fields.items() if name not in ("incident", "item", "listed")}
        reply = answered(two, kind, bare, number)
        assert SECRET not in reply.model_dump_json(), kind
    assert rows_of_a(two) == before


@pytest.mark.parametrize("kind", sorted(kind for kind, one in OURS.items() if issubclass(one, Capture)))
def test_no_event_of_b_changes_a_message_of_a(two: SqlStore, kind: str) -> None:
    said = {"text": f"{SECRET} said", "author": "slack:TA:U1"}
    ref = {"platform": "slack", "channel": "C1", "ts": "1772442000.000001"}
    here = MessageRef(tenant="TA", **ref)
    run(two, OURS["said"].model_validate({"origin": origin("TA", 10), "message": here, "stamp": 1, **said}))
    before = rows_of_a(two)
    more = {"reacted": {"emoji": "pushpin"}, "edited": {"text": "x"}, "said": {"text": "x"}}.get(kind, {})
    there = MessageRef(tenant="TB", **ref)
    run(two, OURS[kind].model_validate({"origin": origin("TB", 10), "message": there, "stamp": 2, **more}))
    assert rows_of_a(two) == before


@pytest.mark.parametrize("kind", sorted(kind for kind, one in OURS.items() if issubclass(one, Receipt)))
def test_no_receipt_of_b_is_taken_for_one_of_a(two: SqlStore, kind: str) -> None:
    incident = SqlReports(two).incidents(_reader(two, "TA"))[0][0]
    before = rows_of_a(two)
    ref = MessageRef(platform="slack", tenant="TB", channel="C1", ts="1.1")
    place = Place(platform="slack", tenant="TB", channel="C1")
    fields: dict[str, Any] = {
        "origin": Origin(id="r1", platform="slack", tenant="TB"), "incident_id": incident.id, "account": "slack:TA:U1",
        "place": place, "ref": ref, "message": ref, "name": "x", "purpose": "status card", "gap": "x", "text": "x",
        "reason": "x", "what": "x", "archived": True, "found": True, "kind_of": "x", "code": "x", "zone": "UTC",
        "key": "x",
    }  # fmt: skip
    known = {name: value for name, value in fields.items() if name in OURS[kind].model_fields}
    missing = {
        name: {"int": 0, "str": "x", "bool": True}.get(getattr(one.annotation, "__name__", ""), "x")
        for name, one in OURS[kind].model_fields.items()
        if one.is_required() and name not in known
    }
    with suppress(Refused):
        run(two, OURS[kind].model_validate({**known, **missing}))
    assert rows_of_a(two) == before
