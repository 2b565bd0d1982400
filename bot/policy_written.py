"""A policy as people write it: the fields of the settings file, of the Setup page, and of `debrief policy show`.

Law: what is wrong is named with its field and what to write instead, all of it at once. What is not named has its
default, so that the same text always comes to the same policy. People are called by address or name until a rule knows
them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, ValidationError

from bot.policy import MOST, SETTABLE, WEEKDAYS, Days, Kind, Level, Minutes, Policy, ReviewDays, ServiceRow, Team, Weeks
from bot.text import Typed, Value
from bot.words import policy as words
from bot.zones import valid_zone

Sev = Literal["sev1", "sev2", "sev3", "sev4", "sev5"]
Name = Annotated[Typed, Field(min_length=1, max_length=80)]
DEFAULT = Policy()
_TIME = re.compile(r"(?:09|1[0-6]):[0-5][0-9]")
_COUNTRY = re.compile(r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?", re.ASCII)
_LINK = re.compile(r"https://[^\s<>|\"]{3,500}")


class Problem(NamedTuple):
    field: str
    """As it is written: `teams.2.lead`."""
    text: str


class WrittenTeam(Value):
    name: Name
    lead: Annotated[Typed, Field(max_length=300)] = ""
    channel: Annotated[Typed, Field(max_length=200)] = ""
    services: Annotated[list[Name], Field(max_length=MOST)] = []


def _by_severity(days: Mapping[int, int]) -> dict[Sev, int]:
    return {f"sev{severity}": n for severity, n in sorted(days.items())}  # type: ignore[misc]


class Written(Value):
    zone: Typed = DEFAULT.zone
    country: Typed = ""
    call_link: Typed = ""
    due_days: dict[Sev, Days] = {}
    due_days_by_kind: dict[Kind, Days] = {}
    postmortem_days: dict[Sev, ReviewDays] = {}
    digest_weekday: Literal["monday", "tuesday", "wednesday", "thursday", "friday"] = "monday"
    digest_time: Typed = DEFAULT.digest_time
    due_soon_days: Annotated[int, Field(ge=1, le=14)] = DEFAULT.due_soon_days
    update_minutes: dict[Sev, Minutes] = {}
    escalation_weeks: Annotated[list[Weeks], Field(min_length=3, max_length=3)] = list(DEFAULT.escalation_weeks)
    may: dict[str, Level] = {}
    teams: Annotated[list[WrittenTeam], Field(max_length=MOST)] = []
    services: Annotated[list[Name], Field(max_length=MOST)] = []
    """Those that no team owns."""

    @property
    def leads(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(team.lead for team in self.teams if team.lead))

    def policy(self, leads: Mapping[str, str]) -> Policy:
        """`leads` are person ids by how they are written; whoever is missing there leads nothing yet."""
        owned = [ServiceRow(name=name, team=team.name) for team in self.teams for name in team.services]
        first, second, third = self.escalation_weeks
        return Policy(
            zone=self.zone, country=self.country.upper(), call_link=self.call_link,
            due_days=DEFAULT.due_days | _numbered(self.due_days), due_days_by_kind=self.due_days_by_kind,
            postmortem_days=DEFAULT.postmortem_days | _numbered(self.postmortem_days),
            digest_weekday=WEEKDAYS.index(self.digest_weekday), digest_time=self.digest_time,
            due_soon_days=self.due_soon_days, update_minutes=_numbered(self.update_minutes),
            escalation_weeks=(first, second, third),
            may=self.may,
            teams=tuple(
                Team(name=one.name, lead=leads.get(one.lead, ""), channel=one.channel.removeprefix("#"))
                for one in self.teams
            ),
            services=(*owned, *(ServiceRow(name=name) for name in self.services)),
        )  # fmt: skip


def _numbered(days: Mapping[Sev, int]) -> dict[int, int]:
    return {int(sev.removeprefix("sev")): n for sev, n in days.items()}


def written_of(policy: Policy, name_of: Callable[[str], str]) -> Written:
    """The policy as it would be written; `name_of` says how a lead is."""
    teams = [
        WrittenTeam(
            name=team.name, lead=name_of(team.lead) if team.lead else "", channel=team.channel,
            services=[row.name for row in policy.services if row.team == team.name],
        )
        for team in policy.teams
    ]  # fmt: skip
    names = {team.name for team in policy.teams}
    same = {"zone", "country", "call_link", "due_days_by_kind", "digest_time", "due_soon_days", "may"}
    return Written(
        **policy.model_dump(include=same),
        due_days=_by_severity(policy.due_days), postmortem_days=_by_severity(policy.postmortem_days),
        update_minutes=_by_severity(policy.update_minutes), digest_weekday=WEEKDAYS[policy.digest_weekday],  # type: ignore[arg-type]
        escalation_weeks=list(policy.escalation_weeks), teams=teams,
        services=[row.name for row in policy.services if row.team not in names],
    )  # fmt: skip


# -- what is wrong with it


def read_written(told: Mapping[str, Any]) -> tuple[Written | None, list[Problem]]:
    """Without a problem there is always a policy."""
    try:
        written = Written.model_validate(told, strict=True)
    except ValidationError as wrong:
        return None, [_problem(one) for one in wrong.errors()]
    found = contradictions(written)
    return (None, found) if found else (written, [])


def contradictions(written: Written) -> list[Problem]:
    """What no field can know of itself."""
    return [Problem(field, text) for check in CHECKS for field, text in check(written)]


def _problem(error: Any) -> Problem:
    """Of a table's key that nobody knows, pydantic says so behind the key."""
    loc = [str(part + 1 if isinstance(part, int) else part) for part in error["loc"] if part != "[key]"]
    return Problem(".".join(loc), words.wrong(error["type"], error.get("ctx", {}), loc[-1] if loc else ""))


