"""What people say of a draft: comments, disputes, and whether it is fair. All of it reaches the owner, privately.

Law: what was said is kept for ever, and ends by somebody's name.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from bot import words as common
from bot.change import called, entry
from bot.command import Command
from bot.commands.postmortem_writing import FORM_MOST, WRITTEN, postmortem_of, saved
from bot.commands.review import OfReview, review_of
from bot.errors import Refused
from bot.ids import stable_id
from bot.model import FIVE_TIMES, EntryKind, Postmortem
from bot.permissions import permitted
from bot.postmortems import tell
from bot.review import Comment, open_comments
from bot.review_cards import comment_card, comment_section
from bot.rules import decides
from bot.state import Decision, State
from bot.text import Card, Reply, Section, Text, Typed
from bot.words import review as words
from bot.words.draft import HEADINGS
from bot.words.incident import said

SHOWN = 10
Kind = Literal["comment", "time", "factor", "missing"]


# -- saying something


class OfVersion(Command):
    """Also of a draft that nobody was asked to review, and of what is published already."""

    needs = WRITTEN
    wants_incident = True
    asks = True

    version: str = ""
    text: Typed = ""


class AddComment(OfVersion, kind="postmortem_comment"):
    section: str = ""


class Dispute(OfVersion, kind="postmortem_dispute"):
    """A time or a factor is not right; the text says what holds instead."""

    about: str = ""


class SomethingMissing(OfVersion, kind="postmortem_missing"):
    """The answer to "what is missing?"."""


@decides(AddComment, may="invited")
def add_comment(state: State, command: AddComment, now: datetime) -> Decision:
    incident, _ = postmortem_of(state)
    if not command.text.strip():
        form = words.comment_form(incident.key, command.version, command.section, "")
        return Decision(state=state, reply=Reply(form=form))
    section = command.section if command.section in HEADINGS else ""
    return _kept(state, command, now, "comment", section)


@decides(Dispute, may="invited")
def dispute(state: State, command: Dispute, now: datetime) -> Decision:
    incident, postmortem = postmortem_of(state)
    factors = {factor.id: factor for factor in postmortem.factors}
    if not (command.text.strip() and command.about):
        known = tuple((one.id, f"{one.kind}: {said(state, one.text)}") for one in postmortem.factors)
        return Decision(state=state, reply=Reply(form=words.dispute_form(incident.key, command.version, known)))
    if command.about not in FIVE_TIMES and command.about not in factors:
        raise Refused(words.no_such_part(command.about), "about")
    return _kept(state, command, now, "time" if command.about in FIVE_TIMES else "factor", command.about)


@decides(SomethingMissing, may="invited")
def something_missing(state: State, command: SomethingMissing, now: datetime) -> Decision:
    incident, _ = postmortem_of(state)
    if not command.text.strip():
        return Decision(state=state, reply=Reply(form=words.missing_form(incident.key, command.version)))
    return _kept(state, command, now, "missing", "")


def _kept(state: State, command: OfVersion, now: datetime, kind: Kind, about: str) -> Decision:
    incident, postmortem = postmortem_of(state)
    origin = command.origin
    made = Comment(
        id=stable_id("comment", postmortem.id, origin.platform, origin.tenant, origin.id),
        version=postmortem.version, by=state.actor.id, at=now, kind=kind, about=about,
        text=command.text.strip()[:FORM_MOST],
    )  # fmt: skip
    after = postmortem.model_copy(update={"comments": (*postmortem.comments, made)})
    line = entry(state, command, now, EntryKind.POSTMORTEM, words.comment_line(made, after), noted=False)
    by = common.person(state, made.by)
    card = comment_card(incident, after, made, by, said(state, made.text))
    told = () if after.owner == state.actor.id else tell(state, after.owner, f"comment:{made.id}", card)
    sent = words.comment_sent(incident, common.person(state, after.owner))
    reply = sent if told else words.comment_kept(incident)
    return saved(state, command, now, after, (line,), what=words.THE_COMMENT, reply=reply, effects=told)


# -- is it fair?


class Fair(OfReview, kind="postmortem_fair"):
    """Somebody on the timeline says that it is fair."""


@decides(Fair, may="invited")
def fair(state: State, command: Fair, now: datetime) -> Decision:
    incident, postmortem, review = review_of(state, command)
    if state.actor.id in review.fair:
        raise Refused(words.fair_already())
    after = review.model_copy(update={"fair": (*review.fair, state.actor.id)})
    line = entry(state, command, now, EntryKind.POSTMORTEM, words.fair_line(called(state.actor)), noted=False)
    reply = words.fair_thanks(incident)
    changed = postmortem.model_copy(update={"review": after})
    decision = saved(state, command, now, changed, (line,), what=words.THE_ANSWER, reply=reply)
    return _in_place(decision, reply)


def _in_place(decision: Decision, text: Text) -> Decision:
    return decision.model_copy(update={"reply": Reply(card=Card(sections=(Section(text=text),)), replaces=True)})


# -- reading and answering them


class Comments(Command, kind="postmortem_comments"):
    needs = WRITTEN
    wants_incident = True


@decides(Comments, may="invited")
def comments(state: State, command: Comments, now: datetime) -> Decision:  # noqa: ARG001
    _, postmortem = postmortem_of(state)
    return Decision(state=state, reply=Reply(card=_list(state, postmortem)))


def _list(state: State, postmortem: Postmortem) -> Card:
    incident, _ = postmortem_of(state)
    waiting = open_comments(postmortem)
    if not waiting:
        return Card(sections=(Section(text=words.no_comments(incident)),))
    sections = [_section(state, postmortem, one) for one in waiting[:SHOWN]]
    if len(waiting) > SHOWN:
        sections.append(Section(text=words.more_comments(len(waiting) - SHOWN), quiet=True))
    return Card(title=words.comments_title(incident, len(waiting)), sections=tuple(sections))


def _section(state: State, postmortem: Postmortem, comment: Comment) -> Section:
    incident, _ = postmortem_of(state)
    by = common.person(state, comment.by)
    return comment_section(incident, postmortem, comment, by, said(state, comment.text)[:1000])


class ResolveComment(Command, kind="postmortem_resolve"):
    needs = WRITTEN
    wants_incident = True

    comment: str = ""
    among: str = ""
    """Not empty: the button stood in the list of all, which is shown again."""


@decides(ResolveComment)
def resolve_comment(state: State, command: ResolveComment, now: datetime) -> Decision:
    _, postmortem = postmortem_of(state)
    known = {one.id: one for one in postmortem.comments}
    if command.comment not in known:
        raise Refused(words.no_such_comment())
    found = known[command.comment]
    if state.actor.id != found.by and not permitted(state, "postmortem_publish"):
        raise Refused(words.may_not_resolve())
    if not found.open:
        raise Refused(words.resolved_already(common.person(state, found.resolved_by)))
    known[found.id] = found.model_copy(update={"resolved_by": state.actor.id, "resolved_at": now})
    after = postmortem.model_copy(update={"comments": tuple(known.values())})
    line = entry(state, command, now, EntryKind.POSTMORTEM, words.resolved_line(found, after), noted=False)
    section = _section(state, after, known[found.id])
    decision = saved(state, command, now, after, (line,), what=words.THE_COMMENT, reply=section.text)
    card = _list(state, after) if command.among else Card(sections=(section,))
    return decision.model_copy(update={"reply": Reply(card=card, replaces=True)})
