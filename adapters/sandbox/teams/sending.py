"""What the bot writes: creating conversations, sending, replying, editing and deleting (Bot Connector REST).

Law: a bot changes only what it wrote itself, and writes only where the app is installed; it never reads a history.
"""

import json
from typing import TYPE_CHECKING, Any

from adapters.sandbox.ledger import Ping
from adapters.sandbox.teams import cards
from adapters.sandbox.teams.problem import bad, problem_of
from adapters.sandbox.teams.world import ADAPTIVE, THREAD, Conversation, Json, Message, Person, split, stamp

if TYPE_CHECKING:
    from adapters.sandbox.teams.connector import Call
    from adapters.sandbox.teams.core import Simulation

Answer = tuple[int, Any]
TARGETED_HOURS = 24


def create(sim: "Simulation", call: "Call") -> Answer:
    body = call.body
    channel = (body.get("channelData") or {}).get("channel")
    if body.get("isGroup") or channel:
        return _create_thread(sim, call, str((channel or {}).get("id") or ""))
    tenant = body.get("tenantId") or ((body.get("channelData") or {}).get("tenant") or {}).get("id")
    if tenant != sim.tenant:
        raise bad("The tenantId is missing or not that of the bot.")
    members = body.get("members")
    if not isinstance(members, list) or len(members) != 1 or not isinstance(members[0], dict):
        raise bad("Incorrect conversation creation parameters: a personal chat has one member.")
    person = person_of(sim, members[0].get("id"))
    if person is None:
        raise bad("The member is not known to this bot.")
    _reachable(sim, person)
    place = sim.personal(person)
    _not_blocked(person)
    answer: Json = {"id": place.id}
    if isinstance(body.get("activity"), dict):
        answer["activityId"] = _stored(sim, call, place, body["activity"], "").id
    return 201, answer


def _create_thread(sim: "Simulation", call: "Call", channel: str) -> Answer:
    """A channel's new thread is its first message; a bot cannot make channels or group chats."""
    place = sim.world.conversations.get(channel)
    if place is None or place.deleted or place.kind != "channel":
        raise problem_of("ConversationNotFound") if channel else bad("A group chat cannot be created by a bot.")
    present(sim, place)
    activity = call.body.get("activity")
    if not isinstance(activity, dict):
        raise bad("A new thread needs an activity.")
    said = _stored(sim, call, place, activity, "")
    return 201, {"id": place.full_id(said), "activityId": said.id}


def send(sim: "Simulation", call: "Call") -> Answer:
    """Sends, or replies where an activity is named; a reply within a channel goes into that message's thread."""
    place, root = place_of(sim, call)
    present(sim, place)
    activity, replied = call.body, str(call.path.get("activity") or "")
    if replied and replied.isdigit():
        found = place.messages.get(replied)
        if found is None or found.deleted:
            raise problem_of("ActivityNotFoundInConversation")
        root = root or found.thread
    if root and root not in place.messages:
        raise problem_of("ConversationNotFound")
    if activity.get("type") == "typing":
        return 201, {"id": f"1:{sim.revision}"}
    if place.kind == "personal":
        _not_blocked(sim.world.people[place.members[0]])
    if replied:
        activity = activity | {"replyToId": replied}
    return 201, {"id": _stored(sim, call, place, activity, root if place.kind == "channel" else "").id}


def update(sim: "Simulation", call: "Call") -> Answer:
    place, _ = place_of(sim, call)
    present(sim, place)
    said = _own(sim, call, place)
    activity = call.body
    if call.targeted and activity.get("recipient"):
        raise bad("The recipient is not given when a targeted message is edited.")
    _check(sim, call.operation, activity)
    said.text, said.attachments = str(activity.get("text") or ""), list(activity.get("attachments") or [])
    said.summary, said.entities = str(activity.get("summary") or ""), list(activity.get("entities") or [])
    said.edited = True
    said.shown.clear()
    sim.ledger.updates += 1
    _ping(sim, place, said, notifies=False)
    sim.changed()
    return 200, {"id": said.id}


def delete(sim: "Simulation", call: "Call") -> Answer:
    place, _ = place_of(sim, call)
    present(sim, place)
    _own(sim, call, place).deleted = True
    sim.changed()
    return 200, None


# -- what has to hold


def place_of(sim: "Simulation", call: "Call") -> tuple[Conversation, str]:
    base, root = split(str(call.path["conversation"]))
    place = sim.world.conversations.get(base)
    if place is None or place.deleted:
        raise problem_of("ConversationNotFound")
    return place, root


def present(sim: "Simulation", place: Conversation) -> None:
    if not sim.world.installed(place):
        raise problem_of("MessageWritesBlocked" if place.kind == "personal" else "BotNotInConversationRoster")


def person_of(sim: "Simulation", ident: Any) -> Person | None:
    """By the id that is valid for this bot, or by the Entra object id."""
    known = sim.world.people
    return known.get(str(ident)) or next((p for p in known.values() if p.object_id == ident), None)


