"""What is done on the page of action items, one at a time and several at once: the same commands as in chat.

Law: before several change, a page says what would become of each; then each is a command of its own, under an id that
follows from the form and the item, so that the form sent again does nothing again.
"""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from adapters.web.action_deeds import DEEDS, mention_of
from adapters.web.action_question import came_from
from adapters.web.actions_page import LIST_PAGE, ActionsPage, Again
from adapters.web.actions_several import Came, Several
from adapters.web.answers import TellPerson
from adapters.web.forms import Forms, Sent
from adapters.web.postmortem_view import Opened
from adapters.web.readers import Readers
from bot.errors import NotFound, Refused
from bot.grammar import item_key
from bot.ids import stable_id
from bot.ports import Reports
from bot.text import Form
from bot.words import follow_through as words
from bot.words import web as web_words
from bot.words.postmortem_page import needed

BACK, SHOWN = "_back", "_shown"
"""The question of the page that a form stood on, and the keys of the items on it."""


class ActionsWriting:
    def __init__(self, forms: Forms, reports: Reports, readers: Readers, page: ActionsPage, several: Several) -> None:
        self._forms = forms
        self._reports = reports
        self._readers = readers
        self._page = page
        self._several = several

    def routes(self) -> APIRouter:
        routes = APIRouter(include_in_schema=False)
        routes.add_api_route("/actions/several", self.preview, methods=["POST"])
        routes.add_api_route("/actions/several/apply", self.apply, methods=["POST"])
        routes.add_api_route("/actions/{item}/{deed}", self.do, methods=["POST"])
        return routes

    # -- one

    async def do(self, request: Request, item: str, deed: str) -> Response:
        sent, key = await self._forms.read(request), item_key(item)
        if deed not in DEEDS or key is None:
            raise NotFound(web_words.NOT_FOUND)
        fields = await run_in_threadpool(self._fields, sent, deed)
        try:
            _checked(deed, fields)
            reply = await self._forms.carry_out(sent, deed, item=key, **fields)
        except NotFound:
            raise
        except Refused as no:
            return await run_in_threadpool(self._again, request, sent, deed, key, no)
        if reply.outcome == "refused" or reply.form is not None:
            why = Refused(_lacking(reply.form) if reply.form else reply.plain())
            return await run_in_threadpool(self._again, request, sent, deed, key, why)
        return self._forms.onward(_address(sent, undo="" if deed == "undo_item" else key), reply)

    def _fields(self, sent: Sent, kind: str) -> dict[str, str]:
        """Those of the command; who is named stands there as a mention, where it is known who that is."""
        fields = {name: sent.fields.get(name, "").strip() for name in DEEDS[kind]}
        if fields.get("owner"):
            fields["owner"] = self._meant(sent, fields["owner"])
        return fields

    def _meant(self, sent: Sent, said: str) -> str:
        if said.casefold() in ("me", "@me"):
            return mention_of(sent.who.principal)
        found = self._reports.called(sent.who.organisation, said.removeprefix("@"))
        return mention_of(found) if found else said

    def _again(self, request: Request, sent: Sent, kind: str, key: str, no: Refused) -> Response:
        """The list, with the form and what was typed, or without a form where it cannot be sent any more."""
        reader = self._readers.of(request)
        form, problem = self._page.opened(reader, kind, key), no.text.plain()
        typed = {name: text for name, text in sent.fields.items() if not name.startswith("_")}
        again = Again(form=_filled(form, typed, problem, no.field), problem="" if form else problem)
        return self._page.shown(reader, came_from(sent.fields.get(BACK, "")), _after(sent), again=again)

    # -- several

    async def preview(self, request: Request) -> Response:
        sent = await self._forms.read(request)
        return await run_in_threadpool(self._preview, request, sent)

    def _preview(self, request: Request, sent: Sent) -> Response:
        reader, kind, keys = self._readers.of(request), sent.fields.get("do", ""), _ticked(sent)
        fields = self._fields(sent, kind) if kind in DEEDS else {}
        if problem := _unclear(kind, keys, fields):
            typed = {name: text for name, text in sent.fields.items() if not name.startswith("_")}
            again = Again(problem=problem, typed={**typed, "items": ",".join(keys)})
            return self._page.shown(reader, came_from(sent.fields.get(BACK, "")), _after(sent), again=again)
        return self._several.preview(reader, kind, keys, fields, _address(sent))

    async def apply(self, request: Request) -> Response:
        sent = await self._forms.read(request)
        kind, keys = sent.fields.get("do", ""), _ticked(sent)
        fields = await run_in_threadpool(self._fields, sent, kind) if kind in DEEDS else {}
        if problem := _unclear(kind, keys, fields):
            raise TellPerson(422, problem)
        if kind == "reassign" and len(keys) > 1:
            fields["among"] = sent.origin.id
        came = [await self._one(sent, kind, key, fields) for key in keys]
        return await run_in_threadpool(self._told, request, sent, kind, came)

    async def _one(self, sent: Sent, kind: str, key: str, fields: dict[str, str]) -> Came:
        origin = sent.origin.model_copy(update={"id": stable_id("several", sent.origin.id, key)})
        one = sent.model_copy(update={"origin": origin})
        try:
            reply = await self._forms.carry_out(one, kind, item=key, **fields)
        except Refused as no:
            return Came(key=key, told=no.text.plain())
        except TellPerson as broken:
            return Came(key=key, told=broken.text)
        if reply.form is not None:
            return Came(key=key, told=_lacking(reply.form))
        return Came(key=key, told=reply.plain(), changed=reply.outcome == "done")

    def _told(self, request: Request, sent: Sent, kind: str, came: list[Came]) -> Response:
        return self._several.told(self._readers.of(request), kind, came, _address(sent))


