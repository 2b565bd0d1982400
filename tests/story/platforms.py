"""The platforms that a story can be played on, by name."""

from __future__ import annotations

from collections.abc import Callable

from storage.store import SqlStore
from tests.story.on_slack import slack
from tests.story.on_teams import teams
from tests.story.on_terminal import console
from tests.story.stage import ChatFor

PLATFORMS: dict[str, Callable[[SqlStore], ChatFor]] = {
    "slack-http": slack(),
    "slack-socket": slack(socket=True),
    "teams": teams(),
    "terminal": console,
}
