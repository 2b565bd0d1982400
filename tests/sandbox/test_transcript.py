"""The story is consistent with itself, takes a believable time and is rich enough to be a replay."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from adapters.sandbox import transcript
from adapters.sandbox.script import INCIDENT, SAYING, Script, Step
from adapters.sandbox.transcript import beginning, expected, load, moments, short, spoken, zone_of
from bot.masking import mask

HEBREW, ARABIC = range(0x0590, 0x0600), range(0x0600, 0x0700)
KANA, HAN = range(0x3040, 0x3100), range(0x4E00, 0x9FFF)
NOON = datetime(2026, 12, 1, 12, 5, tzinfo=UTC)
MESSAGE_GESTURES = {"edit", "delete", "react", "unreact", "pin", "unpin", "shortcut"}


@pytest.fixture(scope="module")
def script() -> Script:
    return load()


@pytest.fixture(params=["whole", "tour"])
def either(request: pytest.FixtureRequest, script: Script) -> Script:
    return script if request.param == "whole" else short(script)


def said(script: Script) -> list[Step]:
    return [step for step in script.steps if step.do in SAYING]


def count(script: Script, do: str) -> int:
    return sum(step.do == do for step in script.steps)


# --- consistent with itself ------------------------------------------------------------------------


def test_every_step_speaks_of_people_and_places_that_exist(either: Script) -> None:
    people = {person.nick for person in either.cast}
    places = {place.nick for place in either.places} | {INCIDENT}
    assert {step.who for step in either.steps} <= people
    assert {step.where for step in either.steps} <= places


def test_ids_are_unique(script: Script) -> None:
    ids = [step.id for step in script.steps if step.id]
    assert len(ids) == len(set(ids))


def test_a_step_refers_only_to_what_was_there_before(either: Script) -> None:
    seen: set[str] = set()
    for step in either.steps:
        assert {step.ref, step.item} - {""} <= seen, step
        seen.add(step.id)


def test_a_gesture_happens_where_its_message_is_and_never_after_its_deletion(either: Script) -> None:
    there: dict[str, str] = {}
    for step in either.steps:
        if step.do in MESSAGE_GESTURES or step.do in {"reply", "broadcast"}:
            assert there[step.ref] == step.where, step
        if step.do in SAYING:
            there[step.id] = step.where
        if step.do == "delete":
            del there[step.ref]


def test_threads_hang_on_a_message_that_is_in_no_thread(script: Script) -> None:
    for step in said(script):
        if step.ref:
            assert not script.step(step.ref).ref, step


def test_no_message_that_has_replies_is_deleted(script: Script) -> None:
    parents = {step.ref for step in said(script)}
    assert not parents & {step.ref for step in script.steps if step.do == "delete"}


def test_people_edit_and_delete_only_what_they_said(script: Script) -> None:
    for step in script.steps:
        if step.do in {"edit", "delete"}:
            assert script.step(step.ref).who == step.who, step


def test_nobody_takes_away_a_reaction_or_a_pin_that_is_not_there(script: Script) -> None:
    there: set[tuple[str, ...]] = set()
    for step in script.steps:
        gesture = (step.ref, step.emoji, "" if "pin" in step.do else step.who)
        if step.do in {"react", "pin"}:
            assert gesture not in there, step
            there.add(gesture)
        elif step.do in {"unreact", "unpin"}:
            there.remove(gesture)


def test_nobody_acts_in_the_incident_before_it_exists_and_before_they_joined(either: Script) -> None:
    inside = {person.nick for person in either.cast if person.bot}
    exists = False
    for step in either.steps:
        exists = exists or step.until == "incident channel exists"
        if step.do == "join":
            assert step.who not in inside
            inside.add(step.who)
        if step.do == "command" and step.text.startswith("declare"):
            inside.add(step.who)
        elif step.where == INCIDENT and step.do in SAYING | MESSAGE_GESTURES | {"join", "command", "leave"}:
            assert exists, step
            assert step.who in inside, step
        if step.do == "leave":
            inside.remove(step.who)


def test_the_lead_and_the_owners_of_actions_are_people_of_the_cast(script: Script) -> None:
    names = {f"@{person.nick}": person.name for person in script.cast}
    names |= {f"#{place.nick}": place.name for place in script.places}
    for step in script.steps:
        for text in (step.text, *step.fields.values()):
            left = spoken(text, NOON, zone_of(script, step), names)
            assert not [mark for mark in ("{@", "{#", "{clock", "{day", "{secret", "{long") if mark in left], step


# --- within reasonable times -----------------------------------------------------------------------


def test_story_time_never_runs_back_and_never_stands_still_for_long(script: Script) -> None:
    times = moments(script)
    assert list(times) == sorted(times)
    assert max(step.after for step in script.steps) <= 15 * 60


def test_the_incident_takes_between_one_hour_and_three(script: Script) -> None:
    at = {step.id: when for step, when in zip(script.steps, moments(script), strict=True) if step.id}
    assert 3600 <= at["res1"] - at["decl"] <= 3 * 3600
    assert at["dep1"] < at["alert1"] < at["decl"] < at["sev1"] < at["mit1"] < at["res1"] < at["pub1"]


def test_the_clock_is_within_everybodys_working_week_when_a_digest_is_awaited(script: Script) -> None:
    start = beginning(script, NOON)
    for step, when in zip(script.steps, moments(script), strict=True):
        if step.until.startswith("digest"):
            zone = ZoneInfo(script.person(step.until.split()[-1]).zone)
            there = (start + timedelta(seconds=when)).astimezone(zone)
            assert there.weekday() < 5
            assert 9 <= there.hour < 17


def test_what_a_digest_speaks_of_was_due_before_that_week_began(script: Script) -> None:
    clicked = {
        step.item: when // 86_400
        for step, when in zip(script.steps, moments(script), strict=True)
        if step.do == "click"
    }
    due_after_days = {"act2": 3, "act3": 10}  # "by fri" and "{day:+10d}", both said on the first Tuesday
    assert clicked.keys() == due_after_days.keys()
    for item, day in clicked.items():
        monday = day - (day + script.begins.weekday) % 7
        assert due_after_days[item] < monday


# --- rich enough to be a replay --------------------------------------------------------------------


def test_there_are_at_least_165_messages_in_the_incident(script: Script) -> None:
    assert expected(script).captured >= 165


def test_there_are_threads_a_broadcast_and_messages_outside(script: Script) -> None:
    replies = Counter(step.ref for step in said(script) if step.ref)
    assert sum(number >= 3 for number in replies.values()) >= 4
    assert count(script, "broadcast") >= 1
    assert {"alerts", "deploys", "lounge"} <= {step.where for step in said(script)}


def test_there_are_edits_and_deletions_enough(script: Script) -> None:
    truth = expected(script)
    assert truth.edits >= 8
    assert truth.unchanged_edits == 1
    assert truth.deletions >= 4


def test_people_write_in_many_scripts_and_shapes(script: Script) -> None:
    everything = "\n".join(step.text for step in said(script))
    for letters in (HEBREW, ARABIC, KANA, HAN):
        assert sum(ord(letter) in letters for letter in everything) >= 4
    for shape in (
        "```",
        "\n> ",
        "https://grafana",
        "/deploys/",
        "/pull/",
        "🎉",
        ":red_circle:",
        "{@",
        "`pool_max",
    ):
        assert shape in everything, shape
    assert any(len(line) > 3000 for line in everything.splitlines())


def test_somebody_jests_with_every_kind_of_hostile_text(script: Script) -> None:
    everything = "\n".join(step.text for step in said(script))
    for jest in ("<!channel>", "<script>", "=HYPERLINK(", "<https://evil.example|"):
        assert jest in everything, jest


def test_files_joins_leaves_and_pins_of_every_kind_occur(script: Script) -> None:
    files = [step.file for step in script.steps if step.file]
    assert {file.mimetype for file in files} == {"image/png", "text/csv", "text/x-diff"}
    assert all(file.name and file.text for file in files)
    for do in ("join", "leave", "pin", "unpin", "unreact"):
        assert count(script, do) >= 1, do
    assert any(person.guest for person in script.cast)


def test_every_verb_that_people_need_is_used(script: Script) -> None:
    verbs = expected(script).verbs
    for verb in ("declare", "lead", "role", "sev", "update", "note", "time", "impact", "action", "mitigate"):
        assert verbs[verb] >= 1, verb
    assert verbs["resolve"] == verbs["postmortem publish"] == 1
    assert verbs["postmortem factor"] >= 2
    assert {step.shortcut for step in script.steps} == {"", "add_to_timeline", "make_action_item"}
    assert [step.button for step in script.steps if step.button] == ["done", "snooze"]


def test_every_reflective_reaction_is_used_and_none_of_them_pins(script: Script) -> None:
    reflections = expected(script).reflections
    assert reflections.keys() == transcript.REFLECTIONS.keys()
    assert all(reflections.values())
    assert transcript.PUSHPIN not in reflections


def test_what_other_apps_say_in_the_incident_is_marked_by_somebody(script: Script) -> None:
    """In Teams a bot hears of it by that alone, and the record is to be the same there."""
    apps = {person.nick for person in script.cast if person.bot}
    said_there = {step.id for step in said(script) if step.who in apps and step.where == INCIDENT}
    assert len(said_there) >= 3
    assert said_there <= set(expected(script).key)


def test_the_file_reads_one_step_a_line() -> None:
    lines = Path(transcript.__file__).with_name("transcript.json").read_text(encoding="utf-8").splitlines()
    steps = lines[lines.index('  "steps": [') + 1 : -2]
    assert len(steps) == len(load().steps)
    assert all("do" in json.loads(line.rstrip(",")) for line in steps)


# --- the tour --------------------------------------------------------------------------------------


def test_the_tour_is_a_minute_long_and_says_what_to_look_at(script: Script) -> None:
    tour = short(script)
    assert 20 <= len(tour.steps) <= 25
    assert 45 <= sum(step.after for step in tour.steps) <= 75
    assert sum(bool(step.caption) for step in tour.steps) >= 18


def test_in_teams_captions_speak_of_threads_and_of_the_menu(script: Script) -> None:
    told = "\n".join(step.caption_in.get("teams", step.caption) for step in short(script).steps)
    assert "began a thread" in told
    assert "Mark message" in told
    for only_in_slack in ("in the channel", "channel of its own", "ushpin", "eaction", "Joins", "Threads are"):
        assert only_in_slack not in told, only_in_slack
    assert not any("slack" in step.caption_in for step in script.steps), "what is told first is Slack's"


def test_the_tour_goes_from_the_alert_to_done(script: Script) -> None:
    steps = short(script).steps
    assert steps[0].id == "alert1"
    assert (steps[-1].do, steps[-1].button) == ("click", "done")
    assert [step.until for step in steps if step.until] == [
        "incident channel exists",
        "draft posted",
        "digest received by jonas",
    ]


# --- secrets ---------------------------------------------------------------------------------------


def test_no_secret_is_whole_in_the_file_and_all_are_in_the_story(script: Script) -> None:
    written = Path(transcript.__file__).with_name("transcript.json").read_text(encoding="utf-8")
    assert not [value for value in transcript.SECRETS.values() if value in written]
    assert set(expected(script).secrets) == set(transcript.SECRETS.values())


def test_a_secret_is_deleted_one_is_edited_away_and_two_are_left_standing(script: Script) -> None:
    truth = expected(script)
    standing = "\n".join(one.text for one in truth.surviving)
    erased = "\n".join(truth.erased)
    assert {name for name, value in transcript.SECRETS.items() if value in standing} == {"db", "card"}
    assert {name for name, value in transcript.SECRETS.items() if value in erased} == {"github"}


def test_every_secret_of_the_story_is_of_a_kind_that_gets_masked(script: Script) -> None:
    masked = "\n".join(mask(step.text) for step in script.steps)
    assert not [value for value in expected(script).secrets if value in masked]
