"""Fifty invented incidents as files: what GitHub, a PDF reader and somebody outside make of them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token
from pypdf import PdfReader

from adapters.export.external import external
from adapters.export.markdown import markdown
from adapters.export.pdf import pdf
from bot.draft_blocks import Draft, Facts, Lines, Table, plain
from bot.errors import Refused
from bot.markdown import clean
from bot.ports import Record
from bot.record import draft_of, house_zone
from bot.words.draft import LINK
from tests.bot.invented import HOW_MANY, SET, invented, organisation
from tests.bot.test_markdown import body

OURS = re.compile(r"<!-- -->|<br>|</?details>|<summary>[^<>]*</summary>|\s")
"""All the HTML that we write ourselves."""


@cache
def told(number: int) -> tuple[Record, Draft, list[Token]]:
    """A record, its draft, and what GitHub's dialect makes of its Markdown."""
    record = invented(number, organisation())
    tokens = MarkdownIt("gfm-like").parse(body(markdown(record).decode()))
    return record, draft_of(record, house_zone(record)), tokens


def inside(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from inside(token.children or [])


def headings(tokens: list[Token], tag: str) -> list[str]:
    pairs = pairwise(tokens)
    return [shown(following) for one, following in pairs if one.type == "heading_open" and one.tag == tag]


def shown(inline: Token) -> str:
    return "".join(one.content for one in inline.children or [] if one.type in ("text", "text_special"))


@pytest.mark.parametrize("number", range(HOW_MANY))
def test_on_githubs_rules_the_markdown_has_the_drafts_headings_and_tables_and_nothing_else(number: int) -> None:
    _, draft, tokens = told(number)
    assert headings(tokens, "h2") == [" ".join(clean(one.heading).split()) for one in draft.sections]
    assert len(headings(tokens, "h1")) == 1
    tables = [one for section in draft.sections for one in section.body if isinstance(one, Table)]
    opened = [one.type for one in tokens if one.type in ("table_open", "th_open", "td_open")]
    assert opened.count("table_open") == len(tables)
    assert opened.count("th_open") == sum(len(one.head) for one in tables)
    assert opened.count("td_open") == sum(len(row) for one in tables for row in one.rows)
    kinds = {one.type for one in inside(tokens)}
    assert not kinds & {"image", "code_inline", "code_block", "fence", "blockquote_open", "ordered_list_open", "s_open"}
    html = "".join(one.content for one in inside(tokens) if one.type in ("html_block", "html_inline"))
    assert OURS.sub("", html) == ""


@pytest.mark.parametrize("number", range(HOW_MANY))
def test_every_link_is_a_recorded_web_address(number: int) -> None:
    record, _, tokens = told(number)
    recorded = {one.permalink for one in record.entries}
    recorded |= {file.url for one in record.entries for file in one.files} | {one.link for one in record.items}
    links = {str(one.attrGet("href")) for one in inside(tokens) if one.type == "link_open"}
    assert links <= {url for url in recorded if url.startswith("https://")}
    assert links or not [one for one in record.entries if one.permalink and not one.deleted]


def test_the_version_for_readers_outside_has_three_parts_wherever_people_wrote_them() -> None:
    written = 0
    for number in range(HOW_MANY):
        record = told(number)[0]
        try:
            tokens = MarkdownIt("gfm-like").parse(external(record).decode())
        except Refused:
            continue
        written += 1
        assert len(headings(tokens, "h2")) == 3
        assert not {"link_open", "image", "html_block", "html_inline"} & {one.type for one in inside(tokens)}
    assert 5 < written < HOW_MANY


@pytest.mark.parametrize("number", SET)
def test_the_pdfs_text_holds_every_section(number: int) -> None:
    record, draft, _ = told(number)
    whole = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf(record))).pages)
    there = bare(whole)
    for section in draft.sections:
        assert bare(section.heading) in there
        words = [word for word in clean(plain(section.body)).split() if word.isascii()]
        assert [word for word in words if bare(word.rstrip(":")) not in there] == [], section.name
        for block in section.body:
            if isinstance(block, Facts):
                assert all(bare(label) in there for label, _ in block.rows)
            if isinstance(block, Lines):
                assert there.count(LINK) >= len([one for one in block.lines if one.url])


def bare(text: str) -> str:
    """Without spaces, which a PDF does not keep."""
    return re.sub(r"[\s\u200b]", "", text)
