"""Which workspace a payload belongs to. Slack says it in many places; the order here is the one its own SDK follows."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def tenant_of(payload: Json) -> str:
    """The workspace's id; of an installation for an organisation without a workspace, the organisation's; or empty.

    Order: the workspace in which a view's app is installed, the team, the first authorization, the team id, then what
    stands inside the event, the user or the view.
    """
    view = payload.get("view")
    if isinstance(view, dict) and (installed := _text(view.get("app_installed_team_id"))):
        return installed
    team = payload.get("team")
    found = _text(team) or (_text(team.get("id")) if isinstance(team, dict) else "")
    return found or _authorized(payload) or _text(payload.get("team_id")) or _inside(payload) or _organisation(payload)


def _authorized(payload: Json) -> str:
    first = _first_authorization(payload)
    return _text(first.get("team_id"))


def _first_authorization(payload: Json) -> Json:
    found = payload.get("authorizations")
    first = found[0] if isinstance(found, list) and found else None
    return first if isinstance(first, dict) else {}


def _inside(payload: Json) -> str:
    event = payload.get("event")
    if isinstance(event, dict):
        team = event.get("team_id") or event.get("team")
        found = _text(team) or (_text(team.get("id")) if isinstance(team, dict) else "")
        if found:
            return found
    for name in ("user", "view"):
        part = payload.get(name)
        if isinstance(part, dict) and (found := _text(part.get("team_id"))):
            return found
    return ""


def _organisation(payload: Json) -> str:
    enterprise = payload.get("enterprise")
    if isinstance(enterprise, dict):
        return _text(enterprise.get("id"))
    return (
        _text(enterprise)
        or _text(payload.get("enterprise_id"))
        or _text(_first_authorization(payload).get("enterprise_id"))
    )


def bot_user_of(payload: Json) -> str:
    """Our own user id in that workspace, where the payload says it."""
    first = _first_authorization(payload)
    return _text(first.get("user_id")) if first.get("is_bot", True) else ""


def is_own(payload: Json, event: Json) -> bool:
    """Whether we caused the event ourselves: listening to our own posts would never end."""
    bot_user = bot_user_of(payload)
    if bot_user and event.get("user") == bot_user:
        return True
    app = payload.get("api_app_id")
    if not app:
        return False
    profile = event.get("bot_profile")
    return event.get("app_id") == app or (isinstance(profile, dict) and profile.get("app_id") == app)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
