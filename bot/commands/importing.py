"""An incident that is read back from a file, with everything that belongs to it.

Law: nothing that is here is changed by it. What the file calls its own and is here already is refused in words, or
comes under new keys and ids; nobody is written to.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from bot.archive import MENTION, Archive, ArchivedPerson, by_person, mapped, named
from bot.command import Command
from bot.errors import Refused
from bot.ids import message_id, stable_id
from bot.model import ActionItem, Entry, Incident, Person, Postmortem
from bot.rules import decides
from bot.state import Decision, State
from bot.text import Reply, mention_token
from bot.words import export as words

PERSONS = frozenset({"owner", "published_by", "by", "none_by", "asked", "asked_by", "reviewers", "fair", "resolved_by"})
"""Fields of a postmortem that hold person ids."""


class Import(Command, kind="import"):
    archive: Archive | None = None
    """No button and no typed word can hold one: it comes from a file."""
    as_new: bool = False

    def alike(self) -> tuple[str, ...]:
        people = self.archive.people if self.archive else ()
        return (*(one.id for one in people), *(one.email.casefold() for one in people if one.email))

    def claims(self) -> tuple[str, ...]:
        read = self.archive
        if read is None:
            return ()
        of = (read.postmortem.id,) if read.postmortem else ()
        items = [name for item in read.items for name in (item.key, item.id)]
        return (read.incident.key, read.incident.id, *of, *items, *(entry.id for entry in read.entries))


@decides(Import, may="admin")
def import_(state: State, command: Import, now: datetime) -> Decision:  # noqa: ARG001
    told = command.archive
    if told is None:
        raise Refused(words.NO_FILE)
    read = _as_new(state, told, command.origin.id) if command.as_new else told
    if state.taken and not command.as_new:
        raise Refused(words.there_already(_shown(state, read)))
    known, new = _people(state, read.people)
    here = _Here(state.organisation.id, known)
    after = state.model_copy(
        update={
            "incident": here.incident(read.incident),
            "items": tuple(map(here.item, read.items)),
            "postmortem": here.postmortem(read.postmortem) if read.postmortem else None,
            "people": {**state.people, **new},
        }
    )
    entries = tuple(map(here.entry, read.entries))
    n = (len(entries), len(read.items))
    was, key = told.incident.key, read.incident.key
    text = words.imported_as(was, key, *n) if command.as_new else words.imported(key, *n)
    return Decision(state=after, entries=entries, reply=Reply.of(text))


def _shown(state: State, read: Archive) -> str:
    """Keys, where there are any: ids tell nobody anything."""
    keys = [key for key in (read.incident.key, *(item.key for item in read.items)) if key in state.taken]
    return ", ".join(keys[:5]) or read.incident.key


# -- under new keys and ids


def _as_new(state: State, read: Archive, once: str) -> Archive:
    """Without its places: two incidents never live in one channel."""
    old = read.incident
    key = f"INC-{state.nonce.upper()[:5]}" if old.private else f"INC-{state.next_incident}"
    id_ = stable_id("imported", state.organisation.id, once, old.id)
    nowhere = {"place": None, "declared_in": None, "status_card": None, "announcement": None}
    incident = old.model_copy(update={"id": id_, "key": key, **nowhere})
    of = read.postmortem
    items = tuple(_new_item(state, incident, item, n) for n, item in enumerate(read.items))
    entries = tuple(_new_entry(id_, entry) for entry in read.entries)
    ids = {entry.id: new.id for entry, new in zip(read.entries, entries, strict=True)}
    postmortem = _new_postmortem(id_, of, ids) if of else None
    return read.model_copy(update={"incident": incident, "postmortem": postmortem, "items": items, "entries": entries})


def _new_postmortem(incident: str, of: Postmortem, entries: Mapping[str, str]) -> Postmortem:
    """What it says rests on the lines of the log under their new ids."""
    told = named(of.model_dump(mode="json"), lambda field, text: entries.get(text, text) if field == "entry" else text)
    return Postmortem.model_validate({**told, "id": stable_id("postmortem", incident), "incident": incident})


def _new_item(state: State, incident: Incident, item: ActionItem, n: int) -> ActionItem:
    number = f"{_letters(state.nonce, n)}" if incident.private else str(state.next_item + n)
    names = {"id": stable_id("item", incident.id, item.id), "key": f"ACT-{number}"}
    return item.model_copy(update={**names, "incident": incident.id, "incident_key": incident.key})


def _letters(nonce: str, n: int) -> str:
    """Five letters that begin where the nonce does, others for each item."""
    digest = stable_id("letters", nonce, str(n))
    return "".join("BCDFGHJKLMNPQRST"[int(digit, 16)] for digit in digest[:5])


def _new_entry(incident: str, entry: Entry) -> Entry:
    id_ = message_id(incident, entry.ref) if entry.ref else stable_id("line", incident, entry.id)
    return entry.model_copy(update={"id": id_, "incident": incident})


# -- people


def _people(state: State, told: tuple[ArchivedPerson, ...]) -> tuple[dict[str, str], dict[str, Person]]:
    """Who each is here, by their e-mail address or id; the others come as a name without an account."""
    here = {one.id: one for one in state.alike}
    by_address = {one.email.casefold(): one.id for one in state.alike if one.email and one.kind == "human"}
    known: dict[str, str] = {}
    new: dict[str, Person] = {}
    for one in told:
        address = by_address.get(one.email.casefold()) if one.email and one.kind == "human" else None
        known[one.id] = address or one.id
        if not address and one.id not in here:
            new[one.id] = Person(organisation=state.organisation.id, **one.model_dump())
    return known, new


class _Here:
    """What was read as it stands in this organisation: people by who they are here."""

    def __init__(self, organisation: str, known: Mapping[str, str]) -> None:
        self._organisation = organisation
        self._known = known

    def who(self, id_: str) -> str:
        return self._known.get(id_, id_)

    def account(self, id_: str) -> str:
        """Of whoever has no account here the id stands in one of our own."""
        return f"cli:{self._organisation}:{self.who(id_)}" if id_ else ""

    def _said(self, text: str) -> str:
        return MENTION.sub(lambda found: mention_token(self.account(found[1])), text)

    def _moved(self, value: BaseModel) -> dict[str, Any]:
        told: dict[str, Any] = mapped(dict(value.__dict__), self._said)
        return told | ({"organisation": self._organisation} if "organisation" in told else {})

    def incident(self, one: Incident) -> Incident:
        update = (
            one.update.model_copy(update={**self._moved(one.update), "by": self.who(one.update.by)})
            if one.update
            else None
        )
        people = {
            "declared_by": self.who(one.declared_by),
            "roles": {role: self.who(person) for role, person in one.roles.items()},
            "responders": frozenset(map(self.who, one.responders)),
        }
        times = one.times.model_copy(
            update={name: at.model_copy(update=self._moved(at)) if at else None for name, at in one.times}
        )
        return one.model_copy(update={**self._moved(one), **people, "update": update, "times": times, "changes": ()})

    def item(self, one: ActionItem) -> ActionItem:
        checks = tuple(each.model_copy(update={"by": self.who(each.by)}) for each in one.checks)
        people = {"owner": self.who(one.owner), "created_by": self.who(one.created_by), "checks": checks}
        return one.model_copy(update={**self._moved(one), **people, "last_change": None, "ticket": None})

    def postmortem(self, one: Postmortem) -> Postmortem:
        told = named(one.model_dump(mode="json"), self._here)
        return Postmortem.model_validate({**told, "organisation": self._organisation, "suggestions": ()})

    def _here(self, field: str, text: str) -> str:
        return self.who(text) if field in PERSONS else self._said(text)

    def entry(self, one: Entry) -> Entry:
        files = tuple(file.model_copy(update=self._moved(file)) for file in one.files)
        people = {
            "author": self.account(one.author),
            "marks": by_person(one.marks, self.account),
            "reactions": {emoji: by_person(stamps, self.account) for emoji, stamps in one.reactions.items()},
        }
        return one.model_copy(update={**self._moved(one), **people, "files": files})
