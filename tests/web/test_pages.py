"""Pages as a browser gets them: what stands on them, what cannot, and their twins."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.web.look import STATIC
from bot.commands.captures import Deleted, Said
from bot.model import FileLink
from bot.text import mention_token
from tests.web.world import MAYA, TOM, URL, World, account, message, world

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)> \"'>{{ 7*7 }} {% raw %} javascript:alert(1)"


@pytest.fixture
async def story(here: World) -> World:
    await here.chat(MAYA, "declare sev2 Checkout answers with errors")
    await here.chat(MAYA, "lead me", "INC-1")
    await here.chat(MAYA, "update identified The pool of connections is exhausted", "INC-1")
    await here.chat(TOM, "note Restarted the pool at 14:02", "INC-1")
    await here.chat(MAYA, "action @tom by 2w: Alert on pool saturation", "INC-1")
    return here


async def test_nobody_signed_in_gets_the_same_page_everywhere(story: World) -> None:
    stranger = story.client()
    paths = [
        "/",
        "/now",
        "/incidents",
        "/incidents/INC-1",
        "/incidents/INC-1/live",
        "/incidents/INC-99",
        "/incidents/INC-1/postmortem",
    ]
    answers = [await stranger.get(path) for path in paths]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    assert "/incident web" in answers[0].text
    paths = ["/now.json", "/now.md", "/incidents.json", "/incidents.md", "/incidents.csv", "/incidents/INC-1.json"]
    paths += ["/incidents/INC-1.md", "/incidents/INC-1/timeline.csv"]
    twins = [await stranger.get(path) for path in paths]
    assert {(twin.status_code, twin.text) for twin in twins} == {(401, twins[0].text)}


async def test_the_list_shows_open_incidents_first(story: World) -> None:
    await story.chat(MAYA, "declare sev4 A smaller one")
    await story.chat(MAYA, "resolve gone by itself", "INC-2")
    page = (await story.client(TOM).get("/incidents")).text
    assert page.index("Open now") < page.index("Checkout answers") < page.index("Before") < page.index("A smaller one")
    assert page.count("Checkout answers with errors") == 1
    assert (await story.client(TOM).get("/incidents?status=resolved")).text.count("<h3>") == 1


async def test_an_incidents_page_shows_state_times_timeline_and_items(story: World) -> None:
    page = (await story.client(MAYA).get("/incidents/INC-1")).text
    for words in (
        "Checkout answers with errors", "SEV2", "Maya Ortiz", "active · identified", "Restarted the pool", "Tom Becker",
        "ACT-1", "Alert on pool saturation", "Times are in Europe/Berlin.",
    ):  # fmt: skip
        assert words in page, words
    assert not re.search("[\ue000\ue001]", page)
    assert page.count("<em>unknown</em>") == 4
    assert "which is assumed" in (await story.client(TOM).get("/incidents/INC-1")).text


async def test_the_whole_log_comes_in_pages(story: World) -> None:
    for number in range(3):
        await story.chat(MAYA, f"note Line {number}", "INC-1")
    page = (await story.client(MAYA).get("/incidents/INC-1?all=1")).text
    assert "Key entries only" in page
    assert (await story.client(MAYA).get("/incidents/INC-1?all=1&after=garbage")).status_code == 422


async def test_the_postmortem_page_tells_what_is_missing_and_what_people_wrote(story: World) -> None:
    reader = story.client(MAYA)
    assert "opens as a draft when" in (await reader.get("/incidents/INC-1/postmortem")).text
    await story.chat(MAYA, "resolve Pool made larger", "INC-1")
    page = (await reader.get("/incidents/INC-1/postmortem")).text
    for words in ("Learning card", "The five times", "Still missing", "Action items", "Everything that was said"):
        assert words in page, words
    assert "Read the postmortem" in (await reader.get("/incidents/INC-1")).text


async def test_a_section_that_a_person_wrote_is_marked_and_a_published_one_names_roles(story: World) -> None:
    await story.chat(MAYA, "resolve Pool made larger", "INC-1")
    await story.chat(MAYA, "postmortem edit impact: Nobody could pay.\n\n- for an hour", "INC-1")
    reader = story.client(TOM)
    page = (await reader.get("/incidents/INC-1/postmortem")).text
    assert re.search(r'class="by-hand">[^<]*Maya Ortiz', page)
    assert '<li class="typed" dir="auto">for an hour</li>' in page
    await story.gave("postmortem_publish", MAYA, incident="INC-1", sure="yes")
    page = (await reader.get("/incidents/INC-1/postmortem")).text
    assert "published" in page
    assert "Maya Ortiz" not in page
    assert "incident commander" in page.casefold()
    markdown = (await reader.get("/incidents/INC-1/postmortem.md")).text
    assert "Maya Ortiz" not in markdown


async def test_a_review_with_a_date_and_a_time_is_a_file_for_the_calendar(story: World) -> None:
    await story.chat(MAYA, "resolve Pool made larger", "INC-1")
    tom = mention_token(account(TOM))
    await story.chat(MAYA, f"postmortem review {tom} 2w", "INC-1")
    reader = story.client(TOM)
    none = await reader.get("/incidents/INC-1/review.ics")
    assert none.status_code == 404
    assert "no review with a date and a time" in none.text
    await story.chat(MAYA, f"postmortem review {tom} 2w 14:00", "INC-1")
    file = await reader.get("/incidents/INC-1/review.ics")
    assert file.headers["content-type"] == "text/calendar; charset=utf-8"
    assert file.headers["content-disposition"] == 'attachment; filename="INC-1-review.ics"'
    whole = file.text.replace("\r\n ", "")
    for line in ("METHOD:REQUEST", "SEQUENCE:1", "SUMMARY:Postmortem review: INC-1 Checkout answers with errors"):
        assert f"\r\n{line}\r\n" in whole
    assert 'ORGANIZER;CN="Maya Ortiz":mailto:maya@acme.example' in whole
    assert "mailto:tom@acme.example" in whole
    assert f"URL:{URL}/incidents/INC-1/postmortem" in whole
    assert (await reader.get("/incidents/INC-1/review.ics")).text == file.text
    assert (await story.client().get("/incidents/INC-1/review.ics")).status_code == 401


async def test_the_postmortems_twin_holds_review_and_comments(story: World) -> None:
    await story.chat(MAYA, "resolve Pool made larger", "INC-1")
    await story.chat(MAYA, f"postmortem review {mention_token(account(TOM))} 2w", "INC-1")
    await story.chat(TOM, "postmortem comment the second alert is missing", "INC-1")
    told = (await story.client(TOM).get("/incidents/INC-1/postmortem.json")).json()
    assert told["status"] == "in review"
    assert [one["name"] for one in told["review"]["reviewers"]] == ["Tom Becker"]
    assert told["comments"][0]["text"] == "the second alert is missing"
    assert "0 of 1 reviewer has looked" in told["readiness"]


async def test_every_page_has_twins_for_programs(story: World) -> None:
    await story.chat(MAYA, "resolve Pool made larger", "INC-1")
    reader = story.client(MAYA)
    assert (await reader.get("/incidents.json")).json()["incidents"][0]["key"] == "INC-1"
    assert (await reader.get("/incidents/INC-1.json")).json()["incident"]["status"] == "resolved"
    assert (await reader.get("/incidents/INC-1/postmortem.json")).json()["key"] == "INC-1"
    for path in ("/incidents/INC-1.md", "/incidents/INC-1/postmortem.md"):
        twin = await reader.get(path)
        assert twin.headers["content-type"] == "text/markdown; charset=utf-8"
        assert "Checkout answers with errors" in twin.text
    assert "\n## Timeline\n" in (await reader.get("/incidents/INC-1.md")).text


async def test_what_people_typed_is_never_markup(here: World) -> None:
    await here.chat(MAYA, f"declare sev2 {HOSTILE}")
    await here.chat(MAYA, f"note {HOSTILE}", "INC-1")
    await here.chat(MAYA, f"impact {HOSTILE}", "INC-1")
    await here.chat(MAYA, f"action @maya by 2w: {HOSTILE}", "INC-1")
    await here.chat(MAYA, f"resolve {HOSTILE}", "INC-1")
    reader = here.client(MAYA)
    for path in (
        "/now",
        "/incidents",
        "/incidents/INC-1",
        "/incidents/INC-1?all=1",
        "/incidents/INC-1/postmortem",
        "/incidents?q=alert(1)",
        f"/incidents?q={HOSTILE}",
    ):
        page = (await reader.get(path)).text
        assert "alert(1)" in page
        assert not re.search(r"<script(?! src=./(?:vendor|static)/)|<img src=x|href=.javascript", page)
        assert "{{ 7*7 }}" in page


async def test_only_web_addresses_become_links(here: World) -> None:
    await here.chat(MAYA, "declare sev2 Links")
    await here.opened("INC-1")
    for number, address in enumerate(("javascript:alert(1)", "data:text/html,x", "https://files.example/graph.png")):
        said = Said(
            origin=here.origin(TOM), message=message(f"170000000{number}.000100"), stamp=number + 1, text="look",
            files=(FileLink(name=f"file {number}", url=address),), permalink=address,
        )  # fmt: skip
        await here.writer.submit(said)
    page = (await here.client(MAYA).get("/incidents/INC-1?all=1")).text
    assert "file 0" in page
    assert "file 2" in page
    assert set(re.findall(r'href="((?!/)[^"#][^"]*)"', page)) == {"https://files.example/graph.png"}


async def test_a_deleted_message_leaves_its_place_without_its_text(here: World) -> None:
    await here.chat(MAYA, "declare sev2 Deleting")
    await here.opened("INC-1")
    ref = message("1700000000.000100")
    await here.writer.submit(Said(origin=here.origin(TOM), message=ref, stamp=1, text="I regret this"))
    await here.writer.submit(Deleted(origin=here.origin(TOM), message=ref, stamp=2))
    page = (await here.client(MAYA).get("/incidents/INC-1?all=1")).text
    assert "I regret this" not in page
    assert "(deleted)" in page
    entries = (await here.program(MAYA).get("/api/v1/incidents/INC-1/timeline?all=1")).json()["entries"]
    gone = next(one for one in entries if one["kind"] == "message")
    assert (gone["deleted"], gone["text"]) == (True, "")


async def test_every_answer_keeps_scripts_and_other_sites_out(story: World) -> None:
    reader = story.client(MAYA)
    for path in ("/", "/incidents/INC-1", "/nowhere", "/docs", "/api/v1/incidents", "/static/debrief.css", "/sign-in"):
        headers = (await reader.get(path)).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["x-frame-options"] == "DENY"


async def test_no_page_holds_a_script_a_style_of_its_own_or_anything_from_elsewhere(story: World) -> None:
    reader = story.client(MAYA)
    for path in ("/now", "/incidents", "/incidents/INC-1", "/docs", "/nowhere", "/sign-in"):
        page = (await (story.client() if path == "/sign-in" else reader).get(path)).text
        live = ['<script src="/static/live.js" defer>'] if path.endswith("INC-1") else []
        scripts = [re.sub(r"\?v=\w+|\s+$", "", one) for one in re.findall(r"<script[^>]*>[^<]*", page)]
        everywhere = ['<script src="/vendor/htmx/htmx.min.js" defer>', '<script src="/static/focus.js" defer>']
        assert scripts == [*everywhere, *live]
        assert not re.search(r"<style| style=| on[a-z]+=", page)
        assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
        assert 'lang="en"' in page
        assert page.count("<h1") == 1
        assert page.count("<main") == 1
        assert "Skip to the content" in page


async def test_a_page_that_is_not_there_and_one_that_is_hidden_are_one_page(story: World) -> None:
    reply = await story.chat(MAYA, "declare sev1 Hidden one --private")
    reader = story.client(TOM)
    pages = [
        await reader.get(path)
        for path in (f"/incidents/{reply.incident}", "/incidents/INC-99", "/nowhere", "/incidents/a.b.c")
    ]
    assert {page.status_code for page in pages} == {404}
    assert len({page.text for page in pages}) == 1


async def test_a_nonsense_address_is_answered_in_words(story: World) -> None:
    answer = await story.client(MAYA).get("/incidents?status=odd")
    assert answer.status_code == 422
    assert "<h1>" in answer.text


@pytest.fixture
async def in_sandbox(folder: Path) -> AsyncIterator[World]:
    async with world(folder, sandbox="/sandbox/") as made:
        yield made


async def test_the_front_page_leads_to_what_happens_now(story: World) -> None:
    answer = await story.client(MAYA).get("/")
    assert (answer.status_code, answer.headers["location"]) == (307, "/now")


async def test_in_the_sandbox_the_front_page_is_the_sandbox_and_the_list_stays_where_it_is(in_sandbox: World) -> None:
    answer = await in_sandbox.client().get("/")
    assert (answer.status_code, answer.headers["location"]) == (307, "/sandbox/")
    assert (await in_sandbox.client(MAYA).get("/incidents")).status_code == 200


async def test_the_documentation_names_every_route_of_the_api(here: World) -> None:
    anybody = here.client()
    schema = (await anybody.get("/openapi.json")).json()
    page = (await anybody.get("/docs")).text
    assert {"/api/v1/incidents", "/api/v1/commands", "/api/v1/actions/{key}", "/healthz"} <= set(schema["paths"])
    for path in schema["paths"]:
        assert f"<code>{path}</code>" in page
    assert "Idempotency-Key" in page


# -- colours


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


ON = {
    "ink": ("ground", "raised", "grey-ground"), "quiet": ("ground", "raised", "grey-ground"),
    "link": ("ground", "raised"),
    "on-accent": ("accent",), "warn-ink": ("warn-ground",), "red": ("red-ground",), "orange": ("orange-ground",),
    "yellow": ("yellow-ground",), "green": ("green-ground",),
}  # fmt: skip


@pytest.mark.parametrize("number", [0, 1], ids=["light", "dark"])
def test_every_text_can_be_read_on_its_ground(number: int) -> None:
    css = (STATIC / "debrief.css").read_text(encoding="utf-8")
    scheme = re.findall(r":root \{(.*?)\}", css, re.DOTALL)[number]
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", scheme))
    poor = {
        (text, ground): round(ratio, 2)
        for text, grounds in ON.items()
        for ground in grounds
        if (ratio := contrast(colours[text], colours[ground])) < 4.5
    }
    assert poor == {}
