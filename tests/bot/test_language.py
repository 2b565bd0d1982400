"""Hints on wording: right often enough, quiet about systems, quotes and code, and quick whatever comes."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.item_language import item_hints
from bot.language import RULES, hints
from bot.text import mention_token
from tests.bot.language_scores import HELD_OUT, MAIN, item_scores, scores, sentences

TOM = mention_token("slack:T1:UTOM")


def rules_of(text: str) -> list[str]:
    return [hint.rule for hint in hints(text)]


# -- the labelled sentences


@pytest.mark.parametrize("path", [MAIN, HELD_OUT], ids=lambda path: path.stem)
def test_the_rules_hold_on_the_sentences_they_were_tuned_on_and_on_others(path: Path) -> None:
    for found in (scores(path), item_scores(path)):
        assert found.precision >= 0.9, found.wrong
        assert found.recall >= 0.8, found.missed


def test_the_labelled_sentences_are_many_balanced_and_none_stands_in_both_sets() -> None:
    blameful, blameless = sentences(MAIN, "blameful"), sentences(MAIN, "blameless")
    assert len(blameful) + len(blameless) >= 300
    assert 0.8 < len(blameful) / len(blameless) < 1.25
    held_out = sentences(HELD_OUT, "blameful", "blameless", "vague", "bounded")
    assert len(held_out) >= 100
    everything = [*blameful, *blameless, *sentences(MAIN, "vague", "bounded"), *held_out]
    assert len(everything) == len(set(everything))


# -- what a hint says


def test_every_example_of_the_page_gets_the_question_that_stands_beside_it() -> None:
    page = (MAIN.parents[2] / "docs" / "language.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.endswith("? |")]
    assert len({row[0] for row in rows}) == 10
    for _, text, question in rows:
        assert next(hint.rewording for hint in (*hints(text), *item_hints(text))) == question


def test_a_hint_asks_with_the_words_that_it_found() -> None:
    (hint,) = hints("At 14:02 Tom should have checked the dashboard.")
    assert (hint.rule, hint.found) == ("should_have", "should have checked the dashboard")
    assert hint.rewording == "What did the dashboard show at that moment, and what made other signals more convincing?"


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Tom forgot to renew the certificate.", "What usually reminds people to renew the certificate, "),
        ("The on-call did not notice the lag.", "What made it hard to notice the lag?"),
        ("Maya missed the page.", "How did the page look at that moment, "),
        ("Why did Tom restart it?", "What did Tom see and expect at that moment?"),
        ("The root cause was a full disk.", "This is one contributing factor: a full disk."),
        ("It was human error.", "What were the conditions (human error), "),
    ],
)
def test_every_rewording_is_a_question_of_what_or_how(text: str, asked: str) -> None:
    assert hints(text)[0].rewording.startswith(asked)


def test_no_rewording_asks_why_and_none_has_a_hole() -> None:
    found = [hint for one in sentences(MAIN, "blameful") for hint in hints(one)]
    assert {hint.rule for hint in found} == {rule.name for rule in RULES}
    for hint in found:
        assert hint.rewording.endswith("?")
        assert "why" not in hint.rewording.casefold().replace(hint.found.casefold(), "")
        assert "  " not in hint.rewording
        assert "( )" not in hint.rewording


def test_a_span_is_where_the_words_stand() -> None:
    text = "It was late.\n> Tom forgot it\nThe “old” team failed to notice `x`. Fine. Clearly, nobody looked."
    assert [text[hint.start : hint.end] for hint in hints(text)] == [hint.found for hint in hints(text)]
    assert rules_of(text) == ["person", "person"]


def test_a_sentence_gets_one_hint_and_a_text_as_many_as_sentences() -> None:
    assert rules_of("Tom should have checked, it was human error and careless.") == ["judgement"]
    assert len(hints("Tom forgot to look. Maya forgot to ask. Nothing else.")) == 2


def test_somebody_mentioned_is_a_person() -> None:
    (hint,) = hints(f"{TOM} missed the page.")
    assert hint.found == f"{TOM} missed the page"


@pytest.mark.parametrize(
    "text",
    [
        "```\nTom forgot to renew it\n```",
        "```\nTom forgot to renew it",
        "`human error`",
        "> the root cause was Tom",
        "He wrote “it was human error” in the ticket.",
        'He wrote "it was human error" in the ticket.',
        "See https://example.com/human error".replace(" ", "-"),
        "Der Operator hat den Alarm übersehen, das war menschliches Versagen.",
        "L'erreur humaine est la cause.",
        "",
    ],
)
def test_quotes_code_links_and_other_languages_are_left_alone(text: str) -> None:
    assert hints(text) == ()


@pytest.mark.parametrize("text", ["It wasn't human error.", "There is no root cause.", "It was not obvious."])
def test_what_is_denied_is_left_alone(text: str) -> None:
    assert hints(text) == ()


def test_a_fingerprint_is_of_the_rule_and_the_sentence_alone() -> None:
    (one,), (same,) = hints("Tom  forgot to LOOK."), hints("It was late. tom forgot to look.")[-1:]
    assert one.fingerprint == same.fingerprint
    assert hints("Tom forgot to ask.")[0].fingerprint != one.fingerprint


# -- whatever comes


@given(st.text(max_size=300) | st.text(alphabet="“”\"'`>~ \n.Tomifhadwul\ue000\ue001\x00", max_size=300))
def test_no_text_is_too_strange(text: str) -> None:
    for hint in (*hints(text), *item_hints(text)):
        assert text[hint.start : hint.end].strip() == hint.found.strip()


@pytest.mark.parametrize(
    "piece",
    [
        "a ",
        "ops who a b c d e f ",
        "if had ",
        "“",
        "'a ",
        "```\n",
        ">\n",
        "\ue000a",
        "would if ",
        "by next ",
        "x",
        "(",
        "why ",
    ],
)
def test_the_time_grows_with_the_length_alone(piece: str) -> None:
    """Four times the text takes about four times as long: a pattern that goes back and forth would take sixteen."""
    short, long = (piece * (size // len(piece)) for size in (10_000, 40_000))
    assert _seconds(long) < 9 * _seconds(short) + 0.1


def _seconds(text: str) -> float:
    hints.cache_clear()
    began = time.thread_time()
    hints(text)
    item_hints(text)
    return time.thread_time() - began


# -- action items


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Improve monitoring", "item_bounded"),
        ("Be careful with migrations", "item_people"),
        ("Monitoring", "item_verb"),
        ("@maya: investigate the lag", "item_bounded"),
        (f"{TOM} please improve the alerts", "item_bounded"),
    ],
)
def test_what_an_item_lacks_is_named(text: str, rule: str) -> None:
    assert [hint.rule for hint in item_hints(text)] == [rule]


@pytest.mark.parametrize(
    "text", ["Alert on pool saturation", "", "`improve`", "Improve p99 to 300 ms", "Behebe den Fehler"]
)
def test_an_item_that_can_be_done_is_left_alone(text: str) -> None:
    assert item_hints(text) == ()
