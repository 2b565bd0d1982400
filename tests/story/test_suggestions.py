"""A language model suggests texts: one is accepted, one thrown away, and a deletion takes along what rests on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import respx

from adapters.suggesting import language_model
from bot.suggestions import Suggestion
from bot.words.suggestions import MARK
from tests.model.fakes import PUBLIC, FakeModel, Rows, resolve, settings, texts
from tests.story.stage import Story


def _says(rows: Rows) -> dict[str, object]:
    ids = {word: [row["id"] for row in rows if word in row["text"]] for word in ("exhausted", "payments")}
    told = [("The pool of connections was exhausted.", ids["exhausted"])]
    return texts(told, [("Some payments failed.", ids["payments"])])


@pytest.fixture
def model() -> Iterator[FakeModel]:
    """Beside the simulated platforms, which are real servers on this machine."""
    fake = FakeModel(_says)
    with respx.mock(assert_all_called=False) as wire:
        wire.route(host=PUBLIC).mock(side_effect=fake)
        wire.route(host="127.0.0.1").pass_through()
        yield fake


def connected(story: Story) -> None:
    story.store.language_model = "public"
    story.outbox.deliver.update(language_model(settings(), story.reports, resolve))


def suggested(story: Story) -> tuple[Suggestion, ...]:
    found = story.record().postmortem
    assert found is not None
    return found.suggestions


@pytest.mark.everywhere
@pytest.mark.needs("verbs", "messages", "buttons")
async def test_one_suggestion_is_accepted_and_the_other_thrown_away(story: Story, model: FakeModel) -> None:
    connected(story)
    maya, tom = story.cast("maya", "tom")
    await maya.incident("declare sev2 Checkout errors")
    await tom.say("The pool is exhausted")
    await tom.say("payments fail, says @maya")
    await tom.incident("resolve larger pool")
    assert [one.section for one in suggested(story)] == ["learning", "impact"]
    assert "was exhausted" not in story.draft()

    shown = await maya.incident("postmortem")
    assert MARK in shown
    assert "Some payments failed." in shown
    await maya.press("Accept this text", near="was exhausted")
    assert [one.section for one in suggested(story)] == ["impact"]
    assert "The pool of connections was exhausted." in story.draft()
    assert MARK in await maya.incident("postmortem")
    await maya.press("Discard this text", near="Some payments failed")
    assert suggested(story) == ()
    assert "Some payments failed" not in story.draft()
    assert MARK not in await maya.incident("postmortem")
    assert "maya" not in str(model.requests).casefold()


@pytest.mark.needs("verbs", "messages", "buttons")
async def test_what_is_deleted_in_chat_takes_its_suggestion_along(story: Story, model: FakeModel) -> None:
    connected(story)
    maya, tom = story.cast("maya", "tom")
    await maya.incident("declare sev2 Checkout errors")
    said = await tom.say("The pool is exhausted")
    await maya.incident("postmortem open")
    await maya.incident("postmortem suggest")
    assert len(model.requests) == 2
    assert "was exhausted" in await maya.incident("postmortem")
    await tom.delete(said)
    assert "was exhausted" not in await maya.incident("postmortem")
    await story.beat()
    assert suggested(story) == ()


@pytest.mark.everywhere
@pytest.mark.needs("verbs")
async def test_without_a_model_asking_says_that_there_is_none(story: Story) -> None:
    (maya,) = story.cast("maya")
    await maya.incident("declare sev2 Checkout errors")
    await maya.incident("resolve done")
    assert "No language model is connected here" in await maya.incident("postmortem suggest")
    assert MARK not in await maya.incident("postmortem")
