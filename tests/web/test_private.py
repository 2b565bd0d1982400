"""A private incident and one that does not exist are one answer to every outsider, who can change nothing of it."""

import re
from typing import Any

import httpx
import pytest

from bot.commands.accounts import MemberLeft
from tests.web.world import GUEST, MAYA, OLGA, World, account

SECRET = "Sealed acquisition leak"


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


async def test_it_is_similar_to_nothing_for_an_outsider(here: World, sealed: str) -> None:
    (public,) = [one["key"] for one in (await here.program(OLGA).get("/api/v1/incidents")).json()["incidents"]]
    await here.chat(MAYA, f"impact {SECRET}, the buyer's name is out", public)
    path = f"/api/v1/incidents/{public}/similar"
    assert [one["key"] for one in (await here.program(MAYA).get(path)).json()["similar"]] == [sealed]
    for outsider in outsiders(here, path):
        answer = await outsider.get(path)
        assert answer.status_code == 404 or answer.json() == {"similar": []}  # a guest was not invited at all
        assert sealed not in answer.text


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


async def test_whoever_is_taken_out_no_longer_sees_it(here: World, sealed: str) -> None:
    await here.chat(MAYA, "invite @olga", sealed)
    olga, program = here.client(OLGA), here.program(OLGA)
    assert (await olga.get(f"/incidents/{sealed}")).status_code == 200
    assert (await program.get(f"/api/v1/incidents/{sealed}")).status_code == 200
    await here.chat(MAYA, "remove @olga", sealed)
    assert (await olga.get(f"/incidents/{sealed}")).status_code == 404
    assert (await program.get(f"/api/v1/incidents/{sealed}")).status_code == 404


async def test_whoever_leaves_the_chat_sees_no_more_of_anything_that_was_private_there(
    here: World, sealed: str
) -> None:
    later = (await here.chat(MAYA, "declare sev2 A second leak --private")).incident
    for key in (sealed, later):
        await here.opened(key, "C9")
        await here.chat(MAYA, "invite @olga", key)
    olga = here.program(OLGA)
    paths = [f"/api/v1/incidents/{key}/timeline" for key in (sealed, later)]
    paths.append(f"/api/v1/incidents/{sealed}/postmortem.md")
    assert [(await olga.get(path)).status_code for path in paths] == [200, 200, 200]
    left = here.origin("").model_copy(update={"channel": "C9"})
    await here.writer.submit(MemberLeft(origin=left, account=account(OLGA)))
    assert [(await olga.get(path)).status_code for path in paths] == [404, 404, 404]
    assert [(await here.program(MAYA).get(path)).status_code for path in paths] == [200, 200, 200]


async def test_a_program_without_a_person_cannot_declare_what_nobody_could_see(here: World) -> None:
    program = here.program()
    answer = await program.post("/api/v1/incidents", json={"title": "Hidden from all", "private": True})
    assert answer.status_code == 422
    spoken = await program.post("/api/v1/commands", json={"text": "declare sev2 Hidden from all --private"})
    assert spoken.status_code == 422
    assert (await program.post("/api/v1/incidents", json={"title": "Plain"})).json()["incident"]["key"] == "INC-1"
