"""A link to the pages, for the one who asks."""

from __future__ import annotations

from datetime import datetime

from bot.command import Command
from bot.rules import decides, verb
from bot.state import Decision, State
from bot.text import Reply
from bot.words import web as words


@verb(
    "web", "page", "pages", "signin", "sign-in",
    usage="web",
    example="web",
    help="Sends you, privately, a link that signs you in to the pages.",
)  # fmt: skip
class SignIn(Command, kind="sign_in"):
    """The link itself is made when the answer is delivered; a rule knows no secret."""


@decides(SignIn, may="anyone")
def sign_in(state: State, command: SignIn, now: datetime) -> Decision:  # noqa: ARG001
    path = f"/incidents/{state.incident.key}" if state.incident else "/incidents"
    return Decision(state=state, reply=Reply.of(words.sign_in_link(path)))
