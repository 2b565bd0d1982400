"""A language model as a small program: it answers what a test tells it to, or whatever a text in the log asks for."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx

from bot.settings import Settings, read_settings

KEY = "sk-of-our-own"
PUBLIC = "93.184.216.34"
URL = "https://models.example/v1"
ON = {"MODEL_URL": URL, "MODEL_NAME": "a-model", "MODEL_KEY": KEY}
Rows = list[dict[str, str]]
Says = Callable[[Rows], Any]


def settings(**more: str) -> Settings:
    return read_settings({**ON, **more})


async def resolve(_host: str, _port: int) -> list[str]:
    return [PUBLIC]


def completed(content: Any, **message: Any) -> httpx.Response:
    text = content if isinstance(content, str) or content is None else json.dumps(content)
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text, **message}}
    return httpx.Response(200, json={"id": "c1", "object": "chat.completion", "choices": [choice], "usage": {}})


def texts(learning: list[tuple[str, list[str]]], impact: list[tuple[str, list[str]]] = []) -> dict[str, Any]:  # noqa: B006
    told = {"learning": learning, "impact": impact}
    return {
        "sections": [
            {"name": name, "sentences": [{"text": text, "entries": ids} for text, ids in those]}
            for name, those in told.items()
        ]
    }


class FakeModel:
    """`says` is what it makes of the entries; `knows_schema`: it refuses to be held to a form otherwise."""

    def __init__(self, says: Says | None = None, *, knows_schema: bool = True) -> None:
        self.says = says or _first
        self.knows_schema = knows_schema
        self.requests: list[dict[str, Any]] = []
        self.headers: list[httpx.Headers] = []
        self.addresses: list[str] = []
        self.answer: httpx.Response | None = None
        """Instead of anything that makes sense."""
        self.seconds = 0.0

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        self.requests.append(body)
        self.headers.append(request.headers)
        self.addresses.append(str(request.url))
        if self.seconds:
            await asyncio.sleep(self.seconds)
        if self.answer is not None:
            return self.answer
        if "response_format" in body and not self.knows_schema:
            return httpx.Response(400, json={"error": {"message": "unknown field response_format"}})
        return completed(self.says(self.entries))

    @property
    def entries(self) -> Rows:
        """Of the latest question."""
        rows: Rows = json.loads(self.requests[-1]["messages"][1]["content"])["entries"]
        return rows


def _first(rows: Rows) -> dict[str, Any]:
    """Says the first entry again."""
    return texts([(rows[0]["text"].rstrip(".") + ".", [rows[0]["id"]])])