def _reachable(sim: "Simulation", person: Person) -> None:
    teams = [team for team in sim.world.teams.values() if team.installed and person.id in team.members]
    if not person.personal and not (sim.options.team_reaches and teams):
        raise problem_of("ForbiddenOperationException")


def _not_blocked(person: Person) -> None:
    if person.blocked:
        raise problem_of(person.blocked)


def _own(sim: "Simulation", call: "Call", place: Conversation) -> Message:
    """The bot's own message of the kind that the call speaks of; a targeted one is gone after a day."""
    said = place.messages.get(str(call.path["activity"]))
    if said is None or said.deleted or bool(said.only) != call.targeted or expired(sim, said):
        raise problem_of("ActivityNotFoundInConversation")
    if said.author != sim.bot["id"]:
        raise problem_of("NotEnoughPermissions")
    return said


def expired(sim: "Simulation", said: Message) -> bool:
    return bool(said.only) and (sim.now() - said.at).total_seconds() > TARGETED_HOURS * 3600


def _check(sim: "Simulation", operation: str, activity: Json) -> None:
    """Size, kind, content and cards; what only a client would stumble over is noted, and taken."""
    if activity.get("type", "message") != "message":
        raise bad("Unknown activity type")
    if size(activity) > sim.size_limit:
        sim.ledger.limit_violations.append(("MessageSizeTooBig", operation))
        raise problem_of("MessageSizeTooBig")
    attachments = activity.get("attachments")
    if said := cards.problem(attachments):
        sim.ledger.violate(operation, said, activity)
        raise bad(said)
    if not activity.get("text") and not attachments:
        raise bad("A message needs a text or an attachment.")
    for attachment in attachments or []:
        judge(sim, operation, attachment)


def judge(sim: "Simulation", name: str, attachment: Json) -> None:
    content: Json = attachment.get("content") or {}
    if attachment["contentType"] != ADAPTIVE:
        if attachment["contentType"] not in cards.OTHER_CARDS and not attachment.get("contentUrl"):
            sim.ledger.violate(name, f"{attachment['contentType']} is not drawn", attachment)
        return
    for oddity in cards.oddities(content):
        sim.ledger.violate(name, oddity, content)
    if hidden := cards.crowded(content):
        sim.ledger.note(f"{name}: {hidden} buttons stand behind more than {cards.MOST_BUTTONS}")


def size(activity: Json) -> int:
    """Bytes of the activity's JSON as UTF-16, without spaces."""
    text = json.dumps(activity, ensure_ascii=False, separators=(",", ":"))
    return len(text.encode("utf-16-le", "surrogatepass"))


# -- storing


def _stored(sim: "Simulation", call: "Call", place: Conversation, activity: Json, root: str) -> Message:
    _check(sim, call.operation, activity)
    only = _target(sim, call, place, activity)
    moment = sim.now()
    said = Message(
        stamp(place, moment, by_app=True), sim.bot["id"], str(activity.get("text") or ""), moment, root,
        attachments=list(activity.get("attachments") or []), entities=list(activity.get("entities") or []),
        summary=str(activity.get("summary") or ""), only=only,
    )  # fmt: skip
    place.messages[said.id] = said
    if only:
        sim.private.append((place, said))
    where = f"{place.id}{THREAD}{root}" if root else place.id
    sim.ledger.store(sim.tenant, place.full_id(said), where, said.id, activity, targeted=bool(only))
    _ping(sim, place, said, notifies=True)
    sim.changed()
    return said


def _target(sim: "Simulation", call: "Call", place: Conversation, activity: Json) -> str:
    """Whom a targeted message is for (Microsoft Learn, "Targeted messages")."""
    if not call.targeted:
        return ""
    if not sim.options.targeted:
        raise bad("Targeted messages are not supported.")
    if place.kind == "personal":
        raise bad("Targeted messages are not available in personal chats.")
    person = person_of(sim, (activity.get("recipient") or {}).get("id"))
    if person is None:
        raise bad("The recipient of a targeted message is missing or unknown.")
    if person.id not in sim.world.members(place):
        raise bad("The recipient is not a member of the conversation.")
    return person.id


def _ping(sim: "Simulation", place: Conversation, said: Message, *, notifies: bool) -> None:
    """Who is mentioned: by the activity's entities, where its text says so, and by those of its card."""
    msteams = (said.card or {}).get("msteams")
    inner = [e for e in (msteams.get("entities") or [] if isinstance(msteams, dict) else []) if isinstance(e, dict)]
    here = [(entity, said.text) for entity in said.entities] + [(entity, cards.words(said.card)) for entity in inner]
    for entity, text in here:
        if entity.get("type") == "mention" and str(entity.get("text")) in text:
            target = str((entity.get("mentioned") or {}).get("id"))
            sim.ledger.mentions.append(Ping(sim.tenant, place.id, said.id, target, notifies and not said.only))
