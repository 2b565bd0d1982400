"""The list of the rules' modules: importing this package fills `bot.rules` with all of them."""

from bot.commands import actions, declare, home, postmortem, questions, roles, setup, severity, status, timeline, undo, updates

__all__ = [
    "actions", "declare", "home", "postmortem", "questions", "roles", "setup", "severity", "status", "timeline", "undo", "updates",
]  # fmt: skip
