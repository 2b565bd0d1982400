"""At review: would an action item that was open have prevented the incident, or shortened it?

Law: the answer is a fact of the postmortem. The item hears of it by a turn of its own, in its own incident's
transaction, and only where everybody may know of both.
"""

from __future__ import annotations

from datetime import datetime

from bot.change import entry, incident_of
from bot.command import Command, Needs, Receipt
from bot.commands.postmortem_writing import saved, writable
from bot.effects import Effect
from bot.errors import Refused
from bot.grammar import item_key
from bot.known import DONE, MOST, NOBODY, Again, Known, KnownItem, hidden, stood, without
from bot.known_offers import may_be_known, offered
from bot.model import ActionItem, Entry, EntryKind, Incident, ItemStatus, Postmortem
from bot.review_cards import button, known_button
from bot.rules import decides
from bot.state import Decision, State
from bot.text import Button, Card, Reply, Section, Text
from bot.turns import turn
from bot.words import known as words
from bot.words.incident import said


class WasKnown(Command, kind="postmortem_known"):
    """`act` is a key that somebody typed, `chosen` one that was offered, or `none`."""

    needs = Needs(postmortem=True, items=True, similar="public", ended_items=True)
    wants_incident = True
    asks = True

    act: str = ""
    chosen: str = ""

    def elsewhere(self) -> str:
        return item_key(self.meant) or ""

    @property
    def meant(self) -> str:
        return self.act.strip() or self.chosen.strip()


def asked_if_known(incident: Incident) -> Reply:
    """The question with its button: looking for what can be offered is left to the form."""
    return Reply.of(words.QUESTION, known_button(incident))


def known_text(typed: str) -> dict[str, str]:
    """What was typed behind the word: a key, or `none`."""
    return {"chosen": NOBODY} if typed.casefold() in (NOBODY, "no", "nothing") else {"act": typed}


@decides(WasKnown)
def was_known(state: State, command: WasKnown, now: datetime) -> Decision:
    incident, postmortem = writable(state)
    if incident.drill:
        raise Refused(words.of_a_drill())
    if not command.meant:
        found = offered(state.past, incident, postmortem.known, now)
        names = {item.key: " ".join(said(state, item.text).split()) for item in found}
        return Decision(state=state, reply=Reply(form=words.form(incident.key, found, names)))
    if command.meant == NOBODY:
        return _nobody(state, command, now, incident, postmortem)
    return _linked(state, command, now, _item(state, command, now, postmortem.known))


def _item(state: State, command: WasKnown, now: datetime, known: Known) -> KnownItem:
    """Raises `Refused` for what cannot have been known, and for what not everybody may see."""
    incident, key, item = incident_of(state), item_key(command.meant), state.elsewhere
    field = "act" if command.act.strip() else "chosen"
    if key is None:
        raise Refused(words.no_item_key(command.meant), field)
    mine = next((one for one in state.items if one.key == key), None)
    if mine is not None:
        raise Refused(words.own_item(mine), field)
    if item is None or item.private:
        raise Refused(words.no_such_item(key), field)
    if not may_be_known(item, incident):
        raise Refused(words.of_a_drill(), field)
    if any(one.item == item.id for one in known.items):
        raise Refused(words.said_already(item.key), field)
    if len(known.items) >= MOST:
        raise Refused(words.too_many(MOST), field)
    was = stood(item, incident)
    if was is None:
        raise Refused(words.later_item(item), field)
    return KnownItem(
        item=item.id, incident=item.incident, key=item.key, of=item.incident_key, text=item.text, was=was,
        by=state.actor.id, at=now,
    )  # fmt: skip


def _linked(state: State, command: WasKnown, now: datetime, one: KnownItem) -> Decision:
    incident, postmortem = writable(state)
    known = Known(items=(*postmortem.known.items, one))
    line = entry(state, command, now, EntryKind.POSTMORTEM, words.logged(one), noted=False)
    told = () if incident.private else (_told(state, command, one, "said"),)
    shown = one.model_copy(update={"text": said(state, one.text)})
    text = words.said(incident, shown, told=bool(told))
    return _kept(state, command, now, known, line, text, told, _back_button(incident, one.key))


def _nobody(state: State, command: WasKnown, now: datetime, incident: Incident, postmortem: Postmortem) -> Decision:
    if postmortem.known.items:
        raise Refused(words.said_otherwise(incident), "chosen")
    if postmortem.known.none_at is not None:
        raise Refused(words.none_said_already(incident), "chosen")
    known = Known(none_by=state.actor.id, none_at=now)
    line = entry(state, command, now, EntryKind.POSTMORTEM, words.logged_none(), noted=False)
    return _kept(state, command, now, known, line, words.none_said(incident), (), _back_button(incident, NOBODY))


