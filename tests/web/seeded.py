"""An organisation in the middle of its work: one incident that runs, one that is over, and more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.commands.captures import Reacted, Said
from bot.text import mention_token
from tests.web.world import GUEST, MAYA, OLGA, TOM, World, account, message

STAMP = 1_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 26, 14, 30, 20, tzinfo=UTC)
"""A Thursday afternoon, whenever the tests are run."""


class Story:
    """Things happen some minutes before `NOW`, one after the other."""

    def __init__(self, world: World) -> None:
        self.world = world

    def at(self, ago: timedelta) -> None:
        self.world.store.set_clock_offset((NOW - ago - datetime.now(UTC)).total_seconds())

    async def chat(self, minutes: float, user: str, text: str, incident: str = "") -> str:
        self.at(timedelta(minutes=minutes))
        return (await self.world.chat(user, text, incident)).incident

    async def said(self, minutes: float, user: str, text: str, channel: str, pinned: str = "") -> None:
        self.at(timedelta(minutes=minutes))
        stamp = self.stamp()
        ref = message(f"{stamp // STAMP}.{stamp % STAMP:06}", channel)
        link = f"https://acme.slack.com/archives/{channel}/p{stamp}"
        said = Said(
            origin=self.world.origin(""), message=ref, stamp=stamp, text=text, author=account(user), permalink=link
        )
        await self.world.writer.submit(said)
        if pinned:
            pin = Reacted(origin=self.world.origin(pinned), message=ref, stamp=stamp + 1, emoji="pushpin")
            await self.world.writer.submit(pin)

    def stamp(self) -> int:
        return (self.world.reports.now() - EPOCH) // timedelta(microseconds=1)


async def seeded(world: World) -> None:
    story = Story(world)
    await _over(story)
    await _others(story)
    await _running(story)
    story.at(
        -timedelta(seconds=20)
    )  # whatever a busy machine takes to write and to read, the minutes stay what they are


async def _over(story: Story) -> None:
    day = 60 * 24
    await story.chat(9 * day, MAYA, "declare sev2 Search returns nothing")
    await story.world.opened("INC-1", "C1")
    await story.chat(9 * day - 3, TOM, "lead me", "INC-1")
    await story.chat(9 * day - 4, MAYA, "time began 30m ago error graph", "INC-1")
    for minutes, user, text, pin in (
        (6, TOM, "Shard 3 is red since the mapping changed", MAYA),
        (11, OLGA, "Customers write that they see no results", ""),
        (13, TOM, "Rolling the mapping back: https://ci.acme.example/deploy/4711", MAYA),
        (18, MAYA, "Half of the shards are green again", ""),
    ):
        await story.said(9 * day - minutes, user, text, "C1", pin)
    await story.chat(9 * day - 9, TOM, "impact 40 % of searches came back empty", "INC-1")
    await story.chat(9 * day - 22, TOM, "mitigate the old mapping is back", "INC-1")
    await story.chat(9 * day - 71, TOM, "resolve the index is rebuilt", "INC-1")
    await story.chat(
        8 * day, MAYA, f"action {mention_token(account(TOM))} by 2d: Alert when an index is empty", "INC-1"
    )
    await story.chat(8 * day - 5, MAYA, "action @maya by 1d: Test mappings against a copy", "INC-1")
    await story.chat(7 * day, MAYA, f"postmortem review {mention_token(account(TOM))} 2w 14:00", "INC-1")


async def _others(story: Story) -> None:
    await story.chat(60 * 30, OLGA, "declare sev4 Invoices are two hours late")
    await story.chat(60 * 29, OLGA, "resolve the queue is empty again", "INC-2")
    await story.chat(60 * 28, OLGA, "close", "INC-2")
    await story.chat(50, OLGA, "declare sev3 Sign-in by text message is slow")
    await story.chat(45, OLGA, "impact Every tenth sign-in takes a minute", "INC-3")


async def _running(story: Story) -> None:
    await story.chat(95, MAYA, "declare sev2 Checkout answers with errors")
    await story.world.opened("INC-4", "C4")
    await story.chat(93, MAYA, "lead me", "INC-4")
    await story.chat(92, TOM, "role scribe", "INC-4")
    for minutes, user, text, pin in (
        (94, TOM, "Payments time out since about a quarter past", MAYA),
        (91, TOM, "Connection pool is exhausted on all six nodes", ""),
        (88, OLGA, "قاعدة البيانات بطيئة جدا", ""),
        (86, GUEST, "結帳頁面一直轉圈", TOM),
        (84, TOM, "The release of 13:10 doubled the queries: https://ci.acme.example/deploy/4812", MAYA),
        (83, MAYA, "Looking at the dashboard https://grafana.acme.example/d/pool", ""),
        (80, MAYA, "Rolling back now", MAYA),
        (79, TOM, "ok", ""), (78, TOM, "roll back is at 2 of 6", ""), (74, TOM, "4 of 6", ""),
        (60, TOM, "6 of 6, the pool drains", TOM),
        (40, OLGA, "Support sees fewer complaints", ""),
        (12, TOM, "Two nodes still refuse connections", MAYA),
    ):  # fmt: skip
        await story.said(minutes, user, text, "C4", pin)
    await story.chat(90, MAYA, "time began 13m ago error rate graph", "INC-4")
    await story.chat(89, MAYA, "impact 12 % of payments fail in Europe", "INC-4")
    await story.chat(82, MAYA, "sev 1 payments in the US fail too", "INC-4")
    await story.chat(
        70, MAYA, "update identified The release of 13:10 exhausts the pool; rolling back next 30m", "INC-4"
    )
    await story.chat(35, TOM, "action @maya by 1w: Alert on pool saturation", "INC-4")
    await story.chat(20, MAYA, "update monitoring Errors are down to 1 %, two nodes are left next 15m", "INC-4")
