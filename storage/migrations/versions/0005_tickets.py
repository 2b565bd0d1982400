"""Which action item has which ticket in a tracker."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ticket",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("ref", "organisation", "item")),
        sa.PrimaryKeyConstraint("ref", "organisation"),
        sa.ForeignKeyConstraint(["organisation", "item"], ["item.organisation", "item.id"]),
        sa.UniqueConstraint("organisation", "item"),
    )


def downgrade() -> None:
    op.drop_table("ticket")
