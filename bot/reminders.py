"""Who is reminded of what, when, and how it stops: one function a reminder, pure, of what is known and now.

Law: few, private and well-timed. A reminder is sent in the person's working hours, never while they are in an active
incident, and under a key that can be used once: at most one digest a person and ISO week, whatever happens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from bot.effects import INCIDENT, REMINDER, Direct
from bot.item_cards import IN_DIGEST, digest_card, due_soon_card, worst_first
from bot.model import Account, ActionItem, ItemStatus, Organisation, Person
from bot.state import Look, Planned, Reminded, State
from bot.text import Card
from bot.workdays import WorkingTime, digest_slot, iso_week, next_working_minute, no_weekend, week_days
from bot.zones import local_date, local_to_utc, valid_zone, zone_of

Fire = Callable[[Look, Planned, datetime], Reminded]
Plan = Callable[[State, State, datetime], tuple[Planned, ...]]
Shown = Callable[[Look, datetime], Card | None]
"""What a reminder says as things stand; None: there is nothing left to say."""
BUSY_PAUSE = timedelta(minutes=15)
"""How soon somebody in an active incident is looked at again."""
LATE = timedelta(days=1)
"""What could not be looked at for so long says that it is late."""
AWAY_MOST = 180
"""Days that somebody can be away."""
LATE_DIGEST = "late digest"
MOVED = "moved"
"""The person changed zone, day, hour or absence: this week's digest, if it was not sent yet, is caught up with."""


class Rule:
    """A reminder: when it is planned, what it decides, and its line in the documentation."""

    def __init__(
        self, fire: Fire, plan: Plan, *, hears: str, when: str, stops: str, shown: Shown | None = None
    ) -> None:
        self.name = fire.__name__
        self.plan = plan
        self.shown = shown
        self.fire = fire
        self.hears, self.when, self.stops = hears, when, stops

    def __call__(self, look: Look, plan: Planned, now: datetime) -> Reminded:
        return self.fire(look, plan, now)


RULES: dict[str, Rule] = {}


def rule(plan: Plan, *, hears: str, when: str, stops: str, shown: Shown | None = None) -> Callable[[Fire], Fire]:
    """Makes a function a reminder. `plan` looks at every decision and plans the reminder where it becomes due; `shown`
    draws its message again just before it is sent."""

    def register(fire: Fire) -> Fire:
        RULES[fire.__name__] = Rule(fire, plan, hears=hears, when=when, stops=stops, shown=shown)
        return fire

    return register


def plans_for(before: State, after: State, now: datetime) -> tuple[Planned, ...]:
    """What a decision plans, by all the rules."""
    return tuple(plan for each in RULES.values() for plan in each.plan(before, after, now))


# -- the weekly digest


def _plan_digests(before: State, after: State, now: datetime) -> tuple[Planned, ...]:
    """Looked at right away: only then are the holidays known from which the slot follows."""
    owners = {item.owner for item in changed_items(before, after) if counts(item)}
    moved = {id_ for id_ in after.people if _moved(before, after, id_)}
    first = tuple(planned("digest", person, now, keep=True) for person in sorted(owners - moved))
    return first + tuple(planned("digest", person, now, wall=MOVED) for person in sorted(moved))


def _moved(before: State, after: State, id_: str) -> bool:
    """Whether the person's zone, day or hour changed, their own or the organisation's, or when they are back."""
    if (was := before.people.get(id_)) is None:
        return False
    return _wishes(was, before.organisation) != _wishes(after.people[id_], after.organisation)


def _wishes(person: Person, organisation: Organisation) -> tuple[object, ...]:
    return working_time(person, organisation), person.away_until


def _slot_after(now: datetime, hours: WorkingTime, holidays: frozenset[date]) -> datetime:
    """The first wished slot still to come. Weeks are counted in local dates, which no change of clocks shifts."""
    today = local_date(now, hours.zone)
    for weeks in range(60):
        year, week, _ = (today + timedelta(weeks=weeks)).isocalendar()
        slot = digest_slot(f"{year:04}-W{week:02}", hours, holidays)
        if slot is not None and slot > now:
            return slot
    raise AssertionError("a year without a working day")


