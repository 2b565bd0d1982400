"""What a language model is given, and what of its answer is kept. Why so little: decision 21.

Law: it is given entries of one incident, without persons, links and addresses, and never more than fits. Of its
answer a sentence stays that rests on what it was given, has no number and no key that is not there, and blames nobody.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.draft_names import roles_of
from bot.effects import DRAFT, Effect
from bot.key_entries import in_order, story
from bot.language import hints
from bot.model import Entry, EntryKind, Incident, Person, Postmortem
from bot.ports import Record
from bot.record import house_zone
from bot.state import State
from bot.suggestions import Sentence
from bot.text import Value, with_names
from bot.words import suggestions as words
from bot.words.draft import RESPONDER
from bot.zones import echo

NAME = "language_model"
Section = Literal["learning", "impact"]
SECTIONS: tuple[Section, ...] = ("learning", "impact")
GIVEN = frozenset(
    {
        EntryKind.MESSAGE, EntryKind.NOTE, EntryKind.ALERT, EntryKind.DECLARED, EntryKind.UPDATE, EntryKind.STATUS,
        EntryKind.SEVERITY, EntryKind.TIME, EntryKind.IMPACT,
    }
)  # fmt: skip
"""Not who came and went or held a role, not the action items, and nothing about the postmortem itself."""
MOST_ENTRIES, MOST_LETTERS, LONGEST = 300, 24_000, 500
"""Of what is given: entries, letters of all of them, letters of one."""
MOST_SENTENCES, LONGEST_SENTENCE = 4, 300
"""Of what is kept, for each section."""
PERSONS = ("human", "guest", "gone")
_LINK = re.compile(r"[a-z][a-z0-9+.-]*://\S+|\bwww\.\S+|\b(?:mailto|javascript|data|tel):\S+", re.IGNORECASE)
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_AT = re.compile(r"@[\w.\-]+")
_FACT = re.compile(r"(?:INC|ACT)-\w+|[\w-]+(?:\.[\w-]+)+|\d+", re.IGNORECASE)
"""Keys, names with dots in them, and numbers."""


class AskModel(Effect, kind="ask_model"):
    """Asks a language model for texts for a postmortem. Receipt: `ModelAnswered`."""

    beside: ClassVar[bool] = True

    about: str
    """Key of the incident."""
    asked_by: str = ""
    """Id of whoever asked; empty: it was asked because the postmortem opened."""
    priority: int = DRAFT

    @property
    def lane(self) -> str:
        """One for all incidents: however slow the model is, one worker waits for it and no more."""
        return NAME


def may_ask(state: State, incident: Incident) -> bool:
    return state.language_model == "any" or (state.language_model == "public" and not incident.private)


def asking(state: State, postmortem: Postmortem, part: str, by: str = "") -> tuple[AskModel, ...]:
    """Nothing where no model may be asked about the incident."""
    incident = state.incident
    if incident is None or not may_ask(state, incident):
        return ()
    told = {"platform": NAME, "tenant": incident.organisation, "incident": incident.id, "about": incident.key}
    key = f"ask_model:{postmortem.id}"
    return (AskModel.model_validate({**told, "key": f"{key}:{part}", "supersedes": key, "asked_by": by}),)


# -- what it is given


class Question(Value):
    instructions: str
    document: str
    given: dict[str, str]
    """Ids of entries, by the short ones that stand in the document."""


def question(record: Record) -> Question | None:
    """None: there is nothing that could be given."""
    neutral, zone = _Neutral(record.incident, record.people), house_zone(record)
    rows: list[dict[str, str]] = []
    given: dict[str, str] = {}
    for entry in _chosen(record.entries):
        short = f"e{len(rows) + 1}"
        given[short] = entry.id
        told = {"kind": entry.kind.value, "by": neutral.role(entry), "text": neutral.text(entry.text)}
        rows.append({"id": short, "at": echo(entry.occurred, zone), **told})
    if not rows:
        return None
    instructions = words.INSTRUCTIONS.format(sentences=MOST_SENTENCES)
    document = json.dumps({"entries": rows}, ensure_ascii=False)
    return Question(instructions=instructions, document=document, given=given)


def _chosen(log: Iterable[Entry]) -> tuple[Entry, ...]:
    """In their order: the timeline, and of everything else what was said first, until there is no more room."""
    ordered = in_order(log)
    timeline = {entry.id for entry in story(ordered)[0]}
    usable = [entry for entry in ordered if may_be_given(entry)]
    room, kept = MOST_LETTERS, set[str]()
    for entry in sorted(usable, key=lambda one: one.id not in timeline):
        room -= min(len(entry.text), LONGEST)
        if room < 0 or len(kept) == MOST_ENTRIES:
            break
        kept.add(entry.id)
    return tuple(entry for entry in usable if entry.id in kept)


def may_be_given(entry: Entry) -> bool:
    return entry.kind in GIVEN and not (entry.deleted or entry.retracted) and bool(entry.text.strip())


class _Neutral:
    """Roles in place of people, and neither links nor addresses. Too many names go rather than too few."""

    def __init__(self, incident: Incident, people: Mapping[str, Person]) -> None:
        self.roles = roles_of(incident, people)
        self.called: dict[str, str] = {}
        for name, person in _names(people.values()):
            role = self.roles.get(person, RESPONDER)
            folded = name.casefold()
            self.called[folded] = role if self.called.get(folded, role) == role else RESPONDER
        known = sorted(self.called, key=lambda name: (-len(name), name))
        self.names = re.compile("|".join(map(_whole, known)) or r"(?!)", re.IGNORECASE)

    def text(self, text: str) -> str:
        text = with_names(_beginning(text), self._mentioned).replace("@\n", "")
        text = _AT.sub(RESPONDER, _ADDRESS.sub(words.ADDRESS, _LINK.sub(words.LINK, text)))
        return self.names.sub(lambda found: self.called.get(found[0].casefold(), RESPONDER), text)[:LONGEST]

    def _mentioned(self, account: str) -> str:
        """Behind an `@` that nobody typed, which goes then."""
        return f"\n{self.roles.get(account, RESPONDER)}"

    def role(self, entry: Entry) -> str:
        return self.roles.get(entry.author, RESPONDER) if entry.author else words.PROGRAM


def _beginning(text: str) -> str:
    """In one line, and longer than what is given of it: nothing in it is cut in two."""
    words_of = text[: 4 * LONGEST].split()
    return " ".join(words_of if len(text) <= 4 * LONGEST else words_of[:-1])


def _names(people: Iterable[Person]) -> Iterator[tuple[str, str]]:
    """Whole ones, and their parts where those are written like names, with the person's id."""
    for person in people:
        if person.kind in PERSONS:
            parts = (part for part in re.split(r"[\s.]+", person.name) if len(part) > 2 and not part.islower())
            yield from ((name, person.id) for name in (person.name, *parts) if name.strip())


