"""The list of the rules' modules: importing this package fills `bot.rules`, verbs in the order of help."""
# isort: skip_file

from bot.commands import declare, updates, severity, roles, timeline, status, undo
from bot.commands import actions, items, tickets, reminders, postmortem
from bot.commands import questions, similar, exporting, web, setup, home
from bot.commands import accounts, added, captures, channel, delivery, importing

__all__ = [
    "accounts", "actions", "added", "captures", "channel", "declare", "delivery", "exporting", "home", "importing",
    "items", "postmortem", "questions", "reminders", "roles", "setup", "severity", "similar", "status", "tickets",
    "timeline", "undo", "updates", "web",
]  # fmt: skip
