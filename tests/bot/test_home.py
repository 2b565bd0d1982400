"""A person's own page: their items first, their incidents, Declare, and what an admin may still set."""

from datetime import date
from typing import Any

import pytest

from bot.command import KINDS, build
from bot.model import ActionItem, ItemStatus, Place
from bot.policy import ServiceRow, Team
from bot.rules import RULES
from bot.state import Decision
from bot.text import Button
from tests.bot.drafts import item
from tests.bot.worlds import ADMIN, GUEST, NOW, TOM, clicked, incident, organisation, origin, world

ALL_SET = organisation(
    announcements=Place(platform="slack", tenant="T1", channel="C9"),
    country="DE",
    teams=(Team(name="pay"),),
    services=(ServiceRow(name="checkout"),),
)


def mine(n: int, due: date = date(2026, 12, 1), **fields: Any) -> ActionItem:
    return item(n, f"item {n}", owner="tom", due=due, **fields)


def buttons(decision: Decision) -> list[Button]:
    return [button for section in decision.reply.card.sections for button in section.buttons]


def home(actor: Any = TOM, **fields: Any) -> Decision:
    """The rule alone: who may see the page is the table's matter."""
    return RULES["home"](world(actor, None, **fields), build("home", {}, origin(actor)), NOW)


def test_overdue_items_stand_before_the_others_with_their_buttons() -> None:
    decision = home(my_items=(mine(1), mine(2, date(2026, 11, 1))))
    text = decision.reply.plain()
    assert (
        text.index("Overdue: 1 action item")
        < text.index("item 2")
        < text.index("Open: 1 action item")
        < text.index("item 1")
    )
    assert [button.args["item"] for button in buttons(decision) if button.does == "done"] == ["ACT-2", "ACT-1"]


def test_what_is_due_today_is_not_overdue() -> None:
    assert "Overdue" not in home(my_items=(mine(1, date(2026, 11, 23)),)).reply.plain()


def test_ended_items_and_those_of_others_are_left_out() -> None:
    decision = home(my_items=(mine(1, status=ItemStatus.DONE), item(2, "somebody else's")))
    assert "You have no open action items." in decision.reply.plain()


def test_my_open_incidents_stand_with_their_status_worst_first() -> None:
    listing = (
        incident(id="a", key="INC-1", severity=3),
        incident(id="b", key="INC-2", severity=1, title="Everything is down"),
        incident(id="c", key="INC-3", status="closed"),
        incident(id="d", key="INC-4", responders=frozenset({"maya"}), declared_by="maya"),
    )
    decision = home(listing=listing)
    text = decision.reply.plain()
    assert text.index("INC-2 Everything is down") < text.index("INC-1")
    assert "SEV1 · active" in text
    assert "INC-3" not in text
    assert "INC-4" not in text
    assert {"panel", "timeline", "postmortem"} <= {button.does for button in buttons(decision)}


def test_many_incidents_are_counted_and_not_all_drawn() -> None:
    listing = tuple(incident(id=f"i{n}", key=f"INC-{n}") for n in range(10, 23))
    text = home(listing=listing).reply.plain()
    assert "Your open incidents: 13" in text
    assert "and 3 more open incidents" in text


def test_declare_is_always_one_click_away() -> None:
    assert [button.label for button in buttons(home())] == ["Declare an incident"]


def test_an_admin_sees_first_what_is_not_set_up_yet() -> None:
    decision = home(ADMIN)
    first = decision.reply.card.sections[0]
    assert "no announcements channel" in first.text.plain()
    assert [button.does for button in first.buttons] == ["setup"]


def test_with_everything_set_up_nothing_is_said_of_it() -> None:
    assert "Not set up" not in home(ADMIN, organisation=ALL_SET).reply.plain()


def test_while_nobody_is_an_admin_whoever_looks_first_may_set_up() -> None:
    nobody_yet = organisation(admins=frozenset())
    assert "setup" in {button.does for button in buttons(home(TOM, organisation=nobody_yet))}
    assert "setup" not in {button.does for button in buttons(home(GUEST, organisation=nobody_yet))}


def test_others_hear_nothing_of_the_set_up() -> None:
    assert "setup" not in {button.does for button in buttons(home(TOM))}


def test_a_guest_sees_only_incidents_they_were_invited_to_and_no_declare() -> None:
    listing = (
        incident(id="a", key="INC-1", responders=frozenset({"gus"})),
        incident(id="b", key="INC-2", declared_by="gus"),
        incident(id="c", key="INC-QWRTZ", private=True, roles={"comms": "gus"}),
    )
    decision = home(GUEST, listing=listing)
    assert "INC-1" in decision.reply.plain()
    assert "INC-2" not in decision.reply.plain()
    assert "QWRTZ" not in decision.reply.plain()
    assert "declare" not in {button.does for button in buttons(decision)}


def test_the_shortcut_shows_the_same_items_privately() -> None:
    decision = clicked(world(TOM, None, my_items=(mine(1), mine(2, date(2026, 11, 1)))), "my_actions")
    assert not decision.reply.public
    assert "item 1" in decision.reply.plain()
    assert "item 2" in decision.reply.plain()
    assert not {"declare", "setup"} & {button.does for button in buttons(decision)}


@pytest.mark.parametrize("kind", ["home", "my_actions"])
def test_looking_changes_nothing(kind: str) -> None:
    decision = clicked(world(TOM, None, my_items=(mine(1),)), kind)
    assert (decision.entries, decision.effects, decision.plans) == ((), (), ())
    assert decision.state == world(TOM, None, my_items=(mine(1),))


def test_every_button_of_the_page_leads_somewhere() -> None:
    theirs = item(1, owner="ada")
    decision = home(ADMIN, my_items=(theirs,), listing=(incident(responders=frozenset({"ada"})),))
    assert {button.does for button in buttons(decision)} <= set(KINDS)
