"""Words on cards that other apps post: they are the text of a message that has none, and nothing more comes of them."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.teams import markup
from adapters.teams.card_words import LONGEST, words_on_cards
from bot.commands.captures import Said
from bot.text import MENTION_CLOSE, MENTION_OPEN, mention_token
from tests.teams.fake_connector import TENANT
from tests.teams.harness import CHAT, World, world

Json = dict[str, Any]
ADAPTIVE = "application/vnd.microsoft.card.adaptive"
CONNECTOR = "application/vnd.microsoft.teams.card.o365connector"
HERO = "application/vnd.microsoft.card.hero"
NOTHING = {"contentType": "text/html", "content": '<attachment id="1"></attachment>'}


@pytest.fixture
async def teams() -> AsyncIterator[World]:
    async with world() as one:
        yield one


def adaptive(*body: Any) -> Json:
    return {"contentType": ADAPTIVE, "content": {"type": "AdaptiveCard", "version": "1.4", "body": list(body)}}


def block(text: str, **more: Any) -> Json:
    return {"type": "TextBlock", "text": text, **more}


FACTS = {"type": "FactSet", "facts": [{"title": "Service", "value": "checkout"}]}
CARDS: list[tuple[Json, str]] = [
    (adaptive(block("[FIRING] High latency"), FACTS), "[FIRING] High latency\nService: checkout"),
    (
        adaptive({"type": "ColumnSet", "columns": [{"items": [block("p99 < 2s")]}, {"items": [block("now <b> 5s")]}]}),
        "p99 < 2s\nnow <b> 5s",
    ),
    (adaptive({"type": "RichTextBlock", "inlines": ["one", {"type": "TextRun", "text": "two"}]}), "one\ntwo"),
    (adaptive(block("hidden", isVisible=False), {"type": "Input.Text", "value": "typed"}, block("seen")), "seen"),
    (
        {
            "contentType": CONNECTOR,
            "content": {
                "title": "Grafana: High latency",
                "text": "p99 is <b>high</b><br>now",
                "sections": [{"activityTitle": "checkout", "facts": [{"name": "State", "value": "alerting"}]}],
                "potentialAction": [{"name": "Open", "targets": [{"uri": "https://grafana.example"}]}],
            },
        },
        "Grafana: High latency\np99 is high now\ncheckout\nState: alerting",
    ),
    ({"contentType": HERO, "content": {"title": "Build 7", "subtitle": "failed", "text": "see log"}},
     "Build 7\nfailed\nsee log"),
]  # fmt: skip


@pytest.mark.parametrize(("card", "words"), CARDS)
def test_the_words_of_a_card_are_read_in_its_order_as_it_is_posted_and_as_a_menu_tells_it(
    card: Json, words: str
) -> None:
    assert markup.said_in({"text": "", "attachments": [NOTHING, card]}, TENANT) == words
    told = {**card, "content": json.dumps(card["content"])}
    payload = {"body": {"contentType": "html", "content": NOTHING["content"]}, "attachments": [told]}
    assert markup.of_message_payload(payload, TENANT, lambda _: "") == words


def test_where_somebody_wrote_something_the_card_below_it_is_left_alone() -> None:
    assert markup.said_in({"text": "look", "attachments": [CARDS[0][0]]}, TENANT) == "look"
    payload = {"body": {"contentType": "text", "content": "look"}, "attachments": [CARDS[0][0]]}
    assert markup.of_message_payload(payload, TENANT, lambda _: "") == "look"


def test_no_card_can_forge_the_engines_own_marks() -> None:
    said = words_on_cards([adaptive(block(f"by {mention_token('teams:T1:29:tom')}"))])
    assert MENTION_OPEN not in said
    assert MENTION_CLOSE not in said


def nested(deep: int) -> Json:
    inner: Json = block("deep")
    for _ in range(deep):
        inner = {"type": "Container", "items": [inner]}
    return inner


def test_a_card_of_whatever_size_and_depth_gives_a_bounded_text_at_once() -> None:
    long = block("x" * 1_000_000)
    wide = adaptive(*([long] * 5_000))
    began = time.perf_counter()
    assert len(words_on_cards([wide] * 100)) <= LONGEST
    assert words_on_cards([adaptive(nested(5))]) == "deep"
    assert words_on_cards([adaptive(nested(900))]) == ""
    assert words_on_cards([{"contentType": ADAPTIVE, "content": "[" * 90_000}]) == ""
    html = {"contentType": CONNECTOR, "content": {"text": "<b" * 50_000}}
    assert len(words_on_cards([html])) <= LONGEST
    assert time.perf_counter() - began < 2


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["type", "text", "body", "items", "facts", "title", "value", "contentType", "content"]), inner
    ),
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(ANYTHING)
def test_nothing_that_comes_as_a_card_is_an_error(given_: Any) -> None:
    for attachments in (given_, [given_], [{"contentType": ADAPTIVE, "content": given_}]):
        assert isinstance(words_on_cards(attachments), str)


async def test_the_words_of_a_card_are_captured_and_are_never_a_command(teams: World) -> None:
    card = adaptive(block("list"))
    await teams.take(teams.activity("message", text="", attachments=[card]))
    (said,) = teams.engine.of(Said)
    assert said.text == "list"
    await teams.take(teams.activity("message", CHAT, text="", attachments=[card]))
    assert "home" in teams.engine.kinds()
    assert "list" not in teams.engine.kinds()
