"""Severity: one number from 1, the worst, to 5, changed in public and with a reason."""

from __future__ import annotations

from datetime import datetime

from bot.change import changed, entry, incident_of
from bot.command import Command
from bot.errors import Refused
from bot.model import EntryKind
from bot.reading import first_word, severity_of
from bot.rules import decides, verb
from bot.state import Decision, State
from bot.text import Reply, Typed
from bot.words import forms
from bot.words import incident as words


@verb(
    "sev",
    "severity",
    usage="sev <1..5> [why]",
    example="sev 2 half of the payments fail",
    help="Changes the severity; 1 is worst.",
)
class Severity(Command, kind="sev"):
    wants_incident = True
    asks = True

    severity: str = ""
    why: Typed = ""

    @classmethod
    def read(cls, said: str) -> dict[str, str]:
        number, why = first_word(said)
        return {"severity": number.rstrip(":,"), "why": why}


@decides(Severity)
def sev(state: State, command: Severity, now: datetime) -> Decision:
    incident = incident_of(state)
    if not command.severity.strip():
        return Decision(state=state, reply=Reply(form=forms.change_severity(incident.key, incident.severity)))
    after = severity_of(command.severity)
    if after is None:
        raise Refused(words.bad_severity(command.severity), "severity")
    if after == incident.severity:
        raise Refused(words.same_severity(incident), "severity")
    why = command.why.strip()
    return changed(
        state,
        command,
        now,
        entry(state, command, now, EntryKind.SEVERITY, words.severity_line(state, incident.severity, after, why)),
        what="the severity",
        public=words.severity_changed(state, incident.severity, after, why),
        reply=words.severity_set(after),
        severity=after,
    )
