"""Who hears of a postmortem that is late, or about to be reviewed: one word each, privately, in their working hours.

Law: every reminder follows from the postmortem as it is. What becomes due moves with it, and goes when it is done; of a
drill nobody is reminded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta

from bot.commands.ownership import OwnerSilent, ShutOut, owed_from_outside
from bot.membership import shut_out_of
from bot.model import Incident, Person, Postmortem, PostmortemStatus
from bot.postmortems import candidates, next_owner
from bot.reminders import Plan, holidays_of, house, over, planned, rule, word, working_time
from bot.review import Review, current
from bot.review_cards import ask_card, fair_card, look_card, proposal_card, publish_card
from bot.state import Look, Planned, Reminded, State
from bot.text import Card
from bot.turns import turn
from bot.words import review as words
from bot.workdays import add_working_days, next_working_minute, no_weekend
from bot.zones import local_date, local_to_utc

MORNING = time(9, 30)
LOOK_BEFORE = timedelta(days=2)
FAIR_BEFORE = timedelta(hours=24)
PUBLISHED_WITHIN = 5
"""Working days after the review."""
Dues = Mapping[str, datetime]
"""When something becomes due, by the subject of its plan."""
Becomes = Callable[[Postmortem, str], Dues]
"""What becomes due for a postmortem, in the organisation's zone."""


# -- what becomes due


def _plan(name: str, becomes: Becomes) -> Plan:
    """Plans what a decision brought, moved or ended: the difference between what was due before and is now."""

    def plan(before: State, after: State, now: datetime) -> tuple[Planned, ...]:  # noqa: ARG001
        was, is_now = _dues(before, becomes), _dues(after, becomes)
        changed = [subject for subject in {**was, **is_now} if was.get(subject) != is_now.get(subject)]
        return tuple(planned(name, subject, is_now.get(subject)) for subject in changed)

    return plan


def _dues(state: State, becomes: Becomes) -> Dues:
    postmortem, incident = state.postmortem, state.incident
    if postmortem is None or incident is None or incident.drill:
        return {}
    return becomes(postmortem, house(state.organisation).zone)


def _morning(day: date, zone: str) -> datetime:
    return local_to_utc(datetime.combine(day, MORNING), zone)


def _for_owner(postmortem: Postmortem, at: datetime) -> Dues:
    return {f"{postmortem.id}:{postmortem.owner}": at}


def _in_review(postmortem: Postmortem) -> Review | None:
    return current(postmortem) if postmortem.status is PostmortemStatus.IN_REVIEW else None


def answers(postmortem: Postmortem, _zone: str) -> Dues:
    by = postmortem.ownership.answer_by
    return {postmortem.id: by} if by and postmortem.status is not PostmortemStatus.PUBLISHED else {}


def drafts(postmortem: Postmortem, zone: str) -> Dues:
    if postmortem.status is not PostmortemStatus.DRAFT:
        return {}
    return _for_owner(postmortem, _morning(postmortem.due + timedelta(days=1), zone))


def looks(postmortem: Postmortem, zone: str) -> Dues:
    """Two days before the review, on a weekday; where no day was said, two days after it was asked for."""
    review = _in_review(postmortem)
    if review is None:
        return {}
    day = no_weekend(review.day - LOOK_BEFORE) if review.day else local_date(review.asked_at, zone) + LOOK_BEFORE
    at = _morning(day, zone)
    return {f"{postmortem.id}:{one}": at for one in review.silent} if at > review.changed_at else {}


def reviews(postmortem: Postmortem, zone: str) -> Dues:
    review = _in_review(postmortem)
    if review is None or review.day is None or not review.silent:
        return {}
    return _for_owner(postmortem, _morning(review.day + timedelta(days=1), zone))


def publications(postmortem: Postmortem, zone: str) -> Dues:
    review = _in_review(postmortem)
    if review is None:
        return {}
    day = add_working_days(review.day or local_date(review.asked_at, zone), PUBLISHED_WITHIN)
    return _for_owner(postmortem, _morning(day, zone))


def fairness(postmortem: Postmortem, zone: str) -> Dues:
    """A day before the review, on a weekday; where no day was said, a day after it was asked for."""
    review = _in_review(postmortem)
    if review is None:
        return {}
    if review.day is None:
        return {postmortem.id: review.asked_at + FAIR_BEFORE}
    at = (review.at or _morning(review.day, zone)) - FAIR_BEFORE
    at -= local_date(at, zone) - no_weekend(local_date(at, zone))
    return {postmortem.id: max(at, review.asked_at)}