@rule(
    _plan_digests,
    hears="the owner of overdue action items, by a direct message",
    when="once a week, on the owner's day and hour (Monday 09:30 in their zone, or as the organisation's policy says); "
    "the next working day after a "
    "holiday or an absence, the next working hour after an active incident",
    stops="when no item is overdue: done, snoozed, reassigned, won't do or accepted as a risk",
)
def digest(look: Look, plan: Planned, now: datetime) -> Reminded:
    """All overdue items of one person in one message, worst first, at most five."""
    person = look.person
    items = [item for item in look.items if counts(item)]
    if person is None or not items:
        return over(plan)
    hours, holidays = working_time(person, look.organisation), holidays_of(look)
    week = iso_week(now, hours.zone)
    next_week = planned_for("digest", person.id, _slot_after(_week_end(week, hours), hours, holidays), hours)
    if not plan.wall and (first := _slot_after(plan.at or now, hours, holidays)) > now:
        return Reminded(plans=(planned_for("digest", person.id, first, hours),))
    overdue = [item for item in items if item.due < local_date(now, hours.zone)]
    account = reachable(person)
    if not overdue or account is None:
        return Reminded(plans=(next_week,))
    late = plan.wall.startswith(LATE_DIGEST) or (plan.at is not None and now - plan.at > LATE)
    slot = digest_slot(week, hours, holidays, not_before=_earliest(look, now))
    if slot is None or slot > now:
        again = planned_for("digest", person.id, slot, hours, note=LATE_DIGEST if late else "") if slot else next_week
        return Reminded(plans=(again,))
    key = f"digest:{person.id}:{week}"
    message = Direct(
        key=key, platform=account.platform, tenant=account.tenant, account=account.key,
        card=digest_card(overdue, now, hours.zone, late=late), items=shown_in_digest(overdue),
        purpose=LATE_DIGEST if late else "digest", priority=REMINDER, plan=plan.key,
    )  # fmt: skip
    return Reminded(once=key, effects=(message,), plans=(next_week,))


def shown_in_digest(overdue: Sequence[ActionItem]) -> tuple[str, ...]:
    """Those that have buttons of their own; the others are counted only."""
    return tuple(item.id for item in worst_first(overdue)[:IN_DIGEST])


def _week_end(week: str, hours: WorkingTime) -> datetime:
    return local_to_utc(datetime.combine(week_days(week)[-1], time(23, 59)), hours.zone)


# -- one word before the date


def _plan_due_soon(before: State, after: State, now: datetime) -> tuple[Planned, ...]:
    """Of an item that changed; of all in sight where the organisation wants the word at another time."""
    old, new = before.organisation.policies.due_soon_days, after.organisation.policies.due_soon_days
    items = changed_items(before, after) if old == new else items_of(after).values()
    return tuple(_due_soon_plan(item, before, after, now) for item in items)


def _due_soon_plan(item: ActionItem, before: State, after: State, now: datetime) -> Planned:
    """A word that was still to come is not lost because it should have come sooner."""
    owner, at = after.people.get(item.owner), due_soon_at(item, after)
    if owner is None or at is None:
        return planned("due_soon", item.id, None)
    was = due_soon_at(item, before) if item in items_of(before).values() else None
    if at <= now < (was or now):
        at = now
    elif at <= now:
        return planned("due_soon", item.id, None)
    return planned_for("due_soon", item.id, at, working_time(owner, after.organisation))


def due_soon_at(item: ActionItem, state: State) -> datetime | None:
    """When its owner hears of it before its date, working hours aside; None: it counts for nobody."""
    owner = state.people.get(item.owner)
    if owner is None or not counts(item):
        return None
    hours, before = working_time(owner, state.organisation), timedelta(days=state.organisation.policies.due_soon_days)
    return local_to_utc(datetime.combine(no_weekend(item.due - before), hours.digest_wall_time), hours.zone)


