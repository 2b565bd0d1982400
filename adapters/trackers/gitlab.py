"""GitLab issues.

Facts (docs.gitlab.com, REST and GraphQL API, webhooks): a closed issue has no reason, so that a label says that it was
dropped; one that was moved is closed, and its `moved_to_id` is a number that only GraphQL resolves; the old path of a
project answers 301 to whoever reads; what stands at the beginning of a line after a slash is carried out. A webhook is
signed as Standard Webhooks writes it (its secret begins with whsec_), or else carries its secret token as it is.
"""

from __future__ import annotations

import hmac
import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from adapters.reach import LATER, REDIRECTS, Answer, Reach
from adapters.trackers import standard_webhooks as signing
from adapters.trackers.bodies import PAGE, first_with, inner, object_of
from adapters.trackers.port import Draft, Heard, Wanted, Whom
from adapters.wire import Rejected
from bot.errors import GiveUp, Retry
from bot.markdown import lines as as_lines
from bot.markdown import literal
from bot.settings_tickets import webhook_key
from bot.ticket import Seen, TicketState, TrackerHere
from bot.words import publishing
from bot.words import tickets as words

NAME, LABEL = "gitlab", "GitLab"
DROPPED = "wont-do"
"""The label of what was closed, but not because it was done."""
HOPS = 3
BEFORE = timedelta(hours=1)
"""By which the clocks of GitLab and of the database may differ."""
NOTICED = ("close", "reopen")
MOVED_TO = '{ project(fullPath: "PROJECT") { issue(iid: "NUMBER") { movedTo { reference(full: true) } } } }'
_NAMED = re.compile(r"([A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)+)#([1-9][0-9]{0,9})")
_PATH = re.compile(r"([A-Za-z0-9_][\w./-]*?)/-/(?:issues|work_items)/([1-9][0-9]{0,9})(?:[/?#].*)?", re.ASCII)
_REFERS = re.compile(r"(&amp;|&(?=\d)|\\?[\[*]|\\?/(?=/)|[@#!$%~^])(?=\S)")
_COMMANDS = re.compile(r"(?m)^([ \u00a0]*)/")


