"""One app for what is simulated: the simulated Teams below /teams/, the simulated Slack and the page elsewhere."""

from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.sandbox.page_files import page_files

if TYPE_CHECKING:
    from adapters.sandbox.slack import SimulatedSlack
    from adapters.sandbox.teams.teams import SimulatedTeams


class Both:
    def __init__(self, slack: "SimulatedSlack | None", teams: "SimulatedTeams | None") -> None:
        self._teams: ASGIApp | None = teams.app if teams else None
        self._else: ASGIApp = slack.app if slack else page_files()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        below = scope["path"].removeprefix(scope.get("root_path", ""))
        app = self._teams if self._teams and below.startswith("/teams/") else self._else
        await app(scope, receive, send)
