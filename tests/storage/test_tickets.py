"""Tickets on both databases: found by what their tracker calls them, each for one item, whoever comes at once."""

from __future__ import annotations

from typing import Any

import pytest

import bot.commands  # noqa: F401 - fills the tables of rules
from bot.command import Origin, build
from bot.commands.tickets import TicketNoticed, TicketOpened, TicketRefused, TicketSeen
from bot.engine import handle
from bot.errors import Collided
from bot.model import ActionItem, ItemStatus
from bot.text import Reply
from bot.ticket import Ticket, TrackerHere
from storage import tickets
from storage.people import integration
from storage.reports import SqlReports
from storage.store import SqlStore

GITHUB = TrackerHere(name="github", label="GitHub", pages="https://github.com/")
ISSUE = "https://github.com/acme/app/issues/1"


class Bench:
    def __init__(self, url: str) -> None:
        self.store = SqlStore(url, within=30)
        self.store.trackers = (GITHUB,)
        self.organisation = self.store.join("slack", "T1", "Acme")
        self.number = 0

    def given(self, kind: str, **fields: str) -> Reply:
        self.number += 1
        origin = Origin(id=f"g{self.number}", platform="slack", tenant="T1", actor="UMAYA")
        return self.handled(build(kind, fields, origin))

    def receipt(self, kind: Any, once: str = "", **told: str) -> Reply:
        self.number += 1
        item = self.item(told.pop("about", "ACT-1"))
        origin = Origin(id=once or f"r{self.number}", platform="clock", tenant=self.organisation)
        told = {"tracker": "github", "ticket": "acme/app#1", **told}
        return self.handled(kind(origin=origin, incident_id=item.incident, item_id=item.id, **told))

    def handled(self, command: Any) -> Reply:
        with self.store.transaction() as tx:
            return handle(tx, command)

    def item(self, key: str = "ACT-1") -> ActionItem:
        found = SqlReports(self.store).item(integration(self.organisation, "test"), key)
        assert found is not None
        return found

    def ticket(self, key: str = "ACT-1") -> Ticket:
        found = self.item(key).ticket
        assert found is not None
        return found

    def effects(self, kind: str) -> list[Any]:
        with self.store.reading() as work:
            rows = work.connection.exec_driver_sql("SELECT key, kind FROM outbox ORDER BY id").all()
        return [row.key for row in rows if row.kind == kind]

    def opened(self, key: str = "ACT-1", id_: str = "acme/app#1") -> None:
        self.given("ticket", item=key)
        effect = self.ticket(key).telling
        self.receipt(TicketOpened, about=key, key=effect, id=id_, url=f"https://github.com/{id_}", state="open")


@pytest.fixture
def bench(url: str) -> Any:
    made = Bench(url)
    made.given("declare", title="Checkout errors")
    for text in ("Alert on saturation", "Document the switch"):
        made.given("action", incident="INC-1", text=text, owner="me", due="2w")
    yield made
    made.store.close()


def test_a_ticket_is_found_by_what_its_tracker_calls_it_until_it_is_let_go(bench: Bench) -> None:
    bench.opened()
    (where,) = bench.store.linked("github", "acme/app#1")
    assert (where.item, where.organisation) == (bench.item().id, bench.organisation)
    assert bench.store.linked("gitlab", "acme/app#1") == bench.store.linked("github", "acme/app#2") == []
    bench.given("ticket", item="ACT-1", text="off")
    assert bench.store.linked("github", "acme/app#1") == []


def test_two_organisations_have_the_same_ticket_each_for_itself(bench: Bench) -> None:
    bench.opened()
    other = Bench(bench.store.url)
    other.organisation = other.store.join("slack", "T2", "Other")
    found = other.store.linked("github", "acme/app#1")
    assert [one.organisation for one in found] == [bench.organisation]
    other.store.close()


def test_a_ticket_that_another_item_has_is_told_of_and_not_taken(bench: Bench) -> None:
    bench.opened()
    bench.given("ticket", item="ACT-2", text=ISSUE)
    bench.receipt(TicketOpened, about="ACT-2", key=bench.ticket("ACT-2").telling, id="acme/app#1", state="open")
    assert bench.item("ACT-2").ticket is None
    assert bench.store.linked("github", "acme/app#1")[0].item == bench.item().id


def test_whoever_writes_the_same_ticket_second_is_undone(bench: Bench) -> None:
    bench.opened()
    other = bench.item("ACT-2")
    stolen = other.model_copy(update={"ticket": Ticket(tracker="github", id="acme/app#1")})
    with bench.store.transaction() as tx, pytest.raises(Collided):
        tickets.save(tx, {other.id: other}, [stolen])
    assert bench.store.linked("github", "acme/app#1")[0].item == bench.item().id


def test_a_receipt_that_comes_twice_counts_once(bench: Bench) -> None:
    bench.opened()
    for _ in range(2):
        bench.receipt(TicketSeen, once="same", id="acme/app#1", state="done")
    assert bench.item().status is ItemStatus.DONE
    bench.given("reopen_item", item="ACT-1")
    bench.receipt(TicketSeen, once="same", id="acme/app#1", state="done")
    assert bench.item().status is ItemStatus.OPEN


def test_what_is_on_its_way_there_goes_before_what_was_seen(bench: Bench) -> None:
    bench.opened()
    bench.given("wont_do", item="ACT-1", reason="retired")
    (told,) = bench.effects("tell_ticket")
    bench.receipt(TicketSeen, id="acme/app#1", state="open")
    assert (bench.item().status, bench.ticket().telling) == (ItemStatus.WONT_DO, told)
    bench.receipt(TicketSeen, key=told, id="acme/app#1", state="dropped")
    assert (bench.ticket().state, bench.ticket().telling) == ("dropped", "")


def test_a_change_that_came_from_there_is_not_told_back(bench: Bench) -> None:
    bench.opened()
    bench.receipt(TicketSeen, id="acme/app#1", state="done")
    bench.receipt(TicketSeen, id="acme/app#1", state="open")
    assert bench.effects("tell_ticket") == []


def test_a_ticket_that_moved_is_found_under_its_new_name(bench: Bench) -> None:
    bench.opened()
    moved = "https://github.com/acme/other/issues/3"
    bench.receipt(TicketSeen, id="acme/other#3", url=moved, state="open")
    assert bench.store.linked("github", "acme/app#1") == []
    assert len(bench.store.linked("github", "acme/other#3")) == 1
    assert bench.item().link == moved


def test_what_was_refused_is_not_known_and_told_to_the_owner(bench: Bench) -> None:
    bench.opened()
    bench.given("done", item="ACT-1")
    (told,) = bench.effects("tell_ticket")
    before = len(bench.effects("direct"))
    bench.receipt(TicketRefused, key=told, reason="GitHub says no.")
    assert (bench.ticket().state, bench.ticket().telling) == ("", "")
    assert len(bench.effects("direct")) == before + 1
    bench.receipt(TicketSeen, id="acme/app#1", state="open")
    assert bench.item().status is ItemStatus.DONE


def test_a_notice_about_a_ticket_that_was_let_go_is_nothing(bench: Bench) -> None:
    bench.opened()
    bench.given("ticket", item="ACT-1", text="off")
    bench.receipt(TicketNoticed, id="acme/app#1")
    assert bench.effects("read_ticket") == []
