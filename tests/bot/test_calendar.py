"""Public holidays: of a country, of a part of it, and of what nobody knows."""

from __future__ import annotations

from adapters.calendar import public_holidays


def test_a_region_has_its_own_and_one_that_is_unknown_has_its_countrys() -> None:
    assert "2026-01-06" in public_holidays("DE-BY", 2026)
    assert public_holidays("DE-ZZ", 2026) == public_holidays("DE", 2026)
    assert "2026-10-03" in public_holidays("DE", 2026)
    assert public_holidays("ZZ", 2026) == frozenset()
