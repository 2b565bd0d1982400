"""What the bot answers to commands and clicks, in the reply or through a response_url: five uses in 30 minutes."""

import json
import time
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from adapters.sandbox import acts
from adapters.sandbox.blocks import problems
from adapters.sandbox.core import RESPONSE_SECONDS, ResponseUrl, Simulation
from adapters.sandbox.webapi.chat import ephemeral, with_block_ids
from adapters.sandbox.world import Channel, Json, Message, Team


def complaint(sim: Simulation, body: Any) -> str | None:
    """Why Slack would not show this answer; counted, because it is a broken limit."""
    if not isinstance(body, dict):
        return "invalid_payload"
    blocks = body.get("blocks") or []
    found = problems(blocks if not isinstance(blocks, str) else _loaded(blocks))
    if not found and len(str(body.get("text") or "")) <= 40_000:
        return None
    sim.ledger.limit_violations.append(("invalid_blocks" if found else "msg_too_long", "response"))
    return "invalid_blocks" if found else "msg_too_long"


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def show(sim: Simulation, team: Team, channel: Channel, user: str, body: Json, original: str | None) -> Message | None:
    """Carries out one answer: a new message, or the original replaced or deleted."""
    message = channel.find(original or "")
    if body.get("delete_original") and message is not None:
        _remove(sim, team, channel, message)
        return None
    content = {
        "text": str(body.get("text") or ""),
        "blocks": with_block_ids(_blocks(body)),
        "attachments": body.get("attachments") or [],
    }
    if body.get("replace_original") and message is not None:
        _replace(sim, team, channel, message, content)
        return message
    if not any(content.values()):
        return None
    return _new(sim, team, channel, user, body, content)


def _blocks(body: Json) -> list[Json]:
    blocks = body.get("blocks") or []
    return _loaded(blocks) if isinstance(blocks, str) else blocks


def _remove(sim: Simulation, team: Team, channel: Channel, message: Message) -> None:
    if message.ephemeral_to:
        channel.ephemerals.remove(message)
        sim.changed()
    else:
        acts.delete(sim, team, channel, message)


def _replace(sim: Simulation, team: Team, channel: Channel, message: Message, content: Json) -> None:
    if message.ephemeral_to:
        for name, value in content.items():
            setattr(message, name, value)
        sim.changed()
    else:
        acts.change(sim, team, channel, message, team.bot_id, **content)
    sim.note_mentions(team, channel, message, content, notifies=False)


def _new(sim: Simulation, team: Team, channel: Channel, user: str, body: Json, content: Json) -> Message:
    thread = body.get("thread_ts")
    if body.get("response_type") != "in_channel":
        message = ephemeral(sim, team, channel, user, thread_ts=thread, **content)
        sim.note_mentions(team, channel, message, content, notifies=False)
        return message
    text = content.pop("text")
    message = acts.post(
        sim,
        team,
        channel,
        "",
        text,
        subtype="bot_message",
        bot_id=team.bot_id,
        thread_ts=thread,
        username=team.users[team.bot_user].real_name,
        **content,
    )
    sim.ledger.post(team.id, channel.id, message.ts, text, [thread, text, str(content)], None)
    sim.note_mentions(team, channel, message, content | {"text": text}, notifies=True)
    return message


async def endpoint(sim: Simulation, request: Request) -> Response:
    started = time.monotonic()
    body = _loaded((await request.body()).decode("utf-8", "replace"))
    response = _respond(sim, request.path_params["ident"], body)
    elapsed = (time.monotonic() - started) * 1000
    said = {"ok": response.status_code == 200, "error": bytes(response.body).decode()}
    sim.ledger.call("response_url", body if isinstance(body, dict) else {}, response.status_code, said, elapsed)
    return response


def _respond(sim: Simulation, ident: str, body: Any) -> Response:
    known = sim.response_urls.get(ident)
    if known is None:
        return PlainTextResponse("invalid_url", 404)
    if sim.elapsed(known.real, known.simulated) > RESPONSE_SECONDS:
        return JSONResponse({"ok": False, "error": "expired_url"}, 404)
    if known.left < 1:
        return JSONResponse({"ok": False, "error": "used_url"}, 404)
    if said := complaint(sim, body):
        return PlainTextResponse(said, 400 if said == "invalid_blocks" else 500)
    known.left -= 1
    return _shown(sim, known, body)


def _shown(sim: Simulation, known: ResponseUrl, body: Json) -> Response:
    team = sim.teams[known.team]
    show(sim, team, team.channels[known.channel], known.user, body, known.message)
    return PlainTextResponse("ok")
