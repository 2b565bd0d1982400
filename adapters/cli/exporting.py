"""`debrief export …` and `debrief import …`.

Law: a file is written whole or not at all, and what is imported comes in one transaction.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from adapters.cli.verbs import here
from bot.archive import LARGEST, read_archive
from bot.commands.importing import Import
from bot.engine import handle
from bot.errors import Refused
from bot.ports import Export, Record, Store
from bot.words import export as words

Show = Callable[[str], None]


def written(record: Record | None, key: str, export: Export, out: Path | None, tell: Show) -> int:
    """On the standard output without `out`. Exit code 1 where it cannot be written, with the reason."""
    try:
        if record is None:
            raise Refused(words.no_incident(key))
        whole = export(record)
        if out is None:
            sys.stdout.buffer.write(whole)
            sys.stdout.buffer.flush()
            return 0
        _replace(out, whole)
    except Refused as refused:
        tell(str(refused))
        return 1
    except OSError as problem:
        tell(words.cannot_write(str(out), problem.strerror or type(problem).__name__))
        return 1
    tell(words.written(str(out), len(whole)))
    return 0


def _replace(out: Path, whole: bytes) -> None:
    beside = out.with_name(f".{out.name}.part")
    try:
        beside.write_bytes(whole)
        beside.replace(out)
    finally:
        beside.unlink(missing_ok=True)


def read_back(store: Store, organisation: str, path: Path, as_new: bool, show: Show, tell: Show) -> int:
    try:
        command = Import(origin=here(organisation), archive=read_archive(_read(path)), as_new=as_new)
        with store.transaction() as tx:
            reply = handle(tx, command)
    except Refused as refused:
        tell(str(refused))
        return 1
    (show if reply.outcome == "done" else tell)(reply.plain())
    return 0 if reply.outcome == "done" else 1


def _read(path: Path) -> bytes:
    """Never more than can be read at all: one byte more says that it is too large."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as problem:
        raise Refused(words.cannot_read(str(path), problem.strerror or type(problem).__name__)) from None
