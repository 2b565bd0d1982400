"""The JSON API's acting half: everything that changes something becomes the same command that chat would give.

Law: one request is one command. Its id comes from who asks, what and the `Idempotency-Key`, so that a request sent
again gets the first answer again, and nobody gets somebody else's.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Request
from pydantic import Field, StrictInt
from starlette.concurrency import run_in_threadpool

from adapters.web.answers import Told
from adapters.web.api import Reading, Who, known_key
from adapters.web.shapes import CommandAnswer, Declared, ErrorAnswer, ItemAnswer
from bot.command import Command, Origin, build
from bot.errors import NotFound, UnknownTenant
from bot.grammar import item_key, read
from bot.ports import Caller, Reports, Submit
from bot.text import Reply, Value, mention_token
from bot.words import actions as say_items
from bot.words import web as words

_KEY = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,198}[\x21-\x7e])?")
Once = Annotated[str | None, Header(alias="Idempotency-Key", description="The same key gets the same answer.")]
Problems = dict[int | str, dict[str, Any]]
PROBLEMS: Problems = {
    status: {"model": ErrorAnswer, "description": about}
    for status, about in (
        (401, "no token, or a bad one"),
        (403, "the token may only read"),
        (404, "no such thing, or none for this token to know of"),
        (422, "refused: nothing was changed, and the sentence says what to do"),
        (503, "the database does not answer; try again"),
    )
}


class NewIncident(Value):
    title: Annotated[str, Field(max_length=3000)]
    severity: Annotated[
        StrictInt | str, Field(description="1 (worst) to 5; 3 is assumed", union_mode="left_to_right")
    ] = ""
    private: bool = False
    drill: bool = False
    started: Annotated[str, Field(max_length=100, description="when it began, as a time or as people write it")] = ""


class ItemPatch(Value):
    """One change; `reason` goes with `status` and `due`."""

    status: Literal["done", "won't do", "open"] | None = None
    due: Annotated[str | None, Field(max_length=100)] = None
    owner: Annotated[str | None, Field(max_length=300, description="a person's id, `me` or `@name`")] = None
    reason: Annotated[str, Field(max_length=3000)] = ""


class Spoken(Value):
    text: Annotated[str, Field(max_length=40_000)]
    incident: Annotated[str, Field(max_length=100)] = ""


class Acting:
    def __init__(self, submit: Submit, reports: Reports, reading: Reading) -> None:
        self._submit = submit
        self._reports = reports
        self._reading = reading

    async def declare(self, who: Caller, origin: Origin, asked: NewIncident) -> Declared:
        fields = {
            "title": asked.title,
            "severity": str(asked.severity),
            "private": "yes" if asked.private else "",
            "drill": "yes" if asked.drill else "",
            "started": asked.started,
        }
        reply = await self._done(build("declare", fields, origin))
        shape = await run_in_threadpool(self._reading.incident, who, reply.incident)
        return Declared(incident=shape, reply=reply.plain())

    async def say(self, origin: Origin, asked: Spoken) -> CommandAnswer:
        incident = known_key(asked.incident) if asked.incident else ""
        reply = await self._done(read(asked.text.replace("\x00", ""), origin, incident))
        return CommandAnswer(reply=reply.plain(), incident=reply.incident or None)

    async def change(self, who: Caller, origin: Origin, key: str, asked: ItemPatch) -> ItemAnswer:
        item = item_key(key)
        if item is None:
            raise NotFound(say_items.no_such_item(key))
        kind, fields = await run_in_threadpool(self._change, who, asked)
        reply = await self._done(build(kind, {"item": item, **fields}, origin))
        shape = await run_in_threadpool(self._reading.item, who, item)
        if shape is None:
            raise NotFound(say_items.no_such_item(key))
        return ItemAnswer(action=shape, reply=reply.plain())

    def _change(self, who: Caller, asked: ItemPatch) -> tuple[str, dict[str, str]]:
        named = [name for name in ("status", "due", "owner") if getattr(asked, name) is not None]
        if len(named) != 1 or (asked.owner is not None and asked.reason):
            raise Told(422, words.one_change())
        if asked.owner is not None:
            return "reassign", {"owner": self._mention(who, asked.owner)}
        if asked.due is not None:
            return "snooze", {"until": asked.due, "reason": asked.reason}
        kinds = {"done": "done", "won't do": "wont_do", "open": "reopen_item"}
        reason = {"reason": asked.reason} if asked.status == "won't do" else {"text": asked.reason}
        return kinds[asked.status or ""], reason

    def _mention(self, who: Caller, owner: str) -> str:
        """A person's id as a mention; names and `me` are understood by the rule."""
        owner = owner.replace("\x00", "").strip()
        found = self._reports.people(who.organisation, (owner,)).get(owner)
        return mention_token(found.accounts[0].key) if found and found.accounts else owner

    async def _done(self, command: Command) -> Reply:
        """What was carried out. Anything else is raised as what it is."""
        try:
            reply = await self._submit(command)
        except UnknownTenant:
            raise Told(401, words.BAD_TOKEN) from None
        if reply.form is not None:
            raise Told(422, words.missing(reply.form))
        status = {"done": 200, "refused": 422, "not found": 404, "parked": 500}[reply.outcome]
        if status != 200:
            raise Told(status, words.PARKED if reply.outcome == "parked" else reply.plain())
        return reply


def origin_of(request: Request, who: Caller, once: str | None) -> Origin:
    """`once` is the Idempotency-Key; without one every request is a new gesture."""
    if once is not None and not _KEY.fullmatch(once):
        raise Told(422, words.BAD_IDEMPOTENCY_KEY)
    said = "\n".join((who.principal.id, request.method, request.url.path, once or secrets.token_urlsafe(24)))
    id_ = hashlib.sha256(said.encode()).hexdigest()[:40]
    return Origin(id=id_, platform="api", tenant=who.organisation, actor=who.principal.id)


def commands(acting: Acting) -> APIRouter:
    routes = APIRouter(tags=["acting"], responses=PROBLEMS)

    @routes.post("/incidents", status_code=201, summary="Declare an incident")
    async def declare(request: Request, who: Who, asked: NewIncident, once: Once = None) -> Declared:
        return await acting.declare(who, origin_of(request, who, once), asked)

    @routes.post("/commands", summary="Say any verb, with the same words as in chat")
    async def say(request: Request, who: Who, asked: Spoken, once: Once = None) -> CommandAnswer:
        return await acting.say(origin_of(request, who, once), asked)

    @routes.patch("/actions/{key}", summary="End, move or hand on an action item")
    async def change(request: Request, who: Who, key: str, asked: ItemPatch, once: Once = None) -> ItemAnswer:
        return await acting.change(who, origin_of(request, who, once), key, asked)

    return routes
