"""A script played against the simulated Teams, with a bot of a few lines: what people do there and cannot do."""

from typing import Any

from adapters.sandbox.teams.stage import TeamsStage
from adapters.sandbox.teams.world import Message
from adapters.sandbox.transcript import load, short
from tests.sandbox.teams_harness import Harness, Json, card, running, until
from tests.sandbox.test_player import script

OPENS: tuple[Json, ...] = (
    {"id": "open", "after": 5, "who": "ana", "do": "command", "where": "hall", "text": "declare sev2 Fire"},
    {"after": 0, "who": "ana", "do": "await", "until": "incident channel exists"},
)
FILE = {"name": "a.png", "mimetype": "image/png", "text": "x"}
MARKS = ("pushpin", "-pushpin", "tada", "-tada")


def dialog(*body: Json) -> Json:
    shown = card(*body, actions=[{"type": "Action.Submit", "title": "Send", "data": {}}])
    value = {"title": "Form", "height": 100, "width": 100, "card": {"contentType": ADAPTIVE, "content": shown}}
    return {"task": {"type": "continue", "value": value}}


ADAPTIVE = "application/vnd.microsoft.card.adaptive"


def opens_a_thread(h: Harness) -> None:
    """A command begins a thread, whose first message becomes a card; each command is answered for one person alone."""

    async def command(activity: Json) -> None:
        if activity["recipient"].get("isTargeted") and "declare" in activity["text"]:
            thread, root = await h.thread("a moment", channel="hall")
            await h.change("PUT", thread, root, {"type": "message", "text": "Fire: SEV2"})
        if activity["recipient"].get("isTargeted"):
            await h.whisper(activity["conversation"]["id"], activity["from"]["id"], "Done.")

    async def fetch(activity: Json) -> Json:
        if activity["value"]["commandId"] != "mark_message":
            return dialog({"type": "Input.Text", "id": "text", "label": "What"})
        choices = [{"title": one, "value": one} for one in MARKS]
        return dialog({"type": "Input.ChoiceSet", "id": "mark", "label": "Mark", "choices": choices})

    h.bot.answers["message"] = command
    h.bot.answers["composeExtension/fetchTask"] = fetch
    told = {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "Done."}
    h.bot.says("adaptiveCard/action", told)


async def played(h: Harness) -> TeamsStage:
    opens_a_thread(h)
    player = h.teams.player
    assert player is not None
    await player.play()
    stage = player.stage
    assert isinstance(stage, TeamsStage)
    return stage


def thread_of(stage: TeamsStage) -> list[Message]:
    found = stage.incident()
    assert found is not None
    return found[0].thread(found[1].id)


def marked(h: Harness) -> list[str]:
    return [one["value"]["data"]["mark"] for one in h.bot.of("composeExtension/submitAction")]


async def test_a_script_is_played_in_the_thread_that_the_bot_began() -> None:
    steps: tuple[Json, ...] = (
        *OPENS,
        {"id": "m1", "after": 5, "who": "ana", "do": "say", "text": "look {@ben} in {#hall} at {clock:-5m}"},
        {"id": "m2", "after": 5, "who": "ben", "do": "reply", "ref": "m1", "text": "looking"},
        {"after": 5, "who": "ana", "do": "edit", "ref": "m1", "text": "look again"},
        {"id": "f", "after": 5, "who": "ana", "do": "upload", "file": FILE},
        {"id": "q", "after": 5, "who": "ben", "do": "mention", "ref": "m2", "text": "note so it is"},
        {"after": 5, "who": "ben", "do": "delete", "ref": "m2"},
    )  # fmt: skip
    async with running(script=script(*steps)) as h:
        stage = await played(h)
        assert stage.sim.player is not None
        assert stage.sim.player.problems == []
        root, first, second, file, asked = [m for m in thread_of(stage) if not m.only]
        assert (root.text, root.edited) == ("Fire: SEV2", True)
        assert (first.text, first.edited) == ("look again", True)
        assert (second.quoted, second.deleted) == (first.id, True)
        assert file.attachments[0]["name"] == "a.png"
        assert (asked.text, asked.quoted) == ("<at>Debrief</at> note so it is", second.id)
        heard = [one["text"] for one in h.bot.of("message") if not one["recipient"].get("isTargeted")]
        assert heard[0] == "look <at>Ben</at> in #hall at 08:55"


