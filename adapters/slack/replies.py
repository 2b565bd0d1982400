"""The ways in which an answer reaches a person: the response_url, an ephemeral message, a private one.

Law: each answer is given at most once. Another way is tried only where the one before surely showed nothing.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from adapters.slack import blocks
from adapters.slack.calls import Calls, Failed
from adapters.slack.gestures import Address
from adapters.slack.looking import EVENT_TYPE
from bot.counts import Counts
from bot.errors import Retry, Unsure
from bot.text import Card, Reply

Json = dict[str, Any]
URL_SECONDS, URL_USES = 30 * 60, 5
SLACK_HOSTS = (".slack.com", ".slack-gov.com")


class Urls:
    """Counts the uses of each `response_url`: five within half an hour."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._uses: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def met(self, url: str) -> None:
        """The half hour begins when we first hear of it."""
        if url and url not in self._uses:
            self._uses[url] = (self._clock(), 0)
            while len(self._uses) > 5000:
                self._uses.popitem(last=False)

    def use(self, url: str) -> bool:
        """Whether it may be used once more; a use is counted."""
        self.met(url)
        first, used = self._uses.get(url, (0.0, URL_USES))
        if not url or used >= URL_USES or self._clock() - first > URL_SECONDS:
            return False
        self._uses[url] = (first, used + 1)
        return True


class Ways:
    def __init__(self, calls: Calls, counts: Counts, clock: Callable[[], float] = time.monotonic) -> None:
        self._calls = calls
        self._counts = counts
        self.urls = Urls(clock)

    async def private(self, reply: Reply, address: Address) -> None:
        """Through the response_url while it lasts, else as an ephemeral message, else in private."""
        if address.way == "direct":
            await self._post(reply, address)
        elif await self._through_url(reply, address):
            return
        elif reply.public and address.channel:
            await self._post(reply, address)
        elif not (address.channel and await self._whisper(reply, address)):
            await self.direct(reply, address)

    async def _through_url(self, reply: Reply, address: Address) -> bool:
        """True unless the URL was surely not used: then another way may be tried."""
        if not self._ours(address.url) or not self.urls.use(address.url):
            return False
        body: Json = {"response_type": "in_channel" if reply.public else "ephemeral", **_shown(reply.card, address)}
        body["replace_original"] = reply.replaces and address.way in ("click", "view")
        if address.thread and not reply.replaces:
            body["thread_ts"] = address.thread
        try:
            async with self._calls.session.post(address.url, json=body) as response:
                told = await response.text()
        except aiohttp.ClientConnectorError:
            return False
        except (aiohttp.ClientError, OSError, ValueError):
            self._counts.add("slack_answers_unknown")
            return True
        refused = 400 <= response.status < 500 or _says_no(told)
        if refused:
            self._counts.add("slack_response_url_refused")
        return not refused

    def _ours(self, url: str) -> bool:
        """Whether the address is Slack's: answers hold private words."""
        host, here = urlsplit(url), urlsplit(self._calls.base_url)
        if (host.scheme, host.netloc) == (here.scheme, here.netloc):
            return True
        return host.scheme == "https" and f".{host.hostname or ''}".endswith(SLACK_HOSTS)

    async def _whisper(self, reply: Reply, address: Address) -> bool:
        thread = {"thread_ts": address.thread} if address.thread else {}
        return await self._try(
            "chat.postEphemeral", address, channel=address.channel, user=address.user, parse="none", link_names=False,
            **thread, **_shown(reply.card, address),
        )  # fmt: skip

    async def _post(self, reply: Reply, address: Address) -> None:
        thread = {"thread_ts": address.thread} if address.thread else {}
        await self._try(
            "chat.postMessage", address, channel=address.channel, paced_by=address.channel, **blocks.QUIET,
            **thread, **_shown(reply.card, address),
        )  # fmt: skip

    async def direct(self, reply: Reply, address: Address) -> None:
        try:
            opened = await self._calls(address.tenant, "conversations.open", users=address.user)
        except (Failed, Retry, Unsure):
            self._counts.add("slack_answers_lost")
            return
        channel = opened["channel"]["id"]
        await self._post(reply, address.model_copy(update={"channel": channel, "thread": ""}))

    async def publish(self, card: Card, address: Address) -> None:
        view = blocks.home(card, address.tenant)
        await self._try("views.publish", address, user_id=address.user, view=view)

    async def _try(self, method: str, address: Address, **arguments: Any) -> bool:
        """Whether the call was made, as far as anybody knows: what may have been shown is not shown again."""
        try:
            await self._calls(address.tenant, method, **arguments)
        except Failed as failed:
            self._counts.add("slack_answers_refused", failed.code)
            return False
        except Unsure:
            self._counts.add("slack_answers_unknown")
        except Retry:
            self._counts.add("slack_answers_lost")
            return False
        return True


def _says_no(told: str) -> bool:
    """Slack answers "ok", or JSON; a used or old address may be refused with status 200."""
    return '"ok":false' in told[:300].replace(" ", "") or told.strip() in ("used_url", "expired_url")


def _shown(card: Card, address: Address) -> Json:
    return blocks.message(card, address.tenant)


def _key(address: Address) -> Json:
    """Marks an answer with the gesture that it answers."""
    return {"event_type": EVENT_TYPE, "event_payload": {"effect_key": f"answer:{address.ident}"}}
