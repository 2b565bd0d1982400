"""The page's own endpoints for the simulated Teams: what a person sees there, and everything that can be done."""

from typing import TYPE_CHECKING, Any

from adapters.sandbox.page_doors import Doing, PageDoors
from adapters.sandbox.people import Denied
from adapters.sandbox.teams.page_cards import pressed
from adapters.sandbox.teams.page_state import Read, state
from adapters.sandbox.teams.seen import Seen
from adapters.sandbox.teams.world import Json, split

if TYPE_CHECKING:
    from adapters.sandbox.teams.teams import SimulatedTeams


class PageApi(PageDoors):
    prefix = "/teams"
    sim: "SimulatedTeams"

    def __init__(self, sim: "SimulatedTeams") -> None:
        super().__init__(sim)
        self.read: Read = {}
        self.doings = _DOINGS | {"seen": self._seen}

    def shown(self, who: str, where: str) -> Json:
        return state(self.sim, who, where, self.read)

    def story_so_far(self) -> Json:
        """A caption speaks of a thread; the page opens its channel, and shows the message with which it began."""
        told = super().story_so_far()
        caption = told["caption"]
        if caption and caption["channel"]:
            channel, root = split(caption["channel"])
            told["caption"] = caption | {"channel": channel, "ts": caption["ts"] or root or None}
        return told

    def answered(self, seen: Any) -> Json:
        """What was refused stands in a note already, which the state shows."""
        if not isinstance(seen, Seen):
            return {"ok": True}
        kept = seen.model_dump(include={"ts", "conversation", "errors", "url", "text"}, exclude_none=True)
        return kept | {"ok": not seen.errors, **({"toasts": True} if not seen.ok else {})}

    async def _seen(self, sim: "SimulatedTeams", who: str, b: Json) -> None:
        person = sim.user(who)
        place, _ = sim.place(person, b["channel"])
        newest = max((int(m.id) for m in place.messages.values()), default=0)
        if newest > self.read.get((person.id, place.id), 0):
            self.read[person.id, place.id] = newest
            sim.changed()


async def _say(sim: "SimulatedTeams", who: str, b: Json) -> Seen:
    """A text with a slash before it is for the bot alone, where that is offered."""
    text, where = str(b["text"]), b["channel"]
    if text.startswith("/") and len(text) > 1 and sim.place(sim.user(who), where)[0].kind != "personal":
        return await sim.slash(who, where, text[1:])
    return await sim.say(who, where, text, reply=str(b.get("quote") or ""))


async def _press(sim: "SimulatedTeams", who: str, b: Json) -> Seen:
    person = sim.user(who)
    _, said = sim.visible(person, b["channel"], b["ts"])
    title, nth = pressed(said.card_for(person.id), str(b["number"]))
    return await sim.press(who, b["channel"], b["ts"], title, _values(b), nth=nth)


async def _submit(sim: "SimulatedTeams", who: str, b: Json) -> Seen:
    dialog = sim.dialogs.get(sim.user(who).id)
    if dialog is None:
        raise Denied("no dialog is open")
    title, _ = pressed(dialog.card, str(b["number"]))
    return await sim.submit_dialog(who, _values(b), title)


def _values(b: Json) -> Json:
    given = b.get("values")
    return {str(name): str(value) for name, value in given.items()} if isinstance(given, dict) else {}


async def _dismiss(sim: "SimulatedTeams", who: str, b: Json) -> None:
    person = sim.user(who)
    sim.toasts[person.id] = [t for t in sim.toasts.get(person.id, []) if t["id"] != b.get("toast")]
    sim.changed()


async def _group_chat(sim: "SimulatedTeams", who: str, b: Json) -> Seen:
    people = [str(one) for one in b["people"]]
    if not people:
        raise Denied("nobody was chosen")
    added = bool(b.get("app"))
    made = await sim.add_group_chat([who, *people], with_bot=added, name=str(b.get("name") or ""))
    if added and made.conversation:
        await sim.settled()
        await sim.welcome(who, made.conversation)
    return made


async def _consent(sim: "SimulatedTeams", who: str, b: Json) -> Seen:
    place, _ = sim.place(sim.user(who), b["channel"])
    return await sim.add_anew(who, place.id, bool(b["on"]))


async def _install(sim: "SimulatedTeams", who: str, b: Json) -> Seen:
    change = sim.install if b["on"] else sim.uninstall
    return await change(who, str(b.get("channel") or ""))


async def _compose(sim: "SimulatedTeams", who: str, b: Json) -> Seen:
    return await sim.compose(who, b["command"], b["channel"])


_DOINGS: dict[str, Doing] = {
    "say": _say,
    "edit": lambda s, w, b: s.edit(w, b["channel"], b["ts"], b["text"]),
    "delete": lambda s, w, b: s.delete(w, b["channel"], b["ts"]),
    "undelete": lambda s, w, b: s.undelete(w, b["channel"], b["ts"]),
    "react": lambda s, w, b: s.react(w, b["channel"], b["ts"], b["name"]),
    "unreact": lambda s, w, b: s.unreact(w, b["channel"], b["ts"], b["name"]),
    "upload": lambda s, w, b: s.upload(w, b["channel"], b["name"], b.get("text", "")),
    "view": lambda s, w, b: s.view(w, b["channel"], b["ts"]),
    "press": _press,
    "message_action": lambda s, w, b: s.message_action(w, b["command"], b["channel"], b["ts"]),
    "compose": _compose,
    "submit": _submit,
    "close": lambda s, w, _: s.close_dialog(w),
    "create_channel": lambda s, w, b: s.create_channel(w, b["name"]),
    "group_chat": _group_chat,
    "consent": _consent,
    "install": _install,
    "dismiss": _dismiss,
}
