"""Installing by OAuth v2: the page where an admin allows the app, and the exchange for a token, rotating or not."""

import base64
import hmac
import html
import secrets
import time
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from adapters.sandbox.core import TOKEN_SECONDS, Grant, Simulation, Token
from adapters.sandbox.installing import install
from adapters.sandbox.webapi.call import ApiError, Call
from adapters.sandbox.world import Json, Team

CODE_SECONDS = 600


def problem(sim: Simulation, query: dict[str, str]) -> str | None:
    """Why Slack would not show the page for this request."""
    asked = {s for s in query.get("scope", "").replace(" ", ",").split(",") if s}
    if query.get("client_id") != sim.credentials.client_id:
        return "Invalid client_id parameter"
    if not asked:
        return "No scopes requested"
    if asked - sim.manifest.scopes:
        return f"Invalid permissions requested: {', '.join(sorted(asked - sim.manifest.scopes))}"
    redirect = query.get("redirect_uri", "")
    known = sim.manifest.redirect_urls
    if redirect and known and not any(redirect.startswith(url) for url in known):
        return "redirect_uri did not match any configured URIs"
    return None if redirect or known else "No redirect_uri configured"


def allow(sim: Simulation, query: dict[str, str], team: Team, user: str) -> str:
    """The person presses Allow: answers where the browser is sent, with a code that works once."""
    target = query.get("redirect_uri") or sim.manifest.redirect_urls[0]
    code = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
    scopes = frozenset(query["scope"].replace(" ", ",").split(",")) - {""}
    sim.grants[code] = Grant(team.id, user, query.get("redirect_uri", ""), scopes, time.monotonic())
    joint = "&" if "?" in target else "?"
    return target + joint + urlencode({"code": code, "state": query.get("state", "")})


def decline(query: dict[str, str], sim: Simulation) -> str:
    target = query.get("redirect_uri") or sim.manifest.redirect_urls[0]
    return target + "?" + urlencode({"error": "access_denied", "state": query.get("state", "")})


async def page(sim: Simulation, request: Request) -> Response:
    query = dict(request.query_params)
    if said := problem(sim, query):
        return PlainTextResponse(said, 400)
    if request.method == "POST":
        form = await request.form()
        if form.get("answer") != "allow":
            return RedirectResponse(decline(query, sim), 302)
        team = sim.teams.get(str(form.get("team"))) or sim.team
        return RedirectResponse(allow(sim, query, team, _installer(team)), 302)
    return HTMLResponse(_form(sim, query))


def _installer(team: Team) -> str:
    return next(
        (u.id for u in team.users.values() if u.admin),
        next(u.id for u in team.users.values() if not u.is_bot),
    )


def _form(sim: Simulation, query: dict[str, str]) -> str:
    rows = "".join(f'<option value="{t.id}">{html.escape(t.name)}</option>' for t in sim.teams.values())
    name = html.escape(sim.manifest.name)
    scopes = "".join(f"<li>{html.escape(s)}</li>" for s in sorted(query["scope"].split(",")))
    return (
        f"<!doctype html><title>{name}</title><h1>{name} is requesting "
        f"permission to access a workspace</h1><ul>{scopes}</ul><form method=post><select name=team>{rows}</select>"
        "<button name=answer value=allow>Allow</button><button name=answer value=cancel>Cancel</button></form>"
    )


async def access(call: Call) -> Json:
    _check_client(call)
    grant_type = call.text("grant_type") or "authorization_code"
    if grant_type == "refresh_token":
        return _tokens(call.sim, _refreshed(call), None)
    if grant_type != "authorization_code":
        raise ApiError("invalid_grant_type")
    grant = call.sim.grants.pop(call.text("code"), None)
    if grant is None or time.monotonic() - grant.at > CODE_SECONDS:
        raise ApiError("invalid_code")
    if call.text("redirect_uri") != grant.redirect_uri:
        raise ApiError("bad_redirect_uri")
    token = install(call.sim, call.sim.teams[grant.team], grant.scopes)
    return _tokens(call.sim, token, grant.user)


def _check_client(call: Call) -> None:
    ident, secret = call.basic or (call.text("client_id"), call.text("client_secret"))
    if ident != call.sim.credentials.client_id:
        raise ApiError("invalid_client_id")
    if not hmac.compare_digest(secret.encode(), call.sim.credentials.client_secret.encode()):
        raise ApiError("bad_client_secret")


def _refreshed(call: Call) -> Token:
    """A refresh token works once; using it ends the access token that it came with."""
    wanted = call.text("refresh_token")
    old = next((t for t in call.sim.tokens.values() if wanted and t.refresh == wanted), None)
    if old is None or old.state != "live":
        raise ApiError("invalid_refresh_token")
    old.refresh, old.state = None, "revoked"
    return call.sim.issue(call.sim.teams[old.team], old.scopes)


def _tokens(sim: Simulation, token: Token, user: str | None) -> Json:
    team = sim.teams[token.team]
    body: Json = {
        "ok": True,
        "app_id": sim.app_id,
        "authed_user": {"id": user} if user else {},
        "scope": ",".join(sorted(token.scopes)),
        "token_type": "bot",
        "access_token": token.value,
        "bot_user_id": team.bot_user,
        "enterprise": None,
        "team": {"id": team.id, "name": team.name},
        "is_enterprise_install": False,
    }
    return body | ({"refresh_token": token.refresh, "expires_in": TOKEN_SECONDS} if token.refresh else {})


def basic_of(header: str) -> tuple[str, str] | None:
    if not header.lower().startswith("basic "):
        return None
    try:
        name, _, secret = base64.b64decode(header[6:]).decode().partition(":")
    except ValueError:
        return None
    return name, secret


METHODS = {"oauth.v2.access": access}
