"""Who somebody is, as Slack's user objects say it."""

from __future__ import annotations

from typing import Any

from bot.command import Origin
from bot.commands.accounts import ProfileLearned
from bot.effects import LearnProfile

Json = dict[str, Any]


def profile_of(user: Json, tenant: str) -> Json:
    """The fields of a `ProfileLearned`. What Slack does not tell stays empty."""
    profile = user.get("profile") or {}
    names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name"))
    return {
        "name": str(next((name for name in names if name), "")),
        "zone": str(user.get("tz") or ""),
        "email": str(profile.get("email") or ""),
        "person_kind": _kind(user, tenant),
    }


def _kind(user: Json, tenant: str) -> str:
    """Guests are restricted members and people of other organisations."""
    if user.get("deleted"):
        return "gone"
    if user.get("is_bot") or user.get("id") == "USLACKBOT":
        return "bot"
    elsewhere = (user.get("team_id") or tenant) != tenant and not user.get("enterprise_user")
    foreign = user.get("is_stranger") or elsewhere
    return "guest" if user.get("is_restricted") or user.get("is_ultra_restricted") or foreign else "human"


def profile_learned(user: Json, effect: LearnProfile) -> ProfileLearned:
    origin = Origin(id=effect.key, platform="slack", tenant=effect.tenant)
    return ProfileLearned(
        origin=origin, incident_id=effect.incident, account=effect.account, **profile_of(user, effect.tenant)
    )
