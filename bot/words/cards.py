"""What the parts of an incident's cards are called."""

from __future__ import annotations

BUTTONS = {
    "update": "Update",
    "sev": "Severity",
    "lead": "Lead: me",
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
PRIVATE = " · private"
STATUS, ROLES, SERVICE, LAST_UPDATE, SUMMARY, CALL = "Status", "Roles", "Service", "Last update", "Summary", "Call"
