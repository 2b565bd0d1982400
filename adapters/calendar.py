"""Public holidays by country, from the `holidays` library."""

from __future__ import annotations

from functools import lru_cache

import holidays


@lru_cache(maxsize=256)
def public_holidays(country: str, year: int) -> frozenset[str]:
    """ISO dates; none for an unknown country. `country` is an ISO 3166 code, with a subdivision as in `DE-BY`; of one
    that is not known, the whole country's."""
    code, _, subdivision = country.upper().partition("-")
    try:
        found = holidays.country_holidays(code, subdiv=subdivision or None, years=year)
    except NotImplementedError:
        return public_holidays(code, year) if subdivision else frozenset()
    return frozenset(day.isoformat() for day in found)
