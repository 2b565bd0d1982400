"""conversations.history and conversations.replies: reading back what stands in a conversation, page by page."""

import re
import time

from adapters.sandbox.faults import READ
from adapters.sandbox.render import message_json
from adapters.sandbox.webapi.call import ApiError, Call
from adapters.sandbox.world import Channel, Json, Message

RESTRICTED = 15


async def history(call: Call) -> Json:
    channel = call.channel(member=True)
    top = [m for m in _readable(call, channel) if _in_main(m)]
    chosen = [m for m in reversed(top) if _between(call, m.ts)]
    body = _pages(call, channel, chosen)
    return body | {"pin_count": len(channel.pins), "channel_actions_ts": None, "channel_actions_count": 0}


async def replies(call: Call) -> Json:
    channel = call.channel()
    if call.bot not in channel.members:
        raise ApiError("channel_not_found")
    asked = channel.messages.get(call.text("ts"))
    if asked is None:
        raise ApiError("thread_not_found")
    root = asked.thread_ts or asked.ts
    readable = _readable(call, channel)
    thread = [m for m in readable if m.ts == root]
    thread += [m for m in readable if m.thread_ts == root and m.ts != root and _between(call, m.ts)]
    return _pages(call, channel, thread)


def _in_main(message: Message) -> bool:
    return message.thread_ts in (None, message.ts) or message.subtype == "thread_broadcast"


def _readable(call: Call, channel: Channel) -> list[Message]:
    """All messages in order; a stale read hides the newest ones for a while."""
    fault = call.sim.faults.take("call", READ, call.method, call.args)
    hidden_since = time.monotonic() - fault.seconds if fault else float("inf")
    return [m for m in channel.in_order() if m.stored_at <= hidden_since]


def _between(call: Call, ts: str) -> bool:
    oldest, latest = (_bound(call, name) for name in ("oldest", "latest"))
    moment = _micros(ts)
    if call.flag("inclusive"):
        return (oldest is None or moment >= oldest) and (latest is None or moment <= latest)
    return (oldest is None or moment > oldest) and (latest is None or moment < latest)


def _bound(call: Call, name: str) -> int | None:
    value = call.text(name)
    if not value or value == "0":
        return None
    if not re.fullmatch(r"\d+(\.\d{0,6})?", value):
        raise ApiError(f"invalid_ts_{name}")
    return _micros(value)


def _micros(ts: str) -> int:
    whole, _, rest = ts.partition(".")
    return int(whole) * 1_000_000 + int(f"{rest:0<6}" if rest else 0)


def _pages(call: Call, channel: Channel, rows: list[Message]) -> Json:
    restricted = call.sim.limits.restricted_history
    most = RESTRICTED if restricted else 999
    limit = min(call.number("limit", most if restricted else 100), most)
    start = _place(rows, call.text("cursor"))
    part = rows[start : start + limit]
    more = start + limit < len(rows)
    shown = [message_json(call.team, m, metadata=call.flag("include_all_metadata"), channel=channel) for m in part]
    body: Json = {"ok": True, "messages": shown, "has_more": more}
    if more:
        body["response_metadata"] = {"next_cursor": f"bmV4dF90czo{part[-1].ts.replace('.', '')}"}
    return body


def _place(rows: list[Message], cursor: str) -> int:
    """Where the next page begins: after the message that the cursor names, even if that was deleted since."""
    if not cursor:
        return 0
    digits = cursor.removeprefix("bmV4dF90czo")
    if not digits.isdigit():
        raise ApiError("invalid_cursor")
    backwards = len(rows) > 1 and rows[0].ts > rows[-1].ts
    last = int(digits)
    passed = [m for m in rows if (_micros(m.ts) >= last if backwards else _micros(m.ts) <= last)]
    return len(passed)


METHODS = {"conversations.history": history, "conversations.replies": replies}
