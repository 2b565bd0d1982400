"""What people see of their action items: the weekly digest, the word before the date, the list with its buttons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from bot.model import ActionItem, ItemStatus
from bot.text import Button, Card, Part, Section
from bot.words import actions as words
from bot.zones import local_date

IN_DIGEST = 5
"""Items in one digest; the others are counted."""
IN_LIST = 10
DIGEST, DUE_SOON, MINE, PAGE = "digest", "due soon", "mine", "page"
"""The lists in which somebody's own items stand."""


def worst_first(items: Sequence[ActionItem]) -> list[ActionItem]:
    """By severity, then by how late they are."""
    return sorted(items, key=lambda item: (item.severity, item.due, item.key))


def listing(of: str, items: Iterable[ActionItem]) -> str:
    """What the buttons of a list carry, so that a click draws the whole list again: what list it is, and its items."""
    return f"{of}:{','.join(item.key for item in items)}"


def listed_in(listing: str) -> tuple[str, tuple[str, ...]]:
    """What list it is, and the keys of its items."""
    of, _, keys = listing.rpartition(":")
    return of, tuple(keys.upper().split(",")[:IN_LIST])


def digest_card(overdue: Sequence[ActionItem], now: datetime, zone: str, *, late: bool = False) -> Card:
    """The weekly digest: at most five items, each with its buttons."""
    shown, today = worst_first(overdue)[:IN_DIGEST], local_date(now, zone)
    card = framed(listing(DIGEST, shown), own_sections(shown, today, DIGEST), overdue, today)
    note = Section(text=words.digest_late(), quiet=True)
    return card.model_copy(update={"sections": (note, *card.sections)}) if late else card


def due_soon_card(item: ActionItem, now: datetime, zone: str) -> Card:
    today = local_date(now, zone)
    return framed(listing(DUE_SOON, [item]), own_sections([item], today, DUE_SOON), [item], today)


def framed(listing: str, sections: Sequence[Section], mine: Sequence[ActionItem], today: date) -> Card:
    """A list of the reader's own items with what stands around it: its heading, how many more there are, a word on
    how to change what comes. `mine` are all that are open."""
    of, shown = listed_in(listing)
    counted = [item for item in mine if item.due < today] if of == DIGEST else mine
    more = sum(item.key not in shown for item in counted)
    if of == DIGEST:
        rest = (Section(text=words.and_more_below(more), quiet=True),) if more else ()
        foot = Section(text=words.digest_foot(), quiet=True)
        return Card(title=words.digest_title(len(counted)), sections=(*sections, *rest, foot))
    if of == MINE:
        rest = (Section(text=words.and_more(more), quiet=True),) if more else ()
        return Card(title=words.my_items_title(len(counted)), sections=(*sections, *rest))
    return Card(title=words.due_soon_title() if of == DUE_SOON else "", sections=tuple(sections))


def own_sections(items: Sequence[ActionItem], today: date, of: str) -> list[Section]:
    listed = listing(of, items)
    return [item_section(item, today, listed=listed) for item in items]


def items_sections(items: Sequence[ActionItem], today: date, owner: str) -> list[Section]:
    """Items in a message about something else; the reader's own have buttons, which answer beside it."""
    return [item_section(item, today, mine=item.owner == owner) for item in items]


def list_card(
    title: str, items: Sequence[ActionItem], today: date, *, of: str = "", owners: Mapping[str, Part] | None = None
) -> Card:
    """A list of items, worst first: the reader's own with buttons, if it says what list `of` theirs it is; else with
    their `owners`."""
    known, shown = owners or {}, worst_first(items)[:IN_LIST]
    if of:
        sections = own_sections(shown, today, of)
    else:
        sections = [item_section(item, today, mine=False, owner=known.get(item.owner, "")) for item in shown]
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


def after_buttons(item: ActionItem, listed: str) -> tuple[Button, ...]:
    """Beside what was done: a wrong click costs nothing, and what was done may have an address."""
    args = {"item": item.key, "listed": listed} if listed else {"item": item.key}
    adds = (Button(label="Add a link", does="link_item", args=args),)
    just_done = item.last_change is not None and item.last_change.what == "done"
    return (undo_button(item, listed), *(adds if just_done and not item.link else ()))
