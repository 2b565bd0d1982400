"""The forms on a postmortem's page: asked of the rules, and filled in again with what was typed and not taken.

Law: the page writes no form of its own where the rule has one; it only has more room, and offers what it shows anyway.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from adapters.web.look import Reader
from adapters.web.postmortem_deeds import AT_ONCE, DEEDS, offered, part_of
from adapters.web.postmortem_view import Opened
from bot.command import KINDS, Command, Origin, build
from bot.commands.postmortem_writing import FORM_MOST
from bot.draft_blocks import Draft, plain
from bot.errors import Refused
from bot.looking import form_for
from bot.model import Person
from bot.ports import Caller, Record
from bot.readiness import readiness
from bot.record import house_zone, naming, whole_draft
from bot.text import MAX_TYPED, Choice, Form, Input, mention_token, with_names
from bot.word_changes import word_changes
from bot.words import postmortem_page as words
from bot.words.draft import EDITABLE
from bot.zones import echo

ROOM = {"edit": MAX_TYPED}
"""Characters of a text, where a page takes more than a chat."""
FACTOR_LABEL = 90
_OURS = frozenset({"origin", "incident", "item", "listed", "message", "room"})
"""Fields of a command that nobody fills in here."""


def opened(record: Record, reader: Reader, name: str, about: str) -> Opened | None:
    """The form that was asked for; None: it is not for this reader, or not now."""
    if name not in offered(record, reader.principal) or name in AT_ONCE:
        return None
    try:
        form = form_of(record, reader.caller, name, about)
    except Refused:
        return None
    return Opened(deed=name, about=about, part=part_of(name, about), form=form) if form else None


def form_of(record: Record, who: Caller, name: str, about: str) -> Form | None:
    """Raises `Refused` where the rule would refuse."""
    if name in ("publish", "revise"):
        return _to_confirm(record, name)
    form = form_for(record, who.principal, _asking(record, who, name, about))
    return _with_factor(record, form, about) if form and name == "action" else form


def _asking(record: Record, who: Caller, name: str, about: str) -> Command:
    """The command without anything in it, to which its rule answers with a form."""
    fields = {"incident": record.incident.key}
    fields |= {"section": about} if name in ("edit", "comment") else {}
    fields |= {"room": str(MAX_TYPED)} if name == "edit" else {}
    fields |= {"replaces": about} if name == "factor" else {}
    origin = Origin(id="look", platform="api", tenant=who.organisation, actor=who.actor)
    return build(DEEDS[name].kind, fields, origin)


def _to_confirm(record: Record, name: str) -> Form:
    """Publishing and a new version ask nothing; they only want to be meant."""
    postmortem, label = record.postmortem, words.LABELS[name]
    args = {"sure": "yes"} if name == "publish" else {}
    lacks = postmortem is not None and readiness(record.incident, record.items, postmortem, _draft(record))
    submit = words.PUBLISH_ANYWAY if name == "publish" and lacks else label
    return Form(title=label, does=DEEDS[name].kind, args=args, inputs=(), submit=submit)


def _draft(record: Record) -> Draft:
    return whole_draft(record, house_zone(record))


def _with_factor(record: Record, form: Form, about: str) -> Form:
    """Beside the questions of the rule: which factor the item is against."""
    factors = record.postmortem.factors if record.postmortem else ()
    if not factors:
        return form
    names = naming(record.people)
    choices = tuple(
        Choice(value=one.id, label=f"{one.kind}: {with_names(one.text, names)}"[:FACTOR_LABEL]) for one in factors
    )
    asked = Input(
        name="factor", label=words.FACTOR_ASKED, kind="choice", required=False, choices=choices, initial=about
    )
    return form.model_copy(update={"inputs": (*form.inputs, asked)})


# -- what was sent


def taken(name: str, sent: Mapping[str, str], record: Record) -> dict[str, str]:
    """The fields of the command, people as mentions. Raises `Refused` where a text is longer than it could be kept."""
    known = KINDS[DEEDS[name].kind].model_fields.keys() - _OURS
    fields = {field: text for field, text in sent.items() if field in known}
    for field, text in fields.items():
        if len(text) > ROOM.get(name, FORM_MOST):
            raise Refused(words.too_long(ROOM.get(name, FORM_MOST)), field)
    for field in ("owner", "person"):
        if field in fields:
            fields[field] = meant(fields[field], record.people)
    if "people" in fields:
        fields["people"] = " ".join(meant(one, record.people) for one in fields["people"].split(","))
    more = {"room": str(MAX_TYPED)} if name == "edit" else {}
    return {**fields, **more, "incident": record.incident.key}


def meant(said: str, people: Mapping[str, Person]) -> str:
    """Somebody of the incident, by id or by name, as a mention; anybody else as people write them in chat."""
    said = " ".join(said.split())
    known = [one for one in people.values() if one.accounts]
    bare = said.removeprefix("@").casefold()
    by_name = [one for one in known if said == one.id or bare == one.name.casefold()]
    by_first = [one for one in known if bare == one.name.partition(" ")[0].casefold()]
    for fits in (by_name, by_first):
        if len(fits) == 1:
            return mention_token(fits[0].accounts[0].key)
    return said if not said or said[0] == "@" or said.casefold() == "me" else "@" + re.sub(r"\s", ".", said)


# -- what was not taken


def refused(record: Record, reader: Reader, name: str, sent: Mapping[str, str], no: Refused) -> Opened:
    """The same form with what was typed; without a form where it can no longer be sent: it was published meanwhile."""
    found = opened(record, reader, name, sent.get("section", ""))
    form = found.form if found else None
    if form is not None and "seen" in sent:
        form = form.model_copy(update={"args": {**form.args, "seen": sent["seen"]}})
    return _with_typed(name, sent, form, problem=no.text.plain(), field=no.field)


def answered(record: Record, reader: Reader, name: str, sent: Mapping[str, str], form: Form) -> Opened:
    """The rule wants something more, or somebody else saved in between: then both texts are shown."""
    section = sent.get("section", "")
    if name == "edit":
        theirs = plain(_draft(record).section(section).body) if section in EDITABLE else ""
        stands = tuple(one for one in word_changes(sent.get("text", ""), theirs) if one.kind != "removed")
        return _with_typed(name, sent, form, problem=_who_saved(record, reader, section), overtaken=True, stands=stands)
    if name == "action":
        form = _with_factor(record, form, sent.get("factor", ""))
    problem = form.intro.plain() or words.needed(form)
    return _with_typed(name, sent, form, problem=problem, overtaken=bool(form.intro.parts))


def _with_typed(name: str, sent: Mapping[str, str], form: Form | None, **more: Any) -> Opened:
    typed = {key: text for key, text in sent.items() if not key.startswith("_")}
    about = sent.get("section", "")
    return Opened(deed=name, about=about, part=part_of(name, about), form=form, typed=typed, **more)


def _who_saved(record: Record, reader: Reader, section: str) -> str:
    written = record.postmortem.edited.get(section) if record.postmortem else None
    if written is None:
        return words.freed()
    return words.overtaken(naming(record.people)(written.by), echo(written.at, reader.zone))
