"""A sign-in on its stage: the web, somebody's browser, and a provider on loopback."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from adapters.sandbox.serving import serving
from adapters.teams.certificates import proof
from adapters.teams.references import Reference
from adapters.web.id_tokens import IdTokens, configured
from bot.counts import Counts
from bot.model import Account, Person
from bot.settings import Settings, read_settings
from bot.words.sign_in import Why, sentence
from storage import people
from storage.references import SqlReferences
from tests.web.provider import CLIENT, SECRET, TENANT, Provider, decided, microsoft_user, slack_user
from tests.web.world import World, world

Json = dict[str, Any]
PUBLIC = "http://127.0.0.1:8000"
MAYAS_OID, STRANGERS_OID, GONE_OID = (f"0000000{n}-aaaa-4bbb-8ccc-0123456789ab" for n in (1, 2, 3))
NAMES = {"slack": "Slack", "microsoft": "Microsoft"}
KINDS = list(NAMES)
WANTED = "/incidents/INC-1?all=1"


@dataclass
class Stage:
    here: World
    provider: Provider
    tokens: IdTokens
    folder: Path

    @property
    def kind(self) -> str:
        return self.provider.kind

    def person(self, who: str) -> Json:
        """Maya, somebody whom chat never met, somebody who is gone, or somebody of a tenant that never joined."""
        if self.kind == "slack":
            users = {"maya": "UMAYA", "stranger": "UNEW", "gone": "UGONE", "elsewhere": "UMAYA"}
            return slack_user(users[who], "T9" if who == "elsewhere" else "T1")
        users = {"maya": MAYAS_OID, "stranger": STRANGERS_OID, "gone": GONE_OID, "elsewhere": MAYAS_OID}
        return microsoft_user(users[who], TENANT.replace("b2", "c3") if who == "elsewhere" else TENANT)

    def kept(self) -> str:
        with sqlite3.connect(self.folder / "debrief.db") as raw:
            return "\n".join(raw.iterdump())

    async def begun(self, browser: httpx.AsyncClient, to: str = WANTED) -> str:
        """The provider's page to which the browser is sent."""
        answer = await browser.get(f"/sign-in/with/{self.kind}", params={"to": to})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def through(self, browser: httpx.AsyncClient, decision: str = "allow", to: str = WANTED) -> httpx.Response:
        return await browser.get(await decided(await self.begun(browser, to), decision))

    def told(self, answer: httpx.Response, why: Why) -> None:
        """The reader is told, is not signed in, and finds a way to begin again."""
        said = re.sub(r"\s+", " ", answer.text.replace("&#39;", "'"))
        assert sentence(why, NAMES[self.kind]) in said, said
        assert answer.status_code >= 400
        assert "debrief=" not in answer.headers.get("set-cookie", "")
        assert f"/sign-in/with/{self.kind}?to=" in answer.text


def settings_of(provider: Provider, **more: str) -> Settings:
    chosen = {
        "slack": {
            "SLACK_CLIENT_ID": CLIENT["slack"], "SLACK_CLIENT_SECRET": SECRET, "SLACK_SIGNING_SECRET": "s" * 32,
            "SLACK_API_BASE_URL": f"{provider.base}/api/", "SLACK_LOGIN_URL": provider.base,
        },
        "microsoft": {
            "TEAMS_APP_ID": CLIENT["microsoft"], "TEAMS_APP_PASSWORD": SECRET, "TEAMS_TENANT_ID": TENANT,
            "TEAMS_LOGIN_URL": provider.base, "TEAMS_SIGN_IN": "on",
        },
    }[provider.kind]  # fmt: skip
    shared = {
        "DEBRIEF_ALLOW_SIMULATORS": "1", "DEBRIEF_PUBLIC_URL": PUBLIC, "DEBRIEF_SECRET_KEY": "k" * 32,
    }  # fmt: skip
    given = {**shared, **chosen, **more}
    return read_settings({name: value for name, value in given.items() if value})


async def met(here: World, user: str, oid: str, kind: Any = "human") -> None:
    """Somebody in Teams, as its adapter records them."""

    async def write(work: Any) -> None:
        with here.store.transaction() as tx:
            work(tx)

    kept = SqlReferences(here.store, write, Reference, "teams")
    await kept.save(Reference(tenant=TENANT, id=user, kind="person", entra=oid))
    with here.store.transaction() as work:
        people.make(work, someone(here, f"teams:{TENANT}:{user}", kind))


def someone(here: World, account: str, kind: Any) -> Person:
    name, ident = ("Zoe Gone" if kind == "gone" else "Maya Ortiz"), f"p_{account.rsplit(':', 1)[1].lower()}"
    return Person(
        id=ident, organisation=here.organisation, name=name, kind=kind, accounts=(Account.of(account),)
    )  # fmt: skip


@asynccontextmanager
async def staged(folder: Path, kind: str, public_url: str = PUBLIC, **more: str) -> AsyncIterator[Stage]:
    provider = Provider(kind, f"{public_url}/sign-in/from/{kind}", {})
    async with serving(provider.app) as address:
        provider.base = address.replace("127.0.0.1", "localhost")  # another site, to a browser
        (tokens,) = configured(settings_of(provider, **more), Counts(), proof)
        async with world(folder, public_url=public_url, providers=[tokens]) as here:
            here.store.join("teams", TENANT, "Acme", here.organisation)
            with here.store.transaction() as work:
                people.make(work, someone(here, "slack:T1:UMAYA", "human"))
                people.make(work, someone(here, "slack:T1:UGONE", "gone"))
            await met(here, "29:maya", MAYAS_OID)
            await met(here, "29:gone", GONE_OID, "gone")
            stage = Stage(here, provider, tokens, folder)
            provider.user = stage.person("maya")
            yield stage
