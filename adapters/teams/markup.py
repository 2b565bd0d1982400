"""What people wrote in Teams, as neutral text: the same words give the same text as they do in Slack.

Law: what somebody typed can never be taken for the engine's own marks; a body of whatever shape is read in one pass.
"""

from __future__ import annotations

import html
import mimetypes
from collections import deque
from collections.abc import Callable
from typing import Any

from adapters.teams.body import Body
from adapters.teams.card_words import words_on_cards
from adapters.teams.lengths import Json
from adapters.teams.runs import is_web
from adapters.teams.tags import unescaped
from bot.grammar import incident_key, word_of
from bot.model import FileLink
from bot.text import MAX_TYPED, MENTION_CLOSE, MENTION_OPEN, mention_token

LONGEST = 300_000
"""Characters of a body that are read; Teams itself takes about a third of it."""
FILES = 50
_PRIVATE = {ord(MENTION_OPEN): None, ord(MENTION_CLOSE): None}
_NO_FILES = ("text/", "application/vnd.microsoft.card.", "application/vnd.microsoft.teams.card.", "messagereference")
_FILE_KINDS = ("reference", "application/vnd.microsoft.teams.file.download.info")
CALLED = "@Debrief"


def literal(text: str) -> str:
    return text.translate(_PRIVATE)


def user_token(user: str, tenant: str) -> str:
    return mention_token(f"teams:{tenant}:{user}")


def said_in(activity: Json, tenant: str) -> str:
    """The text of a message, or where it has none the words on its cards."""
    return written_in(activity, tenant) or words_on_cards(activity.get("attachments"))


def written_in(activity: Json, tenant: str) -> str:
    """What somebody wrote themselves: nothing else can be a command. The HTML of it stands in an attachment; the
    `text` beside it has lost what HTML tells."""
    recipient = activity.get("recipient")
    ours = recipient.get("id") if isinstance(recipient, dict) else None
    mentions = _Mentions(activity.get("entities"), tenant, ours)
    for attachment in _dicts(activity.get("attachments")):
        content = attachment.get("content")
        if attachment.get("contentType") == "text/html" and isinstance(content, str):
            return neutral(content, mentions.token)
    text = str(activity.get("text") or "")
    if activity.get("textFormat") == "xml":
        return neutral(text, mentions.token)
    return _plain(text, mentions)


def neutral(body: str, token_of: Callable[[str, str], str]) -> str:
    """HTML as neutral text. `token_of(item id, name)` is what stands there for a mention."""
    said = Body(token_of)
    said.read(literal(body[:LONGEST]))
    return said.text()


def _plain(text: str, mentions: _Mentions) -> str:
    """Text in which nothing but mentions is marked."""
    said: list[str] = []
    pieces = literal(text[:LONGEST]).replace("\r\n", "\n").replace("&nbsp;", " ").replace("\xa0", " ").split("<at")
    for number, piece in enumerate(pieces):
        name, closed, rest = piece.partition("</at>")
        opened, bracket, inside = name.partition(">")
        if number and closed and bracket and opened[:1] in ("", " "):
            said += [mentions.token("", literal(unescaped(inside))), rest]
        else:
            said.append(f"<at{piece}" if number else piece)
    return "".join(said).strip()[:MAX_TYPED]


class _Mentions:
    """The mentions of an activity. Entities come in the order of the text, one for each place, and by their text; a
    name that stands there more often than they do is the last one of that name. What is neither a person nor `ours`
    has no id here, and its name stands."""

    def __init__(self, entities: Any, tenant: str, ours: Any) -> None:
        self._tenant = tenant
        self._waiting: dict[str, deque[str]] = {}
        self._last: dict[str, str] = {}
        self._listed: list[str] = []
        for entity in _dicts(entities):
            mentioned = entity.get("mentioned")
            if str(entity.get("type")).lower() != "mention" or not isinstance(mentioned, dict):
                continue
            name = _name_in(str(entity.get("text") or "")) or _spaced(str(mentioned.get("name") or ""))
            user = literal(mentioned["id"]) if _is_person(mentioned, ours) else ""
            self._waiting.setdefault(name, deque()).append(user)
            self._listed.append(user)

    def token(self, item: str, name: str) -> str:
        name = _spaced(name)
        if waiting := self._waiting.get(name):
            self._last[name] = waiting.popleft()
        user = self._last.get(name)
        if user is None and item.isascii() and item.isdecimal() and int(item[:9]) < len(self._listed):
            user = self._listed[int(item[:9])]
        return user_token(user, self._tenant) if user else f"@{name}"


