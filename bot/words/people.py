"""What the bot says about roles, and about who is brought in and taken out."""

from __future__ import annotations

from bot import words
from bot.model import Incident
from bot.state import State
from bot.text import Code, Text, joined, say
from bot.words.incident import named

ROLES = {"lead": "incident commander", "comms": "communications", "ops": "operations"}
"""How some roles are spoken of; others by their own name."""


def role_name(role: str) -> str:
    return ROLES.get(role, role)


def role_line(name: str, role: str) -> str:
    return f"{role_name(role).capitalize()}: {name}"


def leads(state: State, person: str) -> Text:
    return say("{who} is now the incident commander.", who=words.person(state, person))


def role_set(state: State, person: str, role: str) -> Text:
    """Whoever takes the lead is told what comes next."""
    if role == "lead" and person == state.actor.id:
        return say("You are the incident commander now. {update} tells everybody how it stands.",
                   update=words.verb("update …"))  # fmt: skip
    if person == state.actor.id:
        return say("You have the role {role} now.", role=role_name(role))
    return say("{who} now has the role {role}.", who=words.person(state, person), role=role_name(role))


def you_have_role(state: State, incident: Incident, role: str) -> Text:
    return say(
        "{who} gave you the role {role} in {incident}.",
        who=words.person(state, state.actor.id),
        role=role_name(role),
        incident=named(state, incident),
    )


def has_role(state: State, person: str, role: str) -> Text:
    return say(
        "{who} has the role {role} already; nothing was changed.", who=words.person(state, person), role=role_name(role)
    )


def leads_already(state: State, person: str) -> Text:
    return say(
        "{who} is the incident commander by now. {lead} takes over. Nothing was changed.",
        who=words.person(state, person), lead=words.verb("lead"),
    )  # fmt: skip


def bad_role(role: str) -> Text:
    return say(
        "{role} is no role I can use: one or two words of at most 30 letters, as in {example}.",
        role=role[:40] or "That",
        example=words.verb("role comms @maya"),
    )


def no_such_person(name: str, example: str) -> Text:
    return say(
        "I know nobody called {name}. Please choose the person from the list that appears after @, as in {example}.",
        name=name[:40] or "that",
        example=words.verb(example),
    )


def one_at_a_time() -> Text:
    return say("That takes one person at a time. Nothing was changed; please say it once for each.")


def not_a_person(name: str) -> Text:
    return say("{name} cannot take that on: it has to be a person who is still here. Nothing was changed.", name=name)


def no_role_for_guests(name: str) -> Text:
    return say(
        "{name} is a guest, and most of what a role asks for is for members alone. Nothing was changed.", name=name
    )


def linked(kept: str, other: str, accounts: int) -> Text:
    return say("{other} is {kept} from now on, with {accounts} accounts.", other=other, kept=kept, accounts=accounts)


def not_linked_unknown() -> Text:
    return say(
        "One of the two is nobody here, or somebody else by now. {list} shows everybody.",
        list=Code(text="debrief people list"),
    )


def not_linked_same(name: str) -> Text:
    return say("That is one person already: {name}. Nothing was changed.", name=name)


def not_linked_kind(name: str) -> Text:
    return say("{name} is a guest, a program, or gone: only members can be one person. Nothing was changed.", name=name)


def not_linked_tenant(kept: str, other: str) -> Text:
    return say(
        "{kept} and {other} have accounts on the same tenant, so they are two people. Nothing was changed.",
        kept=kept,
        other=other,
    )


def no_account(name: str) -> Text:
    return say("{name} has no account where this incident's channel is, so I cannot bring them in.", name=name)


def invited(state: State, person: str) -> Text:
    return say("{who} is being brought into the channel.", who=words.person(state, person))


def invited_line(name: str) -> str:
    return f"{name} was brought in"


def removed_line(name: str) -> str:
    return f"{name} was taken out"


def removed(name: str) -> Text:
    return say("{name} is being taken out, and can no longer see the incident.", name=name)


def remove_from_public() -> Text:
    return say(
        "This incident is public: everybody in the organisation may see it, so there is nobody to take out. "
        "People may leave its channel themselves."
    )


def remove_not_in(name: str) -> Text:
    return say("{name} is not in this incident; nothing was changed.", name=name)


def remove_yourself() -> Text:
    return say("You would lose sight of the incident yourself. Please ask somebody else in it to take you out.")


INVITE, REMOVE = "Bring somebody in", "Take somebody out"


def invite_first(name: str) -> Text:
    return say(
        "This incident is private, and {name} is not in it. Bring them in first, with {verb}.",
        name=name,
        verb=words.verb("invite"),
    )


def remove_lead() -> Text:
    return say("They lead the incident. Hand it over first with {verb}.", verb=words.verb("lead @maya"))


def roles(state: State, incident: Incident) -> Text:
    held = [
        say("{role}: {who}", role=role_name(role), who=words.person(state, who))
        for role, who in sorted(incident.roles.items())
    ]
    return joined(held) if held else say("none yet; {verb} takes the lead", verb=words.verb("lead me"))


def joining(incident: Incident) -> Text:
    return say("I am bringing you into the channel of {key}.", key=words.key(incident))


def no_channel_yet(incident: Incident) -> Text:
    return say("{key} has no channel yet; please try again in a moment.", key=words.key(incident))


def is_private(incident: Incident) -> Text:
    return say(
        "{key} is private: somebody in it can bring you in with {verb}.",
        key=words.key(incident),
        verb=words.verb("invite"),
    )


# -- admins


def is_admin(name: str) -> Text:
    return say("{name} is an admin now.", name=name)


def no_longer_admin(name: str) -> Text:
    return say("{name} is no longer an admin.", name=name)


def last_admin(name: str) -> Text:
    return say("{name} is the only admin. Nothing was changed; name another one first.", name=name)


def no_admin_kind(name: str) -> Text:
    return say("{name} is a guest, a bot, or has left, and cannot be an admin. Nothing was changed.", name=name)
