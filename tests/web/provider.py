"""Slack's and Microsoft's side of signing in, in small, on loopback: they check what the real ones check.

Codes work once, for the client, the address and the challenge that they were asked for with, and keys rotate.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import html
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx
import jwt
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from adapters.web.begun import Begun
from tests.teams.issuer import private_key, published, without_none

Json = dict[str, Any]
CLIENT = {"slack": "1234.5678", "microsoft": "5c3e1b0a-9c1e-4f0e-8d5a-0a4f6f0b7c11"}
SECRET = "a-secret-of-the-client-1f2e"
TENANT = "b2a7c6de-0f6c-4b53-9d8b-7d2f6c1e9a00"
PATHS = {
    "slack": ("openid/connect/authorize", "api/openid.connect.token", ".well-known/openid-configuration"),
    "microsoft": (
        f"{TENANT}/oauth2/v2.0/authorize", f"{TENANT}/oauth2/v2.0/token",
        f"{TENANT}/v2.0/.well-known/openid-configuration",
    ),
}  # fmt: skip


def slack_user(user: str, team: str = "T1") -> Json:
    return {"sub": user, "https://slack.com/team_id": team, "https://slack.com/user_id": user}


def microsoft_user(oid: str, tenant: str = TENANT) -> Json:
    return {"sub": f"pairwise-{oid}", "oid": oid, "tid": tenant, "ver": "2.0"}


@dataclass
class Grant:
    asked: dict[str, str]
    user: Json
    until: float


@dataclass
class Provider:
    """`user` is who sits in front of the browser. The rest is what can go wrong."""

    kind: str
    redirect_uri: str
    user: Json
    base: str = ""
    fault: str = ""
    """Of the token endpoint."""
    keys: list[str] = field(default_factory=lambda: ["first"])
    signs_with: str = "first"
    without_keys: bool = False
    forged: Json = field(default_factory=dict)
    """Claims that are other than they should be; None: left out."""
    make: Callable[[Json], str] | None = None
    """Makes the token in another way."""
    grants: dict[str, Grant] = field(default_factory=dict)
    tokens_asked: list[dict[str, str]] = field(default_factory=list)

    @property
    def app(self) -> Starlette:
        authorize, token, metadata = PATHS[self.kind]
        return Starlette(
            routes=[
                Route(f"/{authorize}", self.authorize),
                Route(f"/{token}", self.token, methods=["POST"]),
                Route(f"/{metadata}", self.metadata),
                Route("/keys", self.key_set),
            ]
        )

    @property
    def issuer(self) -> str:
        return self.base if self.kind == "slack" else f"{self.base}/{TENANT}/v2.0"

    async def metadata(self, _request: Request) -> Response:
        if self.without_keys:
            return Response("oh no", 500)
        return JSONResponse({"issuer": self.issuer, "jwks_uri": f"{self.base}/keys"})

    async def key_set(self, _request: Request) -> Response:
        return JSONResponse({"keys": [published(name) for name in self.keys]})

    # -- in the browser

    async def authorize(self, request: Request) -> Response:
        """A page that asks the person; its answers lead back."""
        asked = dict(request.query_params)
        decision = asked.pop("decision", "")
        if wrong := self._wrong(asked):
            return HTMLResponse(f"<!doctype html><title>No</title><p>{wrong}</p>", 400)
        if not decision:
            ways = {word: f"?{urlencode({**asked, 'decision': word})}" for word in ("allow", "deny")}
            links = "".join(f'<a href="{html.escape(to)}">{word}</a> ' for word, to in ways.items())
            return HTMLResponse(f"<!doctype html><title>{self.kind}</title><p>Who are you? {links}</p>")
        if decision != "allow":
            word = "access_denied" if decision == "deny" else decision
            return self._back(asked, error=word, error_description="The resource owner said so. <b>&")
        return self._back(asked, code=self._code(asked))

    def granted(self, begun: Begun) -> str:
        """The code that somebody gets who allows what was begun."""
        challenge = {"code_challenge": begun.challenge} if self.kind == "microsoft" else {}
        return self._code({"redirect_uri": self.redirect_uri, "nonce": begun.nonce, **challenge})

    def _code(self, asked: dict[str, str]) -> str:
        code = secrets.token_urlsafe(24)
        self.grants[code] = Grant(asked, self.user, time.monotonic() + 600)
        return code

    def _wrong(self, asked: dict[str, str]) -> str:
        """What an authorization endpoint refuses in front of the person, without leading anywhere."""
        if asked.get("client_id") != CLIENT[self.kind]:
            return "unknown client"
        if asked.get("redirect_uri") != self.redirect_uri:
            return "redirect_uri did not match any configured URIs"
        if asked.get("response_type") != "code" or "openid" not in asked.get("scope", "").split():
            return "invalid request"
        if len(asked.get("state", "")) < 20 or len(asked.get("nonce", "")) < 20:
            return "state and nonce are missing"
        if self.kind == "slack":
            return "PKCE is not switched on" if "code_challenge" in asked else ""
        fits = asked.get("code_challenge_method") == "S256" and len(asked.get("code_challenge", "")) == 43
        return "" if fits and "profile" in asked["scope"] else "PKCE or the scope of the object id is missing"

    def _back(self, asked: dict[str, str], **told: str) -> Response:
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode({**told, 'state': asked['state']})}", 302)

    # -- behind it

    async def token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        self.tokens_asked.append(form)
        if self.fault == "hangs":
            await asyncio.sleep(30)
        faults = {
            "500": Response("oh no", 500), "429": Response("slowly", 429), "garbage": Response(b"\xff{{"),
            "an array": JSONResponse([1]), "no token": JSONResponse({"ok": True, "access_token": "x"}),
            "elsewhere": RedirectResponse("/keys"), "internal": JSONResponse({"ok": False, "error": "internal_error"}),
            "huge": JSONResponse({"id_token": "x" * 100_000}), "a number": JSONResponse({"id_token": 7}),
        }  # fmt: skip
        if self.fault in faults:
            return faults[self.fault]
        grant = self.grants.pop(form.get("code", ""), None)
        if word := self._refused(form, grant):
            return self._no(word)
        assert grant is not None
        return JSONResponse({"ok": True, "access_token": "xoxp-nobody-needs-it", "id_token": self._id_token(grant)})

    def _refused(self, form: dict[str, str], grant: Grant | None) -> str:
        slack = self.kind == "slack"
        if form.get("grant_type") != "authorization_code":
            return "unsupported_grant_type"
        if form.get("client_id") != CLIENT[self.kind] or not self._proven(form):
            return "bad_client_secret" if slack else "invalid_client"
        if grant is None or grant.until < time.monotonic():
            return "invalid_code" if slack else "invalid_grant"
        if form.get("redirect_uri") != grant.asked["redirect_uri"]:
            return "bad_redirect_uri" if slack else "invalid_grant"
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        return "invalid_grant" if grant.asked.get("code_challenge", challenge) != challenge else ""

    def _proven(self, form: dict[str, str]) -> bool:
        """By the secret; with Microsoft by the certificate's key as well, for this endpoint alone."""
        if "client_assertion" not in form or self.kind == "slack":
            return form.get("client_secret") == SECRET
        endpoint = f"{self.base}/{PATHS[self.kind][1]}"
        key = private_key("first").public_key()
        claims = jwt.decode(form["client_assertion"], key, ["PS256"], audience=endpoint)
        return bool(claims["iss"] == claims["sub"] == CLIENT[self.kind])

    def _no(self, word: str) -> Response:
        if self.kind == "slack":
            return JSONResponse({"ok": False, "error": word})
        return JSONResponse({"error": word, "error_description": "AADSTS7: no", "error_codes": [7]}, 400)

    def _id_token(self, grant: Grant) -> str:
        now = int(time.time())
        claims = without_none(
            {
                "iss": self.issuer, "aud": CLIENT[self.kind], "iat": now, "exp": now + 300,
                "nonce": grant.asked["nonce"], **grant.user, **self.forged,
            }
        )  # fmt: skip
        if self.make is not None:
            return self.make(claims)
        return jwt.encode(claims, private_key(self.signs_with), "RS256", headers={"kid": self.signs_with})


async def decided(page: str, decision: str = "allow") -> str:
    """Where the provider sends the browser after the person has decided; the path of our own host."""
    async with httpx.AsyncClient() as browser:
        shown = await browser.get(page)
        assert shown.status_code == 200, shown.text
        answer = await browser.get(page, params={**_query(page), "decision": decision})
    back = urlsplit(answer.headers["location"])
    return f"{back.path}?{back.query}"


def _query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
