"""The manifest says what the code listens to and calls: nothing more, nothing less."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

import adapters.slack
from adapters.sandbox.facts import facts
from adapters.slack import gestures, manifest
from adapters.slack.captures import CAPTURED
from adapters.slack.limits import TIER_OF
from bot.command import KINDS

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "tests" / "vendor" / "slack-manifest-schema" / "slack-manifest.schema.json"
CODE = {path.name: path.read_text("utf-8") for path in Path(adapters.slack.__file__).parent.glob("*.py")}


def strings(source: str) -> set[str]:
    """Every string that stands in the code, comments left out."""
    found = (node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant))
    return {value for value in found if isinstance(value, str)}


@pytest.mark.parametrize("url", [None, "https://debrief.example.com", "https://debrief.example.com/"])
def test_it_is_valid_against_slacks_schema(url: str | None) -> None:
    jsonschema.validate(manifest.manifest(url), json.loads(SCHEMA.read_text("utf-8")))


def test_the_file_is_the_socket_mode_manifest() -> None:
    assert yaml.safe_load((ROOT / "manifest.yaml").read_text("utf-8")) == manifest.manifest()
    assert manifest.manifest()["settings"]["socket_mode_enabled"]


def test_with_an_address_everything_is_sent_there() -> None:
    told: Any = manifest.manifest("https://debrief.example.com/")
    there = "https://debrief.example.com/slack/events"
    assert told["settings"]["event_subscriptions"]["request_url"] == there
    assert told["settings"]["interactivity"]["request_url"] == there
    assert told["features"]["slash_commands"][0]["url"] == there
    assert not told["settings"]["socket_mode_enabled"]


def test_with_an_address_people_may_sign_in_to_the_pages_and_nothing_more_is_asked_of_them() -> None:
    told: Any = manifest.manifest("https://debrief.example.com/")
    assert told["oauth_config"]["scopes"]["user"] == ["openid"]
    assert "https://debrief.example.com/sign-in/from/slack" in told["oauth_config"]["redirect_urls"]
    assert "user" not in manifest.manifest()["oauth_config"]["scopes"]


def test_each_event_listened_to_is_subscribed_and_the_other_way_round() -> None:
    subscribed = {name.split(".")[0] for name in manifest.EVENTS}
    known = {name.split(".")[0] for name in facts().events} | CAPTURED
    listened = set().union(*(strings(CODE[name]) for name in ("captures.py", "inbound.py", "happenings.py"))) & known
    assert listened == subscribed


def test_each_event_has_the_scope_that_slack_asks_for() -> None:
    for name, scope in manifest.EVENTS.items():
        wanted = facts().events[name]
        assert scope in wanted if wanted else scope == ""
        assert not wanted or set(manifest.SCOPES) & set(wanted)


def called() -> set[str]:
    method = re.compile(r"^[a-z]+(\.[a-zA-Z0-9]+)+$")
    others = (strings(text) for name, text in CODE.items() if name not in ("manifest.py", "limits.py"))
    return {one for one in set().union(*others) if method.match(one) and one in facts().methods}


def test_each_method_called_is_listed_and_the_other_way_round() -> None:
    assert called() == set(manifest.METHODS)


def test_each_method_has_its_scopes_and_no_scope_is_unused() -> None:
    for name, scopes in manifest.METHODS.items():
        wanted = set(facts().methods[name].scopes)
        assert set(scopes) - {"users:read.email"} <= wanted
        assert bool(scopes) == bool(wanted)
    used = {"commands", *manifest.EVENTS.values(), *(scope for scopes in manifest.METHODS.values() for scope in scopes)}
    assert set(manifest.SCOPES) == used - {""}


def test_each_method_is_paced() -> None:
    unpaced = {"auth.test", "oauth.v2.access"}
    assert set(TIER_OF) == set(manifest.METHODS) - unpaced


def test_each_shortcut_leads_to_a_command() -> None:
    for kind, callback, _, _ in manifest.SHORTCUTS:
        assert callback in (gestures.GLOBAL if kind == "global" else gestures.MESSAGE)
        assert callback in KINDS
    assert {one[1] for one in manifest.SHORTCUTS} == {*gestures.GLOBAL, *gestures.MESSAGE}


def test_names_fit_into_slacks_menus() -> None:
    for _, _, name, about in manifest.SHORTCUTS:
        assert len(name) <= 24
        assert len(about) <= 150
