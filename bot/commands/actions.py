"""Action items: made, listed, and ended by their owner in one gesture, each of which can be taken back for ten minutes.

Law: an item always has one human owner or somebody who was asked to find one; it ends only by a named person's act.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

from bot import item_cards as cards
from bot import words as common
from bot.change import called, entry, incident_of, with_responder
from bot.command import Command, Needs
from bot.commands.added import CARRIED, SpokenOf, leaves_private
from bot.commands.item_forms import action_form
from bot.effects import DRAFT, Direct, Effect
from bot.errors import NotFound, Refused
from bot.grammar import incident_key
from bot.hints import item_section
from bot.ids import stable_id
from bot.membership import may_know
from bot.model import ActionItem, EntryKind, Incident, ItemStatus, Person
from bot.people import one_alone
from bot.reading import action_said, owners_in
from bot.reminders import reachable, working_time
from bot.rules import decides, verb
from bot.state import Decision, State
from bot.text import Card, Form, Part, Reply, Section, Typed, mentioned
from bot.tickets import by_itself
from bot.times import is_due, parse_due
from bot.words import actions as words
from bot.words import person as named
from bot.words.incident import said
from bot.words.people import invite_first
from bot.words.timeline import from_private_line
from bot.zones import BadTime, local_date

_TAIL = re.compile(r"^(?P<what>.*\S)\s+by\s+(?P<due>[\w.\- ]{1,30})$", re.IGNORECASE | re.DOTALL)


# -- making one


@verb(
    "action", "todo", "item",
    usage="action [@owner] [by fri | 2026-12-01 | 2w] : <what>",
    example="action @maya by fri: Alert on pool saturation",
    help="Notes an action item with one owner and a date; what is missing is asked for.",
)  # fmt: skip
class AddAction(Command, kind="action"):
    wants_incident = True
    needs = Needs(items=True, announcing=True)
    asks = True

    text: Typed = ""
    owner: str = ""
    due: str = ""
    purpose: str = ""
    factor: str = ""
    from_private: str = ""
    """"yes": the words come from a private conversation, and the form said so."""

    @classmethod
    def read(cls, said: str) -> dict[str, str]:
        return action_said(said)


class MakeActionItem(SpokenOf, kind="make_action_item"):
    """The message shortcut: a form with the message as what is to be done."""

    wants_incident = True
    asks = True

    def again(self) -> dict[str, str]:
        """Nobody reads a long message again to fill a form: what a button can carry of it has to do."""
        return {**self.carried(), "text": self.text[:CARRIED]}


@decides(MakeActionItem)
def make_action_item(state: State, command: MakeActionItem, now: datetime) -> Decision:
    incident = incident_of(state)
    due, private = usual_due(state, incident.severity, now), leaves_private(incident, command)
    form = action_form(incident, text=said(state, command.text), due=due, sooner=_sooner(state), from_private=private)
    return Decision(state=state, reply=Reply(form=form))


@decides(AddAction)
def add_action(state: State, command: AddAction, now: datetime) -> Decision:
    incident = incident_of(state)
    text, due_text = _with_tail(command)
    usual, owners = usual_due(state, incident.severity, now), owners_in(command.owner)
    due = due_of(due_text, state, now) if due_text else usual
    if not (text and command.owner and due_text) or len(owners) > 1:
        private = bool(command.from_private)
        form = action_form(
            incident, text=said(state, text), owner=command.owner, due=due, sooner=_sooner(state), from_private=private
        )
        form = _of_one_owner(state, form, owners) if len(owners) > 1 else form
        return Decision(state=state, reply=Reply(form=form))
    owner = owner_of(state, command.owner)
    item = ActionItem(
        id=stable_id("item", incident.id, command.origin.id),
        organisation=incident.organisation,
        key=f"ACT-{state.nonce if incident.private else state.next_item}",
        incident=incident.id,
        incident_key=incident.key,
        incident_title=incident.title,
        private=incident.private,
        drill=incident.drill,
        severity=incident.severity,
        text=said(state, text)[:3000],
        owner=owner.id,
        due=usual_due(state, incident.severity, now, command.purpose) if due == usual else due,
        dated="policy" if due == usual else "",
        kind=_purpose(command.purpose),
        factor=command.factor,
        created_by=state.actor.id,
        created_at=now,
    )
    lines = [entry(state, command, now, EntryKind.ACTION, words.added_entry(item, called(owner)))]
    if command.from_private:
        lines.append(entry(state, command, now, EntryKind.PEOPLE, from_private_line(state.actor.name), part="private"))
    item, tickets = by_itself(state, command, item, now)
    state = state.model_copy(update={"item": item, "incident": with_responder(incident, state)})
    told = (*tell_owner(state, command, item), *tickets)
    reply = Reply(
        card=Card(sections=(Section(text=words.added(item, named(state, owner.id))), *item_section(item.text)))
    )
    return Decision(state=state, entries=tuple(lines), effects=told, reply=reply)


def _of_one_owner(state: State, form: Form, owners: list[str]) -> Form:
    """The form with the first of several in it, saying that an item has one."""
    inputs = tuple(one.model_copy(update={"initial": owners[0]}) if one.name == "owner" else one for one in form.inputs)
    called = [said(state, owner) for owner in owners]
    return form.model_copy(update={"intro": words.one_owner(called) + form.intro, "inputs": inputs})


def _with_tail(command: AddAction) -> tuple[str, str]:
    """What and when: a `by friday` at the end counts where no date was given in front, and only if it is one."""
    tail = None if command.due else _TAIL.match(command.text[-4000:])
    if tail is None:
        return command.text.strip(), command.due
    return (tail["what"], tail["due"]) if is_due(tail["due"]) else (command.text.strip(), "")


def _purpose(said: str) -> Any:
    return said if said in ("prevent", "detect", "mitigate", "learn") else ""


def usual_due(state: State, severity: int, now: datetime, kind: str = "") -> date:
    """The date of an item for which nobody chooses one: the form shows it, and who leaves it has chosen none."""
    days = state.organisation.policies.days_for(severity, kind)
    return local_date(now, zone_of_actor(state)) + timedelta(days=days)


def due_again(state: State, item: ActionItem, now: datetime) -> dict[str, Any]:
    """Of an item that is opened again: a date that has passed is none to go by, and then it has the usual time."""
    if item.due >= local_date(now, zone_of_actor(state)):
        return {"due": item.due}
    return {"due": usual_due(state, item.severity, now, item.kind), "dated": "policy"}


def _sooner(state: State) -> str:
    return words.sooner_by_kind(state.organisation.policies.due_days_by_kind)


def due_of(said: str, state: State, now: datetime, field: str = "due") -> date:
    """The date meant. Raises `Refused`, at the form's field."""
    try:
        return parse_due(said, now, zone_of_actor(state))
    except BadTime as unclear:
        raise Refused(str(unclear), field) from unclear


