"""From a click on *publish* to the program outside, through the engine, the database and the outbox."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import respx
from sqlalchemy import text

from adapters.export.programs import programs
from bot.grammar import read
from bot.outbox import Outbox
from bot.settings import Settings
from bot.writer import Writer
from storage.reports import SqlReports
from tests.export.fakes import FakeGitHub, answer
from tests.export.test_programs import PUBLIC, settings
from tests.web.conftest import empty, folder, here
from tests.web.world import MAYA, World

__all__ = ["empty", "folder", "here"]


@asynccontextmanager
async def running(here: World, told: Settings) -> AsyncIterator[Writer]:
    async def resolve(_host: str, _port: int) -> list[str]:
        return [PUBLIC]

    beside = programs(told, SqlReports(here.store), resolve)
    reactions = [react for react, _ in beside.values()]
    writer = Writer(here.store, reactions, deadline=25)
    writer.start()
    outbox = Outbox(writer, {name: deliver for name, (_, deliver) in beside.items()}, reactions)
    writer.on_commit = outbox.wake
    outbox.start()
    try:
        yield writer
    finally:
        await outbox.stop()
        await writer.stop()


def rows(here: World, platform: str) -> list[tuple[str, str]]:
    with here.store.reading() as work:
        found = work.rows(text("SELECT state, reason FROM outbox WHERE platform = :name"), {"name": platform})
    return [(row.state, row.reason) for row in found]


async def until_sent(here: World, platform: str) -> list[tuple[str, str]]:
    for _ in range(600):
        found = rows(here, platform)
        if found and all(state in ("sent", "given_up") for state, _ in found):
            return found
        await asyncio.sleep(0.05)
    return rows(here, platform)


async def until_told(here: World) -> list[str]:
    """What the responders hear of it, a transaction later."""
    for _ in range(600):
        with here.store.reading() as work:
            told = work.rows(text("SELECT body FROM outbox WHERE key LIKE 'told:%'"))
        if told:
            return [row.body for row in told]
        await asyncio.sleep(0.05)
    return []


GITHUB = {"EXPORT_GITLAB_PROJECT": "", "EXPORT_GITLAB_TOKEN": ""} | dict.fromkeys(
    ("EXPORT_CONFLUENCE_URL", "EXPORT_CONFLUENCE_SPACE", "EXPORT_CONFLUENCE_USER", "EXPORT_CONFLUENCE_TOKEN"), ""
)


@pytest.mark.parametrize("private", [False, True])
async def test_what_is_published_comes_there_unless_it_is_private(here: World, private: bool) -> None:
    fake = FakeGitHub()
    with respx.mock(assert_all_called=False) as wire:
        wire.route(host=PUBLIC).mock(side_effect=fake)
        async with running(here, settings(**GITHUB)) as writer:
            reply = await writer.submit(
                read(f"declare sev2 Checkout{' --private' if private else ''}", here.origin(MAYA))
            )
            await writer.submit(read("resolve fixed", here.origin(MAYA), reply.incident))
            assert rows(here, "github") == []
            await here_publishes(here, writer, reply.incident)
            found = await until_sent(here, "github") if not private else rows(here, "github")
    assert found == ([] if private else [("sent", "")])
    assert len(fake.pulls) == (0 if private else 1)


async def test_what_does_not_get_through_is_told_to_responders(here: World) -> None:
    with respx.mock(assert_all_called=False) as wire:
        wire.route(host=PUBLIC).mock(return_value=answer(401, {}))
        async with running(here, settings(**GITHUB)) as writer:
            reply = await writer.submit(read("declare sev2 Checkout", here.origin(MAYA)))
            await here.opened(reply.incident)
            await writer.submit(read("resolve fixed", here.origin(MAYA), reply.incident))
            await here_publishes(here, writer, reply.incident)
            found = await until_sent(here, "github")
            (told,) = await until_told(here)
    assert [state for state, _ in found] == ["given_up"]
    assert "does not accept the token" in told


async def here_publishes(here: World, writer: Writer, key: str) -> None:
    from bot.command import build

    command = build("postmortem_publish", {"incident": key, "sure": "yes"}, here.origin(MAYA))
    assert (await writer.submit(command)).outcome == "done"
