"""Past incidents as people see them: one quiet line on the status card, and privately all that helps.

Law: the card names only what everybody may see, and never a person; who owns what is late is told to one reader.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from bot.model import Incident
from bot.similar import Match, Shown, similar
from bot.state import State
from bot.text import Button, Card, Section
from bot.words import similar as words


def looked_again(state: State, now: datetime) -> State:
    """The state with what is to stand on the card now; what stood there and no longer fits is kept as shown once."""
    if state.past is None:
        return state
    fresh = {one.incident: one for one in shown_of(similar(state.past, now))}
    rest = [one for one in state.shown if one.person or one.incident not in fresh]
    before = [one if one.person else one.model_copy(update={"place": 0}) for one in rest]
    return state.model_copy(update={"shown": (*fresh.values(), *before)})


def shown_of(matches: Sequence[Match], person: str = "") -> tuple[Shown, ...]:
    return tuple(
        Shown(
            key=match.past.incident.key, incident=match.past.incident.id, why=match.why,
            open_items=len(match.past.items), person=person, place=place,
        )
        for place, match in enumerate(matches, 1)
    )  # fmt: skip


def card_sections(state: State, incident: Incident) -> tuple[Section, ...]:
    """The line on the status card."""
    shown = sorted((one for one in state.shown if not one.person and one.place), key=lambda one: one.place)
    if not shown:
        return ()
    button = Button(label=words.SHOW, does="similar", args={"incident": incident.key})
    return (Section(text=words.seen_before(shown), buttons=(button,)),)


def similar_card(
    state: State, incident: Incident, matches: Sequence[Match], without: Sequence[Match], today: date
) -> Card:
    """`without`: what is left out, each with the button that brings it back."""
    sections = tuple(_section(state, incident, match, today) for match in matches)
    gone = tuple(_left_out(incident, match) for match in without)
    return Card(title=words.title(incident), sections=(*sections, *gone))


def _left_out(incident: Incident, match: Match) -> Section:
    button = judge_button(incident.key, match.past.incident.key, useful=True)
    return Section(text=words.left_out(match), quiet=True, buttons=(button,))


def _section(state: State, incident: Incident, match: Match, today: date) -> Section:
    facts = [(words.ALIKE, words.because(match)), (words.FIXED, words.what_fixed_it(state, match))]
    if match.past.items:
        facts.append((words.STILL_OPEN, words.still_open(state, match.past.items, today)))
    buttons = tuple(judge_button(incident.key, match.past.incident.key, useful=useful) for useful in (True, False))
    return Section(text=words.heading(state, match), facts=tuple(facts), buttons=buttons)


def judge_button(incident: str, other: str, *, useful: bool) -> Button:
    label, said = (words.USEFUL, "yes") if useful else (words.NOT_USEFUL, "no")
    return Button(label=label, does="judge_similar", args={"incident": incident, "other": other, "useful": said})
