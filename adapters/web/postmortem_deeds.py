"""What can be done on a postmortem's page, and by whom: each of it is a command of chat, under a short name.

Law: what is offered here only spares a refusal. The rule decides when the command comes, as it does in chat.
"""

from __future__ import annotations

from bot.commands.postmortem_writing import EDITING
from bot.looking import state_of
from bot.model import Person, Postmortem, PostmortemStatus
from bot.permissions import permitted
from bot.ports import Record
from bot.review import current
from bot.text import Value
from bot.words.draft import EDITABLE

ALWAYS = frozenset(PostmortemStatus)
REVIEWED = frozenset({PostmortemStatus.IN_REVIEW})
REVIEW, COMMENTS = "review", "comments"
"""Parts of the page that are no section."""


class Deed(Value):
    kind: str
    """Of the command."""
    part: str = ""
    """Where on the page it is done; empty: in the section that it is about."""
    statuses: frozenset[PostmortemStatus] = EDITING


DEEDS = {
    "edit": Deed(kind="postmortem_edit"),
    "factor": Deed(kind="postmortem_factor", part="factors"),
    "trigger": Deed(kind="postmortem_trigger", part="trigger"),
    "decision": Deed(kind="postmortem_decision", part="decisions"),
    "question": Deed(kind="postmortem_question", part="questions"),
    "time": Deed(kind="time", part="times"),
    "action": Deed(kind="action", part="actions", statuses=ALWAYS),
    "adopt": Deed(kind="accept_proposed", part="timeline"),
    "hint": Deed(kind="dismiss_hint"),
    "owner": Deed(kind="postmortem_owner", part=REVIEW),
    "accept": Deed(kind="postmortem_accept", part=REVIEW),
    "decline": Deed(kind="postmortem_decline", part=REVIEW),
    "review": Deed(kind="postmortem_review", part=REVIEW),
    "sign": Deed(kind="postmortem_sign", part=REVIEW, statuses=REVIEWED),
    "fair": Deed(kind="postmortem_fair", part=REVIEW, statuses=REVIEWED),
    "known": Deed(kind="postmortem_known", part=REVIEW),
    "known_back": Deed(kind="postmortem_known_back", part=REVIEW),
    "publish": Deed(kind="postmortem_publish", part=REVIEW),
    "revise": Deed(kind="postmortem_revise", part=REVIEW, statuses=ALWAYS - {PostmortemStatus.DRAFT}),
    "comment": Deed(kind="postmortem_comment", statuses=ALWAYS),
    "dispute": Deed(kind="postmortem_dispute", part=COMMENTS),
    "missing": Deed(kind="postmortem_missing", part=COMMENTS),
    "resolve": Deed(kind="postmortem_resolve", part=COMMENTS, statuses=ALWAYS),
    "open": Deed(kind="postmortem_open", statuses=frozenset()),
}
AT_ONCE = frozenset({"accept", "sign", "fair", "known_back", "adopt", "resolve", "hint", "open"})
"""Done by one press of a button; the others ask something first."""
BY_SECTION = {
    "factors": ("factor", "dispute"),
    "trigger": ("trigger",),
    "decisions": ("decision",),
    "questions": ("question",),
    "times": ("time", "dispute"),
    "actions": ("action",),
    COMMENTS: ("missing",),
}


def part_of(name: str, about: str) -> str:
    """Where on the page the form of something stands."""
    return DEEDS[name].part or about or COMMENTS


def offered(record: Record, reader: Person) -> frozenset[str]:
    """Names of what the reader may do now."""
    if reader.kind not in ("human", "guest"):
        return frozenset()
    state, postmortem = state_of(record, reader), record.postmortem
    if postmortem is None:
        return frozenset({"open"} if permitted(state, DEEDS["open"].kind) else ())
    fitting = {name for name, deed in DEEDS.items() if postmortem.status in deed.statuses}
    return frozenset(name for name in fitting - _pointless(postmortem, reader) if permitted(state, DEEDS[name].kind))


def _pointless(postmortem: Postmortem, reader: Person) -> set[str]:
    """What the rule would refuse, because it is done already or somebody else is asked."""
    review = current(postmortem)
    found = set[str]()
    if postmortem.owner != reader.id or postmortem.ownership.told_at is None:
        found |= {"accept", "decline"}
    if review is None or reader.id not in review.silent:
        found.add("sign")
    if review is None or reader.id in review.fair:
        found.add("fair")
    found.add("known" if postmortem.known.none_at else "known_back" if not postmortem.known.items else "")
    return found


def of_section(name: str, may: frozenset[str]) -> tuple[str, ...]:
    """What is offered beside a section, in its order."""
    edit = ("edit",) if name in EDITABLE else ()
    return tuple(one for one in (*BY_SECTION.get(name, ()), *edit, "comment") if one in may)
