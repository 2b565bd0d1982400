"""The form by which an organisation is set up, and what is said about its fields."""

from __future__ import annotations

from bot import words
from bot.capabilities import THREADED
from bot.command import Origin
from bot.model import Place, Policies
from bot.text import Form, Input, Text, say
from bot.words.actions import counted
from bot.words.policy import given


def form(policies: Policies, origin: Origin, teams: str, services: str) -> Form:
    living = (_channel("incidents", "Open incidents in threads of", policies.incidents, origin),)
    announced = _channel("announcements", "Announce incidents in", policies.announcements, origin)
    places = (*(living if origin.platform in THREADED else ()), announced)
    if policies.given_by:
        return Form(title="Set up Debrief", does="set_up", inputs=places, intro=given(policies.given_by))
    inputs = (*places, *_of_policy(policies, teams, services))
    return Form(
        title="Set up Debrief", does="set_up", inputs=inputs, intro=say("Everything here has a default and can wait.")
    )


def _of_policy(policies: Policies, teams: str, services: str) -> tuple[Input, ...]:
    return (
        Input(
            name="zone",
            label="Time zone",
            required=False,
            initial=policies.zone,
            hint="For example Europe/Berlin",
            max_length=60,
        ),
        Input(
            name="country",
            label="Country, for its holidays",
            required=False,
            initial=policies.country,
            hint="Two letters, for example DE",
            max_length=6,
        ),
        Input(
            name="call_link",
            label="Link of the incident call",
            required=False,
            initial=policies.call_link,
            hint="Stands on every status card, for example https://meet.example.com/incident",
            max_length=500,
        ),
        Input(
            name="teams",
            label="Teams",
            kind="text",
            required=False,
            initial=teams,
            hint="One a line: Payments: @maya #payments. A lead stays until you name another, or @nobody",
        ),
        Input(
            name="services",
            label="Services",
            kind="text",
            required=False,
            initial=services,
            hint="One a line: checkout = Payments",
        ),
    )


def _channel(name: str, label: str, chosen: Place | None, origin: Origin) -> Input:
    here = chosen is not None and (chosen.platform, chosen.tenant) == (origin.platform, origin.tenant)
    return Input(
        name=name, label=label, kind="channel", required=False, initial=chosen.channel if chosen and here else ""
    )


def saved(policies: Policies, first: bool) -> Text:
    where = say("New incidents are announced in the channel you chose. ")
    if not policies.announcements:
        where = say("New incidents are announced nowhere yet. ")
    text = say("Saved. ") + where
    text += say(
        "Zone {zone}, {teams}, {services}.",
        zone=policies.zone,
        teams=counted(len(policies.teams), "team"),
        services=counted(len(policies.services), "service"),
    )
    return text + say(" You are the admin now, as nobody was one yet.") if first else text


def only_admins() -> Text:
    return say(
        "Only an admin may set that up. Nothing was changed; {help} shows what you can do.", help=words.verb("help")
    )


def bad_channel(said: str) -> Text:
    return say("{said} is no channel I can find. Please choose one from the list.", said=said[:40])


def bad_zone(said: str) -> Text:
    return say("{said} is no time zone. Write its full name, for example Europe/Berlin.", said=said[:40])


def bad_country(said: str) -> Text:
    return say("{said} is no country. Write its two letters, for example DE or US.", said=said[:40])


def bad_link(said: str) -> Text:
    return say("{said} is no link I can use. It has to begin with https://.", said=said[:40])


def too_many(most: int) -> Text:
    return say("That is more than {most} lines. Please leave some out.", most=most)


def bad_team(line: str) -> Text:
    return say(
        "I do not understand the team \u201c{line}\u201d. Write a line like Payments: @maya #payments.", line=line[:60]
    )


def beyond_team(more: str, line: str) -> Text:
    return say(
        "I do not understand \u201c{more}\u201d in \u201c{line}\u201d. Write a line like Payments: @maya #payments.",
        more=more[:40], line=line[:60],
    )  # fmt: skip


def no_such_lead(line: str) -> Text:
    return say(
        "I know nobody by the name in \u201c{line}\u201d. Write it as their profile shows it, or leave the lead out.",
        line=line[:60],
    )


def bad_service(line: str) -> Text:
    return say(
        "I do not understand the service \u201c{line}\u201d. Write a line like checkout = Payments.", line=line[:60]
    )


def no_such_team(line: str) -> Text:
    return say("The team in \u201c{line}\u201d is not among the teams. Please add it there first.", line=line[:60])
