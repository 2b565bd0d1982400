"""The page's endpoints, as a browser calls them."""

import asyncio
from typing import Any

import aiohttp

from tests.sandbox.harness import Harness, running


class Browser:
    def __init__(self, session: aiohttp.ClientSession, h: Harness, who: str) -> None:
        self.session, self.h, self.who = session, h, who

    async def state(self, channel: str = "", rev: str = "") -> dict[str, Any]:
        asked = {"as": self.who, "channel": channel, "rev": rev}
        async with self.session.get(f"{self.h.url}/page/state", params=asked) as reply:
            return dict(await reply.json())

    async def act(self, do: str, **more: Any) -> dict[str, Any]:
        return await self.post("act", {"as": self.who, "do": do, **more})

    async def post(self, what: str, body: Any) -> dict[str, Any]:
        async with self.session.post(f"{self.h.url}/page/{what}", json=body) as reply:
            assert reply.status == 200
            return dict(await reply.json())


async def test_a_visitor_sees_and_does_what_the_person_may() -> None:
    async with running() as h, aiohttp.ClientSession() as session:
        channel = await h.channel("kitchen", "tom")
        maya, gary = Browser(session, h, "maya"), Browser(session, h, "gary")
        said = await maya.act("say", channel=channel, text="soup")
        assert said["ok"]
        assert (await maya.act("react", channel=channel, ts=said["ts"], name="eyes"))["ok"]
        assert (await maya.act("say", channel=channel, text="reply", thread_ts=said["ts"]))["ok"]
        state = await maya.state(channel)
        shown = next(m for m in state["messages"] if m["ts"] == said["ts"])
        assert (shown["text"], shown["reply_count"], shown["reactions"][0]["name"]) == ("soup", 1, "eyes")
        assert {c["kind"] for c in state["channels"]} >= {"channel", "home"}
        assert {"rev", "now", "people", "modals", "toasts", "caption", "shortcuts", "commands", "payloads"} <= set(
            state
        )
        assert state["commands"][0]["command"] == "/otter"
        assert channel not in [c["id"] for c in (await gary.state(channel))["channels"]]
        assert (await gary.act("say", channel=channel, text="x"))["ok"] is False


async def test_the_poll_waits_until_something_changes() -> None:
    async with running() as h, aiohttp.ClientSession() as session:
        maya = Browser(session, h, "maya")
        rev = str((await maya.state())["rev"])
        waiting = asyncio.create_task(maya.state(rev=rev))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        await h.slack.say("maya", "general", "soup")
        assert (await asyncio.wait_for(waiting, 2))["rev"] != int(rev)


async def test_commands_shortcuts_and_modals_work_from_the_page() -> None:
    async with running() as h, aiohttp.ClientSession() as session:
        channel = await h.channel()
        maya = Browser(session, h, "maya")

        async def answer(body: Any) -> None:
            await h.client.views_open(
                trigger_id=body["trigger_id"],
                view={
                    "type": "modal",
                    "title": {"type": "plain_text", "text": "T"},
                    "submit": {"type": "plain_text", "text": "S"},
                    "blocks": [
                        {
                            "type": "input",
                            "block_id": "b",
                            "label": {"type": "plain_text", "text": "L"},
                            "element": {"type": "plain_text_input", "action_id": "a"},
                        }
                    ],
                },
            )

        h.bot.answers["command"] = answer
        assert (await maya.act("say", channel=channel, text="/otter"))["ok"]
        view = (await maya.state(channel))["modals"][0]
        empty = await maya.act("submit", view_id=view["id"], values={})
        assert list(empty["errors"]) == ["b"]
        assert (await maya.state(channel))["modals"][0]["errors"] == empty["errors"]
        filled = {"b": {"a": {"type": "plain_text_input", "value": "leek"}}}
        assert (await maya.act("submit", view_id=view["id"], values=filled))["ok"]
        assert (await maya.state(channel))["modals"] == []
        names = [p["name"] for p in (await maya.state(channel))["payloads"]]
        assert {"command", "views.open", "view_submission"} <= set(names)
        assert (await maya.act("global_shortcut", callback_id="nope"))["ok"] is False


