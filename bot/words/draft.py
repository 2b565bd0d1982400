"""Sentences that stand in a postmortem's draft: its sections, and what is still missing in it.

Law: what is unknown is called unknown, with the verb that says it; nobody is blamed, and no root cause is asked for.
"""

from __future__ import annotations

from datetime import date

from bot.zones import due_echo

LEARNING_MOST = 900
"""Characters of the learning card."""
PAGE_WORDS, PAGES_MOST = 450, 3
"""Words on a page with tables and lists, and the pages that people read."""
HEADINGS = {
    "learning": "Learning card",
    "impact": "Impact",
    "numbers": "Impact in numbers",
    "times": "The five times",
    "timeline": "Timeline",
    "log": "Everything that was said",
    "trigger": "Trigger",
    "factors": "Contributing factors",
    "noticed": "How it was noticed",
    "well": "What went well",
    "hard": "What was hard",
    "lucky": "Where we got lucky",
    "surprised": "What surprised us",
    "decisions": "Decisions not to act",
    "actions": "Action items",
    "questions": "Open questions",
    "silences": "Longest silences",
    "present": "Who was there",
}
OUTSIDE = {
    "external_what": "For readers outside: what happened",
    "external_impact": "For readers outside: what it meant for you",
    "external_changes": "For readers outside: what we changed",
}
"""The version for readers outside: edited like the sections, and part of no postmortem."""
CALLED = {**HEADINGS, **OUTSIDE}
REFLECTIONS = {"well": "went well", "hard": "was hard", "lucky": "got lucky", "surprised": "surprised"}
OWN = "own "
"""How the names of sections begin that an organisation made by giving a reaction a meaning of its own."""
QUESTION = "question"
"""What a reaction means that asks: such entries stand under the open questions."""
RECORDED = {
    "numbers": "time began 13:40",
    "times": "time began 13:40",
    "timeline": "note …",
    "log": "note …",
    "trigger": "postmortem trigger …",
    "factors": "postmortem factor change: …",
    "actions": "action @owner by fri: …",
    "silences": "note … at 14:02",
    "present": "role scribe @maya",
}
"""Sections that are the record itself, and the verb by which it changes."""
EDITABLE = tuple(name for name in CALLED if name not in RECORDED)
TIMES = {
    "began": "Impact began",
    "detected": "Detected",
    "declared": "Declared",
    "mitigated": "Mitigated",
    "resolved": "Resolved",
}
UNKNOWN = "unknown"
SOMEBODY = "somebody"
NOBODY = "nobody yet"
FACTORS_OPEN = (
    "What made it possible? There are no contributing factors yet: say one with /incident postmortem factor …"
)
TRIGGER_OPEN = "What set it off? Say it with /incident postmortem trigger …"
NO_TRIGGER = "Nobody has said yet what set it off: say it with /incident postmortem trigger …"
RESPONDER = "a responder"
NOT_SAID = "not said yet"
DELETED = "(deleted)"
WITHOUT_TEXT = "(without text)"
BOT = "Debrief"
CARD = ("What happened", "Who was hurt, and how much", "What made it possible", "What helped", "What changes")
NO_IMPACT = "Not described yet: say it with /incident impact …"
NO_NUMBER = "How many, or how much? Nobody has said a number yet: say it with /incident impact …"
HOW_LONG, SEVERITY, RESPONDERS = "How long it lasted", "Severity", "People who worked on it"
MESSAGES, ALERTS = "Messages", "Alerts"
NOT_OVER = "not over yet"
CONTRADICTED = "unknown: it ends before it begins; say it with /incident time began …"
NO_SILENCE = "None of five minutes or longer."
NOBODY_THERE = "The log names nobody yet."
NOT_IN_LOG, NO_ROLE = "not in the log", "–"
AT = {"declared": "the declaration", "resolved": "the resolution"}
PEOPLE_HEAD = ("Role", "Who", "First seen", "Last seen", "Entries")
FACTORS_ASKED = "Two or more contributing factors are asked for: say one with /incident postmortem factor …"
NOBODY_SAID = "Nobody has said yet how it was noticed: say it with /incident time detected …"
FIRST_ALERTS = "The first alerts:"
NO_REFLECTION = "Nothing was marked. A reaction on a message in the incident's channel puts it here."
NO_SURPRISE = "Nothing is written here yet."
NO_DECISION = "None is recorded: say one with /incident postmortem decision …"
NO_ITEM = "There are no action items yet: make one with /incident action …"
NO_QUESTION = "None: ask one with /incident postmortem question …"
NO_ENTRY = "No entries yet."
ALL_PROPOSED = (
    "Nobody marked what mattered, so these are proposed. /incident postmortem adopt takes them as they are; a pin on "
    "a message, or /incident note, puts others here."
)
ITEM_HEAD = ("Key", "What", "Owner", "Due", "Kind", "Status", "Factor")
TIME_HEAD = ("Time", "When", "Who or what said so")
SPANS = (
    ("began", "detected", "From the beginning of the impact to its detection"),
    ("detected", "declared", "From detection to declaration"),
    ("declared", "mitigated", "From declaration to mitigation"),
    ("began", "mitigated", "From the beginning of the impact to its mitigation"),
    ("mitigated", "resolved", "From mitigation to resolution"),
    ("began", "resolved", "From the beginning of the impact to the resolution"),
)


