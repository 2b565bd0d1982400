"""Contributing factors as people say them: a new one, the same in other words, one that was none.

Law: a factor in other words stays the same factor, so what is tied to it stays tied. An action item against a factor
that was taken out stays a commitment, against none.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.change import entry
from bot.command import Command
from bot.commands.postmortem_writing import FORM_MOST, WRITTEN, saved, writable
from bot.draft import names_of
from bot.errors import Refused
from bot.hints import with_hints
from bot.ids import stable_id
from bot.model import FACTOR_KINDS, Entry, EntryKind, Factor, Incident, Postmortem
from bot.rules import decides
from bot.state import Decision, State
from bot.text import Form, Reply, Typed, with_names
from bot.words import factors as words

Factors = tuple[Factor, ...]


class SayFactor(Command, kind="postmortem_factor"):
    """With `replaces` that one says it in other words; those in `gone` are taken out. Without any of it: the form."""

    needs = WRITTEN
    wants_incident = True
    asks = True

    factor: str = ""
    """One of FACTOR_KINDS. A missing one is asked for, never guessed."""
    text: Typed = ""
    replaces: str = ""
    """Id of a factor."""
    gone: str = ""
    """Ids of factors, with commas."""
    saving: str = ""
    """Set by the form: it is not asked for a second time."""


def kind_and_text(said: str) -> dict[str, str]:
    """`configuration: the pool …`; words before a colon that are no kind belong to the text."""
    kind, colon, rest = said.partition(":")
    if colon and kind.strip().casefold() in FACTOR_KINDS:
        return {"factor": kind.strip().casefold(), "text": rest.strip()}
    return {"text": said.strip()}


@decides(SayFactor)
def say_factor(state: State, command: SayFactor, now: datetime) -> Decision:
    incident, postmortem = writable(state)
    text, kind = command.text.strip()[:FORM_MOST], command.factor.strip().casefold()
    ids = frozenset(command.gone.split(","))
    gone = tuple(one for one in postmortem.factors if one.id in ids)
    if not (text and kind) and (text or not gone):
        if command.saving:
            raise Refused(words.incomplete(text), "factor" if text else "text")
        return Decision(state=state, reply=Reply(form=_form(state, command, incident, postmortem, text)))
    said = _said(state, command, postmortem, kind, text) if text else None
    return _kept(state, command, now, said, gone)


def _form(state: State, command: SayFactor, incident: Incident, postmortem: Postmortem, text: str) -> Form:
    """The factor that is to be said in other words stands there as it is."""
    names = names_of(state.people)
    old = next((one for one in postmortem.factors if one.id == command.replaces), None)
    standing = tuple((one.id, with_names(one.text, names)) for one in postmortem.factors)
    text = with_names(text or (old.text if old else ""), names)
    kind = command.factor or (old.kind if old else "")
    return words.factor_form(incident.key, kind, text, standing, old.id if old else "")


def _said(state: State, command: SayFactor, postmortem: Postmortem, kind: str, text: str) -> Factor:
    if kind not in FACTOR_KINDS:
        raise Refused(words.no_such_kind(command.factor), "factor")
    if any((known.kind, known.text) == (kind, text) for known in postmortem.factors):
        raise Refused(words.factor_there(), "text")
    if command.replaces:
        for old in postmortem.factors:
            if old.id == command.replaces:
                return old.model_copy(update={"kind": kind, "text": text})
        raise Refused(words.factor_not_there(), "replaces")
    made_id = stable_id("factor", postmortem.id, command.origin.platform, command.origin.tenant, command.origin.id)
    return Factor(id=made_id, kind=kind, text=text, by=state.actor.id)


def _kept(state: State, command: SayFactor, now: datetime, said: Factor | None, gone: Factors) -> Decision:
    _, postmortem = writable(state)
    out = {one.id for one in gone} - ({said.id} if said else set())
    loose = tuple(item.key for item in state.items if item.factor in out)
    items = tuple(one.model_copy(update={"factor": ""}) if one.factor in out else one for one in state.items)
    factors = tuple(one for one in _with(postmortem.factors, said) if one.id not in out)
    decision = saved(
        state.model_copy(update={"items": items}),
        command,
        now,
        postmortem.model_copy(update={"factors": factors}),
        _lines(state, command, now, said, [one for one in gone if one.id in out]),
        what=words.THE_FACTOR,
        reply=words.factors_changed(said.kind if said else "", bool(command.replaces), len(factors), len(out), loose),
    )
    return with_hints(decision, of=said.id) if said else decision


def _with(factors: Factors, said: Factor | None) -> Factors:
    if said is None:
        return factors
    if any(one.id == said.id for one in factors):
        return tuple(said if one.id == said.id else one for one in factors)
    return (*factors, said)


def _lines(
    state: State, command: SayFactor, now: datetime, said: Factor | None, gone: Sequence[Factor]
) -> tuple[Entry, ...]:
    told = [("", words.factor_line(said.kind, said.text))] if said else []
    told += [(one.id, words.factor_gone_line(one.text)) for one in gone]
    return tuple(entry(state, command, now, EntryKind.POSTMORTEM, text, noted=False, part=part) for part, text in told)
