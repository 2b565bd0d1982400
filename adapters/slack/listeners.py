"""Bolt's routing: commands, shortcuts, clicks, forms and every event that is no message, each to its listener.

Law: `process_before_response` everywhere, for an answer given before the work is done loses the work with the process;
and nothing is without a listener, for Bolt answers that with 404, which Slack counts as a failure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.inbound import MISREAD, Inbound
from adapters.slack.logs import sdk_logger
from adapters.wire import Answer
from bot.errors import Unavailable, UnknownTenant

Json = dict[str, Any]
ANY = re.compile(r".*", re.DOTALL)
Listener = Callable[[Json], Awaitable[Answer]]


def bolt_app(inbound: Inbound, client: AsyncWebClient, misread: Callable[[str], None]) -> AsyncApp:
    """The Bolt app. Signatures were checked at the door, and tokens are looked up where calls are made."""
    app = AsyncApp(
        name="debrief",
        logger=sdk_logger(),
        client=client,
        process_before_response=True,
        signing_secret="checked at the door",  # noqa: S106
        authorize=_authorize,
        request_verification_enabled=False,
        ignoring_self_events_enabled=False,
        ssl_check_enabled=False,
        url_verification_enabled=False,
        attaching_function_token_enabled=False,
    )
    app.command(ANY)(_listener(inbound.slash, misread))
    app.shortcut(ANY)(_listener(inbound.shortcut, misread))
    app.action(ANY)(_listener(inbound.click, misread))
    app.view(ANY)(_listener(inbound.submission, misread))
    app.view_closed(ANY)(_listener(_nothing, misread))
    app.options(ANY)(_listener(_no_options, misread))
    app.event(ANY)(_listener(inbound.event, misread))
    return app


async def _authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id)


def _listener(listen: Listener, misread: Callable[[str], None]) -> Callable[..., Awaitable[BoltResponse]]:
    async def listener(body: Json) -> BoltResponse:
        answer = await _answer(listen, body, misread)
        return BoltResponse(status=answer.status, body=json.dumps(answer.body) if answer.body is not None else "")

    return listener


async def _answer(listen: Listener, body: Json, misread: Callable[[str], None]) -> Answer:
    """Bolt would make a 500 of whatever is raised."""
    try:
        return await listen(body)
    except Unavailable:
        return Answer(503)
    except UnknownTenant:
        misread("unknown tenant")
    except MISREAD as wrong:
        misread(type(wrong).__name__)
    return Answer()


async def _nothing(_: Json) -> Answer:
    return Answer()


async def _no_options(_: Json) -> Answer:
    return Answer(200, {"options": []})
