"""Messages as they are said, edited, deleted and marked, merged into their timeline entries.

Law: an entry is a function of the set of events about its message. Any order and any repetition gives the same entry,
so a late edit, a reply before its parent and a history read twice are all welcome.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from bot.command import Capture
from bot.ids import message_id
from bot.model import Entry, EntryKind, FileLink, MessageRef, Policies
from bot.text import Typed

PIN = "pushpin"
LEAVE_OUT = str(Policies.model_fields["leave_out"].default)
FOR_EVER = 2**62
"""The stamp of a deletion that nothing can come after."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = 253_402_300_799_999_999
"""The last microsecond of the year 9999."""


class Said(Capture, kind="said"):
    """A message. Its author is the origin's actor unless `author` (an account key) or `author_name` says otherwise."""

    text: Typed = ""
    author: str = ""
    author_name: str = ""
    thread: str = ""
    permalink: str = ""
    files: tuple[FileLink, ...] = ()


class Edited(Capture, kind="edited"):
    """The whole new content of a message."""

    text: Typed = ""
    files: tuple[FileLink, ...] = ()


class Deleted(Capture, kind="deleted"):
    """The message is gone, or only its tombstone is left."""


class Restored(Capture, kind="restored"):
    """A deletion was undone. Without a text the entry stands again, and stays empty."""

    text: Typed | None = None
    files: tuple[FileLink, ...] = ()


class Reacted(Capture, kind="reacted"):
    emoji: str
    added: bool = True
    account: str = ""
    """Account key of who reacted, else the origin's."""


class Pinned(Capture, kind="pinned"):
    """The channel's own pin, which anybody may take away. Without an actor it is the bot's, and does not count."""

    added: bool = True
    account: str = ""


def merge(known: Entry | None, command: Capture, incident_id: str, now: datetime) -> Entry | None:
    """The entry with one more event in it; the bot's own pins and reactions are no events."""
    if isinstance(command, Reacted | Pinned) and not _who(command):
        return known
    stamp = max(1, min(command.stamp, LATEST))
    entry = _placed(known or blank(incident_id, command.message, stamp, now), command.message, stamp, now)
    match command:
        case Said():
            entry = _with_text(_with_author(entry, command), stamp, command.text, command.files)
        case Edited():
            entry = _with_text(_restored(entry, stamp), stamp, command.text, command.files)
        case Restored():
            entry = _restored(entry, stamp)
            if command.text is not None:
                entry = _with_text(entry, stamp, command.text, command.files)
        case Deleted():
            entry = _erased(entry, stamp)
        case Reacted():
            entry = _reacted(entry, command, stamp)
        case Pinned():
            entry = _marked(entry, _channel_mark(command.message), stamp, command.added)
    return _left_out(entry)


def blank(incident: str, message: MessageRef, stamp: int, now: datetime) -> Entry:
    return Entry(
        id=message_id(incident, message),
        incident=incident,
        kind=EntryKind.MESSAGE,
        occurred=_moment(stamp),
        recorded=now,
        ref=message,
    )


def _placed(entry: Entry, message: MessageRef, stamp: int, now: datetime) -> Entry:
    """When it was said: what the message's own id tells, else the earliest event known of it."""
    said = said_at(message.ts) or min(entry.occurred, _moment(stamp))
    return entry.model_copy(update={"occurred": said, "recorded": min(entry.recorded, now)})


def said_at(ts: str) -> datetime | None:
    """The moment in a platform's message id: seconds with a fraction (Slack) or milliseconds (Teams)."""
    found = re.fullmatch(r"(\d{9,11})\.(\d{1,6})|(\d{13})", ts, re.ASCII)
    if found is None:
        return None
    seconds, fraction, milliseconds = found.groups()
    return _moment(int(milliseconds) * 1000 if milliseconds else int(seconds) * 10**6 + int(fraction.ljust(6, "0")))


def _moment(stamp: int) -> datetime:
    return EPOCH + timedelta(microseconds=min(stamp, LATEST))


def _with_author(entry: Entry, said: Said) -> Entry:
    author = said.author or ("" if said.author_name else said.origin.account)
    fields = {"author": author, "author_name": said.author_name, "thread": said.thread, "permalink": said.permalink}
    return entry.model_copy(update={name: max(getattr(entry, name), value) for name, value in fields.items()})


def _with_text(entry: Entry, stamp: int, text: str, files: tuple[FileLink, ...]) -> Entry:
    """The newest text wins; of two at the same moment the greater one, so that the order does not matter."""
    if stamp <= entry.deleted_stamp:
        return entry
    known = entry.text_stamp > 0
    edited = known and (text, _names(files)) != (entry.text, _names(entry.files))
    update: dict[str, object] = {"edits": int(entry.deleted_stamp == 0 and (edited or entry.edits > 0))}
    if not known or (stamp, text, _names(files)) > (entry.text_stamp, entry.text, _names(entry.files)):
        update |= {"text": text, "files": files, "text_stamp": stamp}
    return entry.model_copy(update=update)


def _names(files: tuple[FileLink, ...]) -> list[tuple[str, str, str]]:
    return [(file.name, file.url, file.mimetype) for file in files]


def _restored(entry: Entry, stamp: int) -> Entry:
    """What is edited or restored after its deletion stands again; of the two at the same moment the deletion holds."""
    return entry.model_copy(update={"restored_stamp": max(entry.restored_stamp, stamp - 1)})


def _erased(entry: Entry, stamp: int) -> Entry:
    stamp = max(entry.deleted_stamp, stamp)
    gone = {"text": "", "files": (), "text_stamp": 0} if entry.text_stamp <= stamp else {}
    return entry.model_copy(update={"deleted_stamp": stamp, "edits": 0, **gone})


def _who(command: Reacted | Pinned) -> str:
    return command.account or command.origin.account


def _channel_mark(message: MessageRef) -> str:
    """The mark of a channel's pin: an account key without a user, as whoever takes it away need not have set it."""
    return f"{message.platform}:{message.tenant}:"


def _marked(entry: Entry, who: str, stamp: int, added: bool) -> Entry:
    return entry.model_copy(update={"marks": _signed(entry.marks, who, stamp, added)})


def _signed(stamps: dict[str, int], who: str, stamp: int, added: bool) -> dict[str, int]:
    latest = max(stamps.get(who, 0), stamp if added else -stamp, key=lambda one: (abs(one), one))
    return dict(sorted({**stamps, who: latest}.items()))


def _reacted(entry: Entry, command: Reacted, stamp: int) -> Entry:
    who, emoji = _who(command), command.emoji.split("::", 1)[0][:100]
    if emoji == PIN:
        return _marked(entry, who, stamp, command.added)
    stamps = _signed(entry.reactions.get(emoji, {}), who, stamp, command.added)
    return entry.model_copy(update={"reactions": dict(sorted({**entry.reactions, emoji: stamps}.items()))})


def _left_out(entry: Entry) -> Entry:
    """What its author asked to leave out is erased, and stays so even when the reaction is taken away."""
    if not entry.author or entry.author not in entry.reactions.get(LEAVE_OUT, {}):
        return entry
    return _erased(entry, FOR_EVER)
