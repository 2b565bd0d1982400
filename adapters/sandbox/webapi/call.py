"""One call of a Web API method: its arguments, its token, and the checks that all methods share."""

import json
from dataclasses import dataclass
from typing import Any

from adapters.sandbox.blocks import problems
from adapters.sandbox.core import Simulation, Token
from adapters.sandbox.facts import facts
from adapters.sandbox.world import Channel, Json, Message, Team, User

_PREFIX = {"public": ("channels:",), "private": ("groups:",), "im": ("im:",), "mpim": ("mpim:",)}


class ApiError(Exception):
    """Answered as {"ok": false, "error": code}, with what else the answer carries."""

    def __init__(self, code: str, *messages: str, **more: Any) -> None:
        super().__init__(code)
        self.code = code
        self.more = more
        if messages:
            self.more["response_metadata"] = {"messages": [f"[ERROR] {m}" for m in messages]}


@dataclass
class Call:
    sim: Simulation
    method: str
    args: Json
    base: str
    basic: tuple[str, str] | None = None
    token: Token | None = None

    @property
    def bearer(self) -> Token:
        """The token of the call; methods that need none never ask for it."""
        if self.token is None:
            raise ApiError("not_authed")
        return self.token

    @property
    def team(self) -> Team:
        return self.sim.teams[self.bearer.team]

    @property
    def bot(self) -> str:
        return self.team.bot_user

    def text(self, name: str) -> str:
        value = self.args.get(name)
        return value if isinstance(value, str) else "" if value is None else str(value)

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.args.get(name, default)
        return value.lower() in ("true", "1") if isinstance(value, str) else bool(value)

    def number(self, name: str, default: int) -> int:
        try:
            return int(self.args.get(name) or default)
        except (TypeError, ValueError):
            raise ApiError("invalid_arguments", f"must be a number [json-pointer:/{name}]") from None

    def parsed(self, name: str, error: str) -> Any:
        """A structured argument: as it is in a JSON body, as a JSON string in a form."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise ApiError(error) from None

    def words(self, name: str) -> list[str]:
        value = self.args.get(name) or []
        parts = value if isinstance(value, list) else str(value).split(",")
        return [str(p).strip() for p in parts if str(p).strip()]

    def channel(self, name: str = "channel", *, member: bool = False, live: bool = False) -> Channel:
        """The named conversation if the bot may know of it; what it may not see does not exist."""
        channel = self.team.channels.get(self.text(name))
        if channel is None or (channel.kind != "public" and self.bot not in channel.members):
            raise ApiError("channel_not_found")
        self.need_for(channel)
        if member and self.bot not in channel.members:
            raise ApiError("not_in_channel")
        if live and channel.archived:
            raise ApiError("is_archived")
        return channel

    def message(self, channel: Channel, name: str = "ts", error: str = "message_not_found") -> Message:
        found = channel.messages.get(self.text(name))
        if found is None:
            raise ApiError(error)
        return found

    def user(self, name: str = "user", error: str = "user_not_found") -> User:
        found = self.team.users.get(self.text(name))
        if found is None:
            raise ApiError(error)
        return found

    def need_for(self, channel: Channel) -> None:
        """Of a method's alternative scopes, the one for this kind of conversation is needed."""
        wanted = facts().methods[self.method].scopes
        fitting = tuple(s for s in wanted if s.startswith(_PREFIX[channel.kind]))
        self.need(*(fitting or wanted))

    def need(self, *scopes: str) -> None:
        if scopes and not self.bearer.scopes.intersection(scopes):
            provided = ",".join(sorted(self.bearer.scopes))
            raise ApiError("missing_scope", needed=",".join(scopes), provided=provided)

    def blocks(self) -> list[Json]:
        blocks = self.parsed("blocks", "invalid_blocks_format")
        if blocks is None:
            return []
        if not isinstance(blocks, list):
            raise ApiError("invalid_blocks_format")
        found = problems(blocks, "message")
        if found:
            raise ApiError("invalid_blocks", *found, errors=found)
        return blocks


def page(call: Call, rows: list[Any], key: str, most: int = 1000, default: int = 100) -> Json:
    """One page of a list, with an opaque cursor to the next."""
    limit = min(call.number("limit", default), most)
    start = _start(call.text("cursor"))
    if start > len(rows) or limit < 1:
        raise ApiError("invalid_cursor" if start > len(rows) else "invalid_limit")
    more = start + limit < len(rows)
    cursor = f"dGVhbTpD{start + limit}=" if more else ""
    return {"ok": True, key: rows[start : start + limit], "response_metadata": {"next_cursor": cursor}}


def _start(cursor: str) -> int:
    if not cursor:
        return 0
    digits = cursor.removeprefix("dGVhbTpD").removesuffix("=")
    if not digits.isdigit():
        raise ApiError("invalid_cursor")
    return int(digits)
