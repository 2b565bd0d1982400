"""What a store of Slack installations promises. The store encrypts tokens; nothing here may log or print them.

Law: a workspace has one installation. Erasing it erases its tokens, in whatever order the news of it comes.
"""

from __future__ import annotations

from typing import Protocol

from bot.text import Value


class Installation(Value):
    """A workspace's permission for the bot. `expires_at`: seconds since 1970, 0 where the token does not expire."""

    team: str
    """The workspace's id; of an installation for a whole organisation, the organisation's."""
    name: str
    app_id: str
    bot_user: str
    bot_id: str = ""
    scopes: str
    token: str
    refresh_token: str = ""
    expires_at: float = 0.0
    enterprise: str = ""
    address: str = ""
    """The workspace's web address, ending in a slash."""
    installed_by: str = ""
    """User id of who installed: the first admin."""

    def __repr__(self) -> str:
        return f"Installation({self.team})"

    __str__ = __repr__


class Installations(Protocol):
    async def save(self, installation: Installation) -> None:
        """Saves it in place of an earlier one, tokens encrypted. A workspace that is new becomes a tenant."""

    async def find(self, team: str) -> Installation | None: ...

    async def erase(self, team: str) -> None:
        """Tokens are gone from the database; what was recorded stays. Erasing twice is erasing once."""

    async def issue_state(self, browser: str, seconds: int) -> str:
        """A new state for one installation, bound to a browser's secret, for that many seconds."""

    async def consume_state(self, state: str, browser: str) -> bool:
        """Whether the state was issued to that browser and is still good. Of two at once one is told yes."""

    async def lease_refresh(self, team: str, seconds: int) -> bool:
        """Takes the right to refresh the token of a workspace, in one statement. Only one holder at a time is told yes;
        `save` ends the lease."""
