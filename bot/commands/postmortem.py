"""The postmortem in chat: shown, opened, written, published, revised.

Law: what is published changes only as a new version; asking for a postmortem changes nothing about the incident.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from bot import lessons, review_reminders
from bot import words as common
from bot.change import called, entry, incident_of
from bot.command import Command, build
from bot.commands.factors import kind_and_text
from bot.commands.known import WasKnown, asked_if_known, known_text
from bot.commands.lessons import LessonTrue
from bot.commands.ownership import answered
from bot.commands.postmortem_compared import AcceptProposed, ShowChanges, proposed_section
from bot.commands.postmortem_said import AskQuestion, SayDecision, SayTrigger
from bot.commands.postmortem_writing import (
    EDITING,
    WHOLE,
    WRITTEN,
    drafted,
    postmortem_of,
    published_already,
    saved,
    section_and_text,
)
from bot.commands.review import people_and_day
from bot.commands.review_comments import Comments
from bot.commands.suggestions import Suggest, suggestion_sections
from bot.commands.wording import ShowHints
from bot.draft import published
from bot.draft_blocks import plain
from bot.draft_changes import sections_of
from bot.errors import Refused
from bot.grammar import item_key
from bot.markdown import to_markdown
from bot.membership import may_know
from bot.model import (
    POSTMORTEM_TRANSITIONS,
    EntryKind,
    Incident,
    Postmortem,
    PostmortemStatus,
)
from bot.people import Naming, person_named
from bot.permissions import check
from bot.postmortems import (
    card_button,
    changes_button,
    due_date,
    edit_button,
    factor_button,
    may_own,
    open_button,
    open_postmortem,
    owner_button,
    publish_anyway_button,
    publish_button,
    revise_button,
    said_buttons,
    tell_owner,
)
from bot.readiness import readiness
from bot.review import open_comments
from bot.review_cards import button, known_button
from bot.rules import RULES, decides, verb
from bot.state import Decision, State
from bot.text import Button, Card, Reply, Section, Typed, say
from bot.words import postmortem as words
from bot.words import postmortem_said as said_words
from bot.words import review as review_words

__all__ = ["LessonTrue", "ShowHints", "lessons", "open_postmortem", "review_reminders"]

PARTS = {
    "open": "postmortem_open",
    "factor": "postmortem_factor",
    "edit": "postmortem_edit",
    "write": "postmortem_edit",
    "owner": "postmortem_owner",
    "hints": "postmortem_hints",
    "accept": "postmortem_accept",
    "decline": "postmortem_decline",
    "review": "postmortem_review",
    "comment": "postmortem_comment",
    "comments": Comments.kind,
    "publish": "postmortem_publish",
    "revise": "postmortem_revise",
    "known": WasKnown.kind,
    "trigger": SayTrigger.kind,
    "decision": SayDecision.kind,
    "question": AskQuestion.kind,
    "adopt": AcceptProposed.kind,
    "changes": ShowChanges.kind,
    "suggest": Suggest.kind,
}
"""What comes after the verb, and the kind that it is."""
SHOWN_MOST = 2900


# -- showing, and the verb


@verb(
    "postmortem",
    "pm",
    "postmortems",
    usage="postmortem [open | factor <kind>: <text> | edit <section> | hints | owner @user | review @user [day]"
    " | known [ACT-7 | none] | comment <text> | comments | publish | revise | trigger <text> | decision <text>"
    " | question <text> | adopt | changes | suggest]",
    example="postmortem factor configuration: the pool was sized for last year",
    help="Shows the postmortem to you; writes and publishes it.",
)
class ShowPostmortem(Naming, kind="postmortem"):
    needs = WHOLE
    wants_incident = True

    do: str = ""
    text: Typed = ""

    @classmethod
    def read(cls, said: str) -> dict[str, str]:
        first, rest = (*said.split(None, 1), "", "")[:2]
        do = first.casefold()
        return {"do": do, "text": rest, **({"person": rest} if do == "owner" else {})}

    def elsewhere(self) -> str:
        return item_key(self.text.strip()) or "" if self.do == "known" else ""


@decides(ShowPostmortem, may="invited")
def show(state: State, command: ShowPostmortem, now: datetime) -> Decision:
    """Without a word behind it: the card, privately. With one: that part's own rule, for those who may."""
    if command.do not in ("", "show"):
        return _part(state, command, now)
    incident, postmortem = incident_of(state), state.postmortem
    if postmortem is None:
        return Decision(state=state, reply=Reply.of(words.not_there(incident), open_button(incident)))
    return Decision(state=state, reply=Reply(card=_shown(state, incident, postmortem)))


