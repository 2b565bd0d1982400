"""The draft: what is recorded and nothing else, the same bytes for the same facts."""

import json
import random
from datetime import timedelta
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.draft import names_of, postmortem_json
from bot.draft_blocks import Draft, Facts, Lines, Points, Table, plain, written
from bot.markdown import to_markdown
from bot.model import EntryKind, FileLink, ItemStatus, Moment, Times
from bot.readiness import readiness
from bot.text import mention_token
from bot.words.draft import DELETED, HEADINGS, LEARNING_MOST
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
from tests.bot.worlds import NOW, PEOPLE


def lines_of(made: Draft, name: str) -> Lines:
    return next(block for block in made.section(name).body if isinstance(block, Lines))


def text_of(made: Draft, name: str) -> str:
    return plain(made.section(name).body)


# -- the shape


def test_the_sections_stand_in_their_order_and_none_is_called_root_cause() -> None:
    made = drafted()
    assert [section.name for section in made.sections] == list(HEADINGS)
    assert "root cause" not in to_markdown(made).casefold()


def test_the_learning_card_has_recorded_words_only() -> None:
    card = text_of(drafted(items=(item(1),), of=postmortem(factors=(factor(1, "no alert on the pool"),))), "learning")
    assert "Checkout errors: The pool was exhausted" in card
    assert "12 % of payments failed" in card
    assert "no alert on the pool" in card
    assert "What helped: not said yet" in card
    assert "Alert on pool saturation" in card


@given(st.lists(st.text("abc def", max_size=2000), min_size=6, max_size=6))
@settings(max_examples=40, deadline=None)
def test_the_computed_learning_card_never_has_more_than_900_characters(texts: list[str]) -> None:
    about = told_incident(title=texts[0] or "x", summary=texts[1], impact=texts[2])
    made = drafted(
        (reacted(1, texts[4] or "x", "tada"),),
        (item(1, texts[5] or "x"),),
        about,
        postmortem(factors=(factor(1, texts[3]),)),
    )
    assert len(text_of(made, "learning")) <= LEARNING_MOST


def test_known_times_stand_with_their_source_and_durations_only_between_them() -> None:
    table, spans = drafted().section("times").body
    assert isinstance(table, Table)
    assert table.rows[0] == ("Impact began", "Mon 23 Nov 2026 13:10 CET", "error graph")
    assert isinstance(spans, Facts)
    assert ("From the beginning of the impact to the resolution", "45 min") in spans.rows


def test_an_unknown_time_is_called_unknown_with_the_verb_and_has_no_duration() -> None:
    made = drafted(about=told_incident(times=Times(declared=ALL_TIMES.declared)))
    (table,) = made.section("times").body
    assert isinstance(table, Table)
    assert table.rows[0] == ("Impact began", "unknown", "say it with /incident time began …")
    assert "When did the impact begin?" in text_of(made, "questions")


def test_times_that_contradict_each_other_have_no_duration_between_them() -> None:
    early = Moment(at=BEGAN - timedelta(hours=1), source="Maya")
    made = drafted(about=told_incident(times=Times(began=ALL_TIMES.began, resolved=early)))
    assert len(made.section("times").body) == 1


# -- timeline and log


def test_key_entries_stand_in_the_timeline_with_time_zone_role_and_link() -> None:
    (line,) = lines_of(drafted((message(2), pinned(3, "rolled back"))), "timeline").lines
    assert (line.id, line.shown, line.who, line.role) == (
        "e3",
        "Mon 23 Nov 2026 13:13 CET",
        "Tom",
        "incident commander",
    )
    assert (line.text, line.url, line.proposed) == ("rolled back", "https://acme.slack.com/archives/C1/p3", False)


def test_who_holds_no_role_stands_without_one() -> None:
    (line,) = lines_of(drafted((pinned(3, "rolled back", author=MAYAS),)), "timeline").lines
    assert (line.who, line.role) == ("Maya", "")


