"""The five recipes of CONTRIBUTING.md: each diff applies, touches what it says, and does what it promises."""

from pathlib import Path

import pytest

from tests.project.recipes import copy_with, recipes, run, touched

TOUCHES = {
    "verb": {"bot/commands/handover.py": True, "bot/commands/__init__.py": False},
    "platform": {"adapters/lines/__init__.py": True, "adapters/lines/chat.py": True, "bot/building.py": False},
    "integration": {"adapters/noticeboard.py": True, "bot/building.py": False},
    "tracker": {
        "adapters/trackers/folder.py": True,
        "adapters/trackers/known.py": False,
        "bot/settings_tickets.py": False,
    },
    "reminder": {"bot/reminders.py": False},
}

HOST = """
import asyncio, json
from pathlib import Path
import httpx
from bot.building import build_host, open_store
from bot.settings import read_settings

async def until(true):
    for _ in range(600):
        if true():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not happen")

async def main():
    told = read_settings({"DATABASE_URL": "sqlite:///tried.db"})
    store = open_store(told)
    host = build_host(told, store)
    host.writer.on_commit = host.outbox.wake
    host.writer.start()
    host.outbox.start()
    try:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(host.app), base_url="http://here") as http:
            await tried(host, store, http)
    finally:
        await host.outbox.stop()
        await host.writer.stop()
"""
VERB_EVERYWHERE = """
async def tried(host, store, http):
    from storage.access import SqlAccess
    organisation = store.join("cli", "local", "Here")
    token = SqlAccess(store).create_token(organisation, "test")
    headers = {"Authorization": f"Bearer {token}"}
    declared = await http.post("/api/v1/incidents", json={"title": "Search is down"}, headers=headers)
    assert declared.status_code == 201, declared.text
    key = declared.json()["incident"]["key"]
    told = await http.post("/api/v1/commands", json={"text": "handover", "incident": key}, headers=headers)
    assert told.status_code == 200, told.text
    print("API:", told.json()["reply"])

asyncio.run(main())

from bot.command import Origin
from bot.grammar import read
print("Slack:", read("Handover", Origin(id="1", platform="slack", tenant="T1", actor="U1")).kind)
"""
PLATFORM = """
async def tried(host, store, http):
    async def say(number, text, channel="general"):
        answer = await http.post(f"/lines/{channel}", json={"id": number, "user": "maya", "text": text})
        return answer.text
    print(await say("1", "declare sev2 Search is down"))
    lines = host.outbox.deliver["lines"].__self__
    await until(lambda: any("Search is down" in line for said in lines.said.values() for line in said.values()))
    channel = next(iter(lines.said))
    print(channel)
    print(await say("2", "note the index is empty", channel))
    print(await say("3", "timeline", channel))

asyncio.run(main())
"""
INTEGRATION = """
async def tried(host, store, http):
    from bot.command import Origin
    from bot.grammar import read
    organisation = store.join("cli", "local", "Here")
    def said(number, text):
        return read(text, Origin(id=number, platform="cli", tenant=organisation, actor="integration:test"))
    await host.writer.submit(said("1", "declare sev2 Search is down"))
    board = Path("notices.txt")
    await until(board.exists)
    await host.writer.submit(said("2", "declare sev2 Mail is slow"))
    await until(lambda: len(board.read_text().splitlines()) == 2)
    await asyncio.gather(*(host.writer.submit(said(str(n), f"declare sev3 At once {n}")) for n in range(3, 9)))
    await until(lambda: len(set(board.read_text().splitlines())) == 8)
    print(board.read_text())

asyncio.run(main())
"""
TRACKER = """
async def tried(host, store, http):
    from bot.command import Origin
    from bot.grammar import read
    organisation = store.join("cli", "local", "Here")
    async def said(number, text):
        return await host.writer.submit(
            read(text, Origin(id=number, platform="cli", tenant=organisation, actor="integration:test"))
        )
    def tickets():
        return [path.read_text() for path in Path("tickets").glob("*.txt")]
    await said("1", "declare sev2 Search is down")
    await said("2", "INC-1 action @me by 2w: Alert on slow queries")
    print((await said("3", "ticket ACT-1")).plain())
    await until(lambda: tickets() and store.linked("folder", next(Path("tickets").glob("*.txt")).stem))
    await said("4", "done ACT-1")
    await until(lambda: tickets()[0].startswith("done"))
    print(*tickets(), sep="---")

asyncio.run(main())
"""
REMINDER = """
from datetime import UTC, datetime, timedelta
from bot.model import ActionItem, ItemStatus, Organisation, Person, Account
from bot.state import Look, State
from bot.reminders import RULES, plans_for

now = datetime(2026, 11, 23, 12, tzinfo=UTC)
owner = Person(id="p", organisation="o", name="Tom", accounts=(Account(platform="slack", tenant="T1", user="U1"),))
open_item = ActionItem(
    id="i", organisation="o", key="ACT-1", incident="x", incident_key="INC-1", incident_title="Errors", severity=2,
    text="Fix it", owner="p", due=now.date(), created_by="p", created_at=now,
)
done = open_item.model_copy(update={"status": ItemStatus.DONE})
before = State(organisation=Organisation(id="o", name="Acme"), actor=owner, people={"p": owner}, item=open_item)
plan = next(p for p in plans_for(before, before.model_copy(update={"item": done}), now) if p.rule == "a_year_later")
assert plan.at == now + timedelta(days=365)
rule = RULES["a_year_later"]
look = Look(organisation=before.organisation, person=owner, items=(done,))
sent = rule(look, plan, plan.at)
print(sent.once, sent.effects[0].account, sent.effects[0].card.title)
again = rule(look.model_copy(update={"items": (open_item,)}), plan, plan.at)
assert not again.effects
"""


