"""Half a year after publication a lesson comes back, once, to one person, who says whether it is still true."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.effects import Direct
from bot.errors import Refused
from bot.lessons import AFTER, lesson
from bot.model import ItemStatus, Person, Postmortem, PostmortemStatus
from bot.reminders import as_of_now, plans_for
from bot.state import Look, Planned, Reminded
from bot.words import lessons as words
from tests.bot.drafts import postmortem, told_incident
from tests.bot.test_reminders import item
from tests.bot.worlds import INES, MAYA, NOW, PEOPLE, TOM, clicked, organisation, said, world

LATER = NOW + AFTER
CARD = (
    "- What happened: Checkout failed\n- What made it possible: the pool had no limit\n- What changes: an alert on it"
)


def published(**fields: Any) -> Postmortem:
    told = {"status": PostmortemStatus.PUBLISHED, "published_at": NOW, "published_by": "tom", "published_version": 1}
    return postmortem(**{"owner": "maya", "published_sections": {"learning": CARD}, **told, **fields})


def look(person: Person | None = MAYA, of: Postmortem | None = None, **fields: Any) -> Look:
    usual = {"organisation": organisation(), "people": {one.id: one for one in PEOPLE}, "incident": told_incident()}
    return Look.model_validate({**usual, "person": person, "postmortem": of or published(), **fields})


def fired(seen: Look, *, word: bool = True, days: int = 0) -> Reminded:
    assert seen.postmortem
    subject = f"{seen.postmortem.id}:{seen.person.id}" if word and seen.person else seen.postmortem.id
    at = LATER + timedelta(days=days)
    return lesson(seen, Planned(key=f"lesson:{subject}", rule="lesson", subject=subject, at=at), at)


def message(seen: Look) -> Direct:
    (found,) = fired(seen).effects
    assert isinstance(found, Direct)
    return found


def test_it_is_planned_when_published_moved_when_published_anew_and_dropped_for_a_draft_or_a_drill() -> None:
    def planned(before: Postmortem | None, after: Postmortem, **fields: Any) -> list[Any]:
        about = told_incident(**fields)
        old, now = (world(TOM, about, postmortem=one) for one in (before, after))
        return [one.at for one in plans_for(old, now, NOW) if one.rule == "lesson"]

    draft = postmortem(owner="maya")
    assert planned(draft, published()) == [LATER]
    assert planned(published(), published(published_at=NOW + AFTER)) == [NOW + 2 * AFTER]
    assert planned(published(), published(status=PostmortemStatus.DRAFT)) == [None]
    assert planned(draft, published(), drill=True) == planned(published(), published()) == []


def test_the_owner_gets_the_one_lesson_and_how_its_items_stand() -> None:
    items = (item(1), item(2, status=ItemStatus.DONE), item(3, status=ItemStatus.WONT_DO))
    text = message(look(items=items)).card.plain()
    assert "What made it possible: the pool had no limit\nWhat changes: an alert on it" in text
    assert "What happened" not in text
    assert "Of 3 action items 2 ended; still open: ACT-1" in text
    assert [one.label for one in message(look()).card.sections[0].buttons][:2] == ["Still true", "Out of date"]
    assert fired(look()).once == f"lesson:{published().id}:1:maya"


def test_a_card_written_freely_is_told_as_it_is_and_cut() -> None:
    free = published(published_sections={"learning": "Pools need limits. " * 60})
    assert words.lesson(free).startswith("Pools need limits.")
    assert len(words.lesson(free)) <= words.MOST
    assert "It has no action items" in message(look(of=free)).card.plain()


def test_where_the_owner_cannot_be_reached_the_commander_is_asked_and_nobody_twice() -> None:
    gone = MAYA.model_copy(update={"unreachable": True})
    known = {**{one.id: one for one in PEOPLE}, "maya": gone}
    about = told_incident(roles={"lead": "ines"})
    first = fired(look(None, people=known, incident=about), word=False)
    assert [one.subject.partition(":")[2] for one in first.plans if one.at] == [INES.id]
    assert [one.at for one in fired(look()).plans] == [None]


@pytest.mark.parametrize(
    "change",
    [{"status": PostmortemStatus.DRAFT}, {"published_at": NOW + timedelta(days=1)}],
)
def test_what_changed_meanwhile_is_not_said(change: dict[str, Any]) -> None:
    assert fired(look(of=published(**change)), word=False).plans[0].at is None
    assert as_of_now(message(look()), look(of=published(**change)), LATER) is None


def test_the_answer_is_kept_can_be_changed_and_an_outdated_lesson_leads_to_a_new_version() -> None:
    state = world(TOM, told_incident(), postmortem=published())
    true = clicked(state, "lesson_true", version="1")
    assert true.reply.replaces
    assert true.state.postmortem and true.state.postmortem.lesson and true.state.postmortem.lesson.holds  # noqa: PT018
    with pytest.raises(Refused) as again:
        clicked(true.state, "lesson_true", version="1")
    assert "already" in again.value.text.plain()
    old = clicked(true.state, "lesson_outdated", version="1")
    assert old.state.postmortem and old.state.postmortem.lesson and not old.state.postmortem.lesson.holds  # noqa: PT018
    assert old.reply.card.sections[0].buttons[0].label == "Start a new version"
    assert fired(look(of=old.state.postmortem), word=False).plans[0].at is None
    told = words.stands(old.state.postmortem.lesson, "Tom")
    assert told == "Tom said on Mon 23 Nov 2026 that its lesson is out of date."


def test_of_a_draft_or_an_earlier_version_nothing_is_kept() -> None:
    for of, version, why in (
        (postmortem(), "1", "is not published"),
        (published(published_version=2, version=2), "1", "an earlier version"),
    ):
        with pytest.raises(Refused) as no:
            clicked(world(TOM, told_incident(), postmortem=of), "lesson_true", version=version)
        assert why in no.value.text.plain()


def test_publishing_plans_it() -> None:
    state = world(TOM, told_incident(status="resolved"), postmortem=postmortem(owner="tom"))
    decision = clicked(said(state, "postmortem factor design: x").state, "postmortem_publish", sure="yes")
    plans = plans_for(state, decision.state, NOW)
    assert [one.at for one in plans if one.rule == "lesson"] == [LATER]
