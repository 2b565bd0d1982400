"""The list of the rules' modules: importing this package fills `bot.rules`, verbs in the order of help."""
# isort: skip_file

from bot.commands import declare, updates, severity, roles, timeline, undo
from bot.commands import actions, items, reminders
from bot.commands import questions, setup
from bot.commands import accounts, added, captures, channel, delivery

__all__ = [
    "accounts", "actions", "added", "captures", "channel", "declare", "delivery", "items", "questions", "reminders",
    "roles", "setup", "severity", "timeline", "undo", "updates",
]  # fmt: skip
