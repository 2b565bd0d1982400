"""The forms of action items: everything that a verb may leave out, asked for with what is known filled in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from bot.model import ActionItem, Incident
from bot.text import Choice, Form, Input, Text
from bot.words import actions as words
from bot.words import effectiveness as check_words
from bot.words import forms
from bot.words import reminded as wishes
from bot.workdays import WorkingTime

PURPOSES = (
    Choice(value="prevent", label="Prevent: it cannot happen again"),
    Choice(value="detect", label="Detect: we notice sooner"),
    Choice(value="mitigate", label="Mitigate: it hurts less"),
    Choice(value="learn", label="Learn: we understand it better"),
)


def action_form(
    incident: Incident,
    *,
    due: date,
    text: str = "",
    owner: str = "",
    sooner: str = "",
    from_private: bool = False,
) -> Form:
    """`sooner` says what the date left as it is becomes by what the item is for."""
    return Form(
        title="Action item",
        does="action",
        args={"incident": incident.key, **({"from_private": "yes"} if from_private else {})},
        intro=forms.from_private() if from_private else Text(),
        submit="Add",
        inputs=(
            Input(
                name="text",
                label="What is to be done",
                kind="text",
                initial=text[:3000],
                hint=words.HINT_WHAT,
            ),
            Input(
                name="owner",
                label="Who makes sure of it",
                kind="person",
                initial=owner,
                hint=words.HINT_OWNER,
            ),
            Input(name="due", label="Until", kind="date", initial=due.isoformat(), hint=sooner),
            Input(name="purpose", label="What it is for", kind="choice", required=False, choices=PURPOSES),
        ),
    )


def _about(item: ActionItem, listed: str) -> dict[str, str]:
    return {"item": item.key, "listed": listed} if listed else {"item": item.key}


def snooze_form(item: ActionItem, listed: str, today: date, until: str = "") -> Form:
    again = item.snoozes > 0
    initial = until if _is_date(until) else (today + timedelta(days=14)).isoformat()
    return Form(
        title=f"Snooze {item.key}",
        does="snooze",
        args=_about(item, listed),
        intro=words.needs_reason(item) if again else words.about(item),
        submit="Snooze",
        inputs=(
            Input(name="until", label="Until", kind="date", initial=initial),
            Input(name="reason", label="Why", kind="line", required=again, max_length=1000),
        ),
    )


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def reassign_form(item: ActionItem, listed: str) -> Form:
    return Form(
        title=f"Reassign {item.key}",
        does="reassign",
        args=_about(item, listed),
        intro=words.about(item),
        submit="Reassign",
        inputs=(Input(name="owner", label="New owner", kind="person", hint=words.HINT_OWNER),),
    )


def wont_do_form(item: ActionItem, listed: str) -> Form:
    return Form(
        title=f"Won't do {item.key}",
        does="wont_do",
        args=_about(item, listed),
        intro=words.about(item),
        submit="Won't do",
        inputs=(Input(name="reason", label="Why not", kind="line", max_length=1000, hint=words.HINT_WHY_NOT),),
    )


def link_form(item: ActionItem, listed: str) -> Form:
    return Form(
        title=f"Link for {item.key}",
        does="link_item",
        args=_about(item, listed),
        intro=words.about(item),
        inputs=(Input(name="link", label="Where it was done", kind="line", max_length=2000, hint=words.HINT_LINK),),
    )


def accept_form(item: ActionItem, listed: str) -> Form:
    why = Input(name="reason", label="Why it is acceptable", kind="line", max_length=1000, hint=words.HINT_WHY_ACCEPTED)
    return Form(
        title=f"Accept the risk of {item.key}",
        does="accept_risk",
        args=_about(item, listed),
        intro=words.about(item),
        submit="Accept the risk",
        inputs=(why,),
    )


def not_held_form(item: ActionItem, days: int) -> Form:
    why = Input(name="reason", label=check_words.WHAT_HAPPENED, kind="line", max_length=1000, hint=check_words.HINT_WHY)
    return Form(
        title=check_words.form_title(item),
        does="item_did_not_hold",
        args={"item": item.key, "days": str(days)},
        intro=words.about(item),
        inputs=(why,),
    )


def reminders_form(hours: WorkingTime, days: Sequence[str], away_until: date | None) -> Form:
    """Somebody's own wishes; the date is there only while they are away."""
    until = away_until.isoformat() if away_until else ""
    hour = f"{hours.digest_time:%H:%M}"
    weekdays = tuple(Choice(value=day, label=day.capitalize()) for day in days)
    return Form(
        title=wishes.FORM_TITLE,
        does="set_reminders",
        inputs=(
            Input(name="day", label=wishes.DAY, kind="choice", initial=days[hours.digest_weekday], choices=weekdays),
            Input(
                name="hour",
                label=wishes.HOUR,
                initial=hour,
                hint=wishes.HINT_HOUR,
                max_length=5,
            ),
            Input(name="away", label=wishes.AWAY, kind="date", required=False, initial=until, hint=wishes.HINT_AWAY),
        ),
    )
