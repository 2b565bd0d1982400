"""The project's own files as the tests of this folder see them: what git would keep, parsed once."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("bot", "adapters", "storage")
OWN = (*PRODUCT, "launcher", "scripts", "bench", "tests")
# Unmodified files of others stand in these folders; our rules are not theirs.
VENDORED = {"vendor", "__pycache__"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    def functions(self) -> Iterator[Function]:
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))

    def classes(self) -> Iterator[ast.ClassDef]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef))


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """Every Python file of ours below these folders, in a steady order."""
    found = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    ours = [path for path in found if not VENDORED & set(path.relative_to(ROOT).parts)]
    return tuple(parsed(path) for path in ours)


def parsed(path: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    return Module(path, text, ast.parse(text, str(path)))


def length(node: Function) -> int:
    """Lines from `def` to the end, without decorators and without the docstring."""
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if ast.get_docstring(node, clean=False) is not None:
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines
