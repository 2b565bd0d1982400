"""A code becomes somebody only by a token that the provider signed, for us, just now, for this sign-in."""

from __future__ import annotations

import base64
import hmac
import json
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from adapters.sandbox.serving import serving
from adapters.teams.certificates import proof
from adapters.web.begun import Begun, begin
from adapters.web.id_tokens import IdTokens, NotIn, configured
from bot.counts import Counts
from tests.teams.issuer import private_key, public_pem
from tests.web.openid_stage import KINDS, MAYAS_OID, PUBLIC, settings_of
from tests.web.provider import CLIENT, SECRET, TENANT, Provider, microsoft_user, slack_user

Json = dict[str, Any]


@dataclass
class Desk:
    """Where codes are exchanged, with the provider on the other side."""

    provider: Provider
    tokens: IdTokens

    async def who(self, begun: Begun | None = None, code: str = "") -> tuple[str, str]:
        """Tenant and user, or why there is none."""
        mine = begun or begin(self.provider.kind, "/incidents")
        try:
            return await self.tokens.who(code or self.provider.granted(mine), mine, self.provider.redirect_uri)
        except NotIn as no:
            return "", no.why


@asynccontextmanager
async def desk_of(kind: str, **more: str) -> AsyncIterator[Desk]:
    user = slack_user("UMAYA") if kind == "slack" else microsoft_user(MAYAS_OID)
    provider = Provider(kind, f"{PUBLIC}/sign-in/from/{kind}", user)
    async with serving(provider.app) as provider.base:
        (tokens,) = configured(settings_of(provider, **more), Counts(), proof)
        yield Desk(provider, tokens)


@pytest.fixture(params=KINDS)
async def desk(request: pytest.FixtureRequest) -> AsyncIterator[Desk]:
    async with desk_of(request.param) as made:
        yield made


async def test_a_good_code_is_somebody_once(desk: Desk) -> None:
    begun = begin(desk.provider.kind, "/incidents")
    code = desk.provider.granted(begun)
    assert await desk.who(begun, code) in (("T1", "UMAYA"), (TENANT, MAYAS_OID))
    assert await desk.who(begun, code) == ("", "code")


async def test_a_rotated_key_is_found_by_the_next_sign_in(desk: Desk) -> None:
    assert all(await desk.who())
    desk.provider.keys, desk.provider.signs_with = ["second"], "second"
    assert (await desk.who())[0]


# -- the token endpoint


@pytest.mark.parametrize(
    "fault", ["500", "429", "garbage", "an array", "no token", "elsewhere", "internal", "huge", "a number"]
)
async def test_a_token_endpoint_that_fails_is_away(desk: Desk, fault: str) -> None:
    desk.provider.fault = fault
    assert await desk.who() == ("", "away")


async def test_a_token_endpoint_that_hangs_is_not_waited_for() -> None:
    async with desk_of("slack") as desk:
        desk.provider.fault = "hangs"
        desk.tokens = IdTokens(desk.tokens.provider, desk.tokens._keys, seconds=0.2)
        began = time.monotonic()
        assert await desk.who() == ("", "away")
        assert time.monotonic() - began < 10


async def test_a_token_endpoint_that_is_gone_is_away() -> None:
    async with desk_of("slack") as desk:
        begun = begin("slack", "/incidents")
        code = desk.provider.granted(begun)
    assert await desk.who(begun, code) == ("", "away")


@pytest.mark.parametrize("kind", KINDS)
async def test_credentials_that_are_wrong_are_told_as_what_they_are(kind: str, caplog: Any) -> None:
    name = "SLACK_CLIENT_SECRET" if kind == "slack" else "TEAMS_APP_PASSWORD"
    async with desk_of(kind, **{name: "another"}) as desk:
        with caplog.at_level(logging.INFO):
            assert await desk.who() == ("", "misset")
    assert ("bad_client_secret" if kind == "slack" else "invalid_client 7") in caplog.text
    assert "another" not in caplog.text


async def test_a_certificate_proves_who_we_are_where_there_is_no_secret(tmp_path: Path) -> None:
    pem = tmp_path / "bot.pem"
    pem.write_bytes(certificate())
    async with desk_of("microsoft", TEAMS_APP_PASSWORD="", TEAMS_APP_CERTIFICATE=str(pem)) as desk:
        assert await desk.who() == (TENANT, MAYAS_OID)
        (asked,) = desk.provider.tokens_asked
        assert "client_secret" not in asked
        pem.unlink()
        assert await desk.who() == ("", "misset")


