"""Hostile words in every field of a record, in every file and every program it goes to: shown letter for letter.

Law: no tag, link, image, macro, property or value comes of them, and everything that is written can be read.
"""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest
import respx
import yaml
from pypdf import PdfReader

from adapters.export.confluence import storage_format
from adapters.export.external import external
from adapters.export.html import html
from adapters.export.markdown import markdown
from adapters.export.pdf import pdf
from adapters.slack.markup import literal
from adapters.web.drafts import incident_markdown, json_of
from adapters.web.tables import csv_answer
from bot.archive import archive, read_archive
from bot.calendar_file import calendar_file
from bot.errors import Refused
from bot.markdown import clean
from bot.ports import Record
from bot.record import draft_of, naming
from bot.review_meeting import meeting
from bot.text import MAX_TYPED, whole_characters
from tests.bot import test_calendar_file as calendar
from tests.bot.drafts import written
from tests.bot.test_markdown import Seen, body, render, shown, unquoted
from tests.bot.worlds import NOW
from tests.export.fakes import FakeConfluence, FakeGitHub, FakeGitLab
from tests.export.test_files import Tags
from tests.export.test_programs import PUBLIC, carried_out, published, requests, stands
from tests.export.worlds import OUTSIDE, for_outside, record
from tests.hostile import CORPUS, LONG

OURS = re.compile(r"https://(acme\.slack\.com|tickets\.example)/")
PIECE = 25
PIECES = range(0, len(CORPUS), PIECE)


def typed(first: int) -> list[str]:
    """Some of the corpus, as any door lets it in."""
    return [literal(whole_characters(text)) for text in CORPUS[first : first + PIECE]]


def whole(text: str) -> Record:
    """With a meeting, to which everybody comes."""
    made = record(text)
    assert made.postmortem is not None
    assert made.postmortem.review is not None
    review = made.postmortem.review.model_copy(update={"at": NOW + timedelta(days=2)})
    people = {id_: one.model_copy(update={"email": f"{id_}@acme.example"}) for id_, one in made.people.items()}
    people["maya"] = people["maya"].model_copy(update={"name": clean(text)[:60] or "Maya", "email": clean(text)[:100]})
    of = made.postmortem.model_copy(update={"review": review})
    return made.model_copy(update={"postmortem": of, "people": people})


def leads(seen: Seen | Tags, text: str) -> list[str]:
    """Where links lead, but for addresses that were recorded as such."""
    links = seen.links if isinstance(seen, Seen) else [value for name, value in seen.attributes if name == "href"]
    return [url for url in links if not OURS.match(url) and unquoted(url) not in (unquoted(text[:99]), unquoted(text))]


@pytest.mark.parametrize("first", PIECES)
def test_in_markdown_and_in_the_pages_twin(first: int) -> None:
    for text in typed(first):
        made = whole(text)
        for told in (body(markdown(made).decode()), incident_markdown(made)):
            seen = render(told)
            assert not {"script", "img", "svg", "iframe", "style", "code", "pre", "hr", "blockquote"} & set(seen.tags)
            assert leads(seen, text) == [], text
            assert all(url.startswith(("http://", "https://")) for url in seen.links)
            assert shown(text) in shown(seen.text), text
        front = yaml.safe_load(markdown(made).decode().split("\n---\n")[0].removeprefix("---\n"))
        assert front["title"] == " ".join(clean(text or "x").split())
        assert "stolen" not in front


@pytest.mark.parametrize("first", PIECES)
def test_in_html_and_in_confluences_dialect(first: int) -> None:
    for text in typed(first):
        made = draft_of(whole(text), "UTC")
        page = html(whole(text)).decode()
        seen = Tags(page)
        assert not {"script", "img", "iframe", "object", "link", "base", "form", "svg", "math"} & set(seen.tags)
        assert {name for name, _ in seen.attributes} <= {
            "lang", "charset", "http-equiv", "content", "name", "dir", "class", "scope", "href", "rel",
        }  # fmt: skip
        assert leads(seen, text) == [], text
        assert shown(text) in shown(seen.text), text
        assert "url(" not in page.partition("<style>")[2].partition("</style>")[0]
        assert not re.search("[\u202a-\u202e\u2066-\u2069\x00]", page)
        root = ElementTree.fromstring(f'<x xmlns:ac="urn:ac">{storage_format(made)}</x>')
        macros = {one.get("{urn:ac}name") for one in root.iter("{urn:ac}structured-macro")}
        assert macros <= {"expand"}
        assert not [one for one in root.iter() if "plain-text" in one.tag or one.tag.endswith("}url")]
        assert shown(text) in shown(" ".join(root.itertext())), text


