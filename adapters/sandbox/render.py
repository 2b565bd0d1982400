"""The shapes in which Slack shows its objects to an app. Every shape carries fields an app did not ask for."""

from datetime import UTC, datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from adapters.sandbox.world import Channel, File, Json, Message, Team, User


def message_json(team: Team, message: Message, *, metadata: bool = False, channel: Channel | None = None) -> Json:
    shape: Json = {"type": "message", "ts": message.ts, "text": message.text, "team": team.id}
    if message.user:
        shape["user"] = message.user
    if message.subtype:
        shape["subtype"] = message.subtype
    if message.client_msg_id:
        shape["client_msg_id"] = message.client_msg_id
    if message.bot_id:
        shape |= _app_fields(team, message)
    for name in ("blocks", "attachments", "edited", "thread_ts", "username", "icons"):
        if value := getattr(message, name):
            shape[name] = value
    if message.files:
        shape |= {
            "files": [file_json(team, f) for f in message.files],
            "upload": False,
            "display_as_bot": False,
        }
    if message.reactions:
        shape["reactions"] = [{"name": n, "users": list(u), "count": len(u)} for n, u in message.reactions.items()]
    if metadata and message.metadata:
        shape["metadata"] = message.metadata
    if channel is not None:
        shape |= _place_fields(channel, message)
    return shape | message.more


def _app_fields(team: Team, message: Message) -> Json:
    shape: Json = {"bot_id": message.bot_id}
    if message.bot_id == team.bot_id:
        shape["app_id"] = team.app_id
    if message.subtype != "bot_message":
        user = team.users.get(message.user)
        shape["bot_profile"] = {
            "id": message.bot_id,
            "app_id": shape.get("app_id"),
            "name": user.real_name if user else "bot",
            "deleted": False,
            "updated": 0,
            "team_id": team.id,
            "icons": {"image_36": "https://a.slack-edge.com/b.png"},
        }
    return shape


def _place_fields(channel: Channel, message: Message) -> Json:
    shape: Json = {}
    if message.ts in channel.pins:
        shape["pinned_to"] = [channel.id]
    if replies := channel.replies(message.ts):
        users = list(dict.fromkeys(r.user or r.bot_id or "" for r in replies))
        shape |= {
            "thread_ts": message.ts,
            "reply_count": len(replies),
            "reply_users_count": len(users),
            "reply_users": users[:5],
            "latest_reply": replies[-1].ts,
            "is_locked": False,
            "subscribed": False,
        }
    elif message.thread_ts and message.thread_ts != message.ts:
        parent = channel.messages.get(message.thread_ts)
        shape["parent_user_id"] = parent.user if parent else ""
    return shape


def file_json(team: Team, file: File) -> Json:
    kind = file.name.rsplit(".", 1)[-1] if "." in file.name else "text"
    home = f"https://{team.domain}.slack.com/files/{file.user}/{file.id}/{file.name}"
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.name,
        "mimetype": file.mimetype,
        "filetype": kind,
        "pretty_type": kind.upper(),
        "user": file.user,
        "size": file.size,
        "user_team": team.id,
        "editable": False,
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": True,
        "public_url_shared": False,
        "username": "",
        "has_rich_preview": False,
        "url_private": f"https://files.slack.com/files-pri/{team.id}-{file.id}/{file.name}",
        "url_private_download": f"https://files.slack.com/files-pri/{team.id}-{file.id}/download/{file.name}",
        "permalink": home,
        "permalink_public": f"https://slack-files.com/{team.id}-{file.id}-abc",
        "media_display_type": "unknown",
        "file_access": "visible",
    }


def channel_json(team: Team, channel: Channel, viewer: str, *, count: bool = False) -> Json:
    shape = _kind_of(team, channel)
    if channel.kind == "im":
        other = next((m for m in channel.members if m != viewer), viewer)
        return shape | {"user": other, "is_user_deleted": team.users[other].deleted, "is_open": True, "priority": 0}
    shape |= {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_general": channel.name == "general",
        "is_member": viewer in channel.members,
        "unlinked": 0,
        "shared_team_ids": [team.id],
        "pending_shared": [],
        "pending_connected_team_ids": [],
        "parent_conversation": None,
        "topic": channel.topic,
        "purpose": channel.purpose,
        "previous_names": list(channel.previous_names),
        "properties": {"tabs": [], "is_dormant": False},
    }
    return shape | ({"num_members": len(channel.members)} if count or channel.kind != "mpim" else {})


def _kind_of(team: Team, channel: Channel) -> Json:
    return {
        "id": channel.id,
        "created": channel.created,
        "creator": channel.creator,
        "is_archived": channel.archived,
        "is_channel": channel.kind == "public",
        "is_group": channel.kind == "private",
        "is_im": channel.kind == "im",
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.kind != "public",
        "is_org_shared": False,
        "is_shared": False,
        "is_ext_shared": False,
        "context_team_id": team.id,
        "updated": channel.created * 1000,
    }


def user_json(team: Team, user: User, *, email: bool) -> Json:
    shape: Json = {
        "id": user.id,
        "team_id": team.id,
        "name": user.name,
        "deleted": user.deleted,
        "profile": profile_json(team, user, email=email),
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": user.updated,
    }
    if user.deleted:
        return shape
    return shape | {
        "color": user.color,
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": user.tz.replace("_", " "),
        "tz_offset": offset(user.tz),
        "is_admin": user.admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": user.guest,
        "is_ultra_restricted": False,
        "is_email_confirmed": True,
        "who_can_share_contact_card": "EVERYONE",
        "locale": "en-US",
    }


def profile_json(team: Team, user: User, *, email: bool) -> Json:
    shape: Json = {
        "title": user.title,
        "phone": "",
        "skype": "",
        "real_name": user.real_name,
        "display_name": user.display_name or user.name,
        "real_name_normalized": user.real_name,
        "display_name_normalized": user.display_name or user.name,
        "fields": {},
        "status_text": "",
        "status_emoji": "",
        "status_expiration": 0,
        "avatar_hash": sha256(user.id.encode()).hexdigest()[:12],
        "image_48": f"https://secure.gravatar.com/avatar/{user.id}.jpg",
        "team": team.id,
        "first_name": user.real_name.split(" ")[0],
        "last_name": " ".join(user.real_name.split(" ")[1:]),
    }
    return shape | ({"email": user.email} if email and not user.is_bot else {}) | _bot_profile(team, user)


def _bot_profile(team: Team, user: User) -> Json:
    own = {"api_app_id": team.app_id, "bot_id": team.bot_id, "always_active": True}
    return own if user.id == team.bot_user else {}


def offset(zone: str, moment: datetime | None = None) -> int:
    delta = (moment or datetime.now(UTC)).astimezone(ZoneInfo(zone)).utcoffset()
    return int(delta.total_seconds()) if delta else 0


def permalink(team: Team, channel: Channel, message: Message) -> str:
    link = f"https://{team.domain}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts and message.thread_ts != message.ts:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return link


def team_json(team: Team) -> Json:
    return {
        "id": team.id,
        "name": team.name,
        "domain": team.domain,
        "email_domain": "",
        "icon": {"image_default": True},
        "url": f"https://{team.domain}.slack.com/",
        "enterprise_id": None,
        "avatar_base_url": "https://ca.slack-edge.com/",
    }
