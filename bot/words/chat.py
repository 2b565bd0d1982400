"""What a chat platform's adapter says by itself: cut texts, late forms, and why something could not be delivered."""

from __future__ import annotations

from datetime import timedelta

from bot.text import Text, say
from bot.words import verb
from bot.zones import duration

CANCEL = "Cancel"
SURE = "Are you sure?"
TRY_AGAIN = "Try again"
OPEN_FORM = "Open the form"
FORM = "Debrief"


CHANNEL_PURPOSE = "Opened by Debrief. Everything said here is kept for the incident's timeline"
DOING = {
    "open_channel": "open the incident's channel",
    "post": "post a message",
    "edit": "bring a message up to date",
    "direct": "send a private message",
    "whisper": "show a message",
    "invite": "invite somebody",
    "remove": "remove somebody from a channel",
    "set_topic": "set a channel's topic",
    "read_message": "read a message",
    "backfill": "read a channel's history",
    "learn_profile": "read a profile",
    "read_members": "see who is in a channel",
}
"""What each kind of effect does, after "I could not"."""


def cut() -> str:
    return "… (cut; the whole text is on the web page and in the timeline)"


def button_too_long(label: str) -> str:
    return f"({label}: too long for a button here; please type it.)"


def form_late() -> str:
    return "The form could not be opened in time, and nothing was changed. What you asked for is kept in this button."


def form_waits() -> str:
    return "I need a little more than that. This button opens the form."


def you_asked(text: str) -> str:
    return f"You asked: {text}"


def gone_button() -> Text:
    return say("I do not know that button any more. Please use the newest message, or {help}.", help=verb("help"))


def left_workspace() -> str:
    return "Debrief is not installed in this workspace (any more). An admin can install it again."


def socket_gap(seconds: int) -> str:
    return f"the connection to Slack was away for {seconds} s; missing messages are being fetched"


def outage(lasted: timedelta) -> str:
    return f"nobody listened to Slack for {duration(lasted)}; missing messages are being fetched"


def rate_limited() -> str:
    return "Slack sent fewer events because there were too many of them; missing messages are being fetched"


def reason(code: str, what: str) -> str:
    """Why a delivery can never succeed. `what` is the action in words, for example "post the message"."""
    because = _BECAUSE.get(code, f"Slack answered \u201c{code}\u201d")
    return f"I could not {what}: {because}."


_BECAUSE = {
    "channel_not_found": "the channel does not exist, or I am not a member of it; please invite me with /invite",
    "not_in_channel": "I am not a member of that channel; please invite me with /invite",
    "is_archived": "the channel is archived; unarchive it, or continue in another one",
    "msg_too_long": "the text is too long for Slack",
    "msg_blocks_too_long": "the text is too long for Slack",
    "invalid_blocks": "Slack did not accept the layout of the message",
    "user_not_found": "that person has no account here any more",
    "users_not_found": "that person has no account here any more",
    "user_disabled": "that person's account is deactivated",
    "cannot_dm_bot": "that account is an app, and apps read no private messages",
    "messages_tab_disabled": "private messages to this app are switched off in its settings",
    "message_not_found": "the message does not exist any more",
    "thread_not_found": "the thread does not exist any more",
    "user_not_in_channel": "that person is not a member of the channel",
    "restricted_action": "the workspace's settings do not allow it; an admin can change that",
    "missing_scope": "the app lacks a permission; an admin can install it again with the current manifest",
    "name_taken": "every channel name I tried is taken",
    "cant_kick_from_general": "nobody can be removed from the general channel",
    "too_many_pins": "the channel has too many pins already",
    "edit_window_closed": "the workspace does not allow editing that message any more",
}


INSTALL_STALE = (
    "This link to install was used before, is too old, or was opened in another browser. Please start again."
)
INSTALL_DECLINED = "Nothing was installed: Slack says that it was not allowed. You can start again at any time."
INSTALL_FAILED = "Slack could not complete the installation. Nothing was installed; please start again in a minute."


def installed(workspace: str) -> str:
    return (
        f"Debrief is installed in {workspace}. Go back to Slack and open Debrief under Apps: it asks for the few "
        "settings there are."
    )
