"""Forms as dialogs or as cards with inputs, and what comes back from them as the fields of a command.

Law: every field comes back as text (people as mention tokens, dates as ISO, ticks as "true" or "false"), and only the
inputs that were sealed into the form do; an input that was left empty does not come back at all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Sequence
from datetime import date
from typing import Any

from pydantic import ValidationError

from adapters.teams import lengths
from adapters.teams.cards import ENVELOPE, SCHEMA, attached, content, executed, styled
from adapters.teams.lengths import Json, clean, encoded, label, prefix, size, weight
from adapters.teams.runs import Runs, likened, unformatted, unnamed
from adapters.teams.sealed import Seal, Sealed
from bot.text import MENTION_CLOSE, MENTION_OPEN, Card, Choice, Form, Input, Text, Value, mentioned, with_names
from bot.words import chat
from bot.words import teams as words

CANCEL = "cancel_form"
"""What the second button of a form on a card does: the form goes, and nothing was changed."""
EVERYBODY, HERE = "graph.microsoft.com/users", "graph.microsoft.com/users?scope=currentContext"
"""Whom a people picker offers (Microsoft Learn, People Picker in Adaptive Cards)."""
INPUTS = 40
PEOPLE = ("person", "people")
Lookup = Callable[[str], str]


class Tried(Value):
    """A submission that was refused: what Teams sent (`typed`), and what is wrong with which field."""

    values: dict[str, str]
    field: str = ""
    text: str


class _Room(Value):
    """How long things may be, until the form fits."""

    choices: int
    typed: int
    words: int
    form: bool = True


ROOMS = (
    _Room(choices=200, typed=4000, words=400),
    _Room(choices=200, typed=4000, words=400, form=False),
    _Room(choices=60, typed=2000, words=200, form=False),
    _Room(choices=25, typed=600, words=100, form=False),
    _Room(choices=8, typed=100, words=50, form=False),
    _Room(choices=3, typed=30, words=20, form=False),
)


class Asking:
    """Renders forms for one reader. `entra_of` gives the Entra id of an account key, `name_of` the person's name;
    `channels` are those to choose."""

    def __init__(
        self, seal: Seal, bound: Sealed, tenant: str, entra_of: Lookup = lambda _: "", channels: Sequence[Choice] = (),
        name_of: Lookup = unnamed,
    ) -> None:  # fmt: skip
        self._seal = seal
        self._bound = bound
        self._tenant = tenant
        self._entra_of = entra_of
        self._channels = channels
        self.name_of = name_of

    def dialog(self, form: Form, tried: Tried | None = None) -> Json:
        """What opens a dialog, or takes its place: a dialog is submitted by `Action.Submit` alone."""
        built = self._fitting(form, tried, EVERYBODY, in_dialog=True)
        tall = len(form.inputs) > 4 or sum(one.kind == "text" for one in form.inputs) > 1
        return task(form.title, built, "large" if tall else "medium")

    def card(self, form: Form, tried: Tried | None = None, *, personal: bool = False) -> Json:
        """The form as the content of a message, where no dialog can be opened. In a chat with the bot alone, people are
        looked for in the whole organisation."""
        return self._fitting(form, tried, EVERYBODY if personal else HERE, in_dialog=False)

    def _fitting(self, form: Form, tried: Tried | None, people: str, *, in_dialog: bool) -> Json:
        for room in ROOMS:
            drawn = _Drawn(self, form, tried, people, room)
            body = drawn.body(titled=not in_dialog)
            built: Json = {
                "$schema": SCHEMA, "type": "AdaptiveCard", "version": "1.5", "fallbackText": words.NEWER_CLIENT,
                "body": body, "actions": self._actions(form, room, in_dialog=in_dialog),
            }  # fmt: skip
            if weight(built) <= lengths.ACTIVITY - ENVELOPE:
                break
        return built

    def _actions(self, form: Form, room: _Room, *, in_dialog: bool) -> list[Json]:
        title = label(form.submit, lengths.BUTTON_LABEL)
        shut = self._seal.shut(self._sealed(form, room))
        submit: Json = {"type": "Action.Submit", "title": title, "data": shut}
        if in_dialog:
            return [styled(submit, "primary")]
        cancel = executed(chat.CANCEL, self._seal.shut(self._bound.model_copy(update={"does": CANCEL})))
        return [
            styled({**executed(title, shut), **({"fallback": submit} if room.form else {})}, "primary"),
            {**cancel, "associatedInputs": "none"},
        ]

    def _sealed(self, form: Form, room: _Room) -> Sealed:
        """Arguments are ids and short words; prefilled text stands in the inputs."""
        args = form.args if size(encoded(form.args)) <= 2000 else {n: v for n, v in form.args.items() if size(v) <= 200}
        kinds = {one.name: one.kind for one in form.inputs[:INPUTS]}
        again = _again(form) if room.form else ""
        told = {"does": form.does, "args": args, "kinds": kinds, "form": again}
        return self._bound.model_copy(update=told)

    def people(self, initial: str) -> str:
        """The people of an initial value, as the picker has them."""
        found = (self._entra_of(account) for account in mentioned(initial) or initial.split())
        return ",".join(entra for entra in found if entra)

    @property
    def tenant(self) -> str:
        return self._tenant

    @property
    def channels(self) -> Sequence[Choice]:
        return self._channels


class _Drawn:
    """The elements of one form within one room."""

    def __init__(self, asking: Asking, form: Form, tried: Tried | None, people: str, room: _Room) -> None:
        self._asking = asking
        self._form = form
        self._tried = tried
        self._people = people
        self._room = room
        self._runs = Runs(asking.tenant, most=room.words * 5, pings=False)

    def body(self, *, titled: bool) -> list[Json]:
        inputs = self._form.inputs[:INPUTS]
        lines = [self._runs.title(label(self._form.title, lengths.TITLE)) if titled else None]
        lines.append(self._runs.line(Text(parts=tuple(one for one in self._form.intro.parts if one))))
        if self._tried and self._tried.field not in {one.name for one in inputs}:
            lines.append(self._wrong(self._tried.text))
        for one in inputs:
            if self._tried and self._tried.field == one.name:
                lines.append(self._wrong(self._tried.text))
            lines.append(self._input(one))
            if one.hint and one.kind not in ("line", "text"):
                hint = Text(parts=(label(one.hint, self._room.words),))
                lines.append(self._runs.line(hint, size="small", isSubtle=True))
        return [line for line in lines if line is not None]

    def _wrong(self, text: str) -> Json | None:
        return self._runs.line(Text(parts=(f"⚠ {label(text, lengths.LABEL)}",)), color="attention", weight="bolder")

    def _input(self, one: Input) -> Json:
        told: Json = {"id": one.name[:255]}
        if one.kind != "tick":
            told["label"] = unformatted(label(one.label, self._room.words))
        if one.required and one.kind != "tick":
            told |= {"isRequired": True, "errorMessage": words.MISSING}
        return {**told, **self._element(one)}

    def _value(self, one: Input) -> str:
        return clean(self._tried.values.get(one.name, "") if self._tried else one.initial)

    def _element(self, one: Input) -> Json:
        match one.kind:
            case "choice" | "choices":
                return self._choices(one, one.choices)
            case "channel":
                return self._choices(one, self._asking.channels)
            case "person" | "people":
                return self._picker(one)
            case "date":
                return {"type": "Input.Date", **_filled(_iso(self._value(one)))}
            case "tick":
                ticked = self._value(one).casefold() in ("true", "yes", "1", "on")
                title = likened(label(one.label, self._room.words))
                return {"type": "Input.Toggle", "title": title, "value": "true" if ticked else "false", "wrap": True}
            case _:
                return self._typed(one)

    def _typed(self, one: Input) -> Json:
        most = min(max(1, one.max_length), lengths.TYPED)
        value = self._tried.values.get(one.name, "") if self._tried else one.initial
        value = clean(with_names(value, self._asking.name_of))
        value = value if one.kind == "text" else " ".join(value.split())
        element: Json = {"type": "Input.Text", "isMultiline": one.kind == "text", "maxLength": most}
        if one.hint:
            element["placeholder"] = label(one.hint, self._room.words)
        return {**element, **_filled(prefix(value, min(most, self._room.typed)))}

    def _choices(self, one: Input, offered: Sequence[Choice]) -> Json:
        """One of a list drops down; several are ticked, and their labels are parsed as Markdown there."""
        several = one.kind == "choices"
        value = self._value(one)
        wanted = value.split(",") if several else [value]
        fit = {c.value: c for c in offered if c.value == clean(c.value) and 0 < size(c.value) <= lengths.CHOICE_VALUE}
        known = [choice for choice in fit.values() if not (several and "," in choice.value)]
        if len(known) > self._room.choices:
            known = sorted(known, key=lambda choice: choice.value not in wanted)
        known = known[: self._room.choices]
        if not known:
            return self._typed(one)
        shown = [(label(choice.label, min(lengths.CHOICE_LABEL, self._room.words)), choice.value) for choice in known]
        element: Json = {
            "type": "Input.ChoiceSet",
            "style": "expanded" if several else "compact",
            "choices": [{"title": likened(title) if several else title, "value": chosen} for title, chosen in shown],
            **({"isMultiSelect": True, "wrap": True} if several else {}),
        }
        return {**element, **_filled(",".join(chosen for _, chosen in shown if chosen in wanted))}

    def _picker(self, one: Input) -> Json:
        value = self._value(one) if self._tried else self._asking.people(one.initial)
        element: Json = {
            "type": "Input.ChoiceSet",
            "choices": [],
            "choices.data": {"type": "Data.Query", "dataset": self._people},
            **({"isMultiSelect": True} if one.kind == "people" else {}),
        }
        return {**element, **_filled(prefix(value, self._room.typed))}


def _filled(value: str) -> Json:
    return {"value": value} if value else {}


def _iso(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""


def task(title: str, card: Json, height: str = "medium") -> Json:
    """What a dialog shows (Microsoft Learn, DialogInfo object)."""
    return {"title": label(title, lengths.TITLE), "height": height, "width": "medium", "card": attached(card)}


def notice(card: Card, seal: Seal, **bound: Any) -> Json:
    """A card as a dialog without inputs, where no message can be shown."""
    shown = content(card.model_copy(update={"title": ""}), seal, **bound)
    return task(card.title or chat.FORM, shown)


def _again(form: Form) -> str:
    """The form without what is prefilled: whoever sees it again has typed something by then."""
    bare = tuple(one.model_copy(update={"initial": ""}) for one in form.inputs[:INPUTS])
    told = form.model_copy(update={"inputs": bare}).model_dump(exclude={"does", "args", "intro"}, exclude_defaults=True)
    # In full: the kind of each part is a default, too.
    told |= {"intro": form.intro.model_dump(mode="json")} if form.intro.parts else {}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def form_in(sealed: Sealed) -> Form | None:
    """The form that was submitted, to be shown again; None where there was no room for it."""
    if not sealed.form:
        return None
    try:
        told = json.loads(sealed.form)
        return Form.model_validate({**told, "does": sealed.does, "args": sealed.args})
    except (ValueError, ValidationError):
        return None


def typed(data: Any, sealed: Sealed) -> dict[str, str]:
    """The inputs as Teams sent them beside the seal."""
    told = data if isinstance(data, dict) else {}
    values = {name: told.get(name) for name in sealed.kinds}
    return {
        name: _literal(str(value)) for name, value in values.items() if isinstance(value, str | bool) and value != ""
    }


def _literal(text: str) -> str:
    """What somebody typed can never be taken for the engine's own marks."""
    return text.replace(MENTION_OPEN, "").replace(MENTION_CLOSE, "")


