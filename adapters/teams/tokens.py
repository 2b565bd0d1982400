"""Who knocks: the checks of the Bot Framework's token against the activity that came with it.

Law: every check holds or the request is refused; the token chooses neither its algorithm nor its key's meaning, and
claims that are not yet proven can only refuse. The list of checks is that of Microsoft Learn, "Authentication with the
Bot Connector API" (requests from the Connector to the bot), and the tenant, which a bot of one organisation adds.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from adapters.keys import Key
from adapters.signed import kid_of, proven, timely, unproven
from adapters.teams.hosts import Hosts
from adapters.wire import Rejected

ISSUER = "https://api.botframework.com"
METADATA = "https://login.botframework.com/v1/.well-known/openidconfiguration"
CHANNEL = "msteams"
MAX_TOKEN = 1 << 14
_BEARER = re.compile(r"(?i:bearer) +([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+) *")

Json = dict[str, Any]
log = logging.getLogger("debrief.teams")


class KeyRing(Protocol):
    @property
    def known(self) -> object:
        """True if there is any key to check with."""

    async def find(self, kid: str, /) -> Key | None: ...


class Checks:
    """`clock` is real time, whatever the program's own clock says: it is what the tokens are dated with."""

    def __init__(
        self, keys: KeyRing, hosts: Hosts, *, app_id: str, tenant: str, clock: Callable[[], float] = time.time,
        issuer: str = ISSUER,
    ) -> None:  # fmt: skip
        if not app_id.strip() or not tenant.strip():
            raise ValueError("tokens cannot be checked without an app id and a tenant")
        self._keys = keys
        self._hosts = hosts
        self._app_id = app_id.strip().lower()
        self._tenant = tenant.strip().lower()
        self._clock = clock
        self._issuer = issuer

    async def verify(self, authorization: str, activity: Json) -> None:
        """What needs no key comes first, so that only a near perfect forgery costs a fetch.

        Raises `Rejected`: 503 while there is no key at all, since the request may be genuine and can be sent again.
        """
        token = bearer(authorization)
        kid = kid_of(token)
        self._check(unproven(token), activity)
        key = await self._keys.find(kid)
        if key is None:
            raise Rejected(401, "key") if self._keys.known else Rejected(503, "no keys yet")
        self._check(proven(token, key.public), activity)
        channel = activity.get("channelId")
        if channel != CHANNEL or channel not in key.endorsements:
            raise Rejected(403, "endorsement")
        self._check_tenant(activity)

    def _check(self, claims: Json, activity: Json) -> None:
        if claims.get("iss") != self._issuer:
            raise Rejected(401, "issuer")
        audience = claims.get("aud")
        if not isinstance(audience, str) or audience.lower() != self._app_id:
            raise Rejected(401, "audience")
        if not timely(claims, self._clock()):
            raise Rejected(401, "time")
        self._check_address(claims, activity.get("serviceUrl"))

    def _check_address(self, claims: Json, given: object) -> None:
        """The claim is spelt `serviceurl` and `serviceUrl` in the wild; where both are there, both must agree."""
        claimed = [value for name, value in claims.items() if name.lower() == "serviceurl"]
        if not isinstance(given, str) or not claimed or any(_bare(value) != _bare(given) for value in claimed):
            raise Rejected(403, "service url")
        if not self._hosts.allowed(given):
            raise Rejected(403, "host")

    def _check_tenant(self, activity: Json) -> None:
        named = list(_tenants(activity))
        if not named or any(not isinstance(one, str) or one.lower() != self._tenant for one in named):
            log.warning("A genuine request for another Microsoft Entra tenant, or for none, was refused.")
            raise Rejected(403, "tenant")


def bearer(authorization: str) -> str:
    """The token in an Authorization header, if it has the shape of one. Raises `Rejected`."""
    found = _BEARER.fullmatch(authorization) if len(authorization) <= MAX_TOKEN else None
    if found is None:
        raise Rejected(401, "no token")
    return found[1]


def _bare(url: object) -> str | None:
    return url.removesuffix("/") if isinstance(url, str) else None


def _tenants(activity: Json) -> Iterator[object]:
    """Every tenant that an activity names, in the two places where Teams puts it."""
    channel, conversation = activity.get("channelData"), activity.get("conversation")
    tenant = channel.get("tenant") if isinstance(channel, dict) else None
    named = (
        tenant.get("id") if isinstance(tenant, dict) else tenant,
        conversation.get("tenantId") if isinstance(conversation, dict) else None,
    )
    return (one for one in named if one is not None)
