"""Finds a Chromium for the browser tests, or installs one where it may; what cannot be had is said loudly.

`--find` prints the path alone. The tests ask in the same way, so that both always mean the same browser.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ABSENT = """
************************************************************************
  NO CHROMIUM: the tests marked `browser` WILL NOT RUN.
  {reason}
  Remedy: install Chromium or Chrome, or name one: CHROMIUM=/path/to/it
************************************************************************
"""


def find() -> Path | None:
    """$CHROMIUM, then a browser on the path, then the one that Playwright keeps for itself."""
    for name in (os.environ.get("CHROMIUM", ""), *NAMES):
        found = shutil.which(name) if name else None
        if found:
            return Path(found)
    return find_playwrights()


def find_playwrights() -> Path | None:
    cache = os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or str(Path.home() / ".cache" / "ms-playwright")
    mac = Path.home() / "Library" / "Caches" / "ms-playwright"
    for folder in (Path(cache), mac):
        for pattern in ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/*.app/Contents/MacOS/*"):
            found = sorted(folder.glob(pattern))
            if found:
                return found[-1]
    return None


def try_to_run(*command: str) -> bool:
    print("browser:", " ".join(command), flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        return subprocess.run(command, env=quiet, stdin=subprocess.DEVNULL, timeout=600, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def install() -> None:
    """Debian's package where we may, else Playwright's own build, which comes from the network."""
    if os.name == "posix" and shutil.which("apt-get") and os.geteuid() == 0:
        try_to_run("apt-get", "update", "-qq")
        if try_to_run("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"):
            return
    try_to_run(sys.executable, "-m", "playwright", "install", "chromium")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--find", action="store_true", help="print the path of the browser, install nothing")
    asked = parser.parse_args()
    found = find()
    if asked.find:
        print(found or "")
        return
    if found is None:
        install()
        found = find()
    if found is None:
        print(ABSENT.format(reason="None was found and none could be installed here."), flush=True)
        return
    print(f"browser: {found}", flush=True)


if __name__ == "__main__":
    main()
