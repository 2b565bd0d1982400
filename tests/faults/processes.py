"""Real `debrief run` processes: started, awaited, frozen, killed and restarted on a port of their own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READY = "Debrief is ready"
START_LIMIT = 40.0
"""Seconds: ten times what a start may take on a busy machine."""
POLL = 0.01


class Nursery:
    """See `nursery.py`. One for a test run; its children end with it."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.faults.nursery"]
        self._child = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._lock = threading.Lock()
        if self._child.stdout is None or self._child.stdout.readline() != "warm\n":
            raise RuntimeError("the nursery did not get warm")

    def fork(self, folder: Path, env: Mapping[str, str], argv: Sequence[str]) -> None:
        assert self._child.stdin is not None
        with self._lock:
            self._child.stdin.write(json.dumps({"folder": str(folder), "env": dict(env), "argv": list(argv)}) + "\n")
            self._child.stdin.flush()

    def close(self) -> None:
        assert self._child.stdin is not None
        self._child.stdin.close()
        self._child.wait(10)
        if self._child.stdout is not None:
            self._child.stdout.close()


class Bot:
    """One program. With a nursery it is forked, else executed anew; `wrapped` goes before its command line."""

    def __init__(
        self, folder: Path, env: Mapping[str, str], nursery: Nursery | None = None, wrapped: Sequence[str] = ()
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.env = dict(env)
        self._nursery = nursery
        self._wrapped = tuple(wrapped)
        self._child: subprocess.Popen[bytes] | None = None
        self.pid = 0
        self.starts = 0

    async def start(self, **more: str) -> Bot:
        """Returns once it is ready. Raises `RuntimeError` with its log where it ends before."""
        await self.launch(**more)
        await self.ready()
        return self

    async def start_to_die(self, step: str, **more: str) -> None:
        """It may be gone before it is ready: what was not acknowledged comes again at once."""
        await self.launch(FAILPOINT=step, **more)
        while READY not in self.out() and self.code() is None:  # noqa: ASYNC110 - another process writes the file  # noqa: ASYNC110 -- another program writes the file
            await asyncio.sleep(POLL)

    async def launch(self, **more: str) -> None:
        self.starts += 1
        for name in ("pid", "code", "out"):
            (self.folder / name).unlink(missing_ok=True)
        env = self.env | {"PYTHONPATH": f"{ROOT}/launcher:{ROOT}"} | more
        if self._nursery is not None:
            self._nursery.fork(self.folder, env, ["run"])
            await self._appears("pid", 10)
            self.pid = int((self.folder / "pid").read_text())
            return
        command = [*self._wrapped, sys.executable, "-m", "debrief", "run"]
        with (self.folder / "out").open("wb") as out, (self.folder / "log").open("ab") as log:
            self._child = subprocess.Popen(  # noqa: ASYNC220 -- it forks and returns
                command, cwd=self.folder, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=log
            )
        self.pid = self._child.pid

    async def _appears(self, name: str, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not (self.folder / name).exists():
            if time.monotonic() > deadline:
                raise RuntimeError(f"no {name} after {seconds} s\n{self.log()}")
            await asyncio.sleep(POLL)

    async def ready(self, seconds: float = START_LIMIT) -> None:
        deadline = time.monotonic() + seconds
        while READY not in self.out():
            if self.code() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"did not get ready (exit code {self.code()})\n{self.log()}")
            await asyncio.sleep(POLL)

    def out(self) -> str:
        path = self.folder / "out"
        return path.read_text() if path.exists() else ""

    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def troubles(self) -> list[str]:
        """What it complained of itself."""
        return [line for line in self.log().splitlines() if "debrief" in line and "debrief.slack.sdk" not in line]

    def code(self) -> int | None:
        """The exit code; None while it runs."""
        if self._child is not None:
            return self._child.poll()
        path = self.folder / "code"
        return int(path.read_text()) if path.exists() else None

    def send(self, word: signal.Signals) -> None:
        if self.pid and self.code() is None:
            try:
                os.kill(self.pid, word)
            except ProcessLookupError:
                return

    async def ended(self, seconds: float = 15.0) -> int:
        deadline = time.monotonic() + seconds
        while (code := self.code()) is None:
            if time.monotonic() > deadline:
                raise RuntimeError(f"still runs after {seconds} s\n{self.log()}")
            await asyncio.sleep(POLL)
        return code

    async def kill(self) -> None:
        """As a power cut would: nothing is finished, nothing is said."""
        if self.pid:
            self.send(signal.SIGKILL)
            await self.ended()

    async def stop(self) -> float:
        """Asks it to stop; the seconds that it took."""
        began = time.monotonic()
        self.send(signal.SIGTERM)
        await self.ended()
        return time.monotonic() - began

    def memory(self) -> int:
        """Resident bytes."""
        fields = Path(f"/proc/{self.pid}/statm").read_text().split()
        return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")

    def cpu(self) -> float:
        """Seconds of processor time used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