# -- what is known of it


def _facts(look: Look, becomes: Becomes) -> tuple[Incident, Postmortem] | None:
    """The incident and its postmortem, where it is due for this person still."""
    incident, postmortem, person = look.incident, look.postmortem, look.person
    if incident is None or postmortem is None or person is None or incident.drill:
        return None
    due = becomes(postmortem, house(look.organisation).zone)
    return (incident, postmortem) if f"{postmortem.id}:{person.id}" in due else None


def _mark(look: Look, *parts: object) -> str:
    """What tells one occasion of a reminder from another."""
    postmortem = look.postmortem
    version = (postmortem.id, postmortem.version) if postmortem else ()
    return ":".join(str(part) for part in (*version, *parts))


def _on(look: Look) -> Review | None:
    return current(look.postmortem) if look.postmortem else None


# -- the owner


def _proposal(look: Look, _now: datetime) -> Card | None:
    """To somebody who is proposed in another's place, as long as they are."""
    incident, postmortem, person = look.incident, look.postmortem, look.person
    if incident is None or postmortem is None or person is None or postmortem.owner != person.id:
        return None
    waits = bool(answers(postmortem, "UTC")) and not incident.drill
    return proposal_card(incident, postmortem) if waits else None


@rule(
    _plan("owner_silent", answers),
    hears="the next responder, who is proposed as the owner of the draft then, by a direct message",
    when="24 hours after somebody was proposed and has not answered; the message waits for working hours",
    stops="when the owner accepts, declines or is chosen by name; when everybody was asked once; when it is published",
    shown=_proposal,
)
def owner_silent(look: Look, plan: Planned, now: datetime) -> Reminded:
    """The engine hands the draft on by a command of its own, in its own transaction."""
    incident, postmortem = look.incident, look.postmortem
    told_at = postmortem.ownership.told_at if postmortem else None
    by = postmortem.ownership.answer_by if postmortem else None
    if incident is None or postmortem is None or told_at is None or by is None or incident.drill:
        return over(plan)
    if by > now:
        return Reminded(plans=(plan.model_copy(update={"at": by}),))
    once = f"owner_silent:{_mark(look, postmortem.owner, len(postmortem.ownership.asked))}"
    told = {"owner": postmortem.owner, "told_at": told_at.isoformat(), "tell_at": _tell_at(look, incident, now)}
    given = turn(once, look.organisation.id, incident.id, OwnerSilent, **told)
    return Reminded(once=once, effects=(given,), plans=over(plan).plans)


def _tell_at(look: Look, incident: Incident, now: datetime) -> str:
    """A working minute of whoever is next; whoever is left over is told at once."""
    postmortem, person = look.postmortem, look.person
    if postmortem is None or person is None:
        return ""
    state = State(organisation=look.organisation, actor=person, people=look.people, incident=incident)
    following = next_owner(state, incident, {*postmortem.ownership.asked, postmortem.owner})
    found = look.people.get(following)
    if found is None or following not in candidates(state, incident):
        return ""
    slot = next_working_minute(now, working_time(found, look.organisation), holidays_of(look, found))
    return slot.astimezone(UTC).isoformat() if slot else ""


def _plan_shut_out(before: State, after: State, now: datetime) -> tuple[Planned, ...]:
    return tuple(planned("shut_out", incident, now) for incident in shut_out_of(before, after))


@rule(
    _plan_shut_out,
    hears="the next member of the incident, who is proposed as the owner of the draft then, by a direct message",
    when="at once when the owner of a private incident's draft is no member of it any more; the message waits for "
    "working hours",
    stops="after one change of owner; when the draft is published",
)
def shut_out(look: Look, plan: Planned, now: datetime) -> Reminded:
    """From the incident to its postmortem; then the engine hands it on by a command of its own."""
    incident, postmortem = look.incident, look.postmortem
    if incident is None or postmortem is None or not owed_from_outside(incident, postmortem):
        return over(plan)
    if plan.subject != postmortem.id:
        return Reminded(plans=(*over(plan).plans, planned("shut_out", postmortem.id, now)))
    once = f"shut_out:{_mark(look, plan.at)}"
    given = turn(once, look.organisation.id, incident.id, ShutOut, tell_at=_tell_at(look, incident, now))
    return Reminded(once=once, effects=(given,), plans=over(plan).plans)


# -- what is late


def _draft_late(look: Look, _now: datetime) -> Card | None:
    facts = _facts(look, drafts)
    return ask_card(facts[0], words.draft_late(facts[0], facts[1].due)) if facts else None


