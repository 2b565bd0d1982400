"""One walk along everything that can be asked for: to outsiders a private incident is one that does not exist.

Law: the addresses are read from the application's own table and the commands from the engine's, so that a new one is
walked without anybody having to think of it.
"""

from __future__ import annotations

import io
import json
import logging
import re
import secrets
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from pypdf import PdfReader

from adapters.web.action_deeds import DEEDS as ITEM_DEEDS
from adapters.web.postmortem_deeds import DEEDS
from bot.command import KINDS, Capture, Receipt, build
from bot.commands.captures import Reacted, Said
from bot.errors import Refused
from bot.grammar import read
from bot.model import FileLink
from bot.ports import Record
from bot.rules import RULES, VERBS
from tests.bot.worlds import NOW
from tests.web.test_private import outsiders, unknown
from tests.web.world import GUEST, MAYA, OLGA, World, account, addresses, message

CANARY = "zirconium"
OUTSIDE = ("external_what", "external_impact", "external_changes")
FRESH = re.compile(r'(?<=name="_once" value=")[^"]+')
PARAMETER = re.compile(r"\{(\w+)\}")
SEAL = re.compile(r'name="_seal" value="([^"]+)"')
FRESH = re.compile(r'(?<=name="_once" value=")[^"]+')
"""A form that is shown again is another gesture."""
ITS_OWN = ("/sign-in/{token}", "/sign-in/with/{name}", "/sign-in/from/{name}", "/sign-out")
"""Addresses that are about a session and nothing else."""
QUERIES = ("", f"?all=1&status=all&overdue=1&q={CANARY[:-1]}")
BEHIND = (
    "factor design: x", "trigger x", "decision x", "question x", "comment x", "comments", "changes", "hints", "adopt",
    "edit hard: x", "edit hard", "review @olga 2w", "owner @olga", "publish", "revise x", "open",
)  # fmt: skip
BODIES: tuple[dict[str, Any], ...] = (
    {"text": "note x"}, {"text": "postmortem"}, {"status": "done"}, {"until": "2w", "reason": "x", "owner": "@olga"},
)  # fmt: skip


@pytest.fixture
async def sealed(here: World) -> str:
    """Key of a private incident in which the canary stands wherever something can stand; only Maya is in it."""
    await here.chat(MAYA, f"declare sev1 {CANARY} leak, as once before --private")  # so that one is like the other
    key = (await here.chat(MAYA, f"declare sev1 {CANARY} leak --private")).incident
    await here.opened(key, "C7")
    said = Said(
        origin=here.origin(MAYA), message=message("1700000000.000100", "C7"), stamp=1, text=f"{CANARY} said",
        files=(FileLink(name=f"{CANARY}.png", url=f"https://files.example/{CANARY}"),), author_name=f"{CANARY} bot",
    )  # fmt: skip
    await here.writer.submit(said)
    reacted = Reacted(origin=here.origin(MAYA), message=said.message, stamp=2, emoji="tada", account=account(MAYA))
    await here.writer.submit(reacted)
    for words in (
        "note {}", "impact {}", "update {}", "sev 2 {}", "role {} @maya", "time began 20m ago {}",
        "action @maya by 2w: {}", "mitigate {}", "resolve {}", "postmortem factor design: {}", "postmortem trigger {}",
        "postmortem decision {}", "postmortem question {}", "postmortem comment {}", "postmortem edit hard: {}",
        "postmortem review @me 2w 14:00", *(f"postmortem edit {part}: " + "{}" for part in OUTSIDE),
    ):  # fmt: skip
        reply = await here.chat(MAYA, words.replace("{}", f"the {CANARY} was hot"[: 9 if "role" in words else 50]), key)
        assert reply.outcome == "done", words
    await here.chat(MAYA, "declare sev3 Something public")
    return key


def walked(here: World, key: str) -> Iterator[tuple[str, str]]:
    """Each method and address with a key where it takes one; a parameter that means something else has to be known."""
    entry = next(one.id for one in facts(here).entries if one.is_key)
    item = item_of(here, key)
    for method, path in sorted(set(addresses(here.app.routes))):
        if path in ITS_OWN:
            continue
        assert set(PARAMETER.findall(path)) <= {"key", "name", "entry", "part", "deed", "item"}, (
            f"what is {path} about?"
        )
        keys = (key, f"{key}.json", f"{key}.md") if "{name}" in path else (key,)
        deeds = ITEM_DEEDS if "{item}" in path else DEEDS
        for deed in deeds if "{deed}" in path else ("",):
            meant = path.replace("{entry}", entry).replace("{part}", "hard").replace("{deed}", deed)
            meant = meant.replace("{item}", item)
            yield from ((method, PARAMETER.sub(one, meant)) for one in keys)


def item_of(here: World, key: str) -> str:
    """Key of the sealed incident's item; of an incident that does not exist one that nothing has."""
    found = facts(here)
    return found.items[0].key if found.incident.key == key else unknown(found.items[0].key)


def variants(method: str, path: str) -> Iterator[tuple[str, dict[str, Any] | None]]:
    if method in ("GET", "HEAD"):
        yield from ((path + query, None) for query in QUERIES)
    else:
        yield from ((path, body) for body in BODIES)


