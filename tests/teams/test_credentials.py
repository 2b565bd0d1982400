"""The token for calling out: cached, renewed early, asked for once, and no outage of its endpoint does harm."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import jwt
import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from adapters.teams.certificates import KIND, key_and_certificate, thumbprint
from adapters.teams.credentials import LOGIN_URL, SCOPE, Credentials, endpoint
from bot.errors import Retry
from tests.teams.fake_connector import APP_ID, SECRET, TENANT, FakeConnector, connector

QUICK = aiohttp.ClientTimeout(total=0.2)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class World:
    def __init__(self, fake: FakeConnector, session: aiohttp.ClientSession, **more: Any) -> None:
        self.fake, self.session, self.clock = fake, session, Clock()
        proof = {} if "certificate" in more else {"secret": SECRET}
        given: dict[str, Any] = {"login_url": fake.login_url, "timeout": QUICK, "clock": self.clock, **proof, **more}
        self.credentials = Credentials(APP_ID, TENANT, **given)

    async def token(self) -> str:
        return await self.credentials.token(self.session)

    async def refused(self) -> timedelta:
        with pytest.raises(Retry) as told:
            await self.token()
        assert SECRET not in f"{told.value!r} {told.value.why}"
        return told.value.after

    async def renewed(self) -> None:
        """Until what is asked for in the background has come."""
        if (asking := self.credentials._asking) is not None:
            await asking
            await asyncio.sleep(0)


@asynccontextmanager
async def running(**more: Any) -> AsyncIterator[World]:
    async with connector() as fake, aiohttp.ClientSession() as session:
        world = World(fake, session, **more)
        try:
            yield world
        finally:
            await world.credentials.close()


def test_the_login_url_is_a_base_or_the_endpoint_itself() -> None:
    whole = f"{LOGIN_URL}/{TENANT}/oauth2/v2.0/token"
    assert endpoint(LOGIN_URL, TENANT) == endpoint(f"{LOGIN_URL}/", TENANT) == endpoint("", TENANT) == whole
    assert endpoint("http://127.0.0.1:1/a/token", TENANT) == "http://127.0.0.1:1/a/token"
    assert endpoint(LOGIN_URL, "") == f"{LOGIN_URL}/botframework.com/oauth2/v2.0/token"
    assert endpoint(LOGIN_URL, "../evil") == f"{LOGIN_URL}/..%2Fevil/oauth2/v2.0/token"


async def test_a_token_is_asked_for_with_the_secret_and_kept_until_shortly_before_its_end() -> None:
    async with running() as world:
        assert await world.token() == "token-1"
        (form,) = world.fake.token_asked
        assert form == {
            "path": f"/login/{TENANT}/oauth2/v2.0/token", "grant_type": "client_credentials", "scope": SCOPE,
            "client_id": APP_ID, "client_secret": SECRET,
        }  # fmt: skip
        world.clock.now += 3600 - 301
        assert await world.token() == "token-1"
        assert len(world.fake.token_asked) == 1


async def test_it_is_renewed_in_the_background_while_the_old_one_still_serves() -> None:
    async with running() as world:
        await world.token()
        world.clock.now += 3600 - 299
        assert await asyncio.gather(*(world.token() for _ in range(20))) == ["token-1"] * 20
        await world.renewed()
        assert await world.token() == "token-2"
        assert len(world.fake.token_asked) == 2


async def test_whoever_comes_while_it_is_asked_for_waits_for_the_same_answer() -> None:
    async with running() as world:
        assert await asyncio.gather(*(world.token() for _ in range(50))) == ["token-1"] * 50
        assert len(world.fake.token_asked) == 1


async def test_whoever_stops_waiting_takes_the_answer_from_nobody_else() -> None:
    async with running() as world:
        gone, waiting = asyncio.create_task(world.token()), asyncio.create_task(world.token())
        await asyncio.sleep(0)
        gone.cancel()
        assert await waiting == "token-1"
        assert gone.cancelled()


async def test_a_token_of_a_short_life_is_renewed_at_half_of_it() -> None:
    async with running() as world:
        world.fake.life = "60"
        await world.token()
        world.clock.now += 29
        assert await world.token() == "token-1"
        world.clock.now += 2
        assert await world.token() == "token-1"
        await world.renewed()
        assert await world.token() == "token-2"


@pytest.mark.parametrize("life", [None, "soon", -5, 0, [], "nan", 1e300])
async def test_a_life_that_cannot_be_read_is_taken_for_a_short_one(life: object) -> None:
    async with running() as world:
        world.fake.life = life
        assert await world.token() == "token-1"
        world.clock.now += 90_000
        assert await world.token() == "token-2"


async def test_a_dropped_token_is_not_used_again_and_only_the_first_who_drops_it_counts() -> None:
    async with running() as world:
        first = await world.token()
        assert world.credentials.drop(first)
        assert not world.credentials.drop(first)
        assert await world.token() == "token-2"
        assert not world.credentials.drop(first)
        assert await world.token() == "token-2"


async def hanging(_request: web.Request) -> web.Response:
    await asyncio.sleep(60)
    raise AssertionError("nobody waits that long")


async def redirecting(request: web.Request) -> web.Response:
    raise web.HTTPTemporaryRedirect("/login/elsewhere")


BROKEN: dict[str, Any] = {
    "down": (503, "<html>Service Unavailable</html>"),
    "throttled": (429, {"error": "throttled"}),
    "hangs": hanging,
    "redirects": redirecting,
    "garbage": (200, "\x00\x01"),
    "a list": (200, []),
    "deeply nested": (200, "[" * 100_000),
    "endless": (200, {"access_token": "x" * 100_000}),
    "no token": (200, {"expires_in": 3600}),
    "a token that ends the header": (200, {"access_token": "a\r\nX-Evil: 1", "expires_in": 3600}),
    "empty": (200, ""),
    "refused without a reason": (400, {"error": 7}),
    "page not found": (404, "<html>"),
}


@pytest.mark.parametrize("broken", BROKEN)
async def test_an_endpoint_that_fails_is_asked_again_shortly(broken: str) -> None:
    async with running() as world:
        world.fake.token_answers.append(BROKEN[broken])
        after = await world.refused()
        assert timedelta() < after < timedelta(seconds=2)
        assert await world.refused() <= after
        assert len(world.fake.token_asked) == 1
        world.clock.now += 2
        assert await world.token() == "token-1"
        assert world.credentials.counts["unreachable"] == 1


async def test_nobody_listens_for_ten_minutes_and_the_waits_grow_to_a_minute() -> None:
    async with running() as world:
        world.credentials.endpoint = "http://127.0.0.1:1/token"
        asked, waits = world.clock.now, []
        while world.clock.now < asked + 600:
            waits.append(await world.refused())
            world.clock.now += waits[-1].total_seconds() + 0.001
        assert waits[0] < timedelta(seconds=2)
        assert max(waits) <= timedelta(seconds=60)
        assert len(waits) < 25
        world.credentials.endpoint = endpoint(world.fake.login_url, TENANT)
        assert await world.token() == "token-1"


async def test_a_token_that_still_holds_serves_through_an_outage() -> None:
    async with running() as world:
        await world.token()
        world.fake.token_answers += [(503, "")] * 3
        world.clock.now += 3600 - 200
        assert await world.token() == "token-1"
        await world.renewed()
        for _ in range(20):
            assert await world.token() == "token-1"
            await world.renewed()
        assert len(world.fake.token_asked) == 2
        world.clock.now += 190
        assert await world.refused() < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("word", "codes", "setting"),
    [
        ("invalid_client", [7000215], "TEAMS_APP_PASSWORD"),
        ("invalid_client", [], "TEAMS_APP_PASSWORD"),
        ("unauthorized_client", [700016], "TEAMS_APP_ID"),
        ("invalid_request", [90002], "TEAMS_TENANT_ID"),
        ("invalid_scope", [{}, "x"], "TEAMS_LOGIN_URL"),
        ("invalid_client", "nonsense", "TEAMS_APP_PASSWORD"),
    ],
)
async def test_a_wrong_setting_is_named_counted_and_not_tried_again_soon(
    word: str, codes: object, setting: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with running() as world:
        told = {"error": word, "error_description": f"AADSTS: {SECRET}", "error_codes": codes}
        world.fake.token_answers.append((401, told))
        assert await world.refused() == timedelta(minutes=15)
        assert await world.refused() == timedelta(minutes=15)
        assert len(world.fake.token_asked) == 1
        assert world.credentials.counts[word] == 1
        (line,) = [record.getMessage() for record in caplog.records if record.name.startswith("debrief")]
        assert setting in line
        assert SECRET not in caplog.text + repr(world.credentials)


# -- certificates


def key_pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def certificate_of(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "debrief")]), datetime.now(UTC)
    built = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now.replace(year=2099)
    )
    return built.sign(key, SHA256())


RSA, OTHER = rsa.generate_private_key(65537, 2048), rsa.generate_private_key(65537, 2048)


def pem(tmp_path: Path, *parts: bytes) -> str:
    path = tmp_path / "app.pem"
    path.write_bytes(b"".join(parts))
    return str(path)


def cert_pem(key: Any) -> bytes:
    return certificate_of(key).public_bytes(Encoding.PEM)


async def test_a_certificate_signs_who_the_app_is_for_this_endpoint_alone(tmp_path: Path) -> None:
    path = pem(tmp_path, cert_pem(OTHER), key_pem(RSA), cert_pem(RSA))
    async with running(certificate=path) as world:
        assert await world.token() == "token-1"
        (form,) = world.fake.token_asked
        assert "client_secret" not in form
        assert form["client_assertion_type"] == KIND
        signed = form["client_assertion"]
        claims = jwt.decode(signed, RSA.public_key(), ["PS256"], audience=world.credentials.endpoint)
        assert claims["iss"] == claims["sub"] == APP_ID
        assert 0 < claims["exp"] - claims["nbf"] <= 600
        _, certificate = key_and_certificate(Path(path))
        assert jwt.get_unverified_header(signed)["x5t#S256"] == thumbprint(certificate)
        assert certificate.public_key() == RSA.public_key()


async def test_a_certificate_that_was_renewed_is_used_for_the_next_token_and_no_assertion_twice(tmp_path: Path) -> None:
    path = pem(tmp_path, key_pem(RSA), cert_pem(RSA))
    async with running(certificate=path) as world:
        for key in (RSA, OTHER):
            pem(tmp_path, key_pem(key), cert_pem(key))
            world.credentials.drop(await world.token())
        first, second = (form["client_assertion"] for form in world.fake.token_asked)
        jwt.decode(second, OTHER.public_key(), ["PS256"], audience=world.credentials.endpoint)
        jti = {jwt.decode(signed, options={"verify_signature": False})["jti"] for signed in (first, second)}
        assert len(jti) == 2


CURVE = ec.generate_private_key(ec.SECP256R1())
FILES: dict[str, tuple[bytes, ...]] = {
    "empty": (b"",),
    "no certificate": (key_pem(RSA),),
    "no key": (cert_pem(RSA),),
    "somebody else's certificate": (key_pem(RSA), cert_pem(OTHER)),
    "not RSA": (key_pem(CURVE), cert_pem(CURVE)),
    "garbage": (b"\xff\x00-----BEGIN",),
}


@pytest.mark.parametrize("wrong", FILES)
async def test_a_certificate_that_cannot_be_used_is_named_and_nothing_is_asked(
    wrong: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(certificate=pem(tmp_path, *FILES[wrong])) as world:
        assert await world.refused() == timedelta(minutes=15)
        assert not world.fake.token_asked
        assert "TEAMS_APP_CERTIFICATE" in caplog.text
        assert "PRIVATE KEY" not in caplog.text


async def test_a_certificate_file_that_is_missing_is_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with running(certificate=str(tmp_path / "none.pem")) as world:
        assert await world.refused() == timedelta(minutes=15)
        assert "TEAMS_APP_CERTIFICATE" in caplog.text
