"""What the bot says where people say contributing factors, say them in other words, or take them out."""

from __future__ import annotations

from bot.model import FACTOR_KINDS
from bot.text import Choice, Form, Input, Text, say
from bot.words.postmortem_said import OFFERED_MOST, label

ADD, CHANGE, THE_FACTOR = "Add a factor", "Factors", "the contributing factor"


def factor_form(incident: str, kind: str, text: str, standing: tuple[tuple[str, str], ...], replaces: str) -> Form:
    """`standing` are ids and texts of the factors that are there."""
    kinds = tuple(Choice(value=kind, label=kind.capitalize()) for kind in FACTOR_KINDS)
    offered = tuple(Choice(value=one, label=label(said)) for one, said in standing[:OFFERED_MOST])
    must = not offered
    inputs = [
        Input(name="factor", label="Kind", kind="choice", required=must, choices=kinds, initial=kind),
        Input(name="text", label="What made it possible, or worse?", kind="text", required=must, initial=text[:3000],
              hint="For example: the connection pool has no alert on saturation"),
    ]  # fmt: skip
    if offered:
        inputs += [
            Input(name="replaces", label="In place of", kind="choice", required=False, choices=offered,
                  initial=replaces, hint="To say one in other words. Its action items stay with it."),
            Input(name="gone", label="These were none", kind="choices", required=False, choices=offered),
        ]  # fmt: skip
    args = {"incident": incident, "saving": "yes"}
    return Form(title="Contributing factor", does="postmortem_factor", args=args, inputs=tuple(inputs))


def factors_changed(kind: str, replaced: bool, n: int, gone: int, loose: tuple[str, ...]) -> Text:
    """Of the factor that was said, if one was, and of those that were taken out; `loose` are items left without one."""
    parts = []
    if kind and replaced:
        parts.append(say("It says that now ({kind}). What it said before stands in the history.", kind=kind))
    elif kind:
        more = "" if n > 1 else " One more is asked for."
        parts.append(say("Noted as a contributing factor ({kind}).{more}", kind=kind, more=more))
    if gone:
        parts.append(say("{n} taken out of the contributing factors.", n=gone))
    if loose:
        parts.append(say("{items} stay, against no factor.", items=", ".join(loose)))
    return Text(parts=tuple(part for i, one in enumerate(parts) for part in ((" ",) if i else ()) + one.parts))


def factor_line(kind: str, text: str) -> str:
    return f"Contributing factor ({kind}): {text}"


def factor_gone_line(text: str) -> str:
    return f"Contributing factor, taken out: {text}"


def factor_not_there() -> Text:
    return say("That factor is not there any more. Nothing was changed.")


def incomplete(text: str) -> Text:
    if text:
        return say("Say of which kind it is.")
    return say("Say what made it possible, or choose what was none.")


def factor_there() -> Text:
    return say("That factor is there already. Nothing was changed.")


def no_such_kind(said: str) -> Text:
    return say("I know no kind of factor {said}. There are: {kinds}.", said=said[:40], kinds=", ".join(FACTOR_KINDS))
