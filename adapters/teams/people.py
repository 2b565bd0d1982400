"""Who somebody is, as Teams' rosters and what they do tell it.

Law: who somebody is, is known before their first gesture is judged, so that a guest never passes for a member. Where
the roster does not answer at once, what is known has to do.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Any

from adapters.teams.activities import PERSONAL, Activity
from adapters.teams.connector import Connector
from adapters.teams.references import Reference, References
from adapters.teams.refusals import Failed
from bot.command import Origin
from bot.commands.accounts import ProfileLearned
from bot.effects import LearnProfile
from bot.errors import Retry, Unsure
from bot.ports import Submit

Json = dict[str, Any]
REMEMBERED = 20_000
MOST = 2000
"""People of one roster that are met at once."""
SECONDS = 0.8
"""The roster may take that long; the answer to a gesture waits for it."""


class Acquainted:
    def __init__(self, connector: Connector, references: References, submit: Submit) -> None:
        self._connector = connector
        self._references = references
        self._submit = submit
        self._told: OrderedDict[str, tuple[str, str]] = OrderedDict()
        """By account: name and zone as they were told last."""
        self._asked: OrderedDict[str, None] = OrderedDict()

    async def seen(self, activity: Activity, tenant: str) -> None:
        """Whoever did something can be written to, and is called by their name. Raises what `submit` raises."""
        sender = activity.sender
        if not sender.id or sender.id.startswith("28:"):
            return
        facts = {"name": sender.name, "service_url": activity.service_url, "entra": sender.entra, **_where(activity)}
        known = {name: value for name, value in facts.items() if value}
        told = {"tenant": tenant, "id": sender.id, "kind": "person", **known}
        await self._references.met(Reference.model_validate(told))
        await self._name(activity, tenant)

    async def _name(self, activity: Activity, tenant: str) -> None:
        account, told = f"teams:{tenant}:{activity.sender.id}", (activity.sender.name, activity.zone)
        if self._told.get(account) == told or not any(told):
            return
        ident = f"met:{activity.sender.id}:{activity.sender.name}:{activity.zone}"
        await self._submit(
            ProfileLearned(
                origin=_nobody(ident, tenant), account=account, name=activity.sender.name, zone=activity.zone
            )
        )
        _remember(self._told, account, told)

    async def acted(self, activity: Activity, tenant: str) -> None:
        """Asks the roster once who somebody is before their gesture is judged."""
        account = f"teams:{tenant}:{activity.sender.id}"
        if not activity.sender.id or account in self._asked:
            return
        asked = self._connector.member(activity.service_url, activity.conversation.id, activity.sender.id)
        try:
            member = await asyncio.wait_for(asked, SECONDS)
        except (Failed, Retry, Unsure, TimeoutError):
            return
        told = ProfileLearned(
            origin=_nobody(f"roster:{account}:{activity.ident}", tenant), account=account, **profile_of(member)
        )
        await self._submit(told)
        _remember(self._asked, account, None)

    async def roster(self, activity: Activity, tenant: str) -> None:
        """Everybody in a team or chat is met when the app comes there: they can be named and written to."""
        where = activity.room
        try:
            members = await self._connector.members(activity.service_url, where)
        except (Failed, Retry, Unsure):
            return
        for member in members[:MOST]:
            told = reference_of(member, tenant, service_url=activity.service_url, seen_in=where)
            if told is not None:
                await self._references.met(told)
                account = f"teams:{tenant}:{told.id}"
                own = _nobody(f"roster:{account}:{where}", tenant)
                await self._submit(ProfileLearned(origin=own, account=account, **profile_of(member)))


def _where(activity: Activity) -> dict[str, str]:
    """Message extensions are used in chats, too, of which the bot is no member: those tell no place."""
    if activity.name.startswith("composeExtension/"):
        return {}
    return {"chat": activity.conversation.id} if activity.kind == PERSONAL else {"seen_in": activity.room}


def reference_of(member: Json, tenant: str, **more: str) -> Reference | None:
    """Somebody as a roster names them; None for bots and what has no id."""
    ident = str(member.get("id") or "")
    if not ident or ident.startswith("28:"):
        return None
    entra = str(member.get("aadObjectId") or member.get("objectId") or "")
    told = {"name": str(member.get("name") or ""), "entra": entra, **more}
    known = {name: value for name, value in told.items() if value}
    return Reference.model_validate({"tenant": tenant, "id": ident, "kind": "person", **known})


def _remember(memory: OrderedDict[str, Any], account: str, what: Any) -> None:
    memory[account] = what
    while len(memory) > REMEMBERED:
        memory.popitem(last=False)


def _nobody(ident: str, tenant: str) -> Origin:
    return Origin(id=ident, platform="teams", tenant=tenant)


def profile_of(member: Json) -> Json:
    """The fields of a `ProfileLearned`, from a roster's entry (Microsoft Learn, "Get Teams specific context"). A zone
    is told by activities alone. The address is the directory's, which the tenant vouches for."""
    address = str(member.get("email") or member.get("userPrincipalName") or "")
    role = str(member.get("userRole") or member.get("role") or "").casefold()
    foreign = "#ext#" in str(member.get("userPrincipalName") or "").casefold()
    guest = role in ("guest", "anonymous") or foreign
    return {
        "name": str(member.get("name") or ""),
        "email": address if "@" in address and not foreign else "",
        "person_kind": "guest" if guest else "human",
    }


def profile_learned(member: Json, effect: LearnProfile) -> ProfileLearned:
    origin = _nobody(effect.key, effect.tenant)
    return ProfileLearned(origin=origin, incident_id=effect.incident, account=effect.account, **profile_of(member))
