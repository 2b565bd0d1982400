"""What happens beside the chat when a postmortem is published: it goes to each program that is switched on.

Law: what is given out is the record as it is when it is given out, seen as Debrief sees it; a private incident goes
nowhere unless that program's own setting says so.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import ClassVar

from bot.command import Command
from bot.effects import REMINDER, Effect
from bot.model import PostmortemStatus
from bot.ports import Deliver, React, Record, Reports
from bot.record import fetched
from bot.state import Decision, State


class ExportPostmortem(Effect, kind="export_postmortem"):
    """Brings a published postmortem to GitHub, GitLab or Confluence: what is there already is updated."""

    beside: ClassVar[bool] = True

    about: str
    """Key of the incident."""
    version: int
    priority: int = REMINDER


@dataclass(frozen=True)
class Target:
    """One program. `put` makes what stands there agree with the record, however often it is called."""

    name: str
    private: bool
    put: Callable[[Record], Awaitable[None]]


def integration(target: Target, reports: Reports) -> tuple[React, Deliver]:
    def react(before: State, decision: Decision) -> tuple[Effect, ...]:
        return _published(target, before, decision)

    async def deliver(effect: Effect, _attempt: int, _unsure: bool) -> Command | None:
        if isinstance(effect, ExportPostmortem):
            record = await fetched(reports, effect.tenant, effect.about)
            if record is not None and _goes_out(target, record, effect):
                await target.put(record)
        return None

    return react, deliver


def _published(target: Target, before: State, decision: Decision) -> tuple[Effect, ...]:
    incident, now, old = decision.state.incident, decision.state.postmortem, before.postmortem
    if incident is None or now is None or old is None or (incident.private and not target.private):
        return ()
    if now.status is not PostmortemStatus.PUBLISHED or now.published_at == old.published_at or not now.published_at:
        return ()
    key = f"export:{target.name}:{now.id}:{now.version}:{now.published_at.isoformat()}"
    made = ExportPostmortem(
        key=key, platform=target.name, tenant=incident.organisation, incident=incident.id, about=incident.key,
        version=now.version, supersedes=f"export:{target.name}:{now.id}",
    )  # fmt: skip
    return (made,)


def _goes_out(target: Target, record: Record, effect: ExportPostmortem) -> bool:
    """It may have turned private, or a draft again, since it was published."""
    of = record.postmortem
    if of is None or of.status is not PostmortemStatus.PUBLISHED or of.version != effect.version:
        return False
    return target.private or not record.incident.private
