"""The queue in front of the database: commands have a transaction each, captures share one.

Law: a future is resolved only after the commit. One deadline covers waiting, statement and commit; after one miss
everything is refused at once (`Unavailable`) until a probe has committed, so that nothing piles up.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from bot import words
from bot.command import Capture, Command
from bot.engine import capture, handle
from bot.errors import Collided, Refused, Unavailable, UnknownTenant
from bot.failpoint import failpoint
from bot.ports import React, Store, Transaction
from bot.similar import Foreseen
from bot.text import Reply
from bot.waiting import Deadlines, Future, Job, Jobs

log = logging.getLogger("debrief.writer")
T = TypeVar("T")
DEADLINE = 2.5
"""Seconds from submission to commit: Slack waits three."""
AHEAD = 0.4
"""Seconds that something may be looked for before that."""


class Writer:
    """`threads` is 1 for SQLite, more for PostgreSQL; `batch` is how many captures may share a commit."""

    def __init__(
        self,
        store: Store,
        reactions: Sequence[React] = (),
        *,
        threads: int = 1,
        batch: int = 200,
        waiting: int = 5_000,
        deadline: float = DEADLINE,
        ahead: float = AHEAD,
    ) -> None:
        self._store = store
        self._reactions = reactions
        self._threads = threads
        self._batch = batch
        self._waiting = waiting
        self._deadline = deadline
        self._ahead = ahead
        self._jobs = Jobs()
        self._deadlines = Deadlines(deadline, self._expire)
        self._down_since: float | None = None
        self._turning = threading.Lock()
        """Held by whoever says that the database went away, or is back: each is said once."""
        self._stopping = threading.Event()
        self._running: list[threading.Thread] = []
        self.parked = 0
        self.on_commit: Callable[[], None] = lambda: None
        """Called on the event loop after a command's commit: there may be something to deliver."""

    # -- the asynchronous side

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        for number in range(self._threads):
            thread = threading.Thread(target=self._work, name=f"writer-{number}", daemon=True)
            thread.start()
            self._running.append(thread)

    async def stop(self) -> None:
        """What is queued is finished first."""
        self._stopping.set()
        for thread in self._running:
            await asyncio.to_thread(thread.join, 2 * self._deadline)

    @property
    def available(self) -> bool:
        return self._down_since is None

    async def submit(self, command: Command) -> Reply:
        """Durable when it returns. Raises `Unavailable`, `UnknownTenant`, or `Refused` for a form's field."""
        foreseen = await self._foreseen(command) if command.needs.similar and self.available else None
        reply: Reply = await self._within_deadline(command, 1 if isinstance(command, Capture) else 0, foreseen)
        return reply

    async def _foreseen(self, command: Command) -> Foreseen | None:
        """What takes long to find is looked for before the command's turn. Where that fails or takes too long, the
        command itself looks for it, and whatever is wrong comes out there."""
        looking = asyncio.create_task(asyncio.to_thread(self._store.foresee, command))
        looking.add_done_callback(_heard)
        done, _ = await asyncio.wait({looking}, timeout=self._ahead)
        return looking.result() if done and looking.exception() is None else None

    async def call(self, work: Callable[[Transaction], T], *, rank: int = 1) -> T:
        """Runs `work` in a transaction of its own: the outbox and the clock use it, in turn with the captures."""
        result: T = await self._within_deadline(work, rank)
        return result

    async def _within_deadline(
        self, work: Command | Callable[[Transaction], Any], rank: int, foreseen: Foreseen | None = None
    ) -> Any:
        if self._down_since is not None or len(self._jobs) >= self._waiting or self._stopping.is_set():
            raise Unavailable
        future: Future = self._loop.create_future()
        self._deadlines.watch(self._loop, future)
        self._jobs.put(self._loop, Job(work, future, foreseen), urgent=rank == 0)
        return await future

    def _expire(self, future: Future) -> None:
        self._miss()
        future.set_exception(Unavailable())

    def _miss(self) -> None:
        """From now on everything is refused at once, until a probe commits."""
        with self._turning:
            if self._down_since is not None:
                return
            self._down_since = time.monotonic()
            log.error("database missed its deadline; answering 503 until it is back")

    # -- the threads

    def _work(self) -> None:
        while not self._stopping.is_set() or self._jobs:
            job = self._jobs.take()
            if job is None:
                if not self._jobs.wait(0.2):
                    self._recover()
            elif job.future.done():
                continue
            elif job.is_capture:
                self._captures([job, *self._jobs.captures(self._batch - 1)])
            else:
                self._alone(job)

    def _recover(self) -> None:
        since = self._down_since
        if since is None:
            return
        try:
            self._store.probe()
        except Unavailable:
            return
        with self._turning:
            if self._down_since == since:
                log.warning("database is back after %.1f s", time.monotonic() - since)
                self._down_since = None

    def _captures(self, jobs: list[Job]) -> None:
        """All in one transaction; if that fails, each in one of its own, so that the failing one is parked alone."""
        try:
            with self._store.transaction() as tx:
                capture(tx, [job.work for job in jobs if isinstance(job.work, Capture)])
        except Collided:
            for job in jobs:
                self._alone(job)
        except Unavailable:
            self._unavailable(jobs)
        except Exception:
            for job in jobs:
                self._alone(job)
        else:
            failpoint("after commit")
            self._loop.call_soon_threadsafe(_resolve_all, [job.future for job in jobs], Reply())

    def _alone(self, job: Job, tries: int = 3) -> None:
        told = isinstance(job.work, Command)
        try:
            if told:
                failpoint("before begin")
            with self._store.transaction(job.foreseen) as tx:
                result = self._carried_out(tx, job.work)
        except Collided as other:
            if tries > 1 and not job.future.done():
                self._alone(job, tries - 1)
            else:
                self._loop.call_soon_threadsafe(_reject, job.future, other)
        except Unavailable:
            self._unavailable([job])
        except (Refused, UnknownTenant) as answer:
            self._loop.call_soon_threadsafe(_reject, job.future, answer)
        except Exception as bug:
            self._park(job, bug)
        else:
            if told:
                failpoint("after commit")
            self._loop.call_soon_threadsafe(_resolve_all, [job.future], result)
            if told:
                # What the outbox itself did must not wake it: it would never sleep again.
                self._loop.call_soon_threadsafe(self.on_commit)

    def _carried_out(self, tx: Transaction, work: Command | Callable[[Transaction], Any]) -> Any:
        if isinstance(work, Capture):
            capture(tx, [work])
            return Reply()
        if isinstance(work, Command):
            return handle(tx, work, self._reactions)
        return work(tx)

    def _unavailable(self, jobs: list[Job]) -> None:
        self._miss()
        for job in jobs:
            self._loop.call_soon_threadsafe(_reject, job.future, Unavailable())

    def _park(self, job: Job, bug: Exception) -> None:
        if not isinstance(job.work, Command):
            log.error("transaction failed", exc_info=bug)
            self._loop.call_soon_threadsafe(_reject, job.future, bug)
            return
        reply = Reply.of(words.parked()).model_copy(update={"outcome": "parked"})
        log.error("parked %s: %s", job.work.kind, type(bug).__name__)
        try:
            with self._store.transaction() as tx:
                park(tx, job.work, bug, reply)
        except Unavailable:
            self._unavailable([job])
            return
        self.parked += 1
        self._loop.call_soon_threadsafe(_resolve_all, [job.future], reply)


def _heard(looking: asyncio.Task[Foreseen | None]) -> None:
    """What went wrong after its time is nobody's any more, and asyncio would complain of it."""
    if not looking.cancelled():
        looking.exception()


def park(tx: Transaction, command: Command, bug: Exception, reply: Reply) -> None:
    """Keeps a command whose rule failed. Its error is kept by type and place: messages may carry what people typed."""
    organisation = tx.tenant(command.origin.platform, command.origin.tenant)
    if organisation is not None:
        tx.park(organisation, command, _where(bug), ())
        tx.refuse(organisation, command, reply)


def _where(bug: Exception) -> str:
    trace, last = bug.__traceback__, ""
    while trace is not None:
        last = f"{trace.tb_frame.f_code.co_filename.rsplit('/', 2)[-1]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(bug).__name__} at {last}"


def _resolve_all(futures: list[Future], result: Any) -> None:
    for future in futures:
        if not future.done():
            future.set_result(result)


def _reject(future: Future, error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