def test_the_page_holds_five_recipes() -> None:
    assert set(recipes()) == set(TOUCHES)


@pytest.mark.parametrize("recipe", TOUCHES)
def test_a_recipe_touches_what_it_says_and_the_linter_agrees(recipe: str, tmp_path: Path) -> None:
    assert touched(recipe) == TOUCHES[recipe]
    copy = copy_with(recipe, tmp_path)
    shared = ["check", "--config", str(Path(__file__).parents[2] / "pyproject.toml"), "--quiet"]
    run(copy, "-m", "ruff", *shared, *touched(recipe))


def test_a_new_verb_is_known_to_help_chat_the_command_line_and_the_api(tmp_path: Path) -> None:
    copy = copy_with("verb", tmp_path)
    printed = run(copy, "-", script=HOST + VERB_EVERYWHERE)
    assert "API:" in printed
    assert "Search is down" in printed
    assert "Slack: handover" in printed
    assert "handover" in run(copy, "-m", "bot", "incident", "help")
    assert "Search is down" in run(copy, "-m", "bot", "incident", "INC-1", "handover")


def test_a_new_platform_declares_posts_and_answers(tmp_path: Path) -> None:
    printed = run(copy_with("platform", tmp_path), "-", script=HOST + PLATFORM)
    assert "inc-1-search-is-down" in printed
    assert "the index is empty" in printed


def test_a_new_integration_hears_of_decisions_and_delivers_once(tmp_path: Path) -> None:
    printed = run(copy_with("integration", tmp_path), "-", script=HOST + INTEGRATION)
    assert printed.split("\n")[:2] == ["INC-1 SEV2 Search is down", "INC-2 SEV2 Mail is slow"]


def test_a_new_tracker_keeps_tickets_in_step(tmp_path: Path) -> None:
    settings = '"sqlite:///tried.db", "TICKETS_FOLDER": "tickets"'
    script = HOST.replace('"sqlite:///tried.db"', settings) + TRACKER
    printed = run(copy_with("tracker", tmp_path), "-", script=script)
    assert "I open a ticket for ACT-1 in files" in printed
    assert printed.count("Alert on slow queries") == 1
    assert "ACT-1 is done in Debrief" in printed


def test_a_new_reminder_is_planned_and_said_once(tmp_path: Path) -> None:
    printed = run(copy_with("reminder", tmp_path), "-", script=REMINDER)
    assert printed.strip() == "a_year_later:i slack:T1:U1 Done a year ago"