def test_without_marks_state_changes_alerts_deployments_and_loud_messages_are_proposed() -> None:
    log = (
        message(1, "hello"),
        change(2, EntryKind.ALERT, "5xx above 2 %", author="", author_name="Alertmanager").model_copy(
            update={"noted": False}
        ),
        message(3, "see https://grafana.acme.example/d/abc"),
        reacted(4, "it is the pool", "eyes", (MAYAS, INES_)),
        reacted(5, "lunch?", "eyes", (MAYAS,)),
        change(6, EntryKind.STATUS, "Resolved"),
    )
    made = drafted(log)
    assert [(one.id, one.proposed) for one in lines_of(made, "timeline").lines] == [
        ("e2", True), ("e3", True), ("e4", True), ("e6", False),
    ]  # fmt: skip
    assert "proposed" in to_markdown(made)


def test_once_somebody_marked_a_message_nothing_is_proposed() -> None:
    made = drafted((pinned(1, "it began here"), message(3, "see https://grafana.acme.example/d/abc")))
    assert [one.id for one in lines_of(made, "timeline").lines] == ["e1"]


def test_what_somebody_took_out_of_the_timeline_is_not_proposed_again() -> None:
    log = (message(3, "see https://grafana.acme.example/d/abc", retracted=True),)
    assert "No entries yet" in text_of(drafted(log), "timeline")
    assert [one.id for one in lines_of(drafted(log), "log").lines] == ["e3"]


def test_a_deleted_message_leaves_a_tombstone_in_the_log_alone() -> None:
    gone = pinned(1, "secret", deleted_stamp=5).model_copy(
        update={"text": "", "files": (FileLink(name="plan.pdf"),), "reactions": {"tada": {MAYAS: 1}}}
    )
    made = drafted((gone, pinned(2, "kept")))
    first = lines_of(made, "log").lines[0]
    assert (first.text, first.deleted, first.files) == (DELETED, True, ())
    assert [one.id for one in lines_of(made, "timeline").lines] == ["e2"]
    assert "Nothing was marked" in text_of(made, "well")


def test_the_whole_log_is_folded_away() -> None:
    assert lines_of(drafted((message(1), message(2))), "log").folded == "The whole log: 2 entries"


def test_who_came_and_went_is_left_out_of_the_log_unless_somebody_marked_it() -> None:
    came = message(1, "Tom joined the channel").model_copy(update={"kind": EntryKind.PEOPLE})
    marked = pinned(2, "Maya left the channel").model_copy(update={"kind": EntryKind.PEOPLE})
    log = lines_of(drafted((came, marked, message(3))), "log")
    assert [line.id for line in log.lines] == ["e2", "e3"]
    assert log.folded == "The whole log: 2 entries"


def test_people_in_typed_texts_stand_by_name() -> None:
    made = drafted((pinned(1, f"ask {mention_token(MAYAS)} and {mention_token('slack:T1:UWHO')}"),))
    assert lines_of(made, "timeline").lines[0].text == "ask @Maya and @somebody"


# -- what people think


def test_reactions_fill_the_reflective_sections() -> None:
    log = (
        reacted(1, "the alert was fast", "tada"),
        reacted(2, "no runbook", "sweat"),
        reacted(3, "a customer called", "four_leaf_clover"),
        reacted(4, "why two pools?", "question"),
        message(5, "taken back", reactions={"tada": {MAYAS: -9}}),
    )
    made = drafted(log)
    assert "the alert was fast (Tom, Mon 23 Nov 2026 13:11 CET)" in text_of(made, "well")
    assert "taken back" not in text_of(made, "well")
    assert "no runbook" in text_of(made, "hard")
    assert "a customer called" in text_of(made, "lucky")
    assert "why two pools?" in text_of(made, "questions")
    assert made.section("well").evidence == ("e1",)


def test_an_organisation_may_give_reactions_a_meaning_of_its_own() -> None:
    made = drafted((reacted(1, "tell support", "mega"),), reflections={"mega": "to be told"})
    assert made.sections[-1].heading == "To be told"
    assert "tell support" in plain(made.sections[-1].body)


def test_a_meaning_called_like_a_section_does_not_take_its_place() -> None:
    made = drafted((reacted(1, "we were told", "mega"),), reflections={"mega": "impact"})
    assert "12 % of payments failed" in text_of(made, "impact")
    assert "we were told" in plain(made.sections[-1].body)