@pytest.mark.parametrize("text", LONG)
def test_a_megabyte_in_a_line_is_cut_where_it_comes_in_and_can_be_written(text: str) -> None:
    made = whole(text)
    assert made.incident.title == text[:MAX_TYPED]
    assert set(render(body(markdown(made).decode())).tags) >= {"h1", "h2", "li"}
    assert not {"b", "script", "img"} & set(Tags(html(made).decode()).tags)
    ElementTree.fromstring(f'<x xmlns:ac="urn:ac">{storage_format(draft_of(made, "UTC"))}</x>')


@pytest.mark.parametrize("first", PIECES)
def test_in_json_and_in_the_calendar(first: int) -> None:
    for text in typed(first):
        made = whole(text)
        assert json.loads(json.dumps(json_of(made)).encode())["key"] == "INC-42"
        assert read_archive(archive(made, addresses=True)).incident.title == made.incident.title
        found = meeting(made, naming(made.people), "UTC", f"https://debrief.example/{text}")
        assert found is not None
        read = calendar.read(calendar_file(found))
        assert set(read) <= {
            "BEGIN", "VERSION", "PRODID", "CALSCALE", "METHOD", "UID", "SEQUENCE", "DTSTAMP", "LAST-MODIFIED",
            "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "URL", "CLASS", "ORGANIZER", "ATTENDEE", "END",
        }  # fmt: skip
        assert all(value == "acme.example" for value in re.findall(r"mailto:[^@]*@(.+)", str(read["ATTENDEE"][1])))


def test_a_word_of_a_megabyte_can_be_set() -> None:
    assert pdf(whole(LONG[0])).startswith(b"%PDF-")


@pytest.mark.parametrize("first", PIECES)
def test_in_a_pdf(first: int) -> None:
    texts = typed(first)
    made = pdf(whole("\n".join(texts)))
    read = PdfReader(io.BytesIO(made))
    for page in read.pages:
        for note in page.get("/Annots") or ():
            assert OURS.match(str(note.get_object()["/A"]["/URI"]))
    assert not re.search(rb"/JavaScript|/Launch|/OpenAction|/EmbeddedFile|/GoToR|/SubmitForm", made)
    there = "".join("".join(page.extract_text() for page in read.pages).split())
    for text in texts:
        if clean(text).isascii():
            assert "".join(clean(text).split()) in there, text


@pytest.mark.parametrize("first", PIECES)
def test_in_the_version_for_readers_outside(first: int) -> None:
    """What may be given out is text; what looks internal is refused in words."""
    for text in typed(first):
        try:
            told = external(for_outside(**dict.fromkeys(OUTSIDE, text))).decode()
        except Refused:
            continue
        seen = render(told)
        assert seen.links == []
        assert not {"script", "img", "svg", "a", "code"} & set(seen.tags)


def test_in_a_table_for_spreadsheets_each_text_is_had_back_and_none_is_a_formula() -> None:
    texts = [whole_characters(text).replace("\x00", "") for text in CORPUS]
    answer = csv_answer(("text",), [(text,) for text in texts], "x.csv")
    (_, *rows) = csv.reader(io.StringIO(bytes(answer.body).decode("utf-8-sig"), newline=""))
    cells = [cell for row in rows for cell in row]
    assert [cell for cell in cells if re.match(r"\s*[=+\-@|%＝＋－＠]", cell)] == []
    assert [cell.removeprefix("'") for cell in cells] == texts


@pytest.mark.parametrize("name", ["github", "gitlab", "confluence"])
async def test_in_the_programs_that_it_goes_to(name: str) -> None:
    text = "\n".join(typed(0) + typed(100))
    made = whole(text)
    of = published(edited={"hard": written(text)}).model_copy(update={"published_markdown": ""})
    fake = {"github": FakeGitHub, "gitlab": FakeGitLab, "confluence": FakeConfluence}[name]()
    with respx.mock(assert_all_called=False) as wire:
        wire.route(host=PUBLIC).mock(side_effect=fake)
        await carried_out(name, made.model_copy(update={"postmortem": of}))
    (told,), (title,) = stands(fake), requests(fake)
    assert "evil" not in f"{title} {vars(fake).get('pulls')} {vars(fake).get('requests')}"
    assert "INC-42" in title
    seen = Tags(told) if name == "confluence" else render(body(told))
    assert not {"script", "img", "iframe", "svg"} & set(seen.tags)
    assert leads(seen, text) == []
