"""Organisations and the tenants that joined them. A tenant belongs to one organisation at a time."""

from __future__ import annotations

import secrets

from sqlalchemy import and_, select, update

from storage.fields import table
from storage.keys import HOUSE
from storage.outbox import give_up_all
from storage.tables import OrganisationRow, TenantRow
from storage.tables_access import SettingRow
from storage.work import Work

organisation_table, tenant_table, setting_table = table(OrganisationRow), table(TenantRow), table(SettingRow)
INSTALLATION = "installation"
"""The setting that holds the organisation to which the tenants named in the operator's settings belong."""


def organisation_of(work: Work, platform: str, tenant: str) -> str | None:
    if platform in HOUSE:
        own: str | None = work.scalar(select(organisation_table.c.id).where(organisation_table.c.id == tenant))
        return own
    t = tenant_table
    where = and_(t.c.platform == platform, t.c.tenant == tenant, t.c.left_at.is_(None))
    found: str | None = work.scalar(select(t.c.organisation).where(where))
    return found


def join(work: Work, platform: str, tenant: str, name: str, organisation: str | None) -> str:
    """The tenant's organisation: the one named, its former one, or a new one. Joining twice is joining once."""
    work.hold([f"join {platform} {tenant}"])
    t = tenant_table
    same = and_(t.c.platform == platform, t.c.tenant == tenant)
    row = work.row(select(t.c.organisation, t.c.left_at).where(same))
    if row is not None and row.left_at is None:
        if organisation not in (None, row.organisation):
            raise ValueError(f"{platform} tenant {tenant} belongs to another organisation, which it has to leave first")
        return str(row.organisation)
    joined = organisation or (row.organisation if row else _new_organisation(work, name))
    if row is not None:
        work.run(update(t).where(same).values(organisation=joined, name=name, joined_at=work.now(), left_at=None))
        return str(joined)
    values = {"platform": platform, "tenant": tenant, "organisation": joined, "name": name, "joined_at": work.now()}
    work.add(TenantRow, values)
    return str(joined)


def join_beside(work: Work, platform: str, tenant: str, name: str) -> str:
    """Joins the organisation of this installation: what one operator configured side by side belongs together."""
    work.hold(["join beside"])
    known = organisation_of(work, platform, tenant) or _installation(work)
    joined = join(work, platform, tenant, name, known)
    work.put(SettingRow, [{"name": INSTALLATION, "value": joined}])
    return joined


def _installation(work: Work) -> str | None:
    """The one that an earlier tenant of the settings joined, else the only one there is."""
    chosen: str | None = work.scalar(select(setting_table.c.value).where(setting_table.c.name == INSTALLATION))
    if chosen is not None:
        return chosen
    found = [row.id for row in work.rows(select(organisation_table.c.id).limit(2))]
    return found[0] if len(found) == 1 else None


def _new_organisation(work: Work, name: str) -> str:
    id_ = "o_" + secrets.token_hex(8)
    work.add(OrganisationRow, {"id": id_, "name": name, "policies": "{}", "next_incident": 1, "next_item": 1})
    return id_


def leave(work: Work, platform: str, tenant: str) -> None:
    t = tenant_table
    gone = and_(t.c.platform == platform, t.c.tenant == tenant, t.c.left_at.is_(None))
    work.run(update(t).where(gone).values(left_at=work.now()))
    give_up_all(work, platform, tenant)
