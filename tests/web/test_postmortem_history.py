"""The history of a postmortem: who changed which words, what was published, and that no word of two writers is lost."""

import re
import secrets

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.postmortems import PAGE, resolved, sent
from tests.web.world import MAYA, TOM, World

HISTORY = f"{PAGE}/history"


@pytest.fixture
async def story(here: World) -> World:
    return await resolved(here)


async def test_each_edit_shows_who_when_and_the_words_that_came_and_went(story: World) -> None:
    maya, tom = story.client(MAYA), story.client(TOM)
    await sent(maya, "edit", "impact", text="All orders failed.")
    await sent(tom, "edit", "impact", text="Some orders failed.")
    await sent(tom, "factor", factor="capacity", text="Sized for last year")
    page = (await maya.get(HISTORY)).text
    assert page.index("Sized for last year") < page.index("</span>Some</ins>")
    assert re.search(r"<del><span class=\"hidden\">removed: </span>All</del>", page)
    assert re.search(r"<ins><span class=\"hidden\">added: </span>Some</ins>", page)
    assert "Until then the section showed what was recorded." in page
    assert {"Maya Ortiz", "Tom Becker"} <= set(re.findall(r"<span>([\w ]+)</span>", page))


async def test_a_section_given_back_is_told_with_what_it_said(story: World) -> None:
    maya = story.client(MAYA)
    await sent(maya, "edit", "impact", text="All orders failed.")
    await sent(maya, "edit", "impact", text="")
    page = (await maya.get(HISTORY)).text
    assert "It shows again what is recorded." in page
    assert "removed: </span>All orders failed.</del>" in page


async def test_a_published_version_stays_readable_as_it_was_and_shows_what_changed_since(story: World) -> None:
    maya = story.client(MAYA)
    await sent(maya, "edit", "impact", text="All orders failed.")
    await sent(maya, "publish")
    frozen = (await maya.get(f"{HISTORY}.md?version=1")).text
    await sent(maya, "revise")
    await sent(maya, "edit", "impact", text="Some orders failed.")
    assert (await maya.get(f"{HISTORY}.md?version=1")).text == frozen
    assert "All orders failed" in frozen
    assert "Maya Ortiz" not in frozen
    since = (await maya.get(HISTORY)).text.split('class="since"')[1].split("</section>")[0]
    assert "− " in since or "removed: </span>All orders failed." in since
    await sent(maya, "publish")
    assert "What is new in it" in (await maya.get(HISTORY)).text
    assert (await maya.get(f"{HISTORY}.md?version=2")).text != frozen
    assert (await maya.get(f"{HISTORY}.md?version=3")).status_code == 404


async def test_its_twins(story: World) -> None:
    maya = story.client(MAYA)
    await sent(maya, "edit", "impact", text="All orders failed.")
    told = (await maya.get(f"{HISTORY}.json")).json()["history"]
    assert [one["section"] for one in told[:2]] == ["impact", ""]
    assert (told[0]["before"], told[0]["after"]) == ("", "All orders failed.")
    markdown = (await maya.get(f"{HISTORY}.md")).text
    assert "Maya Ortiz: Postmortem: “Impact” written" in markdown
    assert (await story.client().get(HISTORY)).status_code == 401


async def test_a_long_history_comes_in_pages(story: World) -> None:
    for number in range(45):
        await story.gave("postmortem_question", MAYA, incident="INC-1", saving="yes", text=f"Question {number}?")
    maya = story.client(MAYA)
    first, second = (await maya.get(HISTORY)).text, (await maya.get(f"{HISTORY}?older=40")).text
    assert "Question 44?" in first
    assert "Question 0?" not in first
    assert "Question 0?" in second
    assert "?older=40" in first


class Two:
    """Two people with the same section before them, and what each was told is not saved and still has in the form."""

    def __init__(self, here: World) -> None:
        self.here = here
        self.seen: dict[str, str] = {}
        self.handed: dict[str, str] = {}

    async def opens(self, who: str) -> None:
        if who not in self.handed:
            reply = await self.here.gave("postmortem_edit", who, incident="INC-1", section="impact", room="40000")
            assert reply.form is not None
            self.seen[who] = reply.form.args["seen"]

    async def saves(self, who: str, text: str) -> None:
        text = f"{text}\n{self.handed.pop(who, '')}"
        fields = {"section": "impact", "text": text, "saving": "yes", "seen": self.seen.get(who, "")}
        reply = await self.here.gave("postmortem_edit", who, incident="INC-1", **fields)
        if reply.form is not None:
            self.handed[who] = reply.form.inputs[0].initial
            self.seen[who] = reply.form.args["seen"]


STEPS = st.lists(st.tuples(st.booleans(), st.sampled_from([MAYA, TOM])), min_size=4, max_size=10)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_in_a_hundred_interleavings_every_word_is_kept_or_in_its_writers_hands(
    story: World, steps: list[tuple[bool, str]]
) -> None:
    two, said = Two(story), list[str]()
    for opens, who in steps:
        if opens:
            await two.opens(who)
        else:
            said.append(f"words {secrets.token_hex(6)}")
            await two.saves(who, said[-1])
    kept = [one.text for one in story.reports.revisions(story.person(MAYA), "INC-1")]
    for words_of_one in said:
        assert any(words_of_one in text for text in (*kept, *two.handed.values()))
