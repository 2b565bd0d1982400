"""Questions are answered to the one who asks, and change nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.errors import NotFound
from bot.model import ActionItem, Moment, Status, Times, Update
from bot.rules import VERBS
from bot.text import Button, Card
from tests.bot.worlds import CARD, MAYA, NOW, TOM, incident, said, world

OTHER = incident(id="other", key="INC-7", title="Search is slow", service="search", status=Status.CLOSED)
OLD = incident(
    id="old", key="INC-1", title="Mail late", status=Status.RESOLVED, responders=frozenset(),
    times=Times(declared=Moment(at=NOW - timedelta(days=30), source="Ines")),
)  # fmt: skip
LISTING = (incident(), OTHER, OLD)


def buttons(card: Card) -> list[Button]:
    return [button for section in card.sections for button in section.buttons]


@pytest.mark.parametrize("words", ["status", "list", "catchup", "help", "", "timeline", "nonsense"])
def test_a_question_changes_nothing_and_says_something(words: str) -> None:
    state = world(about=incident(), listing=LISTING)
    decision = said(state, words)
    assert (decision.state, decision.entries, decision.effects) == (state, (), ())
    assert decision.reply.plain()
    assert not decision.reply.public


def test_the_status_tells_the_times_that_are_known_and_names_those_that_nobody_knows() -> None:
    plain = said(world(about=incident()), "status").reply.plain()
    assert "INC-42 · SEV3 · Checkout errors" in plain
    assert plain.endswith("Times: declared Mon 23 Nov 2026 13:30 CET · unknown: began, detected")


def test_what_has_not_happened_yet_is_not_called_unknown_until_the_incident_is_over() -> None:
    began = {"began": Moment(at=NOW - timedelta(hours=1), source="Tom")}
    over = incident(status=Status.RESOLVED, times=incident().times.model_copy(update=began))
    plain = said(world(about=over), "status").reply.plain()
    assert "unknown: detected, mitigated, resolved" in plain


def test_a_card_begins_with_severity_and_status() -> None:
    card = said(world(about=incident()), "status").reply.card
    assert card.sections[0].text.plain() == "🔴 SEV3 (moderate) · active"


def test_a_phase_stands_on_the_card_until_the_status_overtakes_it() -> None:
    looked = Update(text="a bad index", phase="identified", by="tom", at=NOW)
    earlier = incident().times.model_copy(update={"mitigated": Moment(at=NOW + timedelta(minutes=5), source="Tom")})
    fresh, stale = incident(update=looked), incident(update=looked, status=Status.MITIGATED, times=earlier)
    assert "active · identified" in said(world(about=fresh), "status").reply.plain()
    assert "identified" not in said(world(about=stale), "status").reply.card.sections[0].text.plain()


def test_an_old_summary_does_not_stand_on_the_card_of_a_reopened_incident() -> None:
    assert "rolled back" not in said(world(about=incident(summary="rolled back")), "status").reply.plain()


def test_the_card_has_the_buttons_that_its_status_allows() -> None:
    open_ = {one.does for one in buttons(said(world(about=incident()), "").reply.card)}
    assert open_ == {"update", "sev", "lead", "action", "timeline", "mitigate", "resolve"}
    closed = {one.does for one in buttons(said(world(about=OTHER), "").reply.card)}
    assert closed == {"timeline", "reopen"}
    assert all(one.args == {"incident": "INC-7"} for one in buttons(said(world(about=OTHER), "").reply.card))


def test_the_card_says_while_capture_is_incomplete() -> None:
    gap = incident(capture_gap="the connection was away")
    assert "incomplete at the moment: the connection was away" in said(world(about=gap), "status").reply.plain()


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("list", ["INC-42"]),
        ("list open", ["INC-42"]),
        ("list week", ["INC-42", "INC-7"]),
        ("list mine", ["INC-42", "INC-7"]),
        ("list all", ["INC-42", "INC-7", "INC-1"]),
        ("list SEARCH slow", ["INC-7"]),
        ("list week checkout", ["INC-42"]),
        ("list inc-1", ["INC-1"]),
    ],
)
def test_a_list_is_narrowed_by_its_words(words: str, keys: list[str]) -> None:
    card = said(world(listing=LISTING), words).reply.card
    assert [section.text.plain().split()[0] for section in card.sections] == keys


def test_a_drill_and_a_private_incident_are_called_so_in_a_list() -> None:
    listing = (incident(drill=True), incident(id="p", key="INC-QWRTZ", private=True))
    plain = said(world(listing=listing), "list").reply.plain()
    assert "INC-42 SEV3 DRILL · Checkout errors" in plain
    assert "INC-QWRTZ SEV3 Checkout errors · active · private" in plain


def test_help_begins_with_what_an_incident_needs_first_and_leaves_no_verb_out() -> None:
    sections = said(world(), "help").reply.card.sections
    assert [section.text.plain().split("\n")[0] for section in sections[:2]] == ["Start and look", "Run it"]
    assert "/incident web" in next(one for one in sections if one.text.plain().startswith("More")).text.plain()


def test_an_empty_list_says_what_to_do() -> None:
    assert "/incident declare" in said(world(), "list").reply.plain()


def test_a_long_list_ends_in_a_count() -> None:
    many = tuple(incident(id=str(n), key=f"INC-{n}") for n in range(40))
    assert "25 more" in said(world(listing=many), "list").reply.plain()


def test_elsewhere_the_panel_lists_open_incidents_and_offers_to_declare() -> None:
    reply = said(world(listing=LISTING), "").reply
    assert "One incident is open" in reply.plain()
    assert "INC-7" not in reply.plain()
    assert [one.does for one in buttons(reply.card)] == ["declare"]


def test_the_panel_of_an_incident_that_is_not_there_is_not_found() -> None:
    from bot.commands.questions import Panel
    from tests.bot.worlds import decided, origin

    with pytest.raises(NotFound, match="INC-99"):
        decided(world(), Panel(origin=origin(), incident="INC-99"))


def test_catching_up_tells_what_was_tried_and_what_is_left() -> None:
    note = said(world(about=incident()), "note restarted the pool").entries[0]
    item = ActionItem(
        id="i", organisation="org", key="ACT-7", incident="inc",
        incident_key="INC-42", incident_title="Checkout errors",
        severity=3, text="Raise the limit", owner="maya", due=date(2026, 12, 1), created_by="tom", created_at=NOW,
    )  # fmt: skip
    plain = said(world(about=incident(roles={"lead": "maya"}), log=(note,), items=(item,)), "catchup").reply.plain()
    for wanted in ("@Maya", "restarted the pool", "ACT-7 Raise the limit", "1 entries"):
        assert wanted in plain


def test_help_names_every_verb() -> None:
    plain = said(world(), "help").reply.plain()
    assert all(f"/incident {verb.usage}" in plain for verb in VERBS.values())


@pytest.mark.parametrize("word", sorted(VERBS))
def test_every_verb_has_help_with_an_example_that_is_understood(word: str) -> None:
    plain = said(world(), f"help {word}").reply.plain()
    assert VERBS[word].example in plain
    assert VERBS[word].example.split()[0] == word


@pytest.mark.parametrize(
    ("words", "meant"),
    [("resovle", "resolve"), ("timelin", "timeline"), ("decalre x", "declare"), ("help resovle", "resolve")],
)
def test_a_slip_is_met_with_the_nearest_verb_and_its_example(words: str, meant: str) -> None:
    plain = said(world(TOM), words).reply.plain()
    assert meant in plain
    assert VERBS[meant].example in plain


def test_a_word_like_no_verb_points_at_help() -> None:
    assert "/incident help" in said(world(MAYA), "qqqqqq").reply.plain()
    assert CARD.ts
