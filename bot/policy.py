"""What an organisation decides about itself: one typed value for all rules, from a file, the Setup page or chat.

Law: each number has bounds and a default. Rules find it in the state that they are given, and nowhere else.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from bot.text import Value

Days = Annotated[int, Field(ge=1, le=730)]
ReviewDays = Annotated[int, Field(ge=1, le=90)]
Minutes = Annotated[int, Field(ge=5, le=1440)]
Weeks = Annotated[int, Field(ge=1, le=26)]
Kind = Literal["prevent", "detect", "mitigate", "learn"]
KINDS: tuple[Kind, ...] = ("prevent", "detect", "mitigate", "learn")
Level = Literal["responder", "commander", "admin"]
"""responder, commander and admin as in `bot.rules.Who`."""
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
STEPS = ("ignored_two_weeks", "ignored_four_weeks", "ignored_six_weeks")
"""The rules of escalation, in the order of `Policy.escalation_weeks`; they are called by what is usual."""
MOST = 200
"""Teams, and services."""
SETTABLE: dict[str, tuple[Level, ...]] = {
    "sev": ("responder", "commander"),
    "mitigate": ("responder", "commander"),
    "resolve": ("responder", "commander", "admin"),
    "close": ("responder", "commander", "admin"),
    "reopen": ("responder", "commander"),
    "accept_risk": ("commander", "admin"),
    "postmortem_review": ("responder", "commander", "admin"),
    "postmortem_publish": ("responder", "commander", "admin"),
    "postmortem_revise": ("responder", "commander", "admin"),
}
"""By kind of command: to whom an organisation may give it. All others are as the table of permissions says."""


class Team(Value):
    name: str
    lead: str = ""  # a person's id
    channel: str = ""


class ServiceRow(Value):
    name: str
    team: str = ""


class Policy(Value):
    """The description of a field is its line in the documentation."""

    zone: str = Field(default="UTC", description="Time zone of the organisation, and of whoever has none of their own.")
    country: str = Field(
        default="", description="Country (with a region as in `DE-BY`) on whose public holidays nobody is reminded."
    )
    call_link: str = Field(default="", description="Link of the incident call, on every status card.")
    due_days: dict[int, Days] = Field(
        default={1: 15, 2: 30, 3: 60, 4: 60, 5: 60},
        description="Days until an action item is due, by severity; never fewer for a milder one.",
    )
    due_days_by_kind: dict[Kind, Days] = Field(
        default={}, description="Likewise by what the item is for; the sooner of both dates counts."
    )
    postmortem_days: dict[int, ReviewDays] = Field(
        default={1: 3, 2: 5, 3: 10, 4: 10, 5: 10},
        description="Days until a postmortem is due, by severity: for SEV1 by the calendar, for others working days.",
    )
    digest_weekday: Annotated[int, Field(ge=0, le=4)] = Field(
        default=0, description="Day of the weekly digest of whoever has chosen none."
    )
    digest_time: str = Field(default="09:30", description="Its time in their own zone, from 09:00 to 16:59.")
    due_soon_days: Annotated[int, Field(ge=1, le=14)] = Field(
        default=2, description="Days before the date of an action item at which its owner gets one word."
    )
    update_minutes: dict[int, Minutes] = Field(
        default={},
        description="Minutes after which the next update is due where none was promised, by severity; without one only "
        "what was promised counts.",
    )
    escalation_weeks: tuple[Weeks, Weeks, Weeks] = Field(
        default=(2, 4, 6),
        description="Ignored weeks after which the postmortem's owner hears of an action item, then its team, and then "
        "somebody has to decide; a step that is no earlier than the next one is left out.",
    )
    may: dict[str, Level] = Field(default={}, description="Who may do what, where it is not as in the table below.")
    teams: tuple[Team, ...] = Field(default=(), description="Teams: name, lead, channel, and the services they own.")
    services: tuple[ServiceRow, ...] = Field(default=(), description="Services that incidents can name.")

    def days_for(self, severity: int, kind: str = "") -> int:
        """Until an action item is due."""
        days = self.due_days.get(severity, max(self.due_days.values(), default=60))
        return min([days, *(more for name, more in self.due_days_by_kind.items() if name == kind)])

    def team_of(self, service: str) -> Team | None:
        """The team that owns a service."""
        name = next((row.team for row in self.services if row.name == service and row.team), "")
        return next((team for team in self.teams if team.name == name), None)


def reached(policy: Policy, heard: int) -> int:
    """How many of the steps lie behind an item that was told of in that many digests."""
    return sum(heard > weeks for weeks in policy.escalation_weeks)


def reaches(policy: Policy, heard: int) -> str:
    """The rule that an item comes to with that digest; empty: none. The last one it never leaves."""
    steps, weeks = reached(policy, heard), policy.escalation_weeks
    exactly = steps and heard == weeks[steps - 1] + 1
    return STEPS[steps - 1] if exactly or steps == len(STEPS) else ""
