"""What people do with places and accounts: making, joining, leaving, renaming, archiving; installing the app."""

from adapters.sandbox import acts, channel_acts
from adapters.sandbox.installing import install, uninstall
from adapters.sandbox.people import Denied, People
from adapters.sandbox.seen import Seen
from adapters.sandbox.webapi.conversations import name_problem
from adapters.sandbox.world import Team


class Places(People):
    async def create_channel(self, who: str, name: str, *, private: bool = False, team: Team | None = None) -> Seen:
        team, user = self._person(who, team)
        if user.guest:
            raise Denied("guests cannot create channels")
        if problem := name_problem(team, name):
            raise Denied(f"that name cannot be used: {problem}")
        channel = channel_acts.create(self, team, name, "private" if private else "public", user.id)
        return Seen(channel=channel.id)

    async def join(self, who: str, where: str, *, team: Team | None = None) -> Seen:
        team, user = self._person(who, team)
        channel = self.place(user, where, team)
        if channel.archived or user.id in channel.members:
            raise Denied("the channel is archived" if channel.archived else f"{user.name} is already there")
        channel_acts.join(self, team, channel, user.id)
        return Seen(channel=channel.id)

    async def leave(self, who: str, where: str, *, team: Team | None = None) -> Seen:
        team, user, channel = self._writable(who, where, team)
        channel_acts.part(self, team, channel, user.id)
        return Seen(channel=channel.id)

    async def invite(self, who: str, where: str, guest: str, *, team: Team | None = None) -> Seen:
        team, user, channel = self._writable(who, where, team)
        _, invited = self._person(guest, team)
        if invited.id in channel.members:
            raise Denied(f"{invited.name} is already there")
        channel_acts.join(self, team, channel, invited.id, inviter=user.id)
        return Seen(channel=channel.id)

    async def kick(self, who: str, where: str, other: str, *, team: Team | None = None) -> Seen:
        team, _, channel = self._writable(who, where, team)
        _, removed = self._person(other, team)
        if removed.id not in channel.members:
            raise Denied(f"{removed.name} is not there")
        channel_acts.part(self, team, channel, removed.id)
        return Seen(channel=channel.id)

    async def archive(self, who: str, where: str, *, team: Team | None = None) -> Seen:
        team, user, channel = self._writable(who, where, team)
        channel_acts.archive(self, team, channel, user.id, True)
        return Seen(channel=channel.id)

    async def unarchive(self, who: str, where: str, *, team: Team | None = None) -> Seen:
        team, user = self._person(who, team)
        channel = self.place(user, where, team)
        channel_acts.archive(self, team, channel, user.id, False)
        return Seen(channel=channel.id)

    async def rename(self, who: str, where: str, name: str, *, team: Team | None = None) -> Seen:
        team, user, channel = self._writable(who, where, team)
        if problem := name_problem(team, name):
            raise Denied(f"that name cannot be used: {problem}")
        channel_acts.rename(self, team, channel, user.id, name)
        return Seen(channel=channel.id)

    async def set_topic(self, who: str, where: str, topic: str, *, team: Team | None = None) -> Seen:
        team, user, channel = self._writable(who, where, team)
        channel_acts.describe(self, team, channel, user.id, "topic", topic)
        return Seen(channel=channel.id)

    async def convert_to_private(self, who: str, where: str, *, team: Team | None = None) -> Seen:
        team, user, channel = self._writable(who, where, team)
        if channel.kind != "public":
            raise Denied("the channel is private already")
        channel_acts.make_private(self, team, channel, user.id)
        return Seen(channel=channel.id)

    async def deactivate(self, who: str, *, team: Team | None = None) -> Seen:
        """An admin ends somebody's account."""
        team, user = self._person(who, team)
        for channel in team.channels.values():
            if user.id in channel.members and channel.kind in ("public", "private"):
                channel.members.remove(user.id)
        acts.change_user(self, team, user, deleted=True)
        return Seen()

    async def change_zone(self, who: str, zone: str, *, team: Team | None = None) -> Seen:
        team, user = self._person(who, team)
        acts.change_user(self, team, user, tz=zone)
        return Seen()

    async def uninstall(
        self, *, team: Team | None = None, order: tuple[str, ...] = ("app_uninstalled", "tokens_revoked")
    ) -> Seen:
        uninstall(self, team or self.team, order)
        return Seen()

    async def reinstall(self, *, team: Team | None = None) -> str:
        """Installs the app again and answers the new token; over OAuth a bot gets its own instead."""
        return install(self, team or self.team).value
