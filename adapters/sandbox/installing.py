"""Installing and removing the app in a workspace."""

from adapters.sandbox.acts import event_ts
from adapters.sandbox.core import Simulation, Token
from adapters.sandbox.world import Json, Team


def uninstall(sim: Simulation, team: Team, order: tuple[str, ...] = ("app_uninstalled", "tokens_revoked")) -> None:
    """Ends all tokens at once and says so in two events, whose order is not promised."""
    events: dict[str, Json] = {
        "app_uninstalled": {"type": "app_uninstalled", "event_ts": event_ts(sim)},
        "tokens_revoked": {
            "type": "tokens_revoked",
            "tokens": {"oauth": [], "bot": [team.bot_user]},
            "event_ts": event_ts(sim),
        },
    }
    for token in sim.tokens.values():
        if token.team == team.id:
            token.state = "inactive"
    team.installed = False
    for channel in team.channels.values():
        if team.bot_user in channel.members and channel.kind in ("public", "private"):
            channel.members.remove(team.bot_user)
    for name in order:
        sim.emit(team, events[name])


def install(sim: Simulation, team: Team, scopes: frozenset[str] | None = None) -> Token:
    team.installed = True
    token = sim.issue(team, scopes)
    sim.changed()
    return token
