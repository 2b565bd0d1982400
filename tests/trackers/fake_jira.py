"""Jira as a small program, of the Cloud or of one's own server: issues, workflow, screens, people and webhooks.

Law: it knows nothing of Debrief. What is not on a screen, no step of the workflow, or no document is refused with 400;
its search knows an issue only after `indexed` was called, as if the index lagged for ever.
"""

from __future__ import annotations

import base64
import hmac
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import httpx

from tests.trackers.fakes import SECRET, Hook, Kept, Simulated, answer

HOST = "https://acme.atlassian.net"
CATEGORIES = {"To Do": "new", "In Progress": "indeterminate", "Done": "done", "Won't Do": "done"}
STATUS = {"open": "To Do", "done": "Done", "dropped": "Won't Do"}
RESOLUTIONS = {"1": "Done", "2": "Won't Do"}
Step = dict[str, Any]


def to(name: str, id_: str, **fields: Any) -> Step:
    return {
        "id": id_,
        "name": name,
        "to": {"name": name, "statusCategory": {"key": CATEGORIES[name]}},
        "fields": fields,
    }


class SimulatedJira(Simulated):
    """The issues of OPS; what is moved goes to NEW."""

    cloud = True
    workflow: Mapping[str, list[Step]]

    def __init__(self) -> None:
        super().__init__()
        self.people: list[dict[str, Any]] = [
            {"accountId": "557058:maya", "name": "maya", "emailAddress": "maya@acme.example", "active": True},
            {"accountId": "557058:tom", "name": "tom", "emailAddress": "tom@acme.example", "active": True},
        ]
        self.workflow = {
            "To Do": [to("In Progress", "11"), to("Won't Do", "13"), to("Done", "12")],
            "Done": [to("In Progress", "11"), to("To Do", "10")],
            "Won't Do": [to("In Progress", "11"), to("To Do", "10")],
            "In Progress": [to("Done", "12"), to("Won't Do", "13")],
        }
        self.screen: dict[str, dict[str, Any]] = {
            name: {"required": name in ("project", "issuetype", "summary"), "hasDefaultValue": False}
            for name in ("project", "issuetype", "summary", "description", "duedate")
        }
        self.status: dict[str, str] = {}
        self.resolution: dict[str, str] = {}
        self.fields: dict[str, dict[str, Any]] = {}
        self.created: dict[str, str] = {}
        self.written: list[str] = []
        """Marks of issues and comments."""
        self.marked: dict[str, Any] = {}
        self.said: dict[str, list[dict[str, Any]]] = {}
        self.moved: dict[str, str] = {}
        self.searched: set[str] = set()
        self.hidden = False
        """The account sees nothing any more."""
        self.numbers = 0

    def marks(self) -> list[str]:
        return self.written

    def indexed(self) -> None:
        self.searched = set(self.tickets)

    @property
    def base(self) -> str:
        return f"rest/api/{3 if self.cloud else 2}/"

    def route(self, request: httpx.Request, path: str) -> httpx.Response:
        assert path.startswith(self.base), path
        body, asked = json.loads(request.content) if request.content else {}, dict(request.url.params)
        if self.hidden:
            return answer(404, {"errorMessages": ["No project could be found."]})
        match request.method, path.removeprefix(self.base).split("/"):
            case "GET", ["project", key]:
                return answer(200, {"key": key}) if key == "OPS" else answer(404, {})
            case "GET", ["issue", "createmeta", "OPS", "issuetypes"]:
                kinds = [{"id": "10001", "name": "Story"}, {"id": "10002", "name": "Task"}]
                return answer(200, {"issueTypes" if self.cloud else "values": kinds})
            case "GET", ["issue", "createmeta", "OPS", "issuetypes", "10002"]:
                fields = [{"fieldId": name, **about} for name, about in self.screen.items()]
                return answer(200, {"fields" if self.cloud else "values": fields})
            case "GET", ["search", *more] if more == (["jql"] if self.cloud else []):
                return self._search(asked)
            case "GET", ["user", "assignable", "search"]:
                return self._assignable(asked)
            case "POST", ["issue"]:
                return self._create(body)
            case method, ["issue", key, *rest]:
                return self._issue(method, key, rest, body, asked)
        return answer(404, {})

    def _search(self, asked: Mapping[str, str]) -> httpx.Response:
        assert asked["jql"] == 'project = "OPS" ORDER BY key DESC'
        there = sorted((key for key in self.searched if key in self.tickets and key.startswith("OPS-")), key=_number)
        return answer(200, {"issues": [{"key": key} for key in reversed(there)][: int(asked["maxResults"])]})

    def _assignable(self, asked: Mapping[str, str]) -> httpx.Response:
        sought = asked["query" if self.cloud else "username"]
        hidden = {"name"} if self.cloud else {"accountId"}
        found = [one for one in self.people if (one["emailAddress"] or one.get("hides", "")).startswith(sought)]
        return answer(200, [{k: v for k, v in one.items() if k not in hidden and k != "hides"} for one in found])

    def _create(self, body: dict[str, Any]) -> httpx.Response:
        fields = body["fields"]
        wanting = [name for name, about in self.screen.items() if about["required"] and not fields.get(name)]
        strange = [name for name in fields if name not in self.screen]
        if wanting or strange or "\n" in fields["summary"] or not self._is_text(fields.get("description")):
            return answer(400, {"errors": dict.fromkeys([*wanting, *strange], "is wrong")})
        if fields["project"] != {"key": "OPS"} or fields["issuetype"] != {"id": "10002"}:
            return answer(400, {"errors": {"project": "is wrong"}})
        self.numbers += 1
        one = Kept(f"OPS-{self.numbers}", fields["summary"], self._shown(fields.get("description")))
        self.tickets[one.id], self.fields[one.id], self.said[one.id] = one, fields, []
        self.marked[one.id] = {entry["key"]: entry["value"] for entry in body.get("properties", ())}
        self.written += [value["mark"] for value in self.marked[one.id].values()]
        self.created[one.id] = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
        self.touch(one, "created")
        return answer(201, {"id": "900", "key": one.id, "self": f"{HOST}/{self.base}issue/900"})

    def _is_text(self, given: Any) -> bool:
        """A document has no empty text, and a server takes no document."""
        if given is None or not self.cloud:
            return given is None or isinstance(given, str)
        texts = re.findall(r'"text": "((?:[^"\\]|\\.)*)"', json.dumps(given))
        return given.get("type") == "doc" and given.get("version") == 1 and all(texts)

    def _shown(self, given: Any) -> str:
        """What people see."""
        if not self.cloud:
            return re.sub(r"\\(.)", r"\1", given or "").replace("\u2060", "")
        if not isinstance(given, dict):
            return ""
        if given["type"] == "text":
            return str(given["text"])
        return ("\n" if given["type"] in ("paragraph", "hardBreak") else "") + "".join(
            map(self._shown, given.get("content", ()))
        )

    def _issue(
        self, method: str, key: str, rest: list[str], body: dict[str, Any], asked: Mapping[str, str]
    ) -> httpx.Response:
        one = self.tickets.get(self.moved.get(key, key))
        if one is None:
            return answer(404, {"errorMessages": ["Issue does not exist or you do not have permission to see it."]})
        match method, rest:
            case "GET", []:
                return answer(200, self._row(one, asked))
            case "PUT", []:
                return self._edit(one, body["fields"])
            case "PUT", ["assignee"]:
                return self._assign(one, body)
            case "GET", ["transitions"]:
                return answer(200, {"transitions": self.workflow[self._status(one)]})
            case "POST", ["transitions"]:
                return self._transition(one, body)
            case "GET", ["comment"]:
                start = int(asked["startAt"])
                return answer(200, {"comments": self.said[one.id][start : start + int(asked["maxResults"])]})
            case "POST", ["comment"]:
                return self._comment(one, body)
        return answer(404, {})

    def _status(self, one: Kept) -> str:
        return self.status.get(one.id, STATUS[one.state])

    def _row(self, one: Kept, asked: Mapping[str, str]) -> dict[str, Any]:
        name = self._status(one)
        resolution = self.resolution.get(one.id)
        fields = {
            "status": {"name": name, "statusCategory": {"key": CATEGORIES[name]}},
            "resolution": {"name": resolution} if resolution else None,
            "created": self.created[one.id], "updated": f"2026-11-27T00:00:00.{one.version:03d}+0000",
        }  # fmt: skip
        marked = self.marked.get(one.id, {}) if asked.get("properties") else {}
        return {
            "key": one.id,
            "fields": fields,
            "properties": {k: v for k, v in marked.items() if k == asked["properties"]},
        }

    def _edit(self, one: Kept, fields: dict[str, Any]) -> httpx.Response:
        if any(name not in self.screen for name in fields):
            return answer(
                400, {"errors": {"duedate": "cannot be set. It is not on the appropriate screen, or unknown."}}
            )
        self.fields[one.id] |= fields
        self.touch(one, "updated")
        return answer(204)

    def _assign(self, one: Kept, body: dict[str, Any]) -> httpx.Response:
        name = "accountId" if self.cloud else "name"
        if not any(person[name] == body.get(name) for person in self.people):
            return answer(400, {"errors": {"assignee": "User does not exist."}})
        one.assignee = body[name]
        self.touch(one, "updated")
        return answer(204)

    def _transition(self, one: Kept, body: dict[str, Any]) -> httpx.Response:
        taken = next((way for way in self.workflow[self._status(one)] if way["id"] == body["transition"]["id"]), None)
        given = body.get("fields", {})
        if taken is None or any(name not in taken["fields"] for name in given):
            return answer(400, {"errorMessages": ["It is not valid for this issue."]})
        wanting = [name for name, field in taken["fields"].items() if field.get("required") and name not in given]
        if wanting:
            return answer(400, {"errors": dict.fromkeys(wanting, "is required.")})
        self.resolution[one.id] = RESOLUTIONS[given["resolution"]["id"]] if given.get("resolution") else ""
        self._goes(one, taken["to"]["name"])
        return answer(204)

    def _goes(self, one: Kept, status: str) -> None:
        self.status[one.id] = status
        done, why = CATEGORIES[status] == "done", (status, self.resolution.get(one.id))
        one.state = "open" if not done else "dropped" if "Won't Do" in why else "done"
        self.touch(one, "status")

    def _comment(self, one: Kept, body: dict[str, Any]) -> httpx.Response:
        if not self._is_text(body["body"]) or not body["body"]:
            return answer(400, {"errors": {"comment": "Comment body is not valid!"}})
        one.comments.append(self._shown(body["body"]))
        self.said[one.id].append({"body": body["body"], "properties": body["properties"]})
        self.written += [entry["value"]["mark"] for entry in body["properties"]]
        self.moments += 1
        one.version = self.moments
        return answer(201, {"id": "1"})

    # -- what people do there

    def change(self, ticket: Kept, state: str) -> None:
        if ticket.state != state:
            self.resolution[ticket.id] = ""
            self._goes(ticket, STATUS[state])

    def delete(self, ticket: Kept) -> None:
        self.moments += 1
        del self.tickets[ticket.id]
        self.hooks.append(self.hook({"webhookEvent": "jira:issue_deleted", "issue": {"key": ticket.id}}))

    def move(self, ticket: Kept) -> None:
        old, new = ticket.id, f"NEW-{len(self.moved) + 1}"
        self.tickets[new] = self.tickets.pop(old)
        self.moved[old], ticket.id = new, new
        everything: list[dict[str, Any]] = [
            self.status, self.resolution, self.fields, self.created, self.marked, self.said
        ]  # fmt: skip
        for kept in everything:
            if old in kept:
                kept[new] = kept.pop(old)
        items = [{"field": "project", "fromString": "Operations"}, {"field": "Key", "fromString": old, "toString": new}]
        self.moments += 1
        ticket.version = self.moments
        self.hooks.append(self.hook(_updated(new, items)))

    # -- what it tells

    def told(self, ticket: Kept, happened: str) -> Hook:
        if happened == "created":
            return self.hook({"webhookEvent": "jira:issue_created", "issue": {"key": ticket.id}})
        return self.hook(_updated(ticket.id, [{"field": happened, "fromString": "a", "toString": "b"}]))

    def hook(self, told: dict[str, Any] | bytes, secret: str = SECRET) -> Hook:
        body = told if isinstance(told, bytes) else json.dumps({"timestamp": self.moments, **told}).encode()
        signature = hmac.digest(secret.encode(), body, "sha256").hex()
        return Hook(
            {
                "content-type": "application/json",
                "x-atlassian-webhook-identifier": f"j-{self.moments}",
                "x-hub-signature": f"sha256={signature}",
            },
            body,
        )


class SimulatedJiraServer(SimulatedJira):
    cloud = False


def _updated(key: str, items: list[dict[str, str]]) -> dict[str, Any]:
    return {"webhookEvent": "jira:issue_updated", "issue": {"key": key}, "changelog": {"items": items}}


def _number(key: str) -> int:
    return int(key.rpartition("-")[2])


def basic(user: str, token: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{token}".encode()).decode()
