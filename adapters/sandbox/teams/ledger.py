"""What really happened on the side of Teams: every call, delivery and stored message; nothing is estimated.

A duplicate is the same text, summary, attachments and `replyToId`, stored twice in one conversation by create or send
within ten minutes of the simulated clock; targeted messages are left out.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from adapters.sandbox import ledger
from adapters.sandbox.teams.world import ADAPTIVE, Json

REPEAT_WINDOW = timedelta(minutes=10)


@dataclass(frozen=True)
class Stored(ledger.Posted):
    """`channel` is the conversation's full id, `activity` what the bot sent."""

    card: Json | None = None
    when: datetime | None = None
    activity: Json = field(default_factory=dict)
    targeted: bool = False


@dataclass
class Violation:
    """A rule that a bot broke: by which operation or invoke, what is wrong, and with which card or answer."""

    name: str
    reason: str
    content: object = None


@dataclass
class Ledger(ledger.Ledger):
    stored: list[Stored] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    updates: int = 0
    _looks: dict[str, datetime] = field(default_factory=dict)

    def store(self, tenant: str, conversation: str, place: str, ts: str, activity: Json, *, targeted: bool) -> None:
        """Counts a message of the bot. `place` is where a repetition of it would stand."""
        text, attachments = str(activity.get("text") or ""), activity.get("attachments") or []
        card = next((a.get("content") for a in attachments if a.get("contentType") == ADAPTIVE), None)
        moment = self.now()
        entry = Stored(
            tenant, conversation, ts, text, None, moment.timestamp(),
            card=card, when=moment, activity=activity, targeted=targeted,
        )  # fmt: skip
        self.stored.append(entry)
        if targeted:
            return
        self.posted.append(entry)
        look = json.dumps(
            [place, text, activity.get("summary"), attachments, activity.get("replyToId")], sort_keys=True
        )
        before = self._looks.get(look)
        if before is not None and moment - before < REPEAT_WINDOW:
            self.duplicates.append(entry)
        self._looks[look] = moment

    def call(self, method: str, request: Json, status: int, response: Any, ms: float, note: str = "") -> None:
        self.calls[method] += 1
        error = response.get("error") if isinstance(response, dict) else None
        if isinstance(error, dict):
            self.errors[(method, str(error.get("code")))] += 1
        self.show("from bot", method, status, request, response, ms, note)

    def violate(self, name: str, reason: str, content: object = None) -> None:
        self.violations.append(Violation(name, reason, content))
        self.limit_violations.append((name, reason))

    def note(self, text: str) -> None:
        self.notes.append(text)
