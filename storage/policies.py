"""The organisation's policy and what it was before: who changed it, when, and by which command."""

from __future__ import annotations

from sqlalchemy import func, select, update

from bot.command import Command
from bot.model import Organisation, Policies
from bot.ports import PolicyRevision
from storage.fields import table
from storage.tables import OrganisationRow
from storage.tables_policy import PolicyRow
from storage.work import Work

organisation_table, policy = table(OrganisationRow), table(PolicyRow)


def save(work: Work, by: str, command: Command, before: Organisation, after: Organisation) -> None:
    if before == after:
        return
    values = {"name": after.name, "policies": after.policies.model_dump_json()}
    work.run(update(organisation_table).where(organisation_table.c.id == before.id).values(values))
    if before.policies != after.policies:
        work.hold([f"policy {after.id}"])
        last = work.scalar(select(func.max(policy.c.number)).where(policy.c.organisation == after.id))
        told = {"by": by, "at": work.now(), "kind": command.kind, "policies": values["policies"]}
        work.add(PolicyRow, {"organisation": after.id, "number": (last or 0) + 1, **told})


def history(work: Work, organisation: str, limit: int) -> tuple[PolicyRevision, ...]:
    """The newest first."""
    mine = select(policy).where(policy.c.organisation == organisation).order_by(policy.c.number.desc())
    return tuple(
        PolicyRevision(
            number=row.number, at=row.at, by=row.by, kind=row.kind,
            policies=Policies.model_validate_json(row.policies),
        )
        for row in work.rows(mine.limit(limit))
    )  # fmt: skip
