"""What one person sees of the simulated Teams, in the shape the page draws."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from adapters.sandbox.teams import cards, sending
from adapters.sandbox.teams.page_cards import drawn
from adapters.sandbox.teams.showing import message_json
from adapters.sandbox.teams.world import Conversation, Json, Message, Person, split

if TYPE_CHECKING:
    from adapters.sandbox.teams.teams import SimulatedTeams

Read = dict[tuple[str, str], int]
"""By person and conversation: the newest message that was on the screen."""
HIDDEN = ("text", "html", "card", "attachments", "entities", "summary", "quoted", "edited", "reactions")
_TONE = {"message": "notice"}
_FILES = ("reference", "application/vnd.microsoft.teams.file.download.info")


def state(sim: "SimulatedTeams", who: str, where: str, read: Read) -> Json:
    person = sim.world.person(who) or next(p for p in sim.world.people.values() if not p.other_bot)
    visible = list(_visible(sim, person))
    base, _ = split(where)
    place = next((c for c in visible if c.id == base), None)
    dialog = sim.dialogs.get(person.id)
    return {
        "rev": sim.revision,
        "now": sim.now().isoformat(),
        "me": person.id,
        "workspace": {"name": "Microsoft Teams (simulated)"},
        "people": [*sim.people(), sim.bot | {"real_name": sim.bot["name"], "is_bot": True, "ours": True}],
        "teams": [_team(sim, person, ident) for ident in sim.world.teams],
        "channels": [_place(sim, person, c, read) for c in visible],
        "messages": messages(sim, person, place) if place else [],
        "dialog": dialog.shown() | {"card": drawn(dialog.card, _members(sim, dialog.place))} if dialog else None,
        "toasts": [one | {"kind": _TONE.get(one["kind"], one["kind"])} for one in sim.toasts.get(person.id, [])],
        "offers": offers(sim.manifest),
        "payloads": list(sim.ledger.ring),
    }


def _visible(sim: "SimulatedTeams", person: Person) -> Iterator[Conversation]:
    """Channels of the person's teams, group chats, and the chat with the bot, which is there once the app is."""
    if person.personal:
        sim.personal(person)
    for place in sim.world.conversations.values():
        if not place.deleted and person.id in sim.world.members(place):
            yield place


def _team(sim: "SimulatedTeams", person: Person, ident: str) -> Json:
    team = sim.world.teams[ident]
    member = person.id in team.members
    return {
        "id": ident, "name": team.name, "installed": team.installed, "consent": team.consent, "member": member,
    }  # fmt: skip


def _place(sim: "SimulatedTeams", person: Person, place: Conversation, read: Read) -> Json:
    seen = read.get((person.id, place.id), 0)
    fresh = [m for m in place.messages.values() if _sees(sim, person, m) and m.author != person.id and int(m.id) > seen]
    fresh = [m for m in fresh if not m.deleted]
    team = sim.world.team(place.id)
    return {
        "id": place.id,
        "name": _name(sim, person, place),
        "kind": place.kind,
        "team": team.id if team else "",
        "members": sim.world.members(place),
        "member": True,
        "installed": sim.world.installed(place),
        "consent": sim.world.consents(place),
        "unread": len(fresh),
        "mentions": sum(place.kind == "personal" or bool(m.only) or _mentions(m, person) for m in fresh),
    }


def _name(sim: "SimulatedTeams", person: Person, place: Conversation) -> str:
    if place.kind == "personal":
        return str(sim.bot["name"])
    others = (sim.world.people[ident].given for ident in place.members if ident != person.id)
    return place.name or ", ".join(others)


def _mentions(said: Message, person: Person) -> bool:
    inner = ((said.card or {}).get("msteams") or {}).get("entities") or []
    return any((entity.get("mentioned") or {}).get("id") == person.id for entity in [*said.entities, *inner])


def _sees(sim: "SimulatedTeams", person: Person, said: Message) -> bool:
    return said.only in ("", person.id) and not sending.expired(sim, said)


def _members(sim: "SimulatedTeams", place: Conversation) -> list[Person]:
    """Whom a field for people offers: the conversation's members, in a chat with the bot everybody."""
    people = (sim.world.people[i] for i in (sim.world.people if place.kind == "personal" else sim.world.members(place)))
    return [one for one in people if not one.other_bot]


def messages(sim: "SimulatedTeams", person: Person, place: Conversation) -> list[Json]:
    people = _members(sim, place)
    return [_message(sim, person, place, m, people) for m in place.in_order() if _sees(sim, person, m)]


def _message(sim: "SimulatedTeams", person: Person, place: Conversation, said: Message, people: list[Person]) -> Json:
    shown = message_json(sim, place, said, person.id)
    if said.deleted:
        return {name: value for name, value in shown.items() if name not in HIDDEN} | {"deleted": True}
    files = [{"name": a["name"]} for a in said.attachments if a.get("contentType") in _FILES]
    return {name: value for name, value in shown.items() if name not in ("html", "attachments")} | {
        "card": drawn(shown["card"], people),
        "files": files,
        "quote": _quote(sim, place, said),
        "refreshes": _refreshes(sim, person, place, said),
    }


def _quote(sim: "SimulatedTeams", place: Conversation, said: Message) -> Json | None:
    found = place.messages.get(said.quoted)
    if found is None:
        return None
    author = sim.world.people.get(found.author)
    text = "This message has been deleted." if found.deleted else found.text or found.summary
    return {"name": author.real_name if author else sim.bot["name"], "text": text, "ts": found.id}


def _refreshes(sim: "SimulatedTeams", person: Person, place: Conversation, said: Message) -> bool:
    """The card asks for this person's own version as soon as it comes into sight."""
    refresh = (said.card or {}).get("refresh")
    if not refresh or person.id in said.shown:
        return False
    users = refresh.get("userIds")
    return person.id in users if users else len(sim.world.members(place)) <= cards.MOST_REFRESHED


def offers(manifest: Json) -> Json:
    """What menus and the compose box offer, from the app's manifest."""
    commands = [c for extension in manifest.get("composeExtensions", []) for c in extension.get("commands", [])]
    lists = [one for bot in manifest.get("bots", []) for one in bot.get("commandLists", [])]
    return {
        "message": [_offer(c) for c in commands if "message" in c.get("context", [])],
        "compose": [_offer(c) for c in commands if "compose" in c.get("context", [])],
        "slash": [
            {"title": c["title"], "description": c.get("description", "")}
            for one in lists if "slash" in one.get("triggers", []) for c in one["commands"]
        ],
        "mention": [
            {"title": c["title"], "description": c.get("description", "")} for one in lists[:1] for c in one["commands"]
        ],
    }  # fmt: skip


def _offer(command: Json) -> Json:
    return {"id": command["id"], "title": command["title"], "description": command.get("description", "")}
