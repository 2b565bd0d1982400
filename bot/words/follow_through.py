"""What the page of action items says: the list, changes of several at once, and how much gets done."""

from __future__ import annotations

from datetime import date

from bot.follow_through import FEW, Age, Ages, FollowThrough, Share
from bot.model import ActionItem
from bot.words.actions import counted
from bot.zones import due_echo

# -- the list

TITLE = "Action items"
SEARCHED = "Words of an item, or of its incident"
WHOSE = (("", "anybody's"), ("me", "mine"), ("nobody", "nobody's yet"))
ANY_SERVICE = "any"
OVERDUE_ONLY = "Overdue only"
NOBODY, NO_SERVICE = "nobody owns it", "no service"
NONE_OPEN = "No action item is open."
NONE_FIT = "No open action item fits."
TICKETS = "ticket"
OF_NOBODY = "nobody's"
DEEDS = {
    "done": "Done", "snooze": "Snooze", "reassign": "Reassign", "wont_do": "Won't do", "accept_risk": "Accept risk",
    "not_mine": "Not mine", "undo_item": "Undo",
}  # fmt: skip
WITH_LINK = "Done, with a link"
LINK_TITLE, LINK_LABEL = "Done", "A link to what was done"
HINT_LINK = "A change, a ticket, a dashboard: an address that begins with https://"
NO_LINK = "A link begins with https:// or http://. Nothing was changed."
LIST_HEAD = (
    "key", "what", "incident", "incident title", "severity", "owner", "due", "overdue", "for", "snoozes", "link",
    "private", "drill", "noted (UTC)",
)  # fmt: skip


def team(name: str) -> str:
    return f"team {name}"


def service(name: str) -> str:
    return f"service {name}"


def fits(n: int, filtered: bool) -> str:
    if not filtered:
        return f"{n:,} open action {'item' if n == 1 else 'items'}"
    return {0: NONE_FIT, 1: "1 open action item fits."}.get(n, f"{n:,} open action items fit.")


def snoozed(times: int) -> str:
    return "snoozed once" if times == 1 else f"snoozed {times} times"


def about(key: str, text: str) -> str:
    """What a screen reader says behind the label of a button."""
    said = " ".join(text.split())
    return f"{key} {said[:59]}…" if len(said) > 60 else f"{key} {said}"


# -- several at once

SEVERAL = "Change several at once"
SEVERAL_HOW = "Tick items above, say what is to change, and see what would come of it before anything is done."
TICK_ALL = "All that stand on this page"
WHAT = "What is to change"
CHANGES = (
    ("snooze", "A new date"), ("reassign", "A new owner"), ("done", "They are done"), ("wont_do", "They won't be done"),
    ("accept_risk", "Their risk is accepted"),
)  # fmt: skip
UNTIL, OWNER, WHY = "Until", "New owner", "Why"
HINT_UNTIL = "A later date counts as a snooze, in figures too."
HINT_WHY = "Asked for where items won't be done, a risk is accepted, or an item is snoozed once more."
HINT_OWNER = "A name or an e-mail address. They are told once, privately."
SHOW = "Show what would change"
APPLY = "Do it"
BACK = "Back to the list"
NOTHING_TICKED = "Tick at least one item, or all on this page. Nothing was changed."
NO_CHANGE = "Say what is to change. Nothing was changed."
NEEDED = {
    "snooze": ("until", "Say until when. Nothing was changed."),
    "reassign": ("owner", "Say who is to own them. Nothing was changed."),
    "wont_do": ("reason", "Say why they won't be done. Nothing was changed."),
    "accept_risk": ("reason", "Say why the risk is acceptable. Nothing was changed."),
}
PREVIEW_TITLE = "What would change"
NOT_YET = "Nothing has been changed yet."
RESULT_TITLE = "What was changed"
ALREADY = "It is so already."
WOULD_NOT = "would not change"
UNDO_ALL = "Undo all of it"
PEOPLE_TOLD = "Whoever comes to own something is told once, privately; nobody else is told."
NOBODY_TOLD = "Nobody is sent a message. Each incident's timeline says what was done, and by whom."
FOR_TEN_MINUTES = "It can be taken back for ten minutes."


def would(n: int, refused: int) -> str:
    told = f"{counted(n, 'item')} would change"
    return f"{told}, {refused} would not." if refused else f"{told}."


def came_of_it(changed: int, refused: int) -> str:
    told = f"{changed} changed"
    return f"{told}, {refused} refused." if refused else f"{told}."


def change(kind: str, before: ActionItem, after: ActionItem, owners: tuple[str, str], reason: str) -> str:
    """What a command would make of one item."""
    because = f", because: {reason}" if reason else ""
    if kind == "snooze":
        return f"{due_echo(before.due)} → {due_echo(after.due)}{because}"
    if kind == "reassign":
        return f"{owners[0] or OF_NOBODY} → {owners[1] or OF_NOBODY}"
    return f"{before.status.value} → {after.status.value}{because}"


