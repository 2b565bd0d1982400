"""Past incidents that are like one, for whoever asks, as far as they may see; and whether that was of use."""

from __future__ import annotations

from datetime import datetime

from bot.change import incident_of
from bot.command import Command, Needs
from bot.errors import NotFound
from bot.grammar import incident_key
from bot.reading import ticked
from bot.rules import decides, verb
from bot.similar import Shown, left_out, similar
from bot.similar_cards import judge_button, shown_of, similar_card
from bot.state import Decision, State
from bot.text import Reply
from bot.words import similar as words
from bot.words.incident import zone
from bot.zones import local_date


@verb(
    "similar",
    "alike",
    usage="similar [INC-42]",
    example="similar",
    help="Shows past incidents like this one, what fixed them, and their action items that are still open.",
)
class Similar(Command, kind="similar"):
    needs = Needs(similar="mine")
    wants_incident = True

    @classmethod
    def read(cls, said: str) -> dict[str, str]:
        key = incident_key(said.split(" ", 1)[0]) if said else None
        return {"incident": key} if key else {}


@decides(Similar, may="invited")
def show_similar(state: State, _command: Similar, now: datetime) -> Decision:
    incident = incident_of(state)
    matches, without = similar(state.past, now), left_out(state.past, now)
    if not (matches or without):
        return Decision(state=state, reply=Reply.of(words.nothing(incident)))
    card = similar_card(state, incident, matches, without, local_date(now, zone(state)))
    said = {one.incident: one.useful for one in state.shown if one.person == state.actor.id}
    fresh = tuple(
        one.model_copy(update={"useful": said.get(one.incident)})
        for one in shown_of((*matches, *without), state.actor.id)
    )
    new = {one.incident for one in fresh}
    rest = tuple(one for one in state.shown if one.person != state.actor.id or one.incident not in new)
    return Decision(state=state.model_copy(update={"shown": (*rest, *fresh)}), reply=Reply(card=card))


class JudgeSimilar(Command, kind="judge_similar"):
    """Whether a past incident that was shown is of use here: said once a person, and changed by saying it again."""

    other: str = ""
    """Key of the past incident."""
    useful: str = ""


@decides(JudgeSimilar, may="invited")
def judge_similar(state: State, command: JudgeSimilar, _now: datetime) -> Decision:
    incident = incident_of(state)
    shown = _shown_to_me(state, command.other)
    judged = shown.model_copy(update={"person": state.actor.id, "useful": ticked(command.useful)})
    rest = tuple(one for one in state.shown if one != shown or not one.person)
    useful = bool(judged.useful)
    other = judge_button(incident.key, shown.key, useful=not useful)
    reply = Reply.of(words.noted(incident, shown.key, useful=useful), other)
    return Decision(state=state.model_copy(update={"shown": (*rest, judged)}), reply=reply)


def _shown_to_me(state: State, key: str) -> Shown:
    """My own, else what stands on the card. Raises `NotFound`, also for what I may not see any more."""
    fitting = [one for one in state.shown if one.key == key.upper() and one.person in ("", state.actor.id)]
    if not fitting:
        raise NotFound(words.not_shown(key))
    return max(fitting, key=lambda one: one.person)
