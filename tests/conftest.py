"""What every test gets: the shared fixtures, and a loud word about browser tests that could not run."""

import pytest

from scripts.browser import find

pytest_plugins = ["tests.postgres"]

LEFT_OUT = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[LEFT_OUT] = []


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without a browser the tests that drive one are left out, and named at the end of the run."""
    for_browsers = [item for item in items if item.get_closest_marker("browser")]
    if not for_browsers or find() is not None:
        return
    config.stash[LEFT_OUT] = [item.nodeid for item in for_browsers]
    config.hook.pytest_deselected(items=for_browsers)
    items[:] = [item for item in items if item not in for_browsers]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A parallel run collects in its workers, so they hand the names to the process that prints."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["left_out"] = session.config.stash[LEFT_OUT]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object, error: object) -> None:
    output = getattr(node, "workeroutput", {})
    config = getattr(node, "config")  # noqa: B009  (xdist has no types)
    config.stash[LEFT_OUT] = output.get("left_out", [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    left_out = config.stash[LEFT_OUT]
    if left_out:
        terminalreporter.section("NO CHROMIUM: these tests did not run", sep="*", red=True, bold=True)
        terminalreporter.write_line("\n".join(left_out))
        terminalreporter.write_line("Remedy: `make browser`, or CHROMIUM=/path/to/chromium")