async def test_marks_are_given_from_the_menu_and_other_reactions_stay_reactions() -> None:
    steps: tuple[Json, ...] = (
        *OPENS,
        {"id": "m", "after": 5, "who": "ana", "do": "say", "text": "one"},
        {"after": 5, "who": "ben", "do": "react", "ref": "m", "emoji": "pushpin"},
        {"after": 5, "who": "ben", "do": "unreact", "ref": "m", "emoji": "pushpin"},
        {"after": 5, "who": "ana", "do": "pin", "ref": "m"},
        {"after": 5, "who": "ana", "do": "unpin", "ref": "m"},
        {"after": 5, "who": "ben", "do": "react", "ref": "m", "emoji": "tada"},
        {"after": 5, "who": "ben", "do": "react", "ref": "m", "emoji": "eyes"},
        {"after": 5, "who": "ana", "do": "react", "ref": "m", "emoji": "heart"},
        {"after": 5, "who": "ben", "do": "unreact", "ref": "m", "emoji": "eyes"},
    )
    async with running(script=script(*steps)) as h:
        stage = await played(h)
        assert marked(h) == ["pushpin", "-pushpin", "pushpin", "-pushpin", "tada"]
        said = next(m for m in thread_of(stage) if m.text == "one")
        assert said.reactions == {"heart": [h.teams.user("ana").id]}
        assert h.bot.of("messageReaction") == []


async def test_nobody_joins_or_leaves_a_thread_but_a_guest_comes_into_the_team() -> None:
    steps: tuple[Json, ...] = (
        *OPENS,
        {"after": 5, "who": "ben", "do": "join"},
        {"after": 5, "who": "visitor", "do": "join"},
        {"id": "v", "after": 5, "who": "visitor", "do": "say", "text": "hello"},
        {"after": 5, "who": "visitor", "do": "leave"},
    )
    async with running(script=script(*steps)) as h:
        stage = await played(h)
        added = [one["id"] for event in h.bot.of("conversationUpdate") for one in event["membersAdded"]]
        assert added == [h.teams.user("visitor").id]
        assert [m.text for m in thread_of(stage)][-1] == "hello"


async def test_what_other_apps_post_is_delivered_to_no_bot_until_somebody_marks_it() -> None:
    steps: tuple[Json, ...] = (
        *OPENS,
        {"id": "hot", "after": 5, "who": "oven", "do": "say", "text": "too hot"},
        {"after": 5, "who": "ana", "do": "react", "ref": "hot", "emoji": "pushpin"},
    )
    async with running(script=script(*steps)) as h:
        await played(h)
        assert [one for one in h.bot.of("message") if one.get("text") == "too hot"] == []
        told = h.bot.of("composeExtension/fetchTask")[0]["value"]["messagePayload"]
        assert told["body"]["content"] == "<p>too hot</p>"
        assert told["from"]["application"]["displayName"] == "Oven"


async def test_a_reply_elsewhere_goes_into_the_thread_of_its_message() -> None:
    steps: tuple[Json, ...] = (
        {"id": "m", "after": 5, "who": "ana", "do": "say", "where": "hall", "text": "one"},
        {"id": "r", "after": 5, "who": "ben", "do": "reply", "where": "hall", "ref": "m", "text": "two"},
    )
    async with running(script=script(*steps)) as h:
        await played(h)
        one, two = h.teams.messages("hall")
        assert (two["root"], two["quoted"]) == (one["ts"], "")


async def test_a_caption_is_told_in_the_platforms_own_words() -> None:
    told = {"caption": "A channel is there.", "caption_in": {"teams": "A thread is there."}}
    words = [{"id": "a", "do": "say", "who": "ana", "where": "hall", "text": "well", **told, "after": 0}]
    words += [{"do": "say", "id": "b", "who": "ana", "where": "hall", "text": "later", "after": 600}]
    async with running(script=script(*words)) as h:
        player = h.teams.player
        assert player is not None
        player.pace = 1
        player.start()
        await until(lambda: player.caption is not None)
        assert player.caption is not None
        assert player.caption["text"] == "A thread is there."


