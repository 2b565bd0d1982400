"""Which ways to sign in there are, and what is told about them."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.cli import doctor
from adapters.teams.certificates import proof
from adapters.web.id_tokens import configured
from bot.counts import Counts
from bot.settings import SettingsWrong, read_settings
from tests.web.openid_stage import KINDS, NAMES, PUBLIC, settings_of
from tests.web.provider import Provider
from tests.web.world import World, world


def refused(**given: str) -> str:
    with pytest.raises(SettingsWrong) as wrong:
        read_settings(given)
    return str(wrong.value)


TEAMS = {"TEAMS_APP_ID": "app", "TEAMS_APP_PASSWORD": "secret", "TEAMS_TENANT_ID": "tenant"}


@pytest.mark.parametrize(
    ("given", "remedy"),
    [
        ({"TEAMS_SIGN_IN": "maybe"}, "use on or off"),
        ({"TEAMS_SIGN_IN": "on"}, "TEAMS_APP_ID, DEBRIEF_PUBLIC_URL"),
        ({"TEAMS_SIGN_IN": "on", **TEAMS}, "also needs DEBRIEF_PUBLIC_URL"),
        (
            {"TEAMS_SIGN_IN": "on", **TEAMS, "DEBRIEF_PUBLIC_URL": PUBLIC, "TEAMS_AUTH": "off",
             "DEBRIEF_ALLOW_SIMULATORS": "1"}, "TEAMS_AUTH=off",
        ),
        (
            {"TEAMS_SIGN_IN": "on", **TEAMS, "DEBRIEF_PUBLIC_URL": PUBLIC,
             "TEAMS_LOGIN_URL": "https://login.microsoftonline.com/x/oauth2/v2.0/token"}, "without path",
        ),
        ({"SLACK_LOGIN_URL": "https://evil.example"}, "DEBRIEF_ALLOW_SIMULATORS=1"),
        ({"SLACK_LOGIN_URL": "evil", "DEBRIEF_ALLOW_SIMULATORS": "1"}, "http(s)://"),
    ],
)  # fmt: skip
def test_what_does_not_fit_stops_the_start(given: dict[str, str], remedy: str) -> None:
    said = refused(**given)
    assert remedy in said
    assert next(iter(given)) in said


def test_without_settings_there_is_no_way_but_the_private_link() -> None:
    for given in (
        {},
        TEAMS,
        {**TEAMS, "DEBRIEF_PUBLIC_URL": PUBLIC},
        {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"},
    ):
        assert configured(read_settings(given), Counts(), proof) == []


async def test_without_a_public_address_nothing_is_offered(folder: Path) -> None:
    provider = Provider("slack", "", {}, base="http://127.0.0.1:9")
    tokens = configured(settings_of(provider), Counts(), proof)
    async with world(folder, public_url="", providers=tokens) as here:
        assert "Sign in with" not in (await here.client().get("/sign-in")).text
        assert (await here.client().get("/sign-in/with/slack")).status_code == 404


async def test_as_before_nothing_is_offered_where_nothing_is_configured(here: World) -> None:
    for path in ("/sign-in", "/incidents"):
        page = (await here.client().get(path)).text
        assert "Sign in with" not in page
        assert "You are not signed in. In chat, type /incident web" in page


@pytest.mark.parametrize("kind", KINDS)
async def test_the_doctor_names_the_address_to_register(kind: str) -> None:
    said = [one.what for one in await doctor.links(settings_of(Provider(kind, "", {}, base="http://127.0.0.1:9")))()]
    (line,) = (one for one in said if "signing in" in one)
    assert NAMES[kind] in line
    assert line.endswith(f" {PUBLIC}/sign-in/from/{kind}")
