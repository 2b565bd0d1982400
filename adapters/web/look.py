"""How pages look: templates, and the few things that every one of them shows.

Law: whatever a person typed is escaped, and a link leads to http(s) or nowhere.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from adapters.web.shapes import author_of, source_of
from bot.model import Entry, Organisation, Person, Policies
from bot.permissions import administers
from bot.ports import Caller
from bot.text import Value, with_names
from bot.words import follow_through, pages, postmortem_page
from bot.words import web as words
from bot.words.sign_in import CHOOSE
from bot.zones import ago, due_echo, duration, echo, late, local_date, valid_zone, zone_of

HERE = Path(__file__).parent
STATIC = HERE / "static"
VENDOR = HERE / "vendor"
TOLD = "debrief-told"
"""The cookie in which a form leaves a sentence for the page after it."""


class Reader(Value):
    """For whom a page is written."""

    caller: Caller
    zone: str
    assumed: bool = False
    """The zone is the organisation's, because nobody told us the person's own."""
    seal: str = ""
    """Of the forms on the page: see `Forms`."""
    told: str = ""
    """What the form sent from the page before has come to."""
    admin: bool = False
    """They may set the organisation up."""

    @property
    def principal(self) -> Person:
        return self.caller.principal


def reader_of(caller: Caller, organisation: Organisation | None, *, seal: str = "", told: str = "") -> Reader:
    who, policies = caller.principal, organisation.policies if organisation else Policies()
    zone = next((zone for zone in (who.zone, policies.zone) if valid_zone(zone)), "UTC")
    admin = who.kind == "human" and administers(who, policies)
    return Reader(caller=caller, zone=zone, assumed=zone != who.zone, seal=seal, told=told, admin=admin)


def told_in(request: Request) -> str:
    """The sentence that a form has left for the next page; empty: none."""
    try:
        said = json.loads(base64.urlsafe_b64decode(request.cookies.get(TOLD, "")))
    except ValueError:
        return ""
    return said if isinstance(said, str) else ""


class Way(NamedTuple):
    """A way to sign in, beside the private link."""

    label: str
    address: str


Ways = Callable[[str], Sequence[Way]]
"""Those that lead on to a path."""


class Look:
    def __init__(self) -> None:
        self._pages = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._pages.globals.update(
            style=_asset("debrief.css"), script=_asset("live.js"), words=words, say=pages, author=author_of,
            source=source_of, fresh=fresh, asset=_asset, page=postmortem_page, act=follow_through,
        )  # fmt: skip
        self._pages.filters.update(
            web=web_address, echo=echo, clock=clock, day=due_echo, named=with_names, span=duration, ago=ago, late=late
        )
        del self._pages.filters["safe"]

    def page(self, name: str, code: int = 200, headers: Mapping[str, str] | None = None, **values: Any) -> HTMLResponse:
        """`reader` is None where nobody is signed in."""
        shown = {"reader": None, **values}
        page = HTMLResponse(self._pages.get_template(f"{name}.html").render(shown), code, dict(headers or {}))
        if shown["reader"] and shown["reader"].told:
            page.delete_cookie(TOLD, httponly=True, samesite="lax")
        return page

    def part(self, name: str, **values: Any) -> Markup:
        """A part of a page, which another template may hold."""
        return Markup(self._pages.get_template(f"{name}.html").render(values))  # noqa: S704

    def message(
        self,
        status: int,
        title: str,
        text: str,
        headers: Mapping[str, str] | None = None,
        reader: Reader | None = None,
        typed: Mapping[str, str] | None = None,
        ways: Sequence[Way] = (),
    ) -> HTMLResponse:
        """`typed` is handed back to whoever wrote it, because it was not taken."""
        kept = {name: said for name, said in (typed or {}).items() if said.strip()}
        return self.page("message", status, headers, title=title, text=text, reader=reader, typed=kept, ways=ways)

    def sign_in(self, status: int, ways: Sequence[Way], typed: Mapping[str, str] | None = None) -> HTMLResponse:
        text = CHOOSE if ways else words.SIGN_IN_FIRST
        return self.message(status, words.SIGN_IN_TITLE, text, typed=typed, ways=ways)

    def notice(self, status: int, text: str, headers: Mapping[str, str] | None = None) -> HTMLResponse:
        """Told on the page that is open, whatever part of it had asked."""
        to = {"HX-Retarget": "#notice", "HX-Reswap": "innerHTML", **(headers or {})}
        return self.page("notice", status, to, text=text)

    def not_found(self, typed: Mapping[str, str] | None = None) -> HTMLResponse:
        """One page for what does not exist and for what is hidden."""
        return self.message(404, words.NOT_FOUND_TITLE, words.NOT_FOUND, typed=typed)


@cache
def _asset(name: str) -> str:
    """Its address, which changes with what stands in it."""
    return f"/static/{name}?v={hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"


def fresh() -> str:
    """What makes a form on a page one gesture, however often it is sent."""
    return secrets.token_urlsafe(18)


def web_address(url: str | None) -> str:
    """The address if a browser may be sent there, else nothing."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return ""
    return url or "" if parts.scheme in ("http", "https") and parts.netloc else ""


def clock(at: datetime, zone: str) -> str:
    return at.astimezone(zone_of(zone)).strftime("%H:%M:%S")


def by_day(entries: Sequence[Entry], zone: str) -> list[tuple[str, list[Entry]]]:
    """The entries under the days of the reader's calendar."""
    days: list[tuple[str, list[Entry]]] = []
    for entry in entries:
        day = due_echo(local_date(entry.occurred, zone))
        if not days or days[-1][0] != day:
            days.append((day, []))
        days[-1][1].append(entry)
    return days
