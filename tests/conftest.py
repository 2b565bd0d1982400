"""What every test gets: the shared fixtures, and a loud word about tests whose tools are missing on this machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from scripts.browser import find
from tests.tools import faketime, strace

pytest_plugins = ["tests.postgres"]

LEFT_OUT = pytest.StashKey[dict[str, list[str]]]()
WANTED: dict[str, tuple[Callable[[], object | None], str, str]] = {
    "browser": (find, "NO CHROMIUM", "`make browser`, or CHROMIUM=/path/to/chromium"),
    "strace": (strace, "NO STRACE", "`apt-get install strace`, and the right to trace one's own processes"),
    "faketime": (faketime, "NO LIBFAKETIME", "`apt-get install libfaketime`"),
}
"""By marker: how the tool is found, what is said without it, and the remedy."""


def pytest_configure(config: pytest.Config) -> None:
    config.stash[LEFT_OUT] = {}
    config.addinivalue_line("markers", "strace: watches system calls with strace")
    config.addinivalue_line("markers", "faketime: runs programs whose own clocks are wrong, with libfaketime")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without its tool a test is left out, and named at the end of the run."""
    for marker, (tool, _, _) in WANTED.items():
        wanting = [item for item in items if item.get_closest_marker(marker)]
        if wanting and tool() is None:
            config.stash[LEFT_OUT][marker] = [item.nodeid for item in wanting]
            config.hook.pytest_deselected(items=wanting)
            items[:] = [item for item in items if item not in wanting]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A parallel run collects in its workers, so they hand the names to the process that prints."""
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["left_out"] = session.config.stash[LEFT_OUT]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object, error: object) -> None:
    output = getattr(node, "workeroutput", {})
    config = getattr(node, "config")  # noqa: B009  (xdist has no types)
    config.stash[LEFT_OUT] = output.get("left_out", {})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for marker, names in config.stash[LEFT_OUT].items():
        _, said, remedy = WANTED[marker]
        terminalreporter.section(f"{said}: these tests did not run", sep="*", red=True, bold=True)
        terminalreporter.write_line("\n".join(names))
        terminalreporter.write_line(f"Remedy: {remedy}")
