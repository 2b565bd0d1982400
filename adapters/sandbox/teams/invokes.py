"""What a bot may answer to an invoke, and what a client makes of it.

Shapes are those of Microsoft Learn, "Universal Actions for Adaptive Cards" and "Dialogs"; whatever else comes shows
"Something went wrong" and is recorded as a broken rule.
"""

from dataclasses import dataclass
from typing import Any

from adapters.sandbox.outgoing import Answer
from adapters.sandbox.teams import cards
from adapters.sandbox.teams.world import ADAPTIVE, Json

MESSAGE = "application/vnd.microsoft.activity.message"
ERROR = "application/vnd.microsoft.error"
UNREACHABLE = "Unable to reach app. Please try again."
WRONG = "Something went wrong. Please try again."
SIZES = ("small", "medium", "large")


@dataclass(frozen=True)
class Outcome:
    """`broken` says which rule the answer breaks; `task` is what a dialog shows next."""

    text: str = ""
    card: Json | None = None
    task: Json | None = None
    ok: bool = True
    broken: str = ""


def broken(reason: str) -> Outcome:
    return Outcome(text=WRONG, ok=False, broken=reason)


def unreachable(answer: Answer) -> Outcome | None:
    return None if answer.ok else Outcome(text=UNREACHABLE, ok=False)


def card_action(answer: Answer) -> Outcome:
    """The answer to adaptiveCard/action: a card, a message, or an error, with HTTP 200 in any case."""
    if said := unreachable(answer):
        return said
    body = answer.parsed()
    if answer.status != 200 or not isinstance(body, dict):
        return broken("the answer to a button is no object")
    status, kind, value = body.get("statusCode"), body.get("type"), body.get("value")
    if not isinstance(status, int):
        return broken("statusCode is missing")
    if status == 200 and kind == ADAPTIVE:
        said_wrong = cards.card_problem(value)
        return broken(said_wrong) if said_wrong else Outcome(card=value)
    if status == 200 and kind == MESSAGE:
        return Outcome(text=value) if isinstance(value, str) and value else broken("the message is no text")
    if status >= 400 and kind == ERROR:
        return _error(value)
    return broken(f"{status} with {kind} is not known")


def _error(value: Any) -> Outcome:
    if isinstance(value, dict) and isinstance(value.get("code"), str) and isinstance(value.get("message"), str):
        return Outcome(text=value["message"], ok=False)
    return broken("the error has no code and message")


def fetched(answer: Answer) -> Outcome:
    """The answer to task/fetch and composeExtension/fetchTask: a dialog, or a message in one."""
    if said := unreachable(answer):
        return said
    body = answer.parsed()
    if not isinstance(body, dict) or "task" not in body:
        return broken("there is no task in the answer")
    return task(body["task"])


def submitted(answer: Answer, *, extension: bool) -> Outcome:
    """The answer to a submission: nothing, another dialog, a message, or (message extensions) a card to insert."""
    if said := unreachable(answer):
        return said
    body = answer.parsed()
    if body in (None, {}):
        return Outcome()
    if not isinstance(body, dict):
        return broken("the answer is no object")
    if body.get("task"):
        return task(body["task"])
    if extension and body.get("composeExtension"):
        return _inserted(body["composeExtension"])
    return (
        Outcome() if set(body) <= {"task", "composeExtension", "cacheInfo"} else broken(f"{sorted(body)} is not known")
    )


def task(content: Any) -> Outcome:
    if not isinstance(content, dict):
        return broken("the task is no object")
    value = content.get("value")
    if content.get("type") == "message":
        return Outcome(text=value) if isinstance(value, str) and value else broken("the task's message is no text")
    if content.get("type") != "continue":
        return broken(f"a task of type {content.get('type')!r} is not known")
    wrong = _dialog(value)
    return broken(wrong) if wrong else Outcome(task=value)


def _dialog(value: Any) -> str:
    if not isinstance(value, dict):
        return "the task's value is no object"
    if not isinstance(value.get("title", ""), str):
        return "the title is no text"
    for name in ("height", "width"):
        given = value.get(name, "medium")
        if given not in SIZES and not (isinstance(given, int) and given > 0):
            return f"the {name} {given!r} is no size"
    card = value.get("card")
    if card is None:
        return "" if str(value.get("url", "")).startswith("https://") else "there is neither a card nor a url"
    if not isinstance(card, dict) or card.get("contentType") != ADAPTIVE:
        return "the dialog's card is not an attachment with an Adaptive Card"
    return cards.card_problem(card.get("content")) or ""


def _inserted(content: Any) -> Outcome:
    if not isinstance(content, dict):
        return broken("the composeExtension is no object")
    kind = content.get("type")
    if kind == "message":
        text = content.get("text")
        return Outcome(text=text) if isinstance(text, str) and text else broken("the message is no text")
    found = content.get("attachments")
    if kind == "botMessagePreview":
        found = (content.get("activityPreview") or {}).get("attachments")
    if kind not in ("result", "botMessagePreview") or not found or cards.problem(found):
        return broken(f"a composeExtension of type {kind!r} is not known, or has no card")
    return Outcome(card=found[0].get("content"))