def zone_of_actor(state: State) -> str:
    return working_time(state.actor, state.organisation).zone


def owner_of(state: State, said: str) -> Person:
    """The person meant. Raises `Refused` where it is nobody, or nobody who can own something."""
    one_alone(said, "owner")
    called = next(iter(mentioned(said)), said.strip())
    if called.casefold() in ("me", "@me"):
        return state.actor
    person = state.people.get(state.named.get(called, called))
    if person is None:
        raise Refused(words.no_such_person(called), "owner")
    if person.kind not in ("human", "guest"):
        raise Refused(words.cannot_own(person), "owner")
    if state.incident is not None and not may_know(state.incident, person.id):
        # An item tells of its incident, and so does every reminder of it.
        raise Refused(invite_first(person.name), "owner")
    return person


def tell_owner(state: State, command: Command, item: ActionItem) -> tuple[Effect, ...]:
    """A private word to the new owner, unless they did it themselves."""
    owner = state.people.get(item.owner)
    account = reachable(owner) if owner else None
    if account is None or item.owner == state.actor.id:
        return ()
    card = Card(sections=(Section(text=words.yours_now(item, named(state, state.actor.id, account.platform))),))
    key = f"yours:{item.id}:{command.origin.id}"
    return (
        Direct(
            key=key,
            platform=account.platform,
            tenant=account.tenant,
            account=account.key,
            card=card,
            priority=DRAFT,
        ),
    )


