"""The postmortem as people write it: sections in their own words.

Law: what a person wrote is never lost to somebody else's saving, and never overwritten by a computed draft.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot import words as common
from bot.change import changed, entry, incident_of
from bot.command import Command, Needs
from bot.draft import draft, names_of, roles_of
from bot.draft_blocks import Draft, plain
from bot.effects import Effect
from bot.errors import Refused
from bot.external import OUTSIDE
from bot.hints import with_hints
from bot.model import Entry, EntryKind, Incident, Postmortem, PostmortemStatus
from bot.postmortems import section_button, zone_of_organisation
from bot.rules import decides
from bot.sayings import SectionText
from bot.state import Decision, State
from bot.text import Reply, Text, Typed
from bot.words import draft as sections
from bot.words import postmortem as words
from bot.words.incident import zone

WHOLE = Needs(postmortem=True, items=True, log=True)
WRITTEN = Needs(postmortem=True, items=True)
FORM_MOST = 3000
EDITING = frozenset({PostmortemStatus.DRAFT, PostmortemStatus.IN_REVIEW})


def drafted(state: State, incident: Incident, postmortem: Postmortem) -> Draft:
    return draft(
        incident,
        state.items,
        postmortem,
        state.log,
        names_of(state.people),
        zone_of_organisation(state),
        reflections=state.organisation.policies.reflections,
        roles=roles_of(incident, state.people),
    )


def postmortem_of(state: State) -> tuple[Incident, Postmortem]:
    incident = incident_of(state)
    if state.postmortem is None:
        raise Refused(words.no_postmortem(incident))
    return incident, state.postmortem


def writable(state: State) -> tuple[Incident, Postmortem]:
    """Raises `Refused` where the postmortem is published."""
    incident, postmortem = postmortem_of(state)
    if postmortem.status not in EDITING:
        raise Refused(published_already(state, incident, postmortem))
    return incident, postmortem


def published_already(state: State, incident: Incident, postmortem: Postmortem) -> Text:
    who = common.person(state, postmortem.published_by)
    return words.published_already(incident, postmortem, who, zone(state))


def saved(
    state: State,
    command: Command,
    now: datetime,
    postmortem: Postmortem,
    lines: tuple[Entry, ...],
    *,
    what: str,
    reply: Text,
    public: Text | None = None,
    effects: Iterable[Effect] = (),
) -> Decision:
    after = state.model_copy(update={"postmortem": postmortem})
    return changed(after, command, now, lines, what=what, reply=reply, public=public, undo=False, effects=effects)


# -- sections


class EditSection(Command, kind="postmortem_edit"):
    """Without `saving` and without a text: the form. `seen` is when the section was written that the form showed."""

    needs = WHOLE
    wants_incident = True
    asks = True

    section: str = ""
    text: Typed = ""
    saving: str = ""
    seen: str = ""
    room: int = FORM_MOST
    """Characters that the form may hold where it is asked for: a page has more than a dialog of a chat."""


def section_and_text(said: str) -> dict[str, str]:
    """The section at the beginning, by name or heading, and what is to stand in it."""
    folded = said.casefold()
    for spoken in sorted(words.SECTION_NAMES, key=lambda name: (-len(name), name)):
        rest = said[len(spoken) :]
        if folded.startswith(spoken) and (not rest or not rest[0].isalnum()):
            text = rest.lstrip(":").strip()
            return {"section": words.SECTION_NAMES[spoken], "text": text, "saving": "typed" if text else ""}
    return {"section": said.partition(" ")[0]}


@decides(EditSection)
def edit(state: State, command: EditSection, now: datetime) -> Decision:
    incident, postmortem = writable(state)
    name = command.section.strip().casefold()
    if not name:
        buttons = tuple(section_button(incident, one) for one in sections.EDITABLE)
        return Decision(state=state, reply=Reply.of(words.which_section(), *buttons))
    if name in sections.RECORDED:
        raise Refused(words.recorded_section(name))
    if name not in sections.EDITABLE:
        raise Refused(words.no_such_section(command.section))
    if not command.saving:
        return _form(state, command, incident, name)
    if command.saving == "yes" and command.seen != _stamp(postmortem, name):
        return _overtaken(state, command, incident, postmortem, name)
    return _save_section(state, command, now, name)


def _stamp(postmortem: Postmortem, name: str) -> str:
    """When the section was written that stands there now; empty: it is computed."""
    written = postmortem.edited.get(name)
    return written.at.isoformat() if written else ""


def section_text(state: State, name: str) -> str:
    """What stands there, as a form would show it."""
    return plain(drafted(state, *postmortem_of(state)).section(name).body)


def _form(state: State, command: EditSection, incident: Incident, name: str) -> Decision:
    body = section_text(state, name)
    if len(body) > command.room:
        raise Refused(words.too_long_here(name))
    form = words.section_form(incident.key, name, body, _stamp(postmortem_of(state)[1], name), command.room)
    return Decision(state=state, reply=Reply(form=form))


def _overtaken(state: State, command: EditSection, incident: Incident, postmortem: Postmortem, name: str) -> Decision:
    """Somebody saved in between: nothing is saved, and both texts are shown."""
    written = postmortem.edited.get(name)
    intro = words.freed_meanwhile()
    if written is not None:
        said = written.model_copy(update={"text": section_text(state, name)})
        intro = words.overtaken(said, common.person(state, written.by), zone(state))
    form = words.section_form(incident.key, name, command.text, _stamp(postmortem, name), command.room)
    return Decision(state=state, reply=Reply(form=form.model_copy(update={"intro": intro})))


def _save_section(state: State, command: EditSection, now: datetime, name: str) -> Decision:
    """What readers outside get is saved as it was proposed, too: a person has to have said it."""
    _, postmortem = writable(state)
    text = command.text.strip()
    freed = not text
    confirmed = name in OUTSIDE and name not in postmortem.edited and not freed
    same = text == section_text(state, name).strip() and not confirmed
    if (freed and name not in postmortem.edited) or same:
        return Decision(state=state, reply=Reply.of(words.section_same(name)))
    edited = {section: said for section, said in postmortem.edited.items() if section != name}
    if not freed:
        edited[name] = SectionText(text=text, by=state.actor.id, at=now)
    after = postmortem.model_copy(update={"edited": edited})
    line = entry(state, command, now, EntryKind.POSTMORTEM, words.section_line(name, freed), noted=False)
    reply = words.section_freed(name) if freed else words.section_saved(name)
    return with_hints(saved(state, command, now, after, (line,), what=words.THE_SECTION, reply=reply), of=name)
