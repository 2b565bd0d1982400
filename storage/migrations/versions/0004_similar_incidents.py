"""What past incidents are found by, filled for those that are there, and what was shown beside others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from bot.model import Incident, Postmortem
from bot.similar import indexed

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

PIECE = 500
FTS = """
CREATE VIRTUAL TABLE search_words USING fts5(
  words, content='search', content_rowid='id', detail=none, columnsize=0, tokenize="ascii tokenchars '=!+#'"
);;
CREATE TRIGGER search_added AFTER INSERT ON search BEGIN
  INSERT INTO search_words(rowid, words) VALUES (new.id, new.words);
END;;
CREATE TRIGGER search_gone AFTER DELETE ON search BEGIN
  INSERT INTO search_words(search_words, rowid, words) VALUES ('delete', old.id, old.words);
END;;
CREATE TRIGGER search_changed AFTER UPDATE ON search BEGIN
  INSERT INTO search_words(search_words, rowid, words) VALUES ('delete', old.id, old.words);
  INSERT INTO search_words(rowid, words) VALUES (new.id, new.words);
END
"""
GIN = "CREATE INDEX search_words ON search USING gin (array_to_tsvector(string_to_array(words, ' ')))"


def upgrade() -> None:
    serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    texts = [sa.Column(name, sa.String(), nullable=False) for name in ("organisation", "incident", "words")]
    ours = ["incident.organisation", "incident.id"]
    op.create_table(
        "search",
        sa.Column("id", serial, nullable=False),
        *texts,
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["organisation", "incident"], ours),
        sa.UniqueConstraint("organisation", "incident"),
    )
    op.create_table(
        "shown",
        *(sa.Column(n, sa.String(), nullable=False) for n in ("organisation", "incident", "person", "past", "why")),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("useful", sa.Boolean(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "incident", "person", "past"),
        sa.ForeignKeyConstraint(["organisation", "incident"], ours),
        sa.ForeignKeyConstraint(["organisation", "past"], ours),
    )
    op.create_index("shown_past", "shown", ["organisation", "past"])
    for statement in FTS.split(";;") if _sqlite() else (GIN,):
        op.execute(statement)
    _fill()


def downgrade() -> None:
    if _sqlite():
        op.execute("DROP TABLE search_words")
    op.drop_table("shown")
    op.drop_table("search")


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


# -- the incidents that are there


def _fill() -> None:
    connection = op.get_bind()
    into = sa.text("INSERT INTO search (organisation, incident, words) VALUES (:organisation, :incident, :words)")
    for rows in _incidents(connection):
        told = [
            {"organisation": row.organisation, "incident": row.id, "words": _words(connection, row)} for row in rows
        ]
        connection.execute(into, told)


def _incidents(connection: sa.Connection) -> Iterator[Any]:
    """A few hundred at a time, by id."""
    wanted = sa.text(
        "SELECT i.organisation, i.id, i.body, p.body AS postmortem FROM incident i LEFT JOIN postmortem p "
        "ON p.organisation = i.organisation AND p.incident = i.id "
        "WHERE (i.organisation, i.id) > (:organisation, :id) ORDER BY i.organisation, i.id LIMIT :piece"
    )
    organisation = id_ = ""
    while rows := connection.execute(wanted, {"organisation": organisation, "id": id_, "piece": PIECE}).all():
        yield rows
        organisation, id_ = rows[-1].organisation, rows[-1].id


def _words(connection: sa.Connection, row: Any) -> str:
    key_entries = sa.text(
        "SELECT substr(text, 1, 500) AS text FROM entry WHERE organisation = :organisation AND incident = :incident "
        "AND is_key AND kind IN ('message', 'note', 'alert', 'status') ORDER BY occurred, id LIMIT 40"
    )
    said = connection.execute(key_entries, {"organisation": row.organisation, "incident": row.id}).scalars()
    postmortem = Postmortem.model_validate_json(row.postmortem) if row.postmortem else None
    return indexed(Incident.model_validate_json(row.body), postmortem, said)
