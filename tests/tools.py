"""Programs of the machine that some tests use: found, or installed where that is allowed, or None."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path


@cache
def strace() -> Path | None:
    found = shutil.which("strace")
    if found is None and _installed("strace"):
        found = shutil.which("strace")
    may = found and subprocess.run([found, "-o", os.devnull, "true"], capture_output=True, check=False).returncode == 0
    return Path(found) if found and may else None


@cache
def faketime() -> Path | None:
    """The library that is loaded before all others."""
    return _library() or (_library() if _installed("libfaketime") else None)


def _library() -> Path | None:
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    return found[0] if found else None


def _installed(package: str) -> bool:
    """Debian's package, where we may; nothing is fetched otherwise."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        return subprocess.run(command, env=quiet, capture_output=True, timeout=120, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
