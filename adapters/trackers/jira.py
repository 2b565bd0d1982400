"""Jira, of the Cloud (API v3) and of one's own server (Data Center, API v2).

Facts (developer.atlassian.com): the search lags behind by seconds or minutes, reading an issue by its key does not; an
issue that was moved answers to its old key, under the new one; a field that is not on the screen is refused with 400;
how an issue may be closed depends on its workflow, and why is its resolution, where a step's screen offers one. A
webhook with a secret is signed in X-Hub-Signature over its raw bytes; the name that it is sent under is not signed, so
that the bytes themselves are what a delivery is known by (they hold the moment, to the millisecond).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from urllib.parse import quote

from adapters.reach import SHORTLY, Answer, Reach
from adapters.trackers import jira_text as text
from adapters.trackers.bodies import inner, object_of
from adapters.trackers.jira_rows import KEY, Row, key_of, listed, rows, state_of
from adapters.trackers.jira_steps import normal, step
from adapters.trackers.port import Draft, Heard, Wanted, Whom
from adapters.wire import Rejected
from bot.errors import GiveUp, Retry
from bot.ticket import Seen, TicketState, TrackerHere
from bot.words import publishing as sending
from bot.words import tickets as words

NAME, LABEL = "jira", "Jira"
PROPERTY = "debrief"
"""Where an issue and a comment keep their marks; people do not see it."""
PAGES, PAGE = 10, 100
MOST, GAP, OLDER = 60, 5, 3
"""Issues that are read one by one; missing keys in a row after which there are no newer ones; older ones in a row."""
BEFORE = timedelta(minutes=10)
"""By which the clocks of Jira and of the database may differ."""
GIVEN = ("project", "issuetype", "summary", "description", "duedate", "reporter")
"""Fields that a new issue gets from us, or from Jira by itself."""
NOTICED = ("status", "resolution", "key", "project")
_PATH = re.compile(r"(?:browse|projects/[A-Z0-9_]+/issues)/([A-Z][A-Z0-9_]*-[1-9][0-9]{0,9})(?:[/?#].*)?")


class Jira:
    """`kind` is the name of the issue type, `level` the security level of private ones, by its name or number.
    `accounts`: what Jira calls people, by their e-mail addresses. `secret` is the webhook's."""

    def __init__(
        self,
        reach: Reach,
        here: TrackerHere,
        project: str,
        kind: str,
        *,
        cloud: bool,
        level: str = "",
        secret: str = "",
        accounts: Mapping[str, str] | None = None,
    ) -> None:
        self.here = here
        self._reach, self._project, self._kind, self._cloud = reach, project, kind, cloud
        self._level, self._secret, self._accounts = level, secret.encode(), dict(accounts or {})
        self._written = text.document if cloud else text.wiki

    def named(self, url: str) -> str:
        found = _PATH.fullmatch(url.removeprefix(self.here.pages)) if url.startswith(self.here.pages) else None
        return found[1] if found else ""

    # -- writing

    async def create(self, draft: Draft, mark: str) -> Seen:
        kind, offered = await self._screen()
        fields: Row = {
            "project": {"key": self._project}, "issuetype": {"id": kind}, "summary": text.line(draft.title),
            "description": self._written(draft.text, draft.lines, draft.back),
        }  # fmt: skip
        if "duedate" in offered:
            fields["duedate"] = draft.due.isoformat()
        if draft.private:
            fields["security"] = self._security(offered)
        answer = await self._reach.send("POST", "issue", {"fields": fields, "properties": [_marked(mark)]})
        return self._named(key_of(self._done(answer)), "open")

    async def _screen(self) -> tuple[str, dict[str, Row]]:
        """The number of the issue type, and the fields that a new issue may have."""
        where = f"issue/createmeta/{self._project}/issuetypes"
        kinds = rows(self._done(await self._reach.get(where, maxResults=str(PAGE))), "issueTypes")
        kind = next((str(one.get("id")) for one in kinds if normal(one.get("name")) == normal(self._kind)), "")
        if not kind:
            raise GiveUp(words.no_type(LABEL, self._project, self._kind))
        told = self._done(await self._reach.get(f"{where}/{quote(kind, safe='')}", maxResults=str(PAGE)))
        return kind, {str(one.get("fieldId") or one.get("key")): one for one in rows(told, "fields")}

    def _security(self, offered: Mapping[str, Row]) -> dict[str, str]:
        for one in rows(offered.get("security", {}), "allowedValues"):
            if self._level in (str(one.get("id")), str(one.get("name"))):
                return {"id": str(one.get("id"))}
        raise GiveUp(words.no_level(LABEL, self._level))

    async def put(self, ticket: str, state: Wanted, mark: str) -> None:
        where = f"issue/{ticket}/transitions"
        told = self._done(await self._reach.get(where, expand="transitions.fields"))
        wanted = step(rows(told, "transitions"), state)
        if wanted is None:
            raise GiveUp(words.no_step(LABEL, ticket, state))
        answer = await self._reach.send("POST", where, wanted)
        if answer.status == 409:
            raise Retry(SHORTLY, sending.busy(LABEL))  # somebody moved it in between: looked at again
        self._done(answer)

    async def assign(self, ticket: str, whom: Whom | None, mark: str) -> bool:
        account = await self._account(ticket, whom.email) if whom and whom.email else ""
        if not account:
            return False
        answer = await self._reach.send("PUT", f"issue/{ticket}/assignee", {self._called: account})
        if answer.status in (400, 404):
            return False
        self._done(answer)
        return True

    @property
    def _called(self) -> str:
        return "accountId" if self._cloud else "name"

    async def _account(self, ticket: str, email: str) -> str:
        """The only one who may have it and has this address, or hides it; empty: there is none, or several."""
        if known := self._accounts.get(email.casefold()):
            return known
        asked = {"issueKey": ticket, "query" if self._cloud else "username": email}
        rows = [one for one in (await self._reach.get("user/assignable/search", **asked)).rows if one.get("active")]
        found = [one for one in rows if str(one.get("emailAddress") or email).casefold() == email.casefold()]
        return str(found[0].get(self._called, "")) if len(found) == 1 else ""

    async def set_due(self, ticket: str, due: date, mark: str) -> bool:
        answer = await self._reach.send("PUT", f"issue/{ticket}", {"fields": {"duedate": due.isoformat()}})
        if answer.status == 400:
            return False  # no screen has it
        self._done(answer)
        return True

    async def comment(self, ticket: str, said: str, mark: str) -> None:
        told = {"body": self._written(said), "properties": [_marked(mark)]}
        self._done(await self._reach.send("POST", f"issue/{ticket}/comment", told))

    # -- looking

    async def find(self, mark: str, since: datetime) -> Seen | None:
        """The search only says near which key to look, since it lags behind; what is there is read key by key. Where
        too many were opened meanwhile nobody knows, and no second one is opened."""
        newest = await self._newest()
        return await self._above(newest, mark) or await self._below(newest, mark, since - BEFORE)

    async def _above(self, newest: int, mark: str) -> Seen | None:
        missing = 0
        for number in range(newest + 1, newest + MOST + 1):
            row = await self._row(f"{self._project}-{number}")
            if row and _mark(row) == mark:
                return self._seen(row)
            missing = 0 if row else missing + 1
            if missing == GAP:
                return None
        raise GiveUp(words.not_known(LABEL))

    async def _below(self, newest: int, mark: str, since: datetime) -> Seen | None:
        """An issue that was moved here has a new key and an old date: a few old ones in a row are the end."""
        older = 0
        for number in range(newest, max(newest - MOST, 0), -1):
            row = await self._row(f"{self._project}-{number}")
            if row and _mark(row) == mark:
                return self._seen(row)
            older = older if row is None else older + 1 if _created(row) < since else 0
            if older == OLDER:
                return None
        if newest > MOST:
            raise GiveUp(words.not_known(LABEL))
        return None

    async def _newest(self) -> int:
        asked = {"jql": f'project = "{self._project}" ORDER BY key DESC', "fields": "created", "maxResults": "1"}
        told = self._done(await self._reach.get("search/jql" if self._cloud else "search", **asked))
        keys = [str(row.get("key")) for row in listed(told, "issues")]
        return max((int(key.rpartition("-")[2]) for key in keys if KEY.fullmatch(key)), default=0)

    async def _row(self, key: str) -> Row | None:
        asked = {"fields": "status,resolution,created,updated", "properties": PROPERTY}
        answer = await self._reach.get(f"issue/{key}", **asked)
        if answer.status in (404, 410):
            return None
        row = self._done(answer)
        key_of(row)
        return row

    async def read(self, ticket: str, version: str = "") -> Seen:
        row = await self._row(ticket)
        if row is None:
            await self._sees(ticket.rpartition("-")[0])
            return Seen(id=ticket, state="gone")
        seen = self._seen(row)
        if version and (seen.id, seen.version) == (ticket, version):
            return Seen(id=ticket, state="same", version=version)
        return seen

    async def said(self, ticket: str, mark: str) -> bool:
        for page in range(PAGES):
            asked = {"expand": "properties", "startAt": str(page * PAGE), "maxResults": str(PAGE)}
            comments = listed(self._done(await self._reach.get(f"issue/{ticket}/comment", **asked)), "comments")
            if any(_marked(mark) in rows(row, "properties") for row in comments):
                return True
            if len(comments) < PAGE:
                break
        return False

    async def _sees(self, project: str) -> None:
        """Raises `GiveUp` where the account does not see the project at all: then no single issue is gone."""
        if (await self._reach.get(f"project/{project}")).status != 200:
            raise GiveUp(words.nowhere(LABEL, project))

    async def well(self) -> str:
        await self._sees(self._project)
        _, offered = await self._screen()
        more = [name for name, field in offered.items() if name not in GIVEN and _wanting(field)]
        if more:
            raise GiveUp(words.asks_for(LABEL, self._kind, more))
        if self._level:
            self._security(offered)
        return words.well(LABEL, f"{self._project} ({self._kind})")

    def _done(self, answer: Answer) -> Row:
        if answer.status >= 400:
            raise self._reach.refused(answer)
        return answer.fields

    def _named(self, key: str, state: TicketState, version: str = "") -> Seen:
        return Seen(id=key, url=f"{self.here.pages}browse/{key}", state=state, version=version)

    def _seen(self, row: Row) -> Seen:
        fields = inner(row, "fields")
        return self._named(key_of(row), state_of(fields), str(fields.get("updated", "")))

    # -- being told

    def heard(self, headers: Mapping[str, str], body: bytes) -> Heard:
        given = headers.get("x-hub-signature", "").encode("ascii", "replace")
        right = b"sha256=" + hmac.digest(self._secret, body, "sha256").hex().encode()
        if not self._secret or not hmac.compare_digest(right, given):
            raise Rejected(401, "signature")
        told = object_of(body)
        names = [str(inner(told, "issue").get("key")), *_earlier(told)] if _of_note(told) else []
        keys = tuple(Seen(id=name) for name in dict.fromkeys(names) if KEY.fullmatch(name))
        return Heard(delivery=hashlib.sha256(body).hexdigest()[:40], tickets=keys)


def _of_note(told: Row) -> bool:
    changed = {str(one.get("field", "")).casefold() for one in rows(inner(told, "changelog"), "items")}
    event = told.get("webhookEvent")
    return event == "jira:issue_deleted" or (event == "jira:issue_updated" and not changed.isdisjoint(NOTICED))


def _earlier(told: Row) -> list[str]:
    """The key that it had before it was moved: that is what it is known by here."""
    items = rows(inner(told, "changelog"), "items")
    return [str(one.get("fromString")) for one in items if str(one.get("field")).casefold() == "key"]


def _marked(mark: str) -> Row:
    return {"key": PROPERTY, "value": {"mark": mark}}


def _mark(row: Row) -> str:
    return str(inner(row, "properties", PROPERTY).get("mark", ""))


def _created(row: Row) -> datetime:
    return datetime.strptime(str(inner(row, "fields").get("created")), "%Y-%m-%dT%H:%M:%S.%f%z")


def _wanting(field: Row) -> bool:
    return bool(field.get("required")) and not field.get("hasDefaultValue")
