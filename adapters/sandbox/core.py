"""The simulation's parts put together: workspaces, tokens, triggers, clock and the ways to the bot.

Simulated time stamps what happens; tokens, signatures and rate limits live in real time, as they do for the bot.
"""

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from adapters.sandbox.deliveries import Deliveries
from adapters.sandbox.faults import Faults
from adapters.sandbox.ledger import Ledger, Ping
from adapters.sandbox.limits import Limits
from adapters.sandbox.manifest import Manifest
from adapters.sandbox.mrkdwn import addressed_by_app
from adapters.sandbox.outgoing import Outgoing
from adapters.sandbox.sockets import Sockets
from adapters.sandbox.under_way import Watched
from adapters.sandbox.world import Channel, Json, Message, Team, User, new_channel, new_user

TRIGGER_SECONDS = 3.0
RESPONSE_SECONDS = 1800.0
RESPONSE_USES = 5
TOKEN_SECONDS = 43_200


@dataclass
class Token:
    value: str
    kind: Literal["bot", "app"]
    team: str
    scopes: frozenset[str]
    state: Literal["live", "revoked", "inactive"] = "live"
    expires_at: float | None = None
    refresh: str | None = None


@dataclass
class Trigger:
    team: str
    user: str
    real: float
    simulated: datetime
    used: bool = False
    view: str | None = None


@dataclass
class ResponseUrl:
    team: str
    channel: str
    user: str
    real: float
    simulated: datetime
    message: str | None = None
    left: int = RESPONSE_USES


@dataclass
class Grant:
    """An OAuth code waiting to be exchanged, once and within ten minutes."""

    team: str
    user: str
    redirect_uri: str
    scopes: frozenset[str]
    at: float


def real_clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Credentials:
    signing_secret: str = "sandbox-signing-secret-0001"  # noqa: S105 -- the simulator's own, worth nothing elsewhere
    client_id: str = "1000000000.2000000000"
    client_secret: str = "sandbox-client-secret-0001"  # noqa: S105
    verification_token: str = "sandbox-verification"  # noqa: S105


