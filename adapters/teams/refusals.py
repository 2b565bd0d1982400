"""Calls that Teams refused for good, and the word it gives for it.

Law: a refusal's body may be anything; what is taken from it is one word of a known shape, never a person's text.
"""

from __future__ import annotations

import json
import re
from typing import Any

LONGEST = 64


class Failed(Exception):
    """Teams refused the call: `code` is its word, or says that it gave none; `status` is 0 where nothing was called."""

    def __init__(self, code: str, status: int = 0) -> None:
        self.code = code
        self.status = status
        super().__init__(code)


def code_of(body: Any) -> str:
    """The most telling word of an error's body; empty if there is none.

    Microsoft Learn, Bot conversations: `{"error": {"code": …}}`; Send proactive messages: a `subCode`, inside a
    message that is JSON itself.
    """
    if not isinstance(body, dict):
        return ""
    inner = body.get("error")
    error = inner if isinstance(inner, dict) else {}
    inside = [_parsed(error.get("message")), _parsed(body.get("message"))]
    words = [
        *(part.get("subCode") for part in (error, body, *inside)), error.get("code"), body.get("code"),
        inner, *(part.get("code") for part in inside),
    ]  # fmt: skip
    return next((str(word) for word in words if _is_word(word)), "")


def _parsed(message: object) -> dict[str, Any]:
    if not isinstance(message, str) or not message.lstrip().startswith("{"):
        return {}
    try:
        found = json.loads(message)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _is_word(said: object) -> bool:
    shape = r"[A-Za-z][A-Za-z0-9_.]*( [A-Za-z0-9_.]+)?"
    return isinstance(said, str) and len(said) <= LONGEST and bool(re.fullmatch(shape, said))
