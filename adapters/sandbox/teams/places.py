"""What changes around people: channels, chats, memberships, and where the app is installed and may read everything."""

from adapters.sandbox.people import Denied
from adapters.sandbox.teams import activities
from adapters.sandbox.teams.people import People
from adapters.sandbox.teams.seen import Seen
from adapters.sandbox.teams.world import Conversation, Person, Team, new_conversation, new_person


class Places(People):
    @property
    def team(self) -> Team:
        return next(iter(self.world.teams.values()))

    def add_person(self, name: str, real_name: str = "", *, in_team: bool = True, **more: object) -> Person:
        """Somebody who was there from the start: no event."""
        person = new_person(self.world, name, real_name, **more)
        if in_team and self.world.teams:
            self.team.members.append(person.id)
        self.changed()
        return person

    def add_channel(self, name: str) -> str:
        """A channel of the team that existed from the start: no event. Answers its id."""
        place = self.world.named(name) or new_conversation(self.world, "channel", name, [])
        self.world.team_of[place.id] = self.team.id
        self.changed()
        return place.id

    async def create_channel(self, who: str, name: str) -> Seen:
        person = self.user(who)
        if person.guest or self.world.named(name):
            raise Denied("guests cannot create channels" if person.guest else "that name is taken")
        place = new_conversation(self.world, "channel", name, [])
        self.world.team_of[place.id] = self.team.id
        self._tell(activities.channel_event(self, person, place, "channelCreated"), place)
        return Seen(conversation=place.id)

    async def rename_channel(self, who: str, where: str, name: str) -> Seen:
        person, place = self._channel(who, where)
        place.name = name
        self._tell(activities.channel_event(self, person, place, "channelRenamed"), place)
        return Seen(conversation=place.id)

    async def delete_channel(self, who: str, where: str) -> Seen:
        person, place = self._channel(who, where)
        self._tell(activities.channel_event(self, person, place, "channelDeleted"), place)
        place.deleted = True
        return Seen(conversation=place.id)

    async def join_team(self, who: str) -> Seen:
        person, place = self.user(who), self.world.conversations[self.team.id]
        if person.id in self.team.members:
            raise Denied(f"{person.name} is already there")
        self.team.members.append(person.id)
        self._tell(activities.members(self, person, place, [person.id], added=True, event="teamMemberAdded"), place)
        return Seen(conversation=place.id)

    async def leave_team(self, who: str) -> Seen:
        person, place = self.user(who), self.world.conversations[self.team.id]
        self.team.members.remove(person.id)
        self._tell(activities.members(self, person, place, [person.id], added=False, event="teamMemberRemoved"), place)
        return Seen(conversation=place.id)

    async def add_group_chat(self, members: list[str], *, with_bot: bool = True, name: str = "") -> Seen:
        """A group chat of the first person named with the others; with the app in it the bot is told."""
        people = [self.user(who) for who in members]
        place = new_conversation(self.world, "groupChat", name, [person.id for person in people])
        place.installed, place.consent = False, self.consents
        if with_bot:
            await self.install(members[0], place.id)
        self.changed()
        return Seen(conversation=place.id)

    async def join_chat(self, who: str, where: str) -> Seen:
        person, place = self.user(who), self._chat(where)
        if person.id in place.members:
            raise Denied(f"{person.name} is already there")
        place.members.append(person.id)
        self._tell(activities.members(self, person, place, [person.id], added=True), place)
        return Seen(conversation=place.id)

    async def leave_chat(self, who: str, where: str) -> Seen:
        person, place = self.user(who), self._chat(where)
        place.members.remove(person.id)
        self._tell(activities.members(self, person, place, [person.id], added=False), place)
        return Seen(conversation=place.id)

    async def install(self, who: str, where: str = "") -> Seen:
        """Adds the app: to a chat, to the team of a channel, or for the person when no place is named."""
        person = self.user(who)
        place = self.personal(person) if not where else self.place(person, where)[0]
        self._set_installed(person, place, on=True)
        home = self._home(place)
        self.emit(activities.installation(self, person, home, "add"))
        bot = [self.bot["id"]]
        self.emit(activities.members(self, person, home, bot, added=True, event="teamMemberAdded"))
        return Seen(conversation=home.id)

    async def uninstall(self, who: str, where: str = "") -> Seen:
        """Takes the app away; the bot is told last, and can write there no more."""
        person = self.user(who)
        place = self.personal(person) if not where else self.place(person, where)[0]
        home = self._home(place)
        self._set_installed(person, place, on=False)
        self.emit(activities.installation(self, person, home, "remove"))
        if place.kind != "personal":
            bot = [self.bot["id"]]
            self.emit(activities.members(self, person, home, bot, added=False, event="teamMemberRemoved"))
        return Seen(conversation=home.id)

    async def open_personal(self, who: str) -> Seen:
        """First contact in the chat with the bot: the app is installed for this person, as the bot is told once."""
        person = self.user(who)
        known = self.world.personal(person.id)
        if known is not None and person.personal:
            return Seen(conversation=known.id)
        return await self.install(who)

    async def introduce(self) -> None:
        """Tells a bot that was connected late where its app is: the team, chats, and everybody's personal chat."""
        first = next(iter(self.world.people.values()))
        for team in self.world.teams.values():
            if team.installed:
                await self.install(first.name, team.id)
        for place in [c for c in self.world.conversations.values() if c.kind == "groupChat" and c.installed]:
            await self.install(self.world.people[place.members[0]].name, place.id)
        for person in list(self.world.people.values()):
            if person.personal and not person.other_bot:
                await self.install(person.name)

    async def welcome(self, who: str = "", where: str = "") -> None:
        """Whoever added the app says so there; without a place, the first person says so in every team. It is the first
        message that does not mention the bot, so that the bot knows whether it hears everything."""
        first = next(iter(self.world.people.values())).name
        for place in [where] if where else [team.id for team in self.world.teams.values() if team.installed]:
            kind = "team" if self.world.team(place) else "chat"
            await self.say(who or first, place, f"I have added {self.bot['name']} to this {kind}.")

    async def add_anew(self, who: str, where: str, consent: bool) -> Seen:
        """Consent to read everything is given or withheld when the app is added."""
        person = self.user(who)
        home = self._home(self.place(person, where)[0])
        self.consent(where, consent)
        await self.deliveries.carried(activities.installation(self, person, home, "remove"))
        return await self.install(who, where)

    def consent(self, where: str, on: bool) -> None:
        """Whether every message is delivered: in a team (by its name or a channel's) or in a chat."""
        place = self.world.conversations.get(where) or self.world.named(where)
        team = self.world.team(place.id) if place else next(t for t in self.world.teams.values() if t.name == where)
        if team is not None:
            team.consent = on
        elif place is not None:
            place.consent = on
        self.changed()

    def block(self, who: str, code: str = "ConversationBlockedByUser") -> None:
        """The person blocks the bot: writing to them is answered 403 with this code."""
        self.user(who).blocked = code

    def unblock(self, who: str) -> None:
        self.user(who).blocked = ""

    def disable(self, on: bool = True) -> None:
        """An admin of the tenant switches the app off, or on again."""
        self.disabled = on

    def _set_installed(self, person: Person, place: Conversation, *, on: bool) -> None:
        team = self.world.team(place.id)
        if team is not None:
            team.installed = on
        elif place.kind == "personal":
            person.personal = on
        else:
            place.installed = on
        self.changed()

    def _home(self, place: Conversation) -> Conversation:
        team = self.world.team(place.id)
        return self.world.conversations[team.id] if team else place

    def _tell(self, activity: dict[str, object], place: Conversation) -> None:
        self.changed()
        if self.world.installed(place):
            self.emit(activity)

    def _channel(self, who: str, where: str) -> tuple[Person, Conversation]:
        person = self.user(who)
        place, _ = self.place(person, where)
        if place.kind != "channel" or place.id == self.team.id:
            raise Denied("that cannot be changed")
        return person, place

    def _chat(self, where: str) -> Conversation:
        place = self.world.conversations.get(where) or self.world.named(where)
        if place is None or place.kind != "groupChat":
            raise Denied(f"there is no chat {where}")
        return place
