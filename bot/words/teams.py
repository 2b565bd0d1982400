"""What only Teams says: cards that were changed, buttons that were parted from their card, forms on a card."""

from __future__ import annotations

from bot import words
from bot.text import Card, Link, Section, Strong, Text, say

CARD_CHANGED = "This card was changed or is too old; please use the newest message, or type what you want to do."
MISSING = "Please fill this in"
NEWER_CLIENT = "This message needs a newer version of Teams."

# -- where incidents live

OPENING = "The status card will stand here in a moment."
NOT_INSTALLED = "nobody has added me to a team or chat here yet; please install the app in a team"
MENTIONS_ONLY = (
    "only messages that mention me are captured here, and those whose menu is used: an owner of the team can allow the "
    "app to read the channel's messages"
)
MENTIONS_ONLY_CHAT = (
    "only messages that mention me are captured here, and those whose menu is used: the app can be allowed to read the "
    "chat's messages"
)
ADD_THEM_YOURSELF = "Teams lets no bot add people to a chat: please add them to this chat yourself."
REMOVE_THEM_YOURSELF = "Teams lets no bot remove people from a chat: please remove them from this chat yourself."


def no_channel(teams: int) -> str:
    remedy = "please add me to a team" if teams == 0 else "an admin can choose the channel with `setup`"
    return (
        "there is no channel yet in whose threads incidents live: declare in a channel that its whole team reads, or "
        f"{remedy}"
    )


def no_such_channel(name: str, *, several: bool) -> str:
    if several:
        return (
            f"there are several channels called {name[:80]}: an admin can give its id instead of its name with `setup`"
        )
    return (
        f"I know no channel called {name[:80]}: please add me to its team, mention me there once, or correct the name "
        "with `setup`"
    )


def private_in_a_group_chat() -> Text:
    return say(
        "A private incident lives in a group chat. Nothing was declared. Open a chat with the people who may know, "
        "add me to it, and say {declare} there.",
        declare=words.verb("declare <title> --private"),
    )


def lives_here(topic: str, link: str) -> Card:
    text = say("{topic}: {link}", topic=topic, link=Link(url=link, label="its thread is here"))
    return Card(sections=(Section(text=text),))


def brought_in(topic: str, link: str) -> Card:
    to = Link(url=link, label="its thread is here")
    return Card(sections=(Section(text=say("You are needed in {which}: {to}", which=topic or "an incident", to=to)),))


# -- deliveries

MAYBE_TWICE = "(Teams did not say whether this arrived the first time, so it may stand here twice.)"


def not_possible(what: str) -> str:
    return f"I could not {what}: Teams does not let a bot do that."


def reason(code: str, what: str) -> str:
    """Why a delivery can never succeed. `what` is the action in words, for example "post a message"."""
    because = _BECAUSE.get(code, f"Teams answered \u201c{code}\u201d")
    return f"I could not {what}: {because}."


_BECAUSE = {
    "MessageWritesBlocked": "that person has blocked or removed the app; they can install it again",
    "ConversationBlockedByUser": "that person has blocked or removed the app; they can install it again",
    "BotDisabledByAdmin": "an admin of the tenant has switched the app off",
    "BotNotInConversationRoster": "the app is not installed there, or not for that person; please install it",
    "ForbiddenOperationException": "the app is not installed there, or not for that person; please install it",
    "BotNotRegistered": "the bot is not registered with Microsoft any more",
    "ConversationNotFound": "the conversation does not exist any more",
    "ActivityNotFoundInConversation": "the message does not exist any more",
    "MessageSizeTooBig": "the text is too long for Teams",
    "AppNotInCatalog": "the app is not in your organisation's catalog of apps; an admin of the tenant can upload it",
}

# -- answers

BELOW = "Only you can see the answer below."
NOTHING_MORE = "Done."
NOT_FOR_YOU = "This card was made for somebody else. Nothing was changed; type the same yourself, or ask for your own."
CANCELLED = "Nothing was changed."
OPEN_FORM = "Fill in"
STRANGER = (
    "I do not know everybody chosen here yet. Add them to the team or chat first, or ask them to write to me once. "
    "Nothing was changed."
)


def cannot_answer() -> Text:
    return say(
        "I cannot write to whoever asked that in private, so the answer is not here. Please add me in your own chat, "
        "then ask again."
    )


def needs_more() -> Text:
    return say("I need a little more than that.")


# -- marking a message from its menu

MARK_TITLE = "Mark message"
MARK, MARK_AS = "Mark", "Mark it as"
INTO_TIMELINE, OUT_OF_TIMELINE = "Into the timeline", "Out of the timeline"
LEAVE_OUT = "Leave it out of the record"


def not_any_more(name: str) -> str:
    return f"Not “{name}” any more"


def mark_question(text: str) -> Text:
    return say("What is this message to the incident? \u201c{text}\u201d", text=" ".join(text.split())[:200] or "…")


def marked(name: str) -> Text:
    return say("Marked: {name}.", name=Strong(text=name))


def unmarked() -> Text:
    return say("The mark is taken away.")


def unpinned() -> Text:
    return say(
        "Your own mark is taken away. What somebody else put into the timeline stays there; on the incident's page it "
        "can be taken off."
    )


def own_message() -> Text:
    return say(
        "That message is one of mine; what it tells stands in the record already. Nothing was added. {note} writes a "
        "note of your own.",
        note=words.verb("note …"),
    )


def left_out() -> Text:
    return say("Your message is left out of the record, for good.")


def not_yours() -> Text:
    return say("Only its author can leave a message out. Nothing was changed.")


def banner() -> str:
    """When a local client may talk to the bot without a token."""
    return (
        "TEAMS_AUTH=off: anybody on this machine can speak to the bot as anybody. Nothing is sent to a real platform."
    )


# -- group chats that are created

MAYBE_TWO_CHATS = (
    "(Microsoft did not say whether this chat was created the first time, so there may be another of the same name. "
    "The incident lives in this one.)"
)


def private_needs_a_group_chat() -> Text:
    return say(
        "A private incident lives in a group chat, and I cannot create one here. Open a chat with the people who may "
        "know, add me to it, and say {declare} there.",
        declare=words.verb("declare <title> --private"),
    )
