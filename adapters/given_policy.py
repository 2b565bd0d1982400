"""The operator's file as the organisation's policy.

Law: it is applied at the start and whenever somebody whom it names was met since; without a file, what it once said
can be changed again. What is so already is said to nobody.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress

from bot.command import Command, Origin
from bot.commands.policy import FreePolicy, SetPolicy
from bot.errors import Refused, Unavailable
from bot.model import Organisation
from bot.policy import Policy
from bot.policy_written import Written
from bot.ports import Submit

log = logging.getLogger("debrief.policy")
AN_HOUR = 3600.0


class GivenPolicy:
    def __init__(
        self, name: str, written: Written | None, organisations: Callable[[], Sequence[Organisation]], submit: Submit
    ) -> None:
        """`name` is the file's; without one there is none."""
        self._name, self._written = name, written
        self._organisations = organisations
        self._submit = submit
        self._again: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """After the chats: by then their tenants have joined."""
        await self.apply()
        self._again = asyncio.create_task(self._hourly())

    async def stop(self) -> None:
        if self._again is not None:
            self._again.cancel()
            with suppress(asyncio.CancelledError):
                await self._again

    async def _hourly(self) -> None:
        while True:
            await asyncio.sleep(AN_HOUR)
            await self.apply()

    async def apply(self) -> None:
        try:
            known = await asyncio.to_thread(self._organisations)
            if self._written is not None and len(known) > 1:
                log.error("there are several organisations here, and a policy file is for one: it is not applied")
                return
            for organisation in known:
                if (command := self._command(organisation)) is not None:
                    reply = await self._submit(command)
                    log.info("policy file: %s", reply.outcome)
        except Refused as refused:
            log.warning("the policy file was not applied: %s", refused)
        except Unavailable:
            log.warning("the policy file was not applied, because the database does not answer; it is tried hourly")

    def _command(self, organisation: Organisation) -> Command | None:
        """None: it is so already."""
        origin = Origin(id=f"policy:{secrets.token_hex(12)}", platform="clock", tenant=organisation.id)
        policies, written = organisation.policies, self._written
        if written is None:
            return FreePolicy(origin=origin) if policies.given_by else None
        if policies.given_by == self._name and is_so(policies, written):
            return None
        return SetPolicy(origin=origin, wanted=written, file=self._name)


def is_so(policy: Policy, written: Written) -> bool:
    """Whether everything is as it is written, and everybody who is to lead does."""
    leads = {team.lead: one.lead for team, one in zip(written.teams, policy.teams, strict=False) if one.lead}
    wanted = written.policy(leads)
    return leads.keys() == set(written.leads) and all(
        getattr(policy, name) == getattr(wanted, name) for name in Policy.model_fields
    )
