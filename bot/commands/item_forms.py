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


def snooze_form(item: ActionItem, listed: str, today: date, until: date | None = None) -> Form:
    again = item.snoozes > 0
    last = max(today, item.due)
    until = until or last + min(timedelta(days=14), date.max - last)  # what was imported may be due at any time
    date_input = Input(name="until", label="Until", kind="date", initial=until.isoformat())
    form = _about_item("snooze", f"Snooze {item.key}", "Snooze", item, listed, date_input, _why("Why", required=again))
    return form.model_copy(update={"intro": words.needs_reason(item)}) if again else form


def reassign_form(item: ActionItem, listed: str) -> Form:
    owner = Input(name="owner", label="New owner", kind="person", hint=words.HINT_OWNER)
    return _about_item("reassign", f"Reassign {item.key}", "Reassign", item, listed, owner)


def wont_do_form(item: ActionItem, listed: str) -> Form:
    why = _why("Why not", words.HINT_WHY_NOT)
    return _about_item("wont_do", f"Won't do {item.key}", "Won't do", item, listed, why)


def link_form(item: ActionItem, listed: str) -> Form:
    link = Input(name="link", label="Where it was done", kind="line", max_length=2000, hint=words.HINT_LINK)
    return _about_item("link_item", f"Link for {item.key}", "Save", item, listed, link)


def accept_form(item: ActionItem, listed: str) -> Form:
    why = _why("Why it is acceptable", words.HINT_WHY_ACCEPTED)
    return _about_item("accept_risk", f"Accept the risk of {item.key}", "Accept the risk", item, listed, why)


def _about_item(does: str, title: str, submit: str, item: ActionItem, listed: str, *inputs: Input) -> Form:
    args = _about(item, listed)
    return Form(title=title, does=does, args=args, intro=words.about(item), submit=submit, inputs=inputs)


def _why(label: str, hint: str = "", *, required: bool = True) -> Input:
    return Input(name="reason", label=label, kind="line", required=required, max_length=1000, hint=hint)


def not_held_form(item: ActionItem, days: int) -> Form:
    return Form(
        title=check_words.form_title(item),
        does="item_did_not_hold",
        args={"item": item.key, "days": str(days)},
        intro=words.about(item),
        inputs=(_why(check_words.WHAT_HAPPENED, check_words.HINT_WHY),),
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
