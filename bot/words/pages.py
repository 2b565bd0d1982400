"""What the pages to read say: now, an incident, the list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.zones import echo

SETUP_TITLE = "Setup"

# -- similar incidents

SIMILAR_TITLE, KNOWN = "Seen before", "At its review"
FIXED_BY = "What fixed it:"
STILL_OPEN_ITEMS = "Still open from then:"
NOBODY_OWNS = "nobody owns it"
OVERDUE = "overdue"
NOTHING_SIMILAR = "Nothing like it was found among the past incidents that you can see."


def similar_to(key: str) -> str:
    return f"Past incidents like {key}"


def due_on(day: str) -> str:
    return f"due {day}"


# -- the chart of an incident

STATE = "State"
ALERTS = "Alerts"
ACTIONS = "Action items"
POSTMORTEM = "Postmortem"
OTHERS = "Everybody else"
NOW = "now"
SHORTEST = 160
"""Characters of what was said that a mark in the chart tells."""


def chart(key: str) -> str:
    return f"Timeline of {key} as a chart"


def mark(when: str, who: str, text: str, proposed: bool) -> str:
    said = " ".join(text.split())
    said = f"{said[: SHORTEST - 1]}…" if len(said) > SHORTEST else said
    return f"{when}, {who}{' (proposed)' if proposed else ''}: {said}"


def marks(n: int, first: str, last: str, whose: str) -> str:
    span = first if first == last else f"{first} to {last}"
    return f"{span}, {whose}: {n} entries"


def time_mark(name: str, when: str) -> str:
    return f"{name}: {when}"


def impact_span(length: str, going_on: bool) -> str:
    return f"Impact for {length} so far" if going_on else f"Impact for {length}"


def quiet_span(length: str) -> str:
    return f"{length} without an entry are left out here"


PAST_CHART = "Past the chart, to the timeline in words"
TIMELINE_HEAD = ("time (UTC)", "local time", "kind", "lane", "who", "role", "text", "link", "stands as")


def standing(is_key: bool, proposed: bool, deleted: bool) -> str:
    """What a line of the log is to the timeline."""
    if deleted:
        return "deleted"
    return "key" if is_key else "proposed" if proposed else "log"


PROPOSED = "Nobody has marked an entry yet, so some are proposed. Keep what tells the story, or pin a message in chat."
KEEP, ADD, TAKE_OFF = "Keep", "Add to timeline", "Take off"


def keep_all(n: int) -> str:
    return "Keep the proposed entry" if n == 1 else f"Keep all {n} proposed entries"


# -- an incident while it runs

REFRESH = "Refresh"
LATE = "late"
CONNECTION_LOST = "The connection is lost, so this page stands still for now. Refresh tries again."
OVER = "It is over, so this page no longer brings itself up to date."


def as_of(when: str) -> str:
    return f"As of {when}."


def chart_told(impact: str, faint: bool) -> str:
    """`impact` is the label of the shaded span; empty: there is none."""
    unknown = "Nothing is shaded, because it is unknown when the impact began, or when it ended."
    shaded = f"Shaded: {impact[0].lower()}{impact[1:]}." if impact else unknown
    dots = "Each dot is an entry of the timeline, and leads to where it was said"
    return f"{shaded} {dots}; faint strokes are everything else." if faint else f"{shaded} {dots}."


AS_CSV = "As a table (CSV)"


def as_table(heading: str) -> str:
    """The name of a region that scrolls, which must not be that of the section around it."""
    return f"{heading} as a table"


# -- now

NOW_TITLE = "Now"
OPEN_TITLE = "Open incidents"
MY_ITEMS = "My open action items"
MY_POSTMORTEMS = "Postmortems that wait for me"
NOTHING_BURNS = "Nothing burns."
DECLARE = "Something does? In chat, /incident declare opens an incident, on Teams @Debrief declare."
ALL_MY_ITEMS = "All my items"
NO_ITEMS = "You have no open action items."
NO_POSTMORTEMS = "No postmortem waits for you."
OWNER, REVIEWER = "you own it", "your review is asked for"
NOBODY_LEADS = "nobody leads"
NO_UPDATE = "No update yet."
NO_IMPACT = "Impact is not described yet."


def as_of_now(at: datetime, zone: str) -> str:
    return as_of(echo(at, zone))


def unled(keys: Sequence[str]) -> str:
    return f"Nobody leads {', '.join(keys)}. In the incident's channel, /incident lead me takes the lead."


def led_by(lead: str | None) -> str:
    return f"led by {lead}" if lead else NOBODY_LEADS


def running_for(length: str) -> str:
    return f"running for {length}"


def update_late(length: str) -> str:
    return f"the next update is {length} late"


def next_update(when: str) -> str:
    return f"next update by {when}"


def and_more_items(n: int) -> str:
    return f"and {n} more, by later dates"


# -- the list

LIST_TITLE = "Incidents"
SEARCHED = "Key, title, impact, summary or timeline"
NO_INCIDENTS = "No incidents yet. In chat, /incident declare opens the first one."
STATUSES = (("", "any"), ("open", "open"), ("active", "active"), ("mitigated", "mitigated"), ("resolved", "resolved"),
            ("closed", "closed"))  # fmt: skip
SEVERITIES = (("", "any"), *((number, f"SEV{number}") for number in (1, 2, 3, 4, 5)))
NEAR = "Near it there are:"
FAR = "Nothing is near it either. Try fewer words: each of them has to stand somewhere in an incident."
LIST_HEAD = (
    "key", "title", "severity", "status", "private", "drill", "service", "incident commander", "impact", "began (UTC)",
    "detected (UTC)", "declared (UTC)", "mitigated (UTC)", "resolved (UTC)",
)  # fmt: skip
WITHOUT = {"status": "whatever their status", "severity": "whatever their severity", "q": "without the words"}


def fits(n: int, filtered: bool) -> str:
    if not filtered:
        return "1 incident" if n == 1 else f"{n:,} incidents"
    return {0: "No incident fits.", 1: "1 incident fits."}.get(n, f"{n:,} incidents fit.")


def wider(n: int, how: str) -> str:
    return f"{fits(n, filtered=False)} {how}"


def with_word(word: str) -> str:
    return f"with “{word}” alone"
