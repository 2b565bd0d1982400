"""Message events as Slack sends and signs them, about 1.5 KB each, made before the clock starts."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Sequence
from typing import Any

_NUMBERS = itertools.count(1)
_TEXT = (
    "checkout-api p99 went from 180 ms to 2.4 s at about the time of the 13:52 deploy, error rate is 7 % and "
    "rising in eu-west-1 only; I compared the pool metrics of both regions (see the panel \"db connections\") "
    "and it looks as if the new pods never give connections back. Rolling back number {number} now."
)  # fmt: skip


def message(team: str, app: str, bot_user: str, room: str, user: str) -> tuple[dict[str, Any], str]:
    """The payload of a message that nobody has said before, and words that no other message has."""
    number = next(_NUMBERS)
    now = time.time_ns() // 1000 + number
    ts, text = f"{now // 10**6}.{now % 10**6:06d}", _TEXT.format(number=number)
    element = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    event = {
        "type": "message", "user": user, "text": text, "ts": ts, "event_ts": ts, "team": team, "channel": room,
        "client_msg_id": f"5b6f1a52-0000-4000-8000-{number:012d}", "channel_type": "channel",
        "blocks": [{"type": "rich_text", "block_id": f"b{number}", "elements": [element]}],
    }  # fmt: skip
    grant = {"enterprise_id": None, "team_id": team, "user_id": bot_user, "is_bot": True}
    return {
        "token": "one-long-verification-token", "team_id": team, "context_team_id": team, "context_enterprise_id": None,
        "api_app_id": app, "event": event, "type": "event_callback", "event_id": f"Ev{now:X}",
        "event_time": now // 10**6, "authorizations": [{**grant, "is_enterprise_install": False}],
        "is_ext_shared_channel": False, "event_context": f"4-eyJldCI6Im1lc3NhZ2UiLCJ0aWQiOiJUMSJ9{number:08d}",
    }, f"number {number} now"  # fmt: skip


def signed(secret: str, body: bytes, content_type: str = "application/json") -> bytes:
    """A whole HTTP request with the signature that Slack would give it now."""
    stamp = str(int(time.time()))
    signature = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    head = (
        "POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Slackbot 1.0\r\nAccept: */*\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n"
        f"X-Slack-Request-Timestamp: {stamp}\r\nX-Slack-Signature: v0={signature}\r\n\r\n"
    )
    return head.encode() + body


def requests(secret: str, payloads: Sequence[dict[str, Any]]) -> list[bytes]:
    return [signed(secret, json.dumps(payload, separators=(",", ":")).encode()) for payload in payloads]
