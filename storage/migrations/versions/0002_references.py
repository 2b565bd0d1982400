"""Conversation references."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    texts = ("platform", "tenant", "id", "organisation", "kind", "entra")
    op.create_table(
        "reference",
        *(sa.Column(name, sa.String(), nullable=False) for name in texts),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "tenant", "id"),
        sa.ForeignKeyConstraint(["organisation"], ["organisation.id"]),
    )
    op.create_index("ix_reference_organisation", "reference", ["organisation"])
    op.create_index("reference_by_kind", "reference", ["platform", "tenant", "kind"])
    op.create_index("reference_by_entra", "reference", ["platform", "tenant", "entra"])


def downgrade() -> None:
    op.drop_table("reference")
