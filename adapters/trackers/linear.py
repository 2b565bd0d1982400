"""Linear, by its one GraphQL address.

Facts (linear.app/developers, and the schema in github.com/linear/linear): whoever creates an issue or a comment may
name its UUID (version 4), and the same one again is refused, by which a repetition is known; an issue is found by its
UUID, its identifier (ENG-12), or one that it had before it moved to another team, in the trash and the archive too; a
refusal is 200 or 400 with `extensions.code`, too many requests are 400 with RATELIMITED, and INPUT_ERROR says "Entity
not found" of what is not there; a webhook is signed in Linear-Signature over its raw bytes, says in `webhookTimestamp`
when it was sent, and comes three times more where it failed.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from adapters.reach import LATER, MINUTES, SHORTLY, Answer, Reach
from adapters.trackers.bodies import inner, object_of
from adapters.trackers.port import Draft, Heard, Wanted, Whom
from adapters.wire import Rejected
from bot.errors import GiveUp, Retry, Unsure
from bot.markdown import clean, literal
from bot.markdown import lines as as_lines
from bot.ticket import Seen, TicketState, TrackerHere
from bot.words import publishing
from bot.words import tickets as words

NAME, LABEL = "linear", "Linear"
API, PAGES = "https://api.linear.app", "https://linear.app/"
WINDOW = 60_000
"""Milliseconds, of real time."""
FORMER = 20
"""Earlier identifiers of an issue that are looked at."""
MISSING, REFUSED = "Entity not found", "INPUT_ERROR"
_NAMED = re.compile(r"[A-Z0-9]{1,20}-[1-9][0-9]{0,9}")
_PATH = re.compile(r"issue/([A-Za-z0-9]{1,20}-[1-9][0-9]{0,9})(?:/[^/]*)?/?")
_CALLS = re.compile(r"(@)(?:<!-- -->|(?=\w))|(linear)(?=\\?\.app)", re.IGNORECASE)

ISSUE = "identifier url updatedAt archivedAt trashed state { type }"
READ = f"query($id: String!) {{ issue(id: $id) {{ {ISSUE} }} }}"
CREATE = f"mutation($input: IssueCreateInput!) {{ issueCreate(input: $input) {{ success issue {{ {ISSUE} }} }} }}"
CHANGE = "mutation($id: String!, $input: IssueUpdateInput!) { issueUpdate(id: $id, input: $input) { success } }"
SAY = "mutation($input: CommentCreateInput!) { commentCreate(input: $input) { success } }"
SAID = "query($id: String!) { comment(id: $id) { id } }"
WORKFLOW = """query($id: String!, $types: [String!]) { issue(id: $id) { team {
  states(first: 100, filter: {type: {in: $types}}) { nodes { id type position } } } } }"""
PEOPLE = "query($email: String!) { users(first: 2, filter: {email: {eqIgnoreCase: $email}}) { nodes { id } } }"
TEAM = "query($key: String!) { organization { urlKey } teams(first: 2, filter: {key: {eq: $key}}) { nodes { id } } }"

OVER: dict[str, TicketState] = {"completed": "done", "canceled": "dropped", "duplicate": "dropped"}
TYPES: dict[Wanted, tuple[str, ...]] = {
    "done": ("completed",),
    "dropped": ("canceled",),
    "open": ("unstarted", "backlog", "started"),
}
"""Of the states of a team: the first of the first kind that it has."""


def bearer(token: str) -> str:
    """Personal keys stand alone in their header."""
    return token if token.startswith("lin_api_") else f"Bearer {token}"


class LinearIssues:
    """`team` is its key. `secret` is the webhook's; `clock` is real time."""

    def __init__(
        self, reach: Reach, here: TrackerHere, team: str, *, secret: str = "", clock: Callable[[], float] = time.time
    ) -> None:
        self.here = here
        self._reach, self._team, self._secret, self._clock = reach, team, secret.encode(), clock

    def named(self, url: str) -> str:
        path = url.removeprefix(self.here.pages).partition("?")[0].partition("#")[0]
        found = _PATH.fullmatch(path) if url.startswith(self.here.pages) else None
        return found[1].upper() if found else ""

    # -- writing

    async def create(self, draft: Draft, mark: str) -> Seen:
        told = [_quiet(as_lines(draft.text)), "\n".join(f"- {_quiet(literal(line))}" for line in draft.lines)]
        text = "\n\n".join([*told, *([draft.back] if draft.back else [])])
        issue = {
            "id": _uuid(mark), "teamId": await self._sees(self._team), "title": " ".join(clean(draft.title).split()),
            "description": text, "dueDate": draft.due.isoformat(),
        }  # fmt: skip
        try:
            made = await self._write(CREATE, "issueCreate", input=issue)
        except GiveUp as no:
            stands = await self._found(_uuid(mark)) if no.code == REFUSED else None
            if stands is None:
                raise
            return stands
        return _seen(inner(made, "issue"))

    async def put(self, ticket: str, state: Wanted, mark: str) -> None:
        types = TYPES[state]
        team = inner(await self._ask(WORKFLOW, id=ticket, types=types), "issue", "team")
        states = [one for one in _nodes(team, "states") if one.get("type") in types]
        if not states:
            raise GiveUp(words.no_state(LABEL))
        best = min(states, key=lambda one: (types.index(one["type"]), one["position"]))
        await self._change(ticket, stateId=best["id"])

    async def assign(self, ticket: str, whom: Whom | None, mark: str) -> bool:
        found = _nodes(await self._ask(PEOPLE, email=whom.email), "users") if whom and whom.email else []
        if len(found) != 1:
            return False
        try:
            await self._change(ticket, assigneeId=found[0]["id"])
        except GiveUp as no:
            if no.code != REFUSED:
                raise
            return False  # a guest, who is not in that team
        return True

    async def set_due(self, ticket: str, due: date, mark: str) -> bool:
        await self._change(ticket, dueDate=due.isoformat())
        return True

    async def comment(self, ticket: str, text: str, mark: str) -> None:
        told = {"id": _uuid(mark), "issueId": ticket, "body": _quiet(as_lines(text))}
        try:
            await self._write(SAY, "commentCreate", input=told)
        except GiveUp as no:
            if no.code != REFUSED or not await self.said(ticket, mark):
                raise

    async def _change(self, ticket: str, **fields: str) -> None:
        await self._write(CHANGE, "issueUpdate", id=ticket, input=fields)

    # -- looking

    async def find(self, mark: str, since: datetime) -> Seen | None:
        return await self._found(_uuid(mark))

    async def said(self, ticket: str, mark: str) -> bool:
        return bool(await self._there(SAID, "comment", _uuid(mark)))

    async def read(self, ticket: str, version: str = "") -> Seen:
        seen = await self._found(ticket)
        if seen is None:
            await self._sees(ticket.partition("-")[0])
            return Seen(id=ticket, state="gone", version="gone")
        return seen.model_copy(update={"state": "same"}) if version and version == seen.version else seen

    async def _sees(self, team: str) -> str:
        """The id of a team. Raises `GiveUp` where the key does not see it at all: then no single issue is gone."""
        found = await self._ask(TEAM, key=team)
        at, teams = f"{PAGES}{inner(found, 'organization').get('urlKey')}/", _nodes(found, "teams")
        if at != self.here.pages or not teams:
            raise GiveUp(words.nowhere(LABEL, f"{self.here.pages}team/{team}"))
        return str(teams[0]["id"])

    async def well(self) -> str:
        await self._sees(self._team)
        return words.well(LABEL, self._team)

    async def _found(self, id_: str) -> Seen | None:
        row = await self._there(READ, "issue", id_)
        return _seen(row) if row is not None else None

    async def _there(self, query: str, name: str, id_: str) -> dict[str, Any] | None:
        try:
            return inner(await self._ask(query, id=id_), name)
        except GiveUp as no:
            if no.code != MISSING:
                raise
            return None

    # -- GraphQL

    async def _ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """What only reads may be asked again."""
        try:
            return await self._answered(query, variables)
        except Unsure as unknown:
            raise Retry(SHORTLY, unknown.why) from unknown

    async def _write(self, query: str, name: str, **variables: Any) -> dict[str, Any]:
        made = inner(await self._answered(query, variables), name)
        if made.get("success") is not True:
            raise GiveUp(words.said_no(LABEL))
        return made

    async def _answered(self, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        answer = await self._reach.send("POST", "graphql", {"query": query, "variables": variables})
        errors = answer.fields.get("errors")
        if errors or answer.status >= 400:
            first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
            raise self._problem(answer, str(first.get("message", "")), inner(first, "extensions"))
        return inner(answer.fields, "data")

    def _problem(self, answer: Answer, message: str, more: Mapping[str, Any]) -> Exception:
        code, told = more.get("code"), more.get("statusCode")
        status = told if isinstance(told, int) else answer.status
        if code == "RATELIMITED" or status == 429:
            return Retry(answer.wait or MINUTES, publishing.busy(LABEL))
        if code in ("AUTHENTICATION_ERROR", "FORBIDDEN") or status in (401, 403):
            return GiveUp(publishing.not_allowed(words.not_in_step(LABEL)))
        if code in ("INTERNAL_SERVER_ERROR", "LOCK_TIMEOUT") or status >= 500:
            return Unsure(publishing.unknown(LABEL))
        known = MISSING if message.startswith(MISSING) else str(code)
        return GiveUp(words.said_no(LABEL), known)

    # -- being told

    def heard(self, headers: Mapping[str, str], body: bytes) -> Heard:
        given = headers.get("linear-signature", "").encode("ascii", "replace")
        right = hmac.digest(self._secret, body, "sha256").hex().encode()
        if not self._secret or not hmac.compare_digest(right, given):
            raise Rejected(401, "signature")
        told, delivery = object_of(body), headers.get("linear-delivery", "")
        sent = told.get("webhookTimestamp")
        if not isinstance(sent, int | float) or not abs(int(self._clock() * 1000) - sent) <= WINDOW:
            raise Rejected(401, "timestamp")
        if not 0 < len(delivery) <= 100:
            raise Rejected(400, "delivery")
        if told.get("type") != "Issue" or told.get("action") == "create":
            return Heard(delivery=delivery)
        return Heard(delivery=delivery, tickets=tuple(Seen(id=name) for name in _names(inner(told, "data"))))


def _names(issue: Mapping[str, Any]) -> list[str]:
    """What it is called, and was called before it moved."""
    former = issue.get("previousIdentifiers")
    names = [issue.get("identifier"), *(former[-FORMER:] if isinstance(former, list) else [])]
    return list(dict.fromkeys(name for name in names if isinstance(name, str) and _NAMED.fullmatch(name)))


def _nodes(found: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    nodes = inner(found, name).get("nodes")
    return [one for one in nodes if isinstance(one, dict)] if isinstance(nodes, list) else []


def _seen(row: Mapping[str, Any]) -> Seen:
    """Raises `Retry` where nothing can be made of it."""
    name, kind = row.get("identifier"), inner(row, "state").get("type")
    if not isinstance(name, str) or not isinstance(kind, str):
        raise Retry(LATER, publishing.strange(LABEL))
    state = "gone" if row.get("archivedAt") or row.get("trashed") else OVER.get(kind, "open")
    version = f"{name} {state} {row.get('updatedAt')}"
    return Seen(id=name, url=str(row.get("url", "")), state=state, version=version[:200])


def _uuid(mark: str) -> str:
    return str(UUID(bytes=hashlib.sha256(mark.encode()).digest()[:16], version=4))


def _quiet(markdown: str) -> str:
    """Nobody is called by what somebody typed, neither by name nor by the address of their page."""
    return _CALLS.sub(lambda found: f"{found[1] or found[2]}\u2060", markdown)
