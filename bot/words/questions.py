"""Answers: lists, catching up, help, and what to do about a word that is no verb."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot import words
from bot.model import ActionItem, Entry
from bot.rules import Verb
from bot.state import State
from bot.text import Section, Strong, Text, joined, say
from bot.words.incident import said, when
from bot.words.timeline import line
from bot.zones import due_echo

DECLARE = "Declare an incident"
PANEL = "Incidents"
HELP = "What I understand"

_LISTS = {
    "open": "Open incidents",
    "week": "Incidents of the last seven days",
    "mine": "Your incidents",
    "all": "Incidents",
}


def takes_no_words(word: str) -> Text:
    return say("{word} takes no words behind it. Nothing was changed; {alone} alone does it.",
               word=Strong(text=word), alone=words.verb(word))  # fmt: skip


def none_listed(which: str, text: str) -> Text:
    about = f" about \u201c{text[:60]}\u201d" if text else ""
    none = {
        "open": "No incident is open",
        "week": "No incident in the last seven days",
        "mine": "You are in no incident",
    }
    return say(
        "{none}{about}. {verb} declares one.",
        none=none.get(which, "I know no incident"),
        about=about,
        verb=words.verb("declare"),
    )


def list_heading(which: str, count: int) -> str:
    return f"{_LISTS[which]} ({count})"


def more_listed(count: int) -> Text:
    return say(
        "… and {count} more; name a word of the title to narrow it, as in {verb}.",
        count=count,
        verb=words.verb("list all checkout"),
    )


def open_now(count: int) -> Text:
    if not count:
        return say("No incident is open.")
    return say("One incident is open.") if count == 1 else say("{count} incidents are open.", count=count)


def tried(state: State, entries: Sequence[Entry]) -> tuple[Section, ...]:
    if not entries:
        return ()
    return (
        Section(
            text=joined(
                [say("{head}", head=Strong(text="What happened")), *(line(state, one) for one in entries)], "\n"
            )
        ),
    )


def tasks(state: State, items: Sequence[ActionItem]) -> tuple[Section, ...]:
    if not items:
        return ()
    lines = [
        say(
            "{key} {text} ({owner}, by {due})",
            key=item.key,
            text=said(state, item.text),
            owner=words.person(state, item.owner) if item.owner else "no owner yet",
            due=due_echo(item.due),
        )
        for item in items
    ]
    return (Section(text=joined([say("{head}", head=Strong(text="Open action items")), *lines], "\n")),)


def said_so_far(state: State, now: datetime) -> Text:
    count = sum(1 for one in state.log if not one.deleted)
    return say(
        "{count} entries in the log as of {at}. {verb} shows the timeline.",
        count=count,
        at=when(state, now),
        verb=words.verb("timeline"),
    )


HELP_GROUPS = {
    "Start and look": ("declare", "list", "status", "catchup", "similar"),
    "Run it": ("update", "sev", "lead", "role", "impact", "mitigate", "resolve", "reopen", "close"),
    "Keep the record": ("note", "timeline", "time", "undo"),
    "People": ("invite", "remove"),
    "Follow up": ("postmortem", "export", "action", "actions", "done", "snooze", "reassign", "wontdo", "reminders"),
}
"""Verbs in the order in which an incident needs them; those that are not named here come last."""
HELP_REST = "More"


def key_goes_in_front(key: str, verb: str) -> Text:
    return say(
        "{key} stands behind the verb, so I cannot tell whether you mean that incident. Nothing was changed. For it, "
        "its key comes first: {typed}. If your words only begin with it, put this incident's key in front.",
        key=key,
        typed=words.verb(f"{key} {verb} …"),
    )


def verb_line(verb: Verb) -> Text:
    return say("{usage}  {help}", usage=words.verb(verb.usage), help=verb.help)


def verb_help(verb: Verb) -> Text:
    text = say(
        "{usage}: {help}. For example {example}.",
        usage=words.verb(verb.usage),
        help=verb.help.rstrip("."),
        example=words.verb(verb.example),
    )
    return text + say(" Also: {others}.", others=", ".join(verb.synonyms)) if verb.synonyms else text


def help_foot() -> Text:
    return say(
        "Whatever is missing, I ask for in a form. Outside an incident's channel name it first, as in {example}. "
        "{help} tells more about one of them.",
        example=words.verb("INC-42 status"),
        help=words.verb("help update"),
    )


def did_you_mean(said: str, verb: Verb) -> Text:
    return say(
        "I do not know {said}. Did you mean {word}? For example {example}. Nothing was changed.",
        said=f"\u201c{said[:40]}\u201d",
        word=Strong(text=verb.word),
        example=words.verb(verb.example),
    )


def no_such_verb(said: str) -> Text:
    return say(
        "I do not know {said}. {help} shows what I understand. Nothing was changed.",
        said=f"\u201c{said[:40]}\u201d" if said else "that",
        help=words.verb("help"),
    )
