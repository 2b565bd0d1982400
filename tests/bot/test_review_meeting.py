"""The meeting's agenda: what is open, from what is recorded, the same for the same record."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.calendar_file import calendar_file
from bot.draft import names_of
from bot.model import Postmortem
from bot.ports import Record
from bot.review import Comment, Review
from bot.review_meeting import agenda, meeting, silences
from bot.text import mention_token
from tests.bot.drafts import BEGAN, MAYAS, factor, item, message, postmortem, reacted, told_incident
from tests.bot.worlds import INES, MAYA, NOW, PEOPLE, TOM, organisation

AT = datetime(2026, 11, 27, 13, 0, tzinfo=UTC)
MAIL = {"tom": "tom@acme.example", "ines": "ines@acme.example"}


def reviewed(at: datetime | None = AT, **fields: Any) -> Postmortem:
    review = Review(version=1, asked_by="tom", asked_at=NOW, changed_at=NOW, reviewers=("ines", "maya"), at=at, moved=2)
    return postmortem(status="in review", review=review, **fields)


def record(of: Postmortem | None = None, **fields: Any) -> Record:
    people = {one.id: one.model_copy(update={"email": MAIL.get(one.id, "")}) for one in PEOPLE}
    told = {"organisation": organisation(), "incident": told_incident(), "now": NOW, "people": people}
    return Record.model_validate({**told, "postmortem": of or reviewed(), **fields})


NAMES = names_of({one.id: one for one in (TOM, MAYA, INES)})


def test_without_a_date_and_a_time_there_is_no_meeting() -> None:
    for of in (reviewed(at=None), postmortem(), reviewed().model_copy(update={"version": 2})):
        assert meeting(record(of), NAMES, "Europe/Berlin") is None


def test_the_file_is_the_same_for_the_same_record_and_knows_who_comes() -> None:
    made = meeting(record(), NAMES, "Europe/Berlin", "https://debrief.example/incidents/INC-42/postmortem")
    assert made is not None
    assert (made.uid, made.sequence, made.ends - made.starts) == ("pm-1@debrief", 2, timedelta(minutes=45))
    assert made.organiser is not None
    assert [one.email for one in made.attendees] == ["ines@acme.example"]
    again = meeting(record(), NAMES, "Europe/Berlin", "https://debrief.example/incidents/INC-42/postmortem")
    assert again is not None
    assert calendar_file(made) == calendar_file(again)


def test_the_agenda_names_silences_disputes_questions_and_factors_without_an_action() -> None:
    log = (message(1), message(3), reacted(40, f"why did {mention_token(MAYAS)} hear so late?", "question"))
    comments = (
        Comment(id="1", version=1, by="ines", at=NOW, kind="time", about="began", text="13:20 by the graph"),
        Comment(id="2", version=1, by="ines", at=NOW, kind="missing", text="the second alert"),
        Comment(id="3", version=1, by="ines", at=NOW, kind="time", about="detected", text="settled", resolved_at=NOW),
    )
    factors = (factor(1, "small pool"), factor(2, "no alert", "detection"))
    told = record(reviewed(comments=comments, factors=factors), entries=log, items=(item(1, factor="f1"),))
    made = agenda(told, NAMES, "Europe/Berlin", "https://debrief.example/p")
    assert made == (
        "Read it before the meeting: https://debrief.example/p\n\n"
        "Longest silences\n- 37 min from Mon 23 Nov 2026 13:13 CET to Mon 23 Nov 2026 13:50 CET\n\n"
        "Disputed\n- Impact began: 13:20 by the graph\n\n"
        "Open questions\n- the second alert\n- why did @Maya hear so late?\n\n"
        "Contributing factors without an action\n- detection: no alert"
    )


def test_an_agenda_of_nothing_says_so() -> None:
    made = agenda(record(incident=told_incident(times={})), NAMES, "UTC")
    assert made.count("nothing recorded") == 4


def test_silences_are_the_longest_three_in_their_order_and_nothing_deleted_breaks_them() -> None:
    log = (*(message(n) for n in (2, 14, 16, 30, 31)), message(38, deleted_stamp=1))
    found = silences(told_incident(), log)
    assert [(start - BEGAN, length) for start, _, length in found] == [
        (timedelta(minutes=2), "12 min"), (timedelta(minutes=16), "14 min"), (timedelta(minutes=31), "14 min"),
    ]  # fmt: skip
    assert silences(told_incident(times={}), log) == []
