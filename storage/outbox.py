"""What is to happen outside, as rows: leased, in lanes, fenced by attempt.

Law: of a lane only the oldest unfinished row is given out, also while it waits for a retry. A row whose lease ran out
may have been carried out, so that it is given out as unsure.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Row, and_, bindparam, exists, func, or_, select, text, update

from bot.effects import EFFECTS, Effect
from bot.ports import Claimed, Outcome
from storage.fields import table
from storage.tables import OutboxRow
from storage.work import Values, Work

log = logging.getLogger("debrief.outbox")
outbox = table(OutboxRow)
earlier = outbox.alias("earlier")
UNFINISHED = outbox.c.finished.is_(None)
STATES: dict[Outcome, str] = {
    "sent": "sent",
    "later": "queued",
    "put off": "put_off",
    "unsure": "unsure",
    "maybe": "maybe",
    "given up": "given_up",
    "dropped": "superseded",
}
AHEAD = 4
"""How many times more rows are looked at than are claimed, because other replicas look at the same ones."""
WAITING = ("later", "put off", "unsure")
UNTRIED = ("queued", "put_off")


def enqueue(work: Work, organisation: str, effects: Sequence[Effect]) -> None:
    for effect in effects:
        if work.add(OutboxRow, _columns(work, organisation, effect)) and effect.supersedes:
            _drop_older(work, organisation, effect)


def _columns(work: Work, organisation: str, effect: Effect) -> Values:
    now = work.now()
    return {
        "organisation": organisation, "key": effect.key, "kind": effect.kind, "platform": effect.platform,
        "tenant": effect.tenant, "incident": effect.incident, "lane": effect.lane, "priority": effect.priority,
        "supersedes": effect.supersedes, "state": "queued", "attempt": 0, "ready": effect.not_before or now,
        "created": now, "reason": "", "body": effect.model_dump_json(),
    }  # fmt: skip


def _drop_older(work: Work, organisation: str, effect: Effect) -> None:
    """Waiting ones only: what is being sent, or may have been, goes its way."""
    where = and_(
        UNFINISHED, outbox.c.organisation == organisation, outbox.c.supersedes == effect.supersedes,
        outbox.c.state.in_(UNTRIED), outbox.c.key != effect.key,
    )  # fmt: skip
    work.run(update(outbox).where(where).values(state="superseded", finished=work.now()))


def claim(work: Work, limit: int, lease: timedelta) -> list[Claimed]:
    """First the rows that are free, then those of them that no other replica holds."""
    now = work.now()
    free = [row.id for row in work.rows(WALKED if work.sqlite else COUNTED, {"now": now, "limit": limit * AHEAD})]
    rows = work.rows(_locked(free, now, limit)) if free else []
    if not rows:
        return []
    taken = update(outbox).where(outbox.c.id.in_([row.id for row in rows]))
    work.run(taken.values(state="sending", attempt=outbox.c.attempt + 1, ready=now + lease))
    return [claimed for row in rows if (claimed := _claimed(work, row))]


# A row put off before it was tried holds up nobody; one that was tried does until it is finished.

TRIED = and_(outbox.c.attempt > 0, outbox.c.state != "put_off")
EARLIER_TRIED = and_(earlier.c.attempt > 0, earlier.c.state != "put_off")


def _walked() -> Any:
    """For SQLite, which follows the index and stops at the limit, however many rows wait."""
    now: Any = bindparam("now", type_=outbox.c.ready.type)
    holds_up = or_(EARLIER_TRIED, earlier.c.ready <= now)
    before = and_(earlier.c.finished.is_(None), earlier.c.lane == outbox.c.lane, earlier.c.id < outbox.c.id, holds_up)
    free = select(outbox.c.id).where(UNFINISHED, outbox.c.ready <= now, ~exists().where(before))
    return free.order_by(outbox.c.priority, outbox.c.created, outbox.c.id).limit(bindparam("limit"))


def _counted() -> Any:
    """For PostgreSQL: one pass over what is unfinished and no join, which stale statistics could make very slow."""
    now: Any = bindparam("now", type_=outbox.c.ready.type)
    place = func.row_number().over(partition_by=outbox.c.lane, order_by=outbox.c.id).label("place")
    columns = (outbox.c.id, outbox.c.priority, outbox.c.created, outbox.c.ready)
    holds_up = or_(TRIED, outbox.c.ready <= now)
    lanes = select(*columns, place).where(UNFINISHED, holds_up).subquery()
    first = select(lanes.c.id).where(lanes.c.place == 1, lanes.c.ready <= now)
    return first.order_by(lanes.c.priority, lanes.c.created, lanes.c.id).limit(bindparam("limit"))


def _locked(free: Sequence[int], now: datetime, limit: int) -> Any:
    wanted = select(outbox.c.id, outbox.c.kind, outbox.c.state, outbox.c.attempt, outbox.c.created, outbox.c.body)
    still = wanted.where(outbox.c.id.in_(free), UNFINISHED, outbox.c.ready <= now)
    in_turn = still.order_by(outbox.c.priority, outbox.c.created, outbox.c.id).limit(limit)
    return in_turn.with_for_update(skip_locked=True)


WALKED, COUNTED = _walked(), _counted()


def _claimed(work: Work, row: Row[Any]) -> Claimed | None:
    """A row that this version cannot read is given up, so that it holds up neither its lane nor the others."""
    try:
        effect = EFFECTS[row.kind].model_validate_json(row.body)
    except (KeyError, ValidationError):
        log.exception("outbox row %s of kind %s cannot be read", row.id, row.kind)
        _end(work, row.id, "given_up", "unreadable")
        return None
    unsure = row.state not in UNTRIED
    return Claimed(row=row.id, effect=effect, attempt=row.attempt + 1, unsure=unsure, created=row.created)


def _end(work: Work, id_: int, state: str, reason: str) -> None:
    work.run(update(outbox).where(outbox.c.id == id_).values(state=state, finished=work.now(), reason=reason))


def finish(work: Work, claimed: Claimed, outcome: Outcome, not_before: datetime | None, reason: str) -> bool:
    """What was unsure stays so while it waits, whatever the reason for waiting."""
    state = "unsure" if outcome == "later" and claimed.unsure else STATES[outcome]
    values: dict[str, Any] = {"state": state, "reason": reason[:500]}
    if outcome in WAITING:
        values["ready"] = not_before or work.now()
    else:
        values["finished"] = work.now()
    if outcome == "sent":
        values["body"] = "{}"  # what people said stays in one place: where it can be deleted
    mine = and_(outbox.c.id == claimed.row, outbox.c.attempt == claimed.attempt, outbox.c.state == "sending")
    return work.run(update(outbox).where(mine).values(values)) == 1


def give_up_all(work: Work, platform: str, tenant: str) -> None:
    """A tenant that left is sent nothing any more."""
    where = and_(UNFINISHED, outbox.c.platform == platform, outbox.c.tenant == tenant)
    work.run(update(outbox).where(where).values(state="given_up", finished=work.now(), reason="the tenant left"))


def forget_old(work: Work, before: datetime, limit: int) -> int:
    """Keys are kept for ever, what was sent is not."""
    old = and_(outbox.c.finished < before, text("finished IS NOT NULL AND body <> '{}'"))
    piece = select(outbox.c.id).where(old).order_by(outbox.c.finished).limit(limit)
    return work.run(update(outbox).where(outbox.c.id.in_(piece)).values(body="{}"))


def hold_all(work: Work) -> int:
    """After a restore nothing is sent again by itself; `release_held` lets it go."""
    return work.run(update(outbox).where(UNFINISHED).values(state="held", finished=work.now()))


def release_held(work: Work) -> int:
    return work.run(update(outbox).where(outbox.c.state == "held").values(state="unsure", finished=None))
