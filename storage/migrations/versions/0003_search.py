"""Key entries by their incident, for searching timelines."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "entry_keys",
        "entry",
        ["organisation", "incident"],
        sqlite_where=sa.text("is_key = 1"),
        postgresql_where=sa.text("is_key"),
    )


def downgrade() -> None:
    op.drop_index("entry_keys", "entry")