@rule(
    _plan_due_soon,
    hears="the owner of an action item, by a direct message",
    when="two days before its date, or as the organisation's policy says, and on the Friday before where that is a "
    "weekend; in working hours; never for an item created later than that",
    stops="after one word, or when the item ends, moves or changes hands before",
)
def due_soon(look: Look, plan: Planned, now: datetime) -> Reminded:
    """One word before the date; it waits for a working hour, and is left out where none comes before the date."""
    item, person = (look.items[0] if look.items else None), look.person
    if item is None or person is None or not counts(item) or item.owner != person.id:
        return over(plan)
    hours = working_time(person, look.organisation)
    account = reachable(person)
    if account is None or local_date(now, hours.zone) > item.due:
        return over(plan)
    slot = next_working_minute(_earliest(look, now), hours, holidays_of(look))
    if slot is None or local_date(slot, hours.zone) > item.due:
        return over(plan)
    if slot > now:
        return Reminded(plans=(planned_for("due_soon", item.id, slot, hours),))
    key = f"due_soon:{item.id}:{item.due}:{person.id}"
    message = Direct(
        key=key, platform=account.platform, tenant=account.tenant, account=account.key,
        card=due_soon_card(item, now, hours.zone), purpose="due soon", priority=REMINDER, plan=plan.key,
    )  # fmt: skip
    return Reminded(once=key, effects=(message,), plans=over(plan).plans)


# -- just before it is sent


def as_of_now(message: Direct, look: Look | None, now: datetime) -> Direct | None:
    """The reminder with what is true now, put off where this is no hour for it; None: there is nothing left to say."""
    told = _as_of_now(message, look, now)
    if told is None or look is None or look.person is None or message.priority == INCIDENT:
        return told
    hours = working_time(look.person, look.organisation)
    slot = _free(look, look.person, hours, now)
    if slot is not None and slot <= now:
        return told
    if slot is None or not _is_in_time(message, look, slot, hours.zone):
        return None
    return told.model_copy(update={"not_before": slot})


def _is_in_time(message: Direct, look: Look, slot: datetime, zone: str) -> bool:
    """A digest belongs to its week, and a word before the date comes before it."""
    if message.plan.startswith("digest:"):
        return message.key.endswith(iso_week(slot, zone))
    return not message.plan.startswith("due_soon:") or local_date(slot, zone) <= look.items[0].due


def _is_about(message: Direct, item: ActionItem, now: datetime, zone: str) -> bool:
    """The word is for the date that it was decided for, and comes before it."""
    return message.key.startswith(f"due_soon:{item.id}:{item.due}:") and local_date(now, zone) <= item.due


def _as_of_now(message: Direct, look: Look | None, now: datetime) -> Direct | None:
    person = look.person if look else None
    account = reachable(person) if person else None
    if look is None or person is None or account is None or message.account not in {a.key for a in person.accounts}:
        return None
    if message.priority != INCIDENT and away(person, look.organisation, now):
        return None  # they said so while it waited
    known = RULES.get(message.plan.partition(":")[0])
    if known is not None and known.shown is not None:
        card = known.shown(look, now)
        return message.model_copy(update={"card": card}) if card else None
    zone = working_time(person, look.organisation).zone
    items = [item for item in look.items if counts(item) and item.owner == person.id]
    if message.plan.startswith("due_soon:"):
        item = next((one for one in items if _is_about(message, one, now, zone)), None)
        return message.model_copy(update={"card": due_soon_card(item, now, zone)}) if item else None
    overdue = [item for item in items if item.due < local_date(now, zone)]
    card = digest_card(overdue, now, zone, late=message.purpose == LATE_DIGEST)
    shown = {"card": card, "items": shown_in_digest(overdue)}
    return message.model_copy(update=shown) if overdue else None


# -- what the rules share


def over(plan: Planned) -> Reminded:
    return Reminded(plans=(plan.model_copy(update={"at": None}),))


def word(look: Look, plan: Planned, now: datetime, card: Card | None, once: str) -> Reminded:
    """Said in the person's next free working hour; the key in `once` is used a single time for ever, each person."""
    person = look.person
    account = reachable(person) if person else None
    if card is None or person is None or account is None:
        return over(plan)
    hours = working_time(person, look.organisation)
    slot = _free(look, person, hours, now)
    if slot is None:
        return over(plan)
    if slot > now:
        return Reminded(plans=(planned_for(plan.rule, plan.subject, slot, hours),))
    key = f"{plan.rule}:{once}:{person.id}"
    message = Direct(
        key=key, platform=account.platform, tenant=account.tenant, account=account.key, card=card,
        priority=REMINDER, plan=plan.key,
    )  # fmt: skip
    return Reminded(once=key, effects=(message,), plans=over(plan).plans)