Found = Iterator[tuple[str, str]]


def _texts(w: Written) -> Found:
    if not valid_zone(w.zone):
        yield "zone", words.bad_zone(w.zone)
    if w.country and not known_country(w.country.upper()):
        yield "country", words.bad_country(w.country)
    if w.call_link and not _LINK.fullmatch(w.call_link):
        yield "call_link", words.bad_link(w.call_link)
    if not _TIME.fullmatch(w.digest_time):
        yield "digest_time", words.bad_time(w.digest_time)


def known_country(said: str) -> bool:
    """By its form and its name in ISO 3166; whether holidays are known of it is another question."""
    return _COUNTRY.fullmatch(said) is not None and said[:2] in COUNTRIES


def _order(w: Written) -> Found:
    policy = w.policy({})
    for name, days in (
        ("due_days", policy.due_days), ("postmortem_days", policy.postmortem_days),
        ("update_minutes", policy.update_minutes),
    ):  # fmt: skip
        severities = sorted(days)
        for worse, milder in pairwise(severities):
            if days[worse] > days[milder]:
                yield f"{name}.sev{milder}", words.milder_is_sooner(worse, days[worse], milder, days[milder])
    if sorted(w.escalation_weeks) != w.escalation_weeks:
        yield "escalation_weeks", words.weeks_out_of_order()


def _permissions(w: Written) -> Found:
    for kind, level in w.may.items():
        if kind not in SETTABLE:
            yield f"may.{kind}", words.not_settable(kind, SETTABLE)
        elif level not in SETTABLE[kind]:
            yield f"may.{kind}", words.not_that_far(level, SETTABLE[kind])


def _names(w: Written) -> Found:
    for number, name in _twice([team.name.casefold() for team in w.teams]):
        yield f"teams.{number + 1}.name", words.twice(w.teams[number].name or name)
    owned = [(f"teams.{t + 1}.services", name) for t, team in enumerate(w.teams) for name in team.services]
    services = [*owned, *(("services", name) for name in w.services)]
    for number, _ in _twice([name.casefold() for _, name in services]):
        yield services[number][0], words.two_teams(services[number][1])
    if len(services) > MOST:
        yield "services", words.too_many(MOST)
    for number, team in enumerate(w.teams):
        if any(one.isspace() for one in team.channel):
            yield f"teams.{number + 1}.channel", words.bad_channel(team.channel)


def _twice(names: Sequence[str]) -> Iterator[tuple[int, str]]:
    return ((n, name) for n, name in enumerate(names) if name in names[:n])


CHECKS: tuple[Callable[[Written], Found], ...] = (_texts, _order, _permissions, _names)
COUNTRIES = frozenset(
    re.findall(
        "..",
        "ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCR"
        "CUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHU"
        "IDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQ"
        "MRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSI"
        "SJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSYEYTZAZMZW",
    )
)
"""ISO 3166."""
