"""Who may do what: one table, filled where the rules are written, checked before every rule, printed in the docs."""

from __future__ import annotations

from bot import words
from bot.command import Command
from bot.errors import Refused
from bot.model import Person, Policies
from bot.policy import SETTABLE
from bot.rules import MAY, Who
from bot.state import State

OPERATORS = "cli"
"""Whoever has the command line of the installation may do what admins may."""


def check(state: State, command: Command) -> None:
    """Raises `Refused` where the actor may not give this command."""
    may, actor = level(state, command.kind), state.actor
    if not command.origin.actor or actor.kind == "integration":
        if may == "admin" and command.origin.actor and command.origin.platform != OPERATORS:
            raise Refused(words.for_admins())
        return
    if actor.kind in ("bot", "gone"):
        raise Refused(words.not_for_bots())
    if _too_much_for_a_guest(state, may):
        raise Refused(words.not_for_guests())
    if may == "admin" and not administers(_known(state, actor.id), state.organisation.policies):
        raise Refused(words.for_admins())
    if may == "commander" and not _commands(state):
        raise Refused(words.for_the_commander(state))


def permitted(state: State, kind: str) -> bool:
    """Whether the actor may give a command of this kind about the incident in sight."""
    may = level(state, kind)
    if _too_much_for_a_guest(state, may):
        return False
    if may == "admin":
        return administers(_known(state, state.actor.id), state.organisation.policies)
    return may != "commander" or _commands(state)


def level(state: State, kind: str) -> Who:
    """Who may give a command of this kind: as the table says, or the organisation where the table leaves it to it."""
    chosen = state.organisation.policies.may.get(kind)
    return chosen if chosen and chosen in SETTABLE.get(kind, ()) else MAY[kind]


def administers(person: Person, policies: Policies) -> bool:
    """While nobody is an admin, everybody counts as one."""
    return not policies.admins or person.admin or person.id in policies.admins


def is_admin(state: State, person: str) -> bool:
    return _known(state, person).admin or person in state.organisation.policies.admins


def _known(state: State, person: str) -> Person:
    return state.people.get(person, state.actor)


def _too_much_for_a_guest(state: State, may: str) -> bool:
    return state.actor.kind == "guest" and may != "anyone" and not (may == "invited" and _invited(state))


def _invited(state: State) -> bool:
    return state.incident is not None and state.actor.id in state.incident.responders


def _commands(state: State) -> bool:
    if state.incident is None or not state.incident.lead:
        return True
    owner = state.postmortem.owner if state.postmortem else ""
    return state.actor.id in (state.incident.lead, owner) or is_admin(state, state.actor.id)
