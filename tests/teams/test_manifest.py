"""The package that Teams installs: valid by Microsoft's schemas, the same bytes every time, true to the code."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from adapters.slack.manifest import SHORTCUTS
from adapters.teams.manifest import (
    COMPOSE_COMMANDS,
    FALLBACK,
    ICONS,
    MESSAGE_ACTIONS,
    NEWEST,
    SHOWN_VERBS,
    manifest,
    package,
)
from bot.rules import VERBS
from scripts.icons import Pixel, icons

SCHEMAS = Path(__file__).parents[1] / "vendor" / "teams-manifest-schema"
APP_ID = "00000000-0000-4000-8000-000000000001"
URL = "https://debrief.example.com"


def schema(version: str) -> Any:
    return json.loads((SCHEMAS / f"v{version}.schema.json").read_text("utf-8"))


@pytest.mark.parametrize("url", ["", URL, f"{URL}/", "https://debrief.example.com:8443/below"])
@pytest.mark.parametrize("version", [NEWEST, FALLBACK])
def test_it_is_valid_against_microsofts_schema(version: str, url: str) -> None:
    told = manifest(APP_ID, url=url, version=version)
    jsonschema.Draft4Validator(schema(version)).validate(told)
    assert told["manifestVersion"] == version
    assert (
        told["$schema"] == f"https://developer.microsoft.com/json-schemas/teams/v{version}/MicrosoftTeams.schema.json"
    )


def test_what_is_new_is_declared_and_left_out_of_the_fallback() -> None:
    (bot,) = manifest(APP_ID)["bots"]
    assert bot["supportsTargetedMessages"] is True
    slash = [scope for listed in bot["commandLists"] if "slash" in listed["triggers"] for scope in listed["scopes"]]
    assert slash == ["team", "groupChat"]
    old = json.dumps(manifest(APP_ID, version=FALLBACK))
    assert "supportsTargetedMessages" not in old
    assert "triggers" not in old


@pytest.mark.parametrize("version", [NEWEST, FALLBACK])
def test_every_scope_has_one_list_of_verbs_that_the_engine_knows(version: str) -> None:
    (bot,) = manifest(APP_ID, version=version)["bots"]
    scopes = [scope for listed in bot["commandLists"] for scope in listed["scopes"]]
    assert sorted(scopes) == sorted(bot["scopes"])
    for listed in bot["commandLists"]:
        assert [command["title"] for command in listed["commands"]] == list(SHOWN_VERBS)
        assert len(listed["commands"]) <= 10
    assert set(SHOWN_VERBS) <= set(VERBS)


def test_message_actions_and_compose_commands_open_a_dialog_each() -> None:
    (extension,) = manifest(APP_ID)["composeExtensions"]
    contexts = {command["id"]: command["context"] for command in extension["commands"]}
    assert contexts == {
        **{name: ["message"] for name in MESSAGE_ACTIONS},
        **{name: ["compose", "commandBox"] for name in COMPOSE_COMMANDS},
    }
    assert all(command["fetchTask"] and command["type"] == "action" for command in extension["commands"])


def test_what_slack_offers_at_messages_teams_offers_too() -> None:
    offered = set(MESSAGE_ACTIONS) | set(COMPOSE_COMMANDS)
    assert {callback for _, callback, _, _ in SHORTCUTS} <= offered
    assert offered - {callback for _, callback, _, _ in SHORTCUTS} == {"mark_message"}  # Slack has reactions for it


def test_only_what_is_used_is_asked_for() -> None:
    told = manifest(APP_ID)
    asked = told["authorization"]["permissions"]["resourceSpecific"]
    assert {one["name"] for one in asked} == {"ChannelMessage.Read.Group", "ChatMessage.Read.Chat"}
    assert {one["type"] for one in asked} == {"Application"}
    assert told["webApplicationInfo"]["id"] == told["bots"][0]["botId"] == told["id"] == APP_ID


def test_the_public_address_is_a_valid_domain_and_without_one_there_is_none() -> None:
    assert manifest(APP_ID, url="https://Debrief.example.com:8443/below/")["validDomains"] == ["debrief.example.com"]
    assert manifest(APP_ID)["validDomains"] == []
    assert manifest(APP_ID, url=f"{URL}/")["developer"]["websiteUrl"] == URL


@pytest.mark.parametrize("fallback", [False, True])
def test_the_package_holds_the_manifest_and_both_icons_and_nothing_else(fallback: bool) -> None:
    with zipfile.ZipFile(io.BytesIO(package(APP_ID, url=URL, fallback=fallback))) as archive:
        assert sorted(archive.namelist()) == ["color.png", "manifest.json", "outline.png"]
        assert archive.testzip() is None
        told = json.loads(archive.read("manifest.json"))
        assert told == manifest(APP_ID, url=URL, version=FALLBACK if fallback else NEWEST)
        assert set(told["icons"].values()) <= set(archive.namelist())


def test_the_same_settings_make_the_same_bytes() -> None:
    assert package(APP_ID, url=URL) == package(APP_ID, url=URL)
    assert package(APP_ID, url=URL) != package(APP_ID, url=URL, fallback=True)


def pixels(path: Path) -> list[list[Pixel]]:
    """Of a PNG with eight bits for each of red, green, blue and alpha, whose lines are not filtered."""
    picture = path.read_bytes()
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    at, packed = 8, b""
    while at < len(picture):
        (length,) = struct.unpack(">I", picture[at : at + 4])
        kind, body = picture[at + 4 : at + 8], picture[at + 8 : at + 8 + length]
        assert struct.unpack(">I", picture[at + 8 + length : at + 12 + length]) == (zlib.crc32(kind + body),)
        if kind == b"IHDR":
            width, height, *rest = struct.unpack(">IIBBBBB", body)
            assert rest == [8, 6, 0, 0, 0]
        packed += body if kind == b"IDAT" else b""
        at += 12 + length
    raw, line = zlib.decompress(packed), width * 4 + 1
    assert len(raw) == height * line
    assert {raw[y * line] for y in range(height)} == {0}
    flat = [raw[y * line + 1 : (y + 1) * line] for y in range(height)]
    return [[(row[x], row[x + 1], row[x + 2], row[x + 3]) for x in range(0, width * 4, 4)] for row in flat]


def test_the_colour_icon_fills_its_square() -> None:
    rows = pixels(ICONS / "color.png")
    assert (len(rows), {len(row) for row in rows}) == (192, {192})
    assert {pixel[3] for row in rows for pixel in row} == {255}


def test_the_outline_is_white_on_nothing() -> None:
    rows = pixels(ICONS / "outline.png")
    assert (len(rows), {len(row) for row in rows}) == (32, {32})
    assert {pixel[:3] for row in rows for pixel in row} == {(255, 255, 255)}
    seen = [pixel[3] for row in rows for pixel in row]
    assert max(seen) == 255
    assert seen.count(0) > len(seen) / 2
    assert {pixel[3] for pixel in (*rows[0], *rows[-1])} == {0}


def test_the_icons_are_what_the_script_draws() -> None:
    assert {name: pixels(ICONS / name) for name, _ in icons()} == dict(icons())
