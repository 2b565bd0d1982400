"""Forms for one reader: who they may choose, which channels there are, and what they chose as the engine knows it.

Law: a person is chosen by their object id in Microsoft Entra, and is known here by their Bot Framework id; whoever is
not known yet is asked for in the roster of the conversation.
"""

from __future__ import annotations

import asyncio
import secrets
from typing import Any

from adapters.teams.activities import PERSONAL
from adapters.teams.cards import enclosed
from adapters.teams.connector import Connector
from adapters.teams.forms import Asking, Tried
from adapters.teams.references import Reference, References
from adapters.teams.refusals import Failed
from adapters.teams.runs import unnamed
from adapters.teams.sealed import Seal, Sealed
from bot.errors import Retry, Unsure
from bot.model import Account
from bot.text import Choice, Form, Value, mentioned

Json = dict[str, Any]
LOOKED_UP = 10
"""People of one form who are asked for in the roster, and teams whose channels are; more would not be answered in time.
"""
SECONDS = 1.0
"""A form waits that long for the channels of a team."""


class For(Value):
    """Whom a form is for: `channel` is where it counts, `conversation` where it is shown."""

    tenant: str
    user: str
    conversation: str
    channel: str
    kind: str
    message: str = ""
    """The message that is replaced when the form was filled in."""


class Formed:
    def __init__(self, seal: Seal, references: References, connector: Connector) -> None:
        self._seal = seal
        self._references = references
        self._connector = connector

    async def dialog(self, form: Form, whom: For, tried: Tried | None = None) -> Json:
        return (await self._asking(form, whom)).dialog(form, tried)

    async def card(self, form: Form, whom: For, tried: Tried | None = None) -> Json:
        return (await self._asking(form, whom)).card(form, tried, personal=whom.kind == PERSONAL)

    async def message(self, form: Form, whom: For) -> Json:
        return enclosed(await self.card(form, whom), form.title)

    async def _asking(self, form: Form, whom: For) -> Asking:
        bound = Sealed(
            does=form.does,
            channel=whom.channel,
            account=f"teams:{whom.tenant}:{whom.user}",
            once=secrets.token_hex(8),
            turn=whom.message,
        )
        known = await self._known(form, whom.tenant)
        channels = await self._channels(form, whom.tenant)
        entra = {account: one.entra for account, one in known.items()}
        names = {account: one.name for account, one in known.items()}
        return Asking(
            self._seal, bound, whom.tenant, lambda account: entra.get(account, ""), channels,
            lambda account: names.get(account) or unnamed(account),
        )  # fmt: skip

    async def _known(self, form: Form, tenant: str) -> dict[str, Reference]:
        """The people that a form begins with, chosen or mentioned in its words."""
        accounts = {account for one in form.inputs for account in mentioned(one.initial)}
        accounts |= {
            account for one in form.inputs if one.kind in ("person", "people") for account in one.initial.split()
        }
        ours = [account for account in accounts if account.startswith(f"teams:{tenant}:")]
        found = {account: await self._references.find(tenant, Account.of(account).user) for account in ours}
        return {account: one for account, one in found.items() if one is not None}

    async def _channels(self, form: Form, tenant: str) -> list[Choice]:
        """The channels of the teams that we are in: a team's general one is called by the team."""
        if not any(one.kind == "channel" for one in form.inputs):
            return []
        teams = [one for one in await self._references.listed(tenant, "team") if one.installed != "no"]
        await asyncio.gather(*(self._look_around(team) for team in teams[:LOOKED_UP]))
        names = {one.id: one.name for one in teams}
        general = [Choice(value=one.id, label=f"{one.name or one.id} › General") for one in teams]
        others = [
            Choice(value=one.id, label=f"{names.get(one.team, '')} › {one.name or one.id}".removeprefix(" › "))
            for one in await self._references.listed(tenant, "channel")
        ]
        return general + others

    async def _look_around(self, team: Reference) -> None:
        """What a team's channels are called. Where it does not answer at once, what is known has to do."""
        try:
            listed = await asyncio.wait_for(self._connector.channels(team.service_url, team.id), SECONDS)
        except (Failed, Retry, Unsure, TimeoutError):
            return
        for one in listed:
            ident, name = str(one.get("id") or ""), str(one.get("name") or "")
            if ident and ident != team.id:
                told = Reference(tenant=team.tenant, id=ident, kind="channel", team=team.id, name=name)
                await self._references.met(told)

    async def users(self, tenant: str, service: str, conversation: str, entra: list[str]) -> dict[str, str]:
        """Mention tokens are made of these: user ids by object id."""
        wanted = [one for one in dict.fromkeys(entra) if one]
        found = await self._references.by_entra(tenant, wanted)
        for one in [one for one in wanted if one not in found][:LOOKED_UP]:
            try:
                member = await self._connector.member(service, conversation, one)
            except (Failed, Retry, Unsure):
                continue
            if user := str(member.get("id") or ""):
                found[one] = user
                told = Reference(tenant=tenant, id=user, kind="person", entra=one, service_url=service)
                more = {"name": str(member.get("name") or ""), "seen_in": conversation}
                await self._references.met(told.model_copy(update=more))
        return found
