"""What the words after a verb mean: severities, ticks and times, refused in a sentence that says what is understood."""

from __future__ import annotations

import re
from datetime import datetime

from bot.errors import Refused
from bot.moments import led_by_moment
from bot.times import NOT_A_MOMENT, BadTime, goes_on, is_due, parse_moment
from bot.words.timeline import begins_like_a_time, half_a_time

_SEVERITY = re.compile(r"(?:sev(?:erity)?[- ]?)?([1-5])", re.IGNORECASE | re.ASCII)
_IN_FRONT = re.compile(
    r"[\[(]?sev(?:erity)?[-: ]{0,2}(\d{1,9})(?:\s*[\]):,;]+\s*|\s+(?:-\s+)?|$)|([1-5])$", re.IGNORECASE | re.ASCII
)
"""`sev2`, `SEV-2:`, `[sev 2]`; a bare number only where it is all that was said, for "5 nodes down" is a title."""
_ONE = r"(?:\ue000[^\ue001]+\ue001|@[\w.\-]+)"
_SOME = rf"{_ONE}(?: ?(?:[,&]|and )? ?{_ONE})*"
_ITEM = re.compile(r"(?:(?:act[- ]?|#)?([0-9]{1,9})|act-([a-z]{5}))[:,]?(?:\s+|$)", re.IGNORECASE | re.ASCII)
_COLON = re.compile(r"(?:\ue000[^\ue001]*\ue001|[^:\ue000])*:")
_HEAD = re.compile(rf"(?P<who>{_SOME})? ?(?:by (?P<due>[^@\ue000]{{1,40}}?) ?,? ?(?P<more>{_SOME})?)? ?", re.IGNORECASE)
_OWNED = re.compile(rf"({_SOME})")
LONGEST_HEAD = 400
_LIKE_A_TIME = re.compile(
    r"(?:(?:today|yesterday|tomorrow|tonight),? )?(?:at )?\d{1,2}(?::\d\d| ?[ap]\.?m)\b", re.IGNORECASE | re.ASCII
)
_BEHIND_ROLE = re.compile(r"(?:\s(?:to|for|is))?[\s:,=]*$", re.IGNORECASE)
ROLES = ("lead", "commander", "ic", "comms", "communications", "ops", "operations", "scribe", "liaison")
"""Those that everybody knows, as people write them."""
LONGEST_DUE = 4
LONGEST_TIME = 6
"""Words: "last monday at 14:02 UTC+2" has five."""


def severity_of(said: str) -> int | None:
    """`2`, `sev2` and `SEV-2` are 2; anything else is no severity."""
    found = _SEVERITY.fullmatch(said.strip())
    return int(found.group(1)) if found else None


def severity_in_front(said: str) -> tuple[str, str]:
    """The number of the severity that a text begins with, whether there is such a one or not, and what comes after."""
    found = _IN_FRONT.match(said)
    return (found.group(1) or found.group(2), said[found.end() :]) if found else ("", said)


def ticked(said: str) -> bool:
    return said.strip().casefold() in ("yes", "true", "on", "1", "y")


def moment_of(said: str, now: datetime, zone: str, field: str = "") -> tuple[datetime, str]:
    """The time at the beginning of a text and what comes after it. Raises `Refused`, also where more of a time comes
    after it: half a time is another one."""
    words, refused = said.split(None, LONGEST_TIME), NOT_A_MOMENT
    for count in range(min(len(words), LONGEST_TIME), 0, -1):
        rest = " ".join(words[count:])
        try:
            at = parse_moment(" ".join(words[:count]), now, zone)
        except BadTime as bad:
            refused = str(bad)
            if refused == NOT_A_MOMENT:
                continue
            break
        if goes_on(rest):
            raise Refused(half_a_time(said), field)
        return at, rest
    raise Refused(refused, field)


def whole_moment(said: str, now: datetime, zone: str, field: str) -> datetime:
    """The time that a text is, and nothing else. Raises `Refused`."""
    at, rest = moment_of(said, now, zone, field)
    if rest:
        raise Refused(half_a_time(said), field)
    return at


