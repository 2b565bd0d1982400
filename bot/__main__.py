"""The command `debrief`: reads the words, loads only what they need, and builds the program from its parts.

Law: this is the one module of `bot` that knows adapters and storage. Everything heavy is imported inside the command that
uses it, so that `debrief --help` answers at once.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.settings import Settings

Run = Callable[[argparse.Namespace, "Settings"], int]


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code: 0 done, 1 refused or not well, 2 wrong words or settings."""
    asked = _parser().parse_args(argv)
    from bot.settings import SettingsWrong

    try:
        settings = _settings(asked)
    except SettingsWrong as wrong:
        print("Debrief does not start like this:", *(f"  - {line}" for line in wrong.problems), sep="\n", file=sys.stderr)
        return 2
    code: int = asked.run(asked, settings)
    return code


def _settings(asked: argparse.Namespace) -> Settings:
    from dotenv import dotenv_values

    from bot.settings import read_settings

    told = {name: value for name, value in dotenv_values(Path.cwd() / ".env").items() if value is not None}
    told.update(os.environ)
    if getattr(asked, "port", None) is not None:
        told["DEBRIEF_PORT"] = str(asked.port)
    return read_settings(told)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="debrief", description="Runs incidents in chat, from the first message to the last finished action item."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for add in (_add_run, _add_demo, _add_looking, _add_tokens, _add_parked, _add_incident):
        add(commands)
    return parser


Adder = "argparse._SubParsersAction[argparse.ArgumentParser]"


def _add(commands: Adder, name: str, run: Run, about: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=about, description=about)
    parser.set_defaults(run=run)
    return parser


def _add_run(commands: Adder) -> None:
    run = _add(commands, "run", _run, "Serve the platforms whose tokens are set; without any, the sandbox.")
    run.add_argument("--port", type=int, help="instead of DEBRIEF_PORT")
    _add(commands, "chat", _chat, "Try everything in this terminal, without any platform.")
    _add(commands, "migrate", _migrate, "Bring the database's tables up to date.")


def _add_demo(commands: Adder) -> None:
    demo = _add(commands, "demo", _demo, "Play the recorded incident against a simulated platform and count what came of it.")
    demo.add_argument("--script", action="store_true", help="play it at full speed, without a page")
    demo.add_argument("--platform", choices=["slack"], default="slack")
    demo.add_argument("--transport", choices=["http", "socket"], default="http")
    demo.add_argument("--json", metavar="FILE", help="write the counts there")


def _add_looking(commands: Adder) -> None:
    _add(commands, "doctor", _doctor, "Name what is missing or wrong, each with its remedy.")
    manifest = _add(commands, "manifest", _manifest, "Print the manifest that a platform's app is made from.")
    manifest.add_argument("platform", choices=["slack"])
    manifest.add_argument("--url", help="your public address: the manifest for requests over HTTP instead of Socket Mode")
    export = _add(commands, "export", _export, "Print an incident's postmortem, timeline and action items.")
    export.add_argument("key", help="for example INC-42")
    export.add_argument("--format", choices=["md", "json"], default="md")


def _add_tokens(commands: Adder) -> None:
    token = _add(commands, "token", _token, "Make tokens for the HTTP API.")
    create = token.add_subparsers(dest="do", required=True).add_parser("create", help="print a new token, alone")
    create.add_argument("--name", required=True)
    create.add_argument("--as", dest="person", metavar="PERSON", help="act as this person (e-mail or name)")
    create.add_argument("--scope", choices=["read", "write"], default="write")
    create.add_argument("--expires", metavar="90d", help="how long it is valid; without it, until it is taken back")


def _add_parked(commands: Adder) -> None:
    parked = _add(commands, "parked", _parked, "Commands that failed on a bug of ours and were kept.")
    do = parked.add_subparsers(dest="do", required=True)
    do.add_parser("list", help="what is parked, and why")
    replay = do.add_parser("replay", help="try them again")
    replay.add_argument("ids", nargs="*", type=int, help="only these; without any, all")


def _add_incident(commands: Adder) -> None:
    incident = _add(commands, "incident", _incident, "Any verb that chat knows, for example `debrief incident list`.")
    incident.add_argument("words", nargs=argparse.REMAINDER)


def _run(asked: argparse.Namespace, settings: Settings) -> int:
    from adapters.cli.run import run
    from bot.failpoint import arm

    arm(settings.failpoint)
    return run(settings, _program)


if __name__ == "__main__":
    sys.exit(main())
