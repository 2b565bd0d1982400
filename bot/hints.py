"""Hints on wording where people write: beside what was saved, for the writer alone, three at a time.

Law: a hint never stops or changes anything, and one that was dismissed does not come again for the same sentence.
"""

from __future__ import annotations

from bot.item_language import item_hints
from bot.language import Hint, hints
from bot.model import Incident, Postmortem
from bot.state import Decision, State
from bot.text import Button, Card, Section
from bot.words import language as words
from bot.words.incident import said

AT_ONCE = 3


def standing(postmortem: Postmortem, of: str = "") -> tuple[Hint, ...]:
    """The hints on what people wrote, without those dismissed; `of`: on that section or factor alone."""
    written = {name: section.text for name, section in sorted(postmortem.edited.items())}
    written |= {factor.id: factor.text for factor in postmortem.factors}
    found = (hint for name, text in written.items() if of in ("", name) for hint in hints(text))
    return tuple(
        {hint.fingerprint: hint for hint in found if hint.fingerprint not in postmortem.dismissed_hints}.values()
    )


def on_wording(postmortem: Postmortem) -> list[str]:
    """The line of the readiness list."""
    found = standing(postmortem)
    return [words.on_wording(len(found))] if found else []


def with_hints(decision: Decision, of: str) -> Decision:
    """The same decision; its answer goes on with the hints on the section or factor that was just written."""
    sections = hint_sections(decision.state, of)
    if not sections:
        return decision
    card = decision.reply.card
    card = card.model_copy(update={"sections": (*card.sections, Section(text=words.intro(), quiet=True), *sections)})
    return decision.model_copy(update={"reply": decision.reply.model_copy(update={"card": card})})


def hint_sections(state: State, of: str = "") -> tuple[Section, ...]:
    if state.incident is None or state.postmortem is None:
        return ()
    found = standing(state.postmortem, of)
    shown = tuple(_section(state, state.incident, hint, of) for hint in found[:AT_ONCE])
    more = (Section(text=words.and_more(len(found) - AT_ONCE), quiet=True),) if len(found) > AT_ONCE else ()
    return (*shown, *more)


def _section(state: State, incident: Incident, hint: Hint, of: str) -> Section:
    args = {"incident": incident.key, "hint": hint.fingerprint, "of": of}
    text = words.hint(said(state, hint.found), hint.why, said(state, hint.rewording))
    return Section(text=text, buttons=(Button(label=words.DISMISS, does="dismiss_hint", args=args),))


def hints_card(state: State, of: str = "") -> Card:
    return Card(sections=hint_sections(state, of) or (Section(text=words.none_left()),))


def item_section(text: str) -> tuple[Section, ...]:
    """One quiet line at the making of an action item."""
    return tuple(Section(text=words.item_hint(hint.why, hint.rewording), quiet=True) for hint in item_hints(text)[:1])
