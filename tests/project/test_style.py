"""Sizes, names and habits that no linter knows; every exception is listed here with its reason."""

import ast
import gc
import re
import statistics
from collections.abc import Iterator

import pytest

from tests.project.tree import OWN, PRODUCT, Module, length, modules

pytestmark = pytest.mark.xdist_group("style")

FILE_LIMIT = 400
FUNCTION_LIMIT = 60
MEDIAN_LIMIT = 8

# Words that say that something is there, but not what it does.
EMPTY_WORDS = {
    *("manager", "service", "handler", "helper", "util", "utils", "flow", "process", "data", "info"),
    *("managers", "services", "handlers", "helpers", "flows", "infos", "processor", "repository"),
}
# A service that a team owns is a thing of the incident's world: functions may speak of it.
DOMAIN_WORDS = {"service", "services"}
NAMES_WITH_A_REASON = {
    "ServiceRow": "the value of such a service",
    "info": "Slack's methods are called so, and the simulated Slack has one function for each",
    "file_info": "Slack's method files.info",
    "handle_data": "html.parser calls it so",
    "data_received": "asyncio calls it so",
    "process_bind_param": "SQLAlchemy calls it so",
    "process_result_value": "SQLAlchemy calls it so",
}

# A bug behind these doors must not take the program down; everywhere else it must be seen.
CATCHES_EVERYTHING: dict[str, str] = {
    "adapters/slack/inbound.py": "the listener: a bug answers 200 or 503, and never closes the door",
    "bot/writer.py": "the writer's savepoint: a bug is parked with its command",
    "bot/parking.py": "the same savepoint again: what fails once more stays parked",
    "bot/outbox.py": "the outbox worker: a bug holds up one lane, never the worker",
    "adapters/clock.py": "the tick: a bug in one beat leaves the next beat its turn",
}

PATCHING = {"patch", "MagicMock", "AsyncMock", "Mock", "create_autospec"}


@pytest.fixture(scope="module", autouse=True)
def _everything_in_mind() -> Iterator[None]:
    """A million nodes, through which the garbage collector would go again and again, in every later test too."""
    gc.disable()
    yield
    modules.cache_clear()
    gc.enable()


def snake_words(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def defined_names(module: Module) -> Iterator[str]:
    yield module.path.stem
    yield from (node.name for node in module.classes())
    yield from (node.name for node in module.functions() if not DOMAIN_WORDS & snake_words(node.name))


def catches_everything(module: Module) -> bool:
    caught = (node for node in ast.walk(module.tree) if isinstance(node, ast.ExceptHandler))
    return any(broad(node.type) and not passes_on(node) for node in caught)


def passes_on(node: ast.ExceptHandler) -> bool:
    """Cleaning up and raising the same again hides nothing."""
    last = node.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def broad(caught: ast.expr | None) -> bool:
    if caught is None:
        return True
    parts = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(isinstance(part, ast.Name) and part.id in {"Exception", "BaseException"} for part in parts)


def patches(module: Module) -> bool:
    """A replaced attribute tests the replacement; environment variables and directories may be set."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import | ast.ImportFrom) and "mock" in ast.unparse(node).split():
            return True
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("unittest.mock"):
            return True
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {
            "monkeypatch.setattr",
            "monkeypatch.setitem",
        }:
            return True
        if isinstance(node, ast.Name) and node.id in PATCHING:
            return True
    return False


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    too_long = {module.name: lines for module in modules(*OWN) if (lines := module.text.count("\n")) > FILE_LIMIT}
    assert too_long == {}


def test_no_function_is_longer_than_a_screen() -> None:
    too_long = {
        f"{module.name}:{node.name}": lines
        for module in modules(*OWN)
        for node in module.functions()
        if (lines := length(node)) > FUNCTION_LIMIT
    }
    assert too_long == {}


def test_the_usual_function_is_a_few_lines_long() -> None:
    lengths = [length(node) for module in modules(*PRODUCT) for node in module.functions()]
    assert statistics.median(lengths) < MEDIAN_LIMIT


def test_names_say_what_a_thing_does() -> None:
    empty = {
        f"{module.name}: {name}"
        for module in modules(*OWN)
        for name in defined_names(module)
        if snake_words(name) & EMPTY_WORDS and name not in NAMES_WITH_A_REASON
    }
    assert empty == set()


def test_only_four_doors_catch_whatever_comes() -> None:
    catching = {module.name for module in modules(*PRODUCT, "launcher", "scripts") if catches_everything(module)}
    assert catching - set(CATCHES_EVERYTHING) == set()


def test_tests_use_fakes_and_patch_nothing() -> None:
    assert {module.name for module in modules("tests", "bench") if patches(module)} == set()


def test_no_test_is_skipped_or_expected_to_fail() -> None:
    excuses = re.compile(r"pytest\.(?:mark\.)?(?:skip|skipif|xfail|importorskip)\b")
    assert {module.name for module in modules("tests") if excuses.search(module.text)} == set()


def test_nothing_is_left_for_later() -> None:
    later = re.compile(r"\bTODO\b|\bFIXME\b|\bXXX\b")
    assert {module.name for module in modules(*OWN) if later.search(module.text)} == set()


def test_every_module_states_its_law() -> None:
    written = [module for module in modules(*OWN) if module.text.strip()]
    assert {module.name for module in written if not ast.get_docstring(module.tree)} == set()
