"""What a change of the policy alters, told before it is made: a pure function of the state, the new policy and now.

Law: what is shown is what is done: both come from the same state after the change. Dates that people have seen move
only where that was asked for, never those that somebody chose, and never to less than a week from now.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Literal

from bot.model import ActionItem, Policies
from bot.policy import Policy, reached, reaches
from bot.reminders import ages, counts, due_soon_at, house, working_time
from bot.state import State
from bot.text import Value
from bot.workdays import WorkingTime
from bot.zones import local_date

Dates = Literal["new", "open"]
"""A changed number of days counts for new action items alone, or moves open ones whose date nobody chose as well."""
AT_LEAST = timedelta(weeks=1)


class NewDate(Value):
    item: ActionItem
    """As it was."""
    due: date


class NewDay(Value):
    """When somebody gets their digest."""

    person: str
    was: WorkingTime
    now: WorkingTime
    named: bool
    """They own an item that whoever asks may see."""


class Step(Value):
    item: ActionItem
    rule: str


class Preview(Value):
    fields: tuple[str, ...] = ()
    """Names of the settings that change."""
    dates: tuple[NewDate, ...] = ()
    movable: int = 0
    """Open items whose date would move if that was asked for."""
    digests: tuple[NewDay, ...] = ()
    steps: tuple[Step, ...] = ()
    """Escalations that come now."""
    words_before: int = 0
    """Open items of which their owner hears at another time before the date."""

    @property
    def alters(self) -> bool:
        """Whether anybody notices who did not ask for it."""
        return bool(self.dates or self.digests or self.steps or self.words_before)


def after_change(state: State, policies: Policies, now: datetime, dates: Dates) -> State:
    """The state with the new policy, and what it does to the open items in it."""
    old = state.organisation.policies
    organisation = state.organisation.model_copy(update={"policies": policies})
    today = local_date(now, house(organisation).zone)
    items = tuple(_after(item, old, policies, today, dates) for item in state.items)
    return state.model_copy(update={"organisation": organisation, "items": items})


def _after(item: ActionItem, old: Policy, new: Policy, today: date, dates: Dates) -> ActionItem:
    due = _due(item, old, new, today) if dates == "open" else item.due
    heard = _heard(item, old, new)
    return item if (due, heard) == (item.due, item.heard) else item.model_copy(update={"due": due, "heard": heard})


def _due(item: ActionItem, old: Policy, new: Policy, today: date) -> date:
    """Later or sooner by as much as the number of days grew or shrank. What is overdue stays so."""
    days = new.days_for(item.severity, item.kind) - old.days_for(item.severity, item.kind)
    if not days or item.dated != "policy" or not ages(item) or item.due < today:
        return item.due
    moved = item.due + timedelta(days=days)
    return moved if days > 0 else max(moved, min(item.due, today + AT_LEAST))


def _heard(item: ActionItem, old: Policy, new: Policy) -> int:
    """Where the new weeks carry an item past a step, it is at that step: none is left out because of the change."""
    was = reached(old, item.heard)
    if not ages(item) or reached(new, item.heard) <= was:
        return item.heard
    return new.escalation_weeks[was] + 1


def preview(before: State, after: State, now: datetime, dates: Dates) -> Preview:
    pairs = list(zip(before.items, after.items, strict=True))
    old, new = before.organisation.policies, after.organisation.policies
    today = local_date(now, house(after.organisation).zone)
    return Preview(
        fields=tuple(name for name in Policy.model_fields if getattr(old, name) != getattr(new, name)),
        dates=tuple(NewDate(item=was, due=item.due) for was, item in pairs if was.due != item.due),
        movable=0 if dates == "open" else sum(_due(item, old, new, today) != item.due for item in before.items),
        digests=tuple(_days(before, after)),
        steps=tuple(
            Step(item=item, rule=reaches(new, item.heard))
            for was, item in pairs
            if ages(item) and reached(new, item.heard) > reached(old, was.heard)
        ),
        words_before=sum(_moved_word(was, item, before, after, now) for was, item in pairs),
    )


def _days(before: State, after: State) -> Iterable[NewDay]:
    seen = {item.owner for item in before.items if counts(item) and item.id not in before.hidden}
    for id_ in sorted({item.owner for item in before.items if counts(item)} & before.people.keys()):
        was = working_time(before.people[id_], before.organisation)
        now = working_time(after.people[id_], after.organisation)
        if was != now:
            yield NewDay(person=id_, was=was, now=now, named=id_ in seen)


def _moved_word(was: ActionItem, item: ActionItem, before: State, after: State, now: datetime) -> bool:
    """Only because of the policy: a date that moves takes its word along."""
    if was.due != item.due:
        return False
    old, new = due_soon_at(was, before), due_soon_at(item, after)
    return old is not None and new is not None and old != new and max(old, new) > now


def mark_of(before: State, after: State, found: Preview) -> str:
    """The same only while nothing has changed that was looked at."""
    policies = (one.organisation.policies.model_dump_json(exclude={"admins"}) for one in (before, after))
    return sha256("\n".join((*policies, found.model_dump_json())).encode()).hexdigest()[:32]
