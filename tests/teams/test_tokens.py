"""Tokens: the genuine one, and every way in which one can be forged, old, or meant for somebody else."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.keys import PAUSE_WITHOUT_KEYS
from adapters.teams.hosts import Hosts
from adapters.teams.tokens import Checks, bearer
from adapters.wire import Rejected
from tests.teams.forgeries import FORGED, handmade, part
from tests.teams.issuer import (
    APP_ID,
    NOW,
    SERVICE_URL,
    TENANT,
    Clock,
    Issuer,
    Ring,
    activity,
    checks_of,
    checks_with,
    claims,
    private_key,
    published,
    signed,
)

Json = dict[str, Any]


async def why(checks: Checks, authorization: str, of: Json | None = None) -> tuple[int, str]:
    """Status and reason of the refusal; 0 if there is none."""
    try:
        await checks.verify(authorization, of or activity())
    except Rejected as rejected:
        return rejected.status, rejected.why
    return 0, ""


async def test_a_genuine_token_is_good() -> None:
    checks = checks_with(Ring())
    assert await why(checks, signed()) == (0, "")
    assert await why(checks, signed().replace("Bearer", "bearer")) == (0, "")


@pytest.mark.parametrize("name", FORGED)
async def test_a_forged_token_is_refused(name: str) -> None:
    make, status = FORGED[name]
    checks = checks_with(Ring())
    assert await why(checks, signed()) == (0, "")
    found, reason = await why(checks, make())
    assert (found, bool(reason)) == (status, True)


@pytest.mark.parametrize(
    ("changed", "good"),
    [
        ({"exp": int(NOW) - 299}, True), ({"exp": int(NOW) - 300}, False), ({"nbf": int(NOW) + 300}, True),
        ({"nbf": int(NOW) + 301}, False), ({"nbf": None}, True), ({"exp": NOW + 0.5}, True),
        ({"iat": int(NOW) + 9999}, True),
    ],
)  # fmt: skip
async def test_clocks_may_differ_by_five_minutes(changed: Json, good: bool) -> None:
    checks = checks_with(Ring())
    assert (await why(checks, signed(claims(**changed))))[0] == (0 if good else 401)


@pytest.mark.parametrize(
    ("claimed", "given"),
    [
        ({"serviceurl": SERVICE_URL}, SERVICE_URL.rstrip("/")),
        ({"serviceurl": SERVICE_URL.rstrip("/")}, SERVICE_URL),
        ({"serviceurl": None, "serviceUrl": SERVICE_URL}, SERVICE_URL),
        ({"serviceurl": None, "ServiceUrl": SERVICE_URL}, SERVICE_URL),
        ({"serviceUrl": SERVICE_URL}, SERVICE_URL),
    ],
)
async def test_the_service_url_is_compared_however_its_claim_is_spelt(claimed: Json, given: str) -> None:
    checks = checks_with(Ring())
    assert await why(checks, signed(claims(**claimed)), activity(serviceUrl=given)) == (0, "")


@pytest.mark.parametrize(
    "given", [None, "", 7, [SERVICE_URL], "https://smba.trafficmanager.net/amer/", SERVICE_URL + "/"]
)
async def test_an_activity_with_another_service_url_is_refused(given: object) -> None:
    checks = checks_with(Ring())
    assert await why(checks, signed(), activity(serviceUrl=given)) == (403, "service url")


@pytest.mark.parametrize(
    "url", ["https://evil.example/", "http://127.0.0.1:3978/", "https://smba.trafficmanager.net@evil.example/"]
)
async def test_a_signed_service_url_of_a_strange_host_is_refused(url: str) -> None:
    checks = checks_with(Ring())
    assert await why(checks, signed(claims(serviceurl=url)), activity(serviceUrl=url)) == (403, "host")


@pytest.mark.parametrize(
    ("endorsed", "channel"),
    [((), "msteams"), (("webchat",), "msteams"), (("msteams2",), "msteams"), (("msteams",), "webchat"),
     (("webchat",), "webchat"), (("msteams",), None), (("msteams",), 7), (("msteams",), ["msteams"])],
)  # fmt: skip
async def test_a_key_that_is_not_endorsed_for_the_channel_is_refused(
    endorsed: tuple[str, ...], channel: object
) -> None:
    checks = checks_with(Ring(published("first", endorsements=endorsed)))
    assert await why(checks, signed(), activity(channelId=channel)) == (403, "endorsement")


@pytest.mark.parametrize(
    "changed",
    [
        {"channelData": {"tenant": {"id": "another"}}, "conversation": {"id": "x", "tenantId": "another"}},
        {"channelData": {"tenant": {"id": "another"}}}, {"conversation": {"id": "x", "tenantId": "another"}},
        {"channelData": None, "conversation": {"id": "x"}}, {"channelData": {"tenant": {"id": ""}}},
        {"channelData": {"tenant": {"id": [TENANT]}}}, {"channelData": {"tenant": [TENANT]}},
        {"channelData": 7, "conversation": [TENANT]}, {"channelData": {"tenant": 7}},
    ],
)  # fmt: skip
async def test_a_genuine_token_with_a_foreign_tenant_is_refused_and_noted(
    changed: Json, caplog: pytest.LogCaptureFixture
) -> None:
    checks = checks_with(Ring())
    assert await why(checks, signed(), activity(**changed)) == (403, "tenant")
    said = [record.getMessage() for record in caplog.records if record.name == "debrief.teams"]
    assert len(said) == 1
    assert "another" not in said[0].replace("another Microsoft Entra tenant", "")


@pytest.mark.parametrize(
    "changed",
    [
        {"channelData": None}, {"conversation": {"id": "x"}}, {"channelData": {"tenant": {"id": TENANT.upper()}}},
        {"channelData": {"tenant": None}}, {"conversation": {"id": "x", "tenantId": None}}, {"conversation": None},
    ],
)  # fmt: skip
async def test_the_tenant_may_stand_in_either_place(changed: Json) -> None:
    checks = checks_with(Ring())
    assert await why(checks, signed(), activity(**changed)) == (0, "")


async def test_a_forgery_is_not_noted_as_a_foreign_tenant(caplog: pytest.LogCaptureFixture) -> None:
    checks = checks_with(Ring())
    await why(checks, signed(by="mallory"), activity(channelData={"tenant": {"id": "another"}}))
    assert not [record for record in caplog.records if record.name == "debrief.teams"]


async def test_a_new_key_is_good_with_its_first_token_and_random_ones_cost_one_fetch() -> None:
    issuer, clock = Issuer(), Clock()
    async with checks_of(issuer, clock) as checks:
        assert await why(checks, signed()) == (0, "")
        issuer.keys.append(published("second"))
        assert await why(checks, signed(kid="second", by="second")) == (0, "")
        clock.now += 300
        for number in range(100):
            assert await why(checks, signed(kid=f"random {number}")) == (401, "key")
        assert await why(checks, signed()) == (0, "")
    assert issuer.fetches == 3


async def test_while_no_key_was_ever_had_a_token_may_be_genuine_and_may_come_again() -> None:
    issuer, clock = Issuer(fault="500"), Clock()
    async with checks_of(issuer, clock) as checks:
        assert await why(checks, signed()) == (503, "no keys yet")
        assert await why(checks, signed(claims(aud="x"))) == (401, "audience")
        issuer.fault = ""
        clock.now += PAUSE_WITHOUT_KEYS
        assert await why(checks, signed()) == (0, "")
        assert await why(checks, signed(kid="unknown")) == (401, "key")


@pytest.mark.parametrize(
    "changed", [{"iss": "x"}, {"aud": "x"}, {"exp": 1}, {"nbf": 1e12}, {"serviceurl": "https://evil.example/"}]
)
async def test_a_clumsy_forgery_asks_for_no_key(changed: Json) -> None:
    keys = Ring()
    assert (await why(checks_with(keys), signed(claims(**changed))))[0] in (401, 403)
    assert keys.asked == 0
    assert await why(checks_with(keys), signed(kid="unknown")) == (401, "key")
    assert keys.asked == 1


@pytest.mark.parametrize(("app_id", "tenant"), [("", TENANT), (APP_ID, ""), (" ", TENANT), (APP_ID, "\n")])
def test_an_empty_app_id_or_tenant_switches_nothing_off(app_id: str, tenant: str) -> None:
    with pytest.raises(ValueError, match="cannot be checked"):
        Checks(Ring(), Hosts(), app_id=app_id, tenant=tenant)


def test_the_shape_of_a_token_is_seen_without_reading_it() -> None:
    assert bearer("Bearer a.b-_.c") == "a.b-_.c"
    for odd in (
        "Bearer",
        "Bearer ",
        "Bearer a.b",
        "Bearer a.b.c.d",
        "Bearer a.b.c=",
        "Bearer a.b.c\n",
        "Bearer\ta.b.c",
    ):
        with pytest.raises(Rejected):
            bearer(odd)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(["iss", "aud", "exp", "nbf", "iat", "serviceurl", "sub", "jti", "crit", "kid", "alg", "b64"])


@given(
    head=st.dictionaries(NAMES, JSON) | JSON, changed=st.dictionaries(NAMES, JSON),
    body=st.dictionaries(st.text(), JSON), text=st.text(),
)  # fmt: skip
@settings(deadline=None)
async def test_garbage_is_refused_and_never_an_error_of_ours(head: Any, changed: Json, body: Json, text: str) -> None:
    head = {"alg": "RS256", "kid": "first", **head} if isinstance(head, dict) else head
    checks = checks_with(Ring())
    for authorization in (handmade(head, claims() | changed), text, f"Bearer {text}.{text}.{text}"):
        for of in (activity(), activity(**body), body or {"": 1}):
            assert (await why(checks, authorization, of))[0] in (401, 403)


@given(changed=st.dictionaries(NAMES, JSON))
@settings(deadline=None)
async def test_signed_garbage_is_no_error_of_ours_either(changed: Json) -> None:
    checks = checks_with(Ring())
    head, body = part({"alg": "RS256", "kid": "first"}), part(claims() | changed)
    signature = jwt.get_algorithm_by_name("RS256").sign(f"{head}.{body}".encode(), private_key("first"))
    assert (await why(checks, f"Bearer {head}.{body}.{part(signature)}"))[0] in (0, 401, 403)
