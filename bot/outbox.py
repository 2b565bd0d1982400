"""One door out: claims effects by lease, carries them out, and marks them together with their receipt.

Law: at least once, and where it is not known whether it happened, a look comes before a repetition. Rows are fenced by
attempt: a worker that slept past its lease can mark nothing.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.command import Command, Origin
from bot.commands.delivery import Undeliverable
from bot.commands.heard import heard_of
from bot.effects import Direct, Edit, Effect, Turn
from bot.engine import handle
from bot.errors import GiveUp, Maybe, MessageGone, Refused, Retry, Unavailable, UnknownTenant, Unsure
from bot.failpoint import failpoint
from bot.lease import clock, hold
from bot.ports import Claimed, Deliver, Outcome, React, Transaction
from bot.reminders import as_of_now
from bot.state import Due, Planned
from bot.text import Reply, Value
from bot.turns import by_the_clock
from bot.writer import Writer, park

log = logging.getLogger("debrief.outbox")

HTTP_TIMEOUT = timedelta(seconds=10)
"""What adapters allow a call to take; a lease and the wait before a look are longer."""
LEASE = timedelta(seconds=30)
LOOK_AFTER = timedelta(seconds=12)
MAX_BACKOFF = timedelta(minutes=5)
BEGIN_WITHIN = 2 / 3
"""Part of its lease in which a worker begins to send: what is left is longer than a call may take."""
PATIENCE, LEAST_ATTEMPTS = timedelta(days=1), 20
"""What has not got through by then is given up in words: it would hold up its lane for ever."""


class Result(Value):
    """What became of one attempt: how the row is marked, and the command its success amounts to."""

    outcome: Outcome
    wait: timedelta = timedelta()
    reason: str = ""
    receipt: Command | None = None


DROPPED = Result(outcome="dropped", reason="nothing to remind of any more")


@dataclass
class Outbox:
    """`workers` effects are under way at once, never two of one lane."""

    writer: Writer
    deliver: dict[str, Deliver]
    """By platform."""
    reactions: Sequence[React] = ()
    workers: int = 8
    lease: timedelta = LEASE
    look_after: timedelta = LOOK_AFTER

    def __post_init__(self) -> None:
        self._wake = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()
        self._stopping = False
        self._waiting = False
        self._runner: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._runner = asyncio.create_task(self._run(), name="outbox")

    def wake(self) -> None:
        """There may be something to deliver. A missed call costs two seconds at most: the clock wakes it too."""
        self._wake.set()

    async def stop(self, patience: float = 8.0) -> None:
        """Deliveries under way are finished, for `patience` seconds; what is left is taken up after its lease."""
        self._stopping = True
        self.wake()
        if self._runner is not None:
            await self._runner
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=patience)
        for task in self._under_way:
            task.cancel()

    async def _run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            if not await self._claim_some():
                self._waiting = True
                await self._wake.wait()
                self._waiting = False

    @property
    def quiet(self) -> bool:
        """Everything that was due is carried out, as far as is known here."""
        return self._waiting and not self._wake.is_set() and not self._under_way

    async def _claim_some(self) -> bool:
        """True when there may be more to claim at once."""
        free = self.workers - len(self._under_way)
        if free <= 0:
            return False
        begun = clock()
        try:
            claimed = await self.writer.call(lambda tx: tx.claim(free, self.lease))
        except Unavailable:
            return False
        failpoint("after claim")
        for one in claimed:
            task = asyncio.create_task(self._carry_out(one, begun))
            self._under_way.add(task)
            task.add_done_callback(self._finished)
        return len(claimed) == free and free < self.workers

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self.wake()

    async def _carry_out(self, claimed: Claimed, begun: float) -> None:
        hold(begun + BEGIN_WITHIN * self.lease.total_seconds())
        try:
            current = await self._as_of_now(claimed)
        except Unavailable:
            return  # taken up after its lease
        result = await self._attempt(current) if isinstance(current, Claimed) else current
        failpoint("after post")
        try:
            await self.writer.call(lambda tx: self._finish(tx, claimed, result))
        except Unavailable:
            log.warning("outcome of %s not recorded; it is looked for after its lease", claimed.effect.kind)
        except _BrokenReceipt as broken:
            bug = broken.bug
            await self.writer.call(lambda tx: self._finish_parked(tx, claimed, result, bug))

    async def _as_of_now(self, claimed: Claimed) -> Claimed | Result:
        """A reminder may have waited: what was done, snoozed or handed over meanwhile is not said any more, and nothing
        at an hour that is not one for it. What may have been sent already is not put off."""
        effect = claimed.effect
        if not (isinstance(effect, Direct) and effect.plan):
            return claimed
        reminder = effect
        current, now = await self.writer.call(lambda tx: (decided_again(tx, reminder), tx.now()))
        if current is None:
            return DROPPED
        if not claimed.unsure and (wait := put_off(current, now)):
            return Result(outcome="put off", wait=wait, reason="not at this hour")
        return claimed.model_copy(update={"effect": current})

    async def _attempt(self, claimed: Claimed) -> Result:
        effect = claimed.effect
        if claimed.unsure and effect.at_most_once:
            return Result(outcome="maybe", reason="outcome unknown, tried once only")
        try:
            door = by_the_clock if isinstance(effect, Turn) else self.deliver[effect.platform]
            receipt = await door(effect, claimed.attempt, claimed.unsure)
        except Retry as later:
            # A row whose outcome is unknown stays so while the look itself has to wait.
            return Result(outcome="unsure" if claimed.unsure else "later", wait=later.after, reason=later.why)
        except Unsure as unknown:
            return self._unknown(effect, unknown.why)
        except Maybe as unknown:
            return Result(outcome="maybe", reason=unknown.why, receipt=heard_of(effect, claimed.created))
        except GiveUp as hopeless:
            return self._given_up(effect, hopeless.reason, gone=isinstance(hopeless, MessageGone))
        except Exception as bug:
            log.exception("delivering %s failed", effect.kind)
            return self._broken(claimed, type(bug).__name__)
        return Result(outcome="sent", receipt=heard_of(effect, claimed.created) or receipt)

    def _unknown(self, effect: Effect, why: str) -> Result:
        outcome: Outcome = "maybe" if effect.at_most_once else "unsure"
        return Result(outcome=outcome, wait=self.look_after, reason=why)

    def _broken(self, claimed: Claimed, why: str) -> Result:
        """A bug of ours: tried again a few times, then given up in words."""
        if claimed.attempt >= 5:
            return self._given_up(claimed.effect, "something went wrong on my side")
        return Result(outcome="unsure", wait=max(backoff(claimed.attempt), self.look_after), reason=why)

    def _given_up(self, effect: Effect, reason: str, *, gone: bool = False) -> Result:
        platform = "clock" if effect.beside else effect.platform
        origin = Origin(id=f"undeliverable:{effect.key}", platform=platform, tenant=effect.tenant)
        told = Undeliverable(
            origin=origin,
            effect_kind=effect.kind,
            reason=reason,
            incident_id=effect.incident,
            account=str(getattr(effect, "account", "")),
            accounts=tuple(getattr(effect, "accounts", ())),
            purpose=str(getattr(effect, "purpose", "")),
            gone=effect.message if gone and isinstance(effect, Edit) else None,
        )
        return Result(outcome="given up", reason=reason, receipt=told)

    def _finish(self, tx: Transaction, claimed: Claimed, result: Result) -> None:
        if result.outcome in ("later", "unsure") and _hopeless(claimed, tx.now()):
            result = self._given_up(claimed.effect, "it did not get through for a whole day")
        not_before: datetime = tx.now() + result.wait
        if (
            not tx.finish(claimed, result.outcome, not_before=not_before, reason=result.reason)
            or result.receipt is None
        ):
            return
        try:
            handle(tx, result.receipt, self.reactions)
        except (Refused, UnknownTenant) as why:
            log.info("receipt %s came to nothing: %s", result.receipt.kind, type(why).__name__)
        except Exception as bug:
            raise _BrokenReceipt(bug) from bug

    def _finish_parked(self, tx: Transaction, claimed: Claimed, result: Result, bug: Exception) -> None:
        if tx.finish(claimed, result.outcome, not_before=tx.now(), reason=result.reason) and result.receipt:
            park(tx, result.receipt, bug, Reply())


def _hopeless(claimed: Claimed, now: datetime) -> bool:
    return claimed.attempt >= LEAST_ATTEMPTS and now - claimed.created > PATIENCE


def decided_again(tx: Transaction, reminder: Direct) -> Direct | None:
    organisation = tx.tenant(reminder.platform, reminder.tenant)
    if organisation is None:
        return None
    rule, _, subject = reminder.plan.partition(":")
    due = Due(plan=Planned(key=reminder.plan, rule=rule, subject=subject, at=None), organisation=organisation)
    return as_of_now(reminder, tx.look(due), tx.now())


def put_off(current: Direct, now: datetime) -> timedelta:
    """How long until somebody may hear of it; nothing where that is now."""
    return max(timedelta(), current.not_before - now) if current.not_before else timedelta()


class _BrokenReceipt(Exception):
    """The rule of a receipt has a bug: the delivery stands, the receipt is parked."""

    def __init__(self, bug: Exception) -> None:
        self.bug = bug
        super().__init__(type(bug).__name__)


def backoff(attempt: int) -> timedelta:
    """1, 2, 4 … seconds up to five minutes, each spread by a half, so that workers do not march in step."""
    seconds = min(MAX_BACKOFF.total_seconds(), 2.0 ** min(attempt - 1, 12))
    return timedelta(seconds=seconds * random.uniform(0.75, 1.25))  # noqa: S311 - spreads, hides nothing
