"""The forms about an incident, and what their fields are called."""

from __future__ import annotations

from bot.text import Choice, Form, Input, Text, say
from bot.words.incident import SEVERITY

DECLARE, DECLARE_SUBMIT = "Declare an incident", "Declare"
HOW_LONG = "For example 14:02, 20m ago or yesterday 23:10"
TICKS = {
    "private": ("Private", "Only those invited may know of it"),
    "drill": ("Drill", "An exercise: left out of every figure"),
}


def title(initial: str) -> Input:
    return Input(
        name="title",
        label="What is wrong?",
        initial=initial,
        hint="For example: Checkout answers with errors",
        max_length=200,
    )


def severity(initial: str) -> Input:
    choices = tuple(Choice(value=str(number), label=f"SEV{number} · {name}") for number, name in SEVERITY.items())
    return Input(name="severity", label="Severity", kind="choice", initial=initial, choices=choices)


def service(choices: tuple[Choice, ...], initial: str) -> Input:
    known = initial if any(one.value == initial for one in choices) else ""
    return Input(name="service", label="Service", kind="choice", required=False, initial=known, choices=choices)


def started(initial: str) -> Input:
    return Input(
        name="started", label="When did it start?", required=False, initial=initial[:80], hint=HOW_LONG, max_length=80
    )


def detected(initial: str) -> Input:
    choices = (
        Choice(value="alert", label="An alert"),
        Choice(value="customer", label="A customer"),
        Choice(value="person", label="One of us"),
    )
    known = initial if any(one.value == initial for one in choices) else ""
    return Input(
        name="detected", label="Who or what noticed it?", kind="choice", required=False, initial=known, choices=choices
    )


def from_private() -> Text:
    return say(
        "The message comes from a private conversation. Unless the incident is private too, everybody in the "
        "organisation can read it there."
    )


def tick(name: str, initial: str) -> Input:
    label, hint = TICKS[name]
    return Input(name=name, label=label, kind="tick", required=False, initial=initial, hint=hint)


def _args(incident: str) -> dict[str, str]:
    return {"incident": incident} if incident else {}


def note(incident: str) -> Form:
    inputs = (
        Input(name="text", label="What happened?", kind="text"),
        Input(name="at", label="When?", required=False, hint=HOW_LONG, max_length=80),
    )
    return Form(title="Add to the timeline", does="note", args=_args(incident), inputs=inputs, submit="Add")


PHASES = ("investigating", "identified", "monitoring")


def update(incident: str, phase: str, text: str, every: str) -> Form:
    inputs = (
        Input(
            name="phase",
            label="Where are we?",
            kind="choice",
            required=False,
            initial=phase,
            choices=tuple(Choice(value=one, label=one.capitalize()) for one in PHASES),
        ),
        Input(name="text", label="Update", kind="text", initial=text[:3000], hint="What changed, and what comes next"),
        Input(
            name="every",
            label="Next update in",
            required=False,
            initial=every,
            hint="For example 30m or 1h",
            max_length=40,
        ),
    )
    return Form(title="Update", does="update", args=_args(incident), inputs=inputs, submit="Post")


def change_severity(incident: str, current: int) -> Form:
    inputs = (severity(str(current)), Input(name="why", label="Why?", required=False, max_length=500))
    return Form(title="Change the severity", does="sev", args=_args(incident), inputs=inputs)


def role(incident: str, name: str) -> Form:
    inputs = (
        Input(
            name="role",
            label="Role",
            initial=name,
            hint="lead, comms, ops, scribe, liaison, or a name of your own",
            max_length=30,
        ),
        Input(name="person", label="Who?", kind="person", required=False, hint="Nobody chosen: you"),
    )
    return Form(title="Give a role", does="role", args=_args(incident), inputs=inputs)


def person(incident: str, does: str, heading: str) -> Form:
    inputs = (Input(name="person", label="Who?", kind="person"),)
    return Form(title=heading, does=does, args=_args(incident), inputs=inputs, submit="OK")


TIMES = {"began": "Impact began", "detected": "Detected", "mitigated": "Mitigated", "resolved": "Resolved"}


def time(incident: str, name: str, at: str, source: str) -> Form:
    choices = tuple(Choice(value=value, label=label) for value, label in TIMES.items())
    inputs = (
        Input(name="name", label="Which time?", kind="choice", initial=name, choices=choices),
        Input(name="at", label="When?", initial=at, hint=HOW_LONG, max_length=80),
        Input(
            name="source",
            label="How is it known?",
            required=False,
            initial=source,
            hint="For example: the error graph",
            max_length=200,
        ),
    )
    return Form(title="One of the five times", does="time", args=_args(incident), inputs=inputs)


def impact(incident: str, current: str) -> Form:
    hint = "Who was hurt, and how much? For example: 12 % of payments failed"
    inputs = (Input(name="text", label="Impact", kind="text", initial=current[:3000], hint=hint),)
    return Form(title="Impact", does="impact", args=_args(incident), inputs=inputs)


def reopen(incident: str) -> Form:
    inputs = (Input(name="why", label="Why is it not over?", kind="text", max_length=1000),)
    return Form(title="Reopen the incident", does="reopen", args=_args(incident), inputs=inputs, submit="Reopen")