def _whole(name: str) -> str:
    """Scripts without capitals part no words either."""
    literal = re.escape(name)
    return literal if name.upper() == name.lower() else rf"(?<!\w){literal}(?!\w)"


# -- what it answers


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class ToldSentence(_Told):
    text: Annotated[str, Field(max_length=2_000)]
    entries: Annotated[list[Annotated[str, Field(max_length=20)]], Field(max_length=50)]


class ToldSection(_Told):
    name: Section
    sentences: Annotated[list[ToldSentence], Field(max_length=50)]


class ToldSections(_Told):
    sections: Annotated[list[ToldSection], Field(max_length=20)]


class Answer(Value):
    """Sentences for one section, as the model gave them."""

    section: Section
    sentences: tuple[Sentence, ...]


def schema() -> dict[str, Any]:
    """The form of an answer, for models that keep to one. Limits are not a part of it: not every model knows them."""
    sentence = _object(text={"type": "string"}, entries={"type": "array", "items": {"type": "string"}})
    section = _object(name={"type": "string", "enum": list(SECTIONS)}, sentences={"type": "array", "items": sentence})
    return _object(sections={"type": "array", "items": section})


def _object(**fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def read_answer(content: str, given: Mapping[str, str]) -> tuple[Answer, ...]:
    """An id that was not given becomes an empty one. Raises `ValueError` where it is not what was asked for."""
    fenced = re.fullmatch(r"\s*```(?:json)?\s*\n(.*?)\n?```\s*", content, re.DOTALL)
    try:
        told = ToldSections.model_validate_json(fenced[1] if fenced else content)
    except (ValidationError, RecursionError):
        raise ValueError("not the form that was asked for") from None
    return tuple(
        Answer(section=one.name, sentences=tuple(_sentence(each, given) for each in one.sentences))
        for one in told.sections
    )


def _sentence(told: ToldSentence, given: Mapping[str, str]) -> Sentence:
    return Sentence(text=told.text, entries=tuple(dict.fromkeys(given.get(short, "") for short in told.entries)))


# -- what of it is kept


def kept(answers: Iterable[Answer], log: Iterable[Entry], zone: str) -> dict[Section, tuple[Sentence, ...]]:
    """By section, in their order: only what rests on the log as it is now."""
    known = {entry.id: entry for entry in log if may_be_given(entry)}
    found: dict[Section, dict[str, Sentence]] = {section: {} for section in SECTIONS}
    for answer in answers:
        for told in answer.sentences:
            sentence = told.model_copy(update={"text": " ".join(told.text.split())})
            if _is_plain(sentence.text) and _rests_on(sentence, known, zone):
                found[answer.section].setdefault(sentence.text, sentence)
    return {name: tuple(those.values())[:MOST_SENTENCES] for name, those in found.items() if those}


def _is_plain(text: str) -> bool:
    """Links and addresses were in nothing that was given, so they are invented; so is whoever is mentioned."""
    if not 0 < len(text) <= LONGEST_SENTENCE or any(unicodedata.category(letter)[0] == "C" for letter in text):
        return False
    return not (_LINK.search(text) or "@" in text or hints(text))


def _rests_on(sentence: Sentence, known: Mapping[str, Entry], zone: str) -> bool:
    if not sentence.entries or not all(one in known for one in sentence.entries):
        return False
    cited = (known[one] for one in sentence.entries)
    said = " ".join(f"{entry.text} {echo(entry.occurred, zone)}" for entry in cited)
    return _facts(sentence.text) <= _facts(said)


def _facts(text: str) -> set[str]:
    return {found.casefold() for found in _FACT.findall(text)}
