"""Activities as the service sends them to a bot (Microsoft Learn, "Send and receive messages", "Conversation events").

Law: nothing here changes the tenant; an edit, a deletion and its undoing carry the id of the message itself.
"""

import secrets
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from adapters.sandbox.teams.world import THREAD, Conversation, Json, Message, Person

if TYPE_CHECKING:
    from adapters.sandbox.teams.core import Simulation

_TYPES = {"editMessage": "messageUpdate", "undeleteMessage": "messageUpdate", "softDeleteMessage": "messageDelete"}


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def envelope(sim: "Simulation", kind: str, person: Person, place: Conversation, root: str = "") -> Json:
    """What all activities have in common. `root` names the thread, in a channel."""
    now = sim.now()
    return {
        "type": kind,
        "id": f"f:{uuid.UUID(bytes=secrets.token_bytes(16))}",
        "timestamp": moment(now),
        "localTimestamp": now.astimezone(ZoneInfo(person.tz)).isoformat(timespec="milliseconds"),
        "localTimezone": person.tz,
        "channelId": "msteams",
        "serviceUrl": sim.service_url,
        "from": {"id": person.id, "name": person.real_name, "aadObjectId": person.object_id},
        "recipient": sim.bot,
        "conversation": conversation(sim, place, root),
        "channelData": surroundings(sim, place),
        "locale": person.locale,
    }


def conversation(sim: "Simulation", place: Conversation, root: str = "") -> Json:
    about: Json = {"conversationType": place.kind, "tenantId": sim.tenant, "id": place.id}
    if place.kind == "channel" and root:
        about["id"] = f"{place.id}{THREAD}{root}"
    if place.kind != "personal":
        about["isGroup"] = True
    if place.kind == "groupChat" and place.name:
        about["name"] = place.name
    return about


def surroundings(sim: "Simulation", place: Conversation, **more: object) -> Json:
    team = sim.world.team(place.id)
    if team is None:
        return {"tenant": {"id": sim.tenant}, **more}
    return {
        "teamsChannelId": place.id,
        "teamsTeamId": team.id,
        "channel": {"id": place.id, "type": "standard"},
        "team": {"id": team.id, "name": team.name, "aadGroupId": team.group_id},
        "tenant": {"id": sim.tenant},
        **more,
    }


def message(sim: "Simulation", person: Person, place: Conversation, said: Message, event: str = "") -> Json:
    """A message as it is written, edited, deleted or brought back."""
    activity = envelope(sim, _TYPES.get(event, "message"), person, place, said.thread)
    if place.kind != "channel" and said.quoted:
        activity["replyToId"] = said.quoted
    if place.kind == "channel" and said.root:
        activity["replyToId"] = said.root
    activity |= {"id": said.id, "entities": [*said.entities, client(person)]}
    if event:
        activity["channelData"]["eventType"] = event
    else:
        activity["timestamp"] = moment(said.at)
    if event != "softDeleteMessage":
        html = {"contentType": "text/html", "content": said.html}
        activity |= {"textFormat": "plain", "text": said.text, "attachments": [html, *said.attachments]}
    if said.only:
        activity["recipient"] = activity["recipient"] | {"isTargeted": True}
    return activity


def client(person: Person) -> Json:
    country = person.locale.partition("-")[2] or "US"
    return {
        "type": "clientInfo", "locale": person.locale, "country": country, "platform": "Web", "timezone": person.tz,
    }  # fmt: skip


def reaction(
    sim: "Simulation", person: Person, place: Conversation, said: Message, names: list[str], *, added: bool
) -> Json:
    activity = envelope(sim, "messageReaction", person, place, said.thread)
    activity["replyToId"] = said.id
    activity["reactionsAdded" if added else "reactionsRemoved"] = [{"type": name} for name in names]
    return activity


def installation(sim: "Simulation", person: Person, place: Conversation, action: str) -> Json:
    activity = envelope(sim, "installationUpdate", person, place)
    activity["action"] = action
    if place.kind == "channel":
        activity["channelData"] |= {"settings": {"selectedChannel": {"id": place.id}}, "source": {"name": "message"}}
    return activity


def members(
    sim: "Simulation", person: Person, place: Conversation, who: list[str], *, added: bool, event: str = ""
) -> Json:
    """A conversationUpdate: people, or the bot itself, came or went."""
    activity = envelope(sim, "conversationUpdate", person, place)
    activity["membersAdded" if added else "membersRemoved"] = [_account(sim, ident) for ident in who]
    if event and place.kind == "channel":
        activity["channelData"]["eventType"] = event
    return activity


def _account(sim: "Simulation", ident: str) -> Json:
    person = sim.world.people.get(ident)
    return {"id": ident, "aadObjectId": person.object_id} if person else {"id": ident}


def channel_event(sim: "Simulation", person: Person, place: Conversation, event: str) -> Json:
    """channelCreated, channelRenamed, channelDeleted: these alone name the channel, in the team's thread."""
    team = sim.world.team(place.id)
    activity = envelope(sim, "conversationUpdate", person, place)
    activity["channelData"] |= {"eventType": event, "channel": {"id": place.id, "name": place.name}}
    activity["conversation"]["id"] = team.id if team else place.id
    return activity


def invoke(sim: "Simulation", person: Person, place: Conversation, name: str, value: Json, root: str = "") -> Json:
    activity = envelope(sim, "invoke", person, place, root)
    activity |= {"name": name, "value": value, "entities": [client(person)]}
    if place.kind == "channel":
        activity["conversation"]["name"] = place.name
    return activity
