"""Files over the web: for those who may know, in every format, and never run in our name."""

import io
import json

import pytest
from pypdf import PdfReader

from bot.archive import read_archive
from tests.web.world import MAYA, OLGA, World

ENDINGS = ("postmortem.md", "postmortem.html", "postmortem.pdf", "postmortem.external.md", "record.json")
PARTS = ("external_what", "external_impact", "external_changes")
HOSTILE = "<script>alert(1)</script> ![x](http://evil.example/x.png) [c](javascript:alert(1)) \u202eevil"


@pytest.fixture
async def story(here: World) -> World:
    await here.chat(MAYA, f"declare sev2 {HOSTILE}")
    await here.chat(MAYA, f"note {HOSTILE}", "INC-1")
    await here.chat(MAYA, "resolve fixed", "INC-1")
    return here


async def written(story: World) -> None:
    for part in PARTS:
        await story.chat(MAYA, f"postmortem edit {part} Orders failed for an hour", "INC-1")


@pytest.mark.parametrize("prefix", ["/incidents/INC-1/", "/api/v1/incidents/INC-1/"])
async def test_every_format_is_there_for_people_and_for_programs(story: World, prefix: str) -> None:
    await written(story)
    reader = story.program(MAYA) if prefix.startswith("/api") else story.client(MAYA)
    got = {ending: await reader.get(prefix + ending) for ending in ENDINGS}
    assert {answer.status_code for answer in got.values()} == {200}
    assert got["postmortem.md"].text.startswith('---\nkey: "INC-1"\n')
    assert "Learning card" in "".join(
        p.extract_text() for p in PdfReader(io.BytesIO(got["postmortem.pdf"].content)).pages
    )
    assert read_archive(got["record.json"].content).incident.key == "INC-1"
    assert "acme.example" not in got["record.json"].text
    assert "Orders failed for an hour" in got["postmortem.external.md"].text
    for ending in ("postmortem.html", "postmortem.pdf", "record.json"):
        assert got[ending].headers["content-disposition"] == f'attachment; filename="INC-1-{ending}"'
    assert all(answer.headers["x-content-type-options"] == "nosniff" for answer in got.values())


async def test_nothing_hostile_is_more_than_text_in_any_of_them(story: World) -> None:
    page = (await story.client(MAYA).get("/incidents/INC-1/postmortem.html")).text
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "<img" not in page
    assert "\u202e" not in page
    assert 'href="javascript' not in page


async def test_what_is_missing_for_readers_outside_is_told(story: World) -> None:
    page = await story.client(MAYA).get("/incidents/INC-1/postmortem.external.md")
    assert (page.status_code, "What we changed" in page.text) == (422, True)
    told = await story.program(MAYA).get("/api/v1/incidents/INC-1/postmortem.external.md")
    assert (told.status_code, list(told.json())) == (422, ["error"])


@pytest.mark.parametrize("ending", ENDINGS)
async def test_nobody_signed_in_gets_none(story: World, ending: str) -> None:
    assert (await story.client().get(f"/incidents/INC-1/{ending}")).status_code == 401
    assert (await story.client().get(f"/api/v1/incidents/INC-1/{ending}")).status_code == 401


async def test_the_page_leads_to_each(story: World) -> None:
    page = (await story.client(OLGA).get("/incidents/INC-1/postmortem")).text
    for ending in ENDINGS:
        assert f'href="/incidents/INC-1/{ending}"' in page


async def test_an_incident_without_a_postmortem_has_a_record(here: World) -> None:
    await here.chat(MAYA, "declare sev3 Slow search")
    reader = here.program(MAYA)
    assert json.loads((await reader.get("/api/v1/incidents/INC-1/record.json")).content)["postmortem"] is None
    assert (await reader.get("/api/v1/incidents/INC-1/postmortem.pdf")).status_code == 404
