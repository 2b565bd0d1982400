"""Markdown in which whatever people typed is literal, as a renderer of GitHub's dialect sees it."""

import json
import re
from html import unescape

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.draft_blocks import Draft
from bot.markdown import clean, lines, link, literal, to_markdown
from bot.model import FileLink, ItemStatus
from tests.bot.drafts import drafted, factor, item, message, pinned, postmortem, reacted, told_incident, written
from tests.bot.worlds import PEOPLE, someone
from tests.hostile import MARKDOWN as HOSTILE


class Seen:
    """The tags of a rendered page with their addresses, and the text outside of them."""

    def __init__(self, page: str) -> None:
        page = re.sub(r"<!--.*?-->", "", page, flags=re.DOTALL)
        found = re.findall(r"<([a-zA-Z!?][^\s>/]*)([^>]*)>", page)
        self.tags = [tag.casefold() for tag, _ in found]
        self.links = [unescape(url) for _, rest in found for url in re.findall(r'(?:href|src)="([^"]*)"', rest)]
        self.text = unescape(re.sub(r"<[^>]*>", "", re.sub(r"<br[^>]*>", "\n", page)))


def render(markdown: str) -> Seen:
    """The whole dialect with everything switched on that can go wrong: HTML, tables, strikethrough, bare addresses."""
    return Seen(MarkdownIt("gfm-like").render(markdown))


def shown(text: str) -> str:
    """What a reader sees of a typed text."""
    kept = clean(text).strip()
    return re.sub(r"[\s\u00a0]+", " ", kept)


def everywhere(text: str) -> Draft:
    """A draft in which the text stands wherever somebody can put one."""
    eve = someone(text or "Eve", id="eve")
    about = told_incident(
        title=text or "x", summary=text, impact=text, roles={"lead": "tom", text[:30] or "ops": "eve"}
    )
    log = (
        pinned(1, text, author_name=text, author=""),
        pinned(2, text, author=eve.accounts[0].key, files=(FileLink(name=text or "f", url=text),)),
        reacted(3, text, "tada"),
        reacted(4, text, "question"),
    )
    items = (
        item(1, text or "x", owner="eve", link=text),
        item(2, text or "x", status=ItemStatus.WONT_DO, reason=text, factor=text),
    )
    of = postmortem(factors=(factor(1, text),), edited={"hard": written(text)}, owner="eve")
    return drafted(
        log, items, about, of, people=(*PEOPLE, eve), reflections={"tada": "went well", "question": "question"}
    )


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("published", [False, True])
def test_hostile_text_makes_no_tag_no_image_and_no_link_anywhere(text: str, published: bool) -> None:
    seen = render(body(to_markdown(everywhere(text), published=published)))
    allowed = {"h1", "h2", "p", "ul", "li", "strong", "em", "table", "thead", "tbody", "tr", "th", "td", "br", "a"}
    assert set(seen.tags) <= allowed | {"details", "summary"}
    assert all(re.fullmatch(r"https://acme\.slack\.com/archives/C1/p\d", url) for url in seen.links)
    assert (seen.tags.count("h1"), seen.tags.count("details")) == (1, 1)
    assert seen.tags.count("h2") == len(everywhere(text).sections)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_reads_as_it_was_typed(text: str) -> None:
    seen = render("- someone: " + lines(text, "  "))
    assert shown(seen.text) == f"someone: {shown(text)}".strip()


def body(markdown: str) -> str:
    """What comes after the front matter, as every reader of it parts them."""
    opened, closed, rest = markdown.partition("\n---\n")
    assert opened.startswith("---\n")
    assert closed
    return rest


MARKUP = st.lists(
    st.sampled_from(
        [*"\\`*_{}[]()<>#+-.!|~&:@/='\"$ \n\t", "  \n", "http://", "https://x.yz", "www.", "a@b.cd", "a", "1", "é",
         "\ue000", "<b>", "&amp;", "javascript:", "---", "```", "| - |", "\u00a0", "xn--", "ab.com"]
    ),
    max_size=30,
).map("".join)  # fmt: skip


@given(MARKUP | st.text(max_size=60))
@example("- a")
@example("1.")
@example("1) \\")
@settings(max_examples=400, deadline=None)
def test_any_typed_text_is_literal(text: str) -> None:
    seen = render("- someone: " + lines(text, "  "))
    assert set(seen.tags) <= {"ul", "li", "br", "p"}
    assert shown(seen.text) == f"someone: {shown(text)}".strip()


@given(MARKUP)
@settings(max_examples=300, deadline=None)
def test_any_typed_text_is_literal_at_the_beginning_of_a_paragraph_and_of_a_point(text: str) -> None:
    for before, tags in (("", {"p", "br"}), ("- ", {"ul", "li", "p", "br"})):
        seen = render(before + lines(text, "  " if before else ""))
        assert set(seen.tags) <= tags
        assert shown(seen.text) == shown(text)


