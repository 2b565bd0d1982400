"""What happens now, the list with its search, and an incident that is watched while it runs."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import httpx
import pytest

from adapters.web.incident_page import ROWS
from bot.model import Entry, EntryKind
from tests.web.seeded import Story, seeded
from tests.web.world import MAYA, OLGA, TOM, World, account

FORMULAS = (
    "=1+1", "+49 30 1234", "-2+3", "@SUM(A1)", "\t=1", "  =cmd|' /C calc'!A0", "'=1", "''x", "%0A=1", "\uff1d1+1",
    'quote " and, comma', "line\n=two", "|pipe", "plain", "قاعدة", "結帳",
)  # fmt: skip


@pytest.fixture
async def busy(here: World) -> World:
    await seeded(here)
    return here


def cells(answer: httpx.Response) -> list[dict[str, str]]:
    """As a spreadsheet reads it, with the mark against formulas taken away again."""
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    return [{name: cell.removeprefix("'") for name, cell in row.items()} for row in rows]


# -- now


async def test_now_shows_the_worst_first_and_marks_what_is_late(busy: World) -> None:
    page = (await busy.client(MAYA).get("/now")).text
    assert page.index("Checkout answers") < page.index("Sign-in by text message")
    for words in (
        "running for 1 h 35 min", "the next update is 5 min late", "Nobody leads INC-3", "nobody leads",
        "active · monitoring", "12 % of payments fail", "led by Maya Ortiz", "7 days late", "due in 7 days",
        "in review", "you own it",
    ):  # fmt: skip
        assert words in page, words
    for others in ("Invoices are two hours late", "Alert when an index is empty"):
        assert others not in page
    assert "your review is asked for" in (await busy.client(TOM).get("/now")).text


async def test_where_nothing_is_open_now_says_how_to_declare(here: World) -> None:
    page = (await here.client(MAYA).get("/now")).text
    for words in ("Nothing burns.", "/incident declare", "You have no open action items.", "No postmortem waits"):
        assert words in page


async def test_nows_twins_show_the_same(busy: World) -> None:
    reader = busy.client(MAYA)
    told = (await reader.get("/now.json")).json()
    assert [one["incident"]["key"] for one in told["incidents"]] == ["INC-4", "INC-3"]
    assert told["unled"] == ["INC-3"]
    assert told["incidents"][0]["update_late"] == "5 min"
    assert [item["key"] for item in told["actions"]] == ["ACT-2", "ACT-3"]
    assert [(one["incident"], one["part"], one["days_late"] > 0) for one in told["postmortems"]] == [
        ("INC-1", "you own it", True)
    ]
    text = (await reader.get("/now.md")).text
    for words in ("# Now", "**INC-4** SEV1 Checkout", "nobody leads", "ACT-2", "the next update is 5 min late"):
        assert words in text


async def test_whoever_reviewed_is_asked_no_more(busy: World) -> None:
    await busy.gave("postmortem_sign", TOM, incident="INC-1")
    assert "your review is asked for" not in (await busy.client(TOM).get("/now")).text


# -- the list


@pytest.mark.parametrize(
    ("address", "keys"),
    [
        ("", ["INC-3", "INC-4", "INC-2", "INC-1"]),
        ("?status=open&severity=1", ["INC-4"]),
        ("?severity=", ["INC-3", "INC-4", "INC-2", "INC-1"]),
        ("?q=payments+EUROPE", ["INC-4"]),
        ("?q=mapping", ["INC-1"]),
        ("?q=rebuilt", ["INC-1"]),
        ("?q=complaints", []),
        ("?status=closed", ["INC-2"]),
    ],
)
async def test_incidents_are_found_by_status_severity_and_words(busy: World, address: str, keys: list[str]) -> None:
    """ "complaints" was said, and nobody put it into the timeline."""
    reader = busy.client(MAYA)
    page = (await reader.get(f"/incidents{address}")).text
    assert sorted(re.findall(r'<h3><a href="/incidents/([^"]+)"', page)) == sorted(keys)
    assert [one["key"] for one in (await reader.get(f"/incidents.json{address}")).json()["incidents"]] == keys
    assert [row["key"] for row in cells(await reader.get(f"/incidents.csv{address}"))] == keys
    assert re.findall(r"\*\*(INC-\d)\*\*", (await reader.get(f"/incidents.md{address}")).text) == keys
    assert (f"{len(keys)} incident" in page) is bool(keys)


async def test_a_find_in_the_timeline_shows_its_line(busy: World) -> None:
    page = (await busy.client(MAYA).get("/incidents?q=doubled+queries")).text
    assert re.search(r'class="excerpt"[^>]*>The release of 13:10 doubled the queries', page)
    assert 'class="excerpt"' not in (await busy.client(MAYA).get("/incidents?q=checkout")).text


async def test_where_nothing_fits_the_page_leads_to_what_is_near(busy: World) -> None:
    page = (await busy.client(MAYA).get("/incidents?status=closed&q=mapping+zebra")).text
    assert "No incident fits." in page
    assert '<a href="/incidents?status=closed&amp;q=mapping">' not in page, "it would find nothing either"
    assert re.search(r'href="/incidents\?status=closed">1 incident without the words', page)
    alone = (await busy.client(MAYA).get("/incidents?q=mapping+zebra")).text
    assert re.search(r'href="/incidents\?q=mapping">1 incident with “mapping” alone', alone)
    assert "Nothing is near it" in (await busy.client(MAYA).get("/incidents?q=zebra")).text


async def test_the_list_goes_on_where_the_page_ends(here: World) -> None:
    for number in range(52):
        await here.chat(MAYA, f"declare sev4 Number {number}")
        await here.chat(MAYA, "resolve gone", f"INC-{number + 1}")
    reader = here.client(MAYA)
    first = (await reader.get("/incidents?status=resolved")).text
    assert "52 incidents fit." in first
    (older,) = re.findall(r'href="(/incidents\?[^"]*after=[^"]*)"', first)
    second = (await reader.get(older.replace("&amp;", "&"))).text
    assert re.findall(r'<h3><a href="/incidents/([^"]+)"', second) == ["INC-2", "INC-1"]
    assert len(cells(await reader.get("/incidents.csv?status=resolved"))) == 52


async def test_a_nonsense_question_is_answered_in_words(busy: World) -> None:
    reader = busy.client(MAYA)
    for address in ("?severity=9", "?severity=x", "?status=odd"):
        assert (await reader.get(f"/incidents{address}")).status_code == 422
        assert (await reader.get(f"/incidents.csv{address}")).status_code == 422


# -- tables for spreadsheets


async def test_no_cell_is_a_formula_and_each_text_can_be_had_back(here: World) -> None:
    await here.chat(MAYA, "declare sev2 =HYPERLINK(1)")
    for text in FORMULAS:
        await here.gave("note", MAYA, incident="INC-1", text=text)
    answer = await here.client(MAYA).get("/incidents/INC-1/timeline.csv")
    raw = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    risky = [cell for row in raw for cell in row if re.match(r"\s*[=+\-@|%\uff1d]|\t", cell)]
    assert risky == []
    assert {text.strip() for text in FORMULAS} <= {row["text"] for row in cells(answer)}
    assert cells(await here.client(MAYA).get("/incidents.csv"))[0]["title"] == "=HYPERLINK(1)"


async def test_the_table_of_the_chart_tells_what_each_line_is(busy: World) -> None:
    rows = cells(await busy.client(MAYA).get("/incidents/INC-4/timeline.csv"))
    by_text = {row["text"]: row for row in rows}
    pinned, said = by_text["Rolling back now"], by_text["ok"]
    assert (pinned["stands as"], said["stands as"]) == ("key", "log")
    assert (pinned["lane"], pinned["who"], pinned["role"]) == ("Maya Ortiz", "Maya Ortiz", "incident commander")
    assert pinned["link"].startswith("https://acme.slack.com/")
    assert pinned["local time"].endswith(("CET", "CEST"))
    assert pinned["time (UTC)"].endswith("Z")
    assert [row["time (UTC)"] for row in rows] == sorted(row["time (UTC)"] for row in rows)


# -- an incident that runs


def asking(page: str) -> str:
    """The address at which the page asks for news; empty: it does not ask."""
    found = re.search(r'hx-get="([^"]+/live[^"]*)"', page)
    return found.group(1).replace("&amp;", "&") if found else ""


def swapped(fragment: str) -> list[str]:
    return re.findall(r'id="part-(\w+)" hx-swap-oob', fragment)


async def test_a_page_that_knows_everything_is_sent_nothing(busy: World) -> None:
    reader = busy.client(MAYA)
    address = asking((await reader.get("/incidents/INC-4")).text)
    assert address.startswith("/incidents/INC-4/live?seen=")
    answers = {(await reader.get(address)).status_code for _ in range(2)}
    assert 204 in answers, "at most one of two falls on a new minute"


async def test_only_what_changed_is_sent_and_is_known_from_then_on(busy: World) -> None:
    reader = busy.client(MAYA)
    page = (await reader.get("/incidents/INC-4")).text
    await busy.chat(TOM, "note The last two nodes are back", "INC-4")
    fragment = (await reader.get(asking(page))).text
    assert {"chart", "log"} <= set(swapped(fragment)) <= {"chart", "log", "head"}
    assert "The last two nodes are back" in fragment
    assert 'id="as-of" hx-swap-oob="innerHTML"' in fragment
    assert '<h2 id="items">' not in fragment
    assert asking(fragment) != asking(page)
    assert set(swapped((await reader.get(asking(fragment))).text)) <= {"chart", "head"}


async def test_the_clock_alone_is_no_news(busy: World) -> None:
    reader = busy.client(MAYA)
    page = (await reader.get("/incidents/INC-4")).text
    Story(busy).at(-timedelta(minutes=2))
    fragment = (await reader.get(asking(page))).text
    assert swapped(fragment) == ["chart"]
    assert "as-of" not in fragment


async def test_a_page_of_an_incident_that_ended_asks_no_more(busy: World) -> None:
    reader = busy.client(MAYA)
    page = (await reader.get("/incidents/INC-4")).text
    await busy.chat(MAYA, "resolve all nodes are back", "INC-4")
    fragment = (await reader.get(asking(page))).text
    assert asking(fragment) == ""
    assert "It is over" in fragment
    assert 'id="live" hidden hx-swap-oob="true"' in fragment
    assert asking((await reader.get("/incidents/INC-4")).text) == ""
    assert asking((await reader.get("/incidents/INC-4?all=1")).text) == ""


async def test_without_a_script_the_page_can_be_asked_again_by_hand(busy: World) -> None:
    page = (await busy.client(OLGA).get("/incidents/INC-4")).text
    assert re.search(r'As of [^<]+</span> <a href="/incidents/INC-4">Refresh</a>', page)


@pytest.mark.parametrize("seen", ["x", "<script>", "a" * 101, "%00"])
async def test_a_nonsense_mark_is_refused(busy: World, seen: str) -> None:
    assert (await busy.client(MAYA).get(f"/incidents/INC-4/live?seen={seen}")).status_code == 422


async def test_a_timeline_longer_than_a_page_goes_on(here: World) -> None:
    await here.chat(MAYA, "declare sev2 Long one")
    about = here.reports.incident(here.person(MAYA), "INC-1")
    assert about is not None
    lines = [
        Entry(
            id=f"n{n}", incident=about.id, kind=EntryKind.NOTE, text=f"Line {n}", noted=True, author=account(TOM),
            occurred=here.reports.now() + timedelta(seconds=n), recorded=here.reports.now(),
        )
        for n in range(ROWS + 1)
    ]  # fmt: skip
    with here.store.transaction() as work:
        work.put_entries({about.id: here.organisation}, lines)
    reader, seen = here.client(MAYA), []
    address = "/incidents/INC-1"
    for _ in range(2):
        page = (await reader.get(address)).text
        seen += re.findall(r'dir="auto">(Line \d+)<', page)
        more = re.findall(r'href="(/incidents/INC-1\?after=[^"#]+)', page)
        address = more[0] if more else ""
    assert seen == [one.text for one in lines]
    assert address == ""
