"""What a list of action items looks like after a click in it: the same list, with what was done in the item's place."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.command import build
from bot.errors import Refused
from bot.item_cards import DIGEST, IN_DIGEST, digest_card, due_soon_card, listing, worst_first
from bot.model import ActionItem
from bot.rules import RULES
from bot.state import Decision, State
from bot.text import Card, with_pages
from tests.bot.test_items import NOW, TOM, click, given, item, state

SEVEN = tuple(item(id=f"i{n}", key=f"ACT-{n}", text=f"Fix {n}", due=date(2026, 11, n)) for n in range(1, 8))
"""All overdue; the longest first."""
DIGESTED = listing(DIGEST, SEVEN[:IN_DIGEST])


def after(kind: str, key: str, at: State, listed: str = DIGESTED, **fields: str) -> Decision:
    """A click on the item of that key, as the store would load it."""
    meant = next(one for one in at.my_items if one.key == key)
    command = given(kind, TOM, item=key, listed=listed, **fields)
    return RULES[kind](at.model_copy(update={"item": meant}), command, NOW)


def test_a_digest_says_once_where_all_of_them_are() -> None:
    digest = digest_card(SEVEN, NOW, "UTC")
    assert digest.sections[-2].text.plain() == "… and 2 more."
    for address in ("", "https://debrief.example.com/actions"):
        shown = with_pages(digest, lambda _, address=address: address).plain()  # type: ignore[misc]
        assert shown.count("all of them") + shown.count("shows them all") + shown.count("All my items") == 1
    assert "more" not in digest_card(SEVEN[:5], NOW, "UTC").plain()


def labels(card: Card, place: int) -> list[str]:
    return [button.label for button in card.sections[place].buttons]


def digested() -> State:
    return state(TOM, my_items=SEVEN)


def test_a_click_in_a_digest_keeps_its_heading_the_other_items_and_the_count_of_the_rest() -> None:
    before = digest_card(SEVEN, NOW, "UTC")
    card = after("done", "ACT-2", digested()).reply.card
    assert before.title == "7 action items of yours are overdue"
    assert card.title == "6 action items of yours are overdue"
    assert card.sections[1].text.plain() == "ACT-2 is done. Thank you!\nFix 2"
    assert labels(card, 1) == ["Undo", "Add a link"]
    untouched = [place for place in range(len(before.sections)) if place != 1]
    assert [card.sections[place] for place in untouched] == [before.sections[place] for place in untouched]
    assert "and 2 more" in card.plain()


def test_what_was_done_before_can_still_be_taken_back_after_the_next_click() -> None:
    first = after("done", "ACT-2", digested())
    second = after("wont_do", "ACT-3", first.state, reason="it is retired").reply.card
    assert "ACT-2 is done" in second.sections[1].text.plain()
    assert "ACT-3 will not be done: it is retired" in second.sections[2].text.plain()
    assert labels(second, 1)[0] == labels(second, 2)[0] == "Undo"
    assert second.title == "5 action items of yours are overdue"


def test_undo_draws_the_digest_as_it_was() -> None:
    done = after("done", "ACT-2", digested())
    assert after("undo_item", "ACT-2", done.state).reply.card == digest_card(SEVEN, NOW, "UTC")


@pytest.mark.parametrize(
    ("kind", "fields", "says"),
    [
        ("snooze", {"until": "2w"}, "ACT-2 is now due Wed 9 Dec 2026"),
        ("reassign", {"owner": "@ines"}, "ACT-2 is now with @Ines"),
        ("not_mine", {}, "ACT-2 is not yours any more"),
    ],
)
def test_what_is_moved_or_handed_on_stays_in_its_place_with_undo(kind: str, fields: dict[str, str], says: str) -> None:
    card = after(kind, "ACT-2", digested(), **fields).reply.card
    assert says in card.sections[1].text.plain()
    assert labels(card, 1) == ["Undo"]
    assert (card.title, len(card.sections)) == ("6 action items of yours are overdue", 7)


def test_ten_minutes_later_it_only_says_how_it_stands() -> None:
    done = after("done", "ACT-2", digested()).state
    command = given("done", TOM, item="ACT-3", listed=DIGESTED)
    later = RULES["done"](done.model_copy(update={"item": SEVEN[2]}), command, NOW + timedelta(minutes=11))
    assert labels(later.reply.card, 1) == []
    assert "done" in later.reply.card.sections[1].text.plain()


def test_when_nothing_is_overdue_any_more_the_digest_says_so() -> None:
    alone = state(TOM, my_items=SEVEN[:1])
    card = after("done", "ACT-1", alone, listing(DIGEST, SEVEN[:1])).reply.card
    assert card.title == "Nothing of yours is overdue any more"


def test_the_word_before_the_date_keeps_its_heading() -> None:
    soon = item(due=date(2026, 11, 27))
    card = click("done", listed=listing("due soon", [soon]), at=state(TOM, item=soon, my_items=(soon,))).reply.card
    assert card.title == due_soon_card(soon, NOW, "UTC").title


@pytest.mark.parametrize("kind", ["actions", "my_actions", "home"])
def test_every_list_of_ones_own_says_after_a_click_what_it_is_and_what_is_left(kind: str) -> None:
    shown = RULES[kind](
        digested(), build(kind, {"text": "mine"} if kind == "actions" else {}, given("done").origin), NOW
    )
    first = next(one for section in shown.reply.card.sections for one in section.buttons if one.does == "done")
    card = after("done", "ACT-1", digested(), first.args["listed"]).reply.card
    assert card.title.startswith("Your")
    assert "ACT-1 is done" in card.sections[0].text.plain()
    assert [one for one in SEVEN[1:] if one.text not in card.plain()] == []


def test_the_page_shows_the_digests_items_in_the_digests_order() -> None:
    mixed = (*SEVEN, item(id="i8", key="ACT-8", severity=1), item(id="i9", key="ACT-9", due=date(2026, 12, 9)))
    digest = keys_of(digest_card([one for one in mixed if one.due < NOW.date()], NOW, "UTC"))
    for kind in ("home", "my_actions"):
        page = RULES[kind](state(TOM, my_items=mixed), build(kind, {}, given("done").origin), NOW).reply.card
        assert keys_of(page)[: len(digest)] == digest
        assert keys_of(page)[-1] == "ACT-9"
    assert digest == [one.key for one in worst_first(mixed)][:IN_DIGEST]


def keys_of(card: Card) -> list[str]:
    return [button.args["item"] for section in card.sections for button in section.buttons if button.does == "done"]


# -- a link afterwards


def done() -> ActionItem:
    made = click("done").state.item
    assert made is not None
    return made


def test_a_link_can_be_added_to_what_is_done_and_goes_when_that_is_taken_back() -> None:
    at = state(TOM, item=done(), my_items=(done(),))
    form = click("link_item", at=at).reply.form
    assert form is not None
    linked = click("link_item", at=at, link="https://example.com/pr/1")
    assert linked.state.item is not None
    assert linked.state.item.link == "https://example.com/pr/1"
    assert "https://example.com/pr/1" in linked.reply.plain()
    assert labels(linked.reply.card, 0) == ["Undo"]
    assert click("undo_item", at=linked.state).state.item == item()


@pytest.mark.parametrize("said", ["javascript:alert(1)", "see the wiki", "https://a b", f"https://{'x' * 2000}"])
def test_what_is_no_address_is_refused_at_its_field_and_changes_nothing(said: str) -> None:
    with pytest.raises(Refused, match="no address") as refused:
        click("link_item", at=state(TOM, item=done(), my_items=(done(),)), link=said)
    assert refused.value.field == "link"


def test_a_button_of_an_older_message_still_works() -> None:
    card = click("done", listed="ACT-7").reply.card
    assert (card.title, len(card.sections)) == ("", 1)
    assert "ACT-7 is done" in card.plain()
