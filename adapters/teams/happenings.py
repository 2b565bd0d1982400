"""What Teams tells of places and people: the app was added or removed, people came into a chat or left it.

Law: telling it twice is telling it once. Whoever adds the app to a team is the first admin; adding it for oneself is
something that a tenant may let everybody do.
"""

from __future__ import annotations

from adapters.teams.activities import CHANNEL, GROUP, PERSONAL, Activity
from adapters.teams.references import Reference, References
from bot.command import Origin
from bot.commands.accounts import Installed, MemberJoined, MemberLeft, ProfileLearned
from bot.commands.channel import CaptureComplete
from bot.ports import Submit

KINDS = {GROUP: "group", CHANNEL: "channel", PERSONAL: "person"}


class Happenings:
    def __init__(self, references: References, submit: Submit) -> None:
        self._references = references
        self._submit = submit

    async def take(self, activity: Activity, tenant: str) -> None:
        """`conversationUpdate` and `installationUpdate`."""
        await self.place(activity, tenant)
        if activity.type == "installationUpdate":
            if activity.action.startswith("add") and activity.kind == CHANNEL:
                await self._installed(activity, tenant)
            return
        await self._people(activity, tenant)
        if activity.kind == GROUP:
            await self._members(activity, tenant)

    async def _people(self, activity: Activity, tenant: str) -> None:
        """Whoever comes in can be written to from now on, and is asked about."""
        for one in activity.added:
            if one.id and one.id != activity.recipient.id and not one.id.startswith("28:"):
                told = {"name": one.name, "entra": one.entra, "seen_in": activity.room}
                await self._met(activity, tenant, one.id, "person", **told)
                account, own = f"teams:{tenant}:{one.id}", _nobody(f"came:{one.id}", tenant)
                await self._submit(ProfileLearned(origin=own, account=account, name=one.name))

    async def place(self, activity: Activity, tenant: str) -> None:
        """Where it was told from can be written to; where we were taken out of, it cannot."""
        ours = activity.recipient.id
        gone = activity.action.startswith("remove") or any(one.id == ours for one in activity.removed)
        here = activity.action.startswith("add") or any(one.id == ours for one in activity.added)
        installed = "no" if gone else "yes" if here else ""
        heard = "no" if gone else ""
        if activity.kind == PERSONAL:
            if activity.sender.id and activity.sender.id != ours:
                await self._met(
                    activity, tenant, activity.sender.id, "person", chat=activity.conversation.id, installed=installed,
                    name=activity.sender.name, entra=activity.sender.entra,
                )  # fmt: skip
            return
        team = activity.told.team
        if team.id:
            await self._met(activity, tenant, team.id, "team", name=team.name, installed=installed, heard=heard)
        await self._room(activity, tenant, installed, heard)

    async def _room(self, activity: Activity, tenant: str, installed: str, heard: str) -> None:
        told = activity.told
        if activity.kind == CHANNEL:
            if told.channel.id and told.channel.id != told.team.id:
                more = {"name": told.channel.name, "closed": "yes" if activity.closed else ""}
                await self._met(activity, tenant, told.channel.id, "channel", team=told.team.id, **more)
        elif activity.room:
            name = activity.conversation.name
            await self._met(activity, tenant, activity.room, "group", name=name, installed=installed, heard=heard)

    async def _met(self, activity: Activity, tenant: str, ident: str, kind: str, **told: str) -> None:
        known = {name: value for name, value in {**told, "service_url": activity.service_url}.items() if value}
        await self._references.met(Reference.model_validate({"tenant": tenant, "id": ident, "kind": kind, **known}))

    async def _installed(self, activity: Activity, tenant: str) -> None:
        if not activity.sender.id or activity.sender.id == activity.recipient.id:
            return
        account = f"teams:{tenant}:{activity.sender.id}"
        await self._submit(Installed(origin=_nobody(f"installed:{activity.ident}", tenant), account=account))

    async def _members(self, activity: Activity, tenant: str) -> None:
        for kind, people in ((MemberJoined, activity.added), (MemberLeft, activity.removed)):
            for one in people:
                if one.id and one.id != activity.recipient.id:
                    origin = _nobody(f"{activity.ident}:{one.id}", tenant, activity.conversation.id)
                    await self._submit(kind(origin=origin, account=f"teams:{tenant}:{one.id}"))

    def is_added(self, activity: Activity) -> bool:
        """The app came into a team or a group chat, whose people can be met now."""
        added = any(one.id == activity.recipient.id for one in activity.added)
        return activity.type == "conversationUpdate" and activity.kind != PERSONAL and added

    def is_first_meeting(self, activity: Activity) -> bool:
        """The app was installed for one person."""
        return (
            activity.type == "installationUpdate"
            and activity.kind == PERSONAL
            and activity.action.startswith("add")
            and bool(activity.sender.id)
        )

    async def heard(self, activity: Activity, tenant: str) -> None:
        """A message that does not mention us arrived: everything said there does. An incident's card says so."""
        if activity.kind == PERSONAL:
            return
        if team := activity.told.team.id:
            await self._met(activity, tenant, team, "team", heard="yes")
        known = await self._references.find(tenant, activity.conversation.id)
        if known is not None and known.kind in ("thread", "group") and known.heard != "yes":
            await self._met(activity, tenant, known.id, known.kind, heard="yes")
            origin = _nobody(f"heard:{activity.ident}", tenant, activity.conversation.id)
            await self._submit(CaptureComplete(origin=origin))


def _nobody(ident: str, tenant: str, channel: str = "") -> Origin:
    return Origin(id=ident, platform="teams", tenant=tenant, channel=channel)
