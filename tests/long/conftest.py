"""The same rigs as the quick suite's, at length."""

from tests.faults.conftest import nursery, rig, sqlite_url, url

__all__ = ["nursery", "rig", "sqlite_url", "url"]
