"""What the bot says of past incidents that are like one. Names stand beside late items only where one reads alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot import words
from bot.model import ActionItem, Incident
from bot.similar import Match, Shown
from bot.state import State
from bot.text import Strong, Text, joined, page, say
from bot.votes import Votes
from bot.words.actions import NO_OWNER, counted, item_state
from bot.words.incident import said

SHOW = "Show similar"
USEFUL, NOT_USEFUL = "Useful", "Not useful"
WHY = {
    "service": "same service",
    "error": "same error text",
    "factor": "same kind of factor",
    "words": "alike in words",
}
FIXED, STILL_OPEN, ALIKE = "What fixed it", "Still open", "Why"


def title(incident: Incident) -> str:
    return f"Similar to {incident.key}"


def nothing(incident: Incident) -> Text:
    return say(
        "Nothing similar to {key} was found among the past incidents that you can see. It is looked for again with "
        "every {impact} and {update}: more words find more.",
        key=words.key(incident),
        impact=words.verb("impact …"),
        update=words.verb("update …"),
    )


def reasons(why: Sequence[str]) -> str:
    """That words are shared goes without saying where there is more."""
    told = [WHY[one] for one in why if one in WHY and (one != "words" or len(why) == 1)]
    return ", ".join(told)


def heading(state: State, match: Match) -> Text:
    past = match.past.incident
    declared = past.times.declared
    on = f" ({declared.at:%d %b %Y})" if declared else ""
    key = page(f"/incidents/{past.key}", past.key)
    return say("{key} {title}{on}", key=key, title=said(state, past.title), on=on)


def because(match: Match) -> Text:
    shared = f"; both speak of {', '.join(match.shared)}" if match.shared else ""
    return say("{reasons}{shared}{votes}", reasons=reasons(match.why), shared=shared, votes=voted(match.past.votes))


def voted(votes: Votes) -> str:
    """How many people found it useful here, and not; and what others' words elsewhere did to its place."""
    here = f"; useful here to {votes.useful}, not to {votes.not_useful}" if votes.useful or votes.not_useful else ""
    moved = (
        "; people found it useful elsewhere" if votes.moves > 0 else "; of less use elsewhere" if votes.moves else ""
    )
    return here + moved


def left_out(match: Match) -> Text:
    votes = match.past.votes
    why = "you found it not useful" if votes.mine is False else f"not useful to {votes.not_useful} people here"
    return say("Left out: {key} ({why}).", key=Strong(text=match.past.incident.key), why=why)


def what_fixed_it(state: State, match: Match) -> Text:
    text = match.past.incident.summary or match.past.mitigation
    return say("{text}", text=" ".join(said(state, text).split())[:400] or "nobody wrote it down")


def still_open(state: State, items: Sequence[ActionItem], today: date) -> Text:
    """The latest first, whose they are and how late."""
    lines = [
        say(
            "{key} {text} ({owner}, {state})",
            key=Strong(text=item.key),
            text=said(state, item.text)[:200],
            owner=words.person(state, item.owner) if item.owner else NO_OWNER,
            state=item_state(item, today),
        )
        for item in sorted(items, key=lambda one: (one.due, one.key))[:5]
    ]
    if len(items) > len(lines):
        lines.append(say("… and {n} more", n=len(items) - len(lines)))
    return joined(lines, "\n")


def seen_before(shown: Sequence[Shown]) -> Text:
    return say("Seen before: {told}", told=joined([_seen(one) for one in shown], " · "))


def _seen(one: Shown) -> Text:
    items = f", {counted(one.open_items, 'action item')} still open" if one.open_items else ""
    return say("{key} ({why}{items})", key=Strong(text=one.key), why=reasons(one.why), items=items)


def noted(incident: Incident, key: str, *, useful: bool) -> Text:
    told = "is useful" if useful else "is not useful"
    return say(
        "Noted: {other} {told} for {key}.",
        other=Strong(text=key),
        told=told,
        key=words.key(incident),
    )


def not_shown(key: str) -> Text:
    return say(
        "{other} is not among what was shown to you here. {similar} shows it.",
        other=key[:40],
        similar=words.verb("similar"),
    )
