"""What people write about time, understood in the speaker's own zone.

Every moment that goes in or comes out is aware UTC. A text that is no time is `BadTime`, whose message is the
sentence the person reads; nothing else is ever raised for a text.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.zones import (
    DAYS,
    MONTHS,
    BadTime,
    ago,
    due_echo,
    duration,
    echo,
    late,
    local_date,
    local_to_utc,
    valid_zone,
    zone_of,
)

__all__ = (
    "BadTime",
    "ago",
    "clear_moment",
    "due_echo",
    "duration",
    "echo",
    "goes_on",
    "is_due",
    "late",
    "local_to_utc",
    "parse_due",
    "parse_moment",
    "parse_span",
    "valid_zone",
)

LEEWAY = timedelta(minutes=2)
LONGEST_TEXT = 80
LONGEST_SPAN = timedelta(days=3660)
FURTHEST_DUE_YEARS = 5

NOT_A_MOMENT = "I don't understand that time. Write for example 14:02, 20m ago or yesterday 23:10."
IN_THE_FUTURE = "That time is still to come. Write when it happened, for example 14:02 or 20m ago."
TOO_LONG_AGO = "That time is too long ago. Write for example 2026-12-01 14:00."
NOT_A_DUE_DATE = "I don't understand that date. Write for example fri, 2w, dec 1 or 2026-12-01."
DUE_IN_THE_PAST = "That date has passed. Write one from today on, for example fri or 2w."
DUE_TOO_FAR = "That date is more than five years away. Write a nearer one, for example 2w or 1 month."
NOT_A_SPAN = "I don't understand that length of time. Write for example 30m, 1h30 or 2 hours."

_WEEKDAY = r"(?P<weekday>(?:mon|tue(?:s)?|wed(?:nes)?|thu(?:r|rs)?|fri|sat(?:ur)?|sun)(?:day)?)"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DATE = (
    r"(?:(?P<y1>\d{4})-(?P<m1>\d{2})-(?P<d1>\d{2})"
    r"|(?P<d2>\d{1,2})\.(?P<m2>\d{1,2})\.(?P<y2>\d{4})?"
    rf"|(?P<m3>{_MONTH})\.? (?P<d3>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<y3>\d{{4}}))?"
    rf"|(?P<d4>\d{{1,2}})(?:st|nd|rd|th|\.)? (?P<m4>{_MONTH})\.?(?:,? (?P<y4>\d{{4}}))?)"
)
_CLOCK = r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.\d{1,9})?)?)? ?(?P<half>[ap]\.?m\.?)?"
_ZONE = r"(?: ?(?P<zone>z|(?:utc|gmt)[+-]\d\d?(?::?\d\d)?|[+-]\d\d:?\d\d|(?!am$|pm$)[a-z]{2,5}))?"
_DAY = rf"(?:(?P<word>today|yesterday)|(?:on )?(?:(?P<last>last )?{_WEEKDAY}(?:,? (?=\w))?)?{_DATE}?)"
_MOMENT = re.compile(rf"(?:{_DAY}(?:,? at |, ?| ?|(?<=\d)t(?=\d)))??{_CLOCK}{_ZONE}", re.ASCII)
_CLOCK_FIRST = re.compile(
    r"(?P<clock>\d[\d:.]*(?: ?[ap]\.?m\.?)?(?: ?z| ?[+-]\d\d:?\d\d| (?!on |last )[a-z]{2,5})?) (?:on )?"
    rf"(?P<day>(?:last )?{_WEEKDAY}|today|yesterday|{_DATE})",
    re.ASCII,
)
_PIECE = re.compile(
    r"(?P<count>\d{1,5}(?:\.\d{1,2})?|an?|one|half an?) ?"
    r"(?P<unit>weeks?|w|days?|d|hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s)(?![a-z])(?:,? and | |, )?",
    re.ASCII,
)
_UNITS = {"w": timedelta(weeks=1), "d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}
_UNITS["s"] = timedelta(seconds=1)
_UNIT = r"(?:weeks?|w|days?|d|hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s)"
_MORE_OF_A_TIME = re.compile(
    r"(?:(?:on|at|by|to|until|till|or|and|from|-) ?)?(?:"
    r"tomorrow|yesterday|today|tonight|noon|midnight|[ap]\.?m\.?"
    rf"|(?:(?:next|last|this|coming|previous) )?{_WEEKDAY}"
    r"|(?:next|last|this|previous|in the|the next|the same|every) "
    r"(?:week|month|year|night|day|morning|evening|afternoon|hour|minute)"
    rf"|{_DATE}|\d{{1,2}}:\d\d"
    r"|(?:in )?(?:an?|one|two|three|four|five|a few|a couple of|half an?|\d{1,5}) ?"
    rf"{_UNIT}(?: (?:and )?[\w ]{{1,15}})? (?:ago|from now|later|earlier|before)"
    rf"|in (?:an?|one|two|three|four|five|a few|a couple of|half an?|\d{{1,5}}) ?{_UNIT}"
    r")(?![\w'\u2019-])",
    re.IGNORECASE | re.ASCII,
)


# --- moments ---------------------------------------------------------------------------------------


def _plain(text: str, sentence: str) -> str:
    """Lower case, single spaces, ASCII only: a digit of another script is refused rather than guessed."""
    if len(text) > 2 * LONGEST_TEXT:
        raise BadTime(sentence)
    plain = " ".join(text.lower().split())
    if not plain or len(plain) > LONGEST_TEXT or not plain.isascii():
        raise BadTime(sentence)
    return plain


def parse_moment(text: str, now: datetime, zone: str) -> datetime:
    """The UTC moment somebody in `zone` means, at most two minutes after `now`. Raises BadTime.

    A bare clock time, a weekday or a date without its year is the latest one that is not in the future.
    """
    tz = zone_of(zone)
    plain = _plain(text, NOT_A_MOMENT).removeprefix("at ")
    if plain in ("now", "just now", "right now"):
        return now.astimezone(UTC)
    if plain.endswith(" ago"):
        return _not_too_old(now.astimezone(UTC) - _span(plain.removesuffix(" ago"), NOT_A_MOMENT))
    if re.fullmatch(r"\d{4}", plain, re.ASCII):
        plain = f"{plain[:2]}:{plain[2:]}"
    if (found := _MOMENT.fullmatch(_day_first(plain))) is None:
        raise BadTime(NOT_A_MOMENT)
    return _latest(found, now.astimezone(UTC), tz)


def _day_first(plain: str) -> str:
    turned = _CLOCK_FIRST.fullmatch(plain)
    return f"{turned['day']} {turned['clock']}" if turned else plain


def goes_on(rest: str) -> bool:
    """Whether what stands behind a time is more of it, so that the time alone is not what was meant."""
    return _MORE_OF_A_TIME.match(" ".join(rest[:LONGEST_TEXT].split())) is not None


def _latest(found: re.Match[str], now: datetime, tz: ZoneInfo) -> datetime:
    clock = time(*_clock(found))
    tz = ZoneInfo("UTC") if found["zone"] in ("z", "utc", "gmt") else tz
    if found["zone"] and found["zone"][0] in "+-" and found["y1"] is None:
        raise BadTime(NOT_A_MOMENT)  # "10:00-10:30" is a stretch of time, not an offset
    named = _date_parts(found) is not None or found["word"] is not None
    understood = False
    for day in _days(found, now.astimezone(tz).date()):
        if day.year < 1970:
            raise BadTime(TOO_LONG_AGO)
        moment = _placed(datetime.combine(day, clock), found["zone"], tz)
        if moment is None or not (named or found["zone"] or moment.astimezone(tz).date() == day):
            continue  # another zone's abbreviation, or a day that the zone left out (Apia in 2011)
        understood = True
        if moment <= now + LEEWAY:
            return _not_too_old(moment)
    raise BadTime(IN_THE_FUTURE if understood else NOT_A_MOMENT)


def _clock(found: re.Match[str]) -> tuple[int, int, int]:
    hour, half = int(found["hour"]), found["half"]
    if half:
        if not 1 <= hour <= 12:
            raise BadTime(NOT_A_MOMENT)
        hour = hour % 12 + (12 if half[0] == "p" else 0)
    minute, second = int(found["minute"] or 0), int(found["second"] or 0)
    if (not half and found["minute"] is None) or hour > 23 or minute > 59 or second > 59:
        raise BadTime(NOT_A_MOMENT)
    return hour, minute, second


def _placed(wall: datetime, written: str | None, tz: ZoneInfo) -> datetime | None:
    """The wall time in the written zone, offset or abbreviation; None where it names no time of that day."""
    if written in (None, "z", "utc", "gmt"):
        return local_to_utc(wall, tz.key)
    if offset := re.fullmatch(r"(?:utc|gmt)?([+-])(\d\d?):?(\d\d)?", written, re.ASCII):
        east = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        if east > timedelta(hours=14):
            return None
        return wall.replace(tzinfo=UTC) + (east if offset[1] == "-" else -east)
    both = (wall.replace(tzinfo=tz, fold=fold) for fold in (0, 1))
    return next((one.astimezone(UTC) for one in both if (one.tzname() or "").lower() == written), None)


def _days(found: re.Match[str], today: date) -> Iterator[date]:
    """The days the text may mean, latest first."""
    if found["word"]:
        yield today - timedelta(days=found["word"] == "yesterday")
    elif dated := _date_parts(found):
        wanted = found["weekday"]
        yield from (day for day in _dates(*dated, today) if not wanted or wanted[:3] == DAYS[day.weekday()].lower())
    elif found["weekday"]:
        since = (today.weekday() - _weekday(found["weekday"])) % 7
        since = since or (7 if found["last"] else 0)
        yield from (today - timedelta(days=since + 7 * back) for back in range(2))
    else:
        yield from (today + timedelta(days=1 - back) for back in range(4))


def _date_parts(found: re.Match[str]) -> tuple[int | None, int, int] | None:
    """Year (None if unsaid), month and day of whichever way of writing a date was used."""
    parts = {name[-2:]: value for name, value in found.groupdict().items() if value and name[-1] in "1234"}
    for way in "1234":
        if day := parts.get(f"d{way}"):
            month, year = parts[f"m{way}"], parts.get(f"y{way}")
            number = int(month) if month.isdigit() else MONTHS.index(month[:3].title()) + 1
            return (int(year) if year else None, number, int(day))
    return None


def _dates(year: int | None, month: int, day: int, today: date, ahead: int = 1) -> Iterator[date]:
    """The dates meant, latest first: of the said year, or of the years around today."""
    for one in [year] if year is not None else range(today.year + ahead, today.year - 9, -1):
        if 1 <= one <= 9998 and 1 <= month <= 12 and 1 <= day <= monthrange(one, month)[1]:
            yield date(one, month, day)


def _weekday(name: str) -> int:
    return DAYS.index(name[:3].title())


def _not_too_old(moment: datetime) -> datetime:
    if moment.year < 1970:
        raise BadTime(TOO_LONG_AGO)
    return moment


def clear_moment(tail: str, now: datetime, zone: str, markers: tuple[str, ...]) -> datetime | None:
    """The time that a piece of a text is by itself: "20m ago", a day with a clock time, a clock time after a marker."""
    plain = " ".join(tail.rstrip(".! \t\r\n").lower().split())
    first, _, after = plain.partition(" ")
    marked = first in markers
    wanted = after if marked else plain
    if not wanted.endswith(" ago"):
        found = _MOMENT.fullmatch(_day_first(wanted))
        if found is None or not (found["half"] or ":" in wanted):
            return None
        if not (marked or found["word"] or found["weekday"] or _date_parts(found)):
            return None
    try:
        return parse_moment(wanted, now, zone)
    except BadTime:
        return None


# --- due dates and lengths of time -----------------------------------------------------------------

_DUE_DAY = re.compile(rf"(?:(?P<which>next|this|on) )?{_WEEKDAY}", re.ASCII)
_DUE_DATE = re.compile(rf"(?:on )?{_DATE}", re.ASCII)
_DUE_IN = re.compile(r"(?:in )?(\d{1,4}|an?|one|next)? ?(d|days?|w|weeks?|wks?|mo|months?|y|years?)", re.ASCII)


def parse_due(text: str, now: datetime, zone: str) -> date:
    """The date somebody in `zone` means, from their today to five years on. Raises BadTime.

    "fri" is the first Friday after today, "next fri" next week's; "dec 1" is the coming one; "eow" is Friday.
    """
    today = local_date(now, zone)
    due = _due(text, today)
    if due is None:
        raise BadTime(NOT_A_DUE_DATE)
    if due < today:
        raise BadTime(DUE_IN_THE_PAST)
    if due > _months_on(today, 12 * FURTHEST_DUE_YEARS):
        raise BadTime(DUE_TOO_FAR)
    return due


def is_due(text: str) -> bool:
    """Whether it is written like a date, whether or not it is one that an item can have today."""
    try:
        return _due(text, date(2000, 1, 3)) is not None
    except BadTime:
        return False


def _due(text: str, today: date) -> date | None:
    plain = _plain(text, NOT_A_DUE_DATE).removeprefix("by ")
    return _named_due(plain, today) or _dated_due(plain, today) or _due_in(plain, today)


def _named_due(plain: str, today: date) -> date | None:
    if plain in ("today", "eod", "end of day"):
        return today
    if plain == "tomorrow":
        return today + timedelta(days=1)
    if plain in ("eow", "end of week", "end of the week"):
        return today + timedelta(days=(DAYS.index("Fri") - today.weekday()) % 7)
    if plain in ("eom", "end of month", "end of the month"):
        return today.replace(day=monthrange(today.year, today.month)[1])
    if found := _DUE_DAY.fullmatch(plain):
        ahead = _weekday(found["weekday"]) - today.weekday()
        if found["which"] in ("next", "this"):
            return today + timedelta(days=ahead + (7 if found["which"] == "next" else 0))
        return today + timedelta(days=(ahead - 1) % 7 + 1)
    return None


def _dated_due(plain: str, today: date) -> date | None:
    found = _DUE_DATE.fullmatch(plain)
    parts = found and _date_parts(found)
    if not parts:
        return None
    year, month, day = parts
    days = sorted(_dates(year, month, day, today, ahead=8))
    return next((one for one in days if one >= today), days[0] if days else None)


def _due_in(plain: str, today: date) -> date | None:
    found = _DUE_IN.fullmatch(plain)
    if found is None or not found[1]:
        return None
    count = int(found[1]) if found[1].isdigit() else 1
    if found[2][0] in "dw":
        return today + timedelta(days=count * (7 if found[2][0] == "w" else 1))
    return _months_on(today, count * (12 if found[2][0] == "y" else 1))


def _months_on(today: date, months: int) -> date:
    """The same day that many months later, or the month's last; never past the year 9999."""
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    year = min(year, 9999)
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


def parse_span(text: str) -> timedelta:
    """A length of time, more than none and at most ten years: "30m", "1h30", "2 hours". Raises BadTime."""
    span = _span(_plain(text, NOT_A_SPAN), NOT_A_SPAN)
    if span <= timedelta():
        raise BadTime(NOT_A_SPAN)
    return span


def _span(plain: str, sentence: str) -> timedelta:
    """The sum of the pieces, each in a smaller unit than the one before."""
    if short := re.fullmatch(r"(\d{1,5}) ?h ?(\d{1,2})", plain, re.ASCII):
        plain = f"{short[1]}h {short[2]}m"
    total, at, units = timedelta(), 0, "wdhms"
    while at < len(plain):
        piece = _PIECE.match(plain, at)
        if piece is None or piece["unit"][0] not in units:
            raise BadTime(sentence)
        units = units[units.index(piece["unit"][0]) + 1 :]
        total += _count(piece["count"]) * _UNITS[piece["unit"][0]]
        at = piece.end()
    if total > LONGEST_SPAN:
        raise BadTime(sentence)
    return total


def _count(written: str) -> float:
    if written[0].isdigit():
        return float(written)
    return 0.5 if written.startswith("half") else 1.0
