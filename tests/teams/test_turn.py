"""The seam to the SDK: what it sees of an activity, what is kept beside it, and that it sends by our hand alone."""

from __future__ import annotations

import copy
import logging
from dataclasses import dataclass, field
from typing import Any

import pytest
from botbuilder.core import TurnContext
from botbuilder.schema import Activity, Mention
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.teams.turn import RAW, Turns
from adapters.wire import Answer
from bot.errors import Unavailable
from tests.teams.issuer import SERVICE_URL, activity

Json = dict[str, Any]
CONVERSATION = activity()["conversation"]["id"]
CANARY = "canary-never-in-a-log"


@dataclass
class Sent:
    """Stands for the connector: keeps what it is given."""

    calls: list[tuple[Any, ...]] = field(default_factory=list)

    async def send(self, service_url: str, conversation: str, activity: Json, /) -> str:
        self.calls.append(("send", service_url, conversation, activity))
        return f"id-{len(self.calls)}"

    async def update(self, service_url: str, conversation: str, activity_id: str, activity: Json, /) -> None:
        self.calls.append(("update", service_url, conversation, activity_id, activity))

    async def delete(self, service_url: str, conversation: str, activity_id: str, /) -> None:
        self.calls.append(("delete", service_url, conversation, activity_id))


@dataclass
class Seen:
    """The logic of a turn: keeps what it sees."""

    answer: Answer = field(default_factory=Answer)
    turns: list[tuple[TurnContext, Json]] = field(default_factory=list)

    async def __call__(self, context: TurnContext, raw: Json) -> Answer:
        self.turns.append((context, raw))
        return self.answer

    @property
    def activity(self) -> Activity:
        return self.turns[-1][0].activity


async def test_a_turn_has_the_sdks_view_and_the_raw_json_beside_it() -> None:
    seen = Seen(Answer(200, {"task": {"type": "message"}}))
    raw = activity(recipient={"id": "28:bot", "isTargeted": True}, entities=[{"type": "clientInfo", "timezone": "UTC"}])
    before = copy.deepcopy(raw)
    assert await Turns(Sent(), seen).take(raw) == seen.answer
    assert seen.activity.text == "hello"
    assert seen.activity.from_property.id == "29:ann"
    assert seen.activity.entities[0].additional_properties == {"timezone": "UTC"}
    context, given_raw = seen.turns[0]
    assert context.turn_state[RAW] is given_raw is raw
    assert raw == before


@pytest.mark.parametrize(
    "changed",
    [
        {"type": None}, {"type": ""}, {"type": 7}, {"type": ["message"]}, {"conversation": None},
        {"conversation": "19:x"}, {"conversation": []},  {"conversation": {}},
        {"conversation": {"id": None}}, {"conversation": {"id": ["x"]}},
        {"serviceUrl": None}, {"serviceUrl": 7}, {"from": "29:ann"}, {"from": ["29:ann"]}, {"from": 7},
    ],
)  # fmt: skip
async def test_what_is_no_activity_is_answered_400(changed: Json) -> None:
    seen = Seen()
    assert await Turns(Sent(), seen).take(activity(**changed)) == Answer(400)
    assert not seen.turns


ODD: list[Json] = [
    {"timestamp": "yesterday"},
    {"localTimestamp": "2026-01-01T00:00:00+25:99"},
    {"timestamp": 1_700_000_000},
    {"expiration": {"a": 1}},
    {"entities": 5},
    {"entities": "mention"},
    {"attachments": [None, 5, "x", {"contentType": 5}]},
    {"membersAdded": [None, "29:bob"]},
    {"membersRemoved": {"id": "x"}},
    {"reactionsAdded": [7]},
    {"suggestedActions": 5},
    {"suggestedActions": {"actions": 7, "to": ["x"]}},
    {"relatesTo": "x"},
    {"semanticAction": []},
    {"textHighlights": {"a": 1}},
    {"historyDisclosed": "perhaps"},
    {"recipient": 7},
    {"from": {"id": {"a": 1}, "name": ["x"]}},
    {"from": {"id": 7, "role": 8, "aadObjectId": None}},
    {"text": ["a", "list"]},
    {"id": 1_700_000_000_001, "replyToId": 7},
    {"channelData": "text"},
    {"value": [1, {"a": None}]},
    {"": 1, "a.b": {"c": 2}, "additional_properties": {"d": 3}, "from_property": {"id": "29:eve"}},
    {"localTimezone": {"a": 1}},
    {"listenFor": "a"},
]


@pytest.mark.parametrize("odd", ODD, ids=str)
async def test_odd_fields_are_kept_from_the_sdk_and_not_from_us(odd: Json) -> None:
    seen = Seen()
    raw = activity(**odd)
    before = copy.deepcopy(raw)
    assert await Turns(Sent(), seen).take(raw) == Answer()
    assert seen.turns[0][1] == before
    assert seen.activity.type == "message"
    assert seen.activity.conversation.id == CONVERSATION
    assert seen.activity.service_url == SERVICE_URL


