"""What a click on an action item is answered with: the list in which it stood, with what was done in the item's place.

Law: the list keeps its heading and what it only counts, and whatever the reader did a moment ago can be taken back.
"""

from __future__ import annotations

from datetime import date, datetime

from bot import item_cards as cards
from bot.change import UNDO_FOR
from bot.commands.actions import zone_of_actor
from bot.commands.home import own_items
from bot.model import ActionItem
from bot.reminders import counts
from bot.state import State
from bot.text import Button, Card, Reply, Section, Text
from bot.words import actions as words
from bot.words import home as home_words
from bot.words import person as named
from bot.zones import local_date


def answered(state: State, listed: str, item: ActionItem, outcome: Text, now: datetime) -> Reply:
    """Clicked in a list: the list again, in its place. Typed, or clicked on an item alone: one line."""
    if not listed:
        return Reply.of(outcome, *_buttons(item, ""))
    today = local_date(now, zone_of_actor(state))
    of, keys = cards.listed_in(listed)
    if of == cards.PAGE:
        told = Section(text=outcome, buttons=_buttons(item, listed))
        return Reply(
            card=Card(title=home_words.ACTIONS_TITLE, sections=(told, *own_items(state, today))), replaces=True
        )
    known = {each.key: each for each in (*state.my_items, item)}
    sections = [_section(state, listed, known[key], today, now) for key in keys if key in known]
    mine = [each for each in known.values() if counts(each) and each.owner == state.actor.id]
    return Reply(card=cards.framed(listed, sections, mine, today), replaces=True)


def _buttons(item: ActionItem, listed: str) -> tuple[Button, ...]:
    return cards.after_buttons(item, listed) if item.last_change else cards.item_buttons(item, listed)


def _section(state: State, listed: str, item: ActionItem, today: date, now: datetime) -> Section:
    """As it is; or what the reader did with it, as long as they can take it back."""
    change, me = item.last_change, state.actor.id
    if change is None or change.by != me or now - change.at > UNDO_FOR:
        mine = item.owner == me
        owner = "" if mine else named(state, item.owner)
        return cards.item_section(item, today, listed=listed, mine=mine, owner=owner)
    outcome = words.outcome(item, change.what, named(state, item.owner))
    return Section(text=outcome, buttons=cards.after_buttons(item, listed))