def when_and_what(said: str, now: datetime, zone: str) -> tuple[str, datetime | None]:
    """What was said, without the time in front of it, and that time; a text that begins like a time and is none is
    refused rather than taken for words."""
    rest, at = led_by_moment(f"at {said}", now, zone)
    if rest:  # only alone is a clock time without "at" one
        rest, at = led_by_moment(said, now, zone)
    if at is None and _LIKE_A_TIME.match(said):
        raise Refused(begins_like_a_time(said))
    return rest, at


def first_word(said: str) -> tuple[str, str]:
    """The first word and the rest; a line break ends a word as a space does."""
    first, rest = (*said.split(None, 1), "", "")[:2]
    return first, rest.strip()


def first_of(said: str, known: dict[str, str]) -> tuple[str, str]:
    """The first word, where it is a known one, as what it stands for, and the rest; else nothing and everything."""
    first, rest = first_word(said)
    meant = known.get(first.casefold().rstrip(":,"), "")
    return (meant, rest.removeprefix("- ")) if meant else ("", said.strip())


def action_said(said: str) -> dict[str, str]:
    """`@owner by fri: what`, in any part; without a colon all is the what. Of several owners all are kept."""
    colon = _COLON.match(said[:LONGEST_HEAD])
    head = _HEAD.fullmatch(" ".join(colon[0][:-1].split())) if colon else None
    if colon and head and head[0]:
        owner = " ".join(owners_in(f"{head['who'] or ''} {head['more'] or ''}"))
        return {"owner": owner, "due": head["due"] or "", "text": said[colon.end() :].strip()}
    who = _OWNED.match(said[:LONGEST_HEAD])
    owner, rest = (" ".join(owners_in(who[1])), said[who.end() :].strip()) if who else ("", said)
    return {"owner": owner, "text": rest.removeprefix(":").strip()}


def owners_in(said: str) -> list[str]:
    """Those whom a text mentions, each as it does, once."""
    return list(dict.fromkeys(re.findall(_ONE, said)))


def item_first(said: str) -> tuple[str, str]:
    """The key of an action item at the beginning of a text (`act-7`, `#7`, `act 7`, `7`) and the rest; "" for none."""
    found = _ITEM.match(said)
    if found is None or is_due(" ".join(said.split(None, 2)[:2])):
        return "", said
    return f"ACT-{(found[1] or found[2]).upper()}", said[found.end() :].strip()


def due_first(said: str) -> tuple[str, str]:
    """The date at the beginning of a text and the rest. What begins with none is taken at its first word, which is
    refused where a date is needed."""
    said = re.sub(r"^(?:until|till?|to|for|by)(?: |$)", "", said, flags=re.IGNORECASE)
    words = said.split(None, LONGEST_DUE)
    for count in range(min(len(words), LONGEST_DUE), 0, -1):
        due = " ".join(words[:count]).rstrip(",:;")
        if is_due(due):
            return due, " ".join(words[count:])
    first, _, rest = said.partition(" ")
    return first, rest.strip()


def role_said(said: str) -> dict[str, str]:
    """A role and whose it is, in either order. Without a mention, `me` is a person, and so is one word behind a role
    that everybody knows; all else is a role of one's own."""
    if who := re.search(_ONE, said):
        role = said[: who.start()] or said[who.end() :]
        return {"role": _BEHIND_ROLE.sub("", role).strip(), "person": who[0]}
    *role_, last = said.split() or [""]
    known = len(_BEHIND_ROLE.sub("", " ".join(role_)).split()) == 1 and role_[0].casefold().rstrip(":,") in ROLES
    if last.casefold() in ("me", "myself") or (known and last.casefold() not in ROLES):
        return {
            "role": _BEHIND_ROLE.sub("", " ".join(role_)).strip(),
            "person": last.casefold().replace("myself", "me"),
        }
    return {"role": said.strip(), "person": ""}
