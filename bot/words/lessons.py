"""Sentences about lessons that come back: the one lesson, how its action items stand, and whether it is still true."""

from __future__ import annotations

from collections.abc import Sequence

from bot.model import ActionItem, Incident, ItemStatus, Postmortem
from bot.sayings import LessonSaid
from bot.text import Text, say
from bot.words import key
from bot.words.actions import counted
from bot.words.draft import CARD
from bot.words.postmortem import read_draft
from bot.zones import due_echo

STILL_TRUE, OUT_OF_DATE, REVISE = "Still true", "Out of date", "Start a new version"
THE_ANSWER = "the answer"
MOST = 500
POSSIBLE, CHANGES = CARD[2], CARD[4]
NAMED = 3
"""Open items that are named."""


def lesson(postmortem: Postmortem) -> str:
    """What made it possible and what changes, as the learning card was published; else the card as it is."""
    card = postmortem.published_sections.get("learning", "")
    lines = [line.strip().removeprefix("- ") for line in card.splitlines() if line.strip()]
    chosen = [line for line in lines if line.startswith((POSSIBLE, CHANGES))] or lines
    text = "\n".join(chosen)
    return text if len(text) <= MOST else f"{text[: MOST - 1].rstrip()}…"


def came_back(incident: Incident, postmortem: Postmortem, items: Sequence[ActionItem]) -> Text:
    at = postmortem.published_at
    return say(
        "Half a year ago, on {day}, the {postmortem} ({title}) was published. Its lesson:\n{lesson}\n{items}\n"
        "Is it still true?",
        day=due_echo(at.date()) if at else "", postmortem=read_draft(incident), title=incident.title,
        lesson=lesson(postmortem), items=how_they_stand(items),
    )  # fmt: skip


def how_they_stand(items: Sequence[ActionItem]) -> str:
    if not items:
        return "It has no action items."
    open_ones = sorted((one for one in items if one.status is ItemStatus.OPEN), key=lambda one: (one.due, one.key))
    told = f"Of {counted(len(items), 'action item')} {_number(len(items) - len(open_ones))} ended"
    if not open_ones:
        return f"{told}."
    named = ", ".join(f"{one.key} (due {due_echo(one.due)})" for one in open_ones[:NAMED])
    more = f" and {len(open_ones) - NAMED} more" if len(open_ones) > NAMED else ""
    return f"{told}; still open: {named}{more}."


def _number(n: int) -> str:
    return "none" if n == 0 else str(n)


def answer(postmortem: Postmortem) -> LessonSaid | None:
    """What was said of the version that is published."""
    said = postmortem.lesson
    return said if said is not None and said.version == postmortem.published_version else None


def said(incident: Incident, *, true: bool) -> Text:
    if true:
        return say("Noted: the lesson of {key} is still true.", key=key(incident))
    return say("Noted: the lesson of {key} is out of date. A new version says what holds now.", key=key(incident))


def logged(*, true: bool) -> str:
    return f"Postmortem: its lesson is {'still true' if true else 'out of date'}"


def stands(told: LessonSaid, by: str) -> str:
    """On the postmortem's page."""
    holds = "still true" if told.holds else "out of date"
    return f"{by} said on {due_echo(told.at.date())} that its lesson is {holds}."


def another_version(incident: Incident) -> Text:
    return say("That was asked about an earlier version of the postmortem of {key}. Nothing was changed.",
               key=key(incident))  # fmt: skip


def not_published(incident: Incident) -> Text:
    return say("The postmortem of {key} is not published, so it has no lesson to look back at. Nothing was changed.",
               key=key(incident))  # fmt: skip


def said_already(incident: Incident) -> Text:
    return say("You said so of the lesson of {key} already. Nothing was changed.", key=key(incident))