def _part(state: State, command: ShowPostmortem, now: datetime) -> Decision:
    if command.do not in PARTS:
        raise Refused(words.no_such_part(command.do))
    kind = PARTS[command.do]
    if kind == WasKnown.kind and not command.text.strip():
        return Decision(state=state, reply=asked_if_known(postmortem_of(state)[0]))
    fields: dict[str, str] = {"incident": command.incident}
    match kind:
        case "postmortem_owner":
            fields["person"] = command.person
        case "postmortem_factor":
            fields |= kind_and_text(command.text)
        case "postmortem_edit":
            fields |= section_and_text(command.text)
        case "postmortem_trigger" | "postmortem_decision" | "postmortem_question":
            fields["text"] = command.text
        case "postmortem_review":
            fields |= people_and_day(command.text)
        case "postmortem_comment":
            fields |= {"text": command.text}
        case WasKnown.kind:
            fields |= known_text(command.text.strip())
        case "postmortem_decline":
            fields |= {"reason": command.text}
    part = build(kind, fields, command.origin)
    check(state, part)
    return RULES[kind](state, part, now)


def _shown(state: State, incident: Incident, postmortem: Postmortem) -> Card:
    made = drafted(state, incident, postmortem)
    missing = readiness(incident, state.items, postmortem, made)
    writing = postmortem.status in EDITING
    owned = words.owned(common.person(state, postmortem.owner), postmortem.due)
    learning = re.sub(r"^- ", "• ", plain(made.section("learning").body)[:SHOWN_MOST], flags=re.MULTILINE)
    sections = (
        Section(facts=((words.OWNER, owned), (words.PAGE, say("{page}", page=words.open_page(incident))))),
        Section(text=say("{card}", card=learning)),
        Section(text=words.missing_list(missing), quiet=True, buttons=_buttons(incident, postmortem)),
        *((Section(text=say(said_words.SAY_MORE), quiet=True, buttons=said_buttons(incident)),) if writing else ()),
        *(proposed_section(state, incident) if writing else ()),
        *(suggestion_sections(state, incident, postmortem) if writing else ()),
    )
    return Card(title=words.shown_title(incident, postmortem), sections=sections)


def _buttons(incident: Incident, postmortem: Postmortem) -> tuple[Button, ...]:
    compared = (changes_button(incident),) if postmortem.published_sections else ()
    if postmortem.status not in EDITING:
        return (revise_button(incident), *compared)
    writing = (card_button(incident), factor_button(incident, postmortem), edit_button(incident))
    ask = button(incident, review_words.ASK, "postmortem_review")
    said = (button(incident, review_words.COMMENTS, Comments.kind),) if open_comments(postmortem) else ()
    return (*writing, owner_button(incident), ask, known_button(incident), *said, publish_button(incident), *compared)


# -- opening and owning


class OpenPostmortem(Command, kind="postmortem_open"):
    needs = WRITTEN
    wants_incident = True


@decides(OpenPostmortem)
def open_(state: State, command: OpenPostmortem, now: datetime) -> Decision:
    """A draft, also for an incident that goes on: its status stays what it is."""
    incident = incident_of(state)
    if state.postmortem is not None:
        raise Refused(words.already_open(incident, state.postmortem.status.value))
    opened, lines, effects = open_postmortem(state, now, command.origin)
    return saved(
        state, command, now, opened, lines, what=words.THE_OPENING, reply=words.opened(incident), effects=effects
    )


