"""A script of a few steps is refused, timed, worded and counted as it should be."""

from datetime import UTC, datetime, timedelta
from html import escape

import pytest
from pydantic import ValidationError

from adapters.sandbox.script import Begins, Person, Script, Step
from adapters.sandbox.transcript import beginning, expected, load, spoken, zone_of

NOON = datetime(2026, 12, 1, 12, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def script() -> Script:
    return load()


def tiny(*steps: dict[str, object]) -> Script:
    cast = (Person(nick="a", name="A", title="", zone="Asia/Tokyo", email="a@x.example"),)
    begins = Begins(weekday=1, wall="12:05", zone="Europe/Lisbon")
    made = tuple(Step.model_validate({"after": 1, "who": "a", **step}) for step in steps)
    return Script(title="", begins=begins, cast=cast, places=(), steps=made)


def test_an_edit_without_a_change_is_no_edit() -> None:
    truth = expected(
        tiny(
            {"do": "say", "id": "m", "text": "one"},
            {"do": "edit", "ref": "m", "text": "two"},
            {"do": "edit", "ref": "m", "text": "two"},
        )
    )
    assert (truth.captured, truth.edits, truth.unchanged_edits) == (1, 1, 1)
    assert [(one.text, one.revisions) for one in truth.surviving] == [("two", 1)]


def test_what_is_said_elsewhere_is_captured_only_by_a_gesture() -> None:
    truth = expected(
        tiny(
            {"do": "say", "id": "m", "text": "one", "where": "lounge"},
            {"do": "say", "id": "n", "text": "two", "where": "lounge"},
            {"do": "delete", "ref": "n", "where": "lounge"},
            {"do": "shortcut", "ref": "m", "where": "lounge", "shortcut": "add_to_timeline"},
        )
    )
    assert (truth.captured, truth.deletions, truth.surviving) == (0, 0, ())
    assert truth.key == truth.key_elsewhere == ("m",)


def test_a_message_stays_key_until_the_last_gesture_is_taken_away() -> None:
    once: dict[str, object] = {"do": "react", "ref": "m", "emoji": "pushpin"}
    steps: list[dict[str, object]] = [
        {"do": "say", "id": "m", "text": "one"},
        once,
        {"do": "pin", "ref": "m"},
        {**once, "do": "unreact"},
    ]
    assert expected(tiny(*steps)).key == ("m",)
    gone = expected(tiny(*steps, {"do": "unpin", "ref": "m"}))
    assert (gone.key, gone.retracted) == ((), ("m",))


def test_a_deleted_message_is_no_key_entry_and_no_survivor() -> None:
    truth = expected(
        tiny(
            {"do": "say", "id": "m", "text": "one"},
            {"do": "edit", "ref": "m", "text": "two"},
            {"do": "pin", "ref": "m"},
            {"do": "delete", "ref": "m"},
        )
    )
    assert (truth.deletions, truth.key, truth.retracted, truth.surviving) == (1, (), (), ())
    assert truth.erased == ("one", "two")


def test_the_story_starts_at_the_next_such_weekday(script: Script) -> None:
    assert beginning(script, NOON) == NOON  # that is a Tuesday, 12:05 in Lisbon
    later = beginning(script, NOON + timedelta(seconds=1))
    assert later == NOON + timedelta(days=7)


def test_the_wall_time_of_the_start_survives_a_change_of_the_clocks(script: Script) -> None:
    summer = beginning(script, datetime(2026, 3, 28, 12, tzinfo=UTC))
    assert summer.astimezone(UTC) == datetime(2026, 3, 31, 11, 5, tzinfo=UTC)


def test_times_are_typed_to_the_bot_in_the_speakers_own_zone(script: Script) -> None:
    note = script.step("time1").model_copy(update={"text": "time began {clock:-90m}, due {day:+1d}"})
    chat = note.model_copy(update={"do": "say"})
    assert spoken(note.text, NOON, zone_of(script, note), {}) == "time began 11:35, due 2026-12-02"
    assert spoken(chat.text, NOON, zone_of(script, chat), {}) == "time began 10:35, due 2026-12-02"


def test_what_people_type_is_encoded_and_whom_they_mention_is_not() -> None:
    text = "<b> {@mara} & {#alerts}"
    names = {"@mara": "<@U1>", "#alerts": "<#C1>"}
    assert spoken(text, NOON, "UTC", names, escape) == "&lt;b&gt; <@U1> &amp; <#C1>"


@pytest.mark.parametrize(
    "step",
    [
        {"do": "say", "text": "no id"},
        {"do": "react", "ref": "m"},
        {"do": "click", "button": "done"},
        {"do": "await", "until": "better weather"},
        {"do": "dance"},
        {"do": "say", "id": "m", "text": "x", "colour": "red"},
    ],
)
def test_a_step_that_nobody_could_play_is_refused(step: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        tiny(step)
