"""Every sentence that a person reads, by the part of the work it belongs to; here those that belong to all parts.

Law: a sentence says what happened or what to do next, and names its remedy. Rules choose it, adapters only render.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.model import Incident
from bot.text import Code, Mention, Part, Strong, Text, say

if TYPE_CHECKING:
    from bot.state import State


def key(incident: Incident) -> Strong:
    return Strong(text=incident.key)


def verb(words: str) -> Code:
    """How somebody types a verb."""
    return Code(text=f"/incident {words}")


def person(state: State, person_id: str, platform: str = "") -> Part:
    """A person as a mention on the incident's platform, or by name where they have no account there."""
    found = state.people.get(person_id)
    if found is None:
        return "somebody"
    place = state.incident.place if state.incident else None
    account = found.account_on(platform or (place.platform if place else ""), place.tenant if place else "")
    account = account or (found.accounts[0] if found.accounts else None)
    return Mention(account=account.key, name=found.name) if account else found.name


def no_such_incident(name: str) -> Text:
    return say("I know no incident {name}. {list} shows those you can see.", name=name[:40], list=verb("list"))


def which_incident_none() -> Text:
    return say(
        "Which incident? This is not the channel of one, and you are in no open one. Name it first, as in {example}. "
        "{list} shows the open ones, {declare} makes a new one.",
        example=verb("INC-42 note …"),
        list=verb("list"),
        declare=verb("declare"),
    )


def which_incident() -> Text:
    return say("You are in several open incidents. Which one do you mean?")


def assumed(incident: Incident) -> Text:
    return say("(I took your only open incident, {key} {title}.)", key=key(incident), title=incident.title)


def parked() -> Text:
    return say(
        "Something went wrong on my side, and nothing was changed. What you asked is kept and will be looked at; "
        "please go on, or try it another way."
    )


def unavailable() -> str:
    return "I cannot reach my database right now, so nothing was changed. Please try again in a minute."


def for_admins() -> Text:
    return say("Only an admin may do that. Nothing was changed; {help} shows what you can do.", help=verb("help"))


def not_for_bots() -> Text:
    return say("Only people may do that. Nothing was changed.")


def not_for_guests() -> Text:
    return say("Guests can read and add notes in incidents they were invited to. Please ask a member to do this.")


def for_the_commander(state: State) -> Text:
    lead = state.incident.lead if state.incident else ""
    return say(
        "Only the incident commander, the postmortem's owner or an admin may do that. Ask {lead}, "
        "or take over with {take}. Nothing was changed.",
        lead=person(state, lead),
        take=verb("lead me"),
    )
