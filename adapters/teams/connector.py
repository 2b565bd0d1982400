"""Everything that the bot says or asks in Teams: paced, never repeated by itself, and its outcome told apart.

Law: the token goes to an allowed host and nowhere else, redirects included. *Refused* (`Failed`), *not carried out*
(`Retry`) and *nobody knows* (`Unsure`) are three answers; only calls that may be repeated become `Retry` when cut.
"""

from __future__ import annotations

import logging
import random
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

import aiohttp
from yarl import URL

from adapters.teams.addresses import address
from adapters.teams.bodies import id_in, object_in, objects_in, read_json, seconds_in
from adapters.teams.credentials import Credentials, Unneeded
from adapters.teams.lengths import encoded
from adapters.teams.limits import Held, Limits, Scenario, thread_of
from adapters.teams.refusals import Failed, code_of
from bot.errors import Retry, Unsure
from bot.lease import clock as boot_clock
from bot.lease import still_held
from bot.outbox import backoff

log = logging.getLogger("debrief.teams.connector")

Json = dict[str, Any]
TIMEOUT = aiohttp.ClientTimeout(total=10, sock_connect=5)
AGAIN = frozenset({412, 429, 502, 504})
"""Not carried out (Microsoft Learn, Optimize your bot with rate limiting in Teams, lists these as to be retried)."""
SHORTLY, NOT_ACCEPTED = timedelta(seconds=5), timedelta(minutes=15)
LONGEST_WAIT, REMEMBERED = 3600.0, 1000
PAGE, PAGES = 500, 40
"""Members a page, which is the most that Teams gives, and how many pages are read."""


class Call(NamedTuple):
    """`about` is the conversation whose turn it takes; `repeatable`: twice is as good as once."""

    method: str
    service_url: str
    path: tuple[str, ...]
    scenario: Scenario
    about: str
    body: Json | None = None
    query: Mapping[str, str] = {}
    repeatable: bool = True


class Answer(NamedTuple):
    status: int
    body: Any
    retry_after: str


