"""What is written on the page of an incident.

Law: it is the same command as in chat; the page after it says what came of it, and a refusal hands the text back.
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from adapters.web.api import known_key
from adapters.web.forms import Forms, onward


class Writing:
    def __init__(self, forms: Forms, *, https: bool) -> None:
        self._forms = forms
        self._https = https

    def routes(self) -> APIRouter:
        routes = APIRouter(include_in_schema=False)
        routes.add_api_route("/incidents/{key}/note", self.note, methods=["POST"])
        return routes

    async def note(self, request: Request, key: str) -> Response:
        """A line for the timeline, at the time that is named in it or beside it."""
        sent = await self._forms.read(request)
        key = known_key(key)
        fields = {"incident": key, "text": sent.fields.get("text", ""), "at": sent.fields.get("at", "")}
        reply = await self._forms.done(sent, "note", **fields)
        return onward(f"/incidents/{key}#timeline", reply, https=self._https)
