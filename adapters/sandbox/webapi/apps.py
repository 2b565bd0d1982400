"""auth.*, apps.* and api.test: the app's own standing."""

import hmac

from adapters.sandbox.installing import uninstall
from adapters.sandbox.webapi.call import ApiError, Call
from adapters.sandbox.world import Json


async def api_test(call: Call) -> Json:
    if call.args.get("error"):
        raise ApiError(call.text("error"), args=call.args)
    return {"ok": True, "args": call.args}


async def auth_test(call: Call) -> Json:
    team = call.team
    return {
        "ok": True,
        "url": f"https://{team.domain}.slack.com/",
        "team": team.name,
        "user": team.users[call.bot].name,
        "team_id": team.id,
        "user_id": call.bot,
        "bot_id": team.bot_id,
        "is_enterprise_install": False,
    }


async def auth_revoke(call: Call) -> Json:
    if not call.flag("test"):
        call.bearer.state = "revoked"
    return {"ok": True, "revoked": not call.flag("test")}


async def connections_open(call: Call) -> Json:
    if not call.sim.sockets.enabled:
        raise ApiError("forbidden_team")
    host = call.base.replace("http", "ws", 1)
    ticket = call.sim.sockets.ticket()
    return {"ok": True, "url": f"{host}/slack/link/?ticket={ticket}&app_id={call.sim.app_id}"}


async def apps_uninstall(call: Call) -> Json:
    known = call.sim.credentials
    if call.text("client_id") != known.client_id:
        raise ApiError("invalid_client_id")
    if not hmac.compare_digest(call.text("client_secret"), known.client_secret):
        raise ApiError("bad_client_secret")
    uninstall(call.sim, call.team)
    return {"ok": True}


METHODS = {
    "api.test": api_test,
    "auth.test": auth_test,
    "auth.revoke": auth_revoke,
    "apps.connections.open": connections_open,
    "apps.uninstall": apps_uninstall,
}
