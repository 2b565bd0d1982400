"""What is done on the page of a postmortem: one form, one command, decided by the same rule as in chat.

Law: whatever is not taken comes back in its form with the reason; where two people wrote, both texts are shown.
"""

from __future__ import annotations

from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from adapters.web.answers import by_htmx
from adapters.web.api import Reading, known_key
from adapters.web.forms import ONCE, Forms, Sent
from adapters.web.postmortem_deeds import DEEDS, part_of
from adapters.web.postmortem_forms import answered, refused, taken
from adapters.web.postmortem_page import PostmortemPage
from adapters.web.postmortem_view import Opened
from adapters.web.readers import Readers
from bot.errors import NotFound, Refused
from bot.ports import Record
from bot.text import Form, Reply
from bot.words import web as words

CONFLICT, NOT_TAKEN = 409, 422


class PostmortemWriting:
    def __init__(self, forms: Forms, reading: Reading, readers: Readers, page: PostmortemPage) -> None:
        self._forms = forms
        self._reading = reading
        self._readers = readers
        self._page = page

    def routes(self) -> APIRouter:
        routes = APIRouter(include_in_schema=False)
        routes.add_api_route("/incidents/{key}/postmortem/{deed}", self.do, methods=["POST"])
        return routes

    async def do(self, request: Request, key: str, deed: str) -> Response:
        sent = await self._forms.read(request)
        if deed not in DEEDS:
            raise NotFound(words.NOT_FOUND)
        record = await run_in_threadpool(self._reading.record, sent.who, known_key(key))
        try:
            reply = await self._forms.carry_out(sent, DEEDS[deed].kind, **taken(deed, sent.fields, record))
        except NotFound:
            raise
        except Refused as no:
            return await run_in_threadpool(self._refused, request, sent, key, deed, no)
        if reply.outcome == "refused":
            return await run_in_threadpool(self._refused, request, sent, key, deed, Refused(reply.plain()))
        if reply.form is not None:
            return await run_in_threadpool(self._answered, request, sent, key, deed, reply.form)
        return self._done(request, record.incident.key, sent, deed, reply)

    def _done(self, request: Request, key: str, sent: Sent, name: str, reply: Reply) -> Response:
        """On to the page, which tells it in its place. Each such address is another one, so that it is loaded anew."""
        part = part_of(name, sent.fields.get("of" if name == "hint" else "section", ""))
        asked = urlencode({"at": part, "n": sent.fields[ONCE][:6]})
        path = f"/incidents/{key}/postmortem?{asked}#{quote(part)}"
        first = reply.card.sections[0].text.plain() if reply.card.sections else reply.plain()
        answer = self._forms.onward(path, first)
        if by_htmx(request):
            answer.status_code = 204
            answer.headers["HX-Redirect"] = path
            del answer.headers["location"]
        return answer

    # -- what was not taken

    def _refused(self, request: Request, sent: Sent, key: str, name: str, no: Refused) -> Response:
        record = self._reading.record(sent.who, key, name)
        if record.postmortem is None:
            raise no
        return self._again(request, record, refused(record, self._readers.of(request), name, sent.fields, no))

    def _answered(self, request: Request, sent: Sent, key: str, name: str, form: Form) -> Response:
        record = self._reading.record(sent.who, key, name)
        return self._again(request, record, answered(record, self._readers.of(request), name, sent.fields, form))

    def _again(self, request: Request, record: Record, form: Opened) -> Response:
        """In its place where it was sent from there, else on the whole page."""
        reader, code = self._readers.of(request), CONFLICT if form.overtaken else NOT_TAKEN
        if not by_htmx(request):
            return self._page.shown(record, reader, form, code=code)
        if form.form is not None:
            return self._page.part_shown(record, reader, form.part, form, code)
        whole = self._page.shown(record, reader, form, code=code)
        whole.headers.update({"HX-Retarget": "body", "HX-Reswap": "innerHTML show:window:top"})
        return whole
