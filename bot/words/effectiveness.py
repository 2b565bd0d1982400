"""Sentences about whether what was done holds: the question, the answers, and how they stand in the postmortem."""

from __future__ import annotations

from bot.item_past import Check
from bot.model import ActionItem, ItemStatus
from bot.text import Strong, Text, say
from bot.words.known import again
from bot.zones import due_echo

HELD, NOT_HELD, LATER, REOPEN = "It held", "It did not hold", "Ask me later", "Reopen it"
WHAT_HAPPENED = "What happened"
HINT_WHY = "It stands beside the item in the postmortem, for whoever meets the same thing next."


def did_it_work(item: ActionItem, days: int) -> Text:
    done = due_echo(item.ended_at.date()) if item.ended_at else ""
    return say(
        "{key} was done {days} days ago ({done}). Did it work?\n{text}\n{incident} (SEV{severity}: {title})",
        key=Strong(text=item.key), days=days, done=done, text=item.text, incident=item.incident_key,
        severity=item.severity, title=item.incident_title,
    )  # fmt: skip


def form_title(item: ActionItem) -> str:
    return f"{item.key} did not hold"


def check(one: Check) -> str:
    """One answer, as it stands beside the item."""
    because = f": {one.reason}" if one.reason else ""
    return f"{one.answer} after {one.days} days{because}"


def status(item: ActionItem) -> str:
    """The item's status, with the last answer, also of what was reopened because it did not hold; and with the later
    incidents in which it would have helped."""
    said = [check(one) for one in item.checks if one.answer != "later"][-1:]
    return "; ".join((item.status.value, *said, *map(again, item.again)))


def not_asked(item: ActionItem) -> Text:
    if item.status is not ItemStatus.DONE:
        return say("{key} is not done, so nobody is asked whether it held. Nothing was changed.",
                   key=Strong(text=item.key))  # fmt: skip
    return say("It is known already how it went with {key}: {status}. Nothing was changed.",
               key=Strong(text=item.key), status=status(item))  # fmt: skip


def later_once(item: ActionItem) -> Text:
    return say("{key} was put off once already. Please say how it went, as far as you know.", key=Strong(text=item.key))


def is_open(item: ActionItem) -> Text:
    return say("{key} is open already. Nothing was changed.", key=Strong(text=item.key))
