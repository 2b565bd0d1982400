"""Who owns a draft: proposed, accepted, declined, and replaced where a day brings no answer.

Law: a postmortem is never without an owner, and nobody is proposed twice for the same draft.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot import words as common
from bot.change import called, entry
from bot.command import Command, Receipt
from bot.commands.postmortem_writing import WRITTEN, postmortem_of, saved
from bot.effects import Effect
from bot.errors import Refused
from bot.membership import may_know
from bot.model import Entry, EntryKind, Incident, Postmortem, PostmortemStatus
from bot.postmortems import candidates, next_owner, propose
from bot.review import Ownership, current
from bot.review_cards import owned_card
from bot.rules import decides
from bot.state import Decision, State
from bot.text import Card, Reply, Section, Typed
from bot.turns import moment
from bot.words import postmortem as postmortem_words
from bot.words import review as words


def answered(ownership: Ownership, owner: str) -> Ownership:
    """Nobody is waited for any more."""
    asked = ownership.asked if owner in ownership.asked else (*ownership.asked, owner)
    return Ownership(asked=asked)


class AcceptOwnership(Command, kind="postmortem_accept"):
    needs = WRITTEN
    wants_incident = True


@decides(AcceptOwnership)
def accept(state: State, command: AcceptOwnership, now: datetime) -> Decision:
    incident, postmortem = _mine(state)
    if postmortem.ownership.told_at is None:
        raise Refused(words.accepted_already(incident))
    after = postmortem.model_copy(update={"ownership": answered(postmortem.ownership, postmortem.owner)})
    line = _line(state, command, now, words.accepted_line(called(state.actor)))
    reply = words.accepted(incident, after.due)
    decision = saved(state, command, now, after, (line,), what=words.THE_ACCEPTANCE, reply=reply)
    return _in_place(decision, owned_card(incident, after))


def _mine(state: State) -> tuple[Incident, Postmortem]:
    """Raises `Refused` where somebody else is proposed, or owns it, by now."""
    incident, postmortem = postmortem_of(state)
    if state.actor.id != postmortem.owner:
        raise Refused(words.not_proposed(incident, common.person(state, postmortem.owner)))
    return incident, postmortem


def _in_place(decision: Decision, card: Card) -> Decision:
    """The answer takes the place of the question."""
    return decision.model_copy(update={"reply": Reply(card=card, replaces=True)})


class DeclineOwnership(Command, kind="postmortem_decline"):
    needs = WRITTEN
    wants_incident = True
    asks = True

    reason: Typed = ""
    sure: str = ""
    """The form was sent, with a reason or without."""


@decides(DeclineOwnership)
def decline(state: State, command: DeclineOwnership, now: datetime) -> Decision:
    incident, postmortem = _mine(state)
    if postmortem.ownership.told_at is None:
        raise Refused(words.accepted_already(incident))
    if not (command.sure or command.reason.strip()):
        return Decision(state=state, reply=Reply(form=words.decline_form(incident.key)))
    after = _handed_on(state, postmortem, told_at=now)
    if after is None:
        raise Refused(words.nobody_left(incident))
    name, last = _called(state, after.owner), after.ownership.told_at is None
    reason = " ".join(command.reason.split())
    line = _line(state, command, now, words.declined_line(called(state.actor), reason, name, last=last))
    told = propose(state, after, command.origin.id)
    reply = words.declined(incident, common.person(state, after.owner))
    decision = saved(state, command, now, after, (line,), what=postmortem_words.THE_OWNER, reply=reply, effects=told)
    return _in_place(decision, Card(sections=(Section(text=reply),)))


def _handed_on(state: State, postmortem: Postmortem, told_at: datetime) -> Postmortem | None:
    """With the next one as its owner; None: nobody is left who was not asked."""
    incident = state.incident
    asked = postmortem.ownership.asked
    owner = next_owner(state, incident, {*asked, postmortem.owner}) if incident else ""
    if incident is None or not owner:
        return None
    waits = told_at if owner in candidates(state, incident) else None
    ownership = Ownership(asked=(*asked, owner), told_at=waits)
    return postmortem.model_copy(update={"owner": owner, "ownership": ownership})


def _called(state: State, person: str) -> str:
    found = state.people.get(person)
    return called(found) if found else ""


def _line(state: State, command: Command, now: datetime, text: str) -> Entry:
    return entry(state, command, now, EntryKind.POSTMORTEM, text)


class OwnerSilent(Receipt, kind="owner_silent"):
    """A day went by without an answer. Whoever is next is told at `tell_at`, which lies in their working hours."""

    needs = WRITTEN

    owner: str
    told_at: str
    tell_at: str = ""


@decides(OwnerSilent)
def owner_silent(state: State, command: OwnerSilent, now: datetime) -> Decision:
    postmortem = state.postmortem
    if postmortem is None or state.incident is None or not _waits(postmortem, command):
        return Decision(state=state)
    tell_at = max(now, moment(command.tell_at) or now)
    after = _handed_on(state, postmortem, told_at=tell_at)
    last = after is None or after.ownership.told_at is None
    if after is None:
        after = postmortem.model_copy(update={"ownership": answered(postmortem.ownership, postmortem.owner)})
    text = words.silent_line(_called(state, command.owner), _called(state, after.owner), last=last)
    effects = _asked_later(state, after, command, tell_at)
    reply = words.accepted(state.incident, after.due)
    line = _line(state, command, now, text)
    return saved(state, command, now, after, (line,), what=postmortem_words.THE_OWNER, reply=reply, effects=effects)


def _waits(postmortem: Postmortem, command: OwnerSilent) -> bool:
    """Whether the same answer is waited for still."""
    told_at = postmortem.ownership.told_at
    published = postmortem.status is PostmortemStatus.PUBLISHED
    return (
        told_at is not None
        and not published
        and (postmortem.owner, told_at.isoformat())
        == (
            command.owner,
            command.told_at,
        )
    )


class ShutOut(Receipt, kind="shut_out"):
    """Somebody may not know of a private incident any more who owes something to its postmortem. Whoever is next is
    told at `tell_at`, which lies in their working hours."""

    needs = WRITTEN

    tell_at: str = ""


@decides(ShutOut)
def shut_out(state: State, command: ShutOut, now: datetime) -> Decision:
    incident, postmortem = state.incident, state.postmortem
    if incident is None or postmortem is None or not owed_from_outside(incident, postmortem):
        return Decision(state=state)
    after, lines, effects = _among_members(incident, postmortem), tuple[Entry, ...](), tuple[Effect, ...]()
    if not may_know(incident, postmortem.owner):
        tell_at = max(now, moment(command.tell_at) or now)
        after = _handed_on(state, after, told_at=tell_at) or _to_anybody(state, incident, after)
        last = after.ownership.told_at is None
        text = words.shut_out_line(_called(state, postmortem.owner), _called(state, after.owner), last=last)
        lines, effects = (_line(state, command, now, text),), _asked_later(state, after, command, tell_at)
    reply = words.accepted(incident, after.due)
    return saved(state, command, now, after, lines, what=postmortem_words.THE_OWNER, reply=reply, effects=effects)


def owed_from_outside(incident: Incident, postmortem: Postmortem) -> bool:
    """Whether the owner, or somebody who was asked to look, may not know of the incident."""
    review = current(postmortem)
    owing = (postmortem.owner, *(review.silent if review else ()))
    published = postmortem.status is PostmortemStatus.PUBLISHED
    return not published and not all(may_know(incident, one) for one in owing if one)


def _among_members(incident: Incident, postmortem: Postmortem) -> Postmortem:
    """Nobody is asked to look who may not; who has looked already stays."""
    review = current(postmortem)
    if review is None:
        return postmortem
    left = tuple(one for one in review.reviewers if may_know(incident, one) or review.has_signed(one))
    return postmortem.model_copy(update={"review": review.model_copy(update={"reviewers": left})})


def _to_anybody(state: State, incident: Incident, postmortem: Postmortem) -> Postmortem:
    """Everybody was asked already: somebody owns it all the same, if there is anybody."""
    owner = next_owner(state, incident, (postmortem.owner,)) or postmortem.owner
    return postmortem.model_copy(update={"owner": owner, "ownership": answered(postmortem.ownership, owner)})


def _asked_later(state: State, after: Postmortem, command: Command, at: datetime) -> tuple[Effect, ...]:
    if after.ownership.told_at is None:
        return propose(state, after, command.origin.id)
    more: dict[str, Any] = {"not_before": at, "plan": f"{OwnerSilent.kind}:{after.id}:{after.owner}"}
    return propose(state, after, command.origin.id, **more)
