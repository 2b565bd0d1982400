"""What is made of a language model's suggestion on the page of a postmortem: the same two commands as in chat."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from adapters.web.answers import TellPerson
from adapters.web.api import known_key
from adapters.web.forms import Forms
from bot.words import web as words

DOES = {"accept": "accept_suggestion", "discard": "discard_suggestion"}
"""By the button that was pressed."""


class Suggested:
    def __init__(self, forms: Forms) -> None:
        self._forms = forms

    def routes(self) -> APIRouter:
        routes = APIRouter(include_in_schema=False)
        routes.add_api_route("/incidents/{key}/suggestion", self.answer, methods=["POST"])
        return routes

    async def answer(self, request: Request, key: str) -> Response:
        sent = await self._forms.read(request)
        key, does = known_key(key), DOES.get(sent.fields.get("do", ""))
        if does is None:
            raise TellPerson(422, words.FOREIGN_FORM)
        reply = await self._forms.done(sent, does, incident=key, suggestion=sent.fields.get("suggestion", "")[:100])
        return self._forms.onward(f"/incidents/{key}/postmortem", reply)
