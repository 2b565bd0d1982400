"""Makes ./.venv from the lock files alone: nothing that is not named there, with its hash, is ever installed.

It runs before anything is installed, so it uses the standard library alone (Python 3.11 to 3.13).
When nothing has changed since the last time it does nothing and needs no network.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
STAMP = VENV / "debrief-setup.txt"
LOCK = ROOT / "requirements.lock"
INPUTS = (LOCK, ROOT / "pyproject.toml", ROOT / "launcher" / "debrief" / "__main__.py", Path(__file__))
OLDEST, NEWEST = (3, 11), (3, 13)


def say(text: str) -> None:
    print(f"setup: {text}", flush=True)


def fail(text: str) -> None:
    raise SystemExit(f"setup: {text}")


def suits(version: tuple[int, int]) -> bool:
    return OLDEST <= version <= NEWEST


def run(*command: str | Path) -> None:
    if subprocess.run([str(part) for part in command], cwd=ROOT, check=False).returncode:
        fail(f"this step did not succeed: {' '.join(str(part) for part in command)}")


def wanted() -> str:
    """What the environment must have been made from, as one line."""
    digest = hashlib.sha256()
    for path in INPUTS:
        digest.update(path.read_bytes())
    return f"{ROOT} {digest.hexdigest()}\n"


def is_ready() -> bool:
    """The paths inside an environment are absolute, so one that was moved or copied here is made anew."""
    return STAMP.is_file() and STAMP.read_text() == wanted() and (BIN / "debrief").exists() and runs()


def runs() -> bool:
    """False where the Python that the environment was made from is gone or is not one that suits."""
    code = f"import sys; raise SystemExit(not {OLDEST} <= sys.version_info[:2] <= {NEWEST})"
    try:
        return subprocess.run([str(BIN / "python"), "-c", code], check=False).returncode == 0
    except OSError:
        return False


def make_venv() -> None:
    if runs() and (BIN / "pip").exists():
        return
    say(f"making .venv with Python {sys.version.split()[0]}")
    # Asked by the environment that is to be replaced, the Python below it makes the new one.
    base = getattr(sys, "_base_executable", sys.executable)
    made = subprocess.run([base, "-m", "venv", "--clear", str(VENV)], check=False)
    if made.returncode:
        fail(
            f"{sys.executable} cannot make a virtual environment: its venv or ensurepip module is missing. "
            "On Debian and Ubuntu: apt-get install python3-venv. Elsewhere install Python from its own "
            "packages, or name another one: make setup PYTHON=/path/to/python3.12"
        )


def locked(name: str) -> str:
    """The lines of one package in the lock, hashes included."""
    found = re.search(rf"^{name}==(?:.*\\\n)*.*", LOCK.read_text(), re.MULTILINE)
    if found is None:
        fail(f"requirements.lock does not name {name}; run: make lock")
        raise AssertionError
    return found.group(0) + "\n"


def fetch_uv() -> None:
    """uv is one of the locked packages; pip brings it, and it brings the others faster."""
    version = locked("uv").split()[0].replace("==", " ")
    uv = BIN / "uv"
    if uv.exists():
        present = subprocess.run([str(uv), "--version"], capture_output=True, text=True, check=False).stdout
        if present.startswith(f"{version} ") or present.strip() == version:
            return
    say(f"fetching {version}")
    with tempfile.TemporaryDirectory() as folder:
        requirement = Path(folder) / "uv.txt"
        requirement.write_text(locked("uv"))
        run(BIN / "python", "-m", "pip", "install", "--disable-pip-version-check", "--quiet",
            "--require-hashes", "--no-deps", "--requirement", requirement)  # fmt: skip


def install() -> None:
    say("installing the locked packages (the first time this takes a minute or two)")
    python = BIN / "python"
    run(BIN / "uv", "pip", "install", "--python", python, "--require-hashes", "--requirement", LOCK)
    say("installing debrief from this checkout")
    run(BIN / "uv", "pip", "install", "--python", python, "--offline", "--no-deps", "--no-build-isolation",
        "--reinstall-package", "debrief", "--editable", ROOT)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say, by the exit code, whether all is ready")
    asked = parser.parse_args()
    if asked.check:
        raise SystemExit(not is_ready())
    if is_ready():
        return
    if not suits((sys.version_info[0], sys.version_info[1])):
        fail(f"Python 3.11, 3.12 or 3.13 is needed, and this is {sys.version.split()[0]} ({sys.executable})")
    started = time.monotonic()
    make_venv()
    fetch_uv()
    install()
    STAMP.write_text(wanted())
    say(f"ready after {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
