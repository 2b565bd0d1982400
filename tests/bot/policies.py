"""Policies made for tests: any that contradict themselves nowhere, and how somebody asks for one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from bot.commands.policy import SetPolicy
from bot.model import ActionItem, Organisation
from bot.policy import KINDS, SETTABLE, Policy
from bot.policy_written import Written, WrittenTeam, written_of
from bot.state import Decision, State
from tests.bot.test_reminders import item
from tests.bot.worlds import (
    decided,
    organisation,
    origin,
    someone,
)

TODAY = date(2026, 11, 23)
OFFICES = st.sampled_from(["UTC", "Europe/Berlin", "Asia/Tokyo", "Australia/Lord_Howe", "America/New_York"])
GONE = someone("Gina", kind="gone")


def wanted(**fields: Any) -> Written:
    return Written.model_validate(fields)


def asks(state: State, seen: str = "", **more: Any) -> Decision:
    fields = {name: more.pop(name) for name in ("dates", "file") if name in more}
    base = written_of(state.organisation.policies, lambda id_: f"@{id_}").model_dump() | more
    return decided(state, SetPolicy(origin=origin(state.actor), wanted=wanted(**base), seen=seen, **fields))


def mark(decision: Decision) -> str:
    assert decision.reply.form is not None
    return decision.reply.form.args["seen"]


def days(n: int) -> dict[str, int]:
    return {"sev1": n, "sev2": n, "sev3": n, "sev4": n, "sev5": n}


def usual(number: int = 1, **fields: Any) -> ActionItem:
    """An open item of a SEV3 whose date nobody chose."""
    return item(number, **{"severity": 3, "due": TODAY + timedelta(days=50), "dated": "policy", **fields})


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).filter(
    str.strip
)


@st.composite
def by_severity(draw: st.DrawFn, least: int, most: int) -> dict[Any, int]:
    numbers = sorted(draw(st.lists(st.integers(least, most), min_size=5, max_size=5)))
    return {f"sev{n + 1}": number for n, number in enumerate(numbers)}


@st.composite
def policies(draw: st.DrawFn) -> Written:
    """Any policy that contradicts itself nowhere."""
    names = draw(st.lists(NAMES, max_size=4, unique_by=str.casefold))
    services = draw(st.lists(NAMES, max_size=6, unique_by=str.casefold))
    teams = [
        WrittenTeam(name=name, channel=draw(st.sampled_from(["", "payments", "19:a@thread.tacv2"])), services=[])
        for name in names
    ]
    return Written(
        zone=draw(OFFICES), country=draw(st.sampled_from(["", "DE", "de-BY", "US"])),
        call_link=draw(st.sampled_from(["", "https://meet.example.com/x"])),
        due_days=draw(by_severity(1, 730)), postmortem_days=draw(by_severity(1, 90)),
        due_days_by_kind=draw(st.dictionaries(st.sampled_from(KINDS), st.integers(1, 730))),
        update_minutes=draw(st.one_of(st.just({}), by_severity(5, 1440))),
        digest_weekday=draw(st.sampled_from(["monday", "tuesday", "friday"])),
        digest_time=draw(st.sampled_from(["09:00", "09:30", "16:59"])), due_soon_days=draw(st.integers(1, 14)),
        escalation_weeks=sorted(draw(st.lists(st.integers(1, 26), min_size=3, max_size=3))),
        may={kind: draw(st.sampled_from(levels)) for kind, levels in SETTABLE.items() if draw(st.booleans())},
        teams=[one.model_copy(update={"services": services[n :: len(teams)]}) for n, one in enumerate(teams)],
        services=[] if teams else services,
    )  # fmt: skip


def of_policy(policy: Policy) -> Organisation:
    return organisation(**policy.model_dump())
