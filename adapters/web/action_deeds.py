"""What can be done to an action item on a page: each of it is a command of chat, asked of its rule.

Law: what is offered here only spares a refusal. The rule decides when the command comes, as it does in chat.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.change import UNDO_FOR
from bot.command import Command, Origin, build
from bot.errors import Refused
from bot.item_lists import Listed
from bot.looking import decided, state_around
from bot.model import ActionItem, Organisation, Person
from bot.state import Decision
from bot.text import Form, Input, mention_token
from bot.words import follow_through as words

DEEDS: dict[str, tuple[str, ...]] = {
    "done": ("text",), "snooze": ("until", "reason"), "reassign": ("owner",), "wont_do": ("reason",),
    "accept_risk": ("reason",), "not_mine": (), "undo_item": (),
}  # fmt: skip
"""Kinds of commands, with the fields that somebody fills in."""


def command(kind: str, key: str, who: Person, fields: Mapping[str, str]) -> Command:
    """To be looked at only: it carries no gesture. Raises `Refused`."""
    origin = Origin(id="look", platform="api", tenant=who.organisation, actor=who.id)
    return build(kind, {"item": key, **fields}, origin)


def foreseen(
    listed: Listed, organisation: Organisation, who: Person, people: Mapping[str, Person], asked: Command, now: datetime
) -> Decision:
    """What would come of it. Raises `Refused` where it would be refused."""
    return decided(state_around(listed, organisation, who, people), asked, now)


def offered(listed: Listed, organisation: Organisation, who: Person, now: datetime) -> frozenset[str]:
    """What the reader may do to an open item."""
    if who.kind not in ("human", "guest"):
        return frozenset()
    may = {kind for kind in ("snooze", "accept_risk") if _asked(listed, organisation, who, kind, now)}
    if "snooze" in may:
        may |= {"done", "reassign", "wont_do"} | ({"not_mine"} if listed.item.owner == who.id else set())
    return frozenset(may)


def form_of(listed: Listed, organisation: Organisation, who: Person, kind: str, now: datetime) -> Form | None:
    """With which its rule would ask; marking as done asks for nothing, and takes a link."""
    if kind not in DEEDS or kind not in offered(listed, organisation, who, now):
        return None
    if kind == "done":
        link = Input(name="text", label=words.LINK_LABEL, hint=words.HINT_LINK, required=False, max_length=2000)
        return Form(title=f"{words.LINK_TITLE}: {listed.item.key}", does=kind, inputs=(link,), submit=words.DEEDS[kind])
    found = _asked(listed, organisation, who, kind, now)
    return found.reply.form if found else None


def _asked(listed: Listed, organisation: Organisation, who: Person, kind: str, now: datetime) -> Decision | None:
    """With nothing filled in yet: a rule that would not refuse asks."""
    try:
        return foreseen(listed, organisation, who, {}, command(kind, listed.item.key, who, {}), now)
    except Refused:
        return None


def undoable(item: ActionItem, who: Person, now: datetime) -> bool:
    change = item.last_change
    return change is not None and change.by == who.id and now - change.at <= UNDO_FOR


def mention_of(person: Person) -> str:
    """As a command names somebody; who has no account on a chat goes by the id."""
    return mention_token(person.accounts[0].key) if person.accounts else person.id
