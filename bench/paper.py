"""Puts figures into `docs/performance.md`, between the marks of their part; the words around them stay."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.figures import Figure

PAPER = Path(__file__).resolve().parents[1] / "docs" / "performance.md"


def write(part: str, figures: Sequence[Figure]) -> None:
    text = PAPER.read_text(encoding="utf-8")
    place = re.compile(rf"(<!-- measured: {part} -->\n).*?(<!-- until here -->)", re.DOTALL)
    if not place.search(text):
        raise LookupError(f"{PAPER.name} has no place for {part}")
    PAPER.write_text(place.sub(lambda found: found[1] + table(figures) + found[2], text), encoding="utf-8")


def table(figures: Sequence[Figure]) -> str:
    rows = [f"| {one.name} | {one.measured} | {one.wanted} | {one.verdict} |" for one in figures]
    head = ["| figure | measured | goal | |", "|---|---:|---:|---|"]
    return "\n".join([f"{machine()}\n", *head, *rows, ""])


def machine() -> str:
    load = os.getloadavg()[1]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores ({_cpu_name()}), {memory:.0f} GiB, "
        f"{platform.system()}, Python {platform.python_version()}, load average of the last five minutes {load:.1f}."
    )


def _cpu_name() -> str:
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.machine()
    found = re.search(r"model name\s*:\s*(.+)", told)
    return found[1].strip() if found else platform.machine()
