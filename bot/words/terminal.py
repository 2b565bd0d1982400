"""What the terminal chat says by itself."""

from __future__ import annotations

from collections.abc import Sequence

SANDBOX = (
    "No tokens are set, so this is the sandbox: a simulated Slack and a simulated Teams, on this machine only. "
    "Stop it with Ctrl-C."
)


def hello(people: Sequence[str]) -> str:
    return (
        f"You are @{people[0]}. Type `/incident declare sev2 Checkout errors`, a message, `@{people[1]} hello` to "
        f"speak as {people[1]}, `#name` to go to a channel, a number for a button, /quit to leave. Nothing is kept."
    )


def missing(title: str, asked: str, example: str) -> str:
    """What a form would ask for, where no form can be shown."""
    shown = f" For example: debrief incident {example}" if example else ""
    return f"Not enough was said for \u201c{title}\u201d{f' (wanted: {asked})' if asked else ''}.{shown}"


def no_channel(name: str, known: Sequence[str]) -> str:
    return f"There is no #{name}. There is: {', '.join(f'#{one}' for one in known) or 'no channel yet'}."


def nobody_known() -> str:
    return "Nobody is known yet: people are met when they write, or when an incident's channel is opened."


ADMIN = "admin"


def unclear(said: str) -> str:
    return f"I know nobody called {said!r}, or several. `debrief people list` shows everybody with their ids."


def no_length(said: str) -> str:
    return f"Nothing was simulated. How far to look ahead is said like 90d, 12h or 4w, not {said!r}."


def nothing_to_remind() -> str:
    return "Nothing would be sent."


def simulated(messages: int, people: int) -> str:
    return f"\n{messages} messages to {people} people, if nobody did anything. Nothing was sent or changed."