def _back_button(incident: Incident, what: str) -> Button:
    return button(incident, words.TAKE_BACK, TakeKnownBack.kind, act=what)


def _kept(
    state: State,
    command: Command,
    now: datetime,
    known: Known,
    line: Entry,
    text: Text,
    told: tuple[Effect, ...],
    *buttons: Button,
) -> Decision:
    _, postmortem = writable(state)
    after = postmortem.model_copy(update={"known": known})
    decision = saved(state, command, now, after, (line,), what=words.THE_ANSWER, reply=text, effects=told)
    return decision.model_copy(update={"reply": Reply(card=Card(sections=(Section(text=text, buttons=buttons),)))})


# -- taken back


class TakeKnownBack(Command, kind="postmortem_known_back"):
    """`act` is the key of the item, or `none`."""

    needs = Needs(postmortem=True, items=True)
    wants_incident = True

    act: str = ""


@decides(TakeKnownBack)
def take_back(state: State, command: TakeKnownBack, now: datetime) -> Decision:
    incident, postmortem = writable(state)
    what, known = command.act.strip(), postmortem.known
    gone = next((one for one in known.items if what and what.upper() in (one.key, one.item.upper())), None)
    if gone is None and not (what == NOBODY and known.none_at is not None):
        raise Refused(words.nothing_to_take_back(what))
    told = (_told(state, command, gone, "taken back"),) if gone else ()
    name = (gone.key or words.HIDDEN) if gone else "that"
    line = entry(state, command, now, EntryKind.POSTMORTEM, words.logged_back(), noted=False)
    left = without(known, gone.item) if gone else Known()
    return _kept(state, command, now, left, line, words.taken_back(incident, name), told)


def _told(state: State, command: Command, one: KnownItem, what: str) -> Effect:
    """To the item's own incident."""
    incident = incident_of(state)
    key = f"known:{incident.id}:{one.item}:{command.origin.platform}:{command.origin.id}"
    fields = {"items": one.item, "about": incident.id, "about_key": incident.key, "what": what, "was": one.was}
    return turn(key, incident.organisation, one.incident, Recurred, **fields)


# -- the item's side


class Recurred(Receipt, kind="recurred"):
    """Of an action item (id) was said, or taken back, that it would have helped in `about`."""

    items: str
    about: str
    about_key: str
    what: str
    was: str = ""
    """How the item stood when that incident was declared."""

    def told_of(self) -> tuple[str, ...]:
        return (self.items,)


@decides(Recurred)
def recurred(state: State, command: Recurred, now: datetime) -> Decision:
    after = tuple(_with(item, command, now) for item in state.items)
    changed = [item for old, item in zip(state.items, after, strict=True) if old != item]
    lines = tuple(
        entry(state, command, now, EntryKind.ACTION, words.logged_on_item(item, command.about),
              noted=False)
        for item in changed if state.incident
    )  # fmt: skip
    return Decision(state=state.model_copy(update={"items": after}), entries=lines)


def _with(item: ActionItem, command: Recurred, now: datetime) -> ActionItem:
    rest = tuple(one for one in item.again if one.incident != command.about)
    if command.what != "said":
        return item.model_copy(update={"again": rest})
    if item.private or len(rest) < len(item.again):
        return item
    done_at = item.ended_at if command.was == DONE and item.status is ItemStatus.DONE else None
    one = Again(incident=command.about, key=command.about_key, at=now, done_at=done_at)
    return item.model_copy(update={"again": (*rest, one)})


class KnownHidden(Receipt, kind="known_hidden"):
    """The incident of an action item (id) turned private: the postmortem of this one tells nothing of it any more."""

    needs = Needs(postmortem=True)

    items: str


@decides(KnownHidden)
def known_hidden(state: State, command: KnownHidden, _now: datetime) -> Decision:
    if state.postmortem is None:
        return Decision(state=state)
    bare = hidden(state.postmortem.known, command.items)
    after = state.postmortem.model_copy(update={"known": bare})
    return Decision(state=state.model_copy(update={"postmortem": after}))


def turned_private(incident: Incident, state: State, origin: str) -> tuple[Effect, ...]:
    """What others know of an incident that turned private: its items' keys there, its own key on others' items."""
    organisation = incident.organisation
    known = state.postmortem.known.items if state.postmortem else ()
    forget = {"about": incident.id, "about_key": incident.key, "what": "taken back"}
    mine = [
        turn(f"known-private:{origin}:{one.item}", organisation, one.incident, Recurred, items=one.item, **forget)
        for one in known
    ]
    others = [
        turn(f"known-hidden:{origin}:{one.incident}:{item.id}", organisation, one.incident, KnownHidden, items=item.id)
        for item in state.items
        for one in item.again
    ]
    return (*mine, *others)
