"""The JSON document: everything is in it, it reads back equal, and what is wrong with one is said in a sentence."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings

from bot.archive import LARGEST, archive, read_archive
from bot.command import Origin
from bot.commands.importing import Import
from bot.errors import Refused
from bot.model import Organisation, Person
from bot.ports import Record
from bot.state import Decision, State
from bot.text import MENTION_OPEN
from tests.bot.drafts import message, postmortem, saying
from tests.bot.invented import HOW_MANY, invented
from tests.bot.invented import organisation as house
from tests.bot.worlds import NOW, decided
from tests.export.worlds import TEXTS, record

HERE = Origin(id="typed", platform="cli", tenant="other", actor="integration:op")


def elsewhere(**fields: Any) -> State:
    """Another organisation, empty, where an operator is at the command line."""
    operator = Person(id="integration:op", organisation="other", name="op", kind="integration")
    organisation = Organisation(id="other", name="Other")
    return State.model_validate(
        {
            "organisation": organisation,
            "actor": operator,
            "next_incident": 7,
            "next_item": 3,
            "nonce": "QWRTZ",
            **fields,
        }
    )


def imported(told: bytes, state: State | None = None, *, as_new: bool = False) -> Decision:
    command = Import(origin=HERE, archive=read_archive(told), as_new=as_new)
    return decided(state or elsewhere(), command)


def record_of(decision: Decision) -> Record:
    state = decision.state
    assert state.incident is not None
    return Record(
        organisation=state.organisation, incident=state.incident, entries=decision.entries, items=state.items,
        postmortem=state.postmortem, people=state.people, now=NOW,
    )  # fmt: skip


@given(TEXTS)
@settings(max_examples=60, deadline=None)
def test_written_read_and_written_again_it_is_equal(text: str) -> None:
    told = archive(record(text), addresses=True)
    assert archive(record_of(imported(told)), addresses=True) == told


def test_fifty_invented_incidents_are_equal_too() -> None:
    for number in range(HOW_MANY):
        told = archive(invented(number, house()), addresses=True)
        assert archive(record_of(imported(told)), addresses=True) == told, number


def test_no_account_and_no_organisation_stands_in_it() -> None:
    told = archive(record()).decode()
    assert "slack:T1:U" not in told
    assert '"org"' not in told
    assert f"{MENTION_OPEN}maya" in told


def test_addresses_are_for_operators() -> None:
    people = {one.id: one.model_copy(update={"email": f"{one.id}@acme.example"}) for one in record().people.values()}
    made = record().model_copy(update={"people": people})
    assert "acme.example" not in archive(made).decode()
    assert "maya@acme.example" in archive(made, addresses=True).decode()


def test_people_are_known_again_by_their_address_and_the_others_come_without_accounts() -> None:
    people = {one.id: one.model_copy(update={"email": f"{one.id}@acme.example"}) for one in record().people.values()}
    told = archive(record().model_copy(update={"people": people}), addresses=True)
    here = Person(id="p_m", organisation="other", name="Maya L", email="MAYA@acme.example")
    decision = imported(told, elsewhere(people={"p_m": here}, alike=(here,)))
    after = decision.state
    assert after.postmortem is not None
    assert after.postmortem.edited["hard"].by == "p_m"
    assert after.postmortem.review is not None
    assert after.postmortem.review.reviewers == ("p_m", "tom")
    assert (after.postmortem.review.signed[0].by, after.postmortem.review.fair) == ("p_m", ("p_m",))
    assert after.people["p_m"] == here
    assert "maya" not in after.people
    assert after.people["tom"].accounts == ()
    assert any("cli:other:p_m" in entry.text for entry in decision.entries)


def test_what_is_there_already_is_refused_and_named() -> None:
    told = archive(record())
    for taken, named in (("INC-42", "INC-42"), ("ACT-2", "ACT-2"), ("e1", "INC-42")):
        with pytest.raises(Refused, match=f"{named} is there already"):
            imported(told, elsewhere(taken=frozenset({taken})))


def test_as_new_it_gets_keys_and_ids_of_its_own_and_no_place() -> None:
    decision = imported(archive(record()), elsewhere(taken=frozenset({"INC-42"})), as_new=True)
    after = record_of(decision)
    assert (after.incident.key, [one.key for one in after.items]) == ("INC-7", ["ACT-3", "ACT-4", "ACT-5"])
    assert (after.incident.place, after.incident.status_card, after.incident.announcement) == (None, None, None)
    assert {one.incident for one in after.items} == {one.incident for one in after.entries} == {after.incident.id}
    assert {one.id for one in after.entries}.isdisjoint(one.id for one in record().entries)
    assert "imported as INC-7" in decision.reply.plain()


def test_as_new_what_people_said_for_the_postmortem_rests_on_the_new_lines() -> None:
    (line,) = (one for one in record().entries if one.id == "e1")
    of = postmortem(trigger=saying("a deployment").model_copy(update={"entry": line.id}))
    after = record_of(imported(archive(record(postmortem=of)), as_new=True))
    assert after.postmortem is not None
    assert after.postmortem.trigger is not None
    assert after.postmortem.trigger.entry in {one.id for one in after.entries} - {line.id}


def test_which_hints_were_dismissed_is_in_no_file() -> None:
    told = json.loads(archive(record()))
    assert told["postmortem"]["dismissed_hints"] == []


def test_a_private_one_takes_no_number() -> None:
    secret = record().incident.model_copy(update={"private": True, "key": "INC-BCDFG"})
    items = tuple(one.model_copy(update={"incident_key": "INC-BCDFG"}) for one in record().items)
    told = archive(record().model_copy(update={"incident": secret, "items": items}))
    after = record_of(imported(told, as_new=True))
    assert after.incident.key == "INC-QWRTZ"
    assert all(one.key.removeprefix("ACT-").isalpha() for one in after.items)


def test_nothing_is_caused_by_it() -> None:
    assert imported(archive(record())).effects == ()


def test_no_gesture_can_hold_a_file() -> None:
    with pytest.raises(Refused, match="from a file"):
        decided(elsewhere(), Import(origin=HERE))


# -- what is wrong with a document


def changed(change: Callable[[dict[str, Any]], Any]) -> bytes:
    told = json.loads(archive(record()))
    change(told)
    return json.dumps(told).encode()


def put(*path: Any) -> Callable[[dict[str, Any]], Any]:
    *way, last, value = path

    def change(told: Any) -> None:
        for step in way:
            told = told[step]
        told[last] = value

    return change


WRONG: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "no JSON"),
    "bytes": (b"\xff\xfe{}", "no JSON"),
    "half": (b'{"schema": 1,', "no JSON"),
    "nan": (b'{"schema": NaN}', "no JSON"),
    "deep": (b"[" * 100_000, "no JSON"),
    "a list": (b"[]", "was not written by"),
    "another program's": (b'{"name": "x"}', "was not written by"),
    "a later version": (changed(put("schema", 2)), "version 2"),
    "a truth": (changed(put("schema", True)), "version True"),
    "a field too many": (changed(put("incident", "root_cause", "Tom")), "incident.root_cause"),
    "a field missing": (changed(lambda told: told["incident"].pop("title")), "incident.title"),
    "a strange status": (changed(put("incident", "status", "fine")), "incident.status"),
    "another incident's entry": (changed(put("entries", 0, "incident", "other")), "another incident"),
    "another incident's item": (changed(put("items", 0, "incident_key", "INC-1")), "another incident"),
    "twice": (changed(lambda told: told["entries"].append(told["entries"][0])), "twice"),
    "a person twice": (changed(lambda told: told["people"].append(told["people"][0])), "twice"),
    "a key": (changed(put("items", 0, "key", "../../x")), "not one of ours"),
    "an id": (changed(put("people", 0, "id", "a b")), "not one of ours"),
    "no zone": (changed(put("entries", 0, "occurred", "2026-11-23T12:00:00")), "has no zone"),
    "no year of ours": (changed(put("entries", 0, "occurred", "0001-01-01T00:00:00Z")), "not of this time"),
    "a severity": (changed(put("incident", "severity", 99)), "out of its range"),
    "a version": (changed(put("postmortem", "version", -1)), "out of its range"),
    "a stamp": (changed(put("entries", 0, "text_stamp", 2**70)), "out of its range|wrong at"),
    "a nul": (changed(put("incident", "service", "a\x00b")), "too long"),
    "a long text": (changed(put("incident", "service", "x" * 200_000)), "too long"),
    "half a letter": (archive(record()).replace(b"The pool was", rb"\ud800 was"), "no JSON|wrong at"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_with_it_is_said_and_nothing_is_imported(name: str) -> None:
    told, why = WRONG[name]
    with pytest.raises(Refused, match=why) as refused:
        read_archive(told)
    assert "Nothing was imported" in str(refused.value)
    assert len(str(refused.value)) < 500


def test_a_huge_one_is_refused_before_it_is_read() -> None:
    with pytest.raises(Refused, match="larger than 64 MiB"):
        read_archive(b" " * (LARGEST + 1))


@given(TEXTS)
@settings(max_examples=60, deadline=None)
def test_garbage_is_refused_in_words(text: str) -> None:
    with pytest.raises(Refused, match="Nothing was imported"):
        read_archive(f'{{"schema": 1, "incident": {json.dumps(text)}}}'.encode())


def test_a_log_of_thousands_reads_back_equal() -> None:
    made = record().model_copy(update={"entries": tuple(message(n) for n in range(3000))})
    told = archive(made)
    assert archive(record_of(imported(told))) == told
