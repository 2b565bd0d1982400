"""The outbox: leases, lanes, fencing and superseding."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from bot.effects import Effect
from bot.ports import Claimed, Outcome
from storage.reports import SqlReports
from storage.store import SqlStore
from tests.storage.worlds import World, post

LEASE = timedelta(seconds=30)


def put(world: World, *effects: Effect) -> None:
    with world.store.transaction() as tx:
        tx.enqueue(world.organisation, effects)


def claim(world: World, limit: int = 10) -> list[Claimed]:
    with world.store.transaction() as tx:
        return tx.claim(limit, LEASE)


def keys(claimed: list[Claimed]) -> list[str]:
    return [one.effect.key for one in claimed]


def finish(world: World, claimed: Claimed, outcome: Outcome, *, after: float = 0.0) -> bool:
    with world.store.transaction() as tx:
        return tx.finish(claimed, outcome, not_before=tx.now() + timedelta(seconds=after), reason="why")


def state(world: World, key: str) -> str:
    return str(world.value("SELECT state FROM outbox WHERE key = :key", key=key))


def now(world: World) -> datetime:
    with world.store.transaction() as tx:
        return tx.now()


def test_an_effect_comes_out_as_it_went_in(world: World) -> None:
    effect = post("one", incident="i1", pin=True)
    put(world, effect)
    (claimed,) = claim(world)
    assert (claimed.effect, claimed.attempt, claimed.unsure) == (effect, 1, False)
    assert abs(claimed.created - now(world)) < timedelta(seconds=30)


def test_a_key_is_used_once_for_ever(world: World) -> None:
    put(world, post("one"), post("one"))
    (claimed,) = claim(world)
    assert finish(world, claimed, "sent")
    put(world, post("one"))
    assert claim(world) == []
    other = World(world.store, "T2")
    put(other, post("one"))
    assert keys(claim(world)) == ["one"]


def test_a_lane_gives_out_its_oldest_row_and_no_other_until_that_is_finished(world: World) -> None:
    put(world, post("a1", incident="a"), post("a2", incident="a"), post("b1", incident="b"))
    first = claim(world)
    assert keys(first) == ["a1", "b1"]
    assert claim(world) == []
    assert finish(world, first[0], "sent")
    assert keys(claim(world)) == ["a2"]


def test_a_lane_waits_while_its_first_row_waits_for_a_retry(world: World) -> None:
    put(world, post("a1", incident="a"), post("a2", incident="a"))
    (first,) = claim(world)
    assert finish(world, first, "later", after=60)
    assert claim(world) == []
    world.store.set_clock_offset(61)
    (again,) = claim(world)
    assert (again.effect.key, again.attempt, again.unsure) == ("a1", 2, False)


def test_a_row_put_off_from_the_start_holds_up_nobody(world: World) -> None:
    put(world, post("a1", incident="a", not_before=now(world) + timedelta(minutes=5)), post("a2", incident="a"))
    (second,) = claim(world)
    assert second.effect.key == "a2"
    assert finish(world, second, "sent")
    world.store.set_clock_offset(301)
    assert keys(claim(world)) == ["a1"]


def test_a_row_put_off_before_it_was_tried_holds_up_nobody_and_comes_back_as_it_was(world: World) -> None:
    put(world, post("one", incident="i1"), post("two", incident="i1"))
    (first,) = claim(world)
    assert finish(world, first, "put off", after=3600)
    assert state(world, "one") == "put_off"
    (second,) = claim(world)
    assert keys([second]) == ["two"]
    assert finish(world, second, "sent")
    world.store.set_clock_offset(600)
    assert SqlReports(world.store).oldest_undelivered() == 0.0, "what waits for its hour is not late"
    world.store.set_clock_offset(3601)
    assert SqlReports(world.store).oldest_undelivered() > 0.0
    (again,) = claim(world)
    assert (again.effect.key, again.unsure) == ("one", False)
    assert not finish(world, first, "sent"), "whoever held it before can mark nothing"


def test_what_is_urgent_goes_first_then_what_is_old(world: World) -> None:
    put(world, post("reminder", priority=2), post("draft", priority=1), post("old"), post("young"))
    assert keys(claim(world, 1)) == ["old"]
    assert keys(claim(world, 2)) == ["young", "draft"]
    assert keys(claim(world)) == ["reminder"]


@pytest.mark.parametrize("outcome", ["sent", "maybe", "given up"])
def test_a_finished_row_is_not_given_out_again(world: World, outcome: Outcome) -> None:
    put(world, post("one"))
    (claimed,) = claim(world)
    assert finish(world, claimed, outcome)
    world.store.set_clock_offset(3600)
    assert claim(world) == []
    assert state(world, "one") == outcome.replace(" ", "_")


def test_an_unsure_row_comes_back_as_unsure_even_after_its_look_was_put_off(world: World) -> None:
    put(world, post("one"))
    (claimed,) = claim(world)
    assert finish(world, claimed, "unsure")
    (again,) = claim(world)
    assert (again.unsure, again.attempt) == (True, 2)
    assert finish(world, again, "later")
    (third,) = claim(world)
    assert third.unsure


def test_a_lease_that_ran_out_makes_its_row_unsure_and_its_holder_powerless(world: World) -> None:
    put(world, post("one"))
    (slow,) = claim(world)
    assert claim(world) == []
    world.store.set_clock_offset(31)
    (quick,) = claim(world)
    assert (quick.unsure, quick.attempt) == (True, 2)
    assert not finish(world, slow, "sent")
    assert state(world, "one") == "sending"
    assert finish(world, quick, "sent")
    assert not finish(world, slow, "given up")
    assert not finish(world, quick, "later")
    assert state(world, "one") == "sent"


def test_waiting_effects_of_the_same_word_are_dropped_for_the_newest(world: World) -> None:
    put(world, post("v1", incident="a", supersedes="card"), post("other", incident="a"))
    (under_way,) = claim(world)
    put(world, post("v2", incident="a", supersedes="card"))
    put(world, post("v3", incident="a", supersedes="card"))
    put(world, post("v2", incident="a", supersedes="card"))
    assert (state(world, "v1"), state(world, "v2"), state(world, "v3")) == ("sending", "superseded", "queued")
    assert finish(world, under_way, "sent")
    assert keys(claim(world)) == ["other"]


def test_what_may_have_been_sent_is_not_dropped(world: World) -> None:
    put(world, post("v1", supersedes="card"))
    (claimed,) = claim(world)
    assert finish(world, claimed, "unsure", after=60)
    put(world, post("v2", supersedes="card"))
    assert state(world, "v1") == "unsure"


def test_the_same_word_in_another_organisation_is_another_word(world: World) -> None:
    put(world, post("v1", supersedes="card"))
    put(World(world.store, "T2"), post("v2", supersedes="card"))
    assert state(world, "v1") == "queued"


def test_a_row_that_cannot_be_read_is_given_up_and_holds_up_nobody(world: World) -> None:
    put(world, post("bad", incident="a"), post("next", incident="a"), post("good"))
    world.rows("UPDATE outbox SET kind = 'unheard of' WHERE key = 'bad' RETURNING 1")
    assert keys(claim(world)) == ["good"]
    assert state(world, "bad") == "given_up"
    assert keys(claim(world)) == ["next"]


def test_a_tenant_that_left_is_sent_nothing(world: World) -> None:
    put(world, post("one"))
    world.store.leave("slack", "T1")
    assert claim(world) == []
    assert state(world, "one") == "given_up"


def test_old_content_is_forgotten_but_its_key_is_not(world: World) -> None:
    put(world, post("one"))
    (claimed,) = claim(world)
    assert finish(world, claimed, "sent")
    world.store.set_clock_offset(8 * 86_400)
    world.store.purge()
    assert world.rows("SELECT key, body FROM outbox") == [("one", "{}")]
    put(world, post("one"))
    assert claim(world) == []


def test_after_a_restore_everything_is_held_until_it_is_released(world: World) -> None:
    put(world, post("one"), post("two"))
    assert world.store.hold_outbox() == 2
    assert claim(world) == []
    assert world.store.release_outbox() == 2
    assert [one.unsure for one in claim(world)] == [True, True]


def test_two_workers_never_get_the_same_row_nor_two_of_a_lane(url: str, open_store: Callable[[str], SqlStore]) -> None:
    world = World(open_store(url))
    put(world, *(post(f"{lane}{n}", incident=lane) for n in range(4) for lane in "abcdefgh"))
    stores = [world.store, open_store(url)]

    def work(store: SqlStore) -> list[str]:
        done: list[str] = []
        for _ in range(40):
            with store.transaction() as tx:
                claimed = tx.claim(3, LEASE)
            assert len({one.effect.lane for one in claimed}) == len(claimed)
            for one in claimed:
                with store.transaction() as tx:
                    assert tx.finish(one, "sent")
                done.append(one.effect.key)
        return done

    with ThreadPoolExecutor(2) as pool:
        done = [key for part in pool.map(work, stores) for key in part]
    assert len(done) == len(set(done)) == 32
    assert world.value("SELECT count(*) FROM outbox WHERE attempt <> 1") == 0


def test_while_one_worker_claims_another_takes_what_is_left(pg_url: str, open_store: Callable[[str], SqlStore]) -> None:
    world = World(open_store(pg_url))
    put(world, post("a1", incident="a"), post("a2", incident="a"), post("b1", incident="b"))
    with world.store.transaction() as one, open_store(pg_url).transaction() as two:
        assert keys(one.claim(1, LEASE)) == ["a1"]
        assert keys(two.claim(5, LEASE)) == ["b1"]
