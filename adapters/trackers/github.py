"""GitHub Issues.

Facts (docs.github.com, REST API and webhooks, 2022-11-28): an issue that was transferred answers 301 with its new
address, one that was deleted 410, one that the token may not see 404; `state_reason` is completed, not_planned,
duplicate or reopened, and is ignored unless the state changes with it; unknown assignees are dropped in silence; an
unchanged issue asked for by its ETag answers 304 and costs nothing; a webhook is signed in X-Hub-Signature-256 over its
raw bytes, named in X-GitHub-Delivery, and never sent again by itself when it failed.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from adapters.reach import LATER, REDIRECTS, Answer, Reach
from adapters.trackers.bodies import first_with, inner, object_of
from adapters.trackers.port import Draft, Heard, Wanted, Whom
from adapters.wire import Rejected
from bot.errors import GiveUp, Retry
from bot.markdown import lines as as_lines
from bot.markdown import literal
from bot.ticket import Seen, TicketState, TrackerHere
from bot.words import publishing
from bot.words import tickets as words

NAME, LABEL = "github", "GitHub"
API = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
HOPS = 3
BEFORE = timedelta(hours=1)
"""By which the clocks of GitHub and of the database may differ."""
NOTICED = ("closed", "reopened", "deleted", "transferred")
_NAMED = re.compile(r"([A-Za-z0-9-]+/[A-Za-z0-9_.-]+)#([1-9][0-9]{0,9})")
_PATH = re.compile(r"/([A-Za-z0-9-]+/[A-Za-z0-9_.-]+)/issues/([1-9][0-9]{0,9})/?")
_REFERS = re.compile(r"([@#])(?=\w)")


def pages_of(api: str) -> str:
    """Where people find what the API at this address has."""
    parts = urlsplit(api)
    return f"https://{parts.netloc.removeprefix('api.')}/"


class GitHubIssues:
    """`accounts`: what GitHub calls people, by their e-mail addresses. `secret` is the webhook's."""

    def __init__(
        self,
        reach: Reach,
        here: TrackerHere,
        repository: str,
        *,
        secret: str = "",
        accounts: Mapping[str, str] | None = None,
    ) -> None:
        self.here = here
        self._reach, self._repository = reach, repository
        self._secret, self._accounts = secret.encode(), dict(accounts or {})

    def named(self, url: str) -> str:
        found = _PATH.fullmatch(urlsplit(url).path) if url.startswith(self.here.pages) else None
        return f"{found[1]}#{found[2]}" if found else ""

    # -- writing

    async def create(self, draft: Draft, mark: str) -> Seen:
        told = [_quiet(as_lines(draft.text)), "\n".join(f"- {_quiet(literal(line))}" for line in draft.lines)]
        body = "\n\n".join([*told, *([draft.back] if draft.back else []), _hidden(mark)])
        answer = await self._reach.send(
            "POST", f"repos/{self._repository}/issues", {"title": _quiet(draft.title), "body": body}
        )
        return _seen(self._done(answer), answer)

    async def put(self, ticket: str, state: Wanted, mark: str) -> None:
        told = {"open": ("open", "reopened"), "done": ("closed", "completed"), "dropped": ("closed", "not_planned")}
        word, reason = told[state]
        self._done(await self._reach.send("PATCH", _path(ticket), {"state": word, "state_reason": reason}))

    async def assign(self, ticket: str, whom: Whom | None, mark: str) -> bool:
        account = self._accounts.get(whom.email.casefold(), "") if whom else ""
        if not account or not await self._takes(ticket, account):
            return False
        self._done(await self._reach.send("PATCH", _path(ticket), {"assignees": [account]}))
        return True

    async def _takes(self, ticket: str, account: str) -> bool:
        repository = ticket.partition("#")[0]
        return (await self._reach.get(f"repos/{repository}/assignees/{quote(account)}")).status == 204

    async def set_due(self, ticket: str, due: date, mark: str) -> bool:
        return False

    async def comment(self, ticket: str, text: str, mark: str) -> None:
        body = f"{_quiet(as_lines(text))}\n\n{_hidden(mark)}"
        self._done(await self._reach.send("POST", f"{_path(ticket)}/comments", {"body": body}))

    # -- looking

    async def find(self, mark: str, since: datetime) -> Seen | None:
        """Among the newest thousand; the list is up to date at once, which the search is not."""
        asked = {
            "state": "all", "sort": "created", "direction": "desc",
            "since": (since - BEFORE).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }  # fmt: skip
        row = await first_with(
            self._reach, f"repos/{self._repository}/issues", "body", _hidden(mark), strict=True, **asked
        )
        return _seen(row) if row else None

    async def said(self, ticket: str, mark: str) -> bool:
        return await first_with(self._reach, f"{_path(ticket)}/comments", "body", _hidden(mark)) is not None

    async def read(self, ticket: str, version: str = "") -> Seen:
        answer = await self._reach.look(_path(ticket), version)
        for _ in range(HOPS):
            if answer.status not in REDIRECTS or not answer.elsewhere:
                break
            answer = await self._reach.look(answer.elsewhere)
        if answer.status == 304:
            return Seen(id=ticket, state="same", version=version)
        if answer.status == 404:
            await self._sees(ticket.partition("#")[0])
        if answer.status in (404, 410):
            return Seen(id=ticket, state="gone")
        return _seen(self._done(answer), answer)

    async def _sees(self, repository: str) -> Answer:
        """Raises `GiveUp` where the token does not see the repository at all: then no single issue is gone."""
        answer = await self._reach.get(f"repos/{repository}")
        if answer.status != 200:
            raise GiveUp(words.nowhere(LABEL, repository))
        return answer

    async def well(self) -> str:
        answer = await self._sees(self._repository)
        if answer.fields.get("has_issues") is False:
            raise GiveUp(words.no_issues(LABEL, self._repository))
        return words.well(LABEL, self._repository)

    def _done(self, answer: Answer) -> dict[str, Any]:
        if answer.status >= 400:
            raise self._reach.refused(answer)
        return answer.fields

    # -- being told

    def heard(self, headers: Mapping[str, str], body: bytes) -> Heard:
        given = headers.get("x-hub-signature-256", "").encode("ascii", "replace")
        right = b"sha256=" + hmac.digest(self._secret, body, "sha256").hex().encode()
        if not self._secret or not hmac.compare_digest(right, given):
            raise Rejected(401, "signature")
        delivery = headers.get("x-github-delivery", "")
        if not 0 < len(delivery) <= 100:
            raise Rejected(400, "delivery")
        if headers.get("x-github-event") != "issues":
            return Heard(delivery=delivery)
        told = object_of(body)
        name = f"{inner(told, 'repository').get('full_name')}#{inner(told, 'issue').get('number')}"
        known = told.get("action") in NOTICED and _NAMED.fullmatch(name)
        return Heard(delivery=delivery, tickets=(Seen(id=name),) if known else ())


def _path(ticket: str) -> str:
    repository, _, number = ticket.partition("#")
    return f"repos/{repository}/issues/{number}"


def _seen(row: Mapping[str, Any], answer: Answer | None = None) -> Seen:
    """Raises `Retry` where it is no issue: a login page, or one that says that GitHub is being mended."""
    repository, number = str(row.get("repository_url", "")).rpartition("/repos/")[2], row.get("number")
    if not repository or not isinstance(number, int) or not isinstance(row.get("state"), str):
        raise Retry(LATER, publishing.strange(LABEL))
    version = answer.version if answer else ""
    return Seen(id=f"{repository}#{number}", url=str(row.get("html_url", "")), state=_state(row), version=version)


def _state(row: Mapping[str, Any]) -> TicketState:
    if row.get("state") != "closed":
        return "open"
    return "dropped" if row.get("state_reason") in ("not_planned", "duplicate") else "done"


def _hidden(mark: str) -> str:
    return f"<!-- debrief:{mark} -->"


def _quiet(markdown: str) -> str:
    """Nobody is called by what somebody typed, and no other issue told of."""
    return _REFERS.sub("\\1\u2060", markdown)
