"""Whether a lesson that came back is still true. Law: one answer a published version; whoever says otherwise later
changes it."""

from __future__ import annotations

from datetime import datetime

from bot.change import entry
from bot.command import Command
from bot.commands.postmortem_writing import WRITTEN, postmortem_of, saved
from bot.errors import Refused
from bot.model import EntryKind, PostmortemStatus
from bot.postmortems import revise_button
from bot.review_cards import button, read_button
from bot.rules import decides
from bot.sayings import LessonSaid
from bot.state import Decision, State
from bot.text import Card, Reply, Section
from bot.words import lessons as words


class OfLesson(Command):
    needs = WRITTEN
    wants_incident = True

    version: str = ""


class LessonTrue(OfLesson, kind="lesson_true"):
    pass


class LessonOutdated(OfLesson, kind="lesson_outdated"):
    pass


@decides(LessonTrue)
def still_true(state: State, command: LessonTrue, now: datetime) -> Decision:
    return _said(state, command, now, holds=True)


@decides(LessonOutdated)
def outdated(state: State, command: LessonOutdated, now: datetime) -> Decision:
    return _said(state, command, now, holds=False)


def _said(state: State, command: OfLesson, now: datetime, *, holds: bool) -> Decision:
    incident, postmortem = postmortem_of(state)
    if postmortem.status is not PostmortemStatus.PUBLISHED:
        raise Refused(words.not_published(incident))
    if command.version not in ("", str(postmortem.published_version)):
        raise Refused(words.another_version(incident))
    before = words.answer(postmortem)
    if before is not None and (before.by, before.holds) == (state.actor.id, holds):
        raise Refused(words.said_already(incident))
    told = LessonSaid(version=postmortem.published_version, by=state.actor.id, at=now, holds=holds)
    after = postmortem.model_copy(update={"lesson": told})
    line = entry(state, command, now, EntryKind.POSTMORTEM, words.logged(true=holds), noted=False)
    text = words.said(incident, true=holds)
    decision = saved(state, command, now, after, (line,), what=words.THE_ANSWER, reply=text)
    other = button(incident, *((words.OUT_OF_DATE, "lesson_outdated") if holds else (words.STILL_TRUE, "lesson_true")))
    buttons = (other, read_button(incident)) if holds else (revise_button(incident), other, read_button(incident))
    reply = Reply(card=Card(sections=(Section(text=text, buttons=buttons),)), replaces=True)
    return decision.model_copy(update={"reply": reply})