# -- how much gets done

FOLLOWED = "How much gets done"
LEADS = "How much gets done, and how old what is open is"
AGEING, BURN_UP = "Age of what is open", "Noted and ended"
LATE, IN_TIME, NOTED, ENDED, STILL_OPEN = "overdue", "not due yet", "noted", "ended", "open"
AS_TABLE, AS_CSV = "As a table", "as CSV"
AGES_HEAD = ("age", "overdue", "not due yet", "open")
WEEKS_HEAD = ("until", "noted so far", "ended so far", "open")
GROUPS_HEAD = (
    "", "items", "done on time", "open", "overdue", "age in days", "snoozed", "won't do", "risk accepted",
    "did not hold",
)  # fmt: skip
CSV_HEAD = (
    "by", "name", "items", "done on time", "of done or overdue", "overdue", "of open", "median age (days)",
    "lower quartile", "upper quartile", "snoozed items", "snoozes", "won't do", "risk accepted", "of ended",
    "did not hold", "of asked",
)  # fmt: skip
BY = {"team": "By team", "service": "By service", "factor": "By contributing factor", "severity": "By severity"}
WITHOUT = {"team": "no team", "service": "no service", "factor": "no factor named", "severity": "", "kind": "no kind"}
NOTHING_YET = "nothing yet"
WHAT_COUNTS = (
    "Counted is what is open, and what was ended within the last 52 weeks. Drills are left out, private incidents are "
    "in it only for those who may see them, and nothing is counted by person. An item that was snoozed is on time by "
    "its new date; that is why snoozes stand beside it."
)
LABELS = {
    "on_time": "Done on time", "overdue": "Overdue", "age": "Age of what is open", "snoozed": "Snoozed",
    "wont_do": "Won't do", "accepted": "Risk accepted", "did_not_hold": "Did not hold",
}  # fmt: skip
OF = {
    "on_time": "of what was done or is overdue", "overdue": "of what is open", "snoozed": "of all",
    "wont_do": "of what was ended", "accepted": "of what was ended",
    "did_not_hold": "of those that somebody looked at again",
}  # fmt: skip


def share(one: Share) -> str:
    """Of few, a count and how few they are; never a percentage."""
    if not one.of:
        return NOTHING_YET
    if one.percent is None:
        return f"{one.part} of {one.of} (n = {one.of})"
    return f"{one.percent} % ({one.part} of {one.of})"


def ages(one: Ages) -> str:
    if one.median is None:
        return NOTHING_YET
    if one.n < FEW:
        return f"median {counted(one.median, 'day')} (n = {one.n})"
    return f"median {counted(one.median, 'day')}, half of them between {one.lower} and {one.upper}"


def between(one: Age) -> str:
    if one.until is None:
        return "over a year"
    names = {7: "up to a week", 30: "up to 30 days", 90: "up to 90 days", 180: "up to 180 days", 365: "up to a year"}
    return names.get(one.until, f"up to {one.until} days")


def ages_told(found: FollowThrough) -> str:
    """The chart in words."""
    late = sum(one.overdue for one in found.ages)
    n = late + sum(one.in_time for one in found.ages)
    if not n:
        return NONE_OPEN
    oldest = next(one for one in reversed(found.ages) if one.overdue + one.in_time)
    return f"{counted(n, 'item')} open, {late} overdue; the oldest are {between(oldest)} old."


def burn_up_told(found: FollowThrough) -> str:
    first, last = found.burn_up[0], found.burn_up[-1]
    noted, ended = last.noted - first.noted, last.ended - first.ended
    return (
        f"From {due_echo(first.day)} to {due_echo(last.day)}: {noted} noted, {ended} ended; "
        f"open were {first.noted - first.ended}, and are {last.noted - last.ended}."
    )


def since(day: date, of: str) -> str:
    told = f"Since {due_echo(day)}"
    return f"{told}, {of}." if of else f"{told}."


def asked_for(severity: int, name: str) -> str:
    """Of what the figures are, where they are not of everything."""
    return ", ".join(filter(None, (name, f"SEV{severity}" if severity else "")))


def figure(one: Share | Ages) -> str:
    return ages(one) if isinstance(one, Ages) else share(one)


def cell(one: Share | Ages) -> str:
    """A figure as short as a table wants it."""
    if isinstance(one, Share):
        return share(one) if one.of else "–"
    if one.median is None:
        return "–"
    return f"{one.median} (n = {one.n})" if one.n < FEW else f"{one.median} ({one.lower} to {one.upper})"


def group_name(by: str, name: str) -> str:
    return f"SEV{name}" if by == "severity" else name or WITHOUT[by]


def bar_told(one: Age) -> str:
    return f"{between(one)}: {one.overdue} {LATE}, {one.in_time} {IN_TIME}"
