"""Payloads as Slack sends them, in all their shapes."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
TS = "1700000000.000100"
BOT = "UBOT"


def outer(event: Json, **more: Any) -> Json:
    return {
        "token": "t", "team_id": "T1", "context_team_id": "T1", "context_enterprise_id": None, "api_app_id": "A1",
        "type": "event_callback", "event_id": "Ev1", "event_time": 1_700_000_000, "event": event,
        "authorizations": [
            {"enterprise_id": None, "team_id": "T1", "user_id": BOT, "is_bot": True, "is_enterprise_install": False}
        ],
        "is_ext_shared_channel": False, "event_context": "4-x", **more,
    }  # fmt: skip


def message(text: str = "hello", **more: Any) -> Json:
    told = {"user": "U1", "channel": "C1", "channel_type": "channel", "ts": TS, "event_ts": TS, "team": "T1"}
    return outer({"type": "message", "text": text, **told, **more})


def changed(before: Json | None, after: Json, **more: Any) -> Json:
    event: Json = {
        "type": "message", "subtype": "message_changed", "hidden": True, "channel": "C1", "channel_type": "channel",
        "ts": "1700000060.000200", "event_ts": "1700000060.000200", "message": {"type": "message", "ts": TS, **after},
        **more,
    }  # fmt: skip
    if before is not None:
        event["previous_message"] = {"type": "message", "ts": TS, **before}
    return outer(event)


def deleted(**previous: Any) -> Json:
    return outer(
        {
            "type": "message", "subtype": "message_deleted", "hidden": True, "channel": "C1", "deleted_ts": TS,
            "ts": "1700000070.000300", "event_ts": "1700000070.000300", "previous_message": {"ts": TS, **previous},
        }
    )  # fmt: skip


def reaction(kind: str = "reaction_added", **more: Any) -> Json:
    item = {"type": "message", "channel": "C1", "ts": TS}
    told = {"user": "U2", "reaction": "pushpin", "item": item, "item_user": "U1", "event_ts": "1700000080.000400"}
    return outer({"type": kind, **told, **more})


def pin(kind: str = "pin_added", **more: Any) -> Json:
    item = {"type": "message", "channel": "C1", "created": 1, "created_by": "U2", "message": {"ts": TS, "text": "x"}}
    told = {"user": "U2", "channel_id": "C1", "item": item, "event_ts": "1700000090.000500"}
    return outer({"type": kind, **told, **more})
