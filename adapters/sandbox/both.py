"""One app for what is simulated: the simulated Teams below /teams/, the simulated Slack and the page elsewhere."""

from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Receive, Scope, Send

if TYPE_CHECKING:
    from adapters.sandbox.slack import SimulatedSlack
    from adapters.sandbox.teams.teams import SimulatedTeams

OFFERED = (
    {"id": "slack", "name": "Slack", "href": "./"},
    {"id": "teams", "name": "Teams", "href": "teams.html"},
)


class Both:
    """Either may lack. Where both are, the page of each offers the other."""

    def __init__(self, slack: "SimulatedSlack | None", teams: "SimulatedTeams | None") -> None:
        if slack and teams:
            slack.beside = teams.beside = OFFERED
        self._teams: ASGIApp | None = teams.app if teams else None
        self._slack: ASGIApp | None = slack.app if slack else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        below = scope["path"].removeprefix(scope.get("root_path", ""))
        app = self._teams if below.startswith("/teams/") else self._slack
        found = app or self._slack or self._teams
        assert found is not None  # noqa: S101 -- nobody serves nothing
        await found(scope, receive, send)
