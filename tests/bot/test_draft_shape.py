"""The shape of a draft beside its old parts: trigger, numbers, decisions, questions, silences, people, evidence."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.draft import names_of, postmortem_json, published
from bot.draft_blocks import Draft, Facts, Lines, Paragraph, Points, Source, Table, plain
from bot.draft_presence import MOST_PEOPLE, MOST_SILENCES, SILENT
from bot.key_entries import in_order, story
from bot.markdown import to_markdown
from bot.model import Entry, EntryKind, ItemStatus, Moment, Times
from bot.readiness import pages_of, readiness
from bot.text import Link, mention_token
from bot.words.draft import PAGE_WORDS
from bot.words.factors import factor_line
from bot.words.incident import impact_line
from bot.words.timeline import time_line
from tests.bot.drafts import (
    ALL_TIMES,
    BEGAN,
    INES_,
    MAYAS,
    change,
    drafted,
    factor,
    item,
    message,
    pinned,
    postmortem,
    reacted,
    saying,
    told_incident,
)
from tests.bot.drafts import written as by_hand
from tests.bot.worlds import PEOPLE, ROBOT, someone


def text_of(made: Draft, name: str) -> str:
    return plain(made.section(name).body)


def table_of(made: Draft, name: str) -> Table:
    return next(block for block in made.section(name).body if isinstance(block, Table))


def points_of(made: Draft, name: str) -> Points:
    return next(block for block in made.section(name).body if isinstance(block, Points))


def facts_of(made: Draft, name: str) -> Facts:
    return next(block for block in made.section(name).body if isinstance(block, Facts))


# -- the trigger


def test_the_trigger_stands_apart_from_the_factors_with_who_said_it() -> None:
    said = saying(f"{mention_token(MAYAS)}'s certificate expired")
    made = drafted(of=postmortem(trigger=said, factors=(factor(1, "nobody watched it"),)))
    assert text_of(made, "trigger") == "@Maya's certificate expired (Tom, Mon 23 Nov 2026 14:00 CET)"
    assert "certificate" not in text_of(made, "factors")
    assert made.section("trigger").evidence == ("s1",)
    names = [section.name for section in made.sections]
    assert names.index("trigger") + 1 == names.index("factors")


def test_an_unknown_trigger_is_asked_for_by_its_verb_and_never_guessed() -> None:
    made = drafted((pinned(1, "the certificate expired"),))
    assert "/incident postmortem trigger" in text_of(made, "trigger")
    assert "What set it off? Say it with /incident postmortem trigger" in text_of(made, "questions")
    assert "nobody has said what set it off" in readiness(told_incident(), (), postmortem())


# -- numbers


def test_the_numbers_are_counted_from_the_record() -> None:
    log = (
        message(1), message(2, deleted_stamp=9), pinned(3, "x"),
        change(4, EntryKind.SEVERITY, "Severity SEV3 → SEV2"), change(5, EntryKind.ALERT, "5xx"),
    )  # fmt: skip
    rows = dict(facts_of(drafted(log), "numbers").rows)
    assert rows == {
        "How long it lasted": "30 min", "Severity": "SEV2, changed once", "People who worked on it": "3",
        "Messages": "2", "Alerts": "1",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("times", "told"),
    [
        ({"began": None}, "unknown: say it with /incident time began …"),
        ({"mitigated": None}, "45 min"),
        ({"mitigated": None, "resolved": None}, "not over yet"),
        ({"mitigated": Moment(at=BEGAN - timedelta(hours=1), source="Tom")}, "unknown: it ends before it begins"),
    ],
)
def test_how_long_it_lasted_is_told_only_where_both_ends_are_known(times: dict[str, Moment | None], told: str) -> None:
    about = told_incident(times=ALL_TIMES.model_copy(update=times))
    assert dict(facts_of(drafted(about=about), "numbers").rows)["How long it lasted"].startswith(told)


def test_an_impact_without_a_number_asks_for_one_until_somebody_says_it() -> None:
    asked = "Nobody has said a number yet"
    assert asked in text_of(drafted(about=told_incident(impact="Nobody could pay")), "numbers")
    assert asked not in text_of(drafted(), "numbers")
    edited = postmortem(edited={"impact": by_hand("400 people could not pay")})
    assert asked not in text_of(drafted(about=told_incident(impact="bad"), of=edited), "numbers")


# -- factors, decisions, questions


def test_a_factor_whose_items_ended_says_how() -> None:
    items = (item(1, factor="f1", status=ItemStatus.WONT_DO), item(2, factor="f1"))
    text = text_of(drafted(items=items, of=postmortem(factors=(factor(1, "small pool"),))), "factors")
    assert "configuration: small pool (ACT-1, won't do, ACT-2)" in text


def test_decisions_not_to_act_are_those_that_were_said_and_items_that_ended_without() -> None:
    of = postmortem(decisions=(saying("No second region, because of its price", by="maya"),))
    made = drafted(items=(item(1, "Rewrite it", status=ItemStatus.ACCEPTED_RISK, reason="too dear"),), of=of)
    assert points_of(made, "decisions").points == (
        "No second region, because of its price (Maya, Mon 23 Nov 2026 14:00 CET)",
        "ACT-1 Rewrite it: accepted risk, because too dear",
    )


def test_open_questions_are_what_is_unknown_what_was_asked_and_what_was_marked() -> None:
    about = told_incident(times=Times(declared=ALL_TIMES.declared))
    log = (reacted(3, "why two pools?", "question"),)
    made = drafted(log, about=about, of=postmortem(questions=(saying("Who is paged at night?"),)))
    points = points_of(made, "questions")
    assert points.points[0] == "When did the impact begin? Say it with /incident time began …"
    assert points.points[-2].startswith("Who is paged at night? (Tom, ")
    assert points.points[-1].startswith("why two pools? (Tom, ")
    assert points.sources[-2:] == (
        Source(ids=("s1",)),
        Source(ids=("e3",), urls=("https://acme.slack.com/archives/C1/p3",)),
    )


# -- silences


def test_the_longest_silences_are_told_with_what_stood_before_and_after() -> None:
    log = (message(8, "declared it"), message(10, "looking"), message(25, "found it"), message(27, "rolling back"))
    points = points_of(drafted(log), "silences")
    assert points.points == (
        "15 min, from “looking” (Tom, Mon 23 Nov 2026 13:20 CET) to “found it” (Tom, Mon 23 Nov 2026 13:35 CET)",
        "18 min, from “rolling back” (Tom, Mon 23 Nov 2026 13:37 CET) to the resolution (Mon 23 Nov 2026 13:55 CET)",
    )
    assert points.sources[0].ids == ("e10", "e25")
    assert points.sources[1].ids == ("e27",)


def test_only_what_lies_between_declaring_and_resolving_is_a_silence() -> None:
    log = tuple(message(n) for n in (0, 8, 11, 14, 17, 20, 24, 28, 32, 36, 40, 44, 90))
    assert text_of(drafted(log), "silences") == "None of five minutes or longer."


def test_writing_the_postmortem_breaks_no_silence_and_a_deleted_message_neither() -> None:
    log = (message(8), change(20, EntryKind.POSTMORTEM, "Postmortem opened"), message(30, deleted_stamp=9), message(44))
    assert points_of(drafted(log), "silences").sources[0].ids == ("e8", "e44")


def test_with_nothing_said_the_whole_incident_was_a_silence() -> None:
    assert points_of(drafted(), "silences").points == (
        "37 min, from the declaration (Mon 23 Nov 2026 13:18 CET) to the resolution (Mon 23 Nov 2026 13:55 CET)",
    )


@given(st.lists(st.integers(0, 60), max_size=40))
@settings(max_examples=60, deadline=None)
def test_no_silence_is_shorter_than_told_and_none_that_is_longer_is_left_out(minutes: list[int]) -> None:
    log = tuple(message(n, id=f"x{index}") for index, n in enumerate(minutes))
    times = sorted({8, 45} | {n for n in minutes if 8 <= n <= 45})
    gaps = sorted((b - a for a, b in pairwise(times)), reverse=True)
    least = SILENT // timedelta(minutes=1)
    told = [text.partition(" min")[0] for text in text_of(drafted(log), "silences").removeprefix("- ").split("\n- ")]
    expected = [gap for gap in gaps[:MOST_SILENCES] if gap >= least]
    assert sorted((int(one) for one in told if one.isdigit()), reverse=True) == expected


# -- who was there


def test_who_was_there_stands_by_role_with_first_and_last_seen() -> None:
    about = told_incident(roles={"scribe": "maya", "lead": "tom", "ops": "tom"})
    log = (message(9, author=MAYAS), message(12), message(30), message(90, author=INES_))
    rows = table_of(drafted(log, about=about), "present").rows
    first = Link(url="https://acme.slack.com/archives/C1/p12", label="Mon 23 Nov 2026 13:22 CET")
    last = Link(url="https://acme.slack.com/archives/C1/p30", label="Mon 23 Nov 2026 13:40 CET")
    assert rows[0] == ("incident commander, operations", "Tom", first, last, "2")
    assert rows[1][:2] == ("scribe", "Maya")
    assert rows[2] == ("–", "Ines", "not in the log", "not in the log", "0")


def test_machines_and_accounts_that_nobody_knows_were_not_there() -> None:
    log = (message(9, author=ROBOT.accounts[0].key), message(10, author="slack:T1:UWHO"))
    rows = table_of(drafted(log, about=told_incident(responders=frozenset())), "present").rows
    assert [row[1] for row in rows] == ["Tom"]


def test_a_crowd_is_cut_and_counted() -> None:
    crowd = tuple(someone(f"P{n:03}") for n in range(MOST_PEOPLE + 7))
    log = tuple(message(9, author=one.accounts[0].key, id=f"x{n}") for n, one in enumerate(crowd))
    made = drafted(log, about=told_incident(responders=frozenset()), people=(*PEOPLE, *crowd))
    assert len(table_of(made, "present").rows) == MOST_PEOPLE
    assert "And 8 more." in text_of(made, "present")


def test_in_a_published_copy_the_new_sections_name_roles() -> None:
    of = postmortem(
        trigger=saying("it expired"), decisions=(saying("no", by="maya"),), questions=(saying("why", by="ines"),)
    )
    made = published(drafted((message(9, author=MAYAS), message(30, author=INES_)), of=of))
    for name in ("trigger", "decisions", "questions", "silences", "present"):
        assert not {"Tom", "Maya", "Ines"} & set(text_of(made, name).replace("(", " ").replace(",", " ").split()), name


# -- evidence


def test_every_computed_line_that_rests_on_entries_names_them_and_leads_to_chat() -> None:
    alert = change(2, EntryKind.ALERT, "5xx above 2 %", occurred=BEGAN + timedelta(minutes=5))
    log = (
        alert,
        change(3, EntryKind.IMPACT, impact_line("12 % of payments failed")),
        change(4, EntryKind.TIME, time_line("began", Moment(at=BEGAN, source="error graph"))),
        change(5, EntryKind.POSTMORTEM, factor_line("configuration", "small pool")),
        change(6, EntryKind.ACTION, "Action item ACT-7 for Ines: Alert"),
        change(7, EntryKind.ACTION, "ACT-71 done: another"),
        reacted(8, "the alert was fast", "tada"),
    )
    made = drafted(log, (item(7, factor="f1"),), of=postmortem(factors=(factor(1, "small pool"),)))
    (impact,) = made.section("impact").body
    assert isinstance(impact, Paragraph)
    assert impact.source.ids == ("e3",)
    assert [one.ids for one in table_of(made, "times").sources[:2]] == [("e4",), ("e2",)]
    assert points_of(made, "factors").sources[0].ids == ("e5", "e6")
    assert table_of(made, "actions").sources[0].ids == ("e6",)
    assert facts_of(made, "learning").sources[3].urls == ("https://acme.slack.com/archives/C1/p8",)
    assert facts_of(made, "numbers").sources[0].ids == ("e4",)
    assert "the alert was fast (Tom, Mon 23 Nov 2026 13:18 CET) [link](https://acme.slack.com" in to_markdown(made)


@given(st.lists(st.tuples(st.integers(0, 60), st.sampled_from(list(EntryKind)), st.booleans()), max_size=30))
@settings(max_examples=40, deadline=None)
def test_no_line_rests_on_what_is_not_in_the_log(events: list[tuple[int, EntryKind, bool]]) -> None:
    log = tuple(
        message(n, f"ACT-{n} said", id=f"x{index}", kind=kind, reactions={"tada": {MAYAS: 1}} if told else {})
        for index, (n, kind, told) in enumerate(events)
    )
    twin = postmortem_json(told_incident(), (item(1),), postmortem(), log, names_of({}), "UTC")
    known = {one.id for one in log}
    for section in twin["sections"]:
        assert set(section["evidence"]) <= known
        for line in section["lines"]:
            assert line["evidence"]
            assert set(line["evidence"]) <= known
            assert set(line["evidence"]) <= set(section["evidence"]), section["name"]


def test_the_twin_tells_trigger_decisions_questions_and_what_is_proposed() -> None:
    of = postmortem(trigger=saying("expired"), decisions=(saying("no", 2),), questions=(saying("why", 3),))
    names = names_of({person.id: person for person in PEOPLE})
    log = (message(3, "see https://grafana.acme.example/d/abc"),)
    twin = postmortem_json(told_incident(), (), of, log, names, "UTC")
    told = {"text": "expired", "by": "Tom", "at": "2026-11-23T13:00:00+00:00", "evidence": ["s1"]}
    assert twin["trigger"] == told
    assert [one["text"] for one in (*twin["decisions"], *twin["questions"])] == ["no", "why"]
    assert twin["proposed"] == ["e3"]
    assert twin["pages"] == 1
    assert twin["changes"] is None


# -- proposed key entries


@pytest.mark.parametrize(
    "text",
    ["We decided to wait", "decision: roll back", "*Decision:* roll back", "we've decided against it", "Decided: no",
     "So we decided to wait", "Decisions: two"],
)  # fmt: skip
def test_what_says_a_decision_at_its_beginning_is_proposed(text: str) -> None:
    assert story(in_order((message(1, text),)))[1] == {"e1"}


@pytest.mark.parametrize("text", ["have we decided yet?", "no decision yet", "decisions", "we decide tomorrow"])
def test_what_only_speaks_of_deciding_is_not(text: str) -> None:
    assert story(in_order((message(1, text),))) == ((), frozenset())


@pytest.mark.parametrize("kind", [EntryKind.POSTMORTEM, EntryKind.PEOPLE])
def test_who_joins_and_what_is_written_about_the_postmortem_is_not_proposed(kind: EntryKind) -> None:
    line = change(50, kind, "x").model_copy(update={"noted": False})
    assert story(in_order((line,))) == ((), frozenset())


# -- the length


def test_only_what_is_longer_than_people_read_is_mentioned_and_the_log_does_not_count() -> None:
    log: tuple[Entry, ...] = (pinned(0, "x"), *(message(n, "word " * 90) for n in range(1, 50)))
    short = drafted(log)
    assert pages_of(short) == 1
    assert not any("pages" in one for one in readiness(told_incident(), (), postmortem(), short))
    long = drafted(of=postmortem(edited={"hard": by_hand("word " * PAGE_WORDS * 3)}))
    assert "the postmortem is about 4 pages; 2 to 3 are read" in readiness(told_incident(), (), postmortem(), long)
    assert any(isinstance(block, Lines) for block in short.section("log").body)
