"""Incidents that live in one place: who leaves it leaves them all, and two who do so at once wait for each other."""

from __future__ import annotations

import threading
from itertools import count
from typing import Any

import pytest

from bot.command import Needs
from bot.commands.accounts import MemberJoined, MemberLeft
from bot.engine import handle
from bot.errors import Collided
from bot.model import Incident, Status
from storage.keys import person_id
from storage.reports import SqlReports
from tests.storage.worlds import World, account, origin

NUMBERS = count(1)


def private(world: World, key: str, *users: str, **fields: Any) -> Incident:
    responders = frozenset(person_id(account(one)) for one in users)
    return world.declare(key, private=True, responders=responders, **fields)


def told(world: World, kind: type[MemberJoined | MemberLeft], user: str, channel: str = "C1") -> None:
    command = kind(origin=origin("", channel=channel, once=f"told{next(NUMBERS)}"), account=account(user))
    with world.store.transaction() as tx:
        handle(tx, command)


def known_to(world: World, user: str) -> set[str]:
    reports = SqlReports(world.store)
    return {key for key in ("INC-A", "INC-B", "INC-C", "INC-D") if reports.incident(world.person(user), key)}


def test_what_lives_in_the_same_place_is_loaded_where_it_is_asked_for(world: World) -> None:
    private(world, "INC-A", status=Status.RESOLVED)
    private(world, "INC-B")
    private(world, "INC-C", channel="C2")
    state = world.poke("", channel="C1", needs=Needs(neighbours=True))
    assert state.incident is not None
    assert (state.incident.key, [one.key for one in state.neighbours]) == ("INC-B", ["INC-A"])
    assert world.poke("", channel="C1").neighbours == ()
    assert world.poke("", channel="C9", needs=Needs(neighbours=True)).neighbours == ()


@pytest.mark.parametrize("status", [Status.ACTIVE, Status.RESOLVED, Status.CLOSED])
def test_who_leaves_loses_and_who_joins_gains_all_that_lives_there_whatever_its_status(
    world: World, status: Status
) -> None:
    for user in ("maya", "tom", "li"):
        world.person(user)
    private(world, "INC-A", "maya", "tom", "li", status=status)
    private(world, "INC-B", "maya", "tom", "li")
    private(world, "INC-C", "maya", "tom", "li", channel="C2")
    told(world, MemberLeft, "li")
    assert known_to(world, "li") == {"INC-C"}
    assert known_to(world, "tom") == {"INC-A", "INC-B", "INC-C"}
    told(world, MemberJoined, "li")
    assert known_to(world, "li") == {"INC-A", "INC-B", "INC-C"}


def test_many_who_come_and_go_at_once_hold_each_other_up_for_a_moment_only(world: World) -> None:
    users = [f"u{number}" for number in range(6)]
    for user in users:
        world.person(user)
    for key in ("INC-B", "INC-A", "INC-D", "INC-C"):
        private(world, key, *users[:3])
    failed: list[BaseException] = []

    def act(user: str, kind: type[MemberJoined | MemberLeft]) -> None:
        try:
            told(world, kind, user)
        except Collided as error:
            failed.append(error)

    kinds = [MemberLeft] * 3 + [MemberJoined] * 3
    threads = [threading.Thread(target=act, args=one) for one in zip(users, kinds, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert failed == []
    everything = {"INC-A", "INC-B", "INC-C", "INC-D"}
    assert [known_to(world, user) for user in users] == [set()] * 3 + [everything] * 3
    stayed = {person_id(account(user)) for user in users[3:]}
    seen = [world.poke("", channel="C1", incident=key).incident for key in everything]
    assert [one.responders for one in seen if one] == [stayed] * 4