def _filled(form: Opened | None, typed: dict[str, str], problem: str, field: str) -> Opened | None:
    return form.model_copy(update={"typed": typed, "problem": problem, "field": field}) if form else None


def _checked(kind: str, fields: dict[str, str]) -> None:
    """What a page can tell sooner: a form never asks for what its sender just left out."""
    link = fields.get("text", "") if kind == "done" else ""
    if link and not link.startswith(("https://", "http://")):
        raise Refused(words.NO_LINK, "text")
    field, missing = words.NEEDED.get(kind, ("", ""))
    if field and not fields.get(field):
        raise Refused(missing, field)


def _unclear(kind: str, keys: list[str], fields: dict[str, str]) -> str:
    """Why nothing can be said of a change; empty: it can."""
    if not keys:
        return words.NOTHING_TICKED
    if kind not in DEEDS:
        return words.NO_CHANGE
    try:
        _checked(kind, fields)
    except Refused as no:
        return no.text.plain()
    return ""


def _ticked(sent: Sent) -> list[str]:
    """Keys of items, each once; no more than a page has."""
    said = sent.fields.get(SHOWN, "") if sent.fields.get("all") else sent.fields.get("items", "")
    keys = (item_key(one.strip()) for one in said.split(","))
    return list(dict.fromkeys(key for key in keys if key))[:LIST_PAGE]


def _lacking(form: Form) -> str:
    """What a form says that a rule asks with, where somebody sent one already."""
    return " ".join(filter(None, (form.intro.plain(), needed(form))))


def _after(sent: Sent) -> str:
    return sent.fields.get("_after", "")[:500]


def _address(sent: Sent, undo: str = "") -> str:
    """Of the page that the form stood on."""
    more = {name: text for name, text in (("after", _after(sent)), ("undo", undo)) if text}
    parts = [came_from(sent.fields.get(BACK, "")).address, urlencode(more)]
    query = "&".join(filter(None, parts))
    return f"/actions?{query}" if query else "/actions"
