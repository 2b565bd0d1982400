"""Open action items as lists, and what counts of them: found, paged, and nobody else's to see."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.follow_through import Fact
from bot.item_lists import Dated, Which
from bot.item_past import Check
from bot.known import Again
from bot.model import ActionItem, Factor, Incident, ItemStatus, Postmortem
from bot.ports import Reports
from storage.people import debrief, integration
from storage.reports import SqlReports
from tests.storage.worlds import SAID_AT, World

SINCE = SAID_AT - timedelta(days=364)


@pytest.fixture
def reports(world: World) -> Reports:
    return SqlReports(world.store)


def found(reports: Reports, world: World, user: str = "maya", **which: Any) -> list[str]:
    who = world.person(user)
    items, _ = reports.open_items(who, Which(**which))
    assert reports.count_open_items(who, Which(**which)) == len(items)
    return [item.key for item in items]


def drafted(world: World, about: Incident, *factors: Factor) -> None:
    draft = Postmortem(
        id=f"pm_{about.id}", organisation=world.organisation, incident=about.id, opened_at=SAID_AT,
        due=date(2026, 12, 1), factors=factors,
    )  # fmt: skip
    world.save(world.command(incident=about.key), postmortem=draft)


def test_the_worst_come_first_page_by_page(world: World, reports: Reports) -> None:
    about = world.declare()
    for key, severity, due in (
        ("ACT-1", 3, "2026-11-01"), ("ACT-2", 1, "2026-12-24"), ("ACT-3", 2, "2026-11-20"), ("ACT-4", 2, "2026-11-02"),
        ("ACT-5", 2, "2026-11-02"),
    ):  # fmt: skip
        world.item(about, key, severity=severity, due=date.fromisoformat(due))
    maya, seen, after = world.person("maya"), [], ""
    for _ in range(3):
        items, after = reports.open_items(maya, Which(), limit=2, after=after)
        seen.append([item.key for item in items])
    assert seen == [["ACT-2", "ACT-4"], ["ACT-5", "ACT-3"], ["ACT-1"]]
    assert after == ""


def test_what_is_equally_bad_stands_in_the_order_in_which_it_was_noted(world: World, reports: Reports) -> None:
    about, maya = world.declare(), world.person("maya")
    noted = [f"ACT-{n}" for n in (7, 2, 11, 3, 9)]
    for n, key in enumerate(noted):
        world.item(about, key, due=date(2026, 11, 1), created_at=SAID_AT + timedelta(minutes=n))

    def worst(after: str) -> tuple[tuple[ActionItem, ...], str]:
        return reports.open_items(maya, Which(), limit=2, after=after)

    def soonest(after: str) -> tuple[tuple[ActionItem, ...], str]:
        return reports.by_date(maya, Dated(overdue_on=date(2026, 12, 1)), limit=2, after=after)

    for page in (worst, soonest):
        seen, after = list[str](), ""
        for _ in range(3):
            items, after = page(after)
            seen += [item.key for item in items]
        assert (seen, after) == (noted, "")


@pytest.mark.parametrize("mark", ["nonsense", "e30", "WzEsMl0", "WzFd", "🦆", "WzEsICJhIiwgM10"])
def test_a_mark_that_never_was_one_is_an_error(world: World, reports: Reports, mark: str) -> None:
    with pytest.raises(ValueError, match="not the end of a page"):
        reports.open_items(world.person("maya"), Which(), after=mark)


def test_items_are_found_by_owner_date_severity_service_and_words(world: World, reports: Reports) -> None:
    maya, ken = world.person("maya"), world.person("ken")
    shop = world.declare("INC-1", title="Öfen kalt, 100% aus", service="checkout")
    mail = world.declare("INC-2", channel="C2", title="Mail is late", severity=1)
    world.item(shop, "ACT-1", owner=maya.id, due=date(2026, 11, 1), text='Say "full" at 80 %')
    world.item(shop, "ACT-2", owner=ken.id, due=date(2026, 12, 1), text="Größere Becken\nbestellen")
    world.item(mail, "ACT-3", owner="", due=date(2026, 11, 1), text="Page somebody")
    world.item(mail, "ACT-4", owner=maya.id, status=ItemStatus.DONE, ended_at=SAID_AT, text="Page somebody")
    for which, keys in (
        ({}, ["ACT-3", "ACT-1", "ACT-2"]), ({"owner": maya.id}, ["ACT-1"]), ({"owner": ""}, ["ACT-3"]),
        ({"before": date(2026, 11, 2)}, ["ACT-3", "ACT-1"]), ({"before": date(2026, 11, 1)}, []),
        ({"severity": 1}, ["ACT-3"]), ({"services": ("checkout",)}, ["ACT-1", "ACT-2"]), ({"services": ()}, []),
        ({"services": ("", "checkout")}, ["ACT-3", "ACT-1", "ACT-2"]),
        ({"text": 'SAY "FULL"'}, ["ACT-1"]), ({"text": "80 %"}, ["ACT-1"]), ({"text": "größere bestellen"}, ["ACT-2"]),
        ({"text": "GRÖSSERE"}, []), ({"text": "öfen 100%"}, ["ACT-1", "ACT-2"]), ({"text": "act-2"}, ["ACT-2"]),
        ({"text": "inc-2"}, ["ACT-3"]), ({"text": "8_"}, []), ({"text": "owner"}, []),
        ({"text": "page", "owner": maya.id}, []),
    ):  # fmt: skip
        assert found(reports, world, **which) == keys, which


def test_what_a_rule_looks_at_comes_with_the_items_that_are_named(world: World, reports: Reports) -> None:
    first, second = world.declare("INC-1"), world.declare("INC-2", channel="C2")
    world.item(first, "ACT-1")
    world.item(second, "ACT-2", status=ItemStatus.DONE, ended_at=SAID_AT)
    drafted(world, second, Factor(id="f1", kind="change", text="x", by="p"))
    maya = world.person("maya")
    around = reports.listed(maya, ["ACT-1", "act-2", "ACT-9"])
    assert {key: one.incident.key for key, one in around.items()} == {"ACT-1": "INC-1", "ACT-2": "INC-2"}
    assert (around["ACT-1"].postmortem, around["ACT-2"].item.status) == (None, ItemStatus.DONE)
    assert around["ACT-2"].postmortem is not None
    assert reports.listed(maya, []) == {}


def test_what_counts_of_an_item_and_nothing_else(world: World, reports: Reports) -> None:
    about = world.declare(service="checkout")
    drafted(
        world, about, Factor(id="f1", kind="change", text="x", by="p"), Factor(id="f2", kind="design", text="y", by="p")
    )
    held = Check(days=30, done_at=SAID_AT, at=SAID_AT, by="p", answer="held")
    checks = tuple(held.model_copy(update={"answer": answer}) for answer in ("held", "did not hold", "later"))
    world.item(about, "ACT-1", factor="f2", snoozes=2, kind="detect", due=date(2026, 12, 1))
    world.item(
        about, "ACT-2", factor="f1", status=ItemStatus.DONE, ended_at=SAID_AT, severity=1, checks=checks,
    )  # fmt: skip
    world.item(about, "ACT-3", factor="gone", status=ItemStatus.WONT_DO, ended_at=SINCE - timedelta(days=2))
    world.item(about, "ACT-4", drill=True)
    first, second = sorted(reports.item_facts(world.person("maya"), SINCE), key=lambda one: one.status, reverse=True)
    assert first == Fact(
        severity=2, service="checkout", kind="detect", factor="design", status="open", made=first.made,
        due=date(2026, 12, 1), ended=None, snoozes=2, held=None,
    )  # fmt: skip
    assert (second.factor, second.severity, second.ended, second.held) == ("change", 1, SAID_AT, False)
    back = Again(incident="i2", key="INC-2", at=SAID_AT, done_at=SAID_AT)
    world.item(about, "ACT-5", status=ItemStatus.DONE, ended_at=SAID_AT, again=(back,))
    facts = [one for one in reports.item_facts(world.person("maya"), SINCE) if one.status == "done" and not one.factor]
    assert [one.held for one in facts] == [False], "what came back did not hold, whoever says so"
    assert first.made.tzinfo is UTC or first.made.utcoffset() == timedelta()
    assert isinstance(first.made, datetime)


def test_a_private_incidents_items_are_on_no_path_of_an_outsider(world: World, reports: Reports) -> None:
    insider, outsider = world.person("maya"), world.person("zoe")
    made = world.declare("INC-QZXWV", private=True, responders=frozenset({insider.id}), service="checkout")
    world.item(made, owner=outsider.id, private=True, text="a hidden thing")
    guest = world.person("gast", kind="guest")
    for viewer in (outsider, guest, integration(world.organisation, "ci"), integration(world.organisation, "Debrief")):
        for which in (Which(), Which(owner=outsider.id), Which(text="hidden"), Which(services=("checkout",))):
            assert reports.open_items(viewer, which) == ((), "")
            assert reports.count_open_items(viewer, which) == 0
        assert reports.listed(viewer, ["ACT-1"]) == {}
        assert reports.item_facts(viewer, SINCE) == []
    for viewer in (insider, debrief(world.organisation)):
        assert reports.count_open_items(viewer, Which(text="hidden")) == 1
        assert set(reports.listed(viewer, ["ACT-1"])) == {"ACT-1"}
        assert len(reports.item_facts(viewer, SINCE)) == 1


def test_another_organisations_items_are_nobodys_here(world: World, reports: Reports) -> None:
    other = World(world.store, "T2")
    about = other.declare()
    other.item(about)
    drafted(other, about, Factor(id="f1", kind="change", text="x", by="p"))
    assert found(reports, world) == []
    assert found(reports, other, "maya") == ["ACT-1"]
    maya = world.person("maya")
    assert (reports.listed(maya, ["ACT-1"]), reports.item_facts(maya, SINCE)) == ({}, [])
    assert reports.called(world.organisation, other.person("maya").id) is None


def test_somebody_is_found_as_people_call_them_unless_two_are_called_so(world: World, reports: Reports) -> None:
    maya = world.person("maya", name="Maya Ortiz", email="maya.o@acme.example")
    tom = world.person("tom", name="Tom Becker")
    for said in (maya.id, "Maya Ortiz", "maya", "MAYA.O@acme.example", "maya.o"):
        assert reports.called(world.organisation, said) == maya, said
    world.person("toni", name="Tom Andersen")
    assert reports.called(world.organisation, "tom") is None
    assert reports.called(world.organisation, "Tom Becker") == tom
    assert reports.called(world.organisation, "nobody") is reports.called(world.organisation, "") is None