class GitLabIssues:
    """`project` is a path or a number; `accounts`: what GitLab calls people, by their e-mail addresses. `secret` is the
    webhook's, `clock` real time, which signatures go by."""

    def __init__(
        self,
        reach: Reach,
        here: TrackerHere,
        project: str,
        *,
        secret: str = "",
        accounts: Mapping[str, str] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.here = here
        self._reach, self._name, self._project = reach, project, _project(project)
        self._secret, self._accounts, self._clock = secret, dict(accounts or {}), clock

    def named(self, url: str) -> str:
        found = _PATH.fullmatch(url.removeprefix(self.here.pages)) if url.startswith(self.here.pages) else None
        name = f"{found[1]}#{found[2]}" if found else ""
        return name if _NAMED.fullmatch(name) else ""

    # -- writing

    async def create(self, draft: Draft, mark: str) -> Seen:
        told = [_quiet(as_lines(draft.text)), "\n".join(f"- {_quiet(literal(line))}" for line in draft.lines)]
        fields = {
            "title": _quiet(draft.title),
            "description": "\n\n".join([*told, *([draft.back] if draft.back else []), _hidden(mark)]),
            "due_date": draft.due.isoformat(),
            "confidential": draft.private,
        }
        answer = await self._reach.send("POST", f"{self._project}/issues", fields)
        return _seen(self._done(answer), answer)

    async def put(self, ticket: str, state: Wanted, mark: str) -> None:
        label = {"add_labels" if state == "dropped" else "remove_labels": DROPPED}
        await self._changed(ticket, {"state_event": "reopen" if state == "open" else "close", **label})

    async def assign(self, ticket: str, whom: Whom | None, mark: str) -> bool:
        member = await self._member(ticket, whom.email) if whom and whom.email else 0
        if not member:
            return False
        await self._changed(ticket, {"assignee_ids": [member]})
        return True

    async def _member(self, ticket: str, email: str) -> int:
        """The only member whom GitLab finds by the account or the address; 0: there is none, or there are several."""
        account = self._accounts.get(email.casefold(), "")
        where = f"{_project(ticket.partition('#')[0])}/members/all"
        answer = await self._reach.get(where, query=account or email, per_page=str(PAGE))
        rows = [row for row in answer.rows if row.get("state") == "active"]
        found = [row for row in rows if row.get("username") == account] if account else rows
        return int(found[0].get("id", 0)) if len({row.get("id") for row in found}) == 1 else 0

    async def set_due(self, ticket: str, due: date, mark: str) -> bool:
        await self._changed(ticket, {"due_date": due.isoformat()})
        return True

    async def _changed(self, ticket: str, fields: Mapping[str, Any]) -> None:
        self._done(await self._reach.send("PUT", _path(ticket), fields))

    async def comment(self, ticket: str, text: str, mark: str) -> None:
        body = f"{_quiet(as_lines(text))}\n\n{_hidden(mark)}"
        self._done(await self._reach.send("POST", f"{_path(ticket)}/notes", {"body": body}))

    # -- looking

    async def find(self, mark: str, since: datetime) -> Seen | None:
        """Among the newest thousand; the list is up to date at once."""
        asked = {
            "order_by": "created_at", "sort": "desc",
            "created_after": (since - BEFORE).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }  # fmt: skip
        row = await first_with(
            self._reach, f"{self._project}/issues", "description", _hidden(mark), strict=True, **asked
        )
        return _seen(row) if row else None

    async def said(self, ticket: str, mark: str) -> bool:
        path = f"{_path(ticket)}/notes"
        return await first_with(self._reach, path, "body", _hidden(mark), sort="desc") is not None

    async def read(self, ticket: str, version: str = "") -> Seen:
        answer = await self._reach.look(_path(ticket), version)
        for _ in range(HOPS):
            elsewhere = answer.elsewhere if answer.status in REDIRECTS else await self._moved(answer)
            if not elsewhere:
                break
            answer = await self._reach.look(elsewhere)
        if answer.status == 304:
            return Seen(id=ticket, state="same", version=version)
        if answer.status == 404:
            await self._sees(ticket.partition("#")[0])
        if answer.status in (404, 410) or answer.fields.get("moved_to_id"):
            return Seen(id=ticket, state="gone")
        return _seen(self._done(answer), answer)

    async def _moved(self, answer: Answer) -> str:
        """Where an issue is now that was moved to another project; empty: it was not, or nobody may say."""
        old = _NAMED.fullmatch(_name(answer.fields))
        if not answer.fields.get("moved_to_id") or not old:
            return ""
        query = MOVED_TO.replace("PROJECT", old[1]).replace("NUMBER", old[2])
        said = await self._reach.get("graphql", query=query)
        if said.status == 200 and "data" not in said.fields:
            raise Retry(LATER, publishing.strange(LABEL))
        name = str(inner(said.body, "data", "project", "issue", "movedTo").get("reference"))
        return _path(name) if _NAMED.fullmatch(name) else ""

    async def _sees(self, project: str) -> Answer:
        """Raises `GiveUp` where the token does not see the project at all: then no single issue is gone."""
        answer = await self._reach.look(_project(project))
        if answer.status != 200 and not answer.elsewhere:
            raise GiveUp(words.nowhere(LABEL, project))
        return answer

    async def well(self) -> str:
        answer = await self._sees(self._name)
        if answer.fields.get("issues_enabled") is False:
            raise GiveUp(words.no_issues(LABEL, self._name))
        token = await self._reach.get("v4/personal_access_tokens/self")
        if token.status == 200 and "api" not in token.fields.get("scopes", ()):
            raise GiveUp(words.no_scope(LABEL, "api"))
        return words.well(LABEL, self._name)

    def _done(self, answer: Answer) -> dict[str, Any]:
        if answer.status >= 400:
            raise self._reach.refused(answer)
        return answer.fields

    # -- being told

    def heard(self, headers: Mapping[str, str], body: bytes) -> Heard:
        delivery = self._genuine(headers, body)
        told = object_of(body)
        inside = inner(told, "object_attributes")
        name = f"{inner(told, 'project').get('path_with_namespace')}#{inside.get('iid')}"
        issue = told.get("object_kind") in ("issue", "work_item") and inside.get("action") in NOTICED
        return Heard(delivery=delivery, tickets=(Seen(id=name),) if issue and _NAMED.fullmatch(name) else ())

    def _genuine(self, headers: Mapping[str, str], body: bytes) -> str:
        """The name of the delivery, which stays the same when it is sent again."""
        if self._secret.startswith("whsec_"):
            return signing.genuine(webhook_key(self._secret), headers, self._clock(), body)
        given = headers.get("x-gitlab-token", "").encode("latin-1", "replace")
        if not self._secret or not hmac.compare_digest(self._secret.encode(), given):
            raise Rejected(401, "token")
        delivery = headers.get("idempotency-key") or headers.get("x-gitlab-event-uuid", "")
        if not 0 < len(delivery) <= 100:
            raise Rejected(400, "delivery")
        return delivery


def _project(name: str) -> str:
    return f"v4/projects/{quote(name, safe='')}"


def _path(ticket: str) -> str:
    project, _, number = ticket.partition("#")
    return f"{_project(project)}/issues/{number}"


def _name(row: Mapping[str, Any]) -> str:
    return str(inner(row, "references").get("full", ""))


def _seen(row: Mapping[str, Any], answer: Answer | None = None) -> Seen:
    """Raises `Retry` where it is no issue: a login page, or one that says that GitLab is being mended."""
    if not _name(row).endswith(f"#{row.get('iid')}") or not isinstance(row.get("state"), str):
        raise Retry(LATER, publishing.strange(LABEL))
    version = answer.version if answer else ""
    return Seen(id=_name(row), url=str(row.get("web_url", "")), state=_state(row), version=version)


def _state(row: Mapping[str, Any]) -> TicketState:
    if row.get("state") != "closed":
        return "open"
    labels = row.get("labels")
    duplicate = inner(row, "_links").get("closed_as_duplicate_of")
    return "dropped" if duplicate or (isinstance(labels, list) and DROPPED in labels) else "done"


def _hidden(mark: str) -> str:
    return f"<!-- debrief:{mark} -->"


def _quiet(markdown: str) -> str:
    """Nobody is called by what somebody typed, nothing else told of, and nothing carried out."""
    return _COMMANDS.sub("\\1\\/", _REFERS.sub("\\1\u2060", markdown))
