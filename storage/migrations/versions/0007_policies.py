"""What policies were, and who has chosen a day of their own for the digest: before, everybody counted as having done.

Nobody could tell a chosen Monday, 09:30 from the usual one, so that becomes the organisation's: which it was, and is.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

USUAL, NONE = '"digest_weekday":0,"digest_time":"09:30"', '"digest_weekday":null,"digest_time":""'


def upgrade() -> None:
    texts = [sa.Column(name, sa.String(), nullable=False) for name in ("by", "kind", "policies")]
    op.create_table(
        "policy",
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        *texts,
        sa.PrimaryKeyConstraint("organisation", "number"),
        sa.ForeignKeyConstraint(["organisation"], ["organisation.id"]),
    )
    _replace(USUAL, NONE)


def downgrade() -> None:
    _replace(NONE, USUAL)
    op.drop_table("policy")


def _replace(old: str, new: str) -> None:
    replaced = sa.text("UPDATE person SET body = replace(body, :old, :new) WHERE body LIKE :fits")
    op.get_bind().execute(replaced, {"old": old, "new": new, "fits": f"%{old}%"})
