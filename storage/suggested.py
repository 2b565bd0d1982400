"""What was written from a message that is deleted in chat goes too.

Law: a postmortem's row belongs to whoever holds its incident, so it is changed by a command of its own, which follows.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, select

from bot.commands.suggestions import ForgetSuggestions
from bot.ids import stable_id
from bot.model import Entry
from bot.turns import turn
from storage.fields import table
from storage.outbox import enqueue
from storage.tables import PostmortemRow
from storage.work import Work

postmortem = table(PostmortemRow)
ANY = '%"suggestions":[{%'
"""How the JSON of a postmortem reads that has some."""


def forget(work: Work, erased: Sequence[tuple[str, Entry]]) -> None:
    """`erased` with their organisations."""
    gone: dict[tuple[str, str], list[Entry]] = {}
    for organisation, entry in erased:
        gone.setdefault((organisation, entry.incident), []).append(entry)
    for (organisation, incident), entries in gone.items():
        mine = and_(postmortem.c.organisation == organisation, postmortem.c.incident == incident)
        if work.row(select(postmortem.c.id).where(mine, postmortem.c.body.like(ANY))) is not None:
            key = stable_id("forget", *(f"{entry.id} {entry.deleted_stamp}" for entry in entries))
            ids = ",".join(entry.id for entry in entries)
            enqueue(work, organisation, [turn(f"forget:{key}", organisation, incident, ForgetSuggestions, entries=ids)])