def _free(look: Look, person: Person, hours: WorkingTime, now: datetime) -> datetime | None:
    """The person's next working minute outside an active incident, from this one on."""
    return next_working_minute(max(_earliest(look, now), _back(person, hours)), hours, holidays_of(look))


def _earliest(look: Look, now: datetime) -> datetime:
    """This very minute, or later where the person is in an active incident."""
    return now + BUSY_PAUSE if look.busy else now.replace(second=0, microsecond=0)


def working_time(person: Person, organisation: Organisation) -> WorkingTime:
    """The person's hours, their zone and their day: their own, else the organisation's."""
    policy = organisation.policies
    zone = next((zone for zone in (person.zone, policy.zone) if zone and valid_zone(zone)), "UTC")
    day = policy.digest_weekday if person.digest_weekday is None else person.digest_weekday
    at = time.fromisoformat(person.digest_time or policy.digest_time)
    return WorkingTime(zone=zone, digest_weekday=day, digest_time=at)


def house(organisation: Organisation) -> WorkingTime:
    """The usual hours where the organisation is."""
    zone = organisation.policies.zone
    return WorkingTime(zone=zone if valid_zone(zone) else "UTC")


def reachable(person: Person) -> Account | None:
    """The account on which the person is written to; the chat where they were first met."""
    chats = (one for one in person.accounts if not one.gone and one.platform not in ("api", "cli"))
    return None if person.unreachable or person.kind == "gone" else next(chats, None)


def holidays_of(look: Look, person: Person | None = None) -> frozenset[date]:
    """Public holidays, and the days on which the person (the addressee) is away."""
    public = frozenset(date.fromisoformat(day) for day in look.holidays)
    who = person or look.person
    if who is None or who.away_until is None:
        return public
    return public | {who.away_until - timedelta(days=n) for n in range(AWAY_MOST + 1)}


def away(person: Person, organisation: Organisation, now: datetime) -> bool:
    zone = working_time(person, organisation).zone
    return person.away_until is not None and local_date(now, zone) <= person.away_until


def _back(person: Person, hours: WorkingTime) -> datetime:
    """The first moment after an absence; long ago where there is none."""
    if person.away_until is None:
        return datetime.min.replace(tzinfo=UTC)
    return local_to_utc(datetime.combine(person.away_until + timedelta(days=1), time()), hours.zone)


def changed_items(before: State, after: State) -> list[ActionItem]:
    """Items that the decision made or altered."""
    known = items_of(before)
    return [item for item in items_of(after).values() if known.get(item.id) != item]


def items_of(state: State) -> dict[str, ActionItem]:
    """All items that a rule sees, by id."""
    return {item.id: item for item in (*state.items, *state.my_items, *_one(state.item))}


def _one(item: ActionItem | None) -> tuple[ActionItem, ...]:
    return (item,) if item else ()


def counts(item: ActionItem) -> bool:
    """Whether anybody is to be reminded of it: open, owned, and of no drill."""
    return ages(item) and bool(item.owner)


def ages(item: ActionItem) -> bool:
    """Whether a week in which nothing is done about it counts, also where nobody owns it."""
    return item.status is ItemStatus.OPEN and not item.drill


def planned(name: str, subject: str, at: datetime | None, *, wall: str = "", keep: bool = False) -> Planned:
    """A rule has one plan a subject: this one takes the place of the last."""
    return Planned(key=f"{name}:{subject}", rule=name, subject=subject, at=at, wall=wall, keep=keep)


def planned_for(name: str, subject: str, at: datetime, hours: WorkingTime, *, note: str = "") -> Planned:
    wall = f"{note} {at.astimezone(zone_of(hours.zone)):%Y-%m-%dT%H:%M} {hours.zone}".lstrip()
    return planned(name, subject, at.astimezone(UTC), wall=wall)


def next_digest(now: datetime, hours: WorkingTime, holidays: Iterable[str]) -> datetime:
    """The next slot of a person's digest, in UTC."""
    return _slot_after(now, hours, frozenset(map(date.fromisoformat, holidays)))
