"""One organisation on Slack and in Teams: one record, and one person however many accounts they have."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from storage.store import SqlStore
from tests.story.on_slack import slack
from tests.story.on_teams import teams
from tests.story.stage import A_WEEK, Story, told_together

Both = tuple[Story, Story]


@pytest.fixture
async def both(store: SqlStore) -> AsyncIterator[Both]:
    chats = slack()(store), teams()(store)
    async with told_together(store, *chats) as (on_slack, on_teams):
        yield on_slack, on_teams


async def test_an_incident_of_slack_stands_in_the_lists_of_teams_and_is_worked_on_from_there(both: Both) -> None:
    on_slack, on_teams = both
    (maya,), (kenji,) = on_slack.cast("maya"), on_teams.cast("kenji")
    general = on_teams.chat.channel("general")
    await maya.incident("declare sev2 Checkout errors")
    assert "Checkout errors" in await kenji.incident("list", where=general)
    await kenji.incident("INC-1 update identified the pool is too small", where=general)
    assert any("the pool is too small" in post for post in on_slack.shown())
    await kenji.incident("declare sev3 Search is slow", where=general)
    assert "Search is slow" in await maya.incident("list", where=on_slack.chat.channel("general"))
    assert [one.key for one in on_slack.incidents()] == ["INC-2", "INC-1"]


async def test_somebody_with_an_account_on_each_is_one_person_and_gets_one_digest_a_week(both: Both) -> None:
    on_slack, on_teams = both
    (maya, slack_ines), (teams_ines,) = on_slack.cast("maya", "ines"), on_teams.cast("ines")
    await maya.incident("declare sev3 Search is slow")
    await slack_ines.say("here")
    await teams_ines.incident("list", where=on_teams.chat.channel("general"))
    assert slack_ines.person.id == teams_ines.person.id
    await maya.incident("action @ines by 2026-03-04: Alert on slow queries")
    await maya.incident("resolve done")
    for week in (1, 2):
        await on_slack.later(**(A_WEEK if week == 1 else {"days": 7}))
        await on_teams.settle()
        digests = [one for one in (*slack_ines.inbox, *teams_ines.inbox) if "overdue" in one]
        assert len(digests) <= week, digests
    assert digests
    assert "Alert on slow queries" in await teams_ines.incident("actions mine", where=on_teams.chat.channel("general"))
