"""Cards as Adaptive Cards 1.5, within Teams' size whatever they hold; what does not fit is cut, and the cut is said.

Law: every button carries sealed data, and buttons survive a cut before text does. A message that is too long for one
is divided by `split`, which loses nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapters.teams import lengths
from adapters.teams.dividing import halved
from adapters.teams.lengths import Json, encoded, label, plain, shortened, size, weight
from adapters.teams.runs import Names, Runs, unnamed
from adapters.teams.sealed import Seal, Sealed, in_short
from bot.command import KINDS
from bot.text import Button, Card, Link, Section, Strong, Text, Value
from bot.words import chat
from bot.words import teams as words

TYPE = "application/vnd.microsoft.card.adaptive"
VERB = "debrief"
SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
LONGEST_SEAL = 4000
PERSONAL = "a:"
"""How the id of a chat between somebody and the bot begins."""
ENVELOPE = 1500
"""Bytes left for what stands around the card in its message."""


class Frugality(Value):
    """How much of a card is shown: everything at first, then less and less until it fits."""

    fallbacks: bool = False
    """Buttons that old clients understand."""
    most: int = 12_500
    """Characters of a line."""
    texts: int = 1000
    """Sections without buttons, and facts of a section."""
    rows: int = 1000
    """Sections with buttons."""


WHOLE = (Frugality(fallbacks=True), Frugality())
LEVELS = (
    *WHOLE,
    *(Frugality(most=most) for most in (6000, 3000, 1500, 700, 300, 120)),
    *(Frugality(most=most, texts=texts) for most, texts in ((300, 20), (120, 20), (120, 8), (60, 3))),
    *(Frugality(most=120, texts=3, rows=rows) for rows in (20, 14, 10, 7, 5, 3, 2)),
    Frugality(most=60, texts=1, rows=1),
    Frugality(most=60, texts=1, rows=0),
)


class Sheet:
    """One attempt to lay out a card. What every button is bound to (channel, account, once, turn) stands in `bound`."""

    def __init__(self, seal: Seal, bound: Sealed, runs: Runs, frugal: Frugality) -> None:
        self._seal = seal
        self._bound = bound
        self._runs = runs
        self._frugal = frugal
        self._texts = 0
        self._rows = 0
        self._cut = False
        self._body: list[Json] = []

    def laid(self, card: Card) -> list[Json]:
        self._add(self._runs.title(card.title))
        for section in card.sections:
            self._section(section)
        self._add(self._runs.silent())
        if self._cut or self._runs.cut:
            self._quiet(chat.cut())
        return self._body

    @property
    def is_cut(self) -> bool:
        return self._cut or self._runs.cut

    def _section(self, section: Section) -> None:
        has_room = self._rows < self._frugal.rows if section.buttons else self._texts < self._frugal.texts
        if not has_room:
            self._cut = True
            return
        start = len(self._body)
        look: Json = {"size": "small", "isSubtle": True} if section.quiet else {}
        self._add(self._runs.line(section.text, **look) if section.text.parts else None)
        self._facts(section.facts, look)
        if section.buttons:
            self._rows += 1
            if start and len(self._body) > start:
                self._body[start] = {**self._body[start], "separator": True, "spacing": "medium"}
            self._buttons(section.buttons)
        else:
            self._texts += 1

    def _facts(self, facts: Sequence[tuple[str, Text]], look: Json) -> None:
        """Rows of two columns: a `FactSet` would parse what people typed as Markdown."""
        shown = facts[: self._frugal.texts]
        self._cut = self._cut or len(shown) < len(facts)
        longest = max((size(name) for name, _ in shown), default=0)
        width = f"{min(150, 24 + 8 * longest)}px"
        for name, text in shown:
            head = self._runs.line(Text(parts=(Strong(text=label(name, lengths.LABEL)),)), **look)
            value = self._runs.line(text, **look) or self._runs.line(Text(parts=("-",)), **look)
            columns = [_column(width, head), _column("stretch", value)]
            self._body.append({"type": "ColumnSet", "spacing": "small", "columns": columns})

    def _buttons(self, buttons: Sequence[Button]) -> None:
        """Rows of equal length, where one row would be too long."""
        actions = [action for button in buttons if (action := self._action(button)) is not None]
        rows = -(-len(actions) // lengths.ROW)
        each = -(-len(actions) // rows) if rows else 0
        for row in range(rows):
            self._body.append({"type": "ActionSet", "actions": actions[row * each : (row + 1) * each]})

    def _action(self, button: Button) -> Json | None:
        shut = self._seal.shut(self._bound.model_copy(update={"does": button.does, "args": button.args}))
        if size(encoded(shut)) > LONGEST_SEAL:
            self._quiet(chat.button_too_long(label(button.label, lengths.BUTTON_LABEL)))
            return None
        action = styled(self._clicked(button, shut), button.style)
        return self._asking(button, action) if button.confirm else action

    def _clicked(self, button: Button, shut: Json) -> Json:
        title = label(button.label, lengths.BUTTON_LABEL)
        if button.does in KINDS and KINDS[button.does].asks:
            return {"type": "Action.Submit", "title": title, "data": {"msteams": {"type": "task/fetch"}, **shut}}
        action = executed(title, shut)
        if self._frugal.fallbacks:
            action["fallback"] = {"type": "Action.Submit", "title": title, "data": shut}
        return action

    def _asking(self, button: Button, action: Json) -> Json:
        """Adaptive Cards cannot ask for confirmation: the button unfolds the question, which holds the real one."""
        question = shortened(plain(button.confirm).strip() or chat.SURE, lengths.QUESTION)
        card = {"type": "AdaptiveCard", "body": [self._runs.line(Text(parts=(question,)))], "actions": [action]}
        return {"type": "Action.ShowCard", "title": label(button.label, lengths.BUTTON_LABEL), "card": card}

    def _quiet(self, text: str) -> None:
        self._add(self._runs.line(Text(parts=(text,)), size="small", isSubtle=True))

    def _add(self, element: Json | None) -> None:
        if element is not None:
            self._body.append(element)


def _column(width: str, element: Json | None) -> Json:
    return {"type": "Column", "width": width, "items": [element] if element else []}


def executed(title: str, data: Json) -> Json:
    """A button by Microsoft Learn, Universal Actions for Adaptive Cards."""
    return {"type": "Action.Execute", "title": title, "verb": VERB, "data": data}


def styled(action: Json, style: str) -> Json:
    named = {"primary": "positive", "danger": "destructive"}.get(style, "")
    return {**action, "style": named} if named else action


def bound_to(channel: str, account: str, once: str, turn: str) -> Sealed:
    """What every button of a card is bound to, in few characters: in full they would stand in each of the 25 buttons of
    a digest, and leave room for three items of five. In somebody's personal chat the person says where it is."""
    channel = "" if account and channel.startswith(PERSONAL) else channel
    return Sealed(does="", channel=channel, account=in_short(account) if account else "", once=once, turn=turn)