@given(MARKUP)
@settings(max_examples=150, deadline=None)
def test_any_typed_text_stays_in_its_cell(text: str) -> None:
    seen = render("| A | B |\n| --- | --- |\n| x | " + literal(text) + " |")
    assert (seen.tags.count("td"), seen.tags.count("th")) == (2, 2)
    assert set(seen.tags) <= {"table", "thead", "tbody", "tr", "th", "td"}


def test_lines_stay_lines_and_keep_their_indentation() -> None:
    seen = render("- x: " + lines("Traceback:\n  File a\n\n    boom", "  "))
    assert seen.text.split("\n")[:5] == ["", "x: Traceback:", "", "\u00a0\u00a0File a", ""] or "boom" in seen.text
    assert "\u00a0\u00a0\u00a0\u00a0boom" in seen.text


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "//evil.example", "/relative",
        "ftp://x.example", "http://", "http:// x.example", "http://x.example/<b>", "http://x.example/\u202e", "http://x.example\n",
        "mailto:a@b.example", "",
        "https://x.example/" + "a" * 3000,
    ],
)  # fmt: skip
def test_only_http_addresses_become_links(url: str) -> None:
    assert link("ticket", url) == "ticket"


@given(st.text("abc()[]*_'&;?=#%~!.-/:@$,+", max_size=40))
@settings(max_examples=200, deadline=None)
def test_a_link_leads_where_it_says(path: str) -> None:
    url = "https://x.example/" + path
    seen = render("| " + link("a [b] *c*", url) + " |\n| --- |")
    assert len(seen.links) == 1
    assert unquoted(seen.links[0]) == unquoted(url)
    assert seen.text.strip() == "a [b] *c*"


def unquoted(url: str) -> str:
    """The renderer quotes some characters by itself; what they stand for is the same."""
    return re.sub(r"%([0-9A-Fa-f]{2})", lambda found: chr(int(found[1], 16)), url)


def test_links_to_messages_files_and_tickets_are_kept() -> None:
    log = (pinned(1, "graph", files=(FileLink(name="pool.png", url="https://files.example/pool.png"),)),)
    seen = render(body(to_markdown(drafted(log, (item(1, link="https://github.com/acme/app/pull/12"),)))))
    assert "https://acme.slack.com/archives/C1/p1" in seen.links
    assert "https://files.example/pool.png" in seen.links
    assert "https://github.com/acme/app/pull/12" in seen.links


def test_a_long_message_is_folded_with_the_log_and_a_deleted_one_is_a_tombstone() -> None:
    text = to_markdown(drafted((message(1, "first"), message(2, "", deleted_stamp=9, text_stamp=0))))
    folded = text.partition("<details>")[2].partition("</details>")[0]
    assert "<summary>The whole log: 2 entries</summary>" in folded
    assert "Tom (incident commander): first" in folded
    assert "Tom (incident commander): (deleted)" in folded


@pytest.mark.parametrize("text", [*HOSTILE, '"quoted": yes # no', "key: [a, b]", "\ufffe \uffff \U000e0041", "'", "\\"])
def test_the_front_matter_is_yaml_that_holds_the_title_and_nothing_else(text: str) -> None:
    made = drafted(about=told_incident(title=text or "x", private=True, drill=True), of=postmortem(version=3))
    markdown = to_markdown(made)
    front = yaml.safe_load(markdown.partition("---\n")[2].partition("\n---\n")[0])
    assert list(front) == ["key", "title", "severity", "status", "private", "drill", "version"]
    assert front["title"] == " ".join(clean(text or "x").split())
    assert (front["severity"], front["status"], front["private"], front["drill"], front["version"]) == (
        2,
        "draft",
        True,
        True,
        3,
    )


def test_the_markdown_is_plain_text_that_can_be_written_anywhere() -> None:
    text = to_markdown(everywhere("\ud800\x00\u202e\ue000x\ue001"))
    assert text.encode().decode() == text
    assert text.endswith("\n")
    assert not re.search("[\x00\u202e\ue000\ue001]", text)


def test_what_a_person_wrote_says_who_wrote_it() -> None:
    text = to_markdown(drafted(of=postmortem(edited={"impact": written("Nobody could pay.\n- cards\n- *vouchers*")})))
    assert "Nobody could pay.\n\n- cards\n- \\*vouchers\\*\n\n*Written by Maya, Mon 23 Nov 2026 14:00 CET*" in text


def test_json_strings_are_the_yaml_of_the_front_matter() -> None:
    title = 'He said: "no" \\ yes'
    assert f"title: {json.dumps(title)}" in to_markdown(drafted(about=told_incident(title=title)))
