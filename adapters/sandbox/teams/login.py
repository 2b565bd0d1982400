"""Where a bot signs in, and where it finds the keys of the service (Microsoft Learn, "Authentication").

Client credentials with a secret or a certificate; errors carry the codes that Microsoft Entra documents.
"""

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import jwt
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate, load_pem_x509_certificates
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from adapters.sandbox.teams.keys import ISSUER
from adapters.sandbox.teams.world import Json

if TYPE_CHECKING:
    from adapters.sandbox.teams.core import Simulation

SCOPE = "https://api.botframework.com/.default"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LIVES = 3600.0


@dataclass
class Tokens:
    """Bearer tokens of the bot by value, each with the real moment at which it expires."""

    lives: float = LIVES
    known: dict[str, float] = field(default_factory=dict)

    def issue(self) -> str:
        token = "eyJ." + secrets.token_urlsafe(32)
        self.known[token] = time.monotonic() + self.lives
        return token

    def valid(self, header: str) -> bool:
        scheme, _, token = header.partition(" ")
        return scheme.lower() == "bearer" and self.known.get(token, 0.0) > time.monotonic()

    def expire(self) -> None:
        for token in self.known:
            self.known[token] = 0.0


class Refusal(Exception):
    """Sign-in was refused: HTTP status, OAuth's word, Entra's number and sentence."""

    def __init__(self, status: int, error: str, code: int, text: str) -> None:
        super().__init__(text)
        self.status, self.error, self.code = status, error, code


async def token(sim: "Simulation", request: Request) -> Response:
    form = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
    try:
        _check(sim, request.path_params["tenant"], form)
    except Refusal as refused:
        return JSONResponse(_refusal(refused), refused.status)
    answer = {
        "token_type": "Bearer",
        "expires_in": int(sim.tokens.lives),
        "ext_expires_in": int(sim.tokens.lives),
        "access_token": sim.tokens.issue(),
    }
    return JSONResponse(answer, headers={"Cache-Control": "no-store, no-cache"})


def _refusal(refused: Refusal) -> Json:
    return {
        "error": refused.error,
        "error_description": f"AADSTS{refused.code}: {refused}",
        "error_codes": [refused.code],
        "trace_id": secrets.token_hex(16),
    }


def _check(sim: "Simulation", tenant: str, form: Json) -> None:
    if tenant not in (sim.tenant, "botframework.com"):
        raise Refusal(400, "invalid_request", 90002, f"Tenant '{tenant}' not found.")
    if form.get("grant_type") != "client_credentials":
        raise Refusal(400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type.")
    if form.get("scope") != SCOPE:
        raise Refusal(400, "invalid_scope", 70011, f"The scope {form.get('scope')} is not valid.")
    if form.get("client_id") != sim.app_id:
        text = f"Application with identifier '{form.get('client_id')}' was not found in the directory."
        raise Refusal(400, "unauthorized_client", 700016, text)
    if "client_assertion" in form:
        _check_assertion(sim, tenant, form)
    elif not form.get("client_secret"):
        raise Refusal(401, "invalid_client", 7000216, "'client_assertion' or 'client_secret' is required.")
    elif not secrets.compare_digest(form["client_secret"].encode(), sim.app_password.encode()):
        raise Refusal(401, "invalid_client", 7000215, "Invalid client secret provided.")


def _check_assertion(sim: "Simulation", tenant: str, form: Json) -> None:
    """A JWT that the certificate's key signed, about this app, for this endpoint, with the thumbprint in its head."""
    if form.get("client_assertion_type") != ASSERTION:
        raise Refusal(400, "invalid_request", 900144, "The client_assertion_type is missing or unknown.")
    given = form["client_assertion"]
    try:
        head = jwt.get_unverified_header(given)
        certificate = next((c for c in certificates(sim.certificate) if _fits(c, head)), None)
        if certificate is None:
            raise Refusal(401, "invalid_client", 700027, "The key that signed the assertion is not registered.")
        audience = {sim.token_url, sim.token_url.replace(sim.tenant, tenant)}
        jwt.decode(
            given, certificate.public_key(), algorithms=["RS256", "PS256"],  # type: ignore[arg-type]
            audience=audience, issuer=sim.app_id, options={"require": ["exp", "iss", "sub", "jti", "aud"]},
        )  # fmt: skip
    except jwt.PyJWTError as error:
        raise Refusal(401, "invalid_client", 700027, f"The client assertion is not valid: {error}") from error


def certificates(pem: str | bytes | None) -> list[Certificate]:
    raw = pem.encode() if isinstance(pem, str) else pem
    return load_pem_x509_certificates(raw) if raw else []


def _fits(certificate: Certificate, head: Json) -> bool:
    raw = certificate.public_bytes(Encoding.DER)
    prints = {
        "x5t": hashlib.sha1(raw, usedforsecurity=False).digest(),
        "x5t#S256": hashlib.sha256(raw).digest(),
    }
    return any(head.get(name) == base64.urlsafe_b64encode(value).decode().rstrip("=") for name, value in prints.items())


async def configuration(sim: "Simulation", _: Request) -> Response:
    return JSONResponse(
        {
            "issuer": ISSUER,
            "authorization_endpoint": "https://invalid.botframework.com",
            "jwks_uri": sim.jwks_url,
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        }
    )


async def keys(sim: "Simulation", _: Request) -> Response:
    return JSONResponse(sim.keys.published())
