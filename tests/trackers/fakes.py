"""Trackers as small programs with manners: they remember, answer late or not at all, and tell of what people do there.

Law: a fake knows nothing of Debrief beyond what its real counterpart is sent. Whatever is done to a ticket, by
whomever, puts a webhook into `hooks`, and no test has to deliver it.
"""

from __future__ import annotations

import base64
import hmac
import json
import re
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

SECRET = "a secret of ours, long enough"
KEY = b"k" * 32
WEBHOOK_SECRET = "whsec_" + base64.b64encode(KEY).decode()
MARK = re.compile(r"<!-- debrief:(\S+) -->")


def answer(status: int, body: Any = None, **headers: str) -> httpx.Response:
    if body is None:
        return httpx.Response(status, headers=headers)
    return httpx.Response(status, json=body, headers={name.replace("_", "-"): one for name, one in headers.items()})


@dataclass(frozen=True)
class Hook:
    """A webhook on its way."""

    headers: Mapping[str, str]
    body: bytes


@dataclass
class Kept:
    """A ticket as the tracker has it."""

    id: str
    title: str = ""
    body: str = ""
    state: str = "open"
    """open, done or dropped."""
    assignee: str = ""
    comments: list[str] = field(default_factory=list)
    version: int = 0


class Simulated(ABC):
    """`faults`, the next first, each for one request: lost (carried out, and its answer lost), down, limited."""

    readable = True
    """Whether it can be asked what became of a ticket."""

    def __init__(self) -> None:
        self.tickets: dict[str, Kept] = {}
        self.hooks: list[Hook] = []
        self.calls: list[tuple[str, str]] = []
        self.headers: list[httpx.Headers] = []
        self.faults: list[str] = []
        self.refusing: dict[str, httpx.Response] = {}
        """By method, or by what is asked for: what it answers to that."""
        self.moments = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        method, path = self.called(request)
        self.calls.append((method, path))
        self.headers.append(request.headers)
        if (no := self.refusing.get(method) or self.refusing.get(path)) is not None:
            return no
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "down":
            return answer(503, {})
        if fault == "limited":
            return self.limited()
        made = self.route(request, path)
        if fault == "lost":
            raise httpx.ReadTimeout("lost", request=request)
        return made

    def called(self, request: httpx.Request) -> tuple[str, str]:
        """GET, where it only reads, and what was asked for."""
        return request.method, request.url.path.lstrip("/")

    def limited(self) -> httpx.Response:
        """That it asks to be left alone for seven seconds."""
        return answer(429, {}, retry_after="7")

    @abstractmethod
    def route(self, request: httpx.Request, path: str) -> httpx.Response: ...

    @abstractmethod
    def told(self, ticket: Kept, happened: str) -> Hook:
        """The webhook about something."""

    # -- what people do there

    def change(self, ticket: Kept, state: str) -> None:
        """Somebody closes a ticket, or opens it again."""
        if ticket.state == state:
            return
        happened = "reopened" if state == "open" else "closed"
        ticket.state = state
        self.touch(ticket, happened)

    def touch(self, ticket: Kept, happened: str) -> None:
        self.moments += 1
        ticket.version = self.moments
        self.hooks.append(self.told(ticket, happened))

    @property
    def only(self) -> Kept:
        (one,) = self.tickets.values()
        return one

    def marks(self) -> list[str]:
        """Of everything that was written there."""
        texts = [text for one in self.tickets.values() for text in (one.body, *one.comments)]
        return [mark for text in texts for mark in MARK.findall(text)]


