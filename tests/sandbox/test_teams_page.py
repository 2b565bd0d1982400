"""The doors of the page of the simulated Teams, as a browser uses them."""

import asyncio
from typing import Any

import aiohttp

from adapters.sandbox.teams.page_cards import drawn
from tests.sandbox.teams_harness import Harness, Json, attached, card, running

MANIFEST = {
    "bots": [{"commandLists": [{"triggers": ["mention", "slash"], "commands": [{"title": "soup"}]}]}],
    "composeExtensions": [
        {"commands": [{"id": "taste", "title": "Taste", "context": ["message"]},
                      {"id": "cook", "title": "Cook", "context": ["compose"]}]}
    ],
}  # fmt: skip
PRESS = {"type": "Action.Execute", "title": "Stir", "data": {"pot": 1}}


class Browser:
    def __init__(self, session: aiohttp.ClientSession, h: Harness, who: str) -> None:
        self.session, self.h = session, h
        self.who = h.teams.user(who).id

    async def state(self, channel: str = "", rev: str = "") -> Json:
        asked = {"as": self.who, "channel": channel, "rev": rev}
        async with self.session.get(f"{self.h.teams.base}/page/state", params=asked) as reply:
            return dict(await reply.json())

    async def act(self, do: str, **more: Any) -> Json:
        async with self.session.post(f"{self.h.teams.base}/page/act", json={"as": self.who, "do": do, **more}) as reply:
            assert reply.status == 200
            return dict(await reply.json())


async def test_a_thread_is_written_read_edited_deleted_and_brought_back() -> None:
    async with running() as h, aiohttp.ClientSession() as session:
        maya, tom = Browser(session, h, "maya"), Browser(session, h, "tom")
        channel = h.channel("incidents")
        root = (await maya.act("say", channel=channel, text="@Tom Harper the soup is <b>cold</b>"))["ts"]
        thread = f"{channel};messageid={root}"
        reply = (await tom.act("say", channel=thread, text="I know", quote=root))["ts"]
        seen = await tom.state(channel)
        first, second = seen["messages"]
        assert first["text"] == "<at>Tom Harper</at> the soup is <b>cold</b>"
        assert (second["root"], second["quote"]["ts"]) == (root, root)
        place = next(one for one in seen["channels"] if one["id"] == channel)
        assert (place["unread"], place["mentions"]) == (1, 1)
        await tom.act("seen", channel=channel)
        assert next(one for one in (await tom.state())["channels"] if one["id"] == channel)["unread"] == 0
        await tom.act("delete", channel=channel, ts=reply)
        gone = (await maya.state(channel))["messages"][1]
        assert gone["deleted"]
        assert "text" not in gone
        await tom.act("undelete", channel=channel, ts=reply)
        await tom.act("edit", channel=channel, ts=reply, text="I know now")
        assert (await maya.state(channel))["messages"][1]["text"] == "I know now"


async def test_a_slash_is_for_the_bot_alone_and_nobody_else_sees_it() -> None:
    async with running() as h, aiohttp.ClientSession() as session:
        maya, tom = Browser(session, h, "maya"), Browser(session, h, "tom")
        channel = h.channel("incidents")
        assert (await maya.act("say", channel=channel, text="/soup please"))["ok"]
        assert h.bot.of("message")[-1]["recipient"]["isTargeted"]
        assert [one["text"] for one in (await maya.state(channel))["messages"]] == ["soup please"]
        assert (await tom.state(channel))["messages"] == []


async def test_buttons_are_pressed_by_their_number_and_a_card_is_changed_for_one_person() -> None:
    async with running() as h, aiohttp.ClientSession() as session:
        maya, tom = Browser(session, h, "maya"), Browser(session, h, "tom")
        channel = h.channel("incidents")
        twice = card(actions=[PRESS, PRESS | {"data": {"pot": 2}}])
        _, root = await h.thread("", twice)
        h.bot.says("adaptiveCard/action", {
            "statusCode": 200, "type": "application/vnd.microsoft.card.adaptive", "value": card(),
        })  # fmt: skip
        shown = (await maya.state(channel))["messages"][0]["card"]
        assert [one["id"] for one in shown["actions"]] == ["0", "1"]
        assert (await maya.act("press", channel=channel, ts=root, number="1", values={}))["ok"]
        assert h.bot.of("adaptiveCard/action")[-1]["value"]["action"]["data"] == {"pot": 2}
        assert (await maya.state(channel))["messages"][0]["card"]["actions"] == []
        assert len((await tom.state(channel))["messages"][0]["card"]["actions"]) == 2
        refused = await maya.act("press", channel=channel, ts=root, number="7", values={})
        assert refused == {"ok": False, "error": "that button is there no more"}


