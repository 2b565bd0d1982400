"""A process that has imported everything already and forks a `debrief` for each line it reads: starting takes a tenth.

What is forked is the whole program: it reads its environment, opens its own database and port, and dies alone.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import select
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

from launcher.debrief.__main__ import main, prepare

PR_SET_PDEATHSIG = 1
RUNNING = (
    "alembic.command", "httptools", "sqlalchemy.dialects.postgresql.psycopg", "sqlalchemy.dialects.sqlite",
    "uvicorn.protocols.http.httptools_impl", "uvicorn.protocols.websockets.websockets_sansio_impl", "uvloop",
    "uvicorn.lifespan.off", "adapters.calendar", "adapters.cli.parser", "adapters.clock", "adapters.front",
    "adapters.host", "adapters.slack.app", "adapters.teams.app", "adapters.web.app", "adapters.web.figures",
    "bot.__main__", "bot.building", "bot.logs", "pydantic.v1", "storage.access", "storage.migrate", "storage.reports",
    "storage.store",
)  # fmt: skip


def warm() -> None:
    """Imports what a running program imports, and builds nothing."""
    prepare()
    for name in RUNNING:
        importlib.import_module(name)


def end_with_the_nursery() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))


def become(order: dict[str, Any]) -> None:
    """Never returns: from here on this is a `debrief` like any other."""
    end_with_the_nursery()
    folder = Path(order["folder"])
    out = os.open(folder / "out", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    log = os.open(folder / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    empty = os.open(os.devnull, os.O_RDONLY)
    for number, target in enumerate((empty, out, log)):
        os.dup2(target, number)
    os.environ.clear()
    os.environ.update(order["env"])
    os.chdir(folder)
    sys.argv = ["debrief", *order["argv"]]
    code = 1
    try:
        code = main()
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def written(path: Path, text: str) -> None:
    """Appears at once and whole."""
    path.with_suffix(".new").write_text(text)
    path.with_suffix(".new").rename(path)


def reap(children: dict[int, Path]) -> None:
    while children:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        written(children.pop(pid) / "code", str(os.waitstatus_to_exitcode(status)))


def serve() -> None:
    """Forks for each line of standard input until it ends."""
    end_with_the_nursery()
    warm()
    children: dict[int, Path] = {}
    print("warm", flush=True)
    waiting = b""
    while True:
        readable, _, _ = select.select([0], [], [], 0.01)
        if readable:
            heard = os.read(0, 65536)
            if not heard:
                return
            *lines, waiting = (waiting + heard).split(b"\n")
            for line in lines:
                fork(json.loads(line), children)
        reap(children)


def fork(order: dict[str, Any], children: dict[int, Path]) -> None:
    folder = Path(order["folder"])
    pid = os.fork()
    if pid == 0:
        become(order)
    children[pid] = folder
    written(folder / "pid", str(pid))


if __name__ == "__main__":
    serve()
