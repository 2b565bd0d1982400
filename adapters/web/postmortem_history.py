"""How a postmortem came to be: each edit with its words that came and went, and the versions that were published.

Law: a version that was published is shown byte for byte as it was.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from adapters.web.api import markdown_answer
from adapters.web.doors import vary_by_reader
from adapters.web.readers import Page
from bot.draft_changes import SectionChange, changes, sections_of
from bot.draft_names import published
from bot.errors import NotFound
from bot.markdown import lines, literal
from bot.model import PostmortemStatus
from bot.ports import Record
from bot.record import house_zone, postmortem_of, whole_draft
from bot.revisions import Happening, history
from bot.text import Value
from bot.word_changes import Piece, shortened, word_changes
from bot.words import postmortem_page as words
from bot.words.web import NOT_FOUND
from bot.zones import echo

AT_ONCE = 40
Number = Annotated[int, Query(ge=0, le=100_000)]


class Shown(Value):
    happening: Happening
    pieces: tuple[Piece, ...] = ()


class PostmortemHistory(Page):
    def routes(self) -> APIRouter:
        routes = APIRouter(include_in_schema=False)
        routes.add_api_route("/incidents/{key}/postmortem/history", self.page)
        routes.add_api_route("/incidents/{key}/postmortem/history.json", self.as_json)
        routes.add_api_route("/incidents/{key}/postmortem/history.md", self.as_markdown)
        return routes

    def page(self, request: Request, key: str, older: Number = 0) -> Response:
        """The newest first; `older` leaves out that many of them."""
        reader = self._readers.of(request)
        record, happened = self._history(request, key)
        shown = tuple(_shown(one) for one in happened[older : older + AT_ONCE])
        following = older + AT_ONCE if len(happened) > older + AT_ONCE else 0
        page = self._look.page(
            "postmortem_history", reader=reader, key=record.incident.key, title=whole_draft(record, reader.zone).title,
            happened=shown, following=following, since=_since(record), versions=_versions(happened),
            current=postmortem_of(record).published_version,
        )  # fmt: skip
        return vary_by_reader(page)

    def as_json(self, request: Request, key: str) -> Response:
        record, happened = self._history(request, key)
        told = [one.model_dump(mode="json") for one in happened]
        return vary_by_reader(JSONResponse({"key": record.incident.key, "history": told}))

    def as_markdown(self, request: Request, key: str, version: Number = 0) -> Response:
        """With a version: that one, as it was published."""
        record, happened = self._history(request, key)
        if version:
            return vary_by_reader(markdown_answer(_published(happened, version)))
        zone = house_zone(record)
        out = [f"# {literal(words.history_of(record.incident.key))}", ""]
        out += [f"- **{echo(one.at, zone)}** · {literal(one.who)}: {lines(one.what, '  ')}" for one in happened]
        return vary_by_reader(markdown_answer("\n".join(out) + "\n"))

    def _history(self, request: Request, key: str) -> tuple[Record, tuple[Happening, ...]]:
        """Raises `NotFound` where no postmortem was opened yet."""
        caller = self._readers.of(request).caller
        record = self._reading.record(caller, key)
        postmortem_of(record)
        return record, history(record, self._reports.revisions(caller.principal, record.incident.key))


def _shown(one: Happening) -> Shown:
    """Where nothing stood before, nothing has changed: the text is shown as it is."""
    if not one.before:
        return Shown(happening=one)
    return Shown(happening=one, pieces=shortened(word_changes(one.before, one.after)))


def _published(happened: tuple[Happening, ...], version: int) -> str:
    """Raises `NotFound` for a version that was not published."""
    found = next((one for one in happened if one.published and one.version == version), None)
    if found is None:
        raise NotFound(NOT_FOUND)
    return found.after


def _versions(happened: tuple[Happening, ...]) -> tuple[int, ...]:
    return tuple(one.version for one in happened if one.published and one.version is not None)


def _since(record: Record) -> tuple[SectionChange, ...]:
    """What is different by now from the version that was published last."""
    postmortem = postmortem_of(record)
    if not postmortem.published_sections or postmortem.status is PostmortemStatus.PUBLISHED:
        return ()
    made = published(whole_draft(record, house_zone(record)))
    return changes(postmortem.published_sections, sections_of(made))