class OwnPostmortem(Naming, kind="postmortem_owner"):
    needs = WRITTEN
    wants_incident = True
    asks = True


@decides(OwnPostmortem)
def own(state: State, command: OwnPostmortem, now: datetime) -> Decision:
    """Hands the postmortem to somebody; it is never without an owner."""
    incident, postmortem = postmortem_of(state)
    if not command.person.strip():
        return Decision(state=state, reply=Reply(form=words.owner_form(incident.key)))
    owner = person_named(state, command, "postmortem owner @maya")
    if not may_own(owner) or not may_know(incident, owner.id):
        raise Refused(words.cannot_own(owner.name), "person")
    named = common.person(state, owner.id)
    if owner.id == postmortem.owner and postmortem.ownership.told_at is None:
        raise Refused(words.owns_already(incident, named), "person")
    after = postmortem.model_copy(update={"owner": owner.id, "ownership": answered(postmortem.ownership, owner.id)})
    line = entry(state, command, now, EntryKind.POSTMORTEM, words.owner_line(called(owner)))
    told = () if owner.id == state.actor.id else tell_owner(state, after, words.CHOSEN, command.origin.id)
    reply = words.owner_set(incident, named)
    return saved(state, command, now, after, (line,), what=words.THE_OWNER, reply=reply, effects=told)


# -- publishing


class PublishPostmortem(Command, kind="postmortem_publish"):
    needs = WHOLE
    wants_incident = True

    sure: str = ""


@decides(PublishPostmortem, may="commander")
def publish(state: State, command: PublishPostmortem, now: datetime) -> Decision:
    """Says first what is missing; whoever is sure publishes all the same. The published copy names roles."""
    incident, postmortem = postmortem_of(state)
    status = POSTMORTEM_TRANSITIONS[postmortem.status].get("publish")
    if status is None:
        raise Refused(published_already(state, incident, postmortem))
    made = drafted(state, incident, postmortem)
    missing = readiness(incident, state.items, postmortem, made)
    if missing and not command.sure:
        text = words.publish_anyway(incident) + say(" ") + words.missing_list(missing)
        return Decision(state=state, reply=Reply.of(text, publish_anyway_button(incident), edit_button(incident)))
    marks = {"status": status, "published_at": now, "published_by": state.actor.id, "suggestions": ()}
    after = postmortem.model_copy(update=marks)
    copy = published(made.model_copy(update={"status": status.value}))
    kept = {"published_sections": sections_of(copy), "published_version": after.version}
    after = after.model_copy(update={"published_markdown": to_markdown(copy), **kept})
    line = entry(state, command, now, EntryKind.POSTMORTEM, words.published_line(after.version))
    public = words.published_public(incident, after.version, common.person(state, after.owner))
    reply = words.published(incident, after.version)
    return saved(state, command, now, after, (line,), what=words.THE_PUBLISHING, reply=reply, public=public)


class RevisePostmortem(Command, kind="postmortem_revise"):
    needs = WRITTEN
    wants_incident = True


@decides(RevisePostmortem, may="commander")
def revise(state: State, command: RevisePostmortem, now: datetime) -> Decision:
    """A published one becomes a draft of the next version, and stays readable; one in review goes back to its draft."""
    incident, postmortem = postmortem_of(state)
    status = POSTMORTEM_TRANSITIONS[postmortem.status].get("revise")
    if status is None:
        raise Refused(words.cannot_revise(incident, postmortem.status))
    marks: dict[str, Any] = {"status": status}
    if postmortem.status is PostmortemStatus.PUBLISHED:
        marks |= {"version": postmortem.version + 1, "due": due_date(state, incident, now)}
    after = postmortem.model_copy(update=marks)
    version = after.version
    line = entry(state, command, now, EntryKind.POSTMORTEM, words.revised_line(version))
    reply = words.revised(incident, version)
    return saved(state, command, now, after, (line,), what=words.THE_REVISION, reply=reply)
