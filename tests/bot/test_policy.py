"""What an organisation decides about itself: bounds, order, and that what is shown is what is done."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.policy import KINDS, MOST, STEPS, Policy, ServiceRow, Team, reached, reaches
from bot.policy_change import after_change
from bot.policy_file import read_policy, written_toml
from bot.policy_written import Written, read_written, written_of
from tests.bot.policies import of_policy, policies, usual
from tests.bot.worlds import (
    NOW,
    world,
)

# -- written, read, and written again


@settings(max_examples=60, deadline=None)
@given(policies())
def test_what_is_written_is_read_as_it_was_and_comes_to_the_same_policy(written: Written) -> None:
    again, problems = read_policy(written_toml(written))
    assert problems == []
    assert again is not None
    assert again.policy({}) == written.policy({})
    assert written_of(written.policy({}), str).policy({}) == written.policy({})


@settings(max_examples=60, deadline=None)
@given(policies(), st.sampled_from([*KINDS, ""]))
def test_a_milder_incident_never_has_less_time_and_a_kind_never_gives_more(written: Written, kind: str) -> None:
    policy = written.policy({})
    by_severity = [policy.days_for(severity, kind) for severity in range(1, 6)]
    assert by_severity == sorted(by_severity)
    assert all(policy.days_for(severity, kind) <= policy.days_for(severity) for severity in range(1, 6))
    assert all(1 <= one <= 730 for one in by_severity)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from([*Written.model_fields, "nonsense"]), st.one_of(
    st.none(), st.booleans(), st.integers(-5, 1000), st.text(max_size=20), st.lists(st.integers(-1, 99), max_size=4),
    st.dictionaries(st.sampled_from(["sev1", "sev2", "resolve", "prevent"]), st.integers(-5, 1000), max_size=3),
)))  # fmt: skip
def test_whatever_somebody_writes_is_a_policy_or_is_named_as_wrong(told: dict[str, Any]) -> None:
    written, problems = read_written(told)
    assert (written is None) == bool(problems)
    assert all(one.field and one.text.endswith(".") for one in problems)
    if written is not None:
        assert Policy.model_validate(written.policy({}).model_dump()) == written.policy({})


def test_every_problem_is_named_with_its_line() -> None:
    text = 'zone = "Mars"\n\n[due_days]\nsev2 = 0\n\n[[teams]]\nname = "A"\n\n[[teams]]\nname = "a"\nlead = 7\n'
    assert read_policy(text)[1] == [
        "line 4, due_days.sev2: use 1 or more.", "line 11, teams.2.lead: use a text in quotation marks.",
    ]  # fmt: skip
    repaired = text.replace("sev2 = 0", "sev2 = 5").replace("lead = 7\n", "")
    assert [one.partition(":")[0] for one in read_policy(repaired)[1]] == [
        "line 1, zone", "line 4, due_days.sev2", "line 10, teams.2.name",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["zone = ", "[teams", "zone = 'UTC'\nzone = 'UTC'", "x" * 300_000, "a = [" * 2000, "\x00", "teams = 1"]
)
def test_what_is_no_settings_file_is_said_so_and_nothing_is_read(text: str) -> None:
    written, problems = read_policy(text)
    assert (written, len(problems)) == (None, 1)


def test_there_is_an_end_to_teams_and_services() -> None:
    teams = [{"name": f"t{n}"} for n in range(MOST + 1)]
    assert read_written({"teams": teams})[1][0].field == "teams"
    owned = [{"name": f"t{n}", "services": [f"s{n}.{m}" for m in range(3)]} for n in range(MOST)]
    assert read_written({"teams": owned})[1][0].field == "services"


def test_the_owner_of_a_service_is_a_team_of_the_organisation_or_nobody() -> None:
    policy = Policy(
        teams=(Team(name="Payments"),), services=(ServiceRow(name="checkout", team="Payments"), ServiceRow(name="mail"))
    )
    assert policy.team_of("checkout") == Team(name="Payments")
    assert (policy.team_of("mail"), policy.team_of("nothing"), policy.team_of("")) == (None, None, None)


# -- escalation


@given(st.tuples(*[st.integers(1, 26)] * 3).map(lambda weeks: tuple(sorted(weeks))), st.integers(0, 60))
def test_steps_come_in_their_order_each_exactly_once_and_the_last_stays(weeks: Any, heard: int) -> None:
    policy = Policy(escalation_weeks=weeks)
    assert reached(policy, heard) <= reached(policy, heard + 1)
    came = [name for n in range(heard + 1) if (name := reaches(policy, n))]
    assert list(dict.fromkeys(came)) == [one for one in STEPS if one in came]
    assert all(came.count(one) <= 1 for one in STEPS[:2])
    if heard > weeks[-1]:
        assert reaches(policy, heard) == STEPS[-1]


def test_a_step_that_is_no_earlier_than_the_next_one_is_left_out() -> None:
    policy = Policy(escalation_weeks=(2, 2, 6))
    assert [reaches(policy, heard) for heard in range(1, 8)] == [
        "", "", "ignored_four_weeks", "", "", "", "ignored_six_weeks",
    ]  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(policies(), policies(), st.integers(0, 30))
def test_new_weeks_skip_no_step_and_take_none_back(old: Written, new: Written, heard: int) -> None:
    before, after = old.policy({}), new.policy({})
    state = world(items=(usual(heard=heard),), organisation=of_policy(before))
    (now,) = after_change(state, of_policy(after).policies, NOW, "new").items
    was, is_now = reached(before, heard), reached(after, now.heard)
    if reached(after, heard) <= was:
        assert now.heard == heard
    else:
        assert now.heard == after.escalation_weeks[was] + 1 <= heard
        assert was < is_now
