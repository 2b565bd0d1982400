"""A private incident and one that does not exist are one answer, on every route and for every outsider."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.web.world import GUEST, MAYA, OLGA, World

SECRET = "Sealed acquisition leak"
Get = Callable[[str], str]
API = [
    "/api/v1/incidents/{key}",
    "/api/v1/incidents/{key}/timeline",
    "/api/v1/incidents/{key}/timeline?all=1",
    "/api/v1/incidents/{key}/postmortem",
    "/api/v1/incidents/{key}/postmortem.md",
    "/api/v1/incidents/{key}/postmortem.json",
]
PAGES = [
    "/incidents/{key}",
    "/incidents/{key}?all=1",
    "/incidents/{key}.md",
    "/incidents/{key}.json",
    "/incidents/{key}/live",
    "/incidents/{key}/timeline.csv",
    "/incidents/{key}/postmortem",
    "/incidents/{key}/postmortem.md",
    "/incidents/{key}/postmortem.json",
    "/incidents/{key}/review.ics",
]
LISTS = [
    "/api/v1/incidents", "/api/v1/incidents?status=all&q=acquisition", "/api/v1/actions", "/api/v1/actions?status=all",
    "/now", "/now.json", "/now.md", "/incidents", "/incidents?q=acquisition", "/incidents?q=out", "/incidents.json",
    "/incidents.json?q=out", "/incidents.csv", "/incidents.csv?q=out", "/incidents.md", "/incidents.md?severity=1",
]  # fmt: skip


@pytest.fixture
async def sealed(here: World) -> str:
    """Key of a private incident with everything in it, of which only Maya may know."""
    reply = await here.chat(MAYA, f"declare sev1 {SECRET} --private")
    key = reply.incident
    await here.chat(MAYA, "note The buyer's name is out", key)
    await here.chat(MAYA, "action @maya by 2w: Seal the data room", key)
    await here.chat(MAYA, "resolve Sealed again", key)
    await here.chat(MAYA, "postmortem review @me 2w 14:00", key)
    await here.chat(MAYA, "declare sev3 Something public")
    assert re.fullmatch("INC-[A-Z]{5}", key)
    return key


def unknown(key: str) -> str:
    """A key of the same shape that nothing has."""
    return key[:4] + key[4:].translate(str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "BCDEFGHIJKLMNOPQRSTUVWXYZA"))


def outsiders(here: World, path: str) -> list[httpx.AsyncClient]:
    if path.startswith("/api/"):
        return [here.program(OLGA), here.program(GUEST), here.program(), here.program(name="Debrief")]
    return [here.client(OLGA), here.client(GUEST)]


def comparable(answer: httpx.Response, key: str) -> tuple[int, list[tuple[str, str]], str]:
    return answer.status_code, sorted(answer.headers.items()), answer.text.replace(key, "KEY")


@pytest.mark.parametrize("path", API + PAGES)
async def test_its_member_reads_it(here: World, sealed: str, path: str) -> None:
    reader = here.program(MAYA) if path.startswith("/api/") else here.client(MAYA)
    answer = await reader.get(path.format(key=sealed))
    assert answer.status_code == 200
    assert answer.text


@pytest.mark.parametrize("path", API + PAGES)
async def test_an_outsider_cannot_tell_it_from_one_that_does_not_exist(here: World, sealed: str, path: str) -> None:
    for outsider in outsiders(here, path):
        hidden = await outsider.get(path.format(key=sealed))
        absent = await outsider.get(path.format(key=unknown(sealed)))
        assert comparable(hidden, sealed) == comparable(absent, unknown(sealed))
        assert hidden.status_code == 404
        assert "acquisition" not in hidden.text


@pytest.mark.parametrize("path", LISTS)
async def test_no_list_shows_it_to_an_outsider(here: World, sealed: str, path: str) -> None:
    for outsider in outsiders(here, path):
        answer = await outsider.get(path)
        assert answer.status_code == 200
        for word in (SECRET, sealed, "data room", "buyer"):
            assert word not in answer.text


async def test_an_outsiders_commands_cannot_tell_either(here: World, sealed: str) -> None:
    bodies: list[dict[str, Any]] = [{"text": "note x"}, {"text": "status"}, {"text": "resolve"}, {"text": "actions"}]
    for outsider in outsiders(here, "/api/"):
        for body in bodies:
            answers = [
                await outsider.post("/api/v1/commands", json={**body, "incident": key})
                for key in (sealed, unknown(sealed))
            ]
            hidden, absent = (comparable(one, key) for one, key in zip(answers, (sealed, unknown(sealed)), strict=True))
            assert hidden == absent
            assert hidden[0] in (404, 422), body


async def test_an_outsider_cannot_touch_its_items(here: World, sealed: str) -> None:
    (item,) = (await here.program(MAYA).get("/api/v1/actions")).json()["actions"]
    for outsider in outsiders(here, "/api/"):
        hidden = await outsider.patch(f"/api/v1/actions/{item['key']}", json={"status": "done"})
        absent = await outsider.patch(f"/api/v1/actions/{unknown(item['key'])}", json={"status": "done"})
        assert comparable(hidden, item["key"]) == comparable(absent, unknown(item["key"]))
        assert hidden.status_code in (404, 422)
    assert (await here.program(MAYA).get("/api/v1/actions")).json()["actions"][0]["status"] == "open"


async def test_figures_and_probes_tell_nothing_of_incidents(here: World, sealed: str) -> None:
    anybody = here.client()
    for path in ("/metrics", "/readyz", "/healthz", "/openapi.json", "/docs"):
        text = (await anybody.get(path)).text
        assert sealed not in text
        assert SECRET not in text


async def test_whoever_is_taken_out_no_longer_sees_it(here: World, sealed: str) -> None:
    await here.chat(MAYA, "invite @olga", sealed)
    olga, program = here.client(OLGA), here.program(OLGA)
    assert (await olga.get(f"/incidents/{sealed}")).status_code == 200
    assert (await program.get(f"/api/v1/incidents/{sealed}")).status_code == 200
    await here.chat(MAYA, "remove @olga", sealed)
    assert (await olga.get(f"/incidents/{sealed}")).status_code == 404
    assert (await program.get(f"/api/v1/incidents/{sealed}")).status_code == 404


async def test_a_program_without_a_person_cannot_declare_what_nobody_could_see(here: World) -> None:
    program = here.program()
    answer = await program.post("/api/v1/incidents", json={"title": "Hidden from all", "private": True})
    assert answer.status_code == 422
    spoken = await program.post("/api/v1/commands", json={"text": "declare sev2 Hidden from all --private"})
    assert spoken.status_code == 422
    assert (await program.post("/api/v1/incidents", json={"title": "Plain"})).json()["incident"]["key"] == "INC-1"