def test_factors_are_typed_and_name_their_action_items() -> None:
    known = (factor(1, "the pool was sized for last year"), factor(2, "no alert", "detection"))
    made = drafted(items=(item(7, factor="f1"),), of=postmortem(factors=known))
    assert "configuration: the pool was sized for last year (ACT-7)" in text_of(made, "factors")
    assert "detection: no alert (open: no action item yet)" in text_of(made, "factors")
    assert "What is done about “no alert”?" in text_of(made, "questions")


def test_with_one_factor_another_is_asked_for() -> None:
    assert "Two or more" in text_of(drafted(of=postmortem(factors=(factor(1, "x"),))), "factors")


def test_decisions_not_to_act_keep_their_reason() -> None:
    items = (
        item(1, "Rewrite it", status=ItemStatus.WONT_DO, reason="retired in March"),
        item(2, "Second region", status=ItemStatus.ACCEPTED_RISK, reason="too dear"),
        item(3),
    )
    text = text_of(drafted(items=items), "decisions")
    assert "ACT-1 Rewrite it: won't do, because retired in March" in text
    assert "ACT-2 Second region: accepted risk, because too dear" in text
    assert "ACT-3" not in text


def test_action_items_stand_in_a_table_with_owner_and_factor() -> None:
    items = (item(2, factor="f1", kind="detect"), item(1, owner=""))
    made = drafted(items=items, of=postmortem(factors=(factor(1, "no alert"),)))
    (table,) = made.section("actions").body
    assert isinstance(table, Table)
    assert table.rows[0][:3] == ("ACT-1", "Alert on pool saturation", "nobody yet")
    assert table.rows[1][2:] == ("Ines", "Tue 1 Dec 2026", "detect", "open", "configuration: no alert")


# -- what a person wrote


def test_what_a_person_wrote_replaces_what_is_computed_and_says_who() -> None:
    section = drafted(of=postmortem(edited={"impact": by_hand("Nobody could pay.\n\n- cards\n- vouchers")})).section(
        "impact"
    )
    assert (section.edited, section.by_hand) == (True, "Written by Maya, Mon 23 Nov 2026 14:00 CET")
    assert plain(section.body) == "Nobody could pay.\n\n- cards\n- vouchers"


def test_the_log_is_never_written_over() -> None:
    made = drafted((message(1, "what was said"),), of=postmortem(edited={"log": by_hand("nothing happened")}))
    assert not made.section("log").edited
    assert "what was said" in text_of(made, "log")


def test_points_with_lines_around_them_are_read_back_as_they_were() -> None:
    body = written("first\nsecond\n- a\n- b\nthird")
    assert [type(block).__name__ for block in body] == ["Paragraph", "Points", "Paragraph"]
    assert isinstance(body[1], Points)
    assert body[1].points == ("a", "b")


EVENTS = st.lists(
    st.tuples(
        st.integers(0, 60),
        st.sampled_from([EntryKind.MESSAGE, EntryKind.NOTE, EntryKind.ALERT, EntryKind.STATUS, EntryKind.IMPACT]),
        st.text(max_size=30),
        st.sampled_from(["", "tada", "sweat", "question"]),
        st.booleans(),
    ),
    min_size=100,
    max_size=100,
)


@given(EVENTS, st.dictionaries(st.sampled_from([*HEADINGS]), st.text(min_size=1, max_size=80), min_size=1, max_size=5))
@settings(max_examples=25, deadline=None)
def test_sections_that_a_person_wrote_survive_a_hundred_later_events(
    events: list[tuple[int, EntryKind, str, str, bool]], said: dict[str, str]
) -> None:
    of = postmortem(edited={name: by_hand(text) for name, text in said.items() if name != "log"})
    before = drafted((message(0),), of=of)
    later = tuple(
        message(n, text, id=f"x{index}", kind=kind, noted=noted, reactions={emoji: {MAYAS: 1}} if emoji else {})
        for index, (n, kind, text, emoji, noted) in enumerate(events)
    )
    told = {
        "factors": (factor(1, "x"),),
        "trigger": saying("x"),
        "decisions": (saying("x"),),
        "questions": (saying("y"),),
    }
    after = drafted((message(0), *later), (item(1),), of=of.model_copy(update=told))
    for name in of.edited:
        assert after.section(name) == before.section(name)


