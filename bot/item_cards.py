"""What people see of their action items: the weekly digest, the word before the date, the list with its buttons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from bot.model import ActionItem, ItemStatus
from bot.text import Button, Card, Part, Section
from bot.words import actions as words
from bot.zones import local_date

IN_DIGEST = 5
"""Items in one digest; the others are counted."""
IN_LIST = 10


def worst_first(items: Sequence[ActionItem]) -> list[ActionItem]:
    """By severity, then by how late they are."""
    return sorted(items, key=lambda item: (item.severity, item.due, item.key))


def digest_card(overdue: Sequence[ActionItem], now: datetime, zone: str) -> Card:
    """The weekly digest: at most five items, each with its buttons."""
    ordered = worst_first(overdue)
    shown, more = ordered[:IN_DIGEST], len(ordered) - IN_DIGEST
    sections = items_sections(shown, [item.key for item in shown], local_date(now, zone))
    if more > 0:
        sections.append(Section(text=words.and_more(more), quiet=True))
    return Card(
        title=words.digest_title(len(ordered)),
        sections=(*sections, Section(text=words.digest_foot(), quiet=True)),
    )


def items_sections(items: Sequence[ActionItem], listed: Sequence[str], today: date, owner: str = "") -> list[Section]:
    """The sections of a message that shows `listed`; each button knows them, so that a click redraws them all."""
    return [item_section(item, today, listed=",".join(listed), mine=not owner or item.owner == owner) for item in items]


def due_soon_card(item: ActionItem, now: datetime, zone: str) -> Card:
    today = local_date(now, zone)
    return Card(title=words.due_soon_title(), sections=(item_section(item, today, listed=item.key),))


def list_card(
    title: str, items: Sequence[ActionItem], today: date, *, buttons: bool, owners: Mapping[str, Part] | None = None
) -> Card:
    """A list of items, worst first; with buttons where they are the reader's own, else with their `owners`."""
    known = owners or {}
    shown = worst_first(items)[:IN_LIST]
    listed = ",".join(item.key for item in shown)
    sections = [
        item_section(item, today, listed=listed, mine=buttons, owner=known.get(item.owner, "")) for item in shown
    ]
    if len(items) > len(shown):
        sections.append(Section(text=words.and_more(len(items) - len(shown)), quiet=True))
    return Card(title=title, sections=tuple(sections))


def item_section(item: ActionItem, today: date, *, listed: str = "", mine: bool = True, owner: Part = "") -> Section:
    """One item as its owner sees it: what, which incident, why it matters, how late, and what can be done."""
    buttons = item_buttons(item, listed) if mine and item.status is ItemStatus.OPEN else ()
    return Section(text=words.item_line(item, today, owner), buttons=buttons)


def item_buttons(item: ActionItem, listed: str) -> tuple[Button, ...]:
    args = {"item": item.key, "listed": listed} if listed else {"item": item.key}
    return (
        Button(label="Done", does="done", args=args, style="primary"),
        Button(label="Snooze", does="snooze", args=args),
        Button(label="Reassign", does="reassign", args=args),
        Button(label="Not mine", does="not_mine", args=args),
        Button(label="Won't do", does="wont_do", args=args),
    )


def undo_button(item: ActionItem, listed: str) -> Button:
    args = {"item": item.key, "listed": listed} if listed else {"item": item.key}
    return Button(label="Undo", does="undo_item", args=args)
