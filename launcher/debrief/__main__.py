"""Finds the program's packages and starts them: below `_app` when installed, in the checkout otherwise.

They are put before everything else on the path, so that another distribution's `adapters` cannot come first.
"""

import sys
from pathlib import Path


def root() -> Path:
    """The directory that holds `bot`, `adapters`, `storage` and `manifest.yaml`."""
    here = Path(__file__).resolve().parent
    installed = here / "_app"
    return installed if installed.is_dir() else here.parent.parent


def prepare() -> None:
    """Makes the program's packages importable; doing it twice changes nothing."""
    if sys.path[:1] != [str(root())]:
        sys.path.insert(0, str(root()))


def main() -> int:
    """Runs the command line; what it returns is the exit code."""
    prepare()
    from bot.__main__ import main as run

    return run()


if __name__ == "__main__":
    sys.exit(main())
