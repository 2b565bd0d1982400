"""Answers to "did it work?": kept with the item, and taken back like everything else for ten minutes.

Law: an answer is given once an interval; what did not hold can be opened again, with a new date.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from bot.commands.actions import due_again
from bot.commands.item_forms import not_held_form
from bot.commands.items import OfItem, may_change, moved, named_item
from bot.effectiveness import DAYS, is_asked, said_of
from bot.errors import Refused
from bot.item_past import Check
from bot.model import ITEM_TRANSITIONS, ActionItem, ItemStatus
from bot.rules import decides
from bot.state import Decision, State
from bot.text import Button, Reply, Typed
from bot.words import effectiveness as words


class OfCheck(OfItem):
    days: str = ""


class ItemHeld(OfCheck, kind="item_held"):
    pass


class ItemDidNotHold(OfCheck, kind="item_did_not_hold"):
    asks = True

    reason: Typed = ""


class CheckLater(OfCheck, kind="check_later"):
    pass


class ReopenItem(OfItem, kind="reopen_item"):
    pass


def _asked(state: State, command: OfCheck) -> tuple[ActionItem, int]:
    """The item, and the interval that was asked about. Raises `Refused` where it is not a question any more."""
    item = named_item(state, command, command.kind)
    may_change(state, command, item)
    days = next((days for days in DAYS if str(days) == command.days), DAYS[-1])
    if not is_asked(item) or any(one.answer == "held" for one in said_of(item, days)):
        raise Refused(words.not_asked(item))
    return item, days


Answer = Literal["held", "did not hold", "later"]


def _answered(
    state: State, command: OfCheck, now: datetime, item: ActionItem, days: int, answer: Answer, reason: str = ""
) -> Decision:
    made = Check(days=days, done_at=item.ended_at or now, at=now, by=state.actor.id, answer=answer, reason=reason)
    return _in_place(moved(state, command, now, item, answer, checks=(*item.checks, made)))


def _in_place(decision: Decision, *buttons: Button) -> Decision:
    """The answer takes the place of the question."""
    (section,) = decision.reply.card.sections
    more = section.model_copy(update={"buttons": (*buttons, *section.buttons)})
    card = decision.reply.card.model_copy(update={"sections": (more,)})
    return decision.model_copy(update={"reply": Reply(card=card, replaces=True)})


@decides(ItemHeld, may="anyone")
def held(state: State, command: ItemHeld, now: datetime) -> Decision:
    item, days = _asked(state, command)
    return _answered(state, command, now, item, days, "held")


@decides(ItemDidNotHold, may="anyone")
def did_not_hold(state: State, command: ItemDidNotHold, now: datetime) -> Decision:
    item, days = _asked(state, command)
    reason = " ".join(command.reason.split())[:1000]
    if not reason:
        return Decision(state=state, reply=Reply(form=not_held_form(item, days)))
    decision = _answered(state, command, now, item, days, "did not hold", reason)
    return _in_place(decision, Button(label=words.REOPEN, does="reopen_item", args={"item": item.key}, style="primary"))


@decides(CheckLater, may="anyone")
def check_later(state: State, command: CheckLater, now: datetime) -> Decision:
    item, days = _asked(state, command)
    if said_of(item, days):
        raise Refused(words.later_once(item))
    return _answered(state, command, now, item, days, "later")


@decides(ReopenItem, may="anyone")
def reopen_item(state: State, command: ReopenItem, now: datetime) -> Decision:
    item = named_item(state, command, "reopen")
    may_change(state, command, item)
    if "reopen" not in ITEM_TRANSITIONS[item.status]:
        raise Refused(words.is_open(item))
    again = due_again(state, item, now)
    return _in_place(
        moved(state, command, now, item, "reopen", status=ItemStatus.OPEN, ended_at=None, reason=_why(command), **again)
    )


def _why(command: ReopenItem) -> str:
    return " ".join(command.text.split())[:1000]
