"""The seam to the Bot Framework's SDK: its schema, its turn and its pipeline, with an own way of sending.

Law: the raw JSON is never changed and goes along with the turn, for the SDK drops what it does not know (that a message
is targeted, for one). What the SDK reads too strictly is left out of its view alone; what has no type or no
conversation is answered 400. No tokens and no connections are made here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from inspect import getmembers, isclass
from typing import Any, Protocol

from botbuilder import schema
from botbuilder.core import BotAdapter, TurnContext
from botbuilder.schema import Activity, ConversationReference, ResourceResponse
from msrest.serialization import Deserializer, Model

from adapters.wire import Answer

RAW = "debrief.raw"
"""Where the raw JSON lies in `context.turn_state`."""
TOO_STRICT = (ValueError, TypeError, AttributeError, KeyError, ArithmeticError)
"""What the SDK's reading raises at a value of a type that it does not expect; its own error is a `ValueError`."""
UNSEEN = frozenset({"deliveryMode"})
"""Left out always: at `expectReplies` the SDK would keep what it is told to send, and nobody would fetch it."""

Json = dict[str, Any]
Logic = Callable[[TurnContext, Json], Awaitable[Answer]]


class Sender(Protocol):
    """Carries activities to the service. `send` answers the id of what is posted."""

    async def send(self, service_url: str, conversation: str, activity: Json, /) -> str: ...
    async def update(self, service_url: str, conversation: str, activity_id: str, activity: Json, /) -> None: ...
    async def delete(self, service_url: str, conversation: str, activity_id: str, /) -> None: ...


class Turns(BotAdapter):  # type: ignore[misc]  # the SDK has no types
    """Errors of `logic` come out as they are: there is no `on_turn_error`."""

    def __init__(self, sender: Sender, logic: Logic) -> None:
        super().__init__()
        self._sender = sender
        self._logic = logic
        self._reader = _reader()

    async def take(self, activity: Json) -> Answer:
        if not _is_activity(activity):
            return Answer(400)
        context = TurnContext(self, self.read(activity))
        context.turn_state[RAW] = activity
        answers: list[Answer] = []

        async def turn(inner: TurnContext) -> None:
            answers.append(await self._logic(inner, activity))

        await self.run_pipeline(context, turn)
        # A middleware that ends the turn early has taken care of it.
        return answers[0] if answers else Answer()

    async def send_activities(self, _context: TurnContext, activities: list[Activity]) -> list[ResourceResponse]:
        return [ResourceResponse(id=await self._sent(one)) for one in activities]

    async def _sent(self, activity: Activity) -> str:
        return await self._sender.send(activity.service_url, activity.conversation.id, activity.serialize())

    async def update_activity(self, _context: TurnContext, activity: Activity) -> ResourceResponse:
        where = activity.service_url, activity.conversation.id
        await self._sender.update(*where, activity.id, activity.serialize())
        return ResourceResponse(id=activity.id)

    async def delete_activity(self, _context: TurnContext, reference: ConversationReference) -> None:
        await self._sender.delete(reference.service_url, reference.conversation.id, reference.activity_id)

    def read(self, raw: Json) -> Activity:
        """The activity as the SDK sees it, without what it cannot read."""
        seen = {name: value for name, value in raw.items() if name not in UNSEEN}
        try:
            return self._reader("Activity", seen)
        except TOO_STRICT:
            return self._reader("Activity", dict(self._readable(seen)))

    def _readable(self, seen: Json) -> Iterator[tuple[str, Any]]:
        for name, value in seen.items():
            if self._can_read(name, value):
                yield name, value
            elif self._can_read(name, rest := self._rest(name, value)):
                yield name, rest

    def _rest(self, name: str, value: Any) -> Any:
        """A list or an object without the parts that cannot be read; `None` for whatever else."""
        if isinstance(value, list):
            return [one for one in value if self._can_read(name, [one])]
        if isinstance(value, dict):
            return {inner: one for inner, one in value.items() if self._can_read(name, {inner: one})}
        return None

    def _can_read(self, name: str, value: Any) -> bool:
        try:
            self._reader("Activity", {name: value})
        except TOO_STRICT:
            return False
        return True


def _reader() -> Callable[[str, Json], Activity]:
    """The SDK's models by name; asking each activity for them anew would cost more than reading it."""
    models = {name: one for name, one in getmembers(schema, isclass) if issubclass(one, Model)}
    reader: Callable[[str, Json], Activity] = Deserializer(models)  # type: ignore[no-untyped-call]
    return reader


def _is_activity(raw: Json) -> bool:
    """What no answer can be found without. Whether the rest makes sense is the adapter's question."""
    conversation, sender = raw.get("conversation"), raw.get("from")
    return (
        isinstance(raw.get("type"), str)
        and bool(raw["type"])
        and isinstance(raw.get("serviceUrl"), str)
        and isinstance(conversation, dict)
        and isinstance(conversation.get("id"), str | int)
        and isinstance(sender, dict | None)
    )
