"""Several action items changed at once: what would become of each, and what has become of it.

Law: what is foreseen is what the rule of each command decides over what is stored now; nothing is done by looking.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from starlette.responses import Response

from adapters.web.action_deeds import command, foreseen, mention_of
from adapters.web.doors import vary_by_reader
from adapters.web.look import Reader
from adapters.web.readers import Page
from bot.errors import Refused
from bot.item_lists import Listed
from bot.model import ActionItem, Organisation, Person
from bot.record import naming
from bot.text import Value, mentioned, with_names
from bot.words import actions as item_words
from bot.words import follow_through as words
from bot.words.postmortem_page import needed


class Foreseen(Value):
    """What would become of one item."""

    key: str
    text: str = ""
    incident: str = ""
    owner: str = ""
    becomes: str = ""
    refused: str = ""
    """Why nothing would become of it."""


class Came(Value):
    """What has become of one item."""

    key: str
    told: str
    changed: bool = False


class Several(Page):
    def preview(self, reader: Reader, kind: str, keys: Sequence[str], fields: Mapping[str, str], back: str) -> Response:
        lines = self.lines(reader, kind, keys, fields)
        shown = self._look.page(
            "actions_preview", reader=reader, kind=kind, lines=lines, back=back, fields=self._sayable(reader, fields),
            going=[one.key for one in lines if not one.refused],
        )  # fmt: skip
        return vary_by_reader(shown)

    def told(self, reader: Reader, kind: str, came: Sequence[Came], back: str) -> Response:
        changed = [one.key for one in came if one.changed]
        shown = self._look.page("actions_result", reader=reader, kind=kind, came=came, changed=changed, back=back)
        return vary_by_reader(shown)

    def lines(self, reader: Reader, kind: str, keys: Sequence[str], fields: Mapping[str, str]) -> list[Foreseen]:
        who = reader.caller
        organisation = self._reports.organisation(who.organisation) or Organisation(id=who.organisation, name="")
        listed, now = self._reports.listed(who.principal, keys), self._reports.now()
        people = self._people(reader, listed, fields)
        return [
            self._line(reader, organisation, people, listed.get(key), kind, {**fields, "item": key}, now)
            for key in keys
        ]

    def _people(self, reader: Reader, listed: Mapping[str, Listed], fields: Mapping[str, str]) -> dict[str, Person]:
        ids = {one.item.owner for one in listed.values()} - {""}
        accounts = {account for one in listed.values() for account in mentioned(one.item.text)}
        accounts |= set(mentioned(fields.get("owner", "")))
        return self._reports.people(reader.caller.organisation, ids, accounts)

    def _line(
        self, reader: Reader, organisation: Organisation, people: Mapping[str, Person], listed: Listed | None,
        kind: str, fields: Mapping[str, str], now: datetime,
    ) -> Foreseen:  # fmt: skip
        if listed is None:
            return Foreseen(key=fields["item"], refused=item_words.no_such_item(fields["item"]).plain())
        item, names = listed.item, naming(people)
        line = Foreseen(
            key=item.key, text=with_names(item.text, names), incident=item.incident_key,
            owner=names(item.owner) if item.owner else "",
        )  # fmt: skip
        try:
            asked = command(kind, item.key, reader.principal, {name: fields[name] for name in fields if name != "item"})
            decision = foreseen(listed, organisation, reader.principal, people, asked, now)
        except Refused as no:
            return line.model_copy(update={"refused": no.text.plain()})
        if decision.reply.form is not None:
            form = decision.reply.form
            return line.model_copy(update={"refused": " ".join((form.intro.plain(), needed(form)))})
        after = decision.state.item or item
        if _as_before(item, after):
            return line.model_copy(update={"refused": words.ALREADY})
        owners = (line.owner, names(after.owner) if after.owner else "")
        reason = fields.get("reason", "")
        return line.model_copy(update={"becomes": words.change(kind, item, after, owners, reason)})

    def _sayable(self, reader: Reader, fields: Mapping[str, str]) -> dict[str, str]:
        """As a form carries them on: a mention cannot be typed, so a person goes by the id."""
        told = dict(fields)
        accounts = mentioned(fields.get("owner", ""))
        for person in self._reports.people(reader.caller.organisation, (), accounts).values():
            if mention_of(person) == fields["owner"]:
                told["owner"] = person.id
        return told


def _as_before(item: ActionItem, after: ActionItem) -> bool:
    """For example an item that nobody owns, of which somebody says that it is not theirs."""
    return (item.status, item.due, item.owner) == (after.status, after.due, after.owner)
