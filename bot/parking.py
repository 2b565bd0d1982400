"""Parked commands given another try, once the bug that parked them is mended.

Law: each is tried in a transaction of its own; what fails again is undone as a whole, and so it stays parked.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from bot.command import Capture, Command
from bot.engine import capture, handle
from bot.errors import Refused, UnknownTenant
from bot.ports import Parked, Transaction


class WithParked(Transaction, Protocol):
    def parked(self, limit: int = 100) -> list[Parked]:
        """Oldest first; what was replayed is not among them."""

    def release(self, parked: int) -> Command | None:
        """The command, with its origin id free again; None: nothing of that number waits."""


class Kept(Protocol):
    """A store that knows what was parked."""

    def transaction(self) -> AbstractContextManager[WithParked]: ...


def replay(store: Kept, number: int) -> tuple[bool, str]:
    """Whether a parked command is over and done with, and what came of it. It keeps its origin id and its time."""
    try:
        with store.transaction() as tx:
            command = tx.release(number)
            if command is None:
                return False, "nothing of that number is parked."
            return True, f"{command.kind}: {_again(tx, command)}"
    except Exception as bug:
        return False, f"failed again ({type(bug).__name__}) and stays parked."


def _again(tx: Transaction, command: Command) -> str:
    if isinstance(command, Capture):
        capture(tx, [command])
        return "captured."
    try:
        return handle(tx, command).plain() or "done."
    except (Refused, UnknownTenant) as why:
        return str(why) or "came to nothing."
