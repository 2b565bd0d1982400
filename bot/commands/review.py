"""A draft is looked at by those who were there: asked for, and signed off.

Law: reviewers are people who may see the incident; publishing waits for nobody, and says who has not looked.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time

from bot import words as common
from bot.change import called, entry
from bot.command import Command
from bot.commands.postmortem_writing import WRITTEN, postmortem_of, published_already, saved
from bot.effects import Effect
from bot.errors import Refused
from bot.model import POSTMORTEM_TRANSITIONS, EntryKind, Incident, Person, Postmortem, PostmortemStatus
from bot.postmortems import account_for, tell, zone_of_organisation
from bot.reminders import working_time
from bot.review import Review, SignOff, current
from bot.review_cards import publish_card, review_card
from bot.rules import decides
from bot.state import Decision, State
from bot.text import MENTION_CLOSE, MENTION_OPEN, Card, Form, Reply, Section, mentioned
from bot.times import parse_due
from bot.words import review as words
from bot.words.people import invite_first, no_such_person
from bot.zones import BadTime, local_to_utc

_WHO = re.compile(f"{MENTION_OPEN}[^{MENTION_CLOSE}]+{MENTION_CLOSE}|@[\\w.\\-]+")
_JOINING = re.compile(r"^(?:[\s,]|and\b|on\b|by\b)+|[\s,]+$", re.IGNORECASE)
_CLOCK = re.compile(r"^(?P<day>.*?)(?:^|[\s,T])(?:at\s+)?(?P<clock>\d{1,2}:\d{2})$", re.IGNORECASE)
EXAMPLE = "postmortem review @maya fri"
Day = tuple[date | None, datetime | None]


# -- asking


class AskReview(Command, kind="postmortem_review"):
    """Who is asked to look, and when the review is: a day, or a day and a time of day where people meet."""

    needs = WRITTEN
    wants_incident = True
    asks = True

    people: str = ""
    day: str = ""
    time: str = ""


def people_and_day(said: str) -> dict[str, str]:
    """Whom the words name, and what is left of them, which is the day."""
    return {"people": " ".join(_WHO.findall(said)), "day": _JOINING.sub("", _WHO.sub(" ", said))}


@decides(AskReview, may="commander")
def ask(state: State, command: AskReview, now: datetime) -> Decision:
    incident, postmortem = postmortem_of(state)
    if postmortem.status is PostmortemStatus.PUBLISHED:
        raise Refused(published_already(state, incident, postmortem))
    before = current(postmortem)
    day, clock = _day_and_clock(command)
    moves = before is not None and bool(day)
    if not (command.people.strip() or moves):
        return Decision(state=state, reply=Reply(form=_form(state, incident, day, clock, now)))
    named = _reviewers(state, command, incident)
    when = _when(state, day, clock, now)
    after = _asked(state, before, named, when, now, postmortem.version)
    goes_on = before if postmortem.status is PostmortemStatus.IN_REVIEW else None
    if goes_on and (after.reviewers, after.day, after.at) == (goes_on.reviewers, goes_on.day, goes_on.at):
        return Decision(state=state, reply=Reply.of(words.review_same(incident)))
    return _in_review(state, command, now, goes_on, after)


def _day_and_clock(command: AskReview) -> tuple[str, str]:
    day, clock = " ".join(command.day.split())[:80], command.time.strip()[:20]
    found = None if clock else _CLOCK.match(day)
    return (found["day"].strip(), found["clock"]) if found else (day, clock)


def _form(state: State, incident: Incident, day: str, clock: str, now: datetime) -> Form:
    try:
        shown = _parsed_day(state, day, now).isoformat() if day else ""
    except Refused:
        shown = ""
    return words.review_form(incident.key, shown, clock)


def _parsed_day(state: State, day: str, now: datetime) -> date:
    try:
        return parse_due(day, now, working_time(state.actor, state.organisation).zone)
    except BadTime as unclear:
        raise Refused(str(unclear), "day") from unclear


def _when(state: State, day: str, clock: str, now: datetime) -> Day:
    """The day, and where a time of day is given the moment, in the zone of whoever asks. Raises `Refused`."""
    if not day:
        if clock:
            raise Refused(words.day_for_clock(), "day")
        return None, None
    on = _parsed_day(state, day, now)
    if not clock:
        return on, None
    try:
        wall = time.fromisoformat(clock.zfill(5))
    except ValueError:
        raise Refused(words.bad_clock(), "time") from None
    at = local_to_utc(
        datetime.combine(on, wall.replace(tzinfo=None)), working_time(state.actor, state.organisation).zone
    )
    if at <= now:
        raise Refused(words.passed_already(), "time")
    return on, at


def _reviewers(state: State, command: AskReview, incident: Incident) -> tuple[str, ...]:
    """Raises `Refused` where somebody is named who is nobody, or may not see the incident."""
    said = [*mentioned(command.people), *(name for name in _WHO.findall(command.people) if name.startswith("@"))]
    found: dict[str, Person] = {}
    for name in said:
        mine = name.casefold() == "@me"
        person = state.actor if mine else state.people.get(state.named.get(name, ""))
        if person is None:
            raise Refused(no_such_person(name, EXAMPLE), "people")
        found[person.id] = _may_look(incident, person)
    if command.people.strip() and not found:
        raise Refused(no_such_person(command.people.strip()[:80], EXAMPLE), "people")
    return tuple(found)


def _may_look(incident: Incident, person: Person) -> Person:
    invited = person.id in incident.responders
    if incident.private and not invited:
        raise Refused(invite_first(person.name), "people")
    if person.kind != "human" and not (person.kind == "guest" and invited):
        raise Refused(words.no_reviewer(person.name), "people")
    return person


def _asked(
    state: State, before: Review | None, named: tuple[str, ...], when: Day, now: datetime, version: int
) -> Review:
    """The review with more reviewers, and at another time where one is given."""
    if before is None:
        return Review(
            version=version, asked_by=state.actor.id, asked_at=now, changed_at=now, reviewers=named,
            day=when[0], at=when[1],
        )  # fmt: skip
    reviewers = tuple(dict.fromkeys((*before.reviewers, *named)))
    day, at = when if when[0] else (before.day, before.at)
    moved = before.moved + ((day, at) != (before.day, before.at))
    marks = {"reviewers": reviewers, "day": day, "at": at, "moved": moved, "changed_at": now}
    return before.model_copy(update=marks)


def _in_review(state: State, command: AskReview, now: datetime, before: Review | None, after: Review) -> Decision:
    incident, postmortem = postmortem_of(state)
    status = POSTMORTEM_TRANSITIONS[postmortem.status].get("review", PostmortemStatus.IN_REVIEW)
    changed = postmortem.model_copy(update={"status": status, "review": after})
    known = before.reviewers if before else ()
    new = [one for one in after.silent if one not in known]
    effects = (*_told(state, command, changed, new), *_told_of_move(state, command, changed, before))
    house = zone_of_organisation(state)
    text = words.review_line(", ".join(_called(state, one) for one in new), words.on_day(after, house))
    if not new:
        text = words.moved_line(words.on_day(after, house))
    line = entry(state, command, now, EntryKind.POSTMORTEM, text)
    missed = [common.person(state, one) for one in new if not _account(state, incident, one)]
    people = [common.person(state, one) for one in after.reviewers]
    reply = words.review_asked(incident, after, people, missed, working_time(state.actor, state.organisation).zone)
    return saved(state, command, now, changed, (line,), what=words.THE_REVIEW, reply=reply, effects=effects)


def _account(state: State, incident: Incident, person: str) -> bool:
    found = state.people.get(person)
    return found is not None and account_for(found, incident) is not None


def _called(state: State, person: str) -> str:
    found = state.people.get(person)
    return called(found) if found else ""


def _told(state: State, command: Command, postmortem: Postmortem, new: list[str]) -> tuple[Effect, ...]:
    return _each(state, command, postmortem, new, moved=False)


def _told_of_move(state: State, command: Command, postmortem: Postmortem, before: Review | None) -> tuple[Effect, ...]:
    """Whoever has looked already need not know when the others meet, unless it is a meeting."""
    after = current(postmortem)
    if before is None or after is None or (before.day, before.at) == (after.day, after.at):
        return ()
    concerned = before.reviewers if after.at else before.silent
    return _each(state, command, postmortem, [one for one in concerned if one != state.actor.id], moved=True)


def _each(
    state: State, command: Command, postmortem: Postmortem, people: list[str], *, moved: bool
) -> tuple[Effect, ...]:
    incident, review = state.incident, current(postmortem)
    if incident is None or review is None:
        return ()
    effects: list[Effect] = []
    for one in people:
        person = state.people.get(one)
        zone = working_time(person, state.organisation).zone if person else "UTC"
        card = review_card(incident, review, common.person(state, state.actor.id), zone, moved=moved)
        effects += tell(state, one, f"review:{postmortem.id}:{review.version}:{one}:{command.origin.id}", card)
    return tuple(effects)


# -- looking


class OfReview(Command):
    """A command from a card about one version: once there is another, it says so."""

    needs = WRITTEN
    wants_incident = True

    version: str = ""


def review_of(state: State, command: OfReview) -> tuple[Incident, Postmortem, Review]:
    """Raises `Refused` where the version is not in review, or not the one that was asked about."""
    incident, postmortem = postmortem_of(state)
    if command.version not in ("", str(postmortem.version)):
        raise Refused(words.another_version(incident, postmortem.version))
    if postmortem.status is PostmortemStatus.PUBLISHED:
        raise Refused(published_already(state, incident, postmortem))
    review = current(postmortem)
    if review is None or postmortem.status is not PostmortemStatus.IN_REVIEW:
        raise Refused(words.not_in_review(incident))
    return incident, postmortem, review


class Sign(OfReview, kind="postmortem_sign"):
    """It looks right to a reviewer."""


@decides(Sign, may="invited")
def sign(state: State, command: Sign, now: datetime) -> Decision:
    incident, postmortem, review = review_of(state, command)
    if state.actor.id not in review.reviewers:
        raise Refused(words.not_asked(incident))
    if review.has_signed(state.actor.id):
        raise Refused(words.signed_already())
    after = review.model_copy(update={"signed": (*review.signed, SignOff(by=state.actor.id, at=now))})
    line = entry(state, command, now, EntryKind.POSTMORTEM, words.signed_line(called(state.actor), after))
    reply = words.signed(incident, after)
    told = () if after.silent else _all_looked(state, incident, postmortem, after)
    changed = postmortem.model_copy(update={"review": after})
    decision = saved(state, command, now, changed, (line,), what=words.THE_SIGN_OFF, reply=reply, effects=told)
    shown = Card(sections=(Section(text=reply),))
    return decision.model_copy(update={"reply": Reply(card=shown, replaces=True)})


def _all_looked(state: State, incident: Incident, postmortem: Postmortem, review: Review) -> tuple[Effect, ...]:
    if postmortem.owner == state.actor.id:
        return ()
    key = f"review:{postmortem.id}:{review.version}:all:{len(review.reviewers)}"
    return tell(state, postmortem.owner, key, publish_card(incident, words.all_looked(incident, review)))
