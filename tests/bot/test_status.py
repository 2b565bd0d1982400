"""An incident's life: every verb one step, never more, and whoever comes second hears who was first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.change import called
from bot.errors import Refused
from bot.model import TRANSITIONS, EntryKind, Incident, Moment, Status, Times
from tests.bot.worlds import ADMIN, GUEST, MAYA, NOW, TOM, after, clicked, incident, posts, said, the, world

RESOLVED = incident(
    status=Status.RESOLVED,
    times=Times(
        declared=Moment(at=NOW - timedelta(minutes=30), source="Tom"),
        resolved=Moment(at=NOW - timedelta(minutes=3), source="Tom"),
    ),
    resolutions=1,
)


def test_mitigating_is_private_and_keeps_the_time() -> None:
    decision = said(world(about=incident()), "mitigate traffic moved")
    made = the(decision)
    assert made.status is Status.MITIGATED
    assert made.times.mitigated == Moment(at=NOW, source=called(TOM))
    assert posts(decision) == []
    assert decision.entries[0].text == "Mitigated: traffic moved"
    assert len(decision.effects) >= 2


def test_a_known_time_is_not_overwritten_by_the_verb() -> None:
    known = said(world(about=incident()), "time mitigated 13:45 graph")
    assert the(said(after(known), "mitigate")).times.mitigated == Moment(at=NOW - timedelta(minutes=15), source="graph")


def test_nothing_is_mitigated_after_it_was_resolved() -> None:
    known = after(said(world(about=incident()), "time resolved 13:45"))
    with pytest.raises(Refused, match=r"It was mitigated cannot be at Mon 23 Nov 2026 14:00 CET.*13:45 CET"):
        said(known, "mitigate traffic moved")
    corrected = after(said(known, "time resolved 14:00"))
    assert the(said(corrected, "mitigate")).status is Status.MITIGATED


@pytest.mark.parametrize(("word", "name"), [("mitigate", "mitigated"), ("resolve", "resolved")])
def test_a_gesture_by_a_clock_that_is_behind_ends_nothing_before_it_began(word: str, name: str) -> None:
    known = after(said(world(about=incident()), "time began 13:30"))
    times = the(said(known, word, occurred=NOW - timedelta(minutes=30, seconds=2))).times
    assert getattr(times, name).at == NOW - timedelta(minutes=30)


def test_a_resolution_is_not_held_back_by_a_time_that_was_known_before() -> None:
    known = after(said(world(about=incident()), "time resolved 13:45 graph"))
    resolved = the(said(known, "resolve")).times.resolved
    assert resolved == Moment(at=NOW - timedelta(minutes=15), source="graph")


@pytest.mark.parametrize("verb", ["mitigate", "resolve"])
@pytest.mark.parametrize("when", ["at 13:40", "20m ago", "today 13:40:", "13:40 today,"])
def test_a_time_in_front_of_the_words_is_when_it_was_so(verb: str, when: str) -> None:
    decision = said(world(about=incident()), f"{verb} {when} moved traffic")
    name = "mitigated" if verb == "mitigate" else "resolved"
    assert getattr(the(decision).times, name) == Moment(at=NOW - timedelta(minutes=20), source=called(TOM))
    assert decision.entries[0].text == f"{name.capitalize()}: moved traffic"
    assert decision.entries[0].occurred == NOW - timedelta(minutes=20)
    assert "Mon 23 Nov 2026 13:40 CET" in decision.reply.plain() or verb == "resolve"
    assert the(decision).summary == ("moved traffic" if verb == "resolve" else "")


@pytest.mark.parametrize("words", ["mitigate 13:40", "mitigate at 13:40", "mitigate 20m ago"])
def test_a_time_alone_is_when_it_was_so(words: str) -> None:
    decision = said(world(about=incident()), words)
    assert the(decision).times.mitigated == Moment(at=NOW - timedelta(minutes=20), source=called(TOM))
    assert decision.entries[0].text == "Mitigated"


@pytest.mark.parametrize("verb", ["mitigate", "resolve"])
@pytest.mark.parametrize(
    "when",
    ["at 13:40 tomorrow", "at 16:30", "at 25:00", "tomorrow at 10:00", "at 13:40 or 13:45", "23:50 today", "13:40"],
)
def test_a_time_in_front_that_cannot_be_is_refused_and_not_taken_for_words(verb: str, when: str) -> None:
    with pytest.raises(Refused, match="for example"):
        said(world(about=incident()), f"{verb} {when} moved traffic")


@pytest.mark.parametrize("words", ["mitigate 16:30", "resolve at 16:30"])
def test_a_clock_time_that_is_still_to_come_is_none_of_yesterdays(words: str) -> None:
    with pytest.raises(Refused, match=r"\u201c(at )?16:30\u201d"):
        said(world(about=incident()), words)


@pytest.mark.parametrize("words", ["the 13:40 deploy is rolled back", "at 50 % of the load", "traffic moved to eu-2"])
def test_words_that_are_no_time_are_what_was_done(words: str) -> None:
    decision = said(world(about=incident()), f"mitigate {words}")
    assert decision.entries[0].text == f"Mitigated: {words}"
    assert the(decision).times.mitigated == Moment(at=NOW, source=called(TOM))


def test_a_time_that_is_said_counts_before_the_one_that_was_known_and_in_its_order() -> None:
    known = said(world(about=incident()), "time mitigated 13:45 graph")
    assert the(said(after(known), "mitigate at 13:40 moved")).times.mitigated == Moment(
        at=NOW - timedelta(minutes=20), source=called(TOM)
    )
    with pytest.raises(Refused, match="cannot be at"):
        said(after(known), "resolve at 13:40 moved")


@pytest.mark.parametrize("word", ["resolve", "fix", "RESOLVED"])
def test_resolving_opens_the_postmortem_and_says_so(word: str) -> None:
    decision = said(world(about=incident()), f"{word} the index is rebuilt")
    made = the(decision)
    assert (made.status, made.summary, made.resolutions) == (Status.RESOLVED, "the index is rebuilt", 1)
    assert made.times.resolved == Moment(at=NOW, source=called(TOM))
    assert made.times.mitigated is None
    assert decision.state.postmortem is not None
    assert posts(decision)[0] == "@Tom resolved INC-42 Checkout errors: the index is rebuilt"
    assert {entry.kind for entry in decision.entries} == {EntryKind.STATUS, EntryKind.POSTMORTEM}


def test_resolving_without_words_is_enough() -> None:
    decision = said(world(about=incident()), "resolve")
    assert posts(decision)[0] == "@Tom resolved INC-42 Checkout errors"


def test_the_slower_of_two_hears_who_resolved_it_and_when() -> None:
    with pytest.raises(Refused, match="Already resolved by Tom at Mon 23 Nov 2026 13:57 CET"):
        said(world(MAYA, about=RESOLVED), "resolve")


def test_a_second_resolution_keeps_the_first_postmortem() -> None:
    first = said(world(about=incident()), "resolve")
    reopened = said(after(first), "reopen errors are back")
    again = said(after(reopened), "resolve really")
    assert the(again).resolutions == 2
    assert again.state.postmortem == first.state.postmortem
    assert [entry.kind for entry in again.entries] == [EntryKind.STATUS]


def test_reopening_forgets_the_end_but_not_the_beginning() -> None:
    decision = said(world(about=RESOLVED), "reopen errors are back")
    made = the(decision)
    assert made.status is Status.ACTIVE
    assert (made.times.mitigated, made.times.resolved) == (None, None)
    assert made.times.declared == RESOLVED.times.declared
    assert posts(decision) == ["@Tom reopened INC-42 Checkout errors: errors are back"]


def test_reopening_asks_why() -> None:
    form = said(world(about=RESOLVED), "reopen").reply.form
    assert form is not None
    assert form.does == "reopen"
    assert the(clicked(world(about=RESOLVED), "reopen", why="still failing")).status is Status.ACTIVE


def test_closing_is_private_and_changes_the_status_alone() -> None:
    decision = said(world(about=RESOLVED), "close")
    assert the(decision).status is Status.CLOSED
    assert posts(decision) == []


CLOSED = incident(status=Status.CLOSED, times=RESOLVED.times, resolutions=1)


@pytest.mark.parametrize(
    ("words", "nothing_to"),
    [
        ("update investigating again next 15m", "update"),
        ("update", "update"),
        ("lead @maya", "lead"),
        ("lead", "lead"),
        ("role comms @maya", "take a role in"),
        ("role ic @maya", "take a role in"),
        ("role", "take a role in"),
    ],
)
def test_what_is_closed_takes_no_update_no_lead_and_no_role(words: str, nothing_to: str) -> None:
    with pytest.raises(
        Refused, match=f"INC-42 is closed, so there is nothing to {nothing_to}. /incident INC-42 reopen it"
    ):
        said(world(about=CLOSED), words)


def test_the_button_that_takes_the_lead_is_too_late_once_it_is_closed() -> None:
    with pytest.raises(Refused, match="INC-42 is closed, so there is nothing to lead"):
        clicked(world(about=CLOSED), "take_lead")


@pytest.mark.parametrize("words", ["sev 2 it was worse", "impact 12 % failed", "time began 13:20", "note kept"])
def test_the_record_of_what_is_closed_can_still_be_mended(words: str) -> None:
    assert the(said(world(about=CLOSED), words)).changes


@pytest.mark.parametrize("words", ["update it holds next 2h", "lead @maya", "role comms @maya"])
def test_what_is_resolved_takes_them_still(words: str) -> None:
    assert the(said(world(about=RESOLVED), words)).changes


def test_only_the_commander_or_an_admin_resolves_once_somebody_leads() -> None:
    led = incident(roles={"lead": "tom"})
    with pytest.raises(Refused, match="Ask @Tom, or take over with /incident lead me"):
        said(world(MAYA, about=led), "resolve")
    assert the(said(world(TOM, about=led), "resolve")).status is Status.RESOLVED
    assert the(said(world(ADMIN, about=led), "resolve")).status is Status.RESOLVED
    assert the(said(world(MAYA, about=incident()), "resolve")).status is Status.RESOLVED


def test_guests_resolve_nothing() -> None:
    with pytest.raises(Refused, match="Guests"):
        said(world(GUEST, about=incident(responders=frozenset({"gus"}))), "resolve")


VERBS = st.sampled_from(["mitigate it holds", "resolve done", "reopen it is back", "close"])


@settings(deadline=None)
@given(st.lists(VERBS, max_size=8))
def test_no_order_of_verbs_leaves_the_table_of_transitions(words: list[str]) -> None:
    state = world(about=incident())
    resolutions = 0
    for one in words:
        before: Incident = state.incident  # type: ignore[assignment]
        verb = one.split()[0]
        wanted = TRANSITIONS[before.status].get(verb)
        try:
            decision = said(state, one)
        except Refused:
            if wanted is not None:
                raise
            continue
        assert the(decision).status is wanted
        resolutions += verb == "resolve"
        assert the(decision).resolutions == resolutions
        state = after(decision)
    assert (state.postmortem is not None) == (resolutions > 0)


def test_an_incident_of_severity_two_takes_at_most_eight_posts() -> None:
    """Here the five of them that these verbs make; the card, the draft and its publication are the others."""
    state = world(about=incident())
    made: list[str] = []
    for words in (
        "sev 2",
        "lead @maya",
        "impact checkout",
        "update one",
        "note x",
        "mitigate",
        "update two",
        "time began 13:20",
    ):
        decision = said(state, words)
        made += posts(decision)
        state = after(decision)
    state = state.model_copy(update={"actor": MAYA})
    assert len(made) == 4
    assert len(made + posts(said(state, "resolve"))) == 6
