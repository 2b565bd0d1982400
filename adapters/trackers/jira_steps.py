"""Which step of an issue's workflow in Jira leads to what is wanted.

Law: a step that asks for something that only people know is not taken; what was done is never closed as dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapters.trackers.port import Wanted

DROPPED = frozenset({
    "won't do", "won't fix", "wont do", "wont fix", "wontfix", "not planned", "cancelled", "canceled", "declined",
    "rejected", "obsolete", "abandoned", "duplicate", "invalid", "cannot reproduce", "incomplete",
})  # fmt: skip
"""Resolutions and statuses of what was closed, but not because it was done."""
DONE = ("done", "fixed", "resolved", "complete", "completed")
Step = dict[str, Any]


def normal(name: object) -> str:
    return str(name or "").replace("\u2019", "'").strip().casefold()


def step(steps: Sequence[Step], wanted: Wanted) -> dict[str, Any] | None:
    """What is to be sent; None: none leads there."""
    possible = [one for one in steps if _leads(one, wanted) and _can_be_taken(one, wanted)]
    if not possible:
        return None
    best = min(possible, key=lambda one: _misfit(one, wanted))
    resolution = _resolution(best, wanted)
    fields = {"fields": {"resolution": {"id": str(resolution.get("id"))}}} if resolution else {}
    return {"transition": {"id": str(best.get("id"))}, **fields}


def _leads(one: Step, wanted: Wanted) -> bool:
    if (_category(one) == "done") != (wanted != "open"):
        return False
    return wanted != "done" or _target(one) not in DROPPED


def _misfit(one: Step, wanted: Wanted) -> int:
    if wanted == "open":
        return 0 if _category(one) == "new" else 1
    if wanted == "dropped":
        return 0 if _target(one) in DROPPED else 1 if _resolution(one, wanted) else 2
    return 0


def _can_be_taken(one: Step, wanted: Wanted) -> bool:
    asked = {name for name, field in _fields(one).items() if field.get("required") and not field.get("hasDefaultValue")}
    return not asked or (asked == {"resolution"} and _resolution(one, wanted) is not None)


def _resolution(one: Step, wanted: Wanted) -> dict[str, Any] | None:
    """The one that says it, where the step's screen offers any."""
    field = _fields(one).get("resolution", {})
    offered = [value for value in field.get("allowedValues") or () if isinstance(value, dict)]
    if wanted == "open":
        return None
    if wanted == "dropped":
        return next((value for value in offered if normal(value.get("name")) in DROPPED), None)
    named = {normal(value.get("name")): value for value in reversed(offered)}
    fit = next((named[name] for name in DONE if name in named), None)
    return fit or next((value for name, value in named.items() if name not in DROPPED), None)


def _fields(one: Step) -> dict[str, dict[str, Any]]:
    found = one.get("fields")
    return {name: field for name, field in found.items() if isinstance(field, dict)} if isinstance(found, dict) else {}


def _target(one: Step) -> str:
    return normal((one.get("to") or {}).get("name"))


def _category(one: Step) -> str:
    return str(((one.get("to") or {}).get("statusCategory") or {}).get("key", ""))