def certificate() -> bytes:
    key, name = private_key("first"), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "bot")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(1)).sign(key, SHA256())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made.public_bytes(Encoding.PEM)


async def test_a_code_is_worth_nothing_without_the_verifier() -> None:
    async with desk_of("microsoft") as desk:
        mine = begin("microsoft", "/incidents")
        code = desk.provider.granted(mine)
        other = mine.model_copy(update={"verifier": begin("microsoft", "/").verifier})
        assert await desk.who(other, code) == ("", "code")


# -- the token


FORGED: dict[str, Json] = {
    "of another issuer": {"iss": "https://evil.example"}, "without issuer": {"iss": None},
    "for another client": {"aud": "9999.0000"}, "for several": {"aud": ["9999.0000", CLIENT["slack"]]},
    "for nobody": {"aud": None}, "over": {"exp": 1_700_000_000}, "without end": {"exp": None},
    "endless": {"exp": float("inf")}, "of tomorrow": {"nbf": 9_999_999_999}, "of another sign-in": {"nonce": "x" * 43},
    "of no sign-in": {"nonce": None}, "with an empty nonce": {"nonce": ""}, "with a nonce of no text": {"nonce": ["x"]},
}  # fmt: skip


@pytest.mark.parametrize("name", FORGED)
async def test_a_token_that_is_not_for_this_sign_in_is_not_believed(desk: Desk, name: str) -> None:
    desk.provider.forged = FORGED[name]
    assert await desk.who() == ("", "proof")


def by_secret(key: bytes, claims: Json) -> str:
    """HS256, with the published key as the secret: whoever lets tokens choose their algorithm believes it."""
    head = {"alg": "HS256", "kid": "first", "typ": "JWT"}
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (head, claims)]
    seal = hmac.new(key, b".".join(parts), "sha256").digest()
    return b".".join([*parts, base64.urlsafe_b64encode(seal).rstrip(b"=")]).decode()


def by(name: str, algorithm: str = "RS256", **head: str) -> Callable[[Json], str]:
    return lambda claims: jwt.encode(claims, private_key(name), algorithm, headers=head)


MADE: dict[str, Callable[[Json], str]] = {
    "signed with the public key": lambda claims: by_secret(public_pem("first"), claims),
    "signed with our own secret": lambda claims: by_secret(SECRET.encode(), claims),
    "not signed": lambda claims: jwt.encode(claims, "", "none", headers={"kid": "first"}),
    "signed by another key": by("other", kid="first"),
    "of an unknown key": by("other", kid="other"),
    "of no key": by("first"),
    "signed in another way": by("first", "PS256", kid="first"),
    "no token": lambda _: "abc.def",
    "with a body that is none": lambda _: "e30.W10.x",
}


@pytest.mark.parametrize("name", MADE)
async def test_a_token_that_the_provider_did_not_sign_is_not_believed(desk: Desk, name: str) -> None:
    desk.provider.make = MADE[name]
    assert await desk.who() == ("", "proof")


async def test_without_its_keys_the_provider_is_away(desk: Desk) -> None:
    desk.provider.without_keys = True
    assert await desk.who() == ("", "away")


NOBODY: list[Json] = [
    {"https://slack.com/user_id": None, "oid": None}, {"https://slack.com/team_id": None, "tid": None},
    {"https://slack.com/user_id": "", "oid": ""}, {"https://slack.com/user_id": ["U1"], "oid": 7},
    {"https://slack.com/user_id": "U1:x", "oid": "maya@acme.example"},
]  # fmt: skip


@pytest.mark.parametrize("claims", NOBODY)
async def test_a_token_that_names_no_user_is_nobody(desk: Desk, claims: Json) -> None:
    desk.provider.forged = claims
    assert await desk.who() == ("", "nobody")


async def test_a_token_of_another_microsoft_tenant_is_of_one_that_never_joined() -> None:
    async with desk_of("microsoft") as desk:
        other = TENANT.replace("b2", "c3")
        desk.provider.forged = {"tid": other, "iss": f"{desk.provider.base}/{other}/v2.0"}
        assert await desk.who() == ("", "tenant")


async def test_the_tenant_is_called_as_the_settings_call_it() -> None:
    """Accounts of Teams are recorded under the name that the operator gave."""
    async with desk_of("microsoft", TEAMS_TENANT_ID=TENANT.upper()) as desk:
        assert await desk.who() == ("", "away"), "the simulated endpoint is at the other name"
        assert desk.tokens.provider.issuer == f"{desk.provider.base}/{TENANT}/v2.0"
        assert desk.tokens.provider.tenant == TENANT.upper()