async def asked(client: httpx.AsyncClient, method: str, path: str, body: dict[str, Any] | None, key: str) -> Any:
    """Everything of an answer that could tell one key from another. A page's form carries the seal of its session."""
    once = secrets.token_hex(8)
    if body is not None and path.startswith("/api/"):
        answer = await client.request(method, path, json=body if "text" not in body else {**body, "incident": key})
    else:
        seal = SEAL.search((await client.get("/incidents/INC-1")).text) if body else None
        form = {"_seal": seal[1] if seal else "", "_once": once, **(body or {})}
        answer = await client.request(method, path, data=form if body is not None else None)
    assert CANARY.encode() not in answer.content, (method, path)
    assert key in path or body or key not in answer.text, (method, path)
    assert answer.status_code < 500, (method, path)
    headers = sorted((name, value.replace(key, "KEY")) for name, value in answer.headers.items())
    return answer.status_code, headers, FRESH.sub("ONCE", answer.text.replace(key, "KEY").replace(once, "ONCE"))


def facts(here: World) -> Record:
    """Of the sealed incident."""
    maya = here.person(MAYA)
    key = next(one.key for one in here.reports.incidents(maya)[0] if one.private)
    found = here.reports.record(maya, key)
    assert found is not None
    return found.model_copy(update={"now": NOW})


async def test_no_address_tells_an_outsider_the_sealed_from_none(
    here: World, sealed: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    absent, before = unknown(sealed), facts(here)
    strangers = {door: outsiders(here, door) for door in ("/api/", "/")}
    assert SEAL.search((await strangers["/"][0].get("/incidents/INC-1")).text), "no form would be looked at"
    pairs = list(zip(walked(here, sealed), walked(here, absent), strict=True))
    assert len(pairs) > 35
    for (method, there), (_, nowhere) in pairs:
        for (one, body), (other, _) in zip(variants(method, there), variants(method, nowhere), strict=True):
            for stranger in strangers["/api/" if one.startswith("/api/") else "/"]:
                hidden = await asked(stranger, method, one, body, sealed)
                if sealed in one or body:
                    assert hidden == await asked(stranger, method, other, body, absent), (method, one)
    assert facts(here) == before
    assert CANARY not in caplog.text


async def test_its_member_reads_the_words_at_every_address_that_takes_its_key(here: World, sealed: str) -> None:
    """Else the walk of the outsiders would prove nothing."""
    program, browser = here.program(MAYA), here.client(MAYA)
    for method, path in walked(here, sealed):
        if method != "GET" or sealed not in path:
            continue
        answer = await (program if path.startswith("/api/") else browser).get(path)
        assert answer.status_code == 200, path
        assert CANARY in shown(answer), path


def shown(answer: httpx.Response) -> str:
    if answer.headers["content-type"] == "application/pdf":
        return "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    return answer.text


def spoken(key: str, item: str) -> Iterator[str]:
    """Every verb about a key and an item, and every word behind `postmortem`."""
    yield from (f"{key} {verb} {rest}".strip() for verb in VERBS if verb != "declare" for rest in ("", "x"))
    yield from (f"{key} postmortem {what}" for what in BEHIND)
    yield from (f"status {key}", f"actions {key}", f"list all {CANARY[:-1]}", f"done {item}", f"snooze {item} 2w x")
    yield from (f"reassign {item} @olga", f"wontdo {item} x")


def pressed(key: str, item: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Every button and every form there is, about a key and an item."""
    for kind, one in KINDS.items():
        if kind in RULES and not issubclass(one, Capture | Receipt) and kind not in ("import", "declare"):
            fields = {name: "x" for name, field in one.model_fields.items() if field.annotation is str}
            about = {"incident": key, "item": item, "section": "hard", "sure": "yes", "saving": "yes"}
            yield kind, fields | {name: value for name, value in about.items() if name in fields}


@pytest.mark.parametrize("who", [OLGA, GUEST])
async def test_no_command_tells_an_outsider_the_sealed_from_none(here: World, sealed: str, who: str) -> None:
    before = facts(here)
    (item,) = before.items
    real, none = (sealed, item.key), (unknown(sealed), unknown(item.key))
    for words, other in zip(spoken(*real), spoken(*none), strict=True):
        one = await answered(here, who, words, real)
        assert one == await answered(here, who, other, none), words
    for (kind, fields), (_, others) in zip(pressed(*real), pressed(*none), strict=True):
        one = await answered(here, who, (kind, fields), real)
        assert one == await answered(here, who, (kind, others), none), kind
    assert facts(here) == before


async def answered(here: World, who: str, asked: str | tuple[str, dict[str, str]], names: tuple[str, str]) -> str:
    """All of an answer, form and buttons too, with the keys that were asked for made alike."""
    try:
        origin = here.origin(who)
        command = read(asked, origin) if isinstance(asked, str) else build(*asked, origin)
        told = (await here.writer.submit(command)).model_dump_json()
    except Refused as refused:
        told = json.dumps(refused.text.model_dump(mode="json"))
    assert CANARY not in told.replace(f"list all {CANARY[:-1]}", "").replace(f'"{CANARY}"', ""), asked
    return re.sub(r'"declared_at":"[^"]*"', "", told.replace(names[0], "KEY").replace(names[1], "ITEM"))
