"""What an operator sets for trackers, what is wrong with it, and what the doctor says of it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import respx

from adapters.cli.doctor import examine
from adapters.cli.doctor import trackers as look_at
from adapters.trackers.known import known
from bot.settings import Settings, SettingsWrong, read_settings
from tests.trackers.fake_linear import SimulatedLinear
from tests.trackers.fakes import SimulatedGitHub, answer
from tests.trackers.worlds import KITS, PUBLIC, TOKEN, resolve

GITHUB, LINEAR, WEBHOOK = (KITS[name].settings for name in ("github", "linear", "webhook"))


def wrong(**told: str) -> str:
    with pytest.raises(SettingsWrong) as refused:
        read_settings(told)
    return "\n".join(refused.value.problems)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"TICKETS_GITHUB_REPOSITORY": "acme/app"}, "also needs TICKETS_GITHUB_TOKEN"),
        ({**GITHUB, "TICKETS_GITHUB_REPOSITORY": "https://github.com/acme/app"}, "use owner/name"),
        ({**GITHUB, "TICKETS_GITHUB_REPOSITORY": "acme/.."}, "use owner/name"),
        ({**GITHUB, "TICKETS_GITHUB_SECRET": "short"}, "at least 16 characters"),
        ({**GITHUB, "TICKETS_GITHUB_ACCOUNTS": "maya=maya-gh"}, "address=account"),
        ({**GITHUB, "TICKETS_GITHUB_URL": "http://api.github.com"}, "use an https:// address"),
        ({**GITHUB, "TICKETS_TRACKER": "webhook"}, "use one that is set up: github"),
        ({**WEBHOOK, "TICKETS_WEBHOOK_SECRET": "whsec_!!"}, "24 bytes in base64"),
        ({**WEBHOOK, "TICKETS_WEBHOOK_SECRET": "0123456789012345678901234567890123456789"}, "use whsec_"),
        ({"TICKETS_WEBHOOK_URL": "https://tickets.example/x"}, "also needs TICKETS_WEBHOOK_SECRET"),
        ({"TICKETS_LINEAR_TEAM": "acme/ENG"}, "also needs TICKETS_LINEAR_TOKEN"),
        ({**LINEAR, "TICKETS_LINEAR_TEAM": "ENG"}, "use workspace/KEY"),
        ({**LINEAR, "TICKETS_LINEAR_TEAM": "https://linear.app/acme/team/ENG"}, "use workspace/KEY"),
        ({**LINEAR, "TICKETS_LINEAR_SECRET": "short"}, "at least 16 characters"),
        ({**LINEAR, "TICKETS_LINEAR_TOKEN": "lin_api_ x"}, "this is no token"),
        ({"TICKETS_ALL": "1"}, "also needs a tracker"),
    ],
)
def test_what_is_wrong_is_named_with_its_remedy_and_without_a_secret(told: dict[str, str], said: str) -> None:
    problems = wrong(**told)
    assert said in problems
    assert TOKEN not in problems


def test_new_tickets_go_to_the_one_that_is_named_else_to_the_first() -> None:
    both = {**GITHUB, **WEBHOOK, "TICKETS_ALL": "1"}
    for told, first in (({}, "github"), ({"TICKETS_TRACKER": "webhook"}, "webhook")):
        found = [tracker.here for tracker, _ in known(read_settings({**both, **told})).values()]
        assert [one.name for one in found if one.every] == [first] == [found[0].name]


async def examined(settings: Settings, there: Any) -> tuple[int, str]:
    said: list[str] = []
    with respx.mock(assert_all_called=False) as wire:
        wire.route(host=PUBLIC).mock(side_effect=there)
        trackers = [tracker for tracker, _ in known(settings, resolve).values()]
        code = await examine([look_at(trackers)], said.append)
    return code, "\n".join(said)


async def test_the_doctor_says_where_tickets_go() -> None:
    assert await examined(read_settings({}), SimulatedGitHub()) == (0, "ok  trackers: none, and none is needed")
    code, said = await examined(read_settings({**GITHUB, **WEBHOOK}), SimulatedGitHub())
    assert code == 0
    assert "GitHub: tickets go to acme/app" in said


async def test_the_doctor_asks_linear_for_its_team() -> None:
    assert await examined(read_settings(LINEAR), SimulatedLinear()) == (0, "ok  Linear: tickets go to ENG")
    elsewhere = read_settings({**LINEAR, "TICKETS_LINEAR_TEAM": "acme/NOPE"})
    code, said = await examined(elsewhere, SimulatedLinear())
    assert code == 1
    assert "https://linear.app/acme/team/NOPE is not there, or the token may not see it" in said


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (answer(404, {"message": "Not Found"}), "acme/app is not there, or the token may not see it"),
        (answer(401, {"message": "Bad credentials"}), "does not accept the token"),
        (answer(200, {"has_issues": False}), "has no issues switched on"),
        (answer(500, {}), "cannot be reached"),
    ],
)
async def test_the_doctor_names_what_is_wrong_with_a_tracker(found: httpx.Response, said: str) -> None:
    code, told = await examined(read_settings(GITHUB), lambda _request: found)
    assert code == 1
    assert said in told
    assert "TICKETS_" in told
    assert TOKEN not in told
