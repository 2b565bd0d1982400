"""The first tables."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TYPES: dict[str, Any] = {
    "text": sa.String(),
    "int": sa.Integer(),
    "long": sa.BigInteger(),
    "bool": sa.Boolean(),
    "serial": sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
}
TABLES = (
    "oauth_state",
    "organisation",
    "seen",
    "setting",
    "api_token",
    "audit",
    "audit_head",
    "incident",
    "installation",
    "outbox",
    "parked",
    "person",
    "plan",
    "reminded",
    "tenant",
    "account",
    "entry",
    "incident_member",
    "item",
    "postmortem",
    "sign_in",
    "postmortem_revision",
    "revision",
)
INDEXES = (
    ("seen_by_age", "seen", "at", False, ""),
    ("api_token_by_hash", "api_token", "hash", True, ""),
    ("incident_by_age", "incident", "organisation created", False, ""),
    ("incident_by_place", "incident", "place", False, ""),
    ("ix_installation_organisation", "installation", "organisation", False, ""),
    ("outbox_finished", "outbox", "finished", False, "finished IS NOT NULL AND body <> '{}'"),
    ("outbox_in_order", "outbox", "priority created id", False, "finished IS NULL"),
    ("outbox_lanes", "outbox", "lane id", False, "finished IS NULL"),
    ("outbox_superseding", "outbox", "organisation supersedes", False, "finished IS NULL"),
    ("ix_parked_organisation", "parked", "organisation", False, ""),
    ("person_by_first", "person", "organisation first", False, ""),
    ("person_by_full", "person", "organisation full", False, ""),
    ("person_by_local", "person", "organisation local", False, ""),
    ("plan_by_time", "plan", "due_at", False, ""),
    ("ix_tenant_organisation", "tenant", "organisation", False, ""),
    ("account_of", "account", "organisation person", False, ""),
    ("entry_by_message", "entry", "ref organisation incident", True, ""),
    ("entry_in_order", "entry", "organisation incident occurred", False, ""),
    ("member_of", "incident_member", "organisation person", False, ""),
    ("item_by_due", "item", "organisation status due", False, ""),
    ("item_by_incident", "item", "organisation incident", False, ""),
    ("item_by_owner", "item", "organisation owner status", False, ""),
    ("sign_in_by_end", "sign_in", "expires", False, ""),
    ("sign_in_by_hash", "sign_in", "hash", True, ""),
)
"""Name, table, columns, whether unique, and the rows it is for."""


def upgrade() -> None:
    for part in (_first, _second, _third, _fourth):
        part()
    for name, table, columns, unique, where in INDEXES:
        only: dict[str, Any] = {f"{which}_where": sa.text(where) for which in ("sqlite", "postgresql") if where}
        op.create_index(name, table, columns.split(), unique=unique, **only)


def downgrade() -> None:
    for name, table, *_ in INDEXES:
        op.drop_index(name, table)
    for table in reversed(TABLES):
        op.drop_table(table)


def _table(
    name: str,
    columns: str,
    *,
    primary_key: str,
    foreign: dict[str, str] | None = None,
    unique: str = "",
    **options: Any,
) -> None:
    """`columns` is `name:type`, with `?` where it may be empty; `foreign` maps own columns to `table: its columns`."""
    rules: list[Any] = [sa.PrimaryKeyConstraint(*primary_key.split())]
    for own, other in (foreign or {}).items():
        table, theirs = other.split(": ")
        rules.append(sa.ForeignKeyConstraint(own.split(), [f"{table}.{column}" for column in theirs.split()]))
    if unique:
        rules.append(sa.UniqueConstraint(*unique.split()))
    op.create_table(name, *map(_column, columns.split()), *rules, **options)


def _column(spec: str) -> sa.Column[Any]:
    name, kind = spec.split(":")
    return sa.Column(name, TYPES[kind.rstrip("?")], nullable=kind.endswith("?"))


def _first() -> None:
    _table(
        "oauth_state",
        "hash:text browser:text expires:long",
        primary_key="hash",
    )
    _table(
        "organisation",
        "id:text name:text policies:text next_incident:int next_item:int",
        primary_key="id",
    )
    _table(
        "seen",
        "platform:text tenant:text origin:text at:long reply:text?",
        primary_key="platform tenant origin",
        sqlite_with_rowid=False,
    )
    _table(
        "setting",
        "name:text value:text",
        primary_key="name",
    )
    _table(
        "api_token",
        "organisation:text id:text hash:text name:text person:text scope:text created:long expires:long? revoked:long?",
        primary_key="organisation id",
        foreign={"organisation": "organisation: id"},
    )
    _table(
        "audit",
        "organisation:text seq:long at:long actor:text what:text incident:text outcome:text salt:text "
        "commitment:text prev:text hash:text",
        primary_key="organisation seq",
        foreign={"organisation": "organisation: id"},
    )
    _table(
        "audit_head",
        "organisation:text seq:long hash:text",
        primary_key="organisation",
        foreign={"organisation": "organisation: id"},
    )
    _table(
        "incident",
        "organisation:text id:text key:text severity:int status:text private:bool drill:bool declared_by:text "
        "place:text? place_thread:text folded:text created:long body:text",
        primary_key="organisation id",
        foreign={"organisation": "organisation: id"},
        unique="organisation key",
    )


def _second() -> None:
    _table(
        "installation",
        "platform:text tenant:text organisation:text token:text refresh:text leased_until:long? updated:long body:text",
        primary_key="platform tenant",
        foreign={"organisation": "organisation: id"},
    )
    _table(
        "outbox",
        "id:serial organisation:text key:text kind:text platform:text tenant:text incident:text lane:text "
        "priority:int supersedes:text state:text attempt:int ready:long created:long finished:long? "
        "reason:text body:text",
        primary_key="id",
        foreign={"organisation": "organisation: id"},
        unique="organisation key",
        sqlite_autoincrement=True,
    )
    _table(
        "parked",
        "id:serial organisation:text incident:text kind:text command:text error:text at:long replayed:long?",
        primary_key="id",
        foreign={"organisation": "organisation: id"},
        sqlite_autoincrement=True,
    )
    _table(
        "person",
        "organisation:text id:text kind:text email:text full:text first:text local:text unreachable:bool body:text",
        primary_key="organisation id",
        foreign={"organisation": "organisation: id"},
    )
    _table(
        "plan",
        "organisation:text key:text rule:text subject:text due_at:long wall:text",
        primary_key="organisation key",
        foreign={"organisation": "organisation: id"},
    )
    _table(
        "reminded",
        "organisation:text once:text at:long",
        primary_key="organisation once",
        foreign={"organisation": "organisation: id"},
    )
    _table(
        "tenant",
        "platform:text tenant:text organisation:text name:text joined_at:long left_at:long?",
        primary_key="platform tenant",
        foreign={"organisation": "organisation: id"},
    )


def _third() -> None:
    _table(
        "account",
        "organisation:text key:text person:text",
        primary_key="organisation key",
        foreign={"organisation person": "person: organisation id"},
    )
    _table(
        "entry",
        "organisation:text id:text incident:text kind:text text:text author:text author_name:text "
        "occurred:long recorded:long ref:text? channel:text ts:text thread:text permalink:text files:text "
        "text_stamp:long edits:int deleted_stamp:long restored_stamp:long noted:bool marks:text "
        "reactions:text retracted:bool corrected:bool is_key:bool",
        primary_key="organisation id",
        foreign={"organisation incident": "incident: organisation id"},
    )
    _table(
        "incident_member",
        "organisation:text incident:text person:text",
        primary_key="organisation incident person",
        foreign={"organisation incident": "incident: organisation id"},
    )
    _table(
        "item",
        "organisation:text id:text key:text incident:text owner:text status:text due:text severity:int "
        "drill:bool created:long body:text",
        primary_key="organisation id",
        foreign={"organisation incident": "incident: organisation id"},
        unique="organisation key",
    )
    _table(
        "postmortem",
        "organisation:text id:text incident:text owner:text status:text due:text body:text",
        primary_key="organisation id",
        foreign={"organisation incident": "incident: organisation id"},
        unique="organisation incident",
    )
    _table(
        "sign_in",
        "organisation:text hash:text person:text? expires:long",
        primary_key="organisation hash",
        foreign={"organisation person": "person: organisation id"},
    )
    _table(
        "postmortem_revision",
        "organisation:text postmortem:text section:text at:long version:int by:text text:text",
        primary_key="organisation postmortem section at",
        foreign={"organisation postmortem": "postmortem: organisation id"},
    )


def _fourth() -> None:
    _table(
        "revision",
        "organisation:text entry:text stamp:long text:text",
        primary_key="organisation entry stamp",
        foreign={"organisation entry": "entry: organisation id"},
    )
