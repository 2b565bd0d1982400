"""An item that would have helped in a later incident: who is asked to decide, in which order, and how it stops."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.commands.known import Recurred
from bot.effects import Direct
from bot.item_past import ItemChange
from bot.known import Again
from bot.known_reminders import TURN, unanswered
from bot.model import ActionItem, ItemStatus, Person
from bot.reminders import RULES, as_of_now, plans_for
from bot.state import Look, Planned, Reminded
from tests.bot.test_escalation import MAYAS, about
from tests.bot.test_reminders import item
from tests.bot.worlds import ADMIN, INES, MAYA, NOW, PEOPLE, TOM, incident, organisation, told, world

AGAIN = Again(incident="later", key="INC-42", at=NOW)


def again(**fields: Any) -> ActionItem:
    return item(1, **{"owner": "tom", "incident": about().id, "again": (AGAIN,), **fields})


def look(seen: ActionItem, person: Person | None = None, **fields: Any) -> Look:
    known = {one.id: one for one in PEOPLE} | fields.pop("known", {})
    usual = {"organisation": organisation(), "people": known, "incident": about(), "postmortem": MAYAS}
    return Look.model_validate({**usual, "person": person or known[seen.owner], "items": (seen,), **fields})


def fired(rule: str, seen: Look, at: datetime = NOW, *, word: bool = True) -> Reminded:
    assert seen.person
    subject = f"{seen.items[0].id}:{seen.person.id}" if word else seen.items[0].id
    return RULES[rule](seen, Planned(key=f"{rule}:{subject}", rule=rule, subject=subject, at=at), at)


def asked(seen: Look, at: datetime = NOW) -> list[str]:
    decided = fired("known_unfixed", seen, at, word=False)
    return [one.subject.partition(":")[2] for one in decided.plans if one.at and ":" in one.subject]


def planned(before: ActionItem, after: ActionItem) -> list[str]:
    old, now = (world(items=(one,), about=about()) for one in (before, after))
    return [one.key for one in plans_for(old, now, NOW) if one.rule.startswith("known")]


def test_what_people_say_at_a_later_review_is_looked_at_at_once_for_two() -> None:
    before = item(1, owner="tom", incident="old")
    state = world(TOM, incident(id="old"), items=(before,))
    fields = {"items": before.id, "about": "later", "about_key": "INC-42", "what": "said", "was": "open"}
    (after,) = told(state, Recurred, **fields).state.items
    assert planned(before, after) == ["known_unfixed:i1", "known_unfixed_owner:i1:tom"]
    assert planned(after, after.model_copy(update={"text": "x"})) == []
    assert planned(before, after.model_copy(update={"status": ItemStatus.DONE})) == []


def test_the_postmortems_owner_decides_with_three_buttons_and_the_items_owner_hears_of_it() -> None:
    assert asked(look(again())) == ["maya"]
    (message,) = fired("known_unfixed", look(again(), MAYA)).effects
    assert isinstance(message, Direct)
    assert "ACT-1 would have helped; it needs a decision of yours" in message.card.plain()
    assert "At the review of INC-42 people said" in message.card.plain()
    assert [one.label for one in message.card.sections[0].buttons] == ["New date", "New owner", "Accept the risk"]
    (heard,) = fired("known_unfixed_owner", look(again(), TOM)).effects
    assert isinstance(heard, Direct)
    assert "ACT-1 of yours would have prevented INC-42" in heard.card.plain()
    assert heard.account == "slack:T1:UTOM"


def test_who_decides_about_an_item_of_their_own_hears_of_it_once() -> None:
    mine = again(owner="maya")
    alone: dict[str, Any] = {
        "incident": about(roles={}, declared_by="maya"),
        "organisation": organisation(admins=frozenset()),
    }
    assert asked(look(mine, **alone)) == ["maya"]
    assert fired("known_unfixed_owner", look(mine, MAYA, **alone)).effects == ()


@pytest.mark.parametrize(("turns", "who"), [(0, ["maya"]), (1, ["ines"]), (2, ["ada"]), (4, [])])
def test_every_two_weeks_the_next_in_line_is_asked_until_all_were(turns: int, who: list[str]) -> None:
    seen = look(again(), incident=about(declared_by="ines"))
    assert asked(seen, NOW + TURN * turns) == who
    decided = fired("known_unfixed", seen, NOW + TURN * turns, word=False)
    following = [one.at for one in decided.plans if one.subject == "i1"]
    assert following == ([NOW + TURN * (turns + 1)] if who else [None])


def test_who_is_away_or_cannot_be_reached_is_passed_over() -> None:
    gone = MAYA.model_copy(update={"unreachable": True})
    away = INES.model_copy(update={"away_until": NOW.date() + timedelta(days=3)})
    seen = look(again(), known={"maya": gone, "ines": away}, incident=about(declared_by="ines"))
    assert asked(seen) == [ADMIN.id]


@pytest.mark.parametrize(
    "fields",
    [
        {"status": ItemStatus.DONE, "ended_at": NOW},
        {"again": ()},
        {"drill": True},
        {"last_change": ItemChange(by="maya", at=NOW + timedelta(hours=1), what="snooze", before="{}")},
    ],
)
def test_whatever_is_done_about_it_ends_it_also_while_the_word_waits(fields: dict[str, Any]) -> None:
    over = again(**fields)
    assert unanswered(over) is None
    assert asked(look(over)) == []
    (message,) = fired("known_unfixed", look(again(), MAYA)).effects
    assert isinstance(message, Direct)
    assert as_of_now(message, look(over, MAYA), NOW) is None
    assert as_of_now(message, look(again(), MAYA), NOW) is not None


def test_the_word_is_said_once_an_incident_and_waits_for_working_hours() -> None:
    night = NOW + timedelta(hours=10)
    waits = fired("known_unfixed", look(again(), MAYA), night)
    assert (waits.effects, [one.at and one.at > night for one in waits.plans]) == ((), [True])
    assert fired("known_unfixed", look(again(), MAYA)).once == "known_unfixed:i1:later:maya"
