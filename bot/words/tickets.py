"""Sentences about tickets of action items: what people read in chat, and what stands in the tracker.

Law: what stands in the tracker names no secret, and what people typed is literal there.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.model import ActionItem, Incident, ItemStatus
from bot.text import Link, Part, Strong, Text, say
from bot.ticket import Ticket, TrackerHere
from bot.words import verb
from bot.zones import due_echo

WONT_DO, KEEP, ANEW = "Won't do", "Keep it open, without the ticket", "New ticket"


def _key(item: ActionItem) -> Strong:
    return Strong(text=item.key)


def _of(ticket: Ticket) -> Part:
    return Link(url=ticket.url, label=ticket.id or ticket.url) if ticket.url else ticket.id or "a ticket"


# -- in chat


def on_its_way(item: ActionItem, tracker: TrackerHere, *, linked: bool) -> Text:
    words = "I link {key} with its ticket in {where}, and tell you." if linked else (
        "I open a ticket for {key} in {where}, and send you its link."
    )  # fmt: skip
    return say(words, key=_key(item), where=tracker.label)


def opened(item: ActionItem, ticket: Ticket) -> Text:
    closed = " It is closed there already; {done} ends the item too." if ticket.state in ("done", "dropped") else ""
    return say(
        "{key} has the ticket {ticket}." + closed, key=_key(item), ticket=_of(ticket), done=verb(f"done {item.key}")
    )


def taken(item: ActionItem) -> Text:
    return say("That ticket belongs to another action item already, so {key} has none.", key=_key(item))


def refused(item: ActionItem, reason: str) -> Text:
    return say("{key}: {reason}", key=_key(item), reason=reason[:300])


def not_opened(item: ActionItem, reason: str) -> Text:
    return say(
        "{key}: {reason}. Whoever runs me can check where tickets go to and what the token may do there; "
        "then {again} tries it again.",
        key=_key(item), reason=reason[:300].removesuffix("."), again=verb(f"ticket {item.key}"),
    )  # fmt: skip


def has_one(item: ActionItem, ticket: Ticket) -> Text:
    if not ticket.id:
        return say("A ticket for {key} is on its way. Nothing was changed.", key=_key(item))
    return say(
        "{key} has the ticket {ticket}. {off} lets it go. Nothing was changed.",
        key=_key(item), ticket=_of(ticket), off=verb(f"ticket {item.key} off"),
    )  # fmt: skip


def has_none(item: ActionItem) -> Text:
    return say("{key} has no ticket. Nothing was changed.", key=_key(item))


def let_go(item: ActionItem) -> Text:
    return say("{key} has no ticket any more. The ticket itself stays as it is.", key=_key(item))


def ended(item: ActionItem) -> Text:
    return say("{key} is {status} already and needs no ticket. Nothing was changed.", key=_key(item),
               status=item.status.value)  # fmt: skip


def no_tracker() -> Text:
    return say("No tracker is set up here. Whoever runs me can set one up.")


def not_a_ticket(trackers: Iterable[TrackerHere]) -> Text:
    known = [f"{one.label} ({one.pages}…)" if one.pages else one.label for one in trackers]
    return say("I know no such ticket. Tickets can be in: {known}. Nothing was changed.", known=", ".join(known))


def not_private(item: ActionItem, tracker: TrackerHere) -> Text:
    return say(
        "{key} is of a private incident, and nothing of those goes to {where}. Nothing was changed.",
        key=_key(item), where=tracker.label,
    )  # fmt: skip


def lost(item: ActionItem, ticket: Ticket) -> Text:
    happened = "is not there any more" if ticket.state == "gone" else "was closed as not planned"
    return say(
        "The ticket {ticket} of {key} {happened}, while the item is open: {text}\nWhat is to become of it?",
        ticket=_of(ticket), key=_key(item), happened=happened, text=item.text,
    )  # fmt: skip


def followed(item: ActionItem, what: str) -> str:
    """The line in the timeline."""
    if what == "done":
        return f"{item.key} done, as its ticket was closed: {item.text}"
    return f"{item.key} opened again with its ticket, due {due_echo(item.due)}: {item.text}"


# -- in the tracker


FOR = {
    "prevent": "so that it cannot happen again",
    "detect": "so that it is noticed sooner",
    "mitigate": "so that it hurts less",
    "learn": "so that it is understood better",
}


def why(item: ActionItem, incident: Incident, factor: str) -> list[str]:
    """What it comes from and why it matters, a line each."""
    of = f"From {incident.key} (SEV{incident.severity}): {incident.title}"
    purpose = f"It is done {FOR[item.kind]}." if item.kind else ""
    return [line for line in (of, purpose, f"Contributing factor: {factor}" if factor else "") if line]


def facts(item: ActionItem, owner: str) -> list[str]:
    return [f"Due {item.due.isoformat()}", *([f"Owner: {owner}"] if owner else [])]


def kept(item: ActionItem) -> str:
    return f"Debrief keeps this ticket in step with its action item {item.key}: what is closed here is done there."


def became(item: ActionItem) -> str:
    """What was done to an item, for its ticket."""
    if item.status is ItemStatus.OPEN:
        return f"{item.key} is open again in Debrief, due {item.due.isoformat()}."
    if item.status is ItemStatus.DONE:
        link = item.link if item.ticket and item.link != item.ticket.url else ""
        return f"{item.key} is done in Debrief.{f' {link}' if link else ''}"
    said = "The risk is accepted" if item.status is ItemStatus.ACCEPTED_RISK else "It will not be done"
    return f"{item.key} is ended in Debrief. {said}: {item.reason}"


def owned(item: ActionItem, owner: str) -> str:
    return f"{item.key} is with {owner} now." if owner else f"{item.key} has no owner now."


def due(item: ActionItem) -> str:
    return f"{item.key} is due {item.due.isoformat()} now."


# -- why something is not there


def not_in_step(label: str) -> str:
    return f"Its ticket in {label} is not as it should be"


def unopened(label: str, reason: str) -> str:
    """Why there is none, of a ticket that is not there to be as it should be."""
    return reason.replace(not_in_step(label), f"{label} opened no ticket")


def said_no(label: str) -> str:
    return f"{not_in_step(label)}: it was refused."


def no_state(label: str) -> str:
    return f"{not_in_step(label)}: its team has no state for that."


def private(label: str) -> str:
    return f"It is of a private incident, and nothing of those goes to {label}."


def not_there(label: str) -> str:
    return f"There is no such ticket in {label}, or I may not see it."


def gave_up(label: str) -> str:
    return f"Its ticket in {label} is not as it should be: it could not be reached for a day."


def well(label: str, what: str) -> str:
    return f"{label}: tickets go to {what}"


def nowhere(label: str, name: str) -> str:
    return f"{label}: {name} is not there, or the token may not see it"


def no_issues(label: str, name: str) -> str:
    return f"{label}: {name} has no issues switched on"


def no_scope(label: str, scope: str) -> str:
    return f"{label}: its token needs the scope {scope}"


def no_type(label: str, project: str, kind: str) -> str:
    return f"{label}: in {project} there is no issue type {kind}, or the token may not open one."


def asks_for(label: str, kind: str, fields: Iterable[str]) -> str:
    return f"{label}: a new {kind} needs fields that nobody could fill in: {', '.join(fields)}"


def no_level(label: str, level: str) -> str:
    return f"{label}: a new ticket cannot have the security level {level}, which those of private incidents need."


def no_step(label: str, ticket: str, state: str) -> str:
    wanted = {"open": "open it again", "done": "close it as done"}.get(state, "close it")
    return f"In {label} no step of the workflow of {ticket} that I may take would {wanted}. Please do it there."


def not_known(label: str) -> str:
    return f"Nobody knows whether its ticket in {label} was opened: please look there, and link it or ask once more."