# -- looking at them


@verb(
    "actions", "todos", "items",
    usage="actions [mine | overdue | @user | INC-42]",
    example="actions mine",
    help="Lists action items: of this incident, yours, or those overdue; of somebody else by incident.",
)  # fmt: skip
class ListActions(Command, kind="actions"):
    needs = Needs(items=True, my_items=True)
    text: str = ""
    owner: str = ""

    @classmethod
    def read(cls, said: str) -> dict[str, str]:
        keys = {word: key for word in said.split() if (key := incident_key(word))}
        owners = owners_in(said)
        rest = " ".join(word for word in said.split() if word not in keys and word not in owners)
        fields = {"incident": next(iter(keys.values()), ""), "owner": " ".join(owners), "text": rest[:80]}
        return {name: value for name, value in fields.items() if value}


@decides(ListActions, may="anyone")
def list_actions(state: State, command: ListActions, now: datetime) -> Decision:
    if command.incident and state.incident is None:
        raise NotFound(common.no_such_incident(command.incident))
    asked = set(command.text.casefold().split())
    if asked - {"mine", "me", "overdue"} or len(owners_in(command.owner)) > 1:
        raise Refused(words.no_such_list(said(state, f"{command.text} {command.owner}".strip())))
    overdue, owner = "overdue" in asked, owner_in_list(state, command.owner)
    if asked & {"mine", "me"} or owner == state.actor.id or (state.incident is None and owner is None):
        return Decision(state=state, reply=own_list(state, now, overdue=overdue))
    if state.incident is None:
        raise Refused(words.theirs_by_incident(said(state, command.owner)))
    items = _open(state.items, local_date(now, zone_of_actor(state)), overdue=overdue)
    return Decision(state=state, reply=_list_of(state, state.incident, items, owner, now, "overdue" * overdue))


def owner_in_list(state: State, said: str) -> str | None:
    """Id of the person whose items are asked for; None: of whomever. Raises `Refused` where it is nobody."""
    if not said:
        return None
    name = next(iter(mentioned(said)), said)
    person = state.actor.id if name.casefold() == "@me" else state.named.get(name)
    if person is None:
        raise Refused(words.no_such_person(name))
    return person


def _list_of(
    state: State, incident: Incident, items: list[ActionItem], owner: str | None, now: datetime, which: str
) -> Reply:
    """Those of an incident: everybody's, or one person's."""
    items = [item for item in items if owner in (None, item.owner)]
    whose = state.people[owner].name if owner in state.people else ""
    if not items:
        return Reply.of(words.nothing_of(whose, incident) if whose else words.no_items(which))
    owners: dict[str, Part] = {"": words.NO_OWNER}
    owners |= {item.owner: common.person(state, item.owner) for item in items if item.owner}
    title, today = words.items_title(incident, len(items), whose), local_date(now, zone_of_actor(state))
    return Reply(card=cards.list_card(title, items, today, owners=owners))


def own_list(state: State, now: datetime, *, overdue: bool = False) -> Reply:
    """The actor's own open items with their buttons."""
    today = local_date(now, zone_of_actor(state))
    items = _open(state.my_items, today, overdue=overdue)
    if not items:
        return Reply.of(words.no_items("overdue" if overdue else "mine"))
    return Reply(card=cards.list_card(words.my_items_title(len(items)), items, today, of=cards.MINE))


def _open(items: tuple[ActionItem, ...], today: date, *, overdue: bool) -> list[ActionItem]:
    return [item for item in items if item.status is ItemStatus.OPEN and (item.due < today or not overdue)]
