"""One door in. A command is seen, loaded, decided, looked at by the integrations and saved in one transaction.

Law: nothing is answered before it is on disk, and nothing is done twice: a command whose id was seen gets the
first answer again; a refusal changes nothing; a rule with a bug is parked and holds up nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from bot import words
from bot.command import Capture, Command
from bot.commands.captures import merge
from bot.effects import Effect
from bot.errors import NotFound, Refused, UnknownTenant
from bot.failpoint import failpoint
from bot.model import Entry, Incident, MessageRef
from bot.permissions import check
from bot.ports import React, Transaction
from bot.reminders import plans_for
from bot.rules import RULES
from bot.state import Decision, State
from bot.text import Button, Reply, Section


def handle(tx: Transaction, command: Command, reactions: Sequence[React] = ()) -> Reply:
    """Carries a command out inside `tx`. Raises `UnknownTenant`, and whatever a rule with a bug raises."""
    failpoint("before rule")
    organisation = tx.tenant(command.origin.platform, command.origin.tenant)
    if organisation is None:
        raise UnknownTenant(command.origin.tenant)
    if (first := tx.seen(organisation, command)) is not None:
        return first.model_copy(update={"repeated": True})
    before = tx.load(organisation, command, command.needs)
    try:
        before, decision = decide(before, command, tx)
    except Refused as refused:
        reply = refusal(refused)
        tx.refuse(organisation, command, reply)
        if refused.field:
            raise
        return reply
    decision = _about(decision)
    tx.save(command, before, _with_reactions(before, decision, reactions))
    failpoint("before commit")
    return decision.reply


def refusal(refused: Refused) -> Reply:
    """The sentence as an answer that programs can tell from a deed."""
    outcome: Literal["not found", "refused"] = "not found" if isinstance(refused, NotFound) else "refused"
    return Reply.of(refused.text).model_copy(update={"outcome": outcome})


def _about(decision: Decision) -> Decision:
    """The answer names the incident it is about."""
    incident = decision.state.incident
    if incident is None:
        return decision
    return decision.model_copy(update={"reply": decision.reply.model_copy(update={"incident": incident.key})})


def decide(before: State, command: Command, tx: Transaction) -> tuple[State, Decision]:
    """The state that the rule saw, and what it decided. A command that wants an incident and names none gets my only
    open one: then that incident is locked and loaded, and what changed is what differs from that."""
    if not command.wants_incident or before.incident is not None:
        return before, _ruled(before, command, tx)
    if command.incident or not before.mine:
        if command.incident:
            raise NotFound(words.no_such_incident(command.incident))
        raise Refused(words.which_incident_none())
    if len(before.mine) > 1:
        return before, Decision(state=before, reply=_ask_which(before.mine, command))
    only = before.mine[0]
    assumed = command.model_copy(update={"incident": only.key})
    before = tx.load(before.organisation.id, assumed, command.needs)
    decision = _ruled(before, assumed, tx)
    return before, decision.model_copy(update={"reply": _saying(decision.reply, only)})


def _ruled(before: State, command: Command, tx: Transaction) -> Decision:
    check(before, command)
    before, now = _reached(before), tx.now()
    decision = RULES[command.kind](before, command, now)
    plans = decision.plans + plans_for(before, decision.state, now)
    return decision.model_copy(update={"plans": plans})


def _reached(state: State) -> State:
    """Whoever does something here can be reached."""
    if not state.actor.unreachable:
        return state
    actor = state.actor.model_copy(update={"unreachable": False})
    return state.model_copy(update={"actor": actor, "people": {**state.people, actor.id: actor}})


def _with_reactions(before: State, decision: Decision, reactions: Sequence[React]) -> Decision:
    more: tuple[Effect, ...] = sum((react(before, decision) for react in reactions), ())
    return decision.model_copy(update={"effects": decision.effects + more}) if more else decision


def _ask_which(mine: Sequence[Incident], command: Command) -> Reply:
    args = command.again()
    buttons = tuple(
        Button(
            label=f"{incident.key} {incident.title}"[:70],
            does=command.kind,
            args={**args, "incident": incident.key},
        )
        for incident in mine[:5]
    )
    return Reply.of(words.which_incident(), *buttons)


def _saying(reply: Reply, incident: Incident) -> Reply:
    section = Section(text=words.assumed(incident), quiet=True)
    card = reply.card.model_copy(update={"sections": (*reply.card.sections, section)})
    return reply.model_copy(update={"card": card})


def capture(tx: Transaction, commands: Sequence[Capture]) -> None:
    """Merges captures into their entries: many in one transaction, in any order, each one once."""
    new = tx.unseen(commands)
    messages = [command.message for command in new]
    where = tx.captured_in(messages)
    entries = tx.entries([message for message in messages if message in where])
    changed: dict[MessageRef, Entry] = {}
    for command in new:
        message = command.message
        if (place := where.get(message)) is None:
            continue
        failpoint("inside rule")
        entry = merge(entries.get(message), command, place[1], tx.now())
        if entry is not None:
            entries[message] = changed[message] = entry
    tx.put_entries({incident: organisation for organisation, incident in where.values()}, list(changed.values()))
    failpoint("before commit")