class Connector:
    """`allowed` is asked about the service URL of every call, wherever it was stored meanwhile."""

    def __init__(
        self,
        credentials: Credentials | Unneeded,
        limits: Limits,
        *,
        allowed: Callable[[str], bool],
        timeout: aiohttp.ClientTimeout = TIMEOUT,
        clock: Callable[[], float] = boot_clock,
    ) -> None:
        self.counts: Counter[str] = Counter()
        """For /metrics: throttled, conflict, unsure, host not allowed, token not accepted."""
        self._credentials = credentials
        self._limits = limits
        self._allowed = allowed
        self._timeout = timeout
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None
        self._closed = False
        self._failures: dict[str, int] = {}
        """By thread: how many times in a row it was not carried out."""
        self._denied: dict[str | None, int] = {}
        self._denied_until: dict[str | None, float] = {}
        """By host: how many tokens in a row it did not accept, and until when it is asked no more."""

    @property
    def session(self) -> aiohttp.ClientSession:
        """Shared by all calls: a session of its own would cost each a connection."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=50, ttl_dns_cache=300)
            jar = aiohttp.DummyCookieJar()
            self._session = aiohttp.ClientSession(
                timeout=self._timeout, connector=connector, cookie_jar=jar, trust_env=False
            )
        return self._session

    async def close(self) -> None:
        """Nothing is called any more; what is under way is cut, and taken up at the next start."""
        self._closed = True
        await self._credentials.close()
        if self._session is not None:
            await self._session.close()

    # -- what is said

    async def create_thread(self, service_url: str, tenant: str, channel: str, activity: Json) -> tuple[str, str]:
        """A new thread in a channel that begins with `activity`: its conversation id, and the activity's id."""
        about = {"channel": {"id": channel}, "tenant": {"id": tenant}}
        body = {"isGroup": True, "tenantId": tenant, "channelData": about, "activity": activity}
        path = ("v3", "conversations")
        made = await self._call(Call("POST", service_url, path, "create", channel, body, repeatable=False))
        conversation = id_in(made)
        said = id_in(made, "activityId") or conversation.partition(";messageid=")[2]
        if not conversation or not said:
            raise self._unsure("a thread was made, but its id cannot be read")
        return conversation, said

    async def create_chat(self, service_url: str, tenant: str, bot_id: str, member_id: str) -> str:
        """The 1:1 chat of a person with the bot. Nothing is said by it, and asked again Teams gives the same chat."""
        body = {
            "isGroup": False, "bot": {"id": bot_id}, "members": [{"id": member_id}], "tenantId": tenant,
            "channelData": {"tenant": {"id": tenant}},
        }  # fmt: skip
        made = await self._call(Call("POST", service_url, ("v3", "conversations"), "create", member_id, body))
        if not (conversation := id_in(made)):
            raise Retry(SHORTLY, "the chat's id cannot be read")
        return conversation

    async def send(self, service_url: str, conversation: str, activity: Json) -> str:
        """The id of the message that `activity` became."""
        said = id_in(await self._send(service_url, conversation, activity, {}))
        if not said:
            raise self._unsure("a message was sent, but its id cannot be read")
        return said

    async def send_targeted(self, service_url: str, conversation: str, account_id: str, activity: Json) -> str:
        """A message that one person sees; its id, empty where Teams names none, for nobody speaks of it again."""
        told = {**activity, "recipient": {"id": account_id}}
        return id_in(await self._send(service_url, conversation, told, {"isTargetedActivity": "true"}))

    async def _send(self, service_url: str, conversation: str, activity: Json, query: Mapping[str, str]) -> Any:
        path = ("v3", "conversations", conversation, "activities")
        call = Call("POST", service_url, path, "send", conversation, activity, query, repeatable=False)
        return await self._call(call)

    async def update(self, service_url: str, conversation: str, activity_id: str, activity: Json) -> None:
        path = ("v3", "conversations", conversation, "activities", activity_id)
        await self._call(Call("PUT", service_url, path, "send", conversation, {**activity, "id": activity_id}))

    async def delete(self, service_url: str, conversation: str, activity_id: str) -> None:
        path = ("v3", "conversations", conversation, "activities", activity_id)
        await self._call(Call("DELETE", service_url, path, "send", conversation))

    # -- what is asked

    async def members(self, service_url: str, conversation: str) -> tuple[Json, ...]:
        """Everybody in a conversation or, by its id, in a team."""
        path = ("v3", "conversations", conversation, "pagedmembers")
        found: list[Json] = []
        query = {"pageSize": str(PAGE)}
        for _ in range(PAGES):
            page = await self._call(Call("GET", service_url, path, "members", conversation, query=query))
            found += objects_in(page, "members")
            after = page.get("continuationToken") if isinstance(page, dict) else None
            if not isinstance(after, str) or not after or after == query.get("continuationToken"):
                break
            query = {"pageSize": str(PAGE), "continuationToken": after}
        return tuple(found)

    async def member(self, service_url: str, conversation: str, member_id: str) -> Json:
        path = ("v3", "conversations", conversation, "members", member_id)
        return object_in(await self._call(Call("GET", service_url, path, "members", conversation)))

    async def team(self, service_url: str, team_id: str) -> Json:
        return object_in(await self._call(Call("GET", service_url, ("v3", "teams", team_id), "conversations", team_id)))

    async def channels(self, service_url: str, team_id: str) -> tuple[Json, ...]:
        path = ("v3", "teams", team_id, "conversations")
        listed = await self._call(Call("GET", service_url, path, "conversations", team_id))
        return tuple(objects_in(listed, "conversations"))

    # -- one call

    async def _call(self, call: Call) -> Any:
        """The JSON of an answer that Teams gave with 2xx. Raises `Failed`, `Retry` or `Unsure`."""
        if self._closed:
            raise Retry(SHORTLY, "stopping")
        url = self._address(call)
        if (denied := self._denied_until.get(url.host, 0.0) - self._clock()) > 0:
            raise Retry(timedelta(seconds=denied), "Teams does not accept the bot's token")
        token = await self._credentials.token(self.session)
        try:
            async with self._limits.turn(call.scenario, call.service_url.rstrip("/"), call.about):
                if not call.repeatable:
                    still_held()
                answer = await self._once(call, url, token)
        except Held as held:
            raise Retry(timedelta(seconds=held.seconds), f"{call.scenario} waits for its turn") from None
        return self._judged(call, url, token, answer)

    def _address(self, call: Call) -> URL:
        """Where the call goes, once its host has been found to be allowed; before any token is at hand."""
        url = address(call.service_url, call.path, call.query)
        if url is None or not self._allowed(call.service_url):
            self.counts["host not allowed"] += 1
            log.warning("a service host that is not allowed was not called")
            raise Failed("service host not allowed")
        return url

    async def _once(self, call: Call, url: URL, token: str) -> Answer:
        if self._closed:
            raise Retry(SHORTLY, "stopping")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        sent = None if call.body is None else encoded(call.body).encode("utf-8", "surrogatepass")
        if sent is not None:
            headers["Content-Type"] = "application/json"
        try:
            async with self.session.request(
                call.method, url, data=sent, headers=headers, timeout=self._timeout, allow_redirects=False
            ) as response:
                return Answer(response.status, await read_json(response), response.headers.get("Retry-After", ""))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            raise self._again(call, "Teams cannot be reached") from None
        except (aiohttp.ClientError, OSError) as cut:
            raise self._unknown(call, type(cut).__name__) from None

    def _judged(self, call: Call, url: URL, token: str, answer: Answer) -> Any:
        status = answer.status
        if 200 <= status < 300:
            self._failures.pop(thread_of(call.about), None)
            self._denied.pop(url.host, None)
            return answer.body
        if status == 401:
            raise self._not_accepted(url.host, token)
        if status == 429:
            raise self._told_to_wait(call, answer.retry_after)
        if status in AGAIN or status < 400:
            self.counts["conflict"] += status == 412
            raise self._again(call, f"HTTP {status}")
        if status >= 500 or status == 408:
            raise self._unknown(call, f"HTTP {status}")
        raise Failed(code_of(answer.body) or f"HTTP {status}", status)

    def _unknown(self, call: Call, why: str) -> Retry | Unsure:
        return self._again(call, why) if call.repeatable else self._unsure(f"{call.scenario}: {why}")

    def _unsure(self, why: str) -> Unsure:
        self.counts["unsure"] += 1
        return Unsure(why)

    def _again(self, call: Call, why: str) -> Retry:
        """1, 2, 4 … seconds, spread, for as long as the same thread does not get through."""
        return Retry(backoff(self._failed(call)), f"{call.scenario}: {why}")

    def _failed(self, call: Call) -> int:
        thread = thread_of(call.about)
        if len(self._failures) >= REMEMBERED:
            self._failures.pop(next(iter(self._failures)))
        self._failures[thread] = self._failures.pop(thread, 0) + 1
        return self._failures[thread]

    def _told_to_wait(self, call: Call, retry_after: str) -> Retry:
        self.counts["throttled"] += 1
        told = seconds_in(retry_after)
        seconds = backoff(self._failed(call)).total_seconds() if told is None else told
        seconds = min(max(seconds, 1.0), LONGEST_WAIT)
        self._limits.block(call.about, seconds)
        spread = seconds * random.uniform(1.0, 1.2)  # noqa: S311 - spreads, hides nothing
        return Retry(timedelta(seconds=spread), f"{call.scenario}: Teams asked to wait")

    def _not_accepted(self, host: str | None, token: str) -> Retry:
        """A token may be taken back at any time; where a new one is not accepted either, asking on helps nobody."""
        self.counts["token not accepted"] += 1
        if self._credentials.drop(token):
            self._denied[host] = self._denied.get(host, 0) + 1
        if self._denied.get(host, 0) < 2:
            return Retry(timedelta(seconds=1), "Teams no longer accepts the bot's token")
        self._denied_until[host] = self._clock() + NOT_ACCEPTED.total_seconds()
        log.warning("Teams does not accept the bot's tokens: check TEAMS_APP_ID and the bot's registration")
        return Retry(NOT_ACCEPTED, "Teams does not accept the bot's token")
