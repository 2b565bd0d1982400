"""What would be sent to whom and when, if nobody did anything: the real rules, on a copy, with time moved on.

Law: the copy is all that changes. Every message counts as delivered, so that what follows from its delivery follows.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.command import Command
from bot.commands.heard import heard_of
from bot.effects import Direct, Effect, Post, Turn
from bot.engine import handle
from bot.outbox import decided_again, put_off
from bot.ports import Claimed, Store, Transaction
from bot.text import Card, Value
from bot.tick import PAGE, tick
from bot.turns import by_the_clock

LEASE = timedelta(minutes=1)


class Sent(Value):
    """One message. `account` is a key; empty where it went to a channel."""

    at: datetime
    account: str = ""
    channel: str = ""
    rule: str
    text: str


class Simulation:
    """`upcoming` says when the next thing is due, `move` sets the copy's clock."""

    def __init__(self, store: Store, upcoming: Callable[[], datetime | None], move: Callable[[datetime], None]) -> None:
        self._store, self._upcoming, self._move = store, upcoming, move

    async def run(self, until: datetime) -> list[Sent]:
        sent: list[Sent] = []
        with self._store.transaction() as tx:
            now = tx.now()
        while (at := self._upcoming()) is not None and at < until:
            now = max(now, at)
            self._move(now)
            while self._beat():
                pass
            while claimed := self._claim():
                sent += [told for one in claimed if (told := await self._carry_out(one))]
        return sent

    def _beat(self) -> bool:
        with self._store.transaction() as tx:
            return tick(tx) == PAGE

    def _claim(self) -> list[Claimed]:
        with self._store.transaction() as tx:
            return tx.claim(PAGE, LEASE)

    async def _carry_out(self, claimed: Claimed) -> Sent | None:
        effect, since = claimed.effect, claimed.created
        receipt = await by_the_clock(effect, 1, False) if isinstance(effect, Turn) else None
        with self._store.transaction() as tx:
            current = decided_again(tx, effect) if isinstance(effect, Direct) and effect.plan else effect
            if isinstance(current, Direct) and current.plan and (wait := put_off(current, tx.now())):
                tx.finish(claimed, "put off", not_before=tx.now() + wait)
                return None
            tx.finish(claimed, "sent" if current else "dropped")
            if current is None:
                return None
            _received(tx, receipt or heard_of(current, since))
            return _told(current, tx.now())


def _received(tx: Transaction, receipt: Command | None) -> None:
    if receipt is not None:
        handle(tx, receipt)


def _told(effect: Effect, now: datetime) -> Sent | None:
    match effect:
        case Direct(account=account, card=card, plan=plan):
            return Sent(at=now, account=account, rule=plan.partition(":")[0], text=_first_line(card))
        case Post(place=place, card=card, key=key):
            return Sent(at=now, channel=place.channel, rule=key.partition(":")[0], text=_first_line(card))
        case _:
            return None


def _first_line(card: Card) -> str:
    return card.plain().partition("\n")[0]