class Simulation(Watched):
    def __init__(
        self,
        manifest: Json,
        now: Callable[[], datetime] = real_clock,
        *,
        faults: Faults | None = None,
        rate_limits: bool = True,
        restricted_history: bool = False,
        retry_delays: Sequence[float] = (0.05, 60.0, 300.0),
        time_scale: float = 1.0,
        request_url: str | None = None,
        base_url: str | None = None,
        ack_seconds: float = 3.0,
        credentials: Credentials | None = None,
    ) -> None:
        super().__init__()
        self.manifest = Manifest(manifest)
        self.now = now
        self.faults = faults or Faults()
        self.credentials = credentials or Credentials()
        self.base_url = base_url
        self.ledger = Ledger(now)
        self.limits = Limits(rate_limits, time_scale, restricted_history)
        self.app_id = "A0SANDBOX1"
        self.outgoing = Outgoing(request_url, self.credentials.signing_secret, ack_seconds)
        self.sockets = Sockets(self.app_id, ack_seconds, self.faults.random)
        self.deliveries = Deliveries(
            self.manifest,
            self.ledger,
            self.faults,
            self.outgoing,
            self.sockets,
            [delay * time_scale for delay in retry_delays],
            self.credentials.verification_token,
        )
        self.teams: dict[str, Team] = {}
        self.tokens: dict[str, Token] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.grants: dict[str, Grant] = {}
        self.app_token = self._mint("app", "", frozenset({"connections:write"})).value

    @property
    def team(self) -> Team:
        return next(iter(self.teams.values()))

    def add_team(self, name: str = "Harbour", *, installed: bool = True) -> Team:
        """A workspace with its general channel and the app's bot user. Ids start from the same numbers in each."""
        number = len(self.teams) + 1
        team = Team(f"T000000{number:02d}", name, f"{name.lower().replace(' ', '-')}", app_id=self.app_id)
        self.teams[team.id] = team
        bot = new_user(team, self.manifest.bot_name, self.manifest.name, is_bot=True, email="")
        team.bot_user, team.bot_id, team.installed = bot.id, "B0" + bot.id[2:], installed
        new_user(team, "slackbot", "Slackbot", is_bot=True, email="").admin = False
        general = new_channel(team, "general", "public", bot.id, self.seconds())
        general.members.clear()
        if installed:
            self.issue(team)
        return team

    def add_person(self, team: Team, name: str, real_name: str = "", **more: object) -> User:
        user = new_user(team, name, real_name, **more)
        general = team.named("general")
        if general is not None and not user.guest and not user.is_bot:
            general.members.append(user.id)
        self.changed()
        return user

    def seconds(self) -> int:
        return int(self.now().timestamp())

    def emit(self, team: Team, event: Json, channel: Channel | None = None) -> str | None:
        self.changed()
        return self.deliveries.emit(team, self.scopes(team), event, channel)

    def scopes(self, team: Team) -> frozenset[str]:
        live = [t.scopes for t in self.tokens.values() if t.team == team.id and t.kind == "bot" and t.state == "live"]
        return live[-1] if live else frozenset()

    def bot_token(self, team: Team | None = None) -> str:
        """The newest live token of the app in a workspace."""
        wanted = (team or self.team).id
        live = [t.value for t in self.tokens.values() if t.team == wanted and t.kind == "bot" and t.state == "live"]
        return live[-1]

    def issue(self, team: Team, scopes: frozenset[str] | None = None) -> Token:
        """A new bot token; with token rotation it lives 12 h and comes with a refresh token."""
        token = self._mint("bot", team.id, self.manifest.scopes if scopes is None else scopes)
        if self.manifest.token_rotation:
            token.expires_at = time.time() + TOKEN_SECONDS
            token.refresh = "xoxe-1-" + secrets.token_hex(16)
        return token

    def expire_tokens(self, team: Team) -> None:
        for token in self.tokens.values():
            if token.team == team.id and token.expires_at is not None:
                token.expires_at = time.time() - 1

    def _mint(self, kind: Literal["bot", "app"], team: str, scopes: frozenset[str]) -> Token:
        prefix = {"bot": "xoxe.xoxb-" if self.manifest.token_rotation else "xoxb-", "app": "xapp-1-"}[kind]
        token = Token(prefix + secrets.token_hex(12), kind, team, scopes)
        self.tokens[token.value] = token
        return token

    def trigger(self, team: Team, user: User, view: str | None = None) -> str:
        ident = f"{secrets.randbelow(10**13)}.{secrets.randbelow(10**13)}.{secrets.token_hex(16)}"
        self.triggers[ident] = Trigger(team.id, user.id, time.monotonic(), self.now(), view=view)
        return ident

    def elapsed(self, real: float, simulated: datetime) -> float:
        """Seconds since a moment by whichever clock moved on further."""
        return max(time.monotonic() - real, (self.now() - simulated).total_seconds())

    def response_url(self, team: Team, channel: Channel, user: User, message: str | None = None) -> str:
        ident = secrets.token_urlsafe(18)
        self.response_urls[ident] = ResponseUrl(team.id, channel.id, user.id, time.monotonic(), self.now(), message)
        return f"{(self.base_url or 'http://127.0.0.1').rstrip('/')}/slack/actions/{team.id}/{ident}"

    def note_mentions(self, team: Team, channel: Channel, message: Message, args: Json, *, notifies: bool) -> None:
        for target in addressed_by_app(args):
            self.ledger.mentions.append(Ping(team.id, channel.id, message.ts, target, notifies))

    def toast(self, team: Team, user: str, text: str, kind: str = "error", code: str = "") -> Json:
        toasts = team.toasts.setdefault(user, [])
        toast = {
            "id": f"toast-{secrets.token_hex(4)}",
            "text": text,
            "kind": kind,
            "at": self.now().isoformat(),
            "code": code,
        }
        toasts.append(toast)
        self.changed()
        return toast

    async def aclose(self) -> None:
        await self.sockets.close()
        await self.deliveries.close()
        await self.outgoing.close()
