"""With whom people can sign in: their addresses, and where in a token each says who somebody is.

Law: an account is named by ids that its platform never gives to somebody else; never by an address or a name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote

Json = dict[str, Any]
_SLACK_ID = re.compile(r"[A-Z0-9]{2,40}")
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Provider:
    name: Literal["slack", "microsoft"]
    """As it stands in addresses."""
    label: str
    platform: str
    issuer: str
    authorize_url: str
    token_url: str
    metadata_url: str
    client_id: str
    proof: Callable[[], dict[str, str]] = field(repr=False)
    """Fields by which we prove to be the client; blocks. Raises `ValueError`."""
    scope: str
    pkce: bool
    claims: tuple[str, str]
    """Those that hold tenant and user."""
    form: re.Pattern[str]
    tenant: str = ""
    """The only one whose people may come in; empty: every one that joined."""

    def who(self, told: Json) -> tuple[str, str] | None:
        """Tenant and user; None where the token does not say."""
        tenant, user = (told.get(name) for name in self.claims)
        good = isinstance(tenant, str) and isinstance(user, str) and self.form.fullmatch(tenant)
        return (str(tenant), str(user)) if good and self.form.fullmatch(str(user)) else None


def slack(client_id: str, secret: str, login_url: str, api_url: str) -> Provider:
    """Slack's reference, "Sign in with Slack". Without PKCE: with Slack that is for clients which keep no secret."""
    base = login_url.rstrip("/")
    return Provider(
        name="slack",
        label="Slack",
        platform="slack",
        issuer=base,
        authorize_url=f"{base}/openid/connect/authorize",
        token_url=f"{api_url}openid.connect.token",
        metadata_url=f"{base}/.well-known/openid-configuration",
        client_id=client_id,
        proof=lambda: {"client_secret": secret},
        scope="openid",
        pkce=False,
        claims=("https://slack.com/team_id", "https://slack.com/user_id"),
        form=_SLACK_ID,
    )


def microsoft(client_id: str, tenant: str, login_url: str, proof: Callable[[str], dict[str, str]]) -> Provider:
    """Microsoft Learn, "OpenID Connect on the Microsoft identity platform" and "ID token claims reference". `proof` is
    given the token endpoint. The scope `profile` is for the object id alone."""
    base = f"{login_url.rstrip('/')}/{quote(tenant, safe='')}"
    token_url = f"{base}/oauth2/v2.0/token"
    return Provider(
        name="microsoft",
        label="Microsoft",
        platform="teams",
        issuer=f"{login_url.rstrip('/')}/{tenant.lower()}/v2.0",
        authorize_url=f"{base}/oauth2/v2.0/authorize",
        token_url=token_url,
        metadata_url=f"{base}/v2.0/.well-known/openid-configuration",
        client_id=client_id,
        proof=lambda: proof(token_url),
        scope="openid profile",
        pkce=True,
        claims=("tid", "oid"),
        form=_GUID,
        tenant=tenant,
    )
