"""The workspace of a payload, in Slack's SDK's own order."""

from __future__ import annotations

from typing import Any

import pytest
from slack_bolt.request.internals import extract_team_id

from adapters.slack.tenants import bot_user_of, tenant_of

AUTHORIZED = [
    {"enterprise_id": "E1", "team_id": "T2", "user_id": "UBOT", "is_bot": True, "is_enterprise_install": True}
]
SHAPES: list[dict[str, Any]] = [
    {"team_id": "T1", "event": {"type": "message"}},
    {"team_id": "T1", "authorizations": AUTHORIZED, "event": {"type": "message", "team": "T3"}},
    {"team_id": "T1", "authorizations": []},
    {"team": {"id": "T4", "domain": "x"}, "user": {"id": "U", "team_id": "T5"}},
    {"team": "T4"},
    {"team": None, "user": {"id": "U", "team_id": "T5"}},
    {"team": None, "view": {"app_installed_team_id": "T6", "team_id": "T7"}},
    {"team": {"id": "T4"}, "view": {"app_installed_team_id": "T6"}},
    {"team": None, "view": {"team_id": "T7"}},
    {
        "team_id": "T1",
        "team_domain": "x",
        "command": "/incident",
        "is_enterprise_install": "true",
        "enterprise_id": "E1",
    },
    {"event": {"type": "message", "team": "T3"}},
]


@pytest.mark.parametrize("payload", SHAPES)
def test_the_workspace_is_the_one_that_the_sdk_finds(payload: dict[str, Any]) -> None:
    assert tenant_of(payload) == extract_team_id(payload)


def test_an_installation_for_an_organisation_stands_for_itself() -> None:
    payload = {"team": None, "enterprise": {"id": "E1", "name": "x"}, "is_enterprise_install": True}
    assert tenant_of(payload) == "E1"
    assert tenant_of({}) == ""


def test_our_own_user_is_the_bot_of_the_authorization() -> None:
    assert bot_user_of({"authorizations": AUTHORIZED}) == "UBOT"
    assert bot_user_of({"authorizations": [{"user_id": "U1", "is_bot": False}]}) == ""
    assert bot_user_of({}) == ""
