"""Who somebody is, as Slack's user objects say it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Any

from adapters.slack.calls import Calls, Failed
from bot.command import Command, Origin
from bot.commands.accounts import ProfileLearned
from bot.effects import LearnProfile
from bot.errors import Retry, Unsure
from bot.model import Account
from bot.ports import Submit

Json = dict[str, Any]
REMEMBERED = 20_000
SECONDS = 0.8
"""Slack may take that long to say who people are; the answer to a gesture waits for it."""
NAMED = 5
"""Most of those whom one gesture names that are asked about before it is judged."""
NOT_FOUND = "user_not_found"
NOBODY: Json = {"person_kind": "gone"}
"""Of an account that Slack does not know: there is nobody (any more) to take anything on."""


class Acquainted:
    """Asks who somebody is before the first gesture of theirs, or about them, is judged: until then a guest would pass
    for a member, and somebody who left for one who can take something on."""

    def __init__(self, calls: Calls, submit: Submit) -> None:
        self._calls = calls
        self._submit = submit
        self._known: OrderedDict[str, None] = OrderedDict()

    async def with_those_of(self, command: Command) -> None:
        """Raises what `submit` raises. Where Slack does not tell, what is known has to do."""
        origin = command.origin
        new = self._new(command)
        told = await asyncio.gather(*(self._asked(account, origin) for account in new))
        for account, profile in zip(new, told, strict=True):
            if profile is None:
                continue
            own = Origin(id=f"met:{Account.of(account).user}:{origin.id}", platform="slack", tenant=origin.tenant)
            await self._submit(ProfileLearned(origin=own, account=account, **profile))
            self._remember(account)

    def _new(self, command: Command) -> list[str]:
        """Who acts, and of those who are named the first few, as far as they are not known."""
        actor, here = command.origin.account, f"slack:{command.origin.tenant}:"
        named = [one for one in command.mentions() if one.startswith(here) and one not in self._known and one != actor]
        acting = [actor] if actor and actor not in self._known else []
        return acting + named[:NAMED]

    async def _asked(self, account: str, origin: Origin) -> Json | None:
        user = Account.of(account).user
        asked = self._calls(origin.tenant, "users.info", seconds=SECONDS, user=user, include_locale=True)
        try:
            answer = await asyncio.wait_for(asked, SECONDS)
        except Failed as failed:
            return NOBODY if failed.code == NOT_FOUND and account != origin.account else None
        except (Retry, Unsure, TimeoutError):
            return None
        return profile_of(answer.get("user") or {}, origin.tenant)

    def _remember(self, account: str) -> None:
        self._known[account] = None
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)


def profile_of(user: Json, tenant: str) -> Json:
    """The fields of a `ProfileLearned`. What Slack does not tell stays empty."""
    profile = user.get("profile") or {}
    names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name"))
    return {
        "name": str(next((name for name in names if name), "")),
        "zone": str(user.get("tz") or ""),
        "email": str(profile.get("email") or ""),
        "person_kind": _kind(user, tenant),
    }


def _kind(user: Json, tenant: str) -> str:
    """Guests are restricted members and people of other organisations."""
    if user.get("deleted"):
        return "gone"
    if user.get("is_bot") or user.get("id") == "USLACKBOT":
        return "bot"
    elsewhere = (user.get("team_id") or tenant) != tenant and not user.get("enterprise_user")
    foreign = user.get("is_stranger") or elsewhere
    return "guest" if user.get("is_restricted") or user.get("is_ultra_restricted") or foreign else "human"


def profile_learned(profile: Json, effect: LearnProfile) -> ProfileLearned:
    origin = Origin(id=effect.key, platform="slack", tenant=effect.tenant)
    return ProfileLearned(origin=origin, incident_id=effect.incident, account=effect.account, **profile)
