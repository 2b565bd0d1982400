"""Sentences about what was known before an incident: the question, its answers, and how they stand on both sides."""

from __future__ import annotations

from collections.abc import Sequence

from bot.known import DONE, OPEN, Again, Known, KnownItem
from bot.model import ActionItem, Incident
from bot.text import Choice, Form, Input, Strong, Text, say
from bot.words import key
from bot.zones import due_echo

ASK, TAKE_BACK = "Was it known before?", "Take it back"
QUESTION = "Would an action item that was open have prevented this, or shortened it?"
NONE_OF_THESE, THE_ANSWER = "None of these, and no other", "the answer"
NOT_SAID = "nobody has said yet whether an open action item would have prevented it or shortened it"
NOBODY_KNEW = "No open action item would have prevented it or shortened it, as said at its review."
HIDDEN = "an action item that cannot be seen here any more"
LABEL = 70


# -- asking


def form(incident: str, offered: Sequence[ActionItem], names: dict[str, str]) -> Form:
    """`names` are the items' texts as they may be shown, by key."""
    choices = tuple(
        Choice(value=item.key, label=f"{item.key} of {item.incident_key}: {names[item.key]}"[:LABEL])
        for item in offered
    )
    inputs = (
        Input(name="chosen", label=QUESTION, kind="choice", required=False,
              choices=(*choices, Choice(value="none", label=NONE_OF_THESE)),
              hint=_hint(offered)),
        Input(name="act", label="Or another action item", required=False, max_length=20, hint="For example ACT-7"),
    )  # fmt: skip
    return Form(title=ASK, does="postmortem_known", args={"incident": incident}, inputs=inputs, submit="Say so")


def _hint(offered: Sequence[ActionItem]) -> str:
    if not offered:
        return "Nothing that stood open is like it, as far as words tell; another item can be named below."
    return "These stood open when it was declared; the most alike come first."


# -- answers


def said(incident: Incident, item: KnownItem, *, told: bool) -> Text:
    """`told`: the item's side hears of it."""
    head = say("Noted in the postmortem of {key}: {line}", key=key(incident), line=line(item))
    if not told:
        return head + say(" Nothing is said there, because {key} is private.", key=key(incident))
    if item.was == DONE:
        return head + say(" It reads “did not hold” now.")
    return head + say(" Its owner hears of it, and somebody named has to decide now.")


def line(item: KnownItem) -> str:
    """As it stands in the postmortem and on the incident's page."""
    if not item.key:
        return f"{HIDDEN[0].upper()}{HIDDEN[1:]} would have prevented it or shortened it."
    text = item.text.rstrip(".")
    if item.was == DONE:
        return f"It came back after the fix: {item.key} of {item.of} was done before ({text}), and did not hold."
    state = "stood open" if item.was == OPEN else f"had ended as {item.was}"
    return f"Known before: {item.key} of {item.of} {state} ({text}), and would have prevented it or shortened it."


def lines(known: Known) -> tuple[str, ...]:
    return tuple(map(line, known.items)) or ((NOBODY_KNEW,) if known.none_at else ())


def logged(item: KnownItem) -> str:
    """No key: lines of a log stay, also where what they name turns private."""
    if item.was == DONE:
        return "Review: it came back after the fix; an action item that was done before did not hold"
    return "Review: it was known before; an action item would have prevented it or shortened it"


def logged_none() -> str:
    return f"Review: {NOBODY_KNEW}"


def none_said(incident: Incident) -> Text:
    return say("Noted in the postmortem of {key}: {line}", key=key(incident), line=NOBODY_KNEW)


def taken_back(incident: Incident, what: str) -> Text:
    return say("Taken back: the postmortem of {key} says nothing about {what} any more.", key=key(incident), what=what)


def logged_back() -> str:
    return "Review: an answer about what was known before was taken back"


# -- refused


def no_such_item(said: str) -> Text:
    return say("I know no action item {key} that everybody here may see. Nothing was changed.", key=said[:40])


def no_item_key(said: str) -> Text:
    return say("“{said}” is no action item. Write its key, for example ACT-7. Nothing was changed.", said=said[:40])


def own_item(item: ActionItem) -> Text:
    return say("{key} came of this very incident. Only what was there before can have prevented it. Nothing was "
               "changed.", key=Strong(text=item.key))  # fmt: skip


def later_item(item: ActionItem) -> Text:
    return say("{key} was made after this incident was declared, on {day}. Nothing was changed.",
               key=Strong(text=item.key), day=due_echo(item.created_at.date()))  # fmt: skip


def of_a_drill() -> Text:
    return say("Drills are left out of this: neither a drill nor an item of one counts. Nothing was changed.")


def said_already(item: str) -> Text:
    return say("{key} is noted already. Nothing was changed.", key=Strong(text=item))


def said_otherwise(incident: Incident) -> Text:
    return say("An item is noted for {key}, so there is one. Take that back first. Nothing was changed.",
               key=key(incident))  # fmt: skip


def none_said_already(incident: Incident) -> Text:
    return say("That is noted for {key} already. Nothing was changed.", key=key(incident))


def too_many(most: int) -> Text:
    return say("More than {most} items are not kept for one incident. Nothing was changed.", most=most)


def nothing_to_take_back(said: str) -> Text:
    return say("Nothing is noted about {said}. Nothing was changed.", said=said[:40] or "that")


# -- on the item's side


def again(one: Again) -> str:
    return f"did not hold: {one.key}" if one.done_at else f"would have prevented or shortened {one.key}"


def logged_on_item(item: ActionItem, about: str) -> str:
    """In the timeline of the item's own incident; the later one may turn private, so it is not named."""
    told = [one for one in item.again if one.incident == about]
    if not told:
        return f"Action item {item.key}: what was said of it at a later review was taken back"
    if told[0].done_at:
        return f"Action item {item.key} did not hold, as said at the review of a later incident"
    return f"Action item {item.key} would have prevented a later incident or shortened it, as said at its review"


def decide(item: ActionItem) -> str:
    return f"{item.key} would have helped; it needs a decision of yours"


def why(item: ActionItem, one: Again, owner: str) -> Text:
    who = say("{owner} owns it", owner=owner) if owner else say("Nobody owns it")
    return say(
        "{key} {text}\nAt the review of {later} people said that it would have prevented that, or shortened it. {who}, "
        "and it is due {due}. Please set a date that will hold, find it another owner, or accept the risk.",
        key=Strong(text=item.key), text=item.text, later=Strong(text=one.key), who=who, due=due_echo(item.due),
    )  # fmt: skip


def to_owner(item: ActionItem, one: Again) -> Text:
    return say(
        "{key} of yours would have prevented {later}, or shortened it, as people said at its review: {text} (due "
        "{due}, from {incident}). Whoever answers for {incident} is asked to decide about it, too.",
        key=Strong(text=item.key), later=Strong(text=one.key), text=item.text, due=due_echo(item.due),
        incident=item.incident_key,
    )  # fmt: skip
