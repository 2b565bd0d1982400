"""Refusals of the Bot Connector, by their documented codes."""

from adapters.sandbox.teams.world import Json

KNOWN = {
    "BotDisabledByAdmin": (403, "The tenant admin disabled this bot."),
    "BotNotInConversationRoster": (403, "The bot is not part of the conversation roster."),
    "ConversationBlockedByUser": (403, "User blocked the conversation with the bot."),
    "MessageWritesBlocked": (403, "Thread is blocked from message writes."),
    "ForbiddenOperationException": (403, "Bot is not installed in user's personal scope"),
    "NotEnoughPermissions": (403, "Only messages of the bot itself can be changed."),
    "ConversationNotFound": (404, "Conversation not found."),
    "ActivityNotFoundInConversation": (404, "Conversation not found."),
    "MemberNotFoundInConversation": (404, "The member is not part of the conversation."),
    "PreconditionFailed": (412, "Precondition failed, please try again."),
    "MessageSizeTooBig": (413, "Message size too large."),
    "Throttled": (429, "Too many requests."),
}


class Problem(Exception):
    def __init__(self, status: int, code: str, text: str, retry_after: int = 0) -> None:
        super().__init__(text)
        self.status, self.code, self.retry_after = status, code, retry_after

    def body(self) -> Json:
        return {"error": {"code": self.code, "message": str(self)}}

    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.retry_after)} if self.status == 429 else {}


def problem_of(code: str, *, retry_after: int = 0) -> Problem:
    status, text = KNOWN[code]
    return Problem(status, code, text, retry_after)


_OBJECTS = ("channelData", "conversation", "recipient", "from", "activity", "channel", "tenant", "team")
_LISTS = ("entities", "members")


def misshapen(body: Json) -> str:
    """Which part of an activity or conversation is not an object, or not a list of objects, as it must be."""
    for name in _OBJECTS:
        part = body.get(name)
        if part is not None and not isinstance(part, dict):
            return f"{name} is no object."
        if isinstance(part, dict) and (wrong := misshapen(part)):
            return wrong
    lists = {name: body[name] for name in _LISTS if body.get(name) is not None}
    odd = [n for n, part in lists.items() if not isinstance(part, list) or not all(isinstance(p, dict) for p in part)]
    return f"{odd[0]} is no list of objects." if odd else ""


def bad(text: str) -> Problem:
    return Problem(400, "BadArgument", text)
