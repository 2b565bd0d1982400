"""The simulation's parts put together: the tenant, keys and tokens, limits, the ledger and the way to the bot.

Simulated time stamps what happens; tokens and signatures live in real time, as they do for the bot, and so do rate
limits, unless both are told another `pace`.
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adapters.sandbox.core import real_clock
from adapters.sandbox.faults import Faults
from adapters.sandbox.people import Denied
from adapters.sandbox.teams.deliveries import Deliveries
from adapters.sandbox.teams.keys import Keys
from adapters.sandbox.teams.ledger import Ledger
from adapters.sandbox.teams.login import Tokens
from adapters.sandbox.teams.windows import Windows
from adapters.sandbox.teams.world import Conversation, Json, Message, Person, Tenant, guid, new_conversation, split
from adapters.sandbox.under_way import Watched

SIZE_LIMIT = 28 * 1024


@dataclass(frozen=True)
class Options:
    """`overlaps` answers 412 to calls on one conversation at the same time; `team_reaches` lets the bot write to
    whoever is in a team that has the app; `hears_bots` delivers what other apps post."""

    targeted: bool = True
    overlaps: bool = False
    team_reaches: bool = False
    hears_bots: bool = False


class Simulation(Watched):
    def __init__(
        self,
        now: Callable[[], datetime] = real_clock,
        *,
        faults: Faults | None = None,
        rate_limits: bool = True,
        time_scale: float = 1.0,
        pace: Callable[[], float] = time.monotonic,
        bot_url: str | None = None,
        base_url: str | None = None,
        size_limit: int = SIZE_LIMIT,
        targeted: bool = True,
        overlaps: bool = False,
        team_reaches: bool = False,
        hears_bots: bool = False,
        patience: float = 1.0,
        retries: int = 1,
        app_id: str = "",
        app_password: str = "sandbox-teams-secret-0001",  # noqa: S107 -- the simulator's own, worth nothing elsewhere
        certificate: str | bytes | None = None,
        tenant: str = "",
        bot_name: str = "Debrief",
    ) -> None:
        super().__init__()
        self.now = now
        self.faults = faults or Faults()
        self.base_url = base_url
        self.size_limit = size_limit
        self.options = Options(targeted, overlaps, team_reaches, hears_bots)
        self.app_id = app_id or guid("app")
        self.app_password = app_password
        self.certificate = certificate
        self.tenant = tenant or guid("tenant")
        self.bot: Json = {"id": f"28:{self.app_id}", "name": bot_name}
        self.disabled = False
        self.consents = True
        """Whether the app may read everything in the chats to which it is added."""
        self.world = Tenant(self.tenant, self.app_id)
        self.private: list[tuple[Conversation, Message]] = []
        """Targeted messages of both directions, with where they stand."""
        self.toasts: dict[str, list[Json]] = {}
        self.keys, self.tokens = Keys(), Tokens()
        self.windows = Windows(rate_limits, time_scale, pace)
        self.ledger = Ledger(now)
        self.deliveries = Deliveries(
            self.ledger, self.faults, self._bearer, bot_url, patience=patience, retries=retries
        )

    def _bearer(self) -> str:
        return self.keys.bearer(self.app_id, self.service_url)

    def bearer(self, **claims: Any) -> str:
        """A token as the service makes them, for a test that sends something itself; claims may be replaced."""
        return self.keys.token(self.app_id, self.service_url, **claims)

    @property
    def bot_url(self) -> str | None:
        return self.deliveries.url

    @bot_url.setter
    def bot_url(self, url: str | None) -> None:
        self.deliveries.url = url

    @property
    def base(self) -> str:
        return (self.base_url or "http://127.0.0.1").rstrip("/") + "/teams"

    @property
    def service_url(self) -> str:
        return f"{self.base}/smba/{self.tenant}/"

    @property
    def login_url(self) -> str:
        """The base, to which a client adds `/{tenant}/oauth2/v2.0/token`."""
        return f"{self.base}/login"

    @property
    def token_url(self) -> str:
        return f"{self.login_url}/{self.tenant}/oauth2/v2.0/token"

    @property
    def openid_url(self) -> str:
        return f"{self.base}/openid/.well-known/openidconfiguration"

    @property
    def jwks_url(self) -> str:
        return f"{self.base}/openid/.well-known/keys"

    def rotate_keys(self) -> str:
        """A second key is published and signs from now on. Answers its id."""
        return self.keys.rotate().kid

    def forget_key(self, kid: str | None = None) -> str:
        """The oldest key, or the named one, is published no longer. Answers its id."""
        return self.keys.forget(kid).kid

    def user(self, who: str) -> Person:
        person = self.world.person(who)
        if person is None:
            raise Denied(f"nobody called {who} is here")
        return person

    def place(self, person: Person, where: str) -> tuple[Conversation, str]:
        """A conversation that this person is in, and the thread that was named ("" where none was).

        `where` is an id with or without a thread, the name of a channel or chat, or the bot's own name.
        """
        base, root = split(where)
        found = self.world.conversations.get(base) or self.world.named(where)
        if found is None and where.removeprefix("@").lower() in ("bot", self.bot["name"].lower(), self.bot["id"]):
            if not person.personal:
                raise Denied(f"the app is not installed for {person.name}")
            found = self.personal(person)
        if found is None or found.deleted or person.id not in self.world.members(found):
            raise Denied(f"{person.name} sees no place called {where}")
        return found, root

    def personal(self, person: Person) -> Conversation:
        """The chat between a person and the bot, which exists from the first time it is asked for."""
        return self.world.personal(person.id) or new_conversation(self.world, "personal", "", [person.id])

    def visible(self, person: Person, where: str, ts: str) -> tuple[Conversation, Message]:
        place, _ = self.place(person, where)
        found = place.messages.get(ts)
        if found is None or found.deleted or found.only not in ("", person.id):
            raise Denied(f"there is no message {ts}")
        return place, found

    def toast(self, person: Person, text: str, kind: str = "error") -> None:
        toast = {"id": f"toast-{secrets.token_hex(4)}", "text": text, "kind": kind, "at": self.now().isoformat()}
        self.toasts.setdefault(person.id, []).append(toast)
        self.changed()

    def emit(self, activity: Json) -> None:
        self.changed()
        self.deliveries.emit(activity)

    async def settled(self, seconds: float = 10.0) -> bool:
        """True once every activity is acknowledged or given up."""
        return await self.deliveries.settled(seconds)

    async def aclose(self) -> None:
        await self.deliveries.close()
