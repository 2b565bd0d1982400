"""A person's own page inside the platform: what is theirs to do, which incidents they are in, and Declare.

Law: it shows nothing that its reader could not open, and only their own items: it is as private as a direct message.
"""

from __future__ import annotations

from datetime import date, datetime

from bot import item_cards
from bot.command import Command, Needs
from bot.model import ActionItem, Incident, ItemStatus
from bot.permissions import is_admin
from bot.rules import decides
from bot.state import Decision, State
from bot.text import Button, Card, Reply, Section, Text
from bot.words import home as words
from bot.words.actions import all_of_yours
from bot.words.incident import said, zone
from bot.zones import local_date

MOST_INCIDENTS = 10


class Home(Command, kind="home"):
    needs = Needs(my_items=True, listing=True)


class MyActions(Command, kind="my_actions"):
    """The global shortcut: the same list of action items, privately."""

    needs = Needs(my_items=True)


@decides(Home, may="anyone")
def home(state: State, _command: Home, now: datetime) -> Decision:
    today = _today(state, now)
    sections = (
        *_set_up(state),
        *own_items(state, today),
        *_incidents(state),
        *_declare(state),
        Section(text=Text(parts=(words.today(today),)), quiet=True),
    )
    return Decision(state=state, reply=Reply(card=Card(title=words.TITLE, sections=sections)))


@decides(MyActions, may="anyone")
def my_actions(state: State, _command: MyActions, now: datetime) -> Decision:
    card = Card(title=words.ACTIONS_TITLE, sections=own_items(state, _today(state, now)))
    return Decision(state=state, reply=Reply(card=card))


def _today(state: State, now: datetime) -> date:
    return local_date(now, zone(state))


def _set_up(state: State) -> tuple[Section, ...]:
    """First thing for an admin, until everything is set; while nobody is one, whoever comes first may become it."""
    missing = words.not_set_up(state.organisation.policies)
    nobody_yet = not state.organisation.policies.admins
    if not missing or state.actor.kind != "human" or not (nobody_yet or is_admin(state, state.actor.id)):
        return ()
    button = Button(label=words.SET_UP, does="setup", style="primary")
    return (Section(text=words.set_up_heading(missing), buttons=(button,)),)


def own_items(state: State, today: date) -> tuple[Section, ...]:
    """The overdue ones first; each is drawn as everywhere, with its buttons."""
    mine = [item for item in state.my_items if item.status is ItemStatus.OPEN and item.owner == state.actor.id]
    if not mine:
        return (Section(text=Text(parts=(words.NO_ITEMS,))),)
    overdue = [item for item in mine if item.due < today]
    coming = [item for item in mine if item.due >= today]
    return (
        *_listed(words.overdue_heading(len(overdue)), overdue, today),
        *_listed(words.open_heading(len(coming)), coming, today),
        Section(text=Text(parts=(all_of_yours(),)), quiet=True),
    )


def _listed(heading: Text, items: list[ActionItem], today: date) -> tuple[Section, ...]:
    if not items:
        return ()
    return (Section(text=heading), *item_cards.list_card("", items, today, of=item_cards.PAGE).sections)


def _incidents(state: State) -> tuple[Section, ...]:
    mine = sorted((one for one in state.listing if _is_mine(state, one)), key=lambda one: (one.severity, one.key))
    if not mine:
        return (Section(text=Text(parts=(words.NO_INCIDENTS,))),)
    more = len(mine) - MOST_INCIDENTS
    rest = (Section(text=words.and_more_incidents(more), quiet=True),) if more > 0 else ()
    shown = tuple(_incident(state, one) for one in mine[:MOST_INCIDENTS])
    return (Section(text=words.incidents_heading(len(mine))), *shown, *rest)


def _is_mine(state: State, incident: Incident) -> bool:
    """A guest's, and a private one, only by invitation."""
    if not incident.is_open:
        return False
    me = state.actor.id
    if me in incident.responders:
        return True
    invited_only = incident.private or state.actor.kind == "guest"
    return not invited_only and me in (incident.declared_by, *incident.roles.values())


def _incident(state: State, incident: Incident) -> Section:
    args = {"incident": incident.key}
    buttons = (
        Button(label=words.SHOW, does="panel", args=args),
        Button(label=words.TIMELINE, does="timeline", args=args),
        Button(label=words.POSTMORTEM, does="postmortem", args=args),
    )
    return Section(text=words.incident_line(incident, said(state, incident.title)), buttons=buttons)


def _declare(state: State) -> tuple[Section, ...]:
    """Guests may not declare, so they are not offered it."""
    if state.actor.kind != "human":
        return ()
    return (Section(buttons=(Button(label=words.DECLARE, does="declare", style="primary"),)),)
