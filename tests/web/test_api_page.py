"""docs/api.md, tried out: every route of the API has a curl there, and every curl works as it is written."""

import re
import shlex
from pathlib import Path

from tests.web.world import MAYA, World

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
CALLS = re.findall(r"^curl (?:.*\\\n)*.*$", PAGE, re.MULTILINE)
BASE = "/api/v1"


def parsed(call: str) -> tuple[str, str, dict[str, str], str | None]:
    """(method, address, headers without the token, body)"""
    words = shlex.split(call.replace("\\\n", " "))[1:]
    method, body, address = "GET", None, ""
    headers: dict[str, str] = {}
    while words:
        word = words.pop(0)
        if word == "-X":
            method = words.pop(0)
        elif word == "-d":
            body = words.pop(0)
        elif word == "-H":
            name, _, value = words.pop(0).partition(": ")
            headers[name] = value
        else:
            address = word.replace("$AT", BASE)
    assert headers.pop("Authorization") == "Bearer $TOKEN"
    return method, address, headers, body


async def test_every_curl_of_the_page_works_as_it_is_written(here: World) -> None:
    await here.chat(MAYA, "declare sev2 Search returns nothing")
    await here.chat(MAYA, "action @Maya by 2w : Alert when an index is empty", "INC-1")
    await here.chat(MAYA, "resolve rolled back", "INC-1")
    for part in ("external_what", "external_impact", "external_changes"):
        await here.chat(MAYA, f"postmortem edit {part} The search was empty for an hour", "INC-1")
    program = here.program(MAYA)
    for call in CALLS:
        method, address, headers, body = parsed(call)
        answer = await program.request(method, address, headers=headers, content=body)
        assert answer.is_success, f"{call}\n{answer.status_code} {answer.text}"


def test_every_route_has_a_curl(here: World) -> None:
    known = {
        (method.upper(), path)
        for path, ways in here.app.openapi()["paths"].items()
        if path.startswith(BASE)
        for method in ways
    }
    told = {
        (method, re.sub(r"/(?:INC|ACT)-1", "/{key}", address.split("?")[0]))
        for method, address, _, _ in map(parsed, CALLS)
    }
    told |= {("GET", f"{BASE}/incidents/{{key}}/postmortem")}  # the same as its twins, by what is accepted
    assert known - told == set()
    assert told - known == set()
