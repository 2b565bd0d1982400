"""The few calls to Microsoft Graph that create a private incident's group chat and say who is in it.

Law: Graph is never required: what the tenant has not consented to is `NotConsented`, and whoever calls does without.
The token goes to the host that was set and nowhere else. Creating a chat is the one call that is not repeated blindly.

Contracts: Microsoft Learn, Microsoft Graph v1.0: Create chat, List teamsApp, Add app to chat, List members of a chat,
Add member to a chat, Remove member from chat, Update chat.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

import aiohttp
import httpx

from adapters import wire
from adapters.teams.bodies import id_in, object_in, objects_in, seconds_in
from adapters.teams.credentials import Credentials
from adapters.teams.refusals import Failed, code_of
from bot.errors import Retry, Unsure
from bot.lease import clock as boot_clock
from bot.lease import still_held
from bot.outbox import backoff

log = logging.getLogger("debrief.teams.graph")

Json = dict[str, Any]
URL = "https://graph.microsoft.com"
SCOPE = f"{URL}/.default"
CONSENTS: dict[str, str] = {
    "Chat.Create": "create the group chat",
    "AppCatalog.Read.All": "find this app in the tenant's catalog",
    "TeamsAppInstallation.ReadWriteAndConsentSelfForChat.All": "install this app in the chat",
    "ChatMember.ReadWrite.All": "add and remove people",
}
"""Application permissions, and what for. The narrower `…ReadWriteSelfForChat.All` installs no app that asks for
resource-specific consent, as ours does. Renaming a chat takes `Chat.ReadWrite.All`, which also reads every chat: it is
not asked for, and a chat whose title may not be changed keeps it."""
NOT_IN_CATALOG = "AppNotInCatalog"
LONGEST_TOPIC, PAGES = 250, 10
SHORTLY, REFUSED_FOR = timedelta(seconds=5), timedelta(minutes=15)
LONGEST_WAIT = 3600.0


class NotConsented(Exception):
    """An admin of the tenant has not allowed this."""


class Someone(NamedTuple):
    """A person by their object id in Microsoft Entra."""

    entra: str
    guest: bool = False


class Call(NamedTuple):
    """`repeatable`: twice is as good as once."""

    method: str
    path: str
    body: Json | None = None
    repeatable: bool = True


def scope_of(url: str) -> str:
    """What a token is asked for; the clouds of the US government have a Graph of their own."""
    host = urlsplit(url).hostname or ""
    return f"https://{host}/.default" if host.endswith(".microsoft.us") else SCOPE


class Graph:
    """`counts` says how often what was not consented to, throttled, or left unknown."""

    def __init__(
        self,
        credentials: Credentials,
        session: Callable[[], aiohttp.ClientSession],
        app_id: str,
        *,
        url: str = URL,
        seconds: float = wire.TOTAL,
        clock: Callable[[], float] = boot_clock,
    ) -> None:
        self.counts: Counter[str] = Counter()
        self._credentials = credentials
        self._session = session
        self._app_id = app_id
        self._url = url.rstrip("/")
        self._seconds = seconds
        self._clock = clock
        self._http: httpx.AsyncClient | None = None
        self._app: tuple[str, list[Json]] | None = None
        self._refused_until = 0.0
        self._failures = self._denied = 0

    @property
    def ready(self) -> bool:
        """Whether chats can be created, as far as is known: a missing consent is looked for again after a while."""
        return self._clock() >= self._refused_until

    async def close(self) -> None:
        await self._credentials.close()
        if self._http is not None:
            await self._http.aclose()

    # -- a chat

    async def create_chat(self, topic: str, people: Iterable[Someone]) -> str:
        """The conversation id of a new group chat (`Chat.Create`). Raises `Unsure` where it may have been created: the
        chats of somebody are listed with `Chat.ReadBasic.All` alone, which is too much to ask for, so nobody looks."""
        body = {"chatType": "group", "topic": topic_of(topic), "members": [self._member(one) for one in people]}
        chat = id_in(await self._needed(Call("POST", "/chats", body, repeatable=False)))
        if not chat:
            raise self._unsure("a chat was created, but its id cannot be read")
        return chat

    async def find_app(self) -> tuple[str, list[Json]]:
        """The app's id in the tenant's catalog, where ours is its `externalId`, and the resource-specific permissions
        that it asks for (`AppCatalog.Read.All`)."""
        if self._app is None:
            about = quote(f"externalId eq '{self._app_id}'")
            expand = "appDefinitions($select=id,authorization)"
            path = f"/appCatalogs/teamsApps?$filter={about}&$expand={expand}"
            found = objects_in(object_in(await self._needed(Call("GET", path))), "value")
            if not found or not id_in(found[0]):
                raise Failed(NOT_IN_CATALOG)
            self._app = (id_in(found[0]), _permissions(found[0]))
        return self._app

    async def install(self, chat: str) -> None:
        """The app comes into the chat, with what its manifest asks for. Where it is already, nothing happens."""
        app, permissions = await self.find_app()
        body: Json = {"teamsApp@odata.bind": f"{self._url}/v1.0/appCatalogs/teamsApps/{quote(app, safe='')}"}
        if permissions:
            body["consentedPermissionSet"] = {"resourceSpecificPermissions": permissions}
        try:
            await self._needed(Call("POST", f"/chats/{quote(chat, safe='')}/installedApps", body))
        except Failed as failed:
            if failed.status != 409:
                self._app = None
                raise

    async def set_topic(self, chat: str, topic: str) -> None:
        await self._call(Call("PATCH", f"/chats/{quote(chat, safe='')}", {"topic": topic_of(topic)}))

    # -- who is in it (`ChatMember.ReadWrite.All`)

    async def add_member(self, chat: str, who: Someone) -> None:
        """With everything that was said before. Whoever is in the chat already stays as they are."""
        if await self._membership(chat, who.entra):
            return
        body = {**self._member(who), "visibleHistoryStartDateTime": "0001-01-01T00:00:00Z"}
        await self._call(Call("POST", f"/chats/{quote(chat, safe='')}/members", body))

    async def remove_member(self, chat: str, entra: str) -> None:
        membership = await self._membership(chat, entra)
        if not membership:
            return
        try:
            await self._call(Call("DELETE", f"/chats/{quote(chat, safe='')}/members/{quote(membership, safe='')}"))
        except Failed as failed:
            if failed.status != 404:
                raise

    async def _membership(self, chat: str, entra: str) -> str:
        """The opaque id under which somebody is in the chat; empty for whoever is not."""
        path = f"/chats/{quote(chat, safe='')}/members"
        for _ in range(PAGES):
            page = object_in(await self._call(Call("GET", path)))
            for one in objects_in(page, "value"):
                if str(one.get("userId") or "").casefold() == entra.casefold():
                    return id_in(one)
            after = str(page.get("@odata.nextLink") or "")
            if not after.startswith(f"{self._url}/v1.0/"):
                break
            path = after.removeprefix(f"{self._url}/v1.0")
        return ""

    def _member(self, who: Someone) -> Json:
        return {
            "@odata.type": "#microsoft.graph.aadUserConversationMember",
            "roles": ["guest" if who.guest else "owner"],
            "user@odata.bind": f"{self._url}/v1.0/users('{quote(who.entra, safe='')}')",
        }

    # -- one call

    async def _needed(self, call: Call) -> Any:
        """A call without which no chat is created: where it is not consented to, none is promised for a while."""
        try:
            return await self._call(call)
        except NotConsented:
            self._refused_until = self._clock() + REFUSED_FOR.total_seconds()
            log.warning("Microsoft Graph does not let the app create chats: see docs/teams.md for what to consent to")
            raise

    async def _call(self, call: Call) -> Any:
        """The JSON of an answer with 2xx. Raises `NotConsented`, `Failed`, `Retry` or `Unsure`."""
        token = await self._credentials.token(self._session())
        if not call.repeatable:
            still_held()
        if self._http is None:
            self._http = wire.client()
        headers = {"Authorization": f"Bearer {token}"}
        url = f"{self._url}/v1.0{call.path}"
        try:
            answer = await wire.ask(
                self._http, call.method, url, seconds=self._seconds, headers=headers, json=call.body
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise self._again("Microsoft Graph cannot be reached") from None
        except httpx.HTTPError as cut:
            raise self._unknown(call, type(cut).__name__) from None
        return self._judged(call, token, answer)

    def _judged(self, call: Call, token: str, answer: httpx.Response) -> Any:
        status, told = answer.status_code, seconds_in(answer.headers.get("Retry-After", ""))
        if 200 <= status < 300:
            self._failures = self._denied = 0
            return _json(answer)
        if status == 401:
            raise self._not_accepted(token)
        if status == 403:
            self.counts["not consented"] += 1
            raise NotConsented(code_of(_json(answer)))
        if status == 429 or (status == 503 and told is not None):
            self.counts["throttled"] += 1
            raise self._again("Microsoft Graph asked to wait", told)
        if status < 400:
            raise self._again(f"HTTP {status}")
        if status >= 500 or status == 408:
            raise self._unknown(call, f"HTTP {status}")
        raise Failed(code_of(_json(answer)) or f"HTTP {status}", status)

    def _unknown(self, call: Call, why: str) -> Retry | Unsure:
        return self._again(why) if call.repeatable else self._unsure(why)

    def _unsure(self, why: str) -> Unsure:
        self.counts["unsure"] += 1
        return Unsure(f"Microsoft Graph: {why}")

    def _again(self, why: str, told: float | None = None) -> Retry:
        self._failures += 1
        seconds = backoff(self._failures).total_seconds() if told is None else told
        return Retry(timedelta(seconds=min(max(seconds, 1.0), LONGEST_WAIT)), why)

    def _not_accepted(self, token: str) -> Retry:
        """A token may be taken back at any time; where a new one is not accepted either, there is time."""
        self.counts["token not accepted"] += 1
        self._denied += self._credentials.drop(token)
        after = SHORTLY if self._denied < 2 else REFUSED_FOR
        return Retry(after, "Microsoft Graph does not accept the app's token")


def topic_of(topic: str) -> str:
    """A chat's title has no colon and at most 250 characters (Update chat)."""
    return " ".join(topic.replace(":", " ").split())[:LONGEST_TOPIC].strip()


def _permissions(app: Json) -> list[Json]:
    """What the newest of the app's definitions asks for, as it has to be consented to (Add app to chat)."""
    asked: list[Json] = []
    for definition in objects_in(app, "appDefinitions"):
        required = object_in(object_in(definition.get("authorization")).get("requiredPermissionSet"))
        asked = objects_in(required, "resourceSpecificPermissions") or asked
    names = ("permissionValue", "permissionType")
    return [{name: str(one.get(name) or "") for name in names} for one in asked]


def _json(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except (ValueError, RecursionError):
        return None
