"""GitLab as a small program: its issues, members and webhooks.

Law: it knows nothing of Debrief. What it is sent is read as GitLab reads it: quick actions at the beginnings of lines
are carried out, and what refers to people and issues calls them.
"""

from __future__ import annotations

import base64
import hmac
import json
import re
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import httpx

from tests.trackers.fakes import KEY, Hook, Kept, Simulated, answer

HOST = "https://gitlab.com"
QUICK = re.compile(r"(?m)^/([a-z_]+)")
REFERENCE = re.compile(r"(?<!\w)(?:@[\w-]+|[\w/-]*[#!][0-9]+|[~%][\w]+|&[0-9]+)")
SECRET_TOKEN = "a secret token that is long enough"


class SimulatedGitLab(Simulated):
    """The issues of acme/app, project 42, which was acme/old once; what is moved goes to acme/other, project 43."""

    project, other, was = "acme/app", "acme/other", "acme/old"
    numbers_of: Mapping[str, str] = {"42": "acme/app", "43": "acme/other"}

    def __init__(self) -> None:
        super().__init__()
        self.members: list[dict[str, Any]] = [
            {"id": 5, "username": "maya", "name": "Maya", "email": "maya@acme.example", "state": "active"},
            {"id": 6, "username": "tom", "name": "Tom", "email": "tom@acme.example", "state": "active"},
        ]
        self.scopes = ["api"]
        self.moved: dict[str, str] = {}
        self.hidden = False
        """The token sees nothing any more."""
        self.numbers = 0
        self.due: dict[str, str] = {}
        self.confidential: dict[str, bool] = {}
        self.carried_out: list[str] = []
        """Quick actions that somebody's text came to."""
        self.mentioned: list[str] = []
        """People and things that somebody's text refers to."""

    def route(self, request: httpx.Request, path: str) -> httpx.Response:
        raw = request.url.raw_path.decode().split("?")[0].removeprefix("/api/")
        body = json.loads(request.content) if request.content else {}
        if self.hidden:
            return answer(404, {"message": "404 Project Not Found"})
        match request.method, raw.split("/"):
            case "GET", ["graphql"]:
                return self._graphql(request.url.params["query"])
            case "GET", ["v4", "personal_access_tokens", "self"]:
                return answer(200, {"scopes": self.scopes, "active": True})
            case method, ["v4", "projects", name, *rest]:
                return self._in_project(method, unquote(name), rest, body, request)
        return answer(404, {"message": "404 Not Found"})

    def _in_project(
        self, method: str, name: str, rest: list[str], body: dict[str, Any], request: httpx.Request
    ) -> httpx.Response:
        project = self.numbers_of.get(name, name)
        if project == self.was and method == "GET":
            return answer(301, {}, location=f"{HOST}/api/v4/projects/42/{'/'.join(rest)}")
        if project not in self.numbers_of.values():
            return answer(404, {"message": "404 Project Not Found"})
        match method, rest:
            case "GET", []:
                return answer(200, {"id": 42, "path_with_namespace": project, "issues_enabled": True})
            case "GET", ["members", "all"]:
                return answer(200, self._members(request.url.params["query"]))
            case "POST", ["issues"]:
                return self._create(project, body)
            case "GET", ["issues"]:
                return self._list(project, request.url.params)
            case _, ["issues", number, *more]:
                return self._issue(method, f"{project}#{number}", more, body, request)
        return answer(404, {"message": "404 Not Found"})

    def _members(self, query: str) -> list[dict[str, Any]]:
        """An address is found only whole, a name by a part of it; nobody's address is told."""
        found = [
            one for one in self.members
            if one["email"] == query or query.casefold() in (one["name"] + " " + one["username"]).casefold()
        ]  # fmt: skip
        return [{name: value for name, value in one.items() if name != "email"} for one in found]

    def _create(self, project: str, body: dict[str, Any]) -> httpx.Response:
        if not body.get("title"):
            return answer(400, {"error": "title is missing"})
        self.numbers += 1
        one = Kept(f"{project}#{self.numbers}", body["title"], body.get("description", ""))
        self._read_as_written(one, body["title"], one.body)
        self.tickets[one.id] = one
        self.due[one.id], self.confidential[one.id] = body.get("due_date", ""), bool(body.get("confidential"))
        self.touch(one, "open")
        return answer(201, self._row(one), etag=f'W/"{one.version}"')

    def _read_as_written(self, one: Kept, *texts: str) -> None:
        for text in texts:
            shown = re.sub(r"<!--.*?-->", "", text)
            for command in QUICK.findall(text):
                self.carried_out.append(command)
                if command == "close":
                    one.state = "done"
            self.mentioned += [found for found in REFERENCE.findall(re.sub(r"\\(.)", r"\1", shown)) if found]

    def _list(self, project: str, asked: Mapping[str, str]) -> httpx.Response:
        assert asked["sort"] == "desc"
        rows = [self._row(one) for one in reversed(self.tickets.values()) if one.id.startswith(f"{project}#")]
        start = (int(asked["page"]) - 1) * int(asked["per_page"])
        return answer(200, rows[start : start + int(asked["per_page"])])

    def _issue(
        self, method: str, id_: str, rest: list[str], body: dict[str, Any], request: httpx.Request
    ) -> httpx.Response:
        one = self.tickets.get(id_) or next((kept for kept in self.tombs if kept.id == id_), None)
        if one is None:
            return answer(404, {"message": "404 Issue Not Found"})
        if rest == ["notes"]:
            return self._notes(method, one, body)
        if method == "PUT":
            self._change(one, body)
        elif request.headers.get("if-none-match") == f'W/"{one.version}"':
            return answer(304)
        return answer(200, self._row(one), etag=f'W/"{one.version}"')

    @property
    def tombs(self) -> list[Kept]:
        """Issues that were moved stay behind, closed."""
        return [Kept(old, state="done") for old in self.moved]

    def _change(self, one: Kept, body: dict[str, Any]) -> None:
        if "assignee_ids" in body:
            known = {member["id"]: member["username"] for member in self.members}
            one.assignee = next((known[who] for who in body["assignee_ids"] if who in known), "")
            self.touch(one, "update")
        if "due_date" in body:
            self.due[one.id] = body["due_date"]
            self.touch(one, "update")
        if "state_event" in body:
            dropped = "add_labels" in body or (one.state == "dropped" and "remove_labels" not in body)
            self.change(one, "open" if body["state_event"] == "reopen" else "dropped" if dropped else "done")

    def _notes(self, method: str, one: Kept, body: dict[str, Any]) -> httpx.Response:
        if method == "GET":
            return answer(200, [{"body": text} for text in reversed(one.comments)])
        self._read_as_written(one, body["body"])
        one.comments.append(body["body"])
        self.moments += 1
        one.version = self.moments
        return answer(201, {})

    def _graphql(self, query: str) -> httpx.Response:
        found = re.search(r'fullPath: "([^"]*)".*iid: "([^"]*)".*movedTo \{ reference\(full: true\) \}', query)
        assert found is not None
        new = self.moved.get(f"{found[1]}#{found[2]}")
        return answer(200, {"data": {"project": {"issue": {"movedTo": {"reference": new} if new else None}}}})

    def _row(self, one: Kept) -> dict[str, Any]:
        project, _, number = one.id.partition("#")
        return {
            "iid": int(number), "title": one.title, "description": one.body, "references": {"full": one.id},
            "state": "opened" if one.state == "open" else "closed", "web_url": f"{HOST}/{project}/-/issues/{number}",
            "labels": ["wont-do"] if one.state == "dropped" else [], "due_date": self.due.get(one.id),
            "moved_to_id": 900 if one.id in self.moved else None, "_links": {"closed_as_duplicate_of": None},
        }  # fmt: skip

    # -- what people do there

    def delete(self, ticket: Kept) -> None:
        """GitLab tells nobody of it."""
        del self.tickets[ticket.id]

    def move(self, ticket: Kept) -> None:
        old, new = ticket.id, f"{self.other}#{len(self.moved) + 1}"
        del self.tickets[old]
        self.moved[old] = new
        self.hooks.append(self.told(Kept(old, state="done"), "close"))
        ticket.id = new
        self.tickets[new] = ticket

    # -- what it tells

    def told(self, ticket: Kept, happened: str) -> Hook:
        action = {"closed": "close", "reopened": "reopen"}.get(happened, happened)
        project, _, number = ticket.id.partition("#")
        body = json.dumps({
            "object_kind": "issue", "project": {"id": 42, "path_with_namespace": project},
            "object_attributes": {"iid": int(number), "action": action, "title": ticket.title},
        })  # fmt: skip
        return self.hook(body.encode(), f"g-{self.moments}")

    def hook(self, body: bytes, delivery: str, *, key: bytes = KEY, sent: float = 0) -> Hook:
        moment = str(int(sent or time.time()))
        digest = hmac.digest(key, f"{delivery}.{moment}.".encode() + body, "sha256")
        return Hook(
            {
                "content-type": "application/json",
                "x-gitlab-event": "Issue Hook",
                "idempotency-key": delivery,
                "webhook-id": delivery,
                "webhook-timestamp": moment,
                "webhook-signature": "v1," + base64.b64encode(digest).decode(),
            },
            body,
        )

    def plain_hook(self, ticket: Kept, happened: str, token: str = SECRET_TOKEN) -> Hook:
        """Of a webhook that has only a secret token."""
        signed = self.told(ticket, happened)
        names = ("content-type", "x-gitlab-event", "idempotency-key")
        return Hook({**{name: signed.headers[name] for name in names}, "x-gitlab-token": token}, signed.body)