@given(EVENTS, st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_the_same_facts_in_any_order_give_the_same_bytes(
    events: list[tuple[int, EntryKind, str, str, bool]], chance: random.Random
) -> None:
    log = [
        message(
            n, text, id=f"x{index}", kind=kind, noted=noted, reactions={emoji: {MAYAS: 1, INES_: 1}} if emoji else {}
        )
        for index, (n, kind, text, emoji, noted) in enumerate(events)
    ]
    items = [item(n) for n in range(1, 6)]
    first = to_markdown(drafted(tuple(log), tuple(items)))
    chance.shuffle(log)
    chance.shuffle(items)
    turned = [one.model_copy(update={"reactions": dict(reversed(one.reactions.items()))}) for one in log]
    assert to_markdown(drafted(tuple(turned), tuple(items))) == first


# -- readiness and the twin


def test_readiness_says_what_is_missing_in_plain_sentences() -> None:
    about = told_incident(times=Times(), impact="", capture_gap="the connection was away")
    missing = readiness(about, (item(1, owner=""),), postmortem(factors=(factor(1, "x"),)))
    assert "the incident is still active" in missing
    assert "impact began is unknown" in missing
    assert "the impact is not described" in missing
    assert "nobody has written the learning card yet" in missing
    assert "there is one contributing factor, two or more are asked for" in missing
    assert "1 factor has no action item" in missing
    assert "nobody owns ACT-1" in missing
    assert "the log is incomplete: the connection was away" in missing


def test_nothing_is_missing_where_everything_is_known() -> None:
    told = {"edited": {"learning": by_hand("short")}, "trigger": saying("the certificate expired")}
    of = postmortem(factors=(factor(1, "x"), factor(2, "y")), **told)
    about = told_incident(status="resolved")
    assert readiness(about, (item(1, factor="f1"), item(2, factor="f2")), of) == ()


def test_a_long_learning_card_is_counted() -> None:
    of = postmortem(edited={"learning": by_hand("x" * 1140)})
    assert "the learning card is 1,140 characters long, at most 900 are asked for" in readiness(told_incident(), (), of)


def test_the_twin_for_programs_is_json_with_ids_of_entries() -> None:
    log = (pinned(2, "rolled back"), message(1))
    names = names_of({person.id: person for person in PEOPLE})
    twin = postmortem_json(told_incident(), (item(1),), postmortem(factors=(factor(1, "x"),)), log, names, "UTC")
    assert json.loads(json.dumps(twin)) == twin
    assert twin["entries"] == {"timeline": ["e2"], "log": ["e1", "e2"]}
    assert twin["times"]["began"] == {"at": BEGAN.isoformat(), "source": "error graph"}
    assert twin["items"][0]["owner"] == "Ines"
    assert twin["factors"] == [{"id": "f1", "kind": "configuration", "text": "x"}]
    assert [section["name"] for section in twin["sections"]] == list(HEADINGS)


def test_a_zone_that_nobody_knows_is_utc() -> None:
    assert lines_of(drafted((message(1),), zone="Mars/Olympus"), "log").lines[0].shown.endswith(" UTC")


@pytest.mark.parametrize(("n", "guard"), [(2_000, 3.0), (20_000, 40.0)])
def test_long_logs_are_drafted_in_time(n: int, guard: float) -> None:
    log = tuple(message(index, at_length(index), occurred=NOW + timedelta(seconds=index)) for index in range(n))
    began = perf_counter()
    text = to_markdown(drafted(log))
    assert perf_counter() - began < guard
    assert text.count("https://acme.slack.com") == n


def at_length(n: int) -> str:
    return f"message {n} about <b>the pool</b>, see http://x.example and `code`"


def test_a_hostile_message_does_not_hold_up_the_draft() -> None:
    log = tuple(message(n, "https://" * 5000) for n in range(5))
    began = perf_counter()
    to_markdown(drafted(log), published=True)
    assert perf_counter() - began < 20
