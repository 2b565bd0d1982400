"""A published postmortem as a page of Confluence Cloud, one an incident.

Law: a page's title is unique in its space, so a second page cannot come to be; one that somebody else wrote under that
title is never touched.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from adapters.export import html
from adapters.reach import SHORTLY, Answer, Reach
from bot.draft_blocks import Block, Draft, DraftSection, Lines, Paragraph
from bot.errors import GiveUp, Retry
from bot.ports import Record
from bot.record import draft_of, house_zone
from bot.words import draft as drafted
from bot.words import publishing as words

NAME = "confluence"
PROPERTY = "debrief"
_TYPED = re.compile(r'<(\w+) class="typed" dir="auto">([^<]*)')
MOST = 1_000_000
"""Letters of a page: what is longer leaves its log out."""


class Confluence:
    def __init__(self, reach: Reach, space: str) -> None:
        self._reach = reach
        self._space = space

    async def put(self, record: Record) -> None:
        key, body = record.incident.key, storage_format(draft_of(record, house_zone(record)))
        digest = hashlib.sha256(body.encode()).hexdigest()
        space = await self._space_id()
        page = await self._find(space, key)
        known = await self._property(page["id"], key) if page else None
        if page is None:
            page = await self._create(space, key, body)
        elif known is None and words.page_mark(key) not in _body(page):
            raise GiveUp(words.not_ours(self._reach.name, words.page_title(key)))
        elif known is None or (known.get("value") or {}).get("digest") != digest:
            await self._update(page, key, body)
        await self._remember(page["id"], known, {"incident": key, "digest": digest})

    async def _space_id(self) -> str:
        answer = await self._reach.get("api/v2/spaces", keys=self._space)
        self._done(answer)
        found = _results(answer)
        if not found:
            raise GiveUp(words.missing(self._reach.name, "the space"))
        return _id(found[0])

    async def _find(self, space: str, key: str) -> dict[str, Any] | None:
        told = {"space-id": space, "title": words.page_title(key), "status": "current", "body-format": "storage"}
        answer = await self._reach.get("api/v2/pages", **told)
        self._done(answer)
        found = _results(answer)
        return {**found[0], "id": _id(found[0])} if found else None

    async def _property(self, page: str, key: str) -> dict[str, Any] | None:
        """What was noted at the page, where it is about this incident."""
        answer = await self._reach.get(f"api/v2/pages/{page}/properties", key=PROPERTY)
        self._done(answer)
        ours = [one for one in _results(answer) if isinstance(one.get("value"), dict)]
        return next((one for one in ours if one["value"].get("incident") == key), None)

    async def _create(self, space: str, key: str, body: str) -> dict[str, Any]:
        told = {"spaceId": space, "status": "current", "title": words.page_title(key), "body": _storage(body)}
        answer = await self._reach.send("POST", "api/v2/pages", told)
        if answer.status in (400, 409):
            raise Retry(SHORTLY, words.busy(self._reach.name))  # the title was taken in between: looked at again
        self._done(answer)
        return {**answer.fields, "id": _id(answer.fields)}

    async def _update(self, page: dict[str, Any], key: str, body: str) -> None:
        number = int((page.get("version") or {}).get("number", 1)) + 1
        told = {
            "id": page["id"],
            "status": "current",
            "title": words.page_title(key),
            "body": _storage(body),
            "version": {"number": number},
        }
        answer = await self._reach.send("PUT", f"api/v2/pages/{page['id']}", told)
        if answer.status == 409:
            raise Retry(SHORTLY, words.busy(self._reach.name))
        self._done(answer)

    async def _remember(self, page: str, known: dict[str, Any] | None, value: dict[str, str]) -> None:
        path = f"api/v2/pages/{page}/properties"
        if known is None:
            self._done(await self._reach.send("POST", path, {"key": PROPERTY, "value": value}))
        elif known.get("value") != value:
            number = int((known.get("version") or {}).get("number", 1)) + 1
            told = {"key": PROPERTY, "value": value, "version": {"number": number}}
            self._done(await self._reach.send("PUT", f"{path}/{_id(known)}", told))

    def _done(self, answer: Answer) -> None:
        if answer.status >= 400:
            raise self._reach.refused(answer)


def _results(answer: Answer) -> list[dict[str, Any]]:
    found = answer.fields.get("results")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _id(one: dict[str, Any]) -> str:
    """Numbers only: it becomes a part of an address."""
    found = str(one.get("id", ""))
    if not (found.isascii() and found.isalnum()):
        raise GiveUp(words.strange("Confluence"))
    return found


def _body(page: dict[str, Any]) -> str:
    return str(((page.get("body") or {}).get("storage") or {}).get("value", ""))


def _storage(body: str) -> dict[str, str]:
    return {"representation": "storage", "value": body}


# -- the page in Confluence's own dialect of XHTML


def storage_format(made: Draft) -> str:
    whole = _written(made, made.sections)
    if len(whole) <= MOST:
        return whole
    note = (Paragraph(text=words.LOG_ELSEWHERE),)
    shorter = tuple(one.model_copy(update={"body": note}) if one.name == "log" else one for one in made.sections)
    return _written(made, shorter)


def _written(made: Draft, sections: tuple[DraftSection, ...]) -> str:
    headline = drafted.headline(made.severity, made.status, made.version, made.owner, made.due)
    title = f"<p><strong>{html.text(made.title)}</strong></p>"
    parts = [f"<p><em>{html.text(words.page_mark(made.key))}</em></p>", title, f"<p>{html.text(headline)}</p>"]
    for section in sections:
        parts += [f"<h2>{html.text(section.heading)}</h2>", *map(_block, section.body)]
        parts += [f"<p><em>{html.text(section.by_hand)}</em></p>"] if section.edited else []
    return "\n".join(parts)


def _block(block: Block) -> str:
    if not (isinstance(block, Lines) and block.folded):
        return _broken(html.block(block))
    inside = _broken(html.block(block.model_copy(update={"folded": ""})))
    title = f'<ac:parameter ac:name="title">{html.text(block.folded)}</ac:parameter>'
    body = f"<ac:rich-text-body>{inside}</ac:rich-text-body>"
    return f'<ac:structured-macro ac:name="expand">{title}{body}</ac:structured-macro>'


def _broken(made: str) -> str:
    """Confluence keeps no styles: where a typed line ends, a line ends."""
    return _TYPED.sub(lambda found: f"<{found[1]}>{found[2].replace(chr(10), '<br/>')}", made)
