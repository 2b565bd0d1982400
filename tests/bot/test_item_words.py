"""How people write about action items: whose, until when, which one; and what they hear where it is none of these."""

from __future__ import annotations

import time as clock
from datetime import date
from typing import Any

import pytest

from bot.commands.actions import AddAction
from bot.commands.items import OfItem, Snooze
from bot.errors import Refused
from bot.grammar import read
from bot.text import mention_token
from tests.bot.test_items import INES, MAYA, TOM, decided, given, item, state


@pytest.mark.parametrize("piece", [" ", "by ", "@a ", "@a, ", "@a and ", "@a by 2w "])
def test_a_long_beginning_that_never_ends_is_read_at_once(piece: str) -> None:
    started = clock.process_time()
    AddAction.read(f"@a by{piece * 10_000}x")
    assert clock.process_time() - started < 0.5


def test_the_date_may_stand_in_front_of_the_owner() -> None:
    fields = AddAction.read(f"by 2w {mention_token(INES.accounts[0].key)}: Alert on pool saturation")
    made = decided(given("action", TOM, **fields), state()).state.item
    assert made is not None
    assert (made.owner, made.due, made.text) == ("p3", date(2026, 12, 9), "Alert on pool saturation")


@pytest.mark.parametrize("said", ["{tom} {ines} by 2w: two owners", "by 2w {tom} and {ines}: two owners"])
def test_two_owners_are_asked_about_and_nothing_else_is_lost(said: str) -> None:
    two = said.format(tom=mention_token(TOM.accounts[0].key), ines=mention_token(INES.accounts[0].key))
    decision = decided(given("action", TOM, **AddAction.read(two)), state())
    form = decision.reply.form
    assert form is not None
    assert {one.name: one.initial for one in form.inputs if one.initial} == {
        "text": "two owners",
        "owner": mention_token(TOM.accounts[0].key),
        "due": "2026-12-09",
    }
    assert "one owner" in form.intro.plain()
    assert "@Tom" in form.intro.plain()
    assert "@Ines" in form.intro.plain()
    assert (decision.state.item, decision.entries, decision.effects) == (None, (), ())


@pytest.mark.parametrize("kind", ["done", "snooze", "wont_do", "reassign"])
def test_without_a_key_ones_own_open_items_stand_there_with_their_buttons(kind: str) -> None:
    other = item(id="i8", key="ACT-8", text="Write the runbook")
    before = state(my_items=(item(), other))
    decision = decided(given(kind), before)
    assert (decision.state, decision.entries, decision.effects) == (before, (), ())
    assert decision.reply == decided(given("actions", text="mine"), before).reply
    assert not decision.reply.public
    assert [button.does for button in decision.reply.card.sections[0].buttons][:2] == ["done", "snooze"]


def test_without_a_key_whoever_owns_nothing_hears_so() -> None:
    assert "no open action items" in decided(given("done"), state()).reply.plain()


@pytest.mark.parametrize("words", ["done the alert", "wontdo it is retired", "done 3 of the nodes", "snooze fri"])
def test_words_that_name_no_item_are_quoted_above_the_list(words: str) -> None:
    before = state(item=None, my_items=(item(),))
    decision = decided(read(words, given("done").origin), before)
    assert (decision.state, decision.entries, decision.reply.outcome) == (before, (), "refused")
    assert f"\u201c{words.split(' ', 1)[1]}\u201d" in decision.reply.plain()
    assert "Alert on the pool" in decision.reply.plain()


@pytest.mark.parametrize("key", ["#1", "1", "act1", "act 1", "ACT-1", "Act 1", "ACT-1:", "1,"])
def test_a_number_is_the_key_of_an_item_however_it_is_written(key: str) -> None:
    assert OfItem.read(key) == {"item": "ACT-1", "text": ""}
    assert OfItem.read(f"{key} https://example.com/1") == {"item": "ACT-1", "text": "https://example.com/1"}
    assert Snooze.read(f"{key} 2w") == {"item": "ACT-1", "until": "2w", "reason": ""}


@pytest.mark.parametrize(
    "said", ["1st", "2w", "2 weeks", "1.5", "-1", "act", "actqwrtz", "# 1", "QWRTZ", "12345678901"]
)
def test_what_is_no_number_of_an_item_is_no_key(said: str) -> None:
    assert "item" not in Snooze.read(said)


@pytest.mark.parametrize(
    ("words", "until", "reason"),
    [
        ("until 2027-01-10 x", "2027-01-10", "x"),
        ("till next fri vendor is late", "next fri", "vendor is late"),
        ("for 2 weeks", "2 weeks", ""),
        ("to dec 1 2027, vendor is late", "dec 1 2027", "vendor is late"),
        ("2w until the freeze ends", "2w", "until the freeze ends"),
        ("in 3 days", "in 3 days", ""),
        ("someday maybe", "someday", "maybe"),
        ("until", "", ""),
    ],
)
def test_the_new_date_is_read_as_people_write_it(words: str, until: str, reason: str) -> None:
    assert Snooze.read(f"act-1 {words}") == {"item": "ACT-1", "until": until, "reason": reason}


def test_a_date_in_another_year_counts_at_the_end_too() -> None:
    made = decided(given("action", text="Fix the pool by 2027-01-10", owner="@ines"), state()).state.item
    assert made is not None
    assert (made.text, made.due) == ("Fix the pool", date(2027, 1, 10))


MAYAS = item(id="i8", key="ACT-8", text="Write the runbook", owner="p2", due=date(2026, 12, 2))


def listed(words: str, **fields: Any) -> str:
    """What is answered to `words` in the incident, of which Tom's ACT-7 is overdue and Maya's ACT-8 is not."""
    before = state(**{"items": (item(), MAYAS), "my_items": (item(),), **fields})
    decision = decided(read(words, given("actions").origin), before)
    assert (decision.state, decision.entries, decision.effects) == (before, (), ())
    return decision.reply.plain()


@pytest.mark.parametrize("words", ["actions {maya}", "actions INC-1 {maya}", "actions {maya} INC-1"])
def test_the_items_of_one_person_are_listed_by_incident(words: str) -> None:
    shown = listed(words.format(maya=mention_token(MAYA.accounts[0].key)))
    assert "INC-1: 1 action item of Maya" in shown
    assert "ACT-8" in shown
    assert "ACT-7" not in shown


def test_who_has_none_there_is_said_by_name() -> None:
    assert listed("actions @ines") == "Ines has no such action item in INC-1."
    assert "Maya has no such" in listed(f"actions overdue {mention_token(MAYA.accounts[0].key)}")


@pytest.mark.parametrize("words", ["actions mine", "actions @me", "actions me", "actions mine overdue"])
def test_ones_own_are_listed_wherever_they_come_from(words: str) -> None:
    assert "Your 1 open action item" in listed(words)


def test_everybodys_and_the_overdue_ones_of_the_incident_are_listed() -> None:
    assert "2 action items" in listed("actions")
    assert "ACT-8" not in listed("actions overdue")


@pytest.mark.parametrize("words", ["actions of maya", "actions everything", "actions @ines @me"])
def test_a_list_that_is_none_is_refused_with_what_was_said(words: str) -> None:
    with pytest.raises(Refused, match=f"\u201c{words.removeprefix('actions ')}\u201d"):
        listed(words)


def test_away_from_any_incident_the_items_of_somebody_else_are_refused_in_words() -> None:
    with pytest.raises(Refused, match="listed by incident"):
        listed("actions @ines", incident=None)
    with pytest.raises(Refused, match="nobody called @nobody"):
        listed("actions @nobody")
