"""How a postmortem begins: its owner, its date, and who hears of it."""

from datetime import date, timedelta
from typing import Any

import pytest

from bot.effects import Direct, Post
from bot.model import EntryKind, Postmortem
from bot.postmortems import open_postmortem
from bot.state import State
from tests.bot.drafts import postmortem, told_incident
from tests.bot.worlds import MAYA, NOW, ROBOT, TOM, organisation, origin, someone, world


def opened(state: State, now: Any = NOW) -> tuple[Postmortem, Any, Any]:
    return open_postmortem(state, now, origin(TOM))


@pytest.mark.parametrize(
    ("severity", "due"),
    [(1, date(2026, 11, 26)), (2, date(2026, 11, 30)), (3, date(2026, 12, 7)), (5, date(2026, 12, 7))],
)
def test_the_due_date_follows_from_the_severity(severity: int, due: date) -> None:
    assert opened(world(TOM, told_incident(severity=severity)))[0].due == due


def test_the_due_date_is_counted_from_the_day_in_the_organisations_zone() -> None:
    state = world(TOM, told_incident(severity=1), organisation=organisation(zone="Asia/Tokyo"))
    assert opened(state, NOW + timedelta(hours=3))[0].due == date(2026, 11, 27)


def test_the_proposed_owner_is_a_responder_other_than_the_commander() -> None:
    assert opened(world(TOM, told_incident()))[0].owner == "ines"


def test_the_scribe_is_proposed_first() -> None:
    assert opened(world(TOM, told_incident(roles={"lead": "tom", "scribe": "maya"})))[0].owner == "maya"


def test_a_commander_who_is_the_scribe_too_is_not_proposed_for_that() -> None:
    assert opened(world(TOM, told_incident(roles={"lead": "tom", "scribe": "tom"})))[0].owner == "ines"


def test_guests_machines_and_people_who_left_are_never_proposed() -> None:
    gone = someone("Abe", kind="gone")
    about = told_incident(responders=frozenset({"tom", "gus", "robo", "abe"}))
    state = world(TOM, about)
    state = state.model_copy(update={"people": {**state.people, "abe": gone}})
    assert opened(state)[0].owner == "tom"


def test_alone_the_commander_owns_it_and_without_one_whoever_declared() -> None:
    alone = frozenset({"tom"})
    assert opened(world(MAYA, told_incident(responders=alone, declared_by="maya")))[0].owner == "tom"
    assert opened(world(TOM, told_incident(responders=frozenset(), roles={}, declared_by="maya")))[0].owner == "maya"


def test_one_declared_by_a_machine_and_worked_on_by_nobody_goes_to_an_admin() -> None:
    about = told_incident(responders=frozenset(), roles={}, declared_by="robo")
    assert opened(world(ROBOT, about))[0].owner == "ada"


def test_opening_posts_once_tells_the_owner_and_enters_the_timeline() -> None:
    _, (line,), (post, direct) = opened(world(TOM, told_incident(times={}), postmortem=None))
    assert isinstance(post, Post)
    assert "is open as a draft. Proposed owner: @Ines. Due Mon 30 Nov 2026" in post.card.plain()
    assert "impact began is unknown" in post.card.plain()
    assert post.card.sections[0].buttons[0].label == "Read the draft"
    assert isinstance(direct, Direct)
    assert direct.account == "slack:T1:UINES"
    assert (line.kind, line.is_key) == (EntryKind.POSTMORTEM, True)


def test_without_a_channel_only_the_owner_is_told() -> None:
    _, _, effects = opened(world(TOM, told_incident(place=None)))
    assert [effect.kind for effect in effects] == ["direct"]


def test_one_that_is_there_already_is_left_as_it_is() -> None:
    state = world(TOM, told_incident(), postmortem=postmortem(status="published", version=2))
    assert opened(state) == (state.postmortem, (), ())
