"""Who somebody is, as Slack's user objects say it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Any

from adapters.slack.calls import Calls, Failed
from bot.command import Origin
from bot.commands.accounts import ProfileLearned
from bot.effects import LearnProfile
from bot.errors import Retry, Unsure
from bot.ports import Submit

Json = dict[str, Any]
REMEMBERED = 20_000
SECONDS = 0.8
"""Slack may take that long to say who somebody is; the answer to their gesture waits for it."""


class Acquainted:
    """Asks who somebody is before their first gesture is judged: a guest must not pass for a member until then."""

    def __init__(self, calls: Calls, submit: Submit) -> None:
        self._calls = calls
        self._submit = submit
        self._known: OrderedDict[str, None] = OrderedDict()

    async def with_actor_of(self, origin: Origin) -> None:
        """Raises what `submit` raises. Where Slack does not tell, what is known has to do."""
        if not origin.actor or origin.account in self._known:
            return
        asked = self._calls(origin.tenant, "users.info", seconds=SECONDS, user=origin.actor, include_locale=True)
        try:
            answer = await asyncio.wait_for(asked, SECONDS)
        except (Failed, Retry, Unsure, TimeoutError):
            return
        told = profile_of(answer.get("user") or {}, origin.tenant)
        own = Origin(id=f"met:{origin.actor}:{origin.id}", platform="slack", tenant=origin.tenant)
        await self._submit(ProfileLearned(origin=own, account=origin.account, **told))
        self._known[origin.account] = None
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


def profile_learned(user: Json, effect: LearnProfile) -> ProfileLearned:
    origin = Origin(id=effect.key, platform="slack", tenant=effect.tenant)
    return ProfileLearned(
        origin=origin, incident_id=effect.incident, account=effect.account, **profile_of(user, effect.tenant)
    )