async def test_the_clock_moves_forward_only_and_toasts_are_dismissed() -> None:
    async with running(request_url=None) as h, aiohttp.ClientSession() as session:
        maya = Browser(session, h, "maya")
        before = h.clock.now
        assert (await maya.post("clock", {"days": 1}))["ok"]
        assert (h.clock.now - before).days == 1
        assert (await maya.post("clock", {"days": -1}))["ok"] is False
        h.slack.request_url = "http://127.0.0.1:9"
        assert (await maya.act("say", channel="general", text="/otter"))["ok"] is False
        toast = (await maya.state())["toasts"][0]
        assert toast["text"] == "/otter failed because the app did not respond"
        await maya.act("dismiss", toast=toast["id"])
        assert (await maya.state())["toasts"] == []


async def test_nonsense_from_the_page_is_refused_in_words() -> None:
    async with running() as h, aiohttp.ClientSession() as session:
        maya = Browser(session, h, "maya")
        bodies: tuple[Any, ...] = (
            {"do": "dance"},
            {"do": "say"},
            [],
            "x",
            {"do": "say", "as": "nobody", "channel": "general", "text": "x"},
        )
        for body in bodies:
            answer = await maya.post("act", body)
            assert answer["ok"] is False
            assert answer["error"]
        assert (await maya.post("story", {"do": "play"}))["ok"] is False
        assert (await maya.post("fault", {"kind": "soup"}))["ok"] is False
        assert (await maya.post("fault", {"kind": "refuse", "name": "chat.*", "times": 1}))["ok"]


async def test_the_page_itself_is_served_and_may_load_nothing_from_elsewhere() -> None:
    async with running() as h, aiohttp.ClientSession() as session, session.get(h.url + "/") as reply:
        assert reply.status == 200
        assert "<html" in await reply.text()
        policy = reply.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy


async def test_without_a_story_nothing_was_played_to_its_end() -> None:
    async with running() as h, aiohttp.ClientSession() as session:
        state = await Browser(session, h, "maya").state()
        assert (state["playing"], state["finished"]) == (False, False)


PLAIN = {"type": "plain_text", "text": "L"}
FIELD = {"type": "input", "block_id": "b", "label": PLAIN, "element": {"type": "plain_text_input", "action_id": "a"}}
PRESS = {"type": "actions", "block_id": "p", "elements": [{"type": "button", "action_id": "go", "text": PLAIN}]}
TYPED = {"b": {"a": {"type": "plain_text_input", "value": "half"}}}


async def test_a_button_carries_what_stands_in_the_inputs_around_it() -> None:
    async with running() as h, aiohttp.ClientSession() as session:
        channel = await h.channel("kitchen")
        maya = Browser(session, h, "maya")
        posted = await h.client.chat_postMessage(channel=channel, text="t", blocks=[FIELD, PRESS])
        pressed = {"channel": channel, "ts": posted["ts"], "action_id": "go", "block_id": "p"}
        assert (await maya.act("click", **pressed, state=TYPED))["ok"]
        assert h.bot.last("block_actions")["state"]["values"] == TYPED
        for wrong in ("x", {"b": "x"}, [1]):
            assert (await maya.act("click", **pressed, state=wrong))["ok"]
        assert h.bot.last("block_actions")["state"]["values"]["b"]["a"]["value"] is None


async def test_a_select_with_outside_options_asks_the_bot_as_somebody_types() -> None:
    select = {"type": "external_select", "action_id": "s", "min_query_length": 1}
    blocks = [{"type": "input", "block_id": "o", "label": PLAIN, "element": select}, FIELD, PRESS]
    view = {"type": "modal", "title": PLAIN, "submit": PLAIN, "blocks": blocks}
    async with running() as h, aiohttp.ClientSession() as session:

        async def opened(body: Any) -> None:
            await h.client.views_open(trigger_id=body["trigger_id"], view=view)

        async def offered(body: Any) -> Any:
            return {"options": [{"text": PLAIN, "value": body["value"]}]}

        h.bot.answers |= {"command": opened, "block_suggestion": offered}
        maya = Browser(session, h, "maya")
        await maya.act("say", channel="general", text="/otter")
        modal = (await maya.state("general"))["modals"][0]["id"]
        answer = await maya.act("options", view_id=modal, action_id="s", block_id="o", value="che")
        assert [option["value"] for option in answer["options"]] == ["che"]
        assert (await maya.act("options", view_id=modal, action_id="nope"))["ok"] is False
        assert (await maya.act("click", view_id=modal, action_id="go", state=TYPED))["ok"]
        assert h.bot.last("block_actions")["view"]["state"]["values"]["b"] == TYPED["b"]
