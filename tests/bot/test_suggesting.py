"""What a language model is given of an incident, and what of its answer is kept: little, and less."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import EntryKind
from bot.suggesting import (
    GIVEN,
    LONGEST,
    LONGEST_SENTENCE,
    MOST_ENTRIES,
    MOST_LETTERS,
    MOST_SENTENCES,
    kept,
    question,
    read_answer,
    schema,
)  # fmt: skip
from bot.suggestions import Sentence
from bot.text import mention_token
from bot.words.draft import EDITABLE
from tests.bot.drafts import MAYAS, change, message, postmortem, written
from tests.bot.suggested import IMPACT, LOG, WHAT, answer, answered, here, record, suggestions, texts
from tests.bot.test_postmortem import kept as kept_by
from tests.bot.worlds import MAYA, TOM, someone

ZONE = "Europe/Berlin"
INES_ROSSI = someone("Ines").model_copy(update={"name": "Ines Rossi"})


def stays(*sentences: tuple[str, str]) -> list[str]:
    found = kept([answer(*sentences)], LOG, ZONE)
    return [one.text for one in found.get("learning", ())]


# -- what it is given


def given_texts(**parts: Any) -> str:
    found = question(record(**parts))
    return found.document if found else ""


def test_it_is_given_the_entries_with_short_ids_and_people_by_role() -> None:
    log = (
        message(
            1, f"{mention_token(MAYAS)} asked Ines Rossi, ines@acme.example and @maya.o about https://x.example/?t=1"
        ),
        message(2, "tom restarts it, Rossi waits", author=MAYAS),
        message(3, "5xx everywhere", author="", author_name="Alertmanager", kind=EntryKind.ALERT),
    )
    found = question(record(log, people=(TOM, MAYA, INES_ROSSI)))
    assert found is not None
    rows = json.loads(found.document)["entries"]
    assert [one["text"] for one in rows] == [
        "a responder asked a responder, [address] and a responder about [link]",
        "incident commander restarts it, a responder waits",
        "5xx everywhere",
    ]
    assert [one["by"] for one in rows] == ["incident commander", "a responder", "a program"]
    assert found.given == {"e1": "e1", "e2": "e2", "e3": "e3"}
    assert rows[0]["at"] == "Mon 23 Nov 2026 13:11 CET"
    for name in ("Maya", "Ines", "Rossi", "Tom", "acme", "slack:", "UMAYA", "x.example"):
        assert name not in found.document


def test_whoever_leads_is_given_as_the_incident_commander() -> None:
    rows = json.loads(given_texts(log=(message(1, "looking"),)))["entries"]
    assert rows[0]["by"] == "incident commander"


def test_deleted_left_out_and_retracted_entries_are_not_given() -> None:
    log = (
        message(1, "", deleted_stamp=9, text_stamp=0),
        message(2, "wrong channel", retracted=True),
        message(3, "kept"),
    )
    found = question(record(log))
    assert found is not None
    assert list(found.given.values()) == ["e3"]


@pytest.mark.parametrize("kind", [kind for kind in EntryKind if kind not in GIVEN])
def test_items_roles_coming_and_going_and_the_postmortem_itself_are_not_given(kind: EntryKind) -> None:
    assert question(record((change(1, kind, "secret of this kind"),))) is None


def test_what_is_given_has_an_end_and_begins_with_the_timeline() -> None:
    log = tuple(message(n, f"{n} " + "word " * 300) for n in range(1, 900))
    marked = message(950, "what mattered", marks={MAYAS: 1})
    found = question(record((*log, marked)))
    assert found is not None
    assert marked.id in found.given.values()
    assert len(found.given) <= MOST_ENTRIES
    rows = json.loads(found.document)["entries"]
    assert all(len(row["text"]) <= LONGEST for row in rows)
    assert sum(len(row["text"]) for row in rows) <= MOST_LETTERS
    assert [row["id"] for row in rows] == [f"e{n + 1}" for n in range(len(rows))]


def test_short_entries_are_counted_too() -> None:
    found = question(record(tuple(message(n, "x") for n in range(1, 900))))
    assert found is not None
    assert len(found.given) == MOST_ENTRIES


HALVES = st.sampled_from(
    [
        "Maya",
        "Ines Rossi",
        "maya@acme.example",
        "https://acme.example/a?token=b",
        mention_token(MAYAS),
        "@maya",
        "x" * 60,
    ]
)


@given(st.lists(HALVES, min_size=1, max_size=400), st.integers(0, 60))
def test_no_name_and_no_link_comes_through_wherever_a_long_text_is_cut(parts: list[str], shift: int) -> None:
    text = "y" * shift + " " + " ".join(parts)
    told_it = given_texts(log=(message(1, text),), people=(TOM, MAYA, INES_ROSSI))
    for part in ("Maya", "Ines", "Rossi", "acme", "token", "UMAYA", "\ue000", "\ue001", "maya"):
        assert part not in told_it


@pytest.mark.parametrize(
    "cut", ["Ines Rossi", "maya@acme.example", mention_token(MAYAS), "https://acme.example/?token=b"]
)
@pytest.mark.parametrize("shift", range(0, 40, 3))
def test_nothing_is_cut_in_two_where_much_of_a_text_was_links(cut: str, shift: int) -> None:
    """So much that what stands at the cut is still given."""
    links = " ".join([f"https://acme.example/{'a' * 178}"] * 10)[: 4 * LONGEST - shift - 1]
    told_it = given_texts(log=(message(1, f"{links} {cut} more"),), people=(TOM, MAYA, INES_ROSSI))
    for part in ("Ine", "Ros", "may", "acme", "slack", "UMAYA", "\ue000", "\ue001", "token", "http"):
        assert part not in told_it


# -- what of its answer is kept


def test_sentences_that_rest_on_entries_are_kept() -> None:
    decision = answered(here(), WHAT, IMPACT)
    assert texts(decision) == {
        "learning": "Payments failed after a deployment. Rolling back to build 1187 ended it.",
        "impact": "12 % of payments failed.",
    }
    assert decision.entries == ()
    assert decision.effects == ()
    assert kept_by(decision).edited == {}
    assert [one.entries for one in suggestions(decision)] == [("e1", "e2"), ("e3",)]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Payments failed.", ""),
        ("Payments failed.", "e9"),
        ("Payments failed.", "e1 e9"),
        ("9,000 payments failed.", "e1"),
        ("Payments failed at 14:03.", "e1"),
        ("It was like INC-7.", "e1"),
        ("It was like INC-QWRTZ.", "e1"),
        ("See evil.example for more.", "e1"),
        ("See https://evil.example for more.", "e1"),
        ("Write to mailto:a for more.", "e1"),
        ("@channel look here.", "e1"),
        ("<!channel> look, @here.", "e1"),
        (f"{mention_token(MAYAS)} looked.", "e1"),
        ("The engineer forgot to test the deployment.", "e1"),
        ("The team should have tested the deployment.", "e1"),
        ("The root cause was the deployment.", "e1"),
        ("Failed\u202eafter it.", "e1"),
        ("x" * (LONGEST_SENTENCE + 1), "e1"),
        ("  ", "e1"),
    ],
)
def test_a_sentence_is_dropped_and_its_neighbour_stays(text: str, ids: str) -> None:
    assert stays((text, ids), ("Payments failed.", "e1")) == ["Payments failed."]


def test_times_of_the_cited_entries_may_be_said() -> None:
    assert stays(("At 13:11 CET on 23 Nov 2026 payments failed.", "e1")) != []


def test_what_was_deleted_or_retracted_meanwhile_is_no_evidence() -> None:
    for gone in ({"deleted_stamp": 9, "text": ""}, {"retracted": True}):
        log = (LOG[0].model_copy(update=gone), *LOG[1:])
        assert texts(answered(here(log=log), WHAT)) == {"learning": "Rolling back to build 1187 ended it."}


def test_an_entry_that_could_not_be_given_is_no_evidence() -> None:
    log = (*LOG, change(4, EntryKind.ACTION, "ACT-1: payments failed"))
    assert texts(answered(here(log=log), answer(("Payments failed.", "e4")))) == {}


def test_of_many_sentences_the_first_are_kept_and_none_twice() -> None:
    many = [(f"Payments failed{'!' * n}", "e1") for n in range(9)]
    assert len(stays(*many, *many)) == MOST_SENTENCES


def test_a_section_that_a_person_wrote_gets_no_suggestion() -> None:
    decision = answered(here(postmortem=postmortem(edited={"learning": written("Mine.")})), WHAT, IMPACT)
    assert list(texts(decision)) == ["impact"]


def test_only_two_editable_sections_can_be_named_at_all() -> None:
    assert {one["enum"][0] for one in _enums(schema())} == {"learning"}
    assert set(_enums(schema())[0]["enum"]) == {"learning", "impact"} <= set(EDITABLE)
    for name in (*EDITABLE, "factors", "actions", "log", "severity", ""):
        told_it = json.dumps({"sections": [{"name": name, "sentences": [{"text": "Slow.", "entries": ["e1"]}]}]})
        if name in ("learning", "impact"):
            assert read_answer(told_it, {"e1": "e1"})
        else:
            with pytest.raises(ValueError, match="not the form"):
                read_answer(told_it, {"e1": "e1"})


def _enums(part: Any) -> list[Any]:
    if isinstance(part, dict):
        return ([part] if "enum" in part else []) + [one for inner in part.values() for one in _enums(inner)]
    return []


@pytest.mark.parametrize(
    "content",
    [
        "", "I am sorry, I cannot help with that.", "[]", "{}", "null", '{"sections": {}}',
        '{"sections": [], "do": "x"}',
        '{"sections": [{"name": "impact", "sentences": ["Slow."]}]}',
        '{"sections": [{"name": "impact", "sentences": [{"text": 5, "entries": ["e1"]}]}]}',
        '{"sections": [{"name": "impact", "sentences": [{"text": "a", "entries": "e1"}]}]}',
        '{"sections": [{"name": "impact", "sentences": [{"text": "a", "entries": ["e1"], "severity": 1}]}]}',
        '{"sections": [{"name": "impact", "sentences": []}]', "[" * 100_000, "{" * 100_000, "x" * 1_000_000,
    ],
)  # fmt: skip
def test_anything_but_the_form_is_not_read(content: str) -> None:
    with pytest.raises(ValueError, match="not the form"):
        read_answer(content, {"e1": "e1"})


def test_a_fence_around_the_answer_is_taken_off() -> None:
    content = (
        '```json\n{"sections": [{"name": "impact", "sentences": [{"text": "Slow.", "entries": ["e1", "e7"]}]}]}\n```'
    )
    (found,) = read_answer(content, {"e1": "abc"})
    assert found.sentences == (Sentence(text="Slow.", entries=("abc", "")),)


WILD = st.text(max_size=80) | st.sampled_from(
    [
        "Payments failed.",
        "12 % failed.",
        "@here",
        "https://x.example",
        "INC-7",
        "<@U1>",
        "*bold*",
        "\ue000a\ue001",
        "x" * 400,
    ]
)
IDS = st.lists(st.sampled_from(["e1", "e2", "e3", "e9", "", "é"]) | st.text(max_size=5), max_size=4)
SENTENCES = st.lists(st.builds(lambda text, ids: Sentence(text=text, entries=tuple(ids)), WILD, IDS), max_size=8)


@given(st.lists(st.tuples(st.sampled_from(["learning", "impact"]), SENTENCES), max_size=4))
def test_whatever_it_says_only_cited_plain_sentences_are_kept(told_it: list[tuple[Any, list[Sentence]]]) -> None:
    answers = [answer(section=name).model_copy(update={"sentences": tuple(those)}) for name, those in told_it]
    state = here()
    decision = answered(state, *answers)
    before, now = state.postmortem, decision.state.postmortem
    assert before is not None
    assert now is not None
    assert now.model_copy(update={"suggestions": ()}) == before
    assert decision.state.model_copy(update={"postmortem": before, "actor": state.actor}) == state
    assert (decision.entries, decision.effects) == ((), ())
    for one in now.suggestions:
        assert 0 < len(one.sentences) <= MOST_SENTENCES
        for sentence in one.sentences:
            assert sentence.entries
            assert set(sentence.entries) <= {"e1", "e2", "e3"}
            assert len(sentence.text) <= LONGEST_SENTENCE
            assert not any(bad in sentence.text for bad in ("@", "://", "\ue000", "INC-", "\n"))
