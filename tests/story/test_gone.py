"""Somebody who left before the bot ever met them, and accounts that never were: nothing is given to nobody."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from storage.store import SqlStore
from tests.story.on_slack import slack
from tests.story.stage import Story, told

NOBODY = "<@UNOTHERE1|x>"


@pytest.fixture
async def left(store: SqlStore) -> AsyncIterator[Story]:
    """Tom's account was closed before the bot was there to hear of it, and then Maya declared."""
    async with told(store, slack()(store)) as story:
        story.more.user("tom").deleted = True
        maya, ines = story.cast("maya", "ines")
        await maya.incident("declare sev2 Checkout errors")
        await ines.say("here")
        await maya.incident("action @ines by 2w: Alert on slow queries")
        yield story


@pytest.mark.parametrize("whom", ["tom", NOBODY])
@pytest.mark.parametrize(
    "words",
    ["lead {}", "role comms {}", "invite {}", "action {} by 2w: Add an index", "reassign ACT-1 {}"],
)
async def test_what_is_given_to_somebody_who_is_not_here_is_refused_in_words(
    left: Story, words: str, whom: str
) -> None:
    (maya,) = left.cast("maya")
    user = f"<@{left.more.team.user('tom').id}|tom>" if whom == "tom" else whom
    before, items = left.incident(), left.items()
    said, shown = left.texts(everything=True), left.shown()
    refused = await maya.incident(words.format(user))
    assert "a person who" in refused, refused
    assert (left.incident(), left.items()) == (before, items)
    assert (left.texts(everything=True), left.shown()) == (said, shown)


async def test_a_guest_whom_nobody_met_is_known_as_one_when_they_are_named(left: Story) -> None:
    maya, gary = left.cast("maya", "gary")
    await maya.incident("invite @gary")
    assert gary.person.kind == "guest"
    assert gary.person.id in left.incident().responders
