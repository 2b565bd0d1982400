"""Linear as a small program: one address for GraphQL, teams with states of their own, and signed webhooks.

Facts: linear.app/developers and the schema in github.com/linear/linear; a second insert with the same id is "conflict
on insert of Issue", and what is archived can be read, but not changed.
"""

from __future__ import annotations

import hmac
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx

from tests.trackers.fakes import SECRET, Hook, Kept, Simulated, answer
from tests.trackers.graphql import Document, Problem, answered, cost, read

KEY = "lin_api_secret-of-ours"
KINDS = {"open": ("unstarted",), "done": ("completed",), "dropped": ("canceled", "duplicate")}
MOST = 10_000
"""Complexity of one question."""
CREATE = {
    "id", "teamId", "title", "description", "stateId", "assigneeId", "dueDate", "priority", "labelIds", "projectId",
    "parentId", "subscriberIds", "estimate", "cycleId", "templateId", "createdAt",
}  # fmt: skip
UPDATE = CREATE - {"id", "templateId", "createdAt"} | {"trashed"}
COMMENT = {"id", "issueId", "body", "parentId", "createdAt", "doNotSubscribeToIssue"}


def refused(message: str) -> Problem:
    return Problem(message, "INPUT_ERROR", 200)


def missing(what: str) -> Problem:
    return refused(f"Entity not found: {what}")


@dataclass
class State:
    kind: str
    position: float
    id: str = field(default_factory=lambda: str(uuid4()))


@dataclass
class Team:
    key: str
    kinds: tuple[str, ...]
    """Its states, as they stand in its settings."""
    id: str = field(default_factory=lambda: str(uuid4()))
    numbers: int = 0

    def __post_init__(self) -> None:
        # the list comes in no order of its own
        self.states = [State(kind, position) for position, kind in reversed(list(enumerate(self.kinds)))]

    def first(self, kinds: tuple[str, ...]) -> State:
        return min((one for one in self.states if one.kind in kinds), key=lambda one: one.position)


@dataclass
class Issue(Kept):
    uuid: str = ""
    team: Team | None = None
    at: State | None = None
    due: str = ""
    archived: bool = False
    trashed: bool = False
    former: list[str] = field(default_factory=list)


