"""Where time decides something: a rule of the clock asks for a command, and the outbox gives it.

Law: the command is given in a transaction of its own, after the reminder's, so that the two never wait for each other;
its id follows from the effect's key, so that it is carried out once.
"""

from __future__ import annotations

from datetime import datetime

from bot.command import KINDS, Command, Origin
from bot.effects import Effect, Turn
from bot.errors import GiveUp

CLOCK = "clock"


def turn(key: str, organisation: str, incident: str, command: type[Command], **fields: str) -> Turn:
    told = {"key": key, "platform": CLOCK, "tenant": organisation, "incident": incident, "fields": fields}
    return Turn.model_validate({**told, "command": command.kind})


async def by_the_clock(effect: Effect, _attempt: int, _unsure: bool) -> Command | None:
    """Delivers a `Turn`: its receipt is the command."""
    if not isinstance(effect, Turn) or effect.command not in KINDS:
        raise GiveUp("there is no such command")
    origin = Origin(id=f"turn:{effect.key}", platform=CLOCK, tenant=effect.tenant)
    return KINDS[effect.command].model_validate({**effect.fields, "origin": origin, "incident_id": effect.incident})


def moment(said: str) -> datetime | None:
    return datetime.fromisoformat(said) if said else None