def content(
    card: Card, seal: Seal, *, tenant: str, channel: str = "", account: str = "", once: str = "", turn: str = "",
    names: Names = unnamed,
) -> Json:  # fmt: skip
    """The Adaptive Card, cut until it fits into a message."""
    bound = bound_to(channel, account, once, turn)
    for frugal in LEVELS:
        runs = Runs(tenant, names, frugal.most)
        built, _ = _built(card, Sheet(seal, bound, runs, frugal), runs)
        if weight(built) <= lengths.ACTIVITY - ENVELOPE:
            break
    return built


def _built(card: Card, sheet: Sheet, runs: Runs) -> tuple[Json, bool]:
    body = sheet.laid(card)
    teams: Json = {"entities": entities} if (entities := runs.entities()) else {}
    wide = any(section.facts for section in card.sections) or sum(bool(one.buttons) for one in card.sections) > 1
    teams = {**teams, "width": "Full"} if wide else teams
    built = {
        "$schema": SCHEMA, "type": "AdaptiveCard", "version": "1.5", "body": body,
        "fallbackText": words.NEWER_CLIENT,
        **({"msteams": teams} if teams else {}),
    }  # fmt: skip
    return built, not sheet.is_cut


def message(card: Card, seal: Seal, *, tenant: str, **bound: Any) -> Json:
    """The activity: the card, and a text for notifications. Nothing else of it is parsed or shown."""
    return enclosed(content(card, seal, tenant=tenant, **bound), spoken(card))


def enclosed(content: Json, summary: str) -> Json:
    return {
        "type": "message",
        "summary": shortened(summary, lengths.SUMMARY),
        "attachments": [attached(content)],
    }


def attached(content: Json) -> Json:
    return {"contentType": TYPE, "content": content}


def spoken(card: Card) -> str:
    """The card as text, without the addresses of its links."""
    sections = tuple(
        section.model_copy(
            update={
                "text": _labels(section.text),
                "facts": tuple((name, _labels(text)) for name, text in section.facts),
            }
        )
        for section in card.sections
    )
    return plain(shortened(card.model_copy(update={"sections": sections}).plain(), 2000)).strip() or chat.FORM


def _labels(text: Text) -> Text:
    return Text(parts=tuple(part.label or part.url if isinstance(part, Link) else part for part in text.parts))


def with_refresh(content: Json, user_ids: Sequence[str], sealed: Sealed, seal: Seal) -> Json:
    """The card, which asks for the reader's own version when it is shown. People for whom there is no room see the
    common one."""
    action = executed(chat.TRY_AGAIN, seal.shut(sealed))
    people = list(dict.fromkeys(user_ids))[: lengths.REFRESHED]
    room = lengths.ACTIVITY - ENVELOPE
    while people and weight(shown := {**content, "refresh": {"action": action, "userIds": people}}) > room:
        people = people[:-1]
    return shown if people else content


def split(
    card: Card, seal: Seal, *, tenant: str, channel: str = "", account: str = "", once: str = "", turn: str = "",
    names: Names = unnamed,
) -> list[Card]:  # fmt: skip
    """The card as one or more that are shown whole, each in a message of its own."""
    bound = bound_to(channel, account, once, turn)
    done: list[Card] = []
    waiting = [card]
    while waiting:
        first = waiting.pop(0)
        runs = Runs(tenant, names, Frugality().most)
        built, whole = _built(first, Sheet(seal, bound, runs, Frugality()), runs)
        halves = halved(first) if not whole or weight(built) > lengths.ACTIVITY - ENVELOPE else (first,)
        if len(halves) == 1:
            done.append(first)
        else:
            waiting[:0] = halves
    return done
