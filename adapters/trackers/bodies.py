"""What trackers send, as far as it can be read. Law: garbage is refused with 400, and is no error of ours."""

from __future__ import annotations

import json
from typing import Any

from adapters.reach import LATER, Reach
from adapters.wire import Rejected, checked
from bot.errors import Retry
from bot.words import publishing

PAGES, PAGE = 10, 100


def object_of(body: bytes) -> dict[str, Any]:
    """Raises `Rejected`."""
    try:
        text = body.decode()
        return checked(json.loads(text), text)
    except (ValueError, RecursionError):
        raise Rejected(400, "garbage") from None


def inner(told: Any, *names: str) -> dict[str, Any]:
    """The object at the end of these names; an empty one where there is none."""
    for name in names:
        told = told.get(name) if isinstance(told, dict) else None
    return told if isinstance(told, dict) else {}


async def first_with(
    reach: Reach, path: str, field: str, words: str, *, strict: bool = False, **asked: str
) -> dict[str, Any] | None:
    """The first row of a list that has these words in a field, page after page. A `strict` look raises what is refused,
    any other finds nothing there; what is no list at all says nothing of what is there."""
    for page in range(1, PAGES + 1):
        answer = await reach.get(path, page=str(page), per_page=str(PAGE), **asked)
        if strict and answer.status >= 400:
            raise reach.refused(answer)
        if answer.status < 400 and not isinstance(answer.body, list):
            raise Retry(LATER, publishing.strange(reach.name))
        for row in answer.rows:
            if words in str(row.get(field) or ""):
                return row
        if len(answer.rows) < PAGE:
            break
    return None