class SimulatedLinear(Simulated):
    """The workspace acme, with the teams ENG and OPS."""

    workspace = "acme"
    users = ("maya@acme.example", "Tom@acme.example", "twin@acme.example", "twin@acme.example", "guest@acme.example")
    guests = frozenset({4})
    """Who may be given nothing in these teams."""

    def __init__(self) -> None:
        super().__init__()
        kinds = (
            "triage",
            "backlog",
            "unstarted",
            "unstarted",
            "started",
            "completed",
            "completed",
            "canceled",
            "duplicate",
        )
        self.teams = [Team("ENG", kinds), Team("OPS", tuple(dict.fromkeys(kinds)))]
        self.people = [(str(uuid4()), email) for email in self.users]
        self.comments: dict[str, str] = {}
        """By UUID: that of their issue."""
        self.costs: list[float] = []

    # -- at the wire

    def called(self, request: httpx.Request) -> tuple[str, str]:
        document = read(json.loads(request.content)["query"])
        return "GET" if document.kind == "query" else "POST", document.fields[0].name

    def limited(self) -> httpx.Response:
        error = {"message": "Rate limit exceeded", "extensions": {"code": "RATELIMITED", "statusCode": 429}}
        reset = str(int((time.time() + 7) * 1000))
        return httpx.Response(
            400, json={"errors": [error]},
            headers={"X-RateLimit-Requests-Remaining": "0", "X-RateLimit-Requests-Reset": reset},
        )  # fmt: skip

    def route(self, request: httpx.Request, path: str) -> httpx.Response:
        assert (request.method, request.url.path, request.headers["host"]) == ("POST", "/graphql", "api.linear.app")
        assert request.headers["content-type"] == "application/json"
        asked = json.loads(request.content)
        try:
            if request.headers.get("authorization") != KEY:
                raise Problem("Authentication required, not authenticated", "AUTHENTICATION_ERROR", 401)
            return answer(200, {"data": self._answered(read(asked["query"]), asked.get("variables") or {})})
        except Problem as problem:
            return answer(problem.status, problem.body)

    def _answered(self, document: Document, variables: dict[str, Any]) -> dict[str, Any]:
        self.costs.append(cost(document.fields))
        if self.costs[-1] > MOST:
            raise refused("Query too complex")
        return answered(document, variables, self._root(document.kind))

    def _root(self, kind: str) -> dict[str, Callable[..., Any] | Any]:
        if kind == "mutation":
            return {"issueCreate": self._create, "issueUpdate": self._update, "commentCreate": self._comment}
        return {
            "issue": lambda id_: self._row(self._found(id_)), "comment": self._said, "teams": self._teams,
            "users": self._users, "organization": {"urlKey": self.workspace}, "viewer": {"id": str(uuid4())},
        }  # fmt: skip

    # -- what is asked for

    def _found(self, id_: str) -> Issue:
        for one in self.tickets.values():
            assert isinstance(one, Issue)
            if id_ in (one.uuid, one.id, *one.former):
                return one
        raise missing("Issue")

    def _said(self, id_: str) -> dict[str, Any]:
        if id_ not in self.comments:
            raise missing("Comment")
        return {"id": id_}

    def _teams(self, filter_: dict[str, Any], first_: int = 50) -> dict[str, Any]:
        found = [one for one in self.teams if one.key == filter_["key"]["eq"]]
        return {"nodes": [self._team(one) for one in found[:first_]]}

    def _users(self, filter_: dict[str, Any], first_: int = 50) -> dict[str, Any]:
        ((how, email),) = filter_["email"].items()
        fold = str.casefold if how == "eqIgnoreCase" else str
        found = [id_ for id_, known in self.people if fold(known) == fold(email)]
        return {"nodes": [{"id": one} for one in found[:first_]]}

    def _team(self, team: Team) -> dict[str, Any]:
        def states(first_: int = 50, filter_: dict[str, Any] | None = None) -> dict[str, Any]:
            kinds = filter_["type"]["in"] if filter_ else [one.kind for one in team.states]
            found = [one for one in team.states if one.kind in kinds]
            return {"nodes": [{"id": one.id, "type": one.kind, "position": one.position} for one in found[:first_]]}

        return {"id": team.id, "key": team.key, "states": states}

    def _row(self, one: Issue) -> dict[str, Any]:
        assert one.team is not None
        assert one.at is not None
        return {
            "id": one.uuid, "identifier": one.id, "title": one.title, "description": one.body,
            "url": f"https://linear.app/{self.workspace}/issue/{one.id}/some-words", "dueDate": one.due or None,
            "updatedAt": f"2026-11-27T00:00:{one.version:06.3f}Z", "trashed": one.trashed or None,
            "archivedAt": "2026-11-27T00:00:00.000Z" if one.archived or one.trashed else None,
            "previousIdentifiers": list(one.former), "team": self._team(one.team),
            "state": {"id": one.at.id, "type": one.at.kind, "position": one.at.position},
        }  # fmt: skip

    # -- what is to be done

    def _create(self, input_: dict[str, Any]) -> dict[str, Any]:
        told = _typed(input_, CREATE, "IssueCreateInput")
        team = next((one for one in self.teams if one.id == _uuid("teamId", told.get("teamId"))), None)
        if team is None:
            raise missing("Team")
        if not told.get("title"):
            raise refused("Argument Validation Error - title should not be empty")
        id_ = _uuid("id", told.get("id", str(uuid4())), version=4)
        if any(one.uuid == id_ for one in self.tickets.values() if isinstance(one, Issue)):
            raise refused("conflict on insert of Issue")
        team.numbers += 1
        one = Issue(f"{team.key}-{team.numbers}", told["title"], told.get("description", ""), uuid=id_, team=team)
        one.at, one.due = team.first(("backlog",)), _date(told.get("dueDate", ""))
        self.tickets[one.id] = one
        self.touch(one, "opened")
        return {"success": True, "issue": self._row(one)}

    def _update(self, id_: str, input_: dict[str, Any]) -> dict[str, Any]:
        one, told = self._found(id_), _typed(input_, UPDATE, "IssueUpdateInput")
        if one.archived or one.trashed:
            raise missing("Issue")
        if "assigneeId" in told:
            self._assign(one, _uuid("assigneeId", told["assigneeId"]))
        if "dueDate" in told:
            one.due = _date(told["dueDate"])
            self.touch(one, "due")
        if "stateId" in told:
            assert one.team is not None
            at = next((each for each in one.team.states if each.id == _uuid("stateId", told["stateId"])), None)
            if at is None:
                raise refused("The state does not belong to the team of the issue")
            self.put(one, at)
        return {"success": True, "issue": self._row(one)}

    def _assign(self, one: Issue, who: str) -> None:
        number = next((number for number, (id_, _) in enumerate(self.people) if id_ == who), -1)
        if number < 0:
            raise missing("User")
        if number in self.guests:
            raise refused("The assignee is not a member of the team")
        one.assignee = self.people[number][1]
        self.touch(one, "assigned")

    def _comment(self, input_: dict[str, Any]) -> dict[str, Any]:
        told = _typed(input_, COMMENT, "CommentCreateInput")
        one, id_ = self._found(told.get("issueId", "")), _uuid("id", told.get("id", str(uuid4())), version=4)
        if one.archived or one.trashed:
            raise missing("Issue")
        if id_ in self.comments:
            raise refused("conflict on insert of Comment")
        self.comments[id_] = one.uuid
        one.comments.append(told["body"])
        return {"success": True, "comment": {"id": id_}}

    # -- what people do there

    def put(self, one: Issue, at: State) -> None:
        if one.at is not at:
            one.at = at
            one.state = next((state for state, kinds in KINDS.items() if at.kind in kinds), "open")
            self.touch(one, "put")

    def change(self, ticket: Kept, state: str) -> None:
        assert isinstance(ticket, Issue)
        assert ticket.team is not None
        if ticket.state != state and not ticket.trashed:
            self.put(ticket, ticket.team.first(KINDS[state]))

    def move(self, ticket: Kept) -> None:
        """To the team OPS, with a number and a state of that team."""
        assert isinstance(ticket, Issue)
        ticket.team = self.teams[1]
        ticket.team.numbers += 1
        ticket.former.append(ticket.id)
        del self.tickets[ticket.id]
        ticket.id = f"{ticket.team.key}-{ticket.team.numbers}"
        ticket.at = ticket.team.first(KINDS[ticket.state])
        self.tickets[ticket.id] = ticket
        self.touch(ticket, "moved")

    def delete(self, ticket: Kept) -> None:
        assert isinstance(ticket, Issue)
        ticket.trashed = True
        self.touch(ticket, "deleted")

    def restore(self, ticket: Kept) -> None:
        """What is taken out of the trash is not updated by that."""
        assert isinstance(ticket, Issue)
        ticket.trashed = False
        self.hooks.append(self.told(ticket, "restored"))

    def marks(self) -> list[str]:
        return [*self.comments, *(one.uuid for one in self.tickets.values() if isinstance(one, Issue))]

    # -- what it tells

    def told(self, ticket: Kept, happened: str) -> Hook:
        assert isinstance(ticket, Issue)
        action = {"opened": "create", "deleted": "remove", "restored": "restore"}.get(happened, "update")
        row = {name: value for name, value in self._row(ticket).items() if name != "team"}
        return self.hook({"type": "Issue", "action": action, "data": row})

    def hook(self, told: Any, *, secret: str = SECRET, sent: float | None = None, delivery: str | None = None) -> Hook:
        moment = {"webhookTimestamp": int((time.time() if sent is None else sent) * 1000)}
        body = told if isinstance(told, bytes) else json.dumps({**moment, **told}).encode()
        return Hook(
            {
                "content-type": "application/json; charset=utf-8",
                "linear-event": "Issue",
                "linear-delivery": str(uuid4()) if delivery is None else delivery,
                "linear-signature": hmac.digest(secret.encode(), body, "sha256").hex(),
            },
            body,
        )


def _typed(told: dict[str, Any], known: set[str], type_: str) -> dict[str, Any]:
    if unknown := set(told) - known:
        raise Problem(f'Field "{min(unknown)}" is not defined by type "{type_}".')
    return told


def _uuid(name: str, value: Any, version: int = 0) -> str:
    try:
        found = UUID(str(value))
    except ValueError:
        found = None
    if found is None or str(found) != value or (version and found.version != version):
        raise refused(f"Argument Validation Error - {name} must be a UUID")
    return str(found)


def _date(value: str) -> str:
    if value and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise refused("Argument Validation Error - dueDate must be a date without a time")
    return value
