"""Small worlds for tests of rules: three people, one incident, and what a rule makes of a gesture."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import bot.commands  # noqa: F401  # fills the tables of rules
from bot.command import Command, Origin, build
from bot.effects import Effect
from bot.grammar import read
from bot.model import (
    Account,
    Entry,
    Incident,
    MessageRef,
    Moment,
    Organisation,
    Person,
    Place,
    Policies,
    Times,
)
from bot.permissions import check
from bot.rules import RULES
from bot.state import Decision, State

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
CHANNEL = Place(platform="slack", tenant="T1", channel="C1")
CARD = MessageRef(platform="slack", tenant="T1", channel="C1", ts="1795438700.000100")
NEWS = MessageRef(platform="slack", tenant="T1", channel="C9", ts="1795438700.000200")
_numbers = count(1)


def someone(name: str, **fields: Any) -> Person:
    account = Account(platform="slack", tenant="T1", user=f"U{name.upper()}")
    told = {"id": name.lower(), "organisation": "org", "name": name, "accounts": (account,), "zone": "Europe/Berlin"}
    return Person.model_validate({**told, **fields})


TOM, MAYA, INES = someone("Tom"), someone("Maya"), someone("Ines")
GUEST = someone("Gus", kind="guest")
ADMIN = someone("Ada", admin=True)
ROBOT = someone("Robo", kind="bot")
DEBRIEF = Person(id="debrief", organisation="org", name="Debrief", kind="integration")
PEOPLE = (TOM, MAYA, INES, GUEST, ADMIN, ROBOT)


def incident(**fields: Any) -> Incident:
    told = {
        "id": "inc",
        "organisation": "org",
        "key": "INC-42",
        "title": "Checkout errors",
        "severity": 3,
        "declared_by": "tom",
        "place": CHANNEL,
        "responders": frozenset({"tom"}),
        "times": Times(declared=Moment(at=NOW - timedelta(minutes=30), source="Tom")),
        "status_card": CARD,
        "announcement": NEWS,
    }
    return Incident.model_validate({**told, **fields})


def organisation(**fields: Any) -> Organisation:
    told = {"zone": "Europe/Berlin", "admins": frozenset({"ada"})}
    return Organisation(id="org", name="Acme", policies=Policies.model_validate({**told, **fields}))


def world(actor: Person = TOM, about: Incident | None = None, **fields: Any) -> State:
    """What a rule sees when `actor` says something in the channel of `about`."""
    everybody = {one.id: one for one in (*PEOPLE, actor)}
    named = {account.key: one.id for one in everybody.values() for account in one.accounts}
    named |= {f"@{one.name.lower()}": one.id for one in everybody.values()}
    told = {"organisation": organisation(), "actor": actor, "people": everybody, "named": named, "incident": about}
    return State.model_validate({**told, "next_incident": 43, "next_item": 7, "nonce": "QWRTZ", **fields})


def origin(actor: Person = TOM, **fields: Any) -> Origin:
    user = actor.accounts[0].user if actor.accounts else ""
    told = {"id": f"gesture {next(_numbers)}", "platform": "slack", "tenant": "T1", "actor": user, "channel": "C1"}
    return Origin.model_validate({**told, **fields})


def decided(state: State, command: Command, now: datetime = NOW) -> Decision:
    """The decision of the rule after the check of permissions, as the engine comes to it."""
    check(state, command)
    return RULES[command.kind](state, command, now)


def said(state: State, words: str, now: datetime = NOW, **fields: Any) -> Decision:
    """What follows when the actor types `words` behind `/incident`."""
    return decided(state, read(words, origin(state.actor, **fields)), now)


def clicked(state: State, kind: str, **args: Any) -> Decision:
    """What follows from a button, a form or a message's menu."""
    return decided(state, build(kind, args, origin(state.actor)))


def told(state: State, kind: type[Command], **fields: Any) -> Decision:
    """What follows from a receipt or an event that nobody is the actor of."""
    state = state.model_copy(update={"actor": DEBRIEF})
    return decided(state, kind.model_validate({"origin": origin(DEBRIEF, channel=""), **fields}))


def after(decision: Decision, actor: Person = TOM, log: Iterable[Entry] = ()) -> State:
    """The world in which a decision was saved, as `actor` sees it."""
    return decision.state.model_copy(update={"actor": actor, "log": (*log, *decision.entries)})


def of_kind(decision: Decision, kind: str) -> list[Effect]:
    return [effect for effect in decision.effects if effect.kind == kind]


def the(decision: Decision) -> Incident:
    assert decision.state.incident is not None
    return decision.state.incident


def posts(decision: Decision) -> list[str]:
    """The plain words of new messages in channels."""
    return [effect.card.plain() for effect in decision.effects if effect.kind == "post"]  # type: ignore[attr-defined]
