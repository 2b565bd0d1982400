"""Where receipts come from: the effect itself, done by nobody."""

from __future__ import annotations

from bot.command import Origin
from bot.effects import Effect


def origin_of(effect: Effect) -> Origin:
    return Origin(id=effect.key, platform="slack", tenant=effect.tenant)
