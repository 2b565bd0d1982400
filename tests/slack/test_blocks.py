"""Cards and forms as Block Kit: valid whatever they hold, literal whatever people typed, and cut aloud."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.sandbox.blocks import problems, view_problems
from adapters.sandbox.mrkdwn import addressed_by_app
from adapters.slack import blocks, forms
from adapters.slack.richtext import clean, pieces, prefix, shortened, size
from bot.text import (
    Button,
    Card,
    Code,
    Emoji,
    Form,
    Link,
    Mention,
    Section,
    Strong,
    Text,
    mention_token,
)
from bot.words import chat
from tests.bot import made

TEAM = "T1"
WILD = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "", " ", "\n", "\t\n", "\x00\x07", "👩‍👩‍👧‍👦" * 40, "\U0001f600" * 700, "مرحبا \u202eabc",
            "\u2067\u202b" * 9, "日本語" * 300,
            "\ud83d", "\udfff\ud800", "a" * 149, "b" * 151, "c" * 3000, "d" * 3001, "e" * 13_000,
            "line\n" * 900, "<!channel>", "`*_~", "\ue000", "\ue001\ue000a",
            mention_token("slack:T1:U1"), mention_token("slack:T2:U1") + "x", mention_token("nonsense"),
        ]
    ),
)  # fmt: skip
PARTS = st.one_of(
    WILD,
    st.builds(Strong, text=WILD),
    st.builds(Code, text=WILD),
    st.builds(
        Mention, account=st.sampled_from(["slack:T1:U1", "slack:T2:U2", "teams:x:y", "odd", "slack:T1:<!x>"]), name=WILD
    ),
    st.builds(Link, url=st.one_of(WILD, st.just("https://example.com/x?a=1&b=<2>")), label=WILD),
    made.moments(WILD),
)
TEXTS = made.texts(PARTS)
CARDS = made.cards(WILD, TEXTS, buttons=4)
FORMS = made.forms(WILD, TEXTS, ["2026-01-02", "x", "slack:T1:U1", "C012345", "true"])
SLOWLY = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@SLOWLY
@given(CARDS)
def test_every_card_is_a_valid_message_home_and_notice(card: Card) -> None:
    message = blocks.message(card, TEAM)
    assert problems(message["blocks"]) == []
    assert 0 < len(message["text"]) <= 40_000
    json.dumps(message).encode("utf-8")
    message["text"].encode("utf-8")
    assert view_problems(blocks.home(card, TEAM)) == []
    assert view_problems(blocks.notice(card, TEAM)) == []


@SLOWLY
@given(FORMS)
def test_every_form_is_a_valid_modal(form: Form) -> None:
    view = forms.modal(form, TEAM, {"channel": "C1", "url": "https://hooks.slack.com/x"})
    assert view_problems(view) == []
    assert json.loads(view["private_metadata"])["does"] == "declare"


@SLOWLY
@given(CARDS)
def test_no_card_addresses_anybody_but_whom_it_mentions(card: Card) -> None:
    message = {**blocks.message(card, TEAM), **blocks.QUIET}
    assert {target for target in addressed_by_app(message) if target != "@U1"} == set()
    assert "mrkdwn" not in json.dumps(message["blocks"])


HOSTILE = [
    "<!channel>", "<!here>", "<!everyone>", "<!subteam^S1>", "<@U0TOM0000>", "@channel", "@here",
    "<https://evil.example|bank>", "&lt;!channel&gt;", "*bold*", "_it_", "~no~", "`code`", "```\nblock\n```", "> quote",
    "<mailto:a@b|c>", ":tada:", "• list",
    "<!date^1^{date}|x>", "<#C1|general>", "https://evil.example", "\u202egnp.exe", "<script>alert(1)</script>",
    "*<!channel>*",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_literally_everywhere(text: str) -> None:
    part = Text(parts=(text,))
    button = Button(label=text, does="x", confirm=text)
    section = Section(text=part, facts=((text, part),), buttons=(button,))
    card = Card(title=text, sections=(section, Section(text=part, quiet=True)))
    message = blocks.message(card, TEAM)
    assert addressed_by_app({**message, **blocks.QUIET}) == []
    shown = [one["text"] for one in _texts(message["blocks"])]
    assert sum(text in one for one in shown) >= 6
    assert {one["type"] for one in _texts(message["blocks"])} <= {"plain_text", "text"}
    assert all(one.get("emoji") is False for one in _texts(message["blocks"]) if one["type"] == "plain_text")
    assert not any(mark in message["text"] for mark in ("<", ">"))


def _texts(found: Any) -> list[dict[str, Any]]:
    if isinstance(found, list):
        return [one for part in found for one in _texts(part)]
    if not isinstance(found, dict):
        return []
    own = [found] if isinstance(found.get("text"), str) else []
    return own + [one for part in found.values() for one in _texts(part)]


def test_what_is_too_long_is_cut_and_the_cut_is_said() -> None:
    card = Card(sections=tuple(Section(text=Text(parts=(f"{number} " + "x" * 2000,))) for number in range(20)))
    shown = blocks.blocks(card, TEAM)
    assert shown[-1]["elements"][0]["text"] == chat.cut()
    assert "0 xxx" in str(shown[0])
    assert blocks.blocks(Card(sections=card.sections[:2]), TEAM)[-1]["type"] == "rich_text"


def test_buttons_survive_a_cut() -> None:
    wordy = tuple(Section(text=Text(parts=("x" * 2900,))) for _ in range(60))
    last = Section(buttons=(Button(label="Done", does="done"),))
    shown = blocks.blocks(Card(sections=(*wordy, last)), TEAM)
    assert len(shown) <= 50
    assert [one["type"] for one in shown].count("actions") == 1


def test_a_button_that_cannot_carry_its_arguments_is_named_instead() -> None:
    card = Card(sections=(Section(buttons=(Button(label="Big", does="x", args={"a": "y" * 2000}),)),))
    assert "Big" in str(blocks.blocks(card, TEAM))
    assert problems(blocks.blocks(card, TEAM)) == []


def test_a_reaction_is_shown_as_slack_knows_it_and_as_a_sign_in_notifications() -> None:
    text = Text(parts=("React with ", Emoji(name="pushpin", sign="📌")))
    sent = blocks.message(Card(sections=(Section(text=text),)), TEAM)
    assert sent["blocks"][0]["elements"][0]["elements"][1] == {"type": "emoji", "name": "pushpin"}
    assert sent["text"] == "React with 📌"
    assert problems(sent["blocks"]) == []


def test_a_notification_reads_the_label_of_a_link_and_not_its_address() -> None:
    text = Text(parts=("The ", Link(url="https://x.example/sign-in/abc", label="postmortem"), " is open"))
    assert blocks.fallback(Card(sections=(Section(text=text),))) == "The postmortem is open"


def test_a_direction_override_ends_with_its_text() -> None:
    assert clean("\u202eabc") == "\u202eabc\u202c"
    assert clean("\u2067abc") == "\u2067abc\u2069"


@given(st.text(max_size=300), st.integers(1, 50))
def test_shortening_keeps_within_its_limit_and_breaks_no_character(text: str, limit: int) -> None:
    assert size(shortened(text, limit)) <= limit
    assert text.startswith(prefix(text, limit))
    assert size(prefix(text, limit)) <= limit


@given(st.lists(st.text(min_size=1, max_size=400), max_size=12), st.integers(2, 200))
def test_pieces_lose_nothing(texts: list[str], limit: int) -> None:
    found = [{"type": "text", "text": text} for text in texts]
    runs = list(pieces(found, limit))
    assert "".join(one["text"] for run in runs for one in run) == "".join(texts)
    assert all(sum(size(one["text"]) for one in run) <= max(limit, 2) for run in runs)
