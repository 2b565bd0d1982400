"""Signing in, keys, and the tokens that the service puts on what it sends."""

import asyncio
import base64
import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from adapters.sandbox.teams.keys import ENDORSEMENTS
from tests.sandbox.teams_harness import Harness, Json, running

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


async def published(h: Harness) -> list[Json]:
    async with h.http.get(h.teams.openid_url) as reply:
        about = await reply.json()
    async with h.http.get(about["jwks_uri"]) as reply:
        return list((await reply.json())["keys"])


async def sent_token(h: Harness) -> str:
    """The token on the next thing that the bot is sent."""
    await h.teams.say("maya", "incidents", "hello")
    assert await h.teams.settled()
    return str(h.bot.headers[-1]["authorization"]).removeprefix("Bearer ")


WRONG_SIGN_INS: tuple[Any, ...] = (
    ({"client_secret": "guessed"}, 401, "invalid_client", 7000215),
    ({"client_secret": ""}, 401, "invalid_client", 7000216),
    ({"client_id": str(uuid.uuid4())}, 400, "unauthorized_client", 700016),
    ({"scope": "https://graph.microsoft.com/.default"}, 400, "invalid_scope", 70011),
    ({"grant_type": "password"}, 400, "unsupported_grant_type", 70003),
)  # fmt: skip


async def test_signing_in_wrongly_is_refused_by_a_documented_code() -> None:
    async with running(rate_limits=False) as h:
        for wrong, status, error, code in WRONG_SIGN_INS:
            heard, said = await h.sign_in(**wrong)
            assert (heard, said["error"], said["error_codes"]) == (status, error, [code])
            assert said["error_description"].startswith(f"AADSTS{code}: ")


async def test_a_tenant_that_is_not_this_one_signs_nobody_in() -> None:
    async with running() as h:
        form = {"grant_type": "client_credentials", "client_id": h.teams.app_id, "scope": "x"}
        async with h.http.post(f"{h.teams.login_url}/{uuid.uuid4()}/oauth2/v2.0/token", data=form) as reply:
            assert (reply.status, (await reply.json())["error_codes"]) == (400, [90002])


async def test_a_token_is_asked_for_on_every_call_and_runs_out() -> None:
    async with running() as h:
        for token in ("", "made-up"):
            h.token = token
            status, said, _ = await h.call("GET", f"v3/conversations/{h.channel()}/members")
            assert (status, said["error"]["code"]) == (401, "Unauthorized")
        h.token = (await h.sign_in())[1]["access_token"]
        assert (await h.call("GET", f"v3/conversations/{h.channel()}/members"))[0] == 200
        h.teams.tokens.expire()
        assert (await h.send(h.channel(), "late"))[0] == 401
        assert h.teams.messages("incidents") == []


def certified() -> tuple[RSAPrivateKey, x509.Certificate]:
    key = generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "otter")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(datetime.now(UTC)).not_valid_after(datetime.now(UTC) + timedelta(1))
    return key, made.sign(key, SHA256())


def assertion(h: Harness, key: RSAPrivateKey, certificate: x509.Certificate, **wrong: Any) -> dict[str, str]:
    claims = {
        "aud": h.teams.token_url, "iss": h.teams.app_id, "sub": h.teams.app_id, "jti": str(uuid.uuid4()),
        "exp": int(time.time()) + 300,
    } | wrong  # fmt: skip
    thumb = base64.urlsafe_b64encode(certificate.fingerprint(SHA1())).decode().rstrip("=")
    signed = jwt.encode(claims, key, algorithm="RS256", headers={"x5t": thumb})
    return {"client_secret": "", "client_assertion_type": ASSERTION, "client_assertion": signed}


async def test_a_certificate_signs_in_once_it_is_registered() -> None:
    key, certificate = certified()
    stranger, _ = certified()
    async with running() as h:
        assert (await h.sign_in(**assertion(h, key, certificate)))[0] == 401
        h.teams.certificate = certificate.public_bytes(Encoding.PEM)
        assert (await h.sign_in(**assertion(h, key, certificate)))[0] == 200
        for wrong in (
            assertion(h, stranger, certificate),
            assertion(h, key, certificate, aud="https://elsewhere.example"),
            assertion(h, key, certificate, iss="somebody"),
            assertion(h, key, certificate, exp=int(time.time()) - 60),
        ):
            status, said = await h.sign_in(**wrong)
            assert (status, said["error"]) == (401, "invalid_client")


async def test_what_the_bot_is_sent_is_signed_with_a_published_key() -> None:
    async with running() as h:
        token = await sent_token(h)
        head, (key,) = jwt.get_unverified_header(token), await published(h)
        assert head["kid"] == key["kid"] == key["x5t"]
        assert "msteams" in key["endorsements"]
        claims = jwt.decode(
            token, jwt.PyJWK(key).key, algorithms=["RS256"], audience=h.teams.app_id,
            issuer="https://api.botframework.com",
        )  # fmt: skip
        assert claims["serviceurl"] == h.bot.got[-1]["serviceUrl"]
        assert claims["nbf"] <= time.time() < claims["exp"]
        assert h.bot.headers[-1]["x-ms-tenant-id"] == h.teams.tenant


async def test_a_second_key_signs_at_once_and_the_first_can_be_forgotten() -> None:
    async with running() as h:
        first = jwt.get_unverified_header(await sent_token(h))["kid"]
        second = h.teams.rotate_keys()
        assert [key["kid"] for key in await published(h)] == [first, second]
        assert jwt.get_unverified_header(await sent_token(h))["kid"] == second
        assert h.teams.forget_key() == first
        assert [key["kid"] for key in await published(h)] == [second]


async def test_a_test_can_make_tokens_that_are_wrong_in_one_way() -> None:
    async with running() as h:
        bare = jwt.decode(h.teams.bearer(serviceurl=None, aud="x"), options={"verify_signature": False})
        assert "serviceurl" not in bare
        assert bare["aud"] == "x"
        unendorsed = h.teams.keys.rotate(endorsements=())
        assert (await published(h))[-1]["endorsements"] == []
        assert unendorsed.kid != (await published(h))[0]["kid"]
        assert ENDORSEMENTS[0] == "msteams"


async def test_the_login_and_the_keys_go_down_like_everything_else() -> None:
    async with running() as h:
        h.teams.faults.add("error_5xx", "login.token", status=503, times=1)
        assert (await h.sign_in())[0] == 503
        assert (await h.sign_in())[0] == 200
        h.teams.faults.add("html", "openid.keys", times=1)
        with pytest.raises(aiohttp.ContentTypeError):
            await published(h)
        h.teams.faults.add("delay", "openid.keys", times=1, seconds=2)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(published(h), 0.2)
        h.teams.faults.add("refuse", "openid.configuration", times=2)  # aiohttp repeats a GET once
        with pytest.raises(aiohttp.ClientConnectionError):
            await published(h)
        assert len(await published(h)) == 1
        assert h.teams.ledger.faults == {"error_5xx": 1, "html": 1, "delay": 1, "refuse": 2}
