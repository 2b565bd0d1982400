"""Messages of Teams as captures: said, edited, deleted and brought back, each known by the one id of its message.

Law: what is not understood is counted, never stored and never an error. The bot's own posts are no captures.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from adapters.teams.activities import CHANNEL, Activity, said_micros
from adapters.teams.markup import files_in, said_in
from bot.command import Capture, Origin
from bot.commands.captures import Deleted, Edited, Reacted, Restored, Said
from bot.counts import Counts
from bot.model import MessageRef

Json = dict[str, Any]
EDIT, DELETE, UNDELETE = "editMessage", "softDeleteMessage", "undeleteMessage"
EMOJI = {
    "like": "+1", "heart": "heart", "laugh": "laughing", "surprised": "open_mouth", "sad": "cry", "angry": "rage",
}  # fmt: skip
"""Teams' first six reactions by the names that the settings use; newer ones come as `1f389_partypopper`."""


class Captures:
    def __init__(self, counts: Counts) -> None:
        self._counts = counts

    def of(self, activity: Activity, raw: Json, tenant: str) -> Capture | None:
        """The capture that an activity about a message amounts to; None for what need not be kept."""
        if is_own(activity):
            return None
        match activity.type, activity.told.event:
            case "message", _:
                return said(activity, raw, tenant)
            case "messageUpdate", "undeleteMessage":
                told = said_in(raw, tenant)
                return Restored(**_about(activity, tenant), text=told or None, files=files_in(raw))
            case "messageUpdate", _:
                return Edited(**_about(activity, tenant), text=said_in(raw, tenant), files=files_in(raw))
            case "messageDelete", _:
                return Deleted(**_about(activity, tenant))
            case _:
                self._counts.add("teams_activity_ignored", activity.type)
                return None

    def reactions(self, activity: Activity, tenant: str) -> list[Reacted]:
        """Reactions to the bot's own posts: the only ones of which Teams tells a bot. A pin of those is no entry."""
        ref = MessageRef(
            platform="teams", tenant=tenant, channel=activity.conversation.id, ts=activity.reply_to or activity.id
        )
        changes = [(one, True) for one in activity.reactions_added]
        changes += [(one, False) for one in activity.reactions_removed]
        found = []
        for number, (reaction, added) in enumerate(changes):
            emoji = emoji_of(reaction.type)
            if emoji and emoji != "pushpin":
                own = origin_of(activity, tenant, f"{activity.ident}:{number}")
                found.append(Reacted(origin=own, message=ref, stamp=activity.stamp, emoji=emoji, added=added))
        return found


def is_own(activity: Activity) -> bool:
    return bool(activity.sender.id) and activity.sender.id == activity.recipient.id


def said(activity: Activity, raw: Json, tenant: str) -> Said:
    """A message; of another bot or a connector the name stands for an author."""
    by_app = activity.sender.role == "bot" or activity.sender.id.startswith("28:")
    about = _about(activity, tenant)
    if by_app:
        about["origin"] = about["origin"].model_copy(update={"actor": ""})
    return Said(
        **{**about, "stamp": said_micros(activity.id) or activity.stamp},
        text=said_in(raw, tenant),
        author_name=(activity.sender.name or "an app")[:200] if by_app else "",
        permalink=permalink(activity.conversation.id, activity.id, tenant, activity.kind == CHANNEL),
        files=files_in(raw),
    )


def _about(activity: Activity, tenant: str) -> Json:
    ref = MessageRef(platform="teams", tenant=tenant, channel=activity.conversation.id, ts=activity.id)
    return {"origin": origin_of(activity, tenant), "message": ref, "stamp": activity.stamp}


def origin_of(activity: Activity, tenant: str, ident: str = "") -> Origin:
    return Origin(
        id=ident or activity.ident,
        platform="teams",
        tenant=tenant,
        actor=activity.sender.id,
        channel=activity.conversation.id,
    )


def emoji_of(reaction: str) -> str:
    return EMOJI.get(reaction) or reaction.rsplit("_", 1)[-1][:100]


def permalink(conversation: str, ident: str, tenant: str, in_channel: bool) -> str:
    """A deep link to a message (Microsoft Learn, "Create deep links", messages)."""
    room, _, root = conversation.partition(";messageid=")
    link = f"https://teams.microsoft.com/l/message/{quote(room, safe='')}/{quote(ident, safe='')}"
    if in_channel or root:
        return f"{link}?tenantId={quote(tenant, safe='')}&parentMessageId={quote(root or ident, safe='')}"
    context = json.dumps({"contextType": "chat"}, separators=(",", ":"))
    return f"{link}?context={quote(context, safe='')}"
