"""What the parts of an incident's cards are called."""

from __future__ import annotations

from bot.model import Status

BUTTONS = {
    "update": "Update",
    "sev": "Severity",
    "lead": "Take the lead",
    "action": "Add action",
    "timeline": "Timeline",
    "mitigate": "Mitigated",
    "resolve": "Resolve",
    "reopen": "Reopen",
    "close": "Close",
}
CONFIRM = {"resolve": "Resolve this incident? Its postmortem opens as a draft.", "close": "Close this incident?"}
JOIN = "Join"

COMMANDER, NOBODY = "Incident commander", "nobody yet"
IMPACT, NOT_YET = "Impact", "not described yet"
TIMES, UNKNOWN = "Times", "unknown"
DOTS = {Status.ACTIVE: "🔴", Status.MITIGATED: "🟠", Status.RESOLVED: "🟢", Status.CLOSED: "⚪"}
PRIVATE = " · private"
ROLES, SERVICE, LAST_UPDATE, SUMMARY, CALL = "Roles", "Service", "Last update", "Summary", "Call"
