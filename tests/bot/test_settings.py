"""Settings are read once and checked at once: every problem is named, with its remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import SettingsWrong, read_settings

TEAMS = {"TEAMS_APP_ID": "app", "TEAMS_APP_PASSWORD": "secret", "TEAMS_TENANT_ID": "tenant"}
SIMULATED = {"DEBRIEF_ALLOW_SIMULATORS": "1"}


def refused(**given: str) -> str:
    with pytest.raises(SettingsWrong) as wrong:
        read_settings(given)
    return str(wrong.value)


def test_without_any_token_it_is_the_sandbox() -> None:
    told = read_settings({})
    assert (told.sandbox, told.slack, told.teams) == (True, False, False)


def test_teams_alone_is_enough() -> None:
    told = read_settings(TEAMS)
    assert (told.sandbox, told.slack, told.teams, told.unguarded) == (False, False, True, False)


def test_slack_and_teams_are_served_side_by_side() -> None:
    told = read_settings({**TEAMS, "SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"})
    assert told.slack
    assert told.teams


@pytest.mark.parametrize("missing", TEAMS)
def test_an_empty_app_id_secret_or_tenant_refuses_to_start(missing: str) -> None:
    said = refused(**{**TEAMS, missing: "  "})
    assert missing in said
    assert "Microsoft Teams also needs" in said


def test_a_certificate_takes_the_place_of_the_secret(tmp_path: Path) -> None:
    pem = tmp_path / "bot.pem"
    pem.write_text("-----BEGIN PRIVATE KEY-----\n", encoding="utf-8")
    with_certificate = {name: value for name, value in TEAMS.items() if name != "TEAMS_APP_PASSWORD"}
    assert read_settings({**with_certificate, "TEAMS_APP_CERTIFICATE": str(pem)}).teams
    assert "no such file" in refused(**with_certificate, TEAMS_APP_CERTIFICATE=str(tmp_path / "other.pem"))
    assert "not both" in refused(**TEAMS, TEAMS_APP_CERTIFICATE=str(pem))


@pytest.mark.parametrize(
    ("given", "remedy"),
    [
        ({"TEAMS_AUTH": "off"}, "DEBRIEF_ALLOW_SIMULATORS=1"),
        ({"TEAMS_AUTH": "off", **TEAMS}, "DEBRIEF_ALLOW_SIMULATORS=1"),
        ({"TEAMS_AUTH": "off", **SIMULATED, "DEBRIEF_HOST": "0.0.0.0"}, "127.0.0.1"),
        ({"TEAMS_AUTH": "none", **SIMULATED}, "on or off"),
    ],
)
def test_only_simulators_on_this_machine_may_go_without_tokens(given: dict[str, str], remedy: str) -> None:
    assert remedy in refused(**given)


def test_without_tokens_no_real_platform_is_spoken_to() -> None:
    real = {**TEAMS, "SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
    told = read_settings({**real, **SIMULATED, "TEAMS_AUTH": "OFF"})
    assert told.unguarded
    assert told.teams
    assert not told.slack
    assert not told.sandbox


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TEAMS_LOGIN_URL", "https://login.example.com"),
        ("TEAMS_LOGIN_URL", "https://login.microsoftonline.com.example.com"),
        ("TEAMS_OPENID_METADATA_URL", "https://example.com/.well-known/openidconfiguration"),
        ("TEAMS_ALLOWED_SERVICE_HOSTS", "smba.trafficmanager.net, evil.trafficmanager.net"),
        ("TEAMS_ALLOWED_SERVICE_HOSTS", "127.0.0.1:3978"),
        ("TEAMS_GRAPH_URL", "https://graph.example.com"),
        ("TEAMS_GRAPH_URL", "http://127.0.0.1:9000"),
    ],
)
def test_hosts_that_are_not_microsofts_are_for_simulators(name: str, value: str) -> None:
    assert name in refused(**TEAMS, **{name: value})
    assert read_settings({**TEAMS, **SIMULATED, name: value}).teams


def test_microsoft_graph_is_off_until_it_is_switched_on() -> None:
    assert not read_settings(TEAMS).graph
    assert not read_settings({**TEAMS, "TEAMS_GRAPH": "off"}).graph
    assert read_settings({**TEAMS, "TEAMS_GRAPH": "ON"}).graph


@pytest.mark.parametrize(
    ("given", "remedy"),
    [
        ({**TEAMS, "TEAMS_GRAPH": "yes"}, "on or off"),
        ({"TEAMS_GRAPH": "on"}, "TEAMS_APP_ID"),
        ({**TEAMS, **SIMULATED, "TEAMS_GRAPH": "on", "TEAMS_AUTH": "off"}, "TEAMS_AUTH=off"),
        ({**TEAMS, "TEAMS_GRAPH_URL": "http://graph.microsoft.com"}, "https://"),
        ({**TEAMS, **SIMULATED, "TEAMS_GRAPH_URL": "graph"}, "https://"),
    ],
)
def test_a_wrong_setting_of_microsoft_graph_stops_the_start(given: dict[str, str], remedy: str) -> None:
    said = refused(**given)
    assert "TEAMS_GRAPH" in said
    assert remedy in said


def test_a_service_host_is_a_host_and_no_address() -> None:
    assert "host:port" in refused(**TEAMS, **SIMULATED, TEAMS_ALLOWED_SERVICE_HOSTS="127.0.0.1, http://127.0.0.1:3978/")


def test_microsofts_clouds_need_no_simulators() -> None:
    hosts = "smba.infra.gcc.teams.microsoft.com,smba.infra.gov.teams.microsoft.us,smba.trafficmanager.net"
    told = read_settings(
        {**TEAMS, "TEAMS_LOGIN_URL": "https://login.microsoftonline.us", "TEAMS_ALLOWED_SERVICE_HOSTS": hosts}
    )
    assert told.teams


def test_all_problems_are_told_at_once() -> None:
    said = refused(TEAMS_APP_ID="app", TEAMS_AUTH="off", DEBRIEF_PORT="99999", SLACK_BOT_TOKEN="nonsense")
    for name in ("TEAMS_AUTH", "DEBRIEF_PORT", "SLACK_BOT_TOKEN"):
        assert name in said