async def test_beside_an_odd_field_the_others_are_seen() -> None:
    seen = Seen()
    entities = [5, None, {"type": "mention", "mentioned": {"id": "28:bot"}}, {"type": "unheard of"}]
    conversation = {"id": CONVERSATION, "isGroup": "perhaps", "tenantId": "t"}
    await Turns(Sent(), seen).take(activity(entities=entities, conversation=conversation, timestamp="x", locale="de"))
    assert [one.type for one in seen.activity.entities if one] == ["mention", "unheard of"]
    assert (seen.activity.conversation.id, seen.activity.conversation.is_group) == (CONVERSATION, None)
    assert (seen.activity.timestamp, seen.activity.locale, seen.activity.text) == (None, "de", "hello")


@pytest.mark.parametrize("kind", ["messageUpdate", "conversationUpdate", "installationUpdate", "invoke", "unheard of"])
async def test_every_type_goes_the_same_way(kind: str) -> None:
    seen = Seen(Answer(501))
    assert await Turns(Sent(), seen).take(activity(type=kind, **{"from": None})) == Answer(501)
    assert seen.activity.type == kind


async def test_what_the_logic_raises_comes_out_as_it_is() -> None:
    raised = Unavailable("the database is away")

    async def logic(_context: TurnContext, _raw: Json) -> Answer:
        raise raised

    with pytest.raises(Unavailable) as caught:
        await Turns(Sent(), logic).take(activity())
    assert caught.value is raised


async def test_what_the_sdk_sends_changes_and_deletes_goes_through_the_sender() -> None:
    sent = Sent()

    async def logic(context: TurnContext, _raw: Json) -> Answer:
        posted = await context.send_activity("hello")
        await context.send_activities([Activity(type="message", text="a"), Activity(type="typing")])
        await context.update_activity(Activity(type="message", id=posted.id, text="bye"))
        await context.delete_activity(posted.id)
        return Answer()

    await Turns(sent, logic).take(activity(deliveryMode="expectReplies"))
    assert [call[:3] for call in sent.calls[:3]] == [("send", SERVICE_URL, CONVERSATION)] * 3
    assert [call[3].get("text") for call in sent.calls[:3]] == ["hello", "a", None]
    assert sent.calls[0][3]["replyToId"] == activity()["id"]
    assert sent.calls[3][:4] == ("update", SERVICE_URL, CONVERSATION, "id-1")
    assert sent.calls[3][4]["text"] == "bye"
    assert sent.calls[4] == ("delete", SERVICE_URL, CONVERSATION, "id-1")


async def test_a_middleware_of_the_sdk_stands_around_the_turn() -> None:
    class Shut:
        async def on_turn(self, context: TurnContext, logic: Any) -> None:
            if context.activity.text != "secret":
                await logic()

    seen = Seen(Answer(201))
    turns = Turns(Sent(), seen)
    turns.use(Shut())
    assert await turns.take(activity()) == Answer(201)
    assert await turns.take(activity(text="secret")) == Answer(200)
    assert len(seen.turns) == 1


async def test_the_sdk_logs_nothing_of_an_activity(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    turns = Turns(Sent(), Seen())
    for odd in ({}, *ODD):
        await turns.take(activity(**{**odd, "text": CANARY, "summary": {"a": CANARY}, "membersRemoved": CANARY}))
    assert CANARY not in caplog.text


def test_mentions_that_the_sdk_knows_are_read_by_its_own_means() -> None:
    raw = activity(
        text="<at>Debrief</at> status",
        entities=[{"type": "mention", "text": "<at>Debrief</at>", "mentioned": {"id": "28:bot", "name": "Debrief"}}],
    )
    found = TurnContext.get_mentions(Turns(Sent(), Seen()).read(raw))
    assert len(found) == 1
    assert isinstance(found[0], Mention) or found[0].type == "mention"


FIELDS = st.sampled_from([
    "type", "id", "timestamp", "localTimestamp", "from", "conversation", "recipient", "membersAdded", "entities",
    "attachments", "channelData", "suggestedActions", "relatesTo", "semanticAction", "textHighlights", "value",
    "historyDisclosed", "serviceUrl", "channelId", "expiration", "listenFor", "deliveryMode", "reactionsAdded", "name",
])  # fmt: skip
INNER = st.sampled_from(["id", "type", "name", "isGroup", "contentType", "content", "properties", "actions", "a"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(INNER, inner, max_size=3),
    max_leaves=10,
)


@given(changed=st.dictionaries(FIELDS, JSON))
@settings(deadline=None)
async def test_whatever_an_activity_holds_is_taken_or_refused_and_never_an_error(changed: Json) -> None:
    seen = Seen()
    raw = {**activity(), **changed}
    before = copy.deepcopy(raw)
    answer = await Turns(Sent(), seen).take(raw)
    assert answer in (Answer(), Answer(400))
    assert bool(seen.turns) == (answer.status == 200)
    assert raw == before
