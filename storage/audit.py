"""The audit chain: each row holds the hash of the one before, so that no row is changed, dropped or slipped in unseen.

Of what was said only a salted commitment is kept: erasing the salt erases the link to it, and the chain still holds.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import NamedTuple

from sqlalchemy import select, update

from storage.columns import micros
from storage.fields import table
from storage.tables_access import AuditHeadRow, AuditRow
from storage.work import Work

audit, head = table(AuditRow), table(AuditHeadRow)


class Link(NamedTuple):
    actor: str
    what: str
    incident: str
    outcome: str


def append(work: Work, organisation: str, link: Link, content: str) -> None:
    """Written last: until the commit it holds the chain's end against other replicas."""
    work.add(AuditHeadRow, {"organisation": organisation, "seq": 0, "hash": ""})
    end = work.row(select(head).where(head.c.organisation == organisation).with_for_update(key_share=True))
    if end is None:
        raise LookupError(f"organisation {organisation} has no chain")
    salt = secrets.token_hex(16)
    commitment = hashlib.sha256(f"{salt}{content}".encode()).hexdigest()
    row = {
        "organisation": organisation, "seq": end.seq + 1, "at": work.now(), **link._asdict(), "salt": salt,
        "commitment": commitment, "prev": end.hash,
    }  # fmt: skip
    sealed = _seal(end.seq + 1, micros(work.now()), link, commitment, end.hash)
    work.run(audit.insert().values(**row, hash=sealed))
    work.run(update(head).where(head.c.organisation == organisation).values(seq=end.seq + 1, hash=sealed))


def _seal(seq: int, at: int, link: Link, commitment: str, prev: str) -> str:
    said = "\x1f".join((str(seq), str(at), *link, commitment, prev))
    return hashlib.sha256(said.encode()).hexdigest()


class Checked(NamedTuple):
    """How far a chain was followed. `bad` is the first number at which it does not hold."""

    seq: int = 0
    hash: str = ""
    bad: int | None = None
    whole: bool = False


def follow(work: Work, organisation: str, so_far: Checked, limit: int) -> Checked:
    """The next piece of a chain, which may be long; `whole` at its end."""
    seq, prev = so_far.seq, so_far.hash
    next_rows = select(audit).where(audit.c.organisation == organisation, audit.c.seq > seq).order_by(audit.c.seq)
    rows = work.rows(next_rows.limit(limit))
    for row in rows:
        link = Link(row.actor, row.what, row.incident, row.outcome)
        sealed = _seal(row.seq, micros(row.at), link, row.commitment, prev)
        if row.seq != seq + 1 or row.prev != prev or row.hash != sealed:
            return Checked(seq, prev, bad=seq + 1)
        seq, prev = row.seq, row.hash
    if len(rows) == limit:
        return Checked(seq, prev)
    return (
        Checked(seq, prev, whole=True) if anchor(work, organisation) == (seq, prev) else Checked(seq, prev, bad=seq + 1)
    )


def anchor(work: Work, organisation: str) -> tuple[int, str]:
    """Number and hash of the last link, to be kept elsewhere: with it a cut tail is found as well."""
    end = work.row(select(head).where(head.c.organisation == organisation))
    return (end.seq, end.hash) if end else (0, "")