@rule(
    _plan("draft_late", drafts),
    hears="the owner of a postmortem, by a direct message",
    when="the working morning after its date, where it is a draft still",
    stops="after one word a date, or when it is in review, published or somebody else's",
    shown=_draft_late,
)
def draft_late(look: Look, plan: Planned, now: datetime) -> Reminded:
    due = look.postmortem.due if look.postmortem else ""
    return word(look, plan, now, _draft_late(look, now), _mark(look, due))


def _reviewer_silent(look: Look, _now: datetime) -> Card | None:
    facts, review = _facts(look, looks), _on(look)
    return look_card(facts[0], review) if facts and review else None


@rule(
    _plan("reviewer_silent", looks),
    hears="a reviewer who has not looked, by a direct message",
    when="two days before the review, or two days after it was asked for where no day was said; in working hours, and "
    "never after the day of the review",
    stops="after one word a date, or when they sign off, or it is published or a draft again",
    shown=_reviewer_silent,
)
def reviewer_silent(look: Look, plan: Planned, now: datetime) -> Reminded:
    review = _on(look)
    if review and review.day and local_date(now, house(look.organisation).zone) > review.day:
        return over(plan)
    return word(look, plan, now, _reviewer_silent(look, now), _mark(look, review.day if review else ""))


def _review_late(look: Look, _now: datetime) -> Card | None:
    facts, review = _facts(look, reviews), _on(look)
    if facts is None or review is None or review.day is None:
        return None
    return publish_card(facts[0], words.review_late(facts[0], review, review.day))


@rule(
    _plan("review_late", reviews),
    hears="the owner of a postmortem, by a direct message",
    when="the working morning after the day of the review, where reviewers have not looked",
    stops="after one word a date, or when all have looked, or it is published or a draft again",
    shown=_review_late,
)
def review_late(look: Look, plan: Planned, now: datetime) -> Reminded:
    review = _on(look)
    return word(look, plan, now, _review_late(look, now), _mark(look, review.day if review else ""))


def _publication_late(look: Look, _now: datetime) -> Card | None:
    facts, review = _facts(look, publications), _on(look)
    if facts is None or review is None:
        return None
    asked = local_date(review.asked_at, house(look.organisation).zone)
    return publish_card(facts[0], words.publication_late(facts[0], asked))


@rule(
    _plan("publication_late", publications),
    hears="the owner of a postmortem, by a direct message",
    when="five working days after the review, or after it was asked for where no day was said",
    stops="after one word a date, or when it is published or a draft again",
    shown=_publication_late,
)
def publication_late(look: Look, plan: Planned, now: datetime) -> Reminded:
    review = _on(look)
    return word(look, plan, now, _publication_late(look, now), _mark(look, review.day if review else ""))


# -- is it fair?


def _fair(look: Look, _now: datetime) -> Card | None:
    incident, postmortem, person, review = look.incident, look.postmortem, look.person, _on(look)
    if incident is None or postmortem is None or person is None or review is None or incident.drill:
        return None
    if _in_review(postmortem) is None or person.id in review.fair or not _may_hear(incident, person):
        return None
    return fair_card(incident, review.version)


def _may_hear(incident: Incident, person: Person) -> bool:
    """Machines never; guests, and anybody of a private incident, only where they were invited."""
    if person.kind == "guest" or incident.private:
        return person.kind in ("human", "guest") and person.id in incident.responders
    return person.kind == "human"


@rule(
    _plan("fair", fairness),
    hears="everybody who wrote a key entry of the timeline or holds a role, by a direct message",
    when="24 hours before the review, or 24 hours after it was asked for where no day was said; in working hours",
    stops="after one question a person and version, or when it is published or a draft again",
    shown=_fair,
)
def fair(look: Look, plan: Planned, now: datetime) -> Reminded:
    """The first look finds out whom to ask; each of them is then asked in hours of their own."""
    incident, postmortem = look.incident, look.postmortem
    if incident is None or postmortem is None or _in_review(postmortem) is None or incident.drill:
        return over(plan)
    if ":" in plan.subject:
        return word(look, plan, now, _fair(look, now), _mark(look))
    known = [look.people.get(one) for one in sorted({*look.authors, *incident.roles.values()})]
    asked = [one.id for one in known if one and _may_hear(incident, one)]
    each = (f"{postmortem.id}:{one}" for one in asked)
    plans = tuple(planned("fair", subject, now) for subject in each)
    return Reminded(plans=(*over(plan).plans, *plans))
