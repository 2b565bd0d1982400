"""Commands whose rule failed: kept without secrets, and given out again once, with their origin id free again."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, delete, func, select, update

from bot.command import KINDS, Command
from bot.effects import Effect
from bot.ports import Parked
from storage.captures import captured_in
from storage.fields import table
from storage.keys import place_key
from storage.outbox import enqueue
from storage.saving import masked_json
from storage.tables import IncidentRow, SeenRow
from storage.tables_access import ParkedRow
from storage.work import Work

parked, seen, incident = table(ParkedRow), table(SeenRow), table(IncidentRow)


def park(work: Work, organisation: str, command: Command, error: str, effects: Sequence[Effect]) -> None:
    row = {
        "organisation": organisation, "incident": _about(work, organisation, command), "kind": command.kind,
        "command": masked_json(command), "error": error, "at": work.now(),
    }  # fmt: skip
    work.run(parked.insert().values(row))
    enqueue(work, organisation, effects)


def _about(work: Work, organisation: str, command: Command) -> str:
    """Id of the incident that it was meant for, where that is plain."""
    if command.message is not None:
        return captured_in(work, [command.message]).get(command.message, ("", ""))[1]
    t, origin = incident, command.origin
    where = t.c.key == command.incident.upper()
    if not command.incident:
        where = t.c.place == place_key(origin.platform, origin.tenant, origin.channel)
    newest = select(t.c.id).where(and_(t.c.organisation == organisation, where)).order_by(t.c.created.desc()).limit(1)
    return str(work.scalar(newest) or "")


def listed(work: Work, limit: int) -> list[Parked]:
    """Oldest first; what was replayed is not among them."""
    waiting = select(parked).where(parked.c.replayed.is_(None)).order_by(parked.c.id).limit(limit)
    return [
        Parked(
            id=row.id, organisation=row.organisation, incident=row.incident, kind=row.kind, command=row.command,
            error=row.error, at=row.at,
        )
        for row in work.rows(waiting)
    ]  # fmt: skip


def count(work: Work) -> int:
    return int(work.scalar(select(func.count()).select_from(parked).where(parked.c.replayed.is_(None))))


def release(work: Work, id_: int) -> Command | None:
    """The command to be submitted again; None: there is none of that number, or it was given out before."""
    row = work.row(select(parked).where(parked.c.id == id_, parked.c.replayed.is_(None)).with_for_update())
    if row is None or row.kind not in KINDS:
        return None
    command = KINDS[row.kind].model_validate_json(row.command)
    origin = command.origin
    same = and_(seen.c.platform == origin.platform, seen.c.tenant == origin.tenant, seen.c.origin == origin.id)
    work.run(delete(seen).where(same))
    work.run(update(parked).where(parked.c.id == id_).values(replayed=work.now()))
    return command
