"""The operator's file of policies: read at the start, and wrong as a whole where anything in it is wrong."""

from __future__ import annotations

from pathlib import Path

from bot.policy_file import read_policy
from bot.policy_written import Written
from bot.words import policy as words


def policy_file_problems(path: str) -> str:
    """A line a problem; empty: there is no file, or a good one."""
    problems = read_policy_file(Path(path))[1] if path else []
    return "\n".join(f"DEBRIEF_POLICY_FILE: {problem}" for problem in problems)


def read_policy_file(path: Path) -> tuple[Written | None, list[str]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        return None, [words.cannot_read(str(path), getattr(problem, "strerror", None) or "it is no UTF-8")]
    return read_policy(text)
