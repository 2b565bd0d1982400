"""Which open action items somebody asks for, as it stands in an address.

Law: the page, its twins and the changes of several at once read the same question; what is unknown in it is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal
from urllib.parse import parse_qs

from fastapi import Depends, Query
from starlette.datastructures import QueryParams

from adapters.web.api import searched
from adapters.web.lists import AskedSeverity
from bot.follow_through import services_of
from bot.item_lists import Which
from bot.model import Policies
from bot.text import Value
from bot.words import follow_through as words

TEAM, SERVICE = "team:", "service:"
Overdue = Literal["", "1"]
Of = Annotated[str, Query(max_length=300)]


class Wanted(Value):
    owner: str = ""
    """me, nobody or a person's id."""
    of: str = ""
    """team:NAME or service:NAME."""
    overdue: Overdue = ""
    severity: int = 0
    q: str = ""

    @property
    def address(self) -> str:
        """The part of an address behind the `?`."""
        return str(QueryParams({name: str(value) for name, value in self.model_dump().items() if value}))

    def of_all(self) -> Wanted:
        """Without what figures are not made of: no owner, no words."""
        return Wanted(of=self.of, severity=self.severity)

    def which(self, me: str, policies: Policies, today: date) -> Which:
        owner = {"": None, "me": me, "nobody": ""}.get(self.owner, self.owner)
        before = today if self.overdue else None
        return Which(owner=owner, services=self.services(policies), before=before, severity=self.severity, text=self.q)

    def services(self, policies: Policies) -> tuple[str, ...] | None:
        """None: of any, or of none."""
        if self.of.startswith(TEAM):
            return services_of(self.of.removeprefix(TEAM), policies)
        return (self.of.removeprefix(SERVICE),) if self.of.startswith(SERVICE) else None

    @property
    def of_name(self) -> str:
        if self.of.startswith(TEAM):
            return words.team(self.of.removeprefix(TEAM))
        return words.service(self.of.removeprefix(SERVICE)) if self.of.startswith(SERVICE) else ""


def wanted(
    owner: Annotated[str, Query(max_length=200)] = "", of: Of = "", overdue: Overdue = "", severity: AskedSeverity = "",
    q: str = "",
) -> Wanted:  # fmt: skip
    """A form sends an empty severity where any will do."""
    return Wanted(owner=searched(owner), of=searched(of), overdue=overdue, severity=int(severity or 0), q=searched(q))


Question = Annotated[Wanted, Depends(wanted)]


def came_from(query: str) -> Wanted:
    """The question of the page that a form stood on, as the form says it."""
    said = {name: texts[0] for name, texts in parse_qs(query[:2000]).items() if name in Wanted.model_fields}
    severity = said.pop("severity", "")
    late: Overdue = "1" if said.pop("overdue", "") else ""
    kept = {name: searched(text) for name, text in said.items()}
    return Wanted(**kept, overdue=late, severity=int(severity) if severity in ("1", "2", "3", "4", "5") else 0)


def choices(policies: Policies, chosen: str) -> Sequence[tuple[str, str]]:
    """Teams that own a service, and services; what is chosen stands there though it is gone."""
    teams = dict.fromkeys(row.team for row in policies.services if row.team)
    offered = [(TEAM + name, words.team(name)) for name in sorted(teams, key=str.casefold)]
    names = sorted((row.name for row in policies.services), key=str.casefold)
    offered += [(SERVICE + name, words.service(name)) for name in names]
    gone = Wanted(of=chosen)
    if gone.of_name and chosen not in dict(offered):
        offered.append((chosen, gone.of_name))
    return (("", words.ANY_SERVICE), *offered)