async def test_slacks_own_markup_is_entered_as_teams_has_it() -> None:
    text = "<!channel> :smile: see <https://a.example|the page>:\n+   max"
    steps: tuple[Json, ...] = ({"id": "m", "after": 5, "who": "ana", "do": "say", "where": "hall", "text": text},)
    async with running(script=script(*steps)) as h:
        await played(h)
        said = h.teams.messages("hall")[0]
        assert said["text"] == "@channel 😄 see the page:\n+   max"
        link = '<a href="https://a.example" title="https://a.example">the page</a>'
        assert said["html"] == f"<p>@channel 😄 see {link}:<br>+ &nbsp;&nbsp;max</p>"


async def test_a_form_is_filled_in_by_the_names_of_its_fields() -> None:
    begins: tuple[Json, ...] = (
        *OPENS,
        {"id": "m", "after": 5, "who": "ana", "do": "say", "text": "one"},
        {"id": "s", "after": 5, "who": "ana", "do": "shortcut", "ref": "m", "shortcut": "make_action_item"},
    )
    good: Json = {"after": 5, "who": "ana", "do": "submit", "fields": {"text": "Mend it"}}
    async with running(script=script(*begins, good)) as h:
        await played(h)
        assert [one["value"]["data"]["text"] for one in h.bot.of("composeExtension/submitAction")] == ["Mend it"]
    async with running(script=script(*begins, {**good, "fields": {"colour": "red"}})) as h:
        stage = await played(h)
        assert stage.sim.player is not None
        assert stage.sim.player.problems == ["ana submit : the form asks for nothing called colour"]
        assert h.bot.of("composeExtension/submitAction") == []


async def test_a_form_that_came_as_a_message_is_pressed_and_a_person_is_an_object_id() -> None:
    people: Any = {
        "type": "Input.ChoiceSet",
        "id": "owner",
        "label": "Who",
        "choices": [],
        "choices.data": {"dataset": "g"},
    }
    form = card(people, actions=[{"type": "Action.Execute", "title": "Send", "verb": "send", "data": {}}])

    async with running(
        script=script(
            *OPENS,
            {"id": "a", "after": 5, "who": "ana", "do": "command", "text": "action: Mend it"},
            {"after": 5, "who": "ana", "do": "submit", "fields": {"owner": "{@ben}"}},
        )
    ) as h:
        opens_a_thread(h)
        begun = h.bot.answers["message"]

        async def command(activity: Json) -> None:
            if "action" in activity["text"]:
                await h.whisper(activity["conversation"]["id"], activity["from"]["id"], "", form)
            else:
                await begun(activity)

        h.bot.answers["message"] = command
        player = h.teams.player
        assert player is not None
        await player.play()
        pressed = h.bot.of("adaptiveCard/action")[0]
        assert pressed["value"]["action"]["data"] == {"owner": h.teams.user("ben").object_id}
        assert h.teams.ledger.violations == []


async def test_a_button_is_found_below_the_words_of_its_item() -> None:
    body: list[Json] = [
        {"type": "TextBlock", "text": "Mend it", "separator": True},
        {"type": "ActionSet", "actions": [{"type": "Action.Execute", "title": "Done", "verb": "d", "data": {"n": 1}}]},
        {"type": "TextBlock", "text": "Paint it", "separator": True},
        {"type": "ActionSet", "actions": [{"type": "Action.Execute", "title": "Done", "verb": "d", "data": {"n": 2}}]},
    ]
    steps: tuple[Json, ...] = (
        *OPENS,
        {"id": "a", "after": 5, "who": "ana", "do": "command", "text": "action {@ana}: Paint it"},
        {"after": 5, "who": "ana", "do": "click", "button": "done", "item": "a"},
        {"after": 5, "who": "ana", "do": "click", "button": "snooze", "item": "a"},
    )
    async with running(script=script(*steps)) as h:
        _, chat = await h.personal("ana")
        await h.send(chat["id"], "", card(*body))
        stage = await played(h)
        assert [one["value"]["action"]["data"]["n"] for one in h.bot.of("adaptiveCard/action")] == [2]
        assert stage.sim.player is not None
        assert stage.sim.player.problems == ["ana click : no button snooze for 'paint it'"]


async def test_the_guided_story_begins_without_the_bot() -> None:
    async with running(script=short(load()), rate_limits=False) as h:
        player = h.teams.player
        assert player is not None
        first = next(step for step in player.script.steps if step.do == "say")
        player.script = player.script.model_copy(update={"steps": (first,)})
        await player.play()
        assert player.problems == []
        assert player.stage.pointed_at(first) == player.stage.said[first.id]
