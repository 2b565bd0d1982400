"""The read side: what each person may see, page by page."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from bot.command import Needs
from bot.model import ItemStatus, Person, Policies, Postmortem, PostmortemStatus, Status
from bot.ports import Reports
from bot.sayings import SectionText
from bot.text import mention_token
from storage.keys import person_id
from storage.people import debrief, integration
from storage.reports import SqlReports
from tests.storage.worlds import SAID_AT, World, account, message, post


@pytest.fixture
def reports(world: World) -> Reports:
    return SqlReports(world.store)


def keys(page: tuple[tuple[object, ...], str]) -> list[str]:
    return [getattr(one, "key", "") for one in page[0]]


def test_incidents_come_newest_first_page_by_page(world: World, reports: Reports) -> None:
    for number in range(1, 6):
        world.declare(f"INC-{number}", channel=f"C{number}")
    maya = world.person("maya")
    first = reports.incidents(maya, limit=2)
    assert keys(first) == ["INC-5", "INC-4"]
    second = reports.incidents(maya, limit=2, after=first[1])
    last = reports.incidents(maya, limit=2, after=second[1])
    assert keys(second) + keys(last) == ["INC-3", "INC-2", "INC-1"]
    assert last[1] == ""


@pytest.mark.parametrize("mark", ["nonsense", "e30", "WzEsMl0", "WzFd", "🦆", "W251bGwsICJ4Il0"])
def test_a_mark_that_never_was_one_is_an_error(world: World, reports: Reports, mark: str) -> None:
    maya = world.person("maya")
    world.declare()
    with pytest.raises(ValueError, match="not the end of a page"):
        reports.incidents(maya, after=mark)
    with pytest.raises(ValueError, match="not the end of a page"):
        reports.entries(maya, "INC-1", after=mark)


def test_incidents_are_found_by_status_key_and_title_in_any_case(world: World, reports: Reports) -> None:
    world.declare("INC-1", title="Öfen kalt, 100% aus", status=Status.MITIGATED)
    world.declare("INC-2", status=Status.CLOSED)
    maya = world.person("maya")
    assert keys(reports.incidents(maya, status="open")) == ["INC-1"]
    assert keys(reports.incidents(maya, status="closed")) == ["INC-2"]
    assert keys(reports.incidents(maya, text="öfen KALT, 100%")) == ["INC-1"]
    assert keys(reports.incidents(maya, text="inc-2")) == ["INC-2"]
    assert keys(reports.incidents(maya, text="_")) == []


def test_incidents_are_found_by_what_is_written_of_them(world: World, reports: Reports) -> None:
    first = world.declare("INC-1", impact="Payments fail", summary="Rolled back")
    second = world.declare("INC-2", channel="C2", severity=1)
    world.note(first, "Der Ofen in KÖLN ist kalt, 50% aus")
    world.note(second, "a first line", 1)
    world.note(second, "der Ofen wieder", 2)
    chatter = world.note(second, "said by the way", noted=False)
    maya = world.person("maya")
    for text, found in (
        ("payments", ["INC-1"]), ("ROLLED payments", ["INC-1"]), ("ofen", ["INC-2", "INC-1"]), ("köln ofen", ["INC-1"]),
        ("Köln", ["INC-1"]), ("50%", ["INC-1"]), ("5_%", []), (chatter.text, []), ("payments wieder", []),
    ):  # fmt: skip
        assert keys(reports.incidents(maya, text=text)) == found, text
        assert reports.count(maya, text=text) == len(found)
    assert keys(reports.incidents(maya, text="ofen", severity=1)) == ["INC-2"]
    assert reports.count(maya, severity=2) == 1
    assert reports.count(maya, status="closed") == 0
    shown = reports.mentions(maya, ["INC-1", "INC-2", "INC-9"], "ofen kalt")
    assert {key: entry.text for key, entry in shown.items()} == {
        "INC-1": "Der Ofen in KÖLN ist kalt, 50% aus", "INC-2": "der Ofen wieder"
    }  # fmt: skip
    assert reports.mentions(maya, ["INC-1"], "") == reports.mentions(maya, [], "ofen") == {}


def test_what_was_deleted_is_not_found(world: World, reports: Reports) -> None:
    made = world.declare()
    entry = world.note(made, "a regretted word")
    maya = world.person("maya")
    assert reports.count(maya, text="regretted") == 1
    world.save(entries=[entry.model_copy(update={"deleted_stamp": 1})])
    assert reports.count(maya, text="regretted") == 0
    assert reports.mentions(maya, ["INC-1"], "regretted") == {}


def test_drafts_wait_for_their_owner_and_those_in_review_for_everybody(world: World, reports: Reports) -> None:
    maya, ken = world.person("maya"), world.person("ken")

    def drafted(number: int, owner: Person, status: PostmortemStatus, **more: Any) -> None:
        made = world.declare(f"INC-{number}", channel=f"C{number}", **more)
        draft = Postmortem(
            id=f"pm{number}", organisation=world.organisation, incident=made.id, owner=owner.id, status=status,
            opened_at=SAID_AT, due=date(2026, 12, 9 - number),
        )  # fmt: skip
        world.save(world.command(incident=made.key), postmortem=draft)

    drafted(1, ken, PostmortemStatus.DRAFT)
    drafted(2, maya, PostmortemStatus.DRAFT)
    drafted(3, ken, PostmortemStatus.IN_REVIEW)
    drafted(4, ken, PostmortemStatus.PUBLISHED)
    drafted(5, maya, PostmortemStatus.IN_REVIEW, private=True, responders=frozenset({maya.id}))
    assert [(one.key, of.id) for one, of in reports.unfinished(maya)] == [
        ("INC-5", "pm5"), ("INC-3", "pm3"), ("INC-2", "pm2")
    ]  # fmt: skip
    assert [one.key for one, _ in reports.unfinished(ken)] == ["INC-3", "INC-1"]


def test_a_private_incident_is_on_no_path_of_an_outsider(world: World, reports: Reports) -> None:
    insider, outsider = world.person("maya"), world.person("zoe")
    made = world.declare("INC-QZXWV", private=True, responders=frozenset({insider.id}))
    world.item(made, owner=outsider.id)
    world.note(made, "a hidden line")
    draft = Postmortem(
        id="pm", organisation=world.organisation, incident=made.id, owner=outsider.id, opened_at=SAID_AT,
        status=PostmortemStatus.IN_REVIEW, due=date(2026, 12, 1),
    )  # fmt: skip
    world.save(world.command(incident=made.key), postmortem=draft)
    guest = world.person("gast", kind="guest")
    for viewer in (outsider, guest, integration(world.organisation, "ci"), integration(world.organisation, "Debrief")):
        assert reports.incidents(viewer) == reports.incidents(viewer, text="hidden") == ((), "")
        assert reports.count(viewer) == reports.count(viewer, text="hidden") == 0
        assert reports.mentions(viewer, [made.key], "hidden") == {}
        assert reports.unfinished(viewer) == ()
        assert reports.incident(viewer, made.key) is None
        assert reports.entries(viewer, made.key, everything=True) is None
        assert reports.record(viewer, made.key) is None
        assert reports.items(viewer) == ()
        assert reports.item(viewer, "ACT-1") is None
    for viewer in (insider, debrief(world.organisation)):
        assert reports.incident(viewer, made.key.lower()) == made
        assert len(reports.items(viewer)) == 1


@pytest.mark.parametrize("kind", ["gone", "bot"])
def test_who_left_and_bots_see_nothing(world: World, reports: Reports, kind: str) -> None:
    world.declare()
    assert reports.incidents(world.person("zoe", kind=kind)) == ((), "")


def test_another_organisation_sees_nothing(world: World, reports: Reports) -> None:
    made = world.declare()
    world.item(made)
    stranger = World(world.store, "T2").person("maya")
    assert reports.incident(stranger, made.key) is None
    assert reports.items(stranger) == ()
    assert reports.people(stranger.organisation, accounts=[account("maya")]) == {}


def test_the_timeline_has_key_entries_and_the_log_has_everything(world: World, reports: Reports) -> None:
    made = world.declare()
    late = world.note(made, "late", minutes=9)
    chatter = world.note(made, "chatter", minutes=5, noted=False)
    early = world.note(made, "early", minutes=1)
    maya = world.person("maya")
    assert reports.entries(maya, "INC-1") == ((early, late), "")
    whole = reports.entries(maya, "INC-1", everything=True, limit=2)
    assert whole is not None
    assert whole[0] == (early, chatter)
    assert reports.entries(maya, "INC-1", everything=True, limit=2, after=whole[1]) == ((late,), "")


def test_entries_of_one_moment_keep_one_order_over_pages(world: World, reports: Reports) -> None:
    made = world.declare()
    for number in (3, 1, 2, 5, 4):
        world.note(made, id=f"e{number}", ref=message(f"{number}.0"))
    maya, seen, after = world.person("maya"), [], ""
    for _ in range(3):
        page = reports.entries(maya, "INC-1", limit=2, after=after)
        assert page is not None
        seen += [entry.id for entry in page[0]]
        after = page[1]
    assert seen == ["e1", "e2", "e3", "e4", "e5"]
    assert [entry.id for entry in world.poke(incident="INC-1", needs=Needs(log=True)).log] == seen


def test_every_text_that_was_saved_is_kept_with_who_saved_it(world: World, reports: Reports) -> None:
    maya, tom = world.person("maya"), world.person("tom")
    made = world.declare("INC-QZXWV", private=True, responders=frozenset({maya.id}))
    step = Postmortem(
        id="pm", organisation=world.organisation, incident=made.id, opened_at=SAID_AT, due=date(2026, 12, 1)
    )
    written = SectionText(text="once", by=maya.id, at=SAID_AT)
    again = SectionText(text="twice", by=tom.id, at=SAID_AT + timedelta(minutes=1))
    marks = {"published_at": SAID_AT + timedelta(minutes=2), "published_by": tom.id, "published_markdown": "# all"}
    changes: list[dict[str, Any]] = [
        {},
        {"edited": {"impact": written}},
        {"edited": {"impact": again}},
        marks,
        {"edited": {}},
    ]
    for change in changes:
        step = step.model_copy(update=change)
        world.save(world.command(incident=made.key), needs=Needs(postmortem=True), postmortem=step)
    kept = [(one.section, one.text, one.by) for one in reports.revisions(maya, made.key)]
    saved = [("impact", "once", maya.id), ("impact", "twice", tom.id), ("", "# all", tom.id)]
    assert kept[:3] == saved
    assert [one[:2] for one in kept[3:]] == [("impact", "")]
    assert reports.revisions(tom, made.key) == reports.revisions(maya, "INC-99") == ()


def test_a_record_is_all_that_a_page_needs(world: World, reports: Reports) -> None:
    made = world.declare()
    maya = world.person("maya")
    draft = Postmortem(
        id="pm",
        organisation=world.organisation,
        incident=made.id,
        owner=maya.id,
        opened_at=SAID_AT,
        due=date(2026, 12, 1),
    )
    world.save(world.command(incident="INC-1"), postmortem=draft)
    item = world.item(made)
    world.person("ken")
    entry = world.note(made, f"thanks {mention_token(account('ken'))}", author=account("maya"))
    record = reports.record(maya, "INC-1")
    assert record is not None
    assert (record.incident, record.postmortem, record.items, record.entries) == (made, draft, (item,), (entry,))
    assert {maya.id, person_id(account("ken"))} <= set(record.people)
    assert record.organisation.id == world.organisation


def test_items_are_listed_by_owner_status_and_date(world: World, reports: Reports) -> None:
    made, maya, ken = world.declare(), world.person("maya"), world.person("ken")
    world.item(made, "ACT-1", due=date(2026, 12, 9))
    world.item(made, "ACT-2", due=date(2026, 12, 1), owner=ken.id)
    world.item(made, "ACT-3", status=ItemStatus.DONE)
    assert [item.key for item in reports.items(maya, status="open")] == ["ACT-2", "ACT-1"]
    assert [item.key for item in reports.items(maya, owner=ken.id)] == ["ACT-2"]
    found = reports.item(ken, "act-3")
    assert found is not None
    assert found.status is ItemStatus.DONE


def test_people_are_found_by_id_and_by_account(world: World, reports: Reports) -> None:
    maya, ken = world.person("maya"), world.person("ken")
    assert reports.people(world.organisation, [maya.id], [account("ken")]) == {maya.id: maya, ken.id: ken}


def test_the_organisation_and_the_clock_can_be_read(world: World, reports: Reports) -> None:
    found = reports.organisation(world.organisation)
    assert found is not None
    assert found.policies == Policies()
    assert reports.organisation("nobody") is None
    before = reports.now()
    world.store.set_clock_offset(86_400)
    assert timedelta(hours=23) < reports.now() - before < timedelta(hours=25)


def test_operators_see_counts_and_how_late_deliveries_are(world: World, reports: Reports) -> None:
    assert reports.oldest_undelivered() == 0.0
    made = world.declare()
    world.note(made)
    with world.store.transaction() as tx:
        tx.enqueue(world.organisation, [post("one"), post("later", not_before=tx.now() + timedelta(hours=9))])
    world.store.set_clock_offset(100)
    assert 90 < reports.oldest_undelivered() < 200
    figures = reports.figures()
    assert figures["entries"] == {"": 1}
    assert figures["parked"] == {"": 0}
    assert figures["outbox"]["queued"] >= 2


def test_people_who_cannot_be_reached_are_named_to_operators(world: World) -> None:
    lost: Person = world.person("zoe", unreachable=True)
    assert SqlReports(world.store).unreachable_people() == {world.organisation: [lost]}
