"""Messages as they are said, edited, deleted and marked, merged into their timeline entries.

Law: an entry is a function of the set of events about its message. Any order and any repetition gives the same entry,
so a late edit, a reply before its parent and a history read twice are all welcome.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.command import Capture
from bot.ids import message_id
from bot.model import Entry, EntryKind, FileLink, MessageRef, Policies
from bot.text import Called, Typed

PIN = "pushpin"
LEAVE_OUT = str(Policies.model_fields["leave_out"].default)
FOR_EVER = 2**62
"""The stamp of a deletion that nothing can come after."""
_OWN_TIME = re.compile(r"(\d{9,11})\.(\d{1,6})|(\d{13})", re.ASCII)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = 253_402_300_799_999_999
"""The last microsecond of the year 9999."""


class Said(Capture, kind="said"):
    """A message. Its author is the origin's actor unless `author` (an account key) or `author_name` says otherwise."""

    text: Typed = ""
    author: str = ""
    author_name: Called = ""
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


Facts = dict[str, Any]
"""The fields of an entry while events are worked into it: one copy for a capture, however much it changes.
A value in it is replaced, never changed in place."""
UNHEARD: Facts = {name: field.default for name, field in Entry.model_fields.items() if not field.is_required()}
NOBODY = Entry(id="", incident="", kind=EntryKind.MESSAGE, occurred=EPOCH, recorded=EPOCH)
"""What an entry is copied from, for that is quicker than to make one."""


def merge(known: Entry | None, command: Capture, incident_id: str, now: datetime) -> Entry | None:
    """The entry with one more event in it; the bot's own pins and reactions are no events."""
    if isinstance(command, Reacted | Pinned) and not _who(command):
        return known
    stamp = max(1, min(command.stamp, LATEST))
    if known is None:
        facts = _unheard(incident_id, command.message, stamp, now)
    else:
        facts = known.__dict__.copy()
        facts["occurred"] = said_at(command.message.ts) or min(known.occurred, _moment(stamp))
        facts["recorded"] = min(known.recorded, now)
    _work_in(facts, command, stamp)
    if facts["author"] and facts["author"] in facts["reactions"].get(LEAVE_OUT, {}):
        # Left out by its author: erased for good, even when the reaction is taken away.
        _erase(facts, FOR_EVER)
    # The parts were checked, and secrets masked, when the command was made.
    return (known or NOBODY).model_copy(update=facts)


def _work_in(facts: Facts, command: Capture, stamp: int) -> None:
    match command:
        case Said():
            _set_author(facts, command)
            _set_text(facts, stamp, command.text, command.files)
        case Edited():
            _restore(facts, stamp)
            _set_text(facts, stamp, command.text, command.files)
        case Restored():
            _restore(facts, stamp)
            if command.text is not None:
                _set_text(facts, stamp, command.text, command.files)
        case Deleted():
            _erase(facts, stamp)
        case Reacted():
            _react(facts, command, stamp)
        case Pinned():
            facts["marks"] = _signed(facts["marks"], _channel_mark(command.message), stamp, command.added)


def blank(incident: str, message: MessageRef, stamp: int, now: datetime) -> Entry:
    """A message of which nothing is known yet: said when its own id tells, else at the earliest event known of it."""
    return NOBODY.model_copy(update=_unheard(incident, message, stamp, now))


def _unheard(incident: str, message: MessageRef, stamp: int, now: datetime) -> Facts:
    return {
        **UNHEARD,
        "id": message_id(incident, message),
        "incident": incident,
        "kind": EntryKind.MESSAGE,
        "occurred": said_at(message.ts) or _moment(stamp),
        "recorded": now,
        "ref": message,
    }


def said_at(ts: str) -> datetime | None:
    """The moment in a platform's message id: seconds with a fraction (Slack) or milliseconds (Teams)."""
    found = _OWN_TIME.fullmatch(ts)
    if found is None:
        return None
    seconds, fraction, milliseconds = found.groups()
    return _moment(int(milliseconds) * 1000 if milliseconds else int(seconds) * 10**6 + int(fraction.ljust(6, "0")))


def _moment(stamp: int) -> datetime:
    return EPOCH + timedelta(microseconds=min(stamp, LATEST))


def _set_author(facts: Facts, said: Said) -> None:
    author = said.author or ("" if said.author_name else said.origin.account)
    facts["author"] = max(facts["author"], author)
    facts["author_name"] = max(facts["author_name"], said.author_name)
    facts["thread"] = max(facts["thread"], said.thread)
    facts["permalink"] = max(facts["permalink"], said.permalink)


def _set_text(facts: Facts, stamp: int, text: str, files: tuple[FileLink, ...]) -> None:
    """The newest text wins; of two at the same moment the greater one, so that the order does not matter."""
    if stamp <= facts["deleted_stamp"]:
        return
    before, after = (facts["text"], _names(facts["files"])), (text, _names(files))
    if facts["text_stamp"] and before != after and not facts["deleted_stamp"]:
        facts["edits"] = 1
    if not facts["text_stamp"] or (stamp, *after) > (facts["text_stamp"], *before):
        facts.update(text=text, files=files, text_stamp=stamp)


def _names(files: tuple[FileLink, ...]) -> list[tuple[str, str, str]]:
    return [(file.name, file.url, file.mimetype) for file in files]


def _restore(facts: Facts, stamp: int) -> None:
    """What is edited or restored after its deletion stands again; of the two at the same moment the deletion holds."""
    facts["restored_stamp"] = max(facts["restored_stamp"], stamp - 1)


def _erase(facts: Facts, stamp: int) -> None:
    """What was said until the deletion is gone, and how often it was edited is no longer told."""
    facts["deleted_stamp"] = stamp = max(facts["deleted_stamp"], stamp)
    facts["edits"] = 0
    if facts["text_stamp"] <= stamp:
        facts.update(text="", files=(), text_stamp=0)


def _who(command: Reacted | Pinned) -> str:
    return command.account or command.origin.account


def _channel_mark(message: MessageRef) -> str:
    """The mark of a channel's pin: an account key without a user, as whoever takes it away need not have set it."""
    return f"{message.platform}:{message.tenant}:"


def _signed(stamps: dict[str, int], who: str, stamp: int, added: bool) -> dict[str, int]:
    latest = max(stamps.get(who, 0), stamp if added else -stamp, key=lambda one: (abs(one), one))
    return dict(sorted({**stamps, who: latest}.items()))


def _react(facts: Facts, command: Reacted, stamp: int) -> None:
    who, emoji = _who(command), command.emoji.split("::", 1)[0][:100]
    if emoji == PIN:
        facts["marks"] = _signed(facts["marks"], who, stamp, command.added)
        return
    stamps = _signed(facts["reactions"].get(emoji, {}), who, stamp, command.added)
    facts["reactions"] = dict(sorted({**facts["reactions"], emoji: stamps}.items()))