def _is_person(mentioned: Json, ours: Any) -> bool:
    """Or ourselves, but not a tag, a channel, a team or another bot: those are mentioned in the same shape."""
    user, kind = mentioned.get("id"), str(mentioned.get("type") or "person").casefold()
    if not isinstance(user, str) or not 0 < len(user) < 150:
        return False
    return user == ours or (kind in ("person", "user") and not user.startswith(("19:", "28:")))


def _name_in(text: str) -> str:
    """The name in `<at id="0">Name</at>`."""
    inside = text.partition(">")[2] if text.startswith("<at") else text
    return _spaced(literal(unescaped(inside.removesuffix("</at>"))))


def _spaced(text: str) -> str:
    return " ".join(text.split())


def of_message_payload(payload: Json, tenant: str, account_of: Callable[[str], str]) -> str:
    """The text of the message under which an action was chosen. Its mentions name people by their Entra ids and bots by
    their app ids: `account_of` gives the account key of such an id, or nothing."""
    body = payload.get("body")
    told = body if isinstance(body, dict) else {}
    content = str(told.get("content") or "")
    named = {str(one.get("id")): one for one in _dicts(payload.get("mentions"))}

    def token(item: str, name: str) -> str:
        account = account_of(_mentioned_id(named.get(item)))
        return mention_token(account) if account.startswith(f"teams:{tenant}:") else f"@{_spaced(name)}"

    if told.get("contentType") == "text":
        said = literal(content).replace("\r\n", "\n").strip()[:MAX_TYPED]
    else:
        said = neutral(content, token)
    return said or words_on_cards(payload.get("attachments"))


def _mentioned_id(mention: Json | None) -> str:
    who = (mention or {}).get("mentioned")
    told = who if isinstance(who, dict) else {}
    for kind in ("user", "application"):
        one = told.get(kind)
        if isinstance(one, dict) and isinstance(one.get("id"), str):
            return str(one["id"])
    return ""


def without_bot(text: str, bot: str) -> str:
    """The words behind the first mention of the bot (`bot` is its token), or a verb with its words before it where it
    is mentioned last; without one, all of them. Where it is mentioned again, its name stands."""
    before, found, behind = text.partition(bot) if bot else (text, "", "")
    if not found:
        return text.strip()
    behind = behind.lstrip(" :,")
    while behind.startswith(bot):
        behind = behind.removeprefix(bot).lstrip(" :,")
    first, *_ = before.split() or ("",)
    asked = behind if behind.strip(" .!?") or not (word_of(first) or incident_key(first)) else before
    return asked.replace(bot, CALLED).strip()


def files_in(activity: Json) -> tuple[FileLink, ...]:
    """Files and pictures of a message, or of a message action's payload. In channels, bots are shown pictures alone."""
    found: list[FileLink] = []
    for attachment in _dicts(activity.get("attachments")):
        kind = str(attachment.get("contentType") or "").lower()
        if kind.startswith(_NO_FILES) or not (kind in _FILE_KINDS or kind.startswith("image/") or "/" in kind):
            continue
        url, name = str(attachment.get("contentUrl") or ""), literal(str(attachment.get("name") or ""))[:500]
        if name or is_web(url):
            found.append(FileLink(name=name or "file", url=url if is_web(url) else "", mimetype=_mimetype(kind, name)))
    return tuple(found[:FILES])


def _mimetype(kind: str, name: str) -> str:
    if kind in _FILE_KINDS:
        return mimetypes.guess_type(name)[0] or ""
    return kind[:100] if "*" not in kind else ""


def escaped(text: str) -> str:
    """Text for an activity whose `textFormat` is xml: nothing of it is a mark, and lines stay lines."""
    return html.escape(literal(text), quote=False).replace("\n", "<br>")


def _dicts(several: Any) -> list[Json]:
    return [one for one in several[:500] if isinstance(one, dict)] if isinstance(several, list) else []