def title(incident_key: str, incident_title: str) -> str:
    return f"{incident_key}: {incident_title}"


def unknown_time(name: str) -> str:
    verbs = {"declared": "declare", "resolved": "resolve"}
    return f"say it with /incident {verbs.get(name, f'time {name} …')}"


def log_heading(n: int) -> str:
    return f"The whole log: {n:,} {'entry' if n == 1 else 'entries'}"


def unknown(name: str) -> str:
    return f"{UNKNOWN}: {unknown_time(name)}"


def severity(number: int, changes: int) -> str:
    if not changes:
        return f"SEV{number}"
    return f"SEV{number}, changed {'once' if changes == 1 else f'{changes} times'}"


def silence(length: str, before: str, after: str) -> str:
    return f"{length}, from {before} to {after}"


def at_that_time(name: str, when: str) -> str:
    return f"{AT[name]} ({when})"


def quoted(text: str) -> str:
    return f"“{text}”"


def more_people(n: int) -> str:
    return f"And {n:,} more."


def item_state(item_key: str, is_open: bool, status: str) -> str:
    return item_key if is_open else f"{item_key}, {status}"


def factor(kind: str, text: str, items: str) -> str:
    return f"{kind}: {text} ({items or 'open: no action item yet'})"


def not_done(item_key: str, text: str, status: str, reason: str) -> str:
    return f"{item_key} {text}: {status}, {f'because {reason}' if reason else 'without a reason'}"


def said_how(source: str, when: str) -> str:
    return f"{source}, {when}"


def said_by(text: str, who: str, when: str) -> str:
    return f"{text} ({who}, {when})"


def by_hand(who: str, when: str) -> str:
    return f"Written by {who}, {when}"


# -- readiness and open questions


def missing_time(name: str) -> str:
    return f"{TIMES[name].lower()} is unknown"


def when_was(name: str) -> str:
    asked = "When did the impact begin?" if name == "began" else f"When was it {name}?"
    said = unknown_time(name)
    return f"{asked} {said[0].upper()}{said[1:]}"


def missing_factors(n: int) -> str:
    if n == 0:
        return "there are no contributing factors yet, two or more are asked for"
    return "there is one contributing factor, two or more are asked for"


def factors_without_action(n: int) -> str:
    return "1 factor has no action item" if n == 1 else f"{n} factors have no action item"


def factor_without_action(text: str) -> str:
    return f"What is done about “{text}”?"


def long_card(n: int) -> str:
    return f"the learning card is {n:,} characters long, at most {LEARNING_MOST} are asked for"


def no_card() -> str:
    return "nobody has written the learning card yet"


def no_trigger() -> str:
    return "nobody has said what set it off"


def too_long(pages: int) -> str:
    return f"the postmortem is about {pages:,} pages; 2 to 3 are read"


def no_impact() -> str:
    return "the impact is not described"


def items_without_owner(keys: str) -> str:
    return f"nobody owns {keys}"


def still_open(status: str) -> str:
    return f"the incident is still {status}"


def incomplete(why: str) -> str:
    return f"the log is incomplete: {why}"


# -- around the sections

EDITED, PROPOSED, LINK = "edited", "proposed", "link"


def headline(severity: int, status: str, version: int, owner: str, due: date) -> str:
    return f"SEV{severity} · {status} · version {version} · owner: {owner} · due {due_echo(due)}"
