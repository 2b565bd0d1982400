"""What people send from pages: each form is one command, decided by the same rule as in chat.

Law: a form counts only with the seal of the reader's own session, and once, however often it is sent. Whatever was
typed and could not be taken is handed back on the page that says why.
"""

from __future__ import annotations

import base64
import hmac
import json
from typing import Any

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from adapters.web.acting import origin_of
from adapters.web.answers import NotSignedIn, TellPerson, keep_typed
from adapters.web.doors import Sessions, from_elsewhere
from adapters.web.guard import Failures
from adapters.web.look import TOLD
from bot.command import Origin, build
from bot.errors import NotFound, Refused, UnknownTenant
from bot.ports import Caller, Submit
from bot.text import MENTION_CLOSE, MENTION_OPEN, Reply, Value
from bot.words import web as words

SEAL, ONCE = "_seal", "_once"
"""Fields of every form; names with a `_` in front are ours, the others are what a person fills in."""
FORMS_PER_MINUTE = 120
MOST_FIELDS = 60
TOLD_SECONDS = 60
TOLD_MOST = 900
"""Characters of a sentence that a cookie carries to the next page."""
_NEVER_TYPED = str.maketrans("", "", f"\x00{MENTION_OPEN}{MENTION_CLOSE}")


class Sent(Value):
    """A form that may be carried out."""

    who: Caller
    origin: Origin
    fields: dict[str, str]


class Forms:
    def __init__(self, submit: Submit, sessions: Sessions, per_minute: int = FORMS_PER_MINUTE) -> None:
        self._submit = submit
        self._sessions = sessions
        self._busy = Failures(per_minute)

    async def read(self, request: Request) -> Sent:
        """Raises `NotSignedIn`, or `TellPerson` with the sentence why the form does not count."""
        fields = await _fields(request)
        keep_typed(request, {name: text for name, text in fields.items() if not name.startswith("_")})
        who = await self._sender(request, fields)
        once = fields.get(ONCE, "")
        if not once or len(once) > 100 or not once.isascii() or not once.isprintable():
            raise TellPerson(422, words.FOREIGN_FORM)
        return Sent(who=who, origin=origin_of(request, who, once), fields=fields)

    async def _sender(self, request: Request, fields: dict[str, str]) -> Caller:
        if from_elsewhere(request):
            raise TellPerson(403, words.FOREIGN_FORM)
        who = await run_in_threadpool(self._sessions.caller, request)
        if who is None:
            raise NotSignedIn
        if not hmac.compare_digest(fields.get(SEAL, "").encode(), self._sessions.seal(request).encode()):
            raise TellPerson(403, words.OTHER_SESSION)
        if wait := self._busy.add(who.principal.id):
            raise TellPerson(429, words.TOO_MANY_FORMS, {"Retry-After": str(int(wait) + 1)})
        return who

    async def carry_out(self, sent: Sent, kind: str, **fields: Any) -> Reply:
        """The answer of the rule: refused, and a form that asks for more, too. Raises `NotFound`, or `TellPerson`."""
        try:
            reply = await self._submit(build(kind, fields, sent.origin))
        except UnknownTenant:
            raise NotSignedIn from None
        if reply.outcome == "not found":
            raise NotFound(reply.plain())
        if reply.outcome == "parked":
            raise TellPerson(500, words.PARKED)
        return reply

    async def done(self, sent: Sent, kind: str, **fields: str) -> Reply:
        """Only what was carried out. Raises `NotFound`, or `TellPerson` with the sentence of the rule."""
        reply = await self.carry_out(sent, kind, **fields)
        if reply.form is not None:
            raise TellPerson(422, words.missing(reply.form))
        if reply.outcome == "refused":
            raise Refused(reply.plain())
        return reply

    def onward(self, path: str, reply: Reply | str) -> Response:
        """To a page, which says once what was done. A reload of that page does nothing again."""
        said = (reply if isinstance(reply, str) else reply.plain())[:TOLD_MOST]
        answer = RedirectResponse(path, 303)
        value = base64.urlsafe_b64encode(json.dumps(said).encode()).decode()
        secure = self._sessions.https
        answer.set_cookie(TOLD, value, max_age=TOLD_SECONDS, httponly=True, secure=secure, samesite="lax")
        return answer


async def _fields(request: Request) -> dict[str, str]:
    """Text as browsers send it, with the line ends of everywhere else; what was ticked several times, with commas."""
    told: dict[str, list[str]] = {}
    async with request.form(max_files=0, max_fields=MOST_FIELDS) as form:
        for name, text in form.multi_items():
            if isinstance(text, str):
                told.setdefault(name, []).append(text.replace("\r\n", "\n").translate(_NEVER_TYPED))
    return {name: ",".join(filter(None, texts)) for name, texts in told.items()}
