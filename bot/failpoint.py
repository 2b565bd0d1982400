"""Places at which a test may let the whole program die, as a power cut would. Off unless armed at start."""

from __future__ import annotations

import os

_armed: dict[str, int] = {}


def arm(spec: str) -> None:
    """`name` dies at the first passing, `name:3` at the third. Only for use with simulators."""
    if spec:
        name, _, nth = spec.partition(":")
        _armed[name] = int(nth or 1)


def failpoint(name: str) -> None:
    if not _armed or name not in _armed:
        return
    _armed[name] -= 1
    if _armed[name] == 0:
        os._exit(137)
