"""Action items in chat: made, moved, ended, handed on and taken back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.command import Command, Origin, build
from bot.commands.actions import AddAction
from bot.commands.items import OfItem, Snooze
from bot.errors import NotFound, Refused
from bot.model import Account, ActionItem, Incident, ItemStatus, Organisation, Person
from bot.permissions import check
from bot.rules import RULES
from bot.state import Decision, State
from bot.text import mention_token

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


def account(user: str) -> Account:
    return Account(platform="slack", tenant="T1", user=user)


def person(ident: str, name: str, **fields: Any) -> Person:
    told = {"id": ident, "organisation": "o1", "name": name, "accounts": (account(name.upper()),), **fields}
    return Person.model_validate(told)


TOM, MAYA, INES = person("p1", "Tom"), person("p2", "Maya"), person("p3", "Ines")
ROBOT = person("p4", "Robo", kind="bot")
PEOPLE = {one.id: one for one in (TOM, MAYA, INES, ROBOT)}
INCIDENT = Incident(
    id="x", organisation="o1", key="INC-1", title="Checkout errors", severity=2, declared_by="p2",
    responders=frozenset({"p1", "p2"}), roles={"lead": "p2"},
)  # fmt: skip


def item(**fields: Any) -> ActionItem:
    told = {
        "id": "i7", "organisation": "o1", "key": "ACT-7", "incident": "x", "incident_key": "INC-1", "severity": 2,
        "incident_title": "Checkout errors", "text": "Alert on the pool", "owner": "p1", "due": date(2026, 11, 2),
        "created_by": "p2", "created_at": NOW - timedelta(days=30), **fields,
    }  # fmt: skip
    return ActionItem.model_validate(told)


def state(actor: Person = TOM, **fields: Any) -> State:
    named = {a.key: p.id for p in PEOPLE.values() for a in p.accounts} | {"@ines": "p3"}
    told = {
        "organisation": Organisation(id="o1", name="Acme"), "actor": actor, "people": PEOPLE, "named": named,
        "incident": INCIDENT, "next_item": 8, "nonce": "QWRTZ", **fields,
    }  # fmt: skip
    return State.model_validate(told)


def given(kind: str, who: Person = TOM, **fields: str) -> Command:
    return build(kind, fields, Origin(id="e1", platform="slack", tenant="T1", actor=who.name.upper(), channel="C1"))


def decided(command: Command, before: State) -> Decision:
    check(before, command)
    return RULES[command.kind](before, command, NOW)


def click(kind: str, who: Person = TOM, listed: str = "ACT-7", at: State | None = None, **fields: str) -> Decision:
    before = at or state(who, item=item(), my_items=(item(),))
    return decided(given(kind, who, item="ACT-7", listed=listed, **fields), before)


def test_a_whole_sentence_makes_an_item() -> None:
    fields = AddAction.read(f"{mention_token(INES.accounts[0].key)} by fri: Alert on pool saturation")
    made = decided(given("action", TOM, **fields), state()).state.item
    assert made is not None
    assert (made.key, made.owner, made.due, made.text) == (
        "ACT-8",
        "p3",
        date(2026, 11, 27),
        "Alert on pool saturation",
    )


@pytest.mark.parametrize(
    ("said", "owner", "due", "text"),
    [
        ("@ines by 2w: Fix it", "@ines", "2w", "Fix it"),
        ("@ines: Fix it", "@ines", "", "Fix it"),
        ("by 2026-12-01: Fix it", "", "2026-12-01", "Fix it"),
        (": Fix it", "", "", "Fix it"),
        ("@ines Fix it", "@ines", "", "Fix it"),
        ("Fix the rule: no retries", "", "", "Fix the rule: no retries"),
        ("by 2w @ines: Fix it", "@ines", "2w", "Fix it"),
        ("by 2w, @ines : Fix it", "@ines", "2w", "Fix it"),
        ("@tom @ines by 2w: Fix it", "@tom @ines", "2w", "Fix it"),
        ("@tom and @ines: Fix it", "@tom @ines", "", "Fix it"),
        ("@tom by 2w @ines: Fix it", "@tom @ines", "2w", "Fix it"),
        ("@tom, @ines Fix it", "@tom @ines", "", "Fix it"),
        ("@ines ask @tom to fix it", "@ines", "", "ask @tom to fix it"),
        ("", "", "", ""),
    ],
)
def test_every_part_of_the_sentence_may_be_left_out(said: str, owner: str, due: str, text: str) -> None:
    fields = AddAction.read(said)
    assert (fields.get("owner", ""), fields.get("due", ""), fields["text"]) == (owner, due, text)


def test_a_date_at_the_end_counts_too() -> None:
    made = decided(given("action", text="Fix the pool by friday", owner="@ines"), state()).state.item
    assert made is not None
    assert (made.text, made.due) == ("Fix the pool", date(2026, 11, 27))


def test_words_at_the_end_that_are_no_date_belong_to_the_text() -> None:
    made = decided(given("action", text="Stand by me", owner="@ines", due="2w"), state()).state.item
    assert made is not None
    assert made.text == "Stand by me"


def test_the_form_proposes_a_date_that_follows_from_the_severity() -> None:
    form = decided(given("action", text="Fix it", owner="@ines"), state()).reply.form
    assert form is not None
    assert {field.name: field.initial for field in form.inputs}["due"] == "2026-12-25"


def test_a_missing_owner_opens_the_form_with_what_is_known() -> None:
    form = decided(given("action", text="Fix it"), state()).reply.form
    assert form is not None
    assert {field.name: field.initial for field in form.inputs}["text"] == "Fix it"


def test_the_new_owner_is_told_privately_and_the_timeline_keeps_it() -> None:
    decision = decided(given("action", text="Fix it", owner="@ines", due="2w"), state())
    assert decision.effects[0].account == INES.accounts[0].key  # type: ignore[attr-defined]
    assert f"ACT-8 for {mention_token(INES.accounts[0].key)}" in decision.entries[0].text


def test_an_item_of_a_private_incident_takes_no_number() -> None:
    private = INCIDENT.model_copy(update={"private": True})
    made = decided(
        given("action", text="Fix it", owner="@tom me", due="2w"), state(named={"@tom me": "p1"}, incident=private)
    ).state.item
    assert made is not None
    assert made.key == "ACT-QWRTZ"


@pytest.mark.parametrize("owner", ["@nobody", mention_token("slack:T1:ROBO"), "x" * 5000, "\u202e@"])
def test_nobody_and_bots_cannot_own_an_item(owner: str) -> None:
    with pytest.raises(Refused):
        decided(given("action", text="Fix it", owner=owner, due="2w"), state())


@pytest.mark.parametrize("due", ["yesterday", "2020-01-01", "never", "31.31.", "9" * 400])
def test_an_impossible_date_is_refused_at_its_field(due: str) -> None:
    with pytest.raises(Refused) as refused:
        decided(given("action", text="Fix it", owner="@ines", due=due), state())
    assert refused.value.field == "due"


def test_done_ends_an_item_and_offers_undo() -> None:
    decision = click("done")
    assert decision.state.item is not None
    assert decision.state.item.status is ItemStatus.DONE
    assert decision.reply.replaces
    buttons = [button.label for section in decision.reply.card.sections for button in section.buttons]
    assert buttons == ["Undo", "Add a link"]


def test_done_keeps_a_link() -> None:
    decision = decided(given("done", item="ACT-7", text="https://example.com/pr/1"), state(item=item()))
    assert decision.state.item is not None
    assert decision.state.item.link == "https://example.com/pr/1"


def test_undo_brings_back_exactly_what_was() -> None:
    after = click("done").state
    undone = click("undo_item", at=after)
    assert undone.state.item == item()


def test_undo_makes_no_item_public_again() -> None:
    before = click("done").state
    assert before.item is not None
    turned = before.model_copy(update={"item": before.item.model_copy(update={"private": True})})
    undone = click("undo_item", at=turned).state.item
    assert undone is not None
    assert (undone.status, undone.private) == (ItemStatus.OPEN, True)


def test_undo_is_for_its_author_and_for_ten_minutes() -> None:
    after = click("done").state
    assert after.item is not None
    for who, when in ((MAYA, NOW), (TOM, NOW + timedelta(minutes=11))):
        before = after.model_copy(update={"actor": who})
        with pytest.raises(Refused):
            RULES["undo_item"](before, given("undo_item", who, item="ACT-7"), when)


def test_a_second_click_is_answered_in_words() -> None:
    after = click("done").state
    with pytest.raises(Refused, match="ACT-7 is already done"):
        click("done", at=after)


def test_somebody_elses_button_does_nothing() -> None:
    with pytest.raises(Refused, match="is with @Tom now"):
        click("done", MAYA)


def test_a_stranger_cannot_end_an_item() -> None:
    with pytest.raises(Refused, match="Only its owner"):
        decided(given("done", INES, item="ACT-7"), state(INES, item=item()))


def test_snooze_asks_for_the_date_and_the_second_time_for_a_reason() -> None:
    assert click("snooze").reply.form is not None
    once = click("snooze", until="2w")
    assert once.state.item is not None
    assert (once.state.item.due, once.state.item.snoozes) == (date(2026, 12, 9), 1)
    again = click("snooze", until="4w", at=once.state)
    assert again.reply.form is not None
    assert again.reply.form.inputs[0].initial == "2026-12-23"
    assert again.reply.form.inputs[1].required
    final = click("snooze", until="4w", reason="vendor is late", at=once.state)
    assert final.state.item is not None
    assert final.state.item.snoozes == 2


def test_a_day_that_is_named_may_be_sooner_and_is_no_snooze() -> None:
    later = item(due=date(2026, 12, 11), snoozes=2)
    moved = click("snooze", until="2026-12-10", at=state(item=later)).state.item
    assert moved is not None
    assert (moved.due, moved.snoozes) == (date(2026, 12, 10), 2)


@pytest.mark.parametrize("until", ["1w", "2026-12-11", "fri"])
@pytest.mark.parametrize("snoozes", [0, 2])
def test_snoozing_makes_no_date_earlier_and_leaves_none_where_it_is(until: str, snoozes: int) -> None:
    later = item(due=date(2026, 12, 11), snoozes=snoozes)
    for reason in ("", "vendor is late"):
        with pytest.raises(Refused, match="ACT-7 is due Fri 11 Dec 2026 already") as refused:
            click("snooze", until=until, reason=reason, at=state(item=later))
        assert refused.value.field == "until"
    moved = click("snooze", until="2026-12-12", reason="vendor is late", at=state(item=later)).state.item
    assert moved is not None
    assert (moved.due, moved.snoozes) == (date(2026, 12, 12), snoozes + 1)


def test_the_form_proposes_a_date_that_it_would_take() -> None:
    later = item(due=date(2026, 12, 31))
    form = click("snooze", at=state(item=later)).reply.form
    assert form is not None
    assert form.inputs[0].initial == "2027-01-14"
    proposed = click("snooze", until=form.inputs[0].initial, at=state(item=later)).state.item
    assert proposed is not None
    assert proposed.due == date(2027, 1, 14)


def test_what_is_due_at_the_end_of_all_dates_has_a_form_all_the_same() -> None:
    assert click("snooze", at=state(item=item(due=date.max))).reply.form is not None


def test_not_mine_asks_the_commander_to_find_an_owner_and_loses_nothing() -> None:
    decision = click("not_mine")
    assert decision.state.item is not None
    assert decision.state.item.owner == ""
    assert decision.effects[0].account == MAYA.accounts[0].key  # type: ignore[attr-defined]


def test_whoever_was_asked_to_find_an_owner_hears_that_it_was_taken_back() -> None:
    said_no = click("not_mine")
    asked = said_no.effects[0].account  # type: ignore[attr-defined]
    back = click("undo_item", at=state(item=said_no.state.item))
    (told,) = back.effects
    assert told.account == asked  # type: ignore[attr-defined]
    assert "ACT-7 is with @Tom again" in told.card.plain()  # type: ignore[attr-defined]


def test_whom_an_item_was_given_hears_that_it_was_taken_back() -> None:
    given_away = click("reassign", owner="@ines")
    (told,) = click("undo_item", at=state(item=given_away.state.item)).effects
    assert told.account == INES.accounts[0].key  # type: ignore[attr-defined]
    assert "Nothing is left for you to do" in told.card.plain()  # type: ignore[attr-defined]


def test_two_people_are_no_owner_and_none_is_left_out_in_silence() -> None:
    both = f"{mention_token('slack:T1:INES')} {mention_token('slack:T1:MAYA')}"
    with pytest.raises(Refused, match="one person at a time") as refused:
        click("reassign", owner=both)
    assert refused.value.field == "owner"


def test_wont_do_wants_a_reason() -> None:
    assert click("wont_do").reply.form is not None
    ended = click("wont_do", reason="retired in March").state.item
    assert ended is not None
    assert (ended.status, ended.reason) == (ItemStatus.WONT_DO, "retired in March")


def test_reassign_tells_the_new_owner() -> None:
    decision = click("reassign", owner="@ines")
    assert decision.state.item is not None
    assert decision.state.item.owner == "p3"
    assert decision.effects[0].account == INES.accounts[0].key  # type: ignore[attr-defined]


@pytest.mark.parametrize("owner", ["@tom", "me", mention_token("slack:T1:TOM")])
def test_whoever_has_it_already_is_not_given_it_again(owner: str) -> None:
    before = state(item=item(), named={TOM.accounts[0].key: "p1", "@tom": "p1"})
    with pytest.raises(Refused, match="ACT-7 is with @Tom already; nothing was changed") as refused:
        decided(given("reassign", item="ACT-7", owner=owner), before)
    assert refused.value.field == "owner"


def test_the_other_items_of_the_message_stay_in_it() -> None:
    other = item(id="i8", key="ACT-8", text="Write the runbook")
    before = state(item=item(), my_items=(item(), other))
    card = click("done", listed="ACT-7,ACT-8", at=before).reply.card
    assert "Write the runbook" in card.plain()
    assert card.sections[1].buttons[0].label == "Done"


def test_an_unknown_item_and_no_item_are_told_apart() -> None:
    with pytest.raises(NotFound, match="no action item ACT-99"):
        decided(given("done", item="ACT-99"), state())
    with pytest.raises(Refused, match="Which action item"):
        decided(given("not_mine", MAYA), state(MAYA))


@pytest.mark.parametrize("verb", ["done", "snooze", "reassign", "wont_do", "accept_risk"])
def test_where_no_item_is_named_ones_own_are_shown(verb: str) -> None:
    shown = decided(given(verb, MAYA), state(MAYA, my_items=(item(),))).reply.card
    assert "ACT-7" in shown.plain()
    refused = decided(given(verb, MAYA, text="the nodes"), state(MAYA, my_items=(item(),))).reply
    assert refused.outcome == "refused"
    assert "the nodes" in refused.card.plain()


@pytest.mark.parametrize("words", ["ACT-7, ACT-8", "ACT-7 and ACT-8", "ACT-7 ACT-8"])
def test_several_keys_are_never_cut_down_to_the_first(words: str) -> None:
    with pytest.raises(Refused, match="one action item at a time"):
        OfItem.read(words)


def test_a_key_is_read_in_any_case() -> None:
    assert OfItem.read("act-7 and more") == {"item": "ACT-7", "text": "and more"}
    assert Snooze.read("ACT-7 2w vendor is late") == {"item": "ACT-7", "until": "2w", "reason": "vendor is late"}


def test_a_button_of_an_item_that_nobody_owns_says_so() -> None:
    before = state(item=item(owner=""), my_items=(item(owner=""),))
    with pytest.raises(Refused, match="ACT-7 has no owner now"):
        click("done", at=before)
