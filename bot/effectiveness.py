"""Whether what was done holds: asked 30 and 90 days after an action item was done, and kept with the item.

Law: one question an interval, privately; what did not hold is not asked about again until it is done again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.item_past import Check
from bot.model import ActionItem, ItemStatus
from bot.reminders import items_of, over, planned, rule, word
from bot.state import Look, Planned, Reminded, State
from bot.text import Button, Card, Section
from bot.unreachable_owners import in_line
from bot.words import effectiveness as words

DAYS = (30, 90)
LATER = timedelta(days=14)
"""How long a question is put off, once."""
NAME = "did_it_hold"


def said_of(item: ActionItem, days: int) -> list[Check]:
    """What was answered to a question about the item as it was done last."""
    return [one for one in item.checks if (one.days, one.done_at) == (days, item.ended_at)]


def is_asked(item: ActionItem) -> bool:
    """Whether it is asked at all: of what is done, until somebody says that it did not hold, or it came back."""
    done = item.status is ItemStatus.DONE and not item.drill and item.ended_at is not None
    if not done or any(one.done_at == item.ended_at for one in item.again):
        return False
    return not any(one.answer == "did not hold" for days in DAYS for one in said_of(item, days))


def questions(item: ActionItem) -> Iterator[tuple[datetime, int]]:
    """What is to be asked still: when, and after how many days that is."""
    if item.ended_at is None or not is_asked(item):
        return
    for days in DAYS:
        said = said_of(item, days)
        if not any(one.answer == "held" for one in said):
            yield (said[0].at + LATER if said else item.ended_at + timedelta(days=days)), days


def _next(item: ActionItem | None, now: datetime) -> datetime | None:
    return min((at for at, _ in questions(item) if at > now), default=None) if item else None


def _asked(look: Look, now: datetime) -> tuple[ActionItem, int] | None:
    """The item, with the newest question that is due."""
    item = look.items[0] if look.items else None
    due = [days for at, days in questions(item) if at <= now] if item else []
    return (item, due[-1]) if item and due else None


def _plan(before: State, after: State, now: datetime) -> tuple[Planned, ...]:
    known = items_of(before)
    pairs = [(known.get(item.id), item) for item in items_of(after).values()]
    moved = [item for old, item in pairs if old != item and _next(old, now) != _next(item, now)]
    return tuple(planned(NAME, item.id, _next(item, now)) for item in moved)


def _card(look: Look, now: datetime) -> Card | None:
    asked = _asked(look, now)
    if asked is None:
        return None
    item, days = asked
    args = {"item": item.key, "days": str(days)}
    later = (Button(label=words.LATER, does="check_later", args=args),) if not said_of(item, days) else ()
    buttons = (
        Button(label=words.HELD, does="item_held", args=args, style="primary"),
        Button(label=words.NOT_HELD, does="item_did_not_hold", args=args),
        *later,
    )
    since = (now - item.ended_at).days if item.ended_at else days
    return Card(sections=(Section(text=words.did_it_work(item, since), buttons=buttons),))


@rule(
    _plan,
    hears="the owner of an action item that is done, by a direct message; where they cannot be reached, the owner of "
    "the postmortem, its commander or who declared it",
    when="30 and 90 days after it was done, in working hours; once two weeks later where that was asked for",
    stops="after one question an interval, when somebody says that it did not hold, or when the item is open again",
    shown=_card,
)
def did_it_hold(look: Look, plan: Planned, now: datetime) -> Reminded:
    """The first look plans the next interval and finds out whom to ask; then comes the question, in hours of theirs."""
    item, asked = (look.items[0] if look.items else None), _asked(look, now)
    if item is None or look.incident is None:
        return over(plan)
    if ":" in plan.subject:
        mark = f"{item.id}:{item.ended_at}:{asked[1]}:{len(said_of(*asked))}" if asked else ""
        return word(look, plan, now, _card(look, now), mark)
    owner = look.postmortem.owner if look.postmortem else ""
    line = in_line(look, look.incident, (item.owner, owner, look.incident.lead, look.incident.declared_by))
    who = next((one.id for one in line), "") if asked else ""
    following = _next(item, now)
    plans = (planned(NAME, item.id, following),) if following else over(plan).plans
    return Reminded(plans=(*plans, planned(NAME, f"{item.id}:{who}", now)) if who else plans)
