"""What is written on the page of an incident.

Law: it is the same command as in chat; the page after it says what came of it, and a refusal hands the text back.
"""

from __future__ import annotations

from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from adapters.web.api import known_key
from adapters.web.forms import Forms, Sent


class Writing:
    def __init__(self, forms: Forms) -> None:
        self._forms = forms

    def routes(self) -> APIRouter:
        routes = APIRouter(include_in_schema=False)
        routes.add_api_route("/incidents/{key}/note", self.note, methods=["POST"])
        routes.add_api_route("/incidents/{key}/timeline", self.keep, methods=["POST"])
        routes.add_api_route("/incidents/{key}/timeline/{entry}/add", self.add, methods=["POST"])
        routes.add_api_route("/incidents/{key}/timeline/{entry}/take-off", self.take_off, methods=["POST"])
        return routes

    async def note(self, request: Request, key: str) -> Response:
        """A line for the timeline, at the time that is named in it or beside it."""
        sent = await self._forms.read(request)
        key = known_key(key)
        fields = {"incident": key, "text": sent.fields.get("text", ""), "at": sent.fields.get("at", "")}
        reply = await self._forms.done(sent, "note", **fields)
        return self._forms.onward(f"/incidents/{key}#timeline", reply)

    async def keep(self, request: Request, key: str) -> Response:
        """All lines that the page proposed."""
        sent, key = await self._forms.read(request), known_key(key)
        reply = await self._forms.done(sent, "accept_proposed", incident=key, ids=sent.fields.get("ids", ""))
        return self._forms.onward(f"/incidents/{key}#timeline", reply)

    async def add(self, request: Request, key: str, entry: str) -> Response:
        sent, key = await self._forms.read(request), known_key(key)
        reply = await self._forms.done(sent, "accept_proposed", incident=key, ids=entry)
        return self._forms.onward(_back(sent, key, entry), reply)

    async def take_off(self, request: Request, key: str, entry: str) -> Response:
        sent, key = await self._forms.read(request), known_key(key)
        reply = await self._forms.done(sent, "take_off_timeline", incident=key, entry=entry)
        return self._forms.onward(_back(sent, key, entry), reply)


def _back(sent: Sent, key: str, entry: str) -> str:
    """To the line, on the page of the log on which it stood."""
    page = {name: sent.fields[name] for name in ("all", "after") if sent.fields.get(name)}
    return f"/incidents/{key}{'?' if page else ''}{urlencode(page)}#entry-{quote(entry)}"
