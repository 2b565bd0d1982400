"""`python -m bench`: all figures beside their goals; `python -m bench capture` one of them, `--full` the long ones."""

from __future__ import annotations

import argparse
import importlib
import inspect
import sys
import time
from typing import Any

import uvloop

from bench.figures import Figure, told
from bench.paper import write

PARTS: dict[str, tuple[str, dict[str, Any]]] = {
    "capture": ("Messages captured (SQLite)", {}),
    "capture-postgresql": ("Messages captured (PostgreSQL)", {"kind": "postgresql"}),
    "burst": ("Bursts, slash commands, and how soon a message can be read", {}),
    "drain": ("The outbox, and starting with a full one", {}),
    "tick": ("Reminders", {}),
    "due": ("Many reminders due at once", {}),
    "drafts": ("Drafts and files of long incidents", {}),
    "language": ("Hints on wording", {}),
    "similar": ("Similar incidents (SQLite)", {}),
    "similar-postgresql": ("Similar incidents (PostgreSQL)", {"kind": "postgresql"}),
    "actions": ("Action items as a list and in figures (SQLite)", {}),
    "actions-postgresql": ("Action items as a list and in figures (PostgreSQL)", {"kind": "postgresql"}),
    "growth": ("Time as the database grows", {}),
}


async def _awaited(found: Any) -> Any:
    return await found


def measured(name: str, full: bool) -> list[Figure]:
    found = importlib.import_module(f"bench.{name.split('-', maxsplit=1)[0]}").measure(full, **PARTS[name][1])
    figures: list[Figure] = uvloop.run(_awaited(found)) if inspect.isawaitable(found) else found
    return figures


def main() -> int:
    words = argparse.ArgumentParser(prog="python -m bench", description="Prints measured figures beside their goals.")
    words.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(PARTS)}; without one, all")
    words.add_argument("--full", action="store_true", help="longer loads and larger databases")
    words.add_argument("--write", action="store_true", help="put the figures into docs/performance.md")
    asked = words.parse_args()
    if wrong := set(asked.names) - set(PARTS):
        words.error(f"there is no {', '.join(sorted(wrong))}")
    for name in asked.names or PARTS:
        began = time.monotonic()
        figures = measured(name, asked.full)
        print(told(f"{PARTS[name][0]}, {time.monotonic() - began:.0f} s", figures), flush=True)
        if asked.write:
            write(name, figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
