"""What an organisation may set, all of it optional: where to announce, zone and country, teams and services.

Law: a form with one wrong field changes nothing, and names the field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from bot.command import Command, Needs
from bot.commands import policy
from bot.errors import Refused
from bot.model import Place, Policies
from bot.permissions import is_admin
from bot.policy import ServiceRow, Team
from bot.policy_change import after_change, preview
from bot.policy_written import known_country
from bot.rules import decides, verb
from bot.state import Decision, State
from bot.text import Reply, Section, Typed
from bot.words import setup as words
from bot.words.incident import said as as_said
from bot.words.policy import cannot_lead
from bot.zones import valid_zone

MOST = 200
"""Lines of teams and services."""
_CHANNEL = re.compile(r"(?:<#)?([A-Z0-9]{2,20})(?:\|[^>]*)?>?", re.ASCII)
_TEAM_CHANNEL = re.compile(r"<#([A-Z0-9]{2,20})(?:\|[^>]*)?>|(?<=[\s,;])#([^\s,;<>]{1,120})")
_LEAD = re.compile(r"\ue000([^\ue001]{1,200})\ue001|(?<![\w@])(@[\w.\-]{1,80})")


@verb(
    "setup",
    "settings",
    usage="setup",
    example="setup",
    help="What your organisation may set: announcements, zone, teams, services; for admins.",
)
class SetUpForm(Command, kind="setup"):
    needs = Needs(announcing=True)
    asks = True


@decides(SetUpForm, may="admin")
def setup(state: State, command: SetUpForm, _now: datetime) -> Decision:
    _check_admin(state, command)
    policies = state.organisation.policies
    form = words.form(policies, command.origin, team_lines(policies), service_lines(policies))
    return Decision(state=state, reply=Reply(form=form))


class SetUp(Command, kind="set_up"):
    needs = Needs(open_items=True, announcing=True)

    announcements: str = ""
    """A channel's id on the tenant of the one who sets up."""
    incidents: str = ""
    """Likewise: the channel in whose threads incidents live."""
    zone: str = ""
    country: str = ""
    call_link: str = ""
    teams: Typed = ""
    services: Typed = ""


@decides(SetUp, may="admin")
def set_up(state: State, command: SetUp, now: datetime) -> Decision:
    """A zone by which others hear at another time is asked about once more; the rest is saved."""
    _check_admin(state, command)
    policies = state.organisation.policies
    places = {name: _chosen(command, name, getattr(policies, name)) for name in ("announcements", "incidents")}
    told = {**places, "admins": policies.admins | {state.actor.id}, **_told(state, command)}
    zone, first = _zone(command.zone) or policies.zone, not policies.admins
    saved = after_change(state, policies.model_copy(update=told), now, "new")
    moved = policy.rezoned(saved, zone, now)
    if policies.given_by or not preview(saved, moved, now, "new").alters:
        done = saved if policies.given_by else moved
        return Decision(state=done, reply=Reply.of(words.saved(done.organisation.policies, first)))
    asked = policy.asked_zone(saved, moved, now)
    said = (Section(text=words.saved(saved.organisation.policies, first)), *asked.sections)
    return Decision(state=saved, reply=Reply(card=asked.model_copy(update={"title": "", "sections": said})))


def _told(state: State, command: SetUp) -> dict[str, Any]:
    """What a file of the operator's says is not asked about."""
    if state.organisation.policies.given_by:
        return {}
    teams = tuple(_teams(state, command.teams))
    return {
        "country": _country(command.country),
        "call_link": _call_link(command.call_link),
        "teams": teams,
        "services": tuple(_services(command.services, {team.name for team in teams})),
    }


def _check_admin(state: State, command: Command) -> None:
    """Where nobody is an admin yet, because a token was configured by hand, whoever sets up first becomes one."""
    from_person = command.origin.actor and state.actor.kind == "human"
    if not from_person or (state.organisation.policies.admins and not is_admin(state, state.actor.id)):
        raise Refused(words.only_admins())


