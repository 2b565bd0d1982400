"""What is late about a postmortem, and whether it is fair: who hears of it, how often, when, and when not any more."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.effects import Direct, Turn
from bot.model import Incident, Person, Postmortem, PostmortemStatus
from bot.reminders import RULES, as_of_now, plans_for, working_time
from bot.review import Ownership, Review
from bot.state import Look, Planned, Reminded
from bot.workdays import within_working_hours
from tests.bot.drafts import postmortem, told_incident
from tests.bot.worlds import GUEST, INES, MAYA, NOW, PEOPLE, ROBOT, TOM, organisation, world

ORGANISATION = organisation()
WORDS = ("draft_late", "reviewer_silent", "review_late", "publication_late", "fair")
FRIDAY, DUE = date(2026, 11, 27), date(2026, 11, 30)
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe", "Pacific/Apia")


def review(**fields: Any) -> Review:
    told = {"version": 1, "asked_by": "tom", "asked_at": NOW, "changed_at": NOW, "reviewers": ("ines", "tom")}
    return Review.model_validate({**told, **fields})


def draft(**fields: Any) -> Postmortem:
    return postmortem(due=DUE, **fields)


def reviewed(**fields: Any) -> Postmortem:
    return draft(status="in review", review=review(day=FRIDAY, **fields))


def planned(
    after: Postmortem | None, before: Postmortem | None = None, about: Incident | None = None
) -> dict[str, Any]:
    about = about or told_incident(status="resolved")
    was, is_now = world(TOM, about, postmortem=before), world(TOM, about, postmortem=after)
    return {one.key: one.at for one in plans_for(was, is_now, NOW)}


def look(of: Postmortem, person: Person = MAYA, about: Incident | None = None, **fields: Any) -> Look:
    people = {one.id: one for one in (*PEOPLE, person)}
    told = {"organisation": ORGANISATION, "person": person, "people": people, "postmortem": of}
    return Look.model_validate({**told, "incident": about or told_incident(status="resolved"), **fields})


def plan(rule: str, at: datetime, person: str = "") -> Planned:
    subject = f"pm:{person}" if person else "pm"
    return Planned(key=f"{rule}:{subject}", rule=rule, subject=subject, at=at)


def fired(rule: str, seen: Look, at: datetime) -> Reminded:
    person = seen.person.id if seen.person else ""
    return RULES[rule](seen, plan(rule, at, person), at)


def words_of(decided: Reminded) -> list[str]:
    return [effect.card.plain() for effect in decided.effects if isinstance(effect, Direct)]


def berlin(day: date, hour: int = 9, minute: int = 30) -> datetime:
    """In November: an hour before UTC."""
    return datetime(day.year, day.month, day.day, hour - 1, minute, tzinfo=UTC)


# -- what is planned


def test_a_new_draft_plans_the_answer_of_its_owner_and_the_morning_after_its_date() -> None:
    new = draft(ownership=Ownership(told_at=NOW, asked=("maya",)))
    assert planned(new) == {
        "owner_silent:pm": NOW + timedelta(hours=24), "draft_late:pm:maya": berlin(date(2026, 12, 1)),
    }  # fmt: skip


def test_a_review_plans_its_words_and_takes_the_drafts_away() -> None:
    assert planned(reviewed(), draft()) == {
        "draft_late:pm:maya": None,
        "reviewer_silent:pm:ines": berlin(date(2026, 11, 25)),
        "reviewer_silent:pm:tom": berlin(date(2026, 11, 25)),
        "review_late:pm:maya": berlin(date(2026, 11, 28)),
        "publication_late:pm:maya": berlin(date(2026, 12, 4)),
        "fair:pm": berlin(date(2026, 11, 26)),
    }


def test_a_review_without_a_day_counts_from_when_it_was_asked_for() -> None:
    found = planned(draft(status="in review", review=review()), draft())
    assert found["reviewer_silent:pm:ines"] == berlin(date(2026, 11, 25))
    assert found["fair:pm"] == NOW + timedelta(hours=24)
    assert "review_late:pm:maya" not in found


def test_a_meeting_on_a_monday_asks_on_the_friday_before_it() -> None:
    monday = berlin(date(2026, 11, 30), 14, 0)
    found = planned(draft(status="in review", review=review(day=monday.date(), at=monday)))
    assert found["fair:pm"] == monday - timedelta(days=3)


def test_a_meeting_within_the_day_asks_at_once_and_reminds_no_reviewer() -> None:
    soon = planned(draft(status="in review", review=review(day=NOW.date(), at=NOW + timedelta(hours=3))))
    assert soon["fair:pm"] == NOW
    assert "reviewer_silent:pm:ines" not in soon


def test_a_sign_off_takes_that_reviewers_word_away_and_the_last_one_the_owners() -> None:
    one = reviewed(signed=({"by": "ines", "at": NOW},))
    assert planned(one, reviewed()) == {"reviewer_silent:pm:ines": None}
    both = reviewed(signed=({"by": "ines", "at": NOW}, {"by": "tom", "at": NOW}))
    assert planned(both, one) == {"reviewer_silent:pm:tom": None, "review_late:pm:maya": None}


def test_another_owner_takes_the_words_over() -> None:
    other = reviewed().model_copy(update={"owner": "ines"})
    found = planned(other, reviewed())
    assert found["review_late:pm:maya"] is None
    assert found["review_late:pm:ines"] == berlin(date(2026, 11, 28))


def test_what_is_published_leaves_nothing_planned() -> None:
    done = reviewed().model_copy(update={"status": PostmortemStatus.PUBLISHED})
    assert set(planned(done, reviewed()).values()) == {None}


def test_a_section_that_is_written_plans_nothing_again() -> None:
    assert planned(reviewed().model_copy(update={"published_markdown": "x"}), reviewed()) == {}


def test_of_a_drill_nothing_is_planned() -> None:
    assert planned(reviewed(), about=told_incident(drill=True)) == {}


# -- the owner who does not answer


def proposed(**fields: Any) -> Postmortem:
    return draft(owner="ines", ownership=Ownership(told_at=NOW, asked=("ines",)), **fields)


def test_after_a_day_of_silence_the_engine_hands_the_draft_on_by_a_command() -> None:
    at = NOW + timedelta(hours=24)
    decided = RULES["owner_silent"](look(proposed(), INES), plan("owner_silent", at), at)
    (given,) = decided.effects
    assert isinstance(given, Turn)
    assert (given.command, given.platform, given.tenant, given.incident) == ("owner_silent", "clock", "org", "inc")
    assert given.fields == {"owner": "ines", "told_at": NOW.isoformat(), "tell_at": at.isoformat()}
    assert decided.once == "owner_silent:pm:1:ines:1"


def test_whoever_is_next_is_told_in_their_working_hours() -> None:
    friday_evening = berlin(FRIDAY, 20, 0)
    late = proposed().model_copy(update={"ownership": Ownership(told_at=friday_evening, asked=("ines",))})
    at = friday_evening + timedelta(hours=24)
    (given,) = RULES["owner_silent"](look(late, INES), plan("owner_silent", at), at).effects
    assert isinstance(given, Turn)
    assert given.fields["tell_at"] == berlin(date(2026, 11, 30), 9, 0).isoformat()


@pytest.mark.parametrize("of", [draft(owner="ines"), proposed(status="published")])
def test_an_answer_or_a_publication_ends_the_waiting(of: Postmortem) -> None:
    at = NOW + timedelta(hours=24)
    seen = look(of, INES)
    assert not [one for one in planned(of) if one.startswith("owner_silent")]
    decided = RULES["owner_silent"](seen, plan("owner_silent", at), at)
    assert of.status == "published" or (decided.effects == () and decided.plans[0].at is None)


def test_a_private_draft_whose_owner_is_no_member_any_more_is_handed_on_by_a_command() -> None:
    member = told_incident(status="resolved", private=True, responders=frozenset({"tom"}))
    of = draft(owner="ines")
    first = RULES["shut_out"](look(of, INES, member), Planned(key="x", rule="shut_out", subject="inc", at=NOW), NOW)
    assert [one.subject for one in first.plans if one.at] == [of.id]
    assert not first.effects
    (given,) = RULES["shut_out"](look(of, INES, member), plan("shut_out", NOW), NOW).effects
    assert isinstance(given, Turn)
    assert given.command == "shut_out"
    for whole in (draft(owner="tom"), draft(owner="ines", status="published")):
        assert not RULES["shut_out"](look(whole, INES, member), plan("shut_out", NOW), NOW).effects


def test_a_plan_that_came_too_early_waits_for_the_answer() -> None:
    decided = RULES["owner_silent"](look(proposed(), INES), plan("owner_silent", NOW), NOW + timedelta(hours=3))
    assert (decided.effects, decided.plans[0].at) == ((), NOW + timedelta(hours=24))


# -- one word each


@pytest.mark.parametrize(
    ("rule", "of", "person", "says"),
    [
        ("draft_late", draft(), MAYA, "was due Mon 30 Nov 2026 and is a draft still"),
        ("reviewer_silent", reviewed(), INES, "waits for your look. Its review is on Fri 27 Nov 2026"),
        ("review_late", reviewed(), MAYA, "0 of 2 reviewers have looked"),
        ("publication_late", reviewed(), MAYA, "not published yet"),
        ("fair", reviewed(), TOM, "Is it fair?"),
    ],
)
def test_each_is_one_private_word_with_the_button_that_answers_it(
    rule: str, of: Postmortem, person: Person, says: str
) -> None:
    at = berlin(date(2026, 11, 25))
    decided = fired(rule, look(of, person), at)
    assert says in words_of(decided)[0]
    assert decided.plans[0].at is None
    (message,) = decided.effects
    assert isinstance(message, Direct)
    assert message.account == person.accounts[0].key
    assert message.card.sections[0].buttons
    assert as_of_now(message, look(of, person), at) == message


GONE: dict[str, Any] = {
    "published": {"status": PostmortemStatus.PUBLISHED},
    "somebody else's": {"owner": "ines", "review": review(reviewers=("ada",), fair=("tom",))},
}


@pytest.mark.parametrize("end", GONE)
@pytest.mark.parametrize(
    ("rule", "of", "person"),
    [("draft_late", draft(), MAYA), ("reviewer_silent", reviewed(), INES), ("review_late", reviewed(), MAYA),
     ("publication_late", reviewed(), MAYA), ("fair", reviewed(), TOM)],
)  # fmt: skip
def test_no_word_when_it_is_done_also_not_when_it_was_about_to_be_sent(
    end: str, rule: str, of: Postmortem, person: Person
) -> None:
    at = berlin(date(2026, 11, 25))
    (message,) = fired(rule, look(of, person), at).effects
    ended = of.model_copy(update=GONE[end])
    assert fired(rule, look(ended, person), at).effects == ()
    assert isinstance(message, Direct)
    assert as_of_now(message, look(ended, person), at) is None


@pytest.mark.parametrize("rule", WORDS)
def test_a_drill_and_whoever_cannot_be_reached_hear_nothing(rule: str) -> None:
    of = draft() if rule == "draft_late" else reviewed(reviewers=("maya",))
    at = berlin(date(2026, 11, 25))
    assert words_of(fired(rule, look(of), at))
    assert not fired(rule, look(of, about=told_incident(drill=True)), at).effects
    assert not fired(rule, look(of, MAYA.model_copy(update={"unreachable": True})), at).effects


def test_a_reviewer_hears_nothing_after_the_day_of_the_review() -> None:
    assert not fired("reviewer_silent", look(reviewed(), INES), berlin(date(2026, 11, 30))).effects


# -- is it fair?


def round_of(about: Incident, authors: tuple[str, ...]) -> list[str]:
    seen = look(reviewed(), about=about, authors=authors)
    decided = RULES["fair"](seen, plan("fair", NOW), NOW)
    assert decided.effects == ()
    return [one.subject for one in decided.plans if one.at]


def test_whoever_wrote_a_key_entry_or_holds_a_role_is_asked_and_no_machine() -> None:
    about = told_incident(status="resolved", roles={"lead": "tom", "comms": "maya"})
    assert round_of(about, ("ines", "maya", ROBOT.id, "unknown")) == ["pm:ines", "pm:maya", "pm:tom"]


def test_guests_are_asked_where_they_were_invited() -> None:
    assert "pm:gus" not in round_of(told_incident(status="resolved"), (GUEST.id,))
    invited = told_incident(status="resolved", responders=frozenset({"tom", "gus"}))
    assert "pm:gus" in round_of(invited, (GUEST.id,))


def test_of_a_private_incident_only_members_are_asked() -> None:
    about = told_incident(status="resolved", private=True, responders=frozenset({"tom"}))
    assert round_of(about, ("ines", "maya", "gus")) == ["pm:tom"]
    assert not fired("fair", look(reviewed(), INES, about), berlin(FRIDAY)).effects


def test_once_a_person_and_version_however_often_the_review_moves() -> None:
    keys = {fired("fair", look(of, TOM), berlin(FRIDAY)).once for of in (reviewed(), reviewed(moved=3))}
    assert keys == {"fair:pm:1:tom"}
    again = reviewed(version=2).model_copy(update={"version": 2})
    assert fired("fair", look(again, TOM), berlin(FRIDAY)).once == "fair:pm:2:tom"


# -- over many weeks


def played(
    rule: str, of: Postmortem, person: Person, start: datetime, busy: frozenset[int], off: frozenset[str]
) -> Any:
    """Fires a plan as the beat would, until it is over; returns the keys with their moments."""
    at: datetime | None = start
    sent: list[tuple[str, datetime]] = []
    for n in range(3000):
        if at is None:
            return sent
        now = at + timedelta(seconds=1)
        seen = look(of, person, busy=n in busy, holidays=off)
        decided = RULES[rule](seen, plan(rule, at, person.id), now)
        sent += [(decided.once, now)] if decided.effects else []
        at = decided.plans[0].at
    raise AssertionError("it never ends")


@settings(deadline=None, max_examples=60)
@given(
    rule=st.sampled_from(WORDS),
    zone=st.sampled_from(ZONES),
    start=st.integers(0, 72 * 60).map(lambda minutes: MONDAY + timedelta(minutes=minutes)),
    busy=st.frozensets(st.integers(0, 20), max_size=12),
    off=st.frozensets(st.sampled_from(["2026-11-23", "2026-11-24", "2026-11-25", "2026-12-01"])),
)
def test_a_word_is_said_at_most_once_and_only_in_working_hours(
    rule: str, zone: str, start: datetime, busy: frozenset[int], off: frozenset[str]
) -> None:
    person = MAYA.model_copy(update={"zone": zone})
    of = draft() if rule == "draft_late" else reviewed(reviewers=("maya",))
    sent = played(rule, of, person, start, busy, off)
    hours, holidays = working_time(person, ORGANISATION), frozenset(map(date.fromisoformat, off))
    assert len(sent) == (0 if rule == "reviewer_silent" and not sent else 1)
    assert all(within_working_hours(at, hours, holidays) for _, at in sent)
    again = played(rule, of, person, start + timedelta(hours=1), busy, off)
    assert {key for key, _ in again} | {key for key, _ in sent} == {key for key, _ in sent or again}
