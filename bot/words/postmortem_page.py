"""What stands on a postmortem's page beside the postmortem itself: what can be done there, and what came of it."""

from __future__ import annotations

from bot.text import Form
from bot.words import known as known_words
from bot.words.draft import LEARNING_MOST

LABELS = {
    "edit": "Edit",
    "factor": "Add a factor",
    "trigger": "Say what set it off",
    "decision": "Add a decision",
    "question": "Add a question",
    "time": "Set a time",
    "action": "Add an action item",
    "adopt": "Take them into the timeline",
    "owner": "Hand it over",
    "accept": "Yes, I own it",
    "decline": "Not me",
    "review": "Ask for a review",
    "comment": "Comment",
    "dispute": "Something is not right",
    "missing": "Something is missing",
    "fair": "It is fair",
    "sign": "It looks right",
    "resolve": "Resolve",
    "hint": "Dismiss",
    "known": known_words.ASK,
    "known_back": known_words.TAKE_BACK,
    "publish": "Publish",
    "revise": "Start a new version",
    "open": "Open the postmortem as a draft",
}
"""Of what can be done on the page."""
WRITE_CARD = "Write the learning card"
BACK_TO_DRAFT = "Back to the draft"
CANCEL, PUBLISH_ANYWAY, SAVE_OVER = "Cancel", "Publish anyway", "Replace it with my text"
MISSING, NOTHING_MISSING, CONTENTS = "Still missing", "Nothing is missing.", "On this page"
COMMENTS, REVIEW, HISTORY = "Comments", "Review and publishing", "History"
RESOLVED = "Resolved comments"
NO_COMMENTS = "Nobody has said anything about the whole yet."
HINTS_INTRO = "On the wording, if you like. Only people who may edit see this, and it holds up nothing."
INSTEAD = "Instead:"
NOT_READY = "This is still missing. Nothing of it has to hold you up."
WHAT_PUBLISHING_DOES = (
    "Publishing tells the incident's channel and keeps this version as it is. The published copy names roles, not "
    "people. A later change makes a new version."
)
WHAT_REVISING_DOES = "What was published stays readable until the new version is published."
NOT_ASKED = "Nobody was asked to look at this version yet."
HAS_LOOKED, HAS_NOT = "looks right", "has not looked yet"
PROPOSED = "proposed, has not answered yet"
CARD_EMPTY = "Nobody has written the learning card yet; this is what is recorded."
OPEN_FACTOR = "No action item yet"
STANDS_NOW, YOUR_TEXT = "What stands there now", "Your text"
ADDED, REMOVED = "added", "removed"
YOUR_WORDS = "This is what you wrote. It was not saved; copy it, so that nothing is lost."
OTHERS = "Somebody else"
NONE_CHOSEN = "–"
REWORD = "Say it in other words, or take it out"
FACTOR_ASKED = "Which factor does it belong to?"


def reading_time(minutes: int, pages: int) -> str:
    of_minutes = "a minute" if minutes == 1 else f"{minutes} minutes"
    of_pages = "a page" if pages == 1 else f"{pages} pages"
    return f"{of_minutes} to read, about {of_pages}"


def card_length(length: int) -> str:
    return f"It has {length:,} characters now; at most {LEARNING_MOST} are asked for."


def overtaken(who: str, when: str) -> str:
    return (
        f"{who} saved this section on {when}, after you had opened it. Nothing of yours is lost or saved yet: "
        "your text is in the field."
    )


def freed() -> str:
    return (
        "Somebody gave this section back to the record after you had opened it. Nothing of yours is lost or saved "
        "yet: your text is in the field."
    )


def needed(form: Form) -> str:
    wanted = [field.label for field in form.inputs if field.required and not field.initial]
    return f"Something is missing: {', '.join(wanted)}" if wanted else "Something is missing."


def published_by(who: str, when: str) -> str:
    return f"Published by {who} on {when}."


def reviewed_on(when: str) -> str:
    return f"The review is on {when}."


def no_postmortem(key: str) -> str:
    return f"{key} has no postmortem yet: it opens as a draft when the incident is resolved, or now."


def too_long(most: int) -> str:
    return f"That is more text than can be kept here (at most {most:,} characters). Nothing was saved."


# -- its history

WRITTEN_FIRST = "Until then the section showed what was recorded."
FREED = "It shows again what is recorded."
SINCE, OLDER = "Changed since version", "Older"
READ_VERSION, AS_PUBLISHED = "Read version", "as it was published"
NO_HISTORY = "Nothing was done yet."


def history_of(key: str) -> str:
    return f"History of the postmortem of {key}"
