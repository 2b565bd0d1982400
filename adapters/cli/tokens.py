"""How long a token made on the command line lives."""

from __future__ import annotations

import re
from datetime import timedelta

UNITS = {"h": "hours", "d": "days", "w": "weeks"}


def lifetime(said: str | None) -> timedelta | None:
    """`90d`, `12h` or `4w`; None where nothing, or nothing like that, was said."""
    found = re.fullmatch(r"([1-9][0-9]{0,3})([hdw])", (said or "").strip().lower())
    return timedelta(**{UNITS[found[2]]: int(found[1])}) if found else None