async def test_a_dialog_is_opened_from_a_menu_filled_in_and_closed() -> None:
    async with running() as h, aiohttp.ClientSession() as session:
        h.teams.manifest = MANIFEST
        maya = Browser(session, h, "maya")
        channel = h.channel("incidents")
        ts = (await maya.act("say", channel=channel, text="soup"))["ts"]
        form = card({"type": "Input.Text", "id": "salt"}, actions=[{"type": "Action.Submit", "title": "Save"}])
        task = {"title": "Taste", "height": "small", "width": "small", "card": attached(form)}
        h.bot.says("composeExtension/fetchTask", {"task": {"type": "continue", "value": task}})
        h.bot.says("composeExtension/submitAction", {"task": {"type": "message", "value": "Salted."}})
        offers = (await maya.state(channel))["offers"]
        assert [one["id"] for one in offers["message"]] == ["taste"]
        assert [one["title"] for one in offers["slash"]] == ["soup"]
        await maya.act("message_action", command="taste", channel=channel, ts=ts)
        assert (await maya.state(channel))["dialog"]["title"] == "Taste"
        await maya.act("submit", number="0", values={"salt": "much"})
        assert h.bot.of("composeExtension/submitAction")[-1]["value"]["data"] == {"salt": "much"}
        state = await maya.state(channel)
        assert state["dialog"] is None
        assert [(one["text"], one["kind"]) for one in state["toasts"]] == [("Salted.", "notice")]
        assert (await maya.act("close")) == {"ok": False, "error": "no dialog is open"}


async def test_the_app_is_added_and_taken_away_and_what_it_hears_is_the_visitors_choice() -> None:
    async with running() as h, aiohttp.ClientSession() as session:
        maya = Browser(session, h, "maya")
        made = await maya.act("group_chat", people=["tom"], name="Us", app=True)
        chat = made["conversation"]
        await h.teams.settled()
        assert [said["text"] for said in h.bot.of("message")] == ["I have added Debrief to this chat."]
        await maya.act("consent", channel=chat, on=False)
        await h.teams.settled()
        assert [told["action"] for told in h.bot.of("installationUpdate")] == ["add", "remove", "add"]
        place = next(one for one in (await maya.state(chat))["channels"] if one["id"] == chat)
        assert (place["name"], place["kind"], place["installed"], place["consent"]) == ("Us", "groupChat", True, False)
        await maya.act("install", on=False, channel=chat)
        place = next(one for one in (await maya.state(chat))["channels"] if one["id"] == chat)
        assert not place["installed"]
        assert (await maya.act("say", channel=chat, text="/soup"))["error"] == "the app is not offered here"
        assert (await maya.act("group_chat", people=[], app=True))["error"] == "nobody was chosen"


async def test_the_poll_waits_until_something_changes_and_nonsense_is_refused_in_words() -> None:
    async with running() as h, aiohttp.ClientSession() as session:
        maya = Browser(session, h, "maya")
        rev = str((await maya.state())["rev"])
        waiting = asyncio.create_task(maya.state(rev=rev))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        await maya.act("say", channel=h.channel("incidents"), text="soup")
        assert (await waiting)["rev"] != int(rev)
        assert (await maya.act("fly"))["error"] == "nothing of that name can be done"
        assert (await maya.act("say", text="x"))["error"] == "channel is missing"


async def test_the_page_is_served_with_the_library_and_may_load_nothing_from_elsewhere() -> None:
    async with running() as h, aiohttp.ClientSession() as session:
        for path in ("teams.html", "teams/page.js", "vendor/adaptivecards/adaptivecards.min.js"):
            async with session.get(f"{h.teams.base.removesuffix('/teams')}/{path}") as reply:
                assert reply.status == 200
                assert "default-src 'none'" in reply.headers["content-security-policy"]


def test_pictures_from_elsewhere_become_words_and_people_can_be_chosen() -> None:
    people = {"type": "Input.ChoiceSet", "id": "who", "choices": [], "choices.data": {"type": "Data.Query"}}
    given = card({"type": "Image", "url": "https://example.com/x.png", "altText": "A pot"}, people)
    shown = drawn(given, [])
    assert shown is not None
    assert shown["body"][0]["text"] == "A pot"
    assert "choices.data" not in shown["body"][1]
    assert given["body"][0]["type"] == "Image", "the card itself stays as it is"
