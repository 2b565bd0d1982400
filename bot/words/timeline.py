"""What the bot says about the timeline: notes, added messages, the five times, undo."""

from __future__ import annotations

from datetime import datetime

from bot import words
from bot.model import ActionItem, Entry, Incident, ItemStatus, Moment
from bot.state import State
from bot.text import Emoji, Strong, Text, say
from bot.words.draft import DELETED, WITHOUT_TEXT
from bot.words.incident import said, told_at, when

AN_ENTRY = "the timeline entry"
ADD_ANYWAY = "Add it to the public incident"


def which_message() -> Text:
    return say("Which message? Please choose \u201cAdd to timeline\u201d in the message's own menu.")


def already_there(incident: Incident) -> Text:
    return say("That message is already in the timeline of {key}.", key=words.key(incident))


def message_deleted() -> Text:
    return say(
        "That message was deleted or left out by its author, so there is nothing to add. "
        "{note} writes a note of your own.",
        note=words.verb("note …"),
    )


def added(state: State, incident: Incident, at: datetime) -> Text:
    return say("Added to the timeline of {key} at {at}.", key=words.key(incident), at=told_at(state, at))


def from_private_line(name: str) -> str:
    return f"{name} added a message from a private conversation"


def noted(state: State, incident: Incident, at: datetime) -> Text:
    return say("Noted in the timeline of {key} at {at}.", key=words.key(incident), at=told_at(state, at))


def two_times(first: str, last: str) -> Text:
    return say(
        "Did it happen \u201c{first}\u201d or \u201c{last}\u201d? Nothing was noted; please say one time in a note.",
        first=first.strip(" ,:;-"),
        last=last.strip(" ,:;-"),
    )


def taken_off(incident: Incident) -> Text:
    return say("Taken off the timeline of {key}; it still stands in everything that was said.", key=words.key(incident))


def not_in_timeline(incident: Incident) -> Text:
    return say("That does not stand in the timeline of {key}, so nothing was changed.", key=words.key(incident))


def change_stays() -> Text:
    return say("What changed the incident stays in its timeline. Only messages, notes and alerts can be taken off.")


def empty(incident: Incident) -> Text:
    return say(
        "The timeline of {key} has no entries yet. {note} writes one, and {pin} on a message adds it.",
        key=words.key(incident),
        pin=Emoji(name="pushpin", sign="📌"),
        note=words.verb("note …"),
    )


def heading(incident: Incident, whole: bool) -> str:
    return f"{incident.key} · {'log' if whole else 'timeline'}"


def line(state: State, entry: Entry) -> Text:
    text = said(state, entry.text) or ", ".join(file.name for file in entry.files) or WITHOUT_TEXT
    if entry.deleted:
        text = DELETED
    who = author(state, entry)
    return say("{at}  {who}{text}", at=when(state, entry.occurred), who=f"{who}: " if who else "", text=_short(text))


def author(state: State, entry: Entry) -> str:
    for person in state.people.values():
        if any(account.key == entry.author for account in person.accounts):
            return person.name
    return entry.author_name


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 180 else f"{text[:179]}…"


def more(count: int, whole: bool) -> Text:
    other = "" if whole else " {all} shows everything that was said."
    return say("… and {count} earlier ones." + other, count=count, all=words.verb("timeline all"))


# -- the five times


SPOKEN = {
    "began": "impact began",
    "detected": "it was detected",
    "declared": "it was declared",
    "mitigated": "it was mitigated",
    "resolved": "it was resolved",
}


def time_line(name: str, moment: Moment) -> str:
    """The entry stands at that time itself, so it does not say it again in the zone of whoever wrote it."""
    return f"{SPOKEN[name].capitalize()} ({moment.source})"


def time_set(state: State, name: str, moment: Moment) -> Text:
    return say(
        "Noted: {what} at {at} ({source}).",
        what=SPOKEN[name],
        at=told_at(state, moment.at),
        source=said(state, moment.source),
    )


def out_of_order(state: State, name: str, at: datetime, other: str, known: datetime) -> Text:
    return say(
        "{what} cannot be at {at}, because {other} at {known}. Nothing was changed; correct the other time "
        "first, if that is the wrong one.",
        what=SPOKEN[name].capitalize(),
        at=told_at(state, at),
        other=SPOKEN[other],
        known=told_at(state, known),
    )


def half_a_time(said: str) -> Text:
    return say(
        "I don't understand \u201c{said}\u201d as a time that has passed. Write for example 14:02, 20m ago "
        "or yesterday 23:10.",
        said=said[:60],
    )


def begins_like_a_time(said: str) -> Text:
    return say(
        "Is the time in \u201c{said}\u201d when it was so? Say it in front, for example at 14:02 or 20m ago, or begin "
        "with another word. Nothing was changed.",
        said=said[:60],
    )


def declared_is_known() -> Text:
    return say("When the incident was declared is what I saw myself; it cannot be changed.")


# -- undo


def nothing_to_undo() -> Text:
    return say("You changed nothing here in the last ten minutes that I could take back.")


def changed_since(what: str) -> Text:
    return say("Since you changed {what}, somebody changed it again, so I took nothing back.", what=what)


CANNOT = {
    "the resolution": "reopen it is not over",
    "the reopening": "resolve",
    "the closing": "reopen it is not over",
    "the invitation": "remove @maya",
    "the removal": "invite @maya",
}


def cannot_undo(what: str) -> Text:
    remedy = CANNOT.get(what)
    text = say("I cannot take back {what}.", what=what)
    return text + say(" Use {verb} instead.", verb=words.verb(remedy)) if remedy else text


def cannot_undo_noting(item: ActionItem) -> Text:
    """Others may have been told of it, so it ends in the open, with a reason."""
    text = say(
        "What you did here last was to note {key}: {text}. I cannot take that back, and changed nothing.",
        key=Strong(text=item.key), text=item.text,
    )  # fmt: skip
    ends = words.verb(f"wontdo {item.key} noted by mistake")
    return text + say(" Use {verb} instead.", verb=ends) if item.status is ItemStatus.OPEN else text


def undone(what: str) -> Text:
    return say("Undone: I took back {what}.", what=what)


def undone_line(what: str) -> str:
    return f"Taken back: {what}"


def undone_public(state: State, what: str) -> Text:
    return say("{who} took back {what}.", who=words.person(state, state.actor.id), what=what)
