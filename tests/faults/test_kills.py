"""kill -9 at random moments under load: nothing acknowledged is lost, and nothing is stored or seen twice."""

from __future__ import annotations

import pytest

from tests.faults.conftest import Rigged
from tests.faults.storms import assert_survived, storm


@pytest.mark.timeout(240)
async def test_fifty_kills_under_load_lose_nothing_and_double_nothing(rig: Rigged, url: str) -> None:
    async with rig(url) as running:
        story = await storm(running, 50)
        assert_survived(story, at_least=500)