class SimulatedGitHub(Simulated):
    """The issues of acme/app; what is transferred goes to acme/other, which is repository 7."""

    repository, other = "acme/app", "acme/other"
    collaborators = frozenset({"maya-gh", "tom-gh"})

    def __init__(self) -> None:
        super().__init__()
        self.moved: dict[str, str] = {}
        self.deleted: set[str] = set()
        self.hidden = False
        """The token sees nothing any more: GitHub says that nothing is there."""
        self.numbers = 0

    def route(self, request: httpx.Request, path: str) -> httpx.Response:
        body = json.loads(request.content) if request.content else {}
        if self.hidden:
            return answer(404, {"message": "Not Found"})
        match request.method, path.split("/"):
            case "GET", ["repos", owner, name]:
                known = f"{owner}/{name}" in (self.repository, self.other)
                return answer(200, {"has_issues": True}) if known else answer(404, {"message": "Not Found"})
            case "POST", ["repos", _, _, "issues"]:
                return self._create(body)
            case "GET", ["repos", _, _, "issues"]:
                return self._list(request.url.params)
            case "GET", ["repos", _, _, "assignees", who]:
                return answer(204) if who in self.collaborators else answer(404, {})
            case method, ["repos", owner, name, "issues", number, *rest]:
                return self._issue(method, f"{owner}/{name}#{number}", rest, body, request)
            case method, ["repositories", "7", "issues", number, *rest]:
                return self._issue(method, f"{self.other}#{number}", rest, body, request)
        return answer(404, {"message": "Not Found"})

    def _create(self, body: dict[str, Any]) -> httpx.Response:
        self.numbers += 1
        one = Kept(f"{self.repository}#{self.numbers}", body["title"], body["body"])
        self.tickets[one.id] = one
        self.touch(one, "opened")
        return answer(201, self._row(one), etag=f'"{one.version}"')

    def _list(self, asked: Mapping[str, str]) -> httpx.Response:
        assert asked["state"] == "all"
        rows = [self._row(one) for one in reversed(self.tickets.values()) if one.id.startswith(f"{self.repository}#")]
        start = (int(asked["page"]) - 1) * int(asked["per_page"])
        return answer(200, rows[start : start + int(asked["per_page"])])

    def _issue(
        self, method: str, id_: str, rest: list[str], body: dict[str, Any], request: httpx.Request
    ) -> httpx.Response:
        if id_ in self.moved:
            number = self.moved[id_].partition("#")[2]
            where = f"https://api.github.com/repositories/7/issues/{number}"
            return answer(301, {"message": "Moved Permanently", "url": where}, location=where)
        one = self.tickets.get(id_)
        if one is None:
            return answer(410 if id_ in self.deleted else 404, {"message": "gone"})
        if rest == ["comments"]:
            return self._comments(method, one, body)
        if method == "PATCH":
            self._patch(one, body)
        elif request.headers.get("if-none-match") == f'"{one.version}"':
            return answer(304)
        return answer(200, self._row(one), etag=f'"{one.version}"')

    def _patch(self, one: Kept, body: dict[str, Any]) -> None:
        """`state_reason` counts only together with another state."""
        if "assignees" in body:
            one.assignee = next((who for who in body["assignees"] if who in self.collaborators), "")
            self.touch(one, "assigned")
        if "state" in body and (body["state"] == "open") != (one.state == "open"):
            closed = "dropped" if body["state_reason"] == "not_planned" else "done"
            self.change(one, "open" if body["state"] == "open" else closed)

    def _comments(self, method: str, one: Kept, body: dict[str, Any]) -> httpx.Response:
        if method == "GET":
            return answer(200, [{"body": text} for text in one.comments])
        one.comments.append(body["body"])
        self.moments += 1
        one.version = self.moments
        return answer(201, {})

    def _row(self, one: Kept) -> dict[str, Any]:
        repository, _, number = one.id.partition("#")
        reason = {"done": "completed", "dropped": "not_planned"}.get(one.state)
        return {
            "number": int(number), "title": one.title, "body": one.body, "state_reason": reason,
            "state": "open" if one.state == "open" else "closed",
            "html_url": f"https://github.com/{repository}/issues/{number}",
            "repository_url": f"https://api.github.com/repos/{repository}",
        }  # fmt: skip

    def told(self, ticket: Kept, happened: str) -> Hook:
        told = {"action": happened, "issue": self._row(ticket)}
        told["repository"] = {"full_name": ticket.id.partition("#")[0]}
        return self.hook(json.dumps(told).encode(), f"d-{self.moments}")

    def hook(self, body: bytes, delivery: str, *, secret: str = SECRET, event: str = "issues") -> Hook:
        signature = hmac.digest(secret.encode(), body, "sha256").hex()
        return Hook(
            {
                "content-type": "application/json",
                "x-github-event": event,
                "x-github-delivery": delivery,
                "x-hub-signature-256": f"sha256={signature}",
            },
            body,
        )

    def delete(self, ticket: Kept) -> None:
        self.hooks.append(self.told(ticket, "deleted"))
        del self.tickets[ticket.id]
        self.deleted.add(ticket.id)

    def transfer(self, ticket: Kept) -> None:
        self.hooks.append(self.told(ticket, "transferred"))
        del self.tickets[ticket.id]
        new = f"{self.other}#{len(self.moved) + 1}"
        self.moved[ticket.id] = new
        ticket.id = new
        self.tickets[new] = ticket


class SimulatedReceiver(Simulated):
    """Something that was taught Debrief's events, and tells of changes in the same manner."""

    readable = False

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[str, dict[str, Any]] = {}
        """What was answered, by `webhook-id`."""
        self.base = time.time()
        self.addressed = True

    def route(self, request: httpx.Request, path: str) -> httpx.Response:
        assert path == "hooks/debrief"
        id_, moment = request.headers["webhook-id"], request.headers["webhook-timestamp"]
        assert request.headers["webhook-signature"] == self._signature(id_, moment, request.content)
        if id_ not in self.known:
            self.known[id_] = self._taken(id_, json.loads(request.content))
        return answer(200, self.known[id_])

    def _taken(self, id_: str, told: dict[str, Any]) -> dict[str, Any]:
        data = told["data"]
        if told["type"] == "ticket.wanted":
            one = Kept(f"T-{len(self.tickets) + 1}", data["title"], f"{data['text']} <!-- debrief:{id_} -->")
            self.tickets[one.id] = one
            return {"id": one.id, "url": f"https://tickets.example/{one.id}" if self.addressed else None}
        one = self.tickets[data["ticket"]]
        if told["type"] == "ticket.state":
            self.change(one, data["state"])
        elif told["type"] == "ticket.comment":
            one.comments.append(f"{data['text']} <!-- debrief:{id_} -->")
        elif told["type"] == "ticket.owner":
            one.assignee = (data["owner"] or {}).get("email", "")
        return {}

    def told(self, ticket: Kept, happened: str) -> Hook:
        return self.report(ticket.id, ticket.state, self.base + self.moments, f"r-{self.moments}")

    def report(
        self, ticket: str, state: str, at: float | str, id_: str, *, sent: float = 0, key: bytes = KEY, **other: Any
    ) -> Hook:
        when = at if isinstance(at, str) else time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
        url = f"https://tickets.example/{ticket}"
        body = json.dumps({"ticket": ticket, "state": state, "at": when, "url": url, **other}).encode()
        moment = str(int(sent or time.time()))
        headers = {"webhook-id": id_, "webhook-timestamp": moment}
        return Hook({**headers, "webhook-signature": self._signature(id_, moment, body, key)}, body)

    @staticmethod
    def _signature(id_: str, moment: str, body: bytes, key: bytes = KEY) -> str:
        digest = hmac.digest(key, f"{id_}.{moment}.".encode() + body, "sha256")
        return "v1," + base64.b64encode(digest).decode()