def people_in(data: Any, sealed: Sealed) -> tuple[str, ...]:
    """The Entra ids of the people chosen, so that they can be looked up before the fields are made."""
    values = typed(data, sealed)
    chosen = (values.get(name, "") for name, kind in sealed.kinds.items() if kind in PEOPLE)
    return tuple(dict.fromkeys(entra for value in chosen for entra in _ids(value)))


def stranger(data: Any, sealed: Sealed, known: Container[str]) -> str:
    """The first field in which somebody was chosen of whom nothing is known; empty where all are."""
    chosen = ((name, value) for name, value in typed(data, sealed).items() if sealed.kinds[name] in PEOPLE)
    return next((name for name, value in chosen if any(entra not in known for entra in _ids(value))), "")


def _ids(value: str) -> list[str]:
    return [entra for one in value.split(",")[:100] if (entra := one.strip()[:200])]


def fields(data: Any, sealed: Sealed, account_of: Lookup) -> dict[str, str]:
    """The inputs by name. `account_of` gives the mention token of an Entra id, or nothing where none is known."""
    found = {name: _field(value, sealed.kinds[name], account_of) for name, value in typed(data, sealed).items()}
    return {name: value for name, value in found.items() if value}


def _field(value: str, kind: str, account_of: Lookup) -> str:
    match kind:
        case "person":
            return next((token for entra in _ids(value) if (token := account_of(entra))), "")
        case "people":
            return " ".join(token for entra in _ids(value) if (token := account_of(entra)))
        case "date":
            return _iso(value)
        case "tick":
            return "true" if value.casefold() == "true" else "false"
        case "choices":
            return ",".join(one for one in value.split(",") if one)
        case _:
            return value
