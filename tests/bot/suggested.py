"""What a language model may have said of an incident, for tests of what is kept of it."""

from __future__ import annotations

from typing import Any

from bot.commands.suggestions import ModelAnswered
from bot.model import Entry, EntryKind, Organisation, Person, Policies
from bot.ports import Record
from bot.state import Decision, State
from bot.suggesting import Answer, Section
from bot.suggestions import Sentence, Suggestion
from tests.bot.drafts import change, message, postmortem, told_incident
from tests.bot.worlds import NOW, PEOPLE, TOM, told, world

LOG = (
    message(1, "Payments fail since the deployment of 14:02"),
    message(2, "Rolled back to build 1187, errors are gone"),
    change(3, EntryKind.IMPACT, "Impact: 12 % of payments failed"),
)


def record(log: tuple[Entry, ...] = LOG, people: tuple[Person, ...] = PEOPLE, **about: Any) -> Record:
    return Record(
        organisation=Organisation(id="org", name="Acme", policies=Policies(zone="Europe/Berlin")),
        incident=told_incident(**about), entries=log, postmortem=postmortem(),
        people={one.id: one for one in people}, now=NOW,
    )  # fmt: skip


def answer(*sentences: tuple[str, str], section: Section = "learning") -> Answer:
    """Each sentence with the ids that it cites, separated by spaces."""
    made = tuple(Sentence(text=text, entries=tuple(ids.split())) for text, ids in sentences)
    return Answer(section=section, sentences=made)


WHAT = answer(("Payments failed after a deployment.", "e1"), ("Rolling back to build 1187 ended it.", "e2"))
IMPACT = answer(("12 % of payments failed.", "e3"), section="impact")


def here(actor: Person = TOM, log: tuple[Entry, ...] = LOG, **fields: Any) -> State:
    about = fields.pop("about", None) or told_incident(status="resolved")
    given = {"postmortem": postmortem(), "log": log, "language_model": "public", **fields}
    return world(actor, about, **given)


def answered(state: State, *answers: Answer, **fields: Any) -> Decision:
    return told(state, ModelAnswered, answers=answers, **fields)


def suggestions(decision: Decision) -> tuple[Suggestion, ...]:
    assert decision.state.postmortem is not None
    return decision.state.postmortem.suggestions


def texts(decision: Decision) -> dict[str, str]:
    return {one.section: one.text for one in suggestions(decision)}