def _chosen(command: SetUp, field: str, before: Place | None) -> Place | None:
    """The channel that a field names. What was chosen on another platform is not for this form to take away."""
    said, here = str(getattr(command, field)).strip(), (command.origin.platform, command.origin.tenant)
    if not said:
        return before if before is not None and (before.platform, before.tenant) != here else None
    if before is not None and said == before.channel:
        return before
    found = _CHANNEL.fullmatch(said)
    channel = found.group(1) if found else said
    if len(channel) > 200 or any(one.isspace() for one in channel):
        raise Refused(words.bad_channel(said), field)
    return Place(platform=command.origin.platform, tenant=command.origin.tenant, channel=channel)


def _zone(said: str) -> str:
    if said.strip() and not valid_zone(said.strip()):
        raise Refused(words.bad_zone(said), "zone")
    return said.strip()


def _country(said: str) -> str:
    country = said.strip().upper()
    if country and not known_country(country):
        raise Refused(words.bad_country(said), "country")
    return country


def _call_link(said: str) -> str:
    link = said.strip()
    if link and not re.fullmatch(r"https://[^\s<>|\"]{3,500}", link):
        raise Refused(words.bad_link(said), "call_link")
    return link


def _lines(said: str, field: str) -> Iterator[str]:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    if len(lines) > MOST:
        raise Refused(words.too_many(MOST), field)
    yield from lines


def _teams(state: State, said: str) -> Iterator[Team]:
    """`Payments: @maya #payments`, one a line. A lead stays until another is named, or `@nobody`; a line that was not
    touched leaves its team as it is."""
    teams = state.organisation.policies.teams
    untouched, leads = {_line(team): team for team in teams}, {team.name: team.lead for team in teams}
    for line in _lines(said, "teams"):
        yield untouched.get(line) or _team(state, line, leads)


def _team(state: State, line: str, leads: dict[str, str]) -> Team:
    name, _, rest = line.partition(":")
    if not name.strip() or len(name) > 80 or _LEAD.search(name) or _TEAM_CHANNEL.search(f" {name}"):
        raise Refused(words.bad_team(as_said(state, line)), "teams")
    channel, rest = _taken(_TEAM_CHANNEL, f" {rest}")
    called, rest = _taken(_LEAD, rest)
    if more := " ".join(part for part in re.split(r"[\s,;]+", rest) if part):
        raise Refused(words.beyond_team(as_said(state, more), as_said(state, line)), "teams")
    return Team(name=name.strip(), lead=_lead(state, called, line, leads.get(name.strip(), "")), channel=channel)


def _taken(what: re.Pattern[str], said: str) -> tuple[str, str]:
    """The first of it, and what is left without."""
    found = what.search(said)
    if found is None:
        return "", said
    return next(one for one in found.groups() if one), f"{said[: found.start()]} {said[found.end() :]}"


def _lead(state: State, called: str, line: str, before: str) -> str:
    if not called or called == "@nobody":
        return "" if called else before
    if called not in state.named:
        raise Refused(words.no_such_lead(as_said(state, line)), "teams")
    person = state.people.get(state.named[called])
    if person is not None and person.kind != "human":
        raise Refused(cannot_lead(person.name, person.kind), "teams")
    return state.named[called]


def _services(said: str, teams: set[str]) -> Iterator[ServiceRow]:
    """`checkout = Payments`, one a line; the team may be missing."""
    for line in _lines(said, "services"):
        name, equals, team = (part.strip() for part in line.partition("="))
        if not name or len(name) > 80:
            raise Refused(words.bad_service(line), "services")
        if equals and team not in teams:
            raise Refused(words.no_such_team(line), "services")
        yield ServiceRow(name=name, team=team)


def team_lines(policies: Policies) -> str:
    return "\n".join(_line(team) for team in policies.teams)


def _line(team: Team) -> str:
    return f"{team.name}: #{team.channel}" if team.channel else team.name


def service_lines(policies: Policies) -> str:
    return "\n".join(f"{row.name} = {row.team}" if row.team else row.name for row in policies.services)
