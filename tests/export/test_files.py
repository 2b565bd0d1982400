"""Files: every section stands in them, what people typed is text, and the same record gives the same bytes."""

import io
from html.parser import HTMLParser

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from adapters.export.confluence import storage_format
from adapters.export.formats import FORMATS
from adapters.export.html import html
from adapters.export.markdown import markdown
from adapters.export.pdf import MOST_LINES, pdf
from bot.errors import NotFound
from bot.record import draft_of
from tests.bot.drafts import message, postmortem
from tests.bot.test_markdown import body
from tests.export.worlds import TEXTS, record


class Tags(HTMLParser):
    """What a browser makes of a page: its tags, where they lead, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def text_of(made: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)


def front(made: bytes) -> dict[str, object]:
    told: dict[str, object] = yaml.safe_load(made.decode().split("\n---\n")[0].removeprefix("---\n"))
    return told


# -- Markdown


def test_the_front_matter_says_what_a_program_asks_for() -> None:
    told = front(markdown(record()))
    assert (told["key"], told["severity"], told["status"], told["version"]) == ("INC-42", 2, "draft", 1)
    assert (told["due"], told["drill"], told["published"]) == ("2026-11-30", False, None)
    assert set(told["times"]) == {"began", "detected", "declared", "mitigated", "resolved"}  # type: ignore[call-overload]
    assert [item["key"] for item in told["items"]] == ["ACT-1", "ACT-2", "ACT-3"]  # type: ignore[attr-defined]
    assert told["factors"] == [{"kind": "configuration", "text": "The pool was exhausted"}]


def test_what_is_published_stands_as_it_was_published_and_names_roles() -> None:
    published = postmortem(
        status="published",
        published_at="2026-11-24T10:00:00Z",
        published_markdown='---\nkey: "INC-42"\n---\n\n# As it was\n',
    )
    made = markdown(record().model_copy(update={"postmortem": published}))
    assert body(made.decode()) == "\n# As it was\n"
    told = front(made)
    assert (told["status"], told["published"]) == ("published", "2026-11-24T10:00:00+00:00")
    assert "Maya" not in str(told)


# -- HTML, and Confluence's dialect of it


def test_every_section_is_in_every_file() -> None:
    made = draft_of(record(), "UTC")
    for export in (markdown, html, pdf):
        whole = export(record())
        told = text_of(whole) if export is pdf else whole.decode()
        assert [one.heading for one in made.sections if one.heading not in told] == []


@given(TEXTS)
@settings(max_examples=40, deadline=None)
def test_a_page_of_confluence_is_well_formed_whatever_was_typed(text: str) -> None:
    from xml.etree import ElementTree

    whole = storage_format(draft_of(record(text), "UTC"))
    root = ElementTree.fromstring(f'<x xmlns:ac="urn:ac">{whole}</x>')
    assert {one.tag for one in root.iter()} <= {
        "x", "p", "em", "strong", "h2", "ul", "ol", "li", "dl", "div", "dt", "dd", "table", "thead", "tbody", "tr",
        "th", "td", "a", "br", "{urn:ac}structured-macro", "{urn:ac}parameter", "{urn:ac}rich-text-body",
    }  # fmt: skip


# -- PDF


@pytest.mark.parametrize(
    "text", ["日本語と中文 한국어", "नमस्ते ไทย", "Ελλάδα Привет", "emoji 🎉 👩‍👩‍👧", "ᚠᛇᚻ \U0001f9ff ꙮ"]
)
def test_any_text_can_be_set(text: str) -> None:
    assert pdf(record(text)).startswith(b"%PDF-")


def test_scripts_can_be_read_and_copied() -> None:
    told = text_of(pdf(record("日本語 中文 한국어 🎉 Привет")))
    assert "日本語 中文 한국어 🎉 Привет" in told


def test_arabic_and_hebrew_are_there_letter_by_letter() -> None:
    told = text_of(pdf(record("مرحبا שלום")))
    assert set("مرحبا שלום") <= set(told)


def test_a_very_long_log_is_cut_and_says_so() -> None:
    log = tuple(message(n, f"line {n}") for n in range(MOST_LINES + 5))
    told = text_of(pdf(record().model_copy(update={"entries": log})))
    assert "5 more entries" in told


# -- all of them


def test_without_a_postmortem_there_is_nothing_to_write() -> None:
    for name in ("md", "html", "pdf", "external"):
        with pytest.raises(NotFound, match="no postmortem yet"):
            FORMATS[name](record().model_copy(update={"postmortem": None}))


@given(TEXTS, st.randoms())
@settings(max_examples=15, deadline=None)
def test_the_order_in_which_facts_come_changes_no_byte(text: str, chance: object) -> None:
    made = record(text)
    entries, items = list(made.entries), list(made.items)
    chance.shuffle(entries)  # type: ignore[attr-defined]
    chance.shuffle(items)  # type: ignore[attr-defined]
    other = made.model_copy(update={"entries": tuple(entries), "items": tuple(items)})
    for name in ("md", "html", "json"):
        assert FORMATS[name](made) == FORMATS[name](other)
