"""The words of the command line, without anything that they do: `debrief --help` has to answer at once."""

from __future__ import annotations

import argparse
from typing import TypeAlias

Adder: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - argparse has no public name for it


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser(
        prog="debrief", description="Runs incidents in chat, from the first message to the last finished action item."
    )
    commands = root.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for add in (
        _add_run,
        _add_demo,
        _add_looking,
        _add_exporting,
        _add_tokens,
        _add_people,
        _add_parked,
        _add_reminders,
        _add_policy,
        _add_incident,
    ):
        add(commands)
    return root


def _add(commands: Adder, name: str, about: str) -> argparse.ArgumentParser:
    added: argparse.ArgumentParser = commands.add_parser(name, help=about, description=about)
    return added


def _add_run(commands: Adder) -> None:
    run = _add(commands, "run", "Serve the platforms whose tokens are set; without any, the sandbox.")
    run.add_argument("--port", type=int, help="instead of DEBRIEF_PORT")
    _add(commands, "chat", "Try everything in this terminal, without any platform.")
    _add(commands, "migrate", "Bring the database's tables up to date.")


def _add_demo(commands: Adder) -> None:
    demo = _add(commands, "demo", "Play the recorded incident against a simulated platform and count what came of it.")
    demo.add_argument("--script", action="store_true", help="play it at full speed, without a page")
    demo.add_argument(
        "--platform", choices=["slack", "teams", "both"], default="slack", help="both: and compare what they give"
    )
    demo.add_argument("--transport", choices=["http", "socket"], default="http", help="of Slack")
    demo.add_argument("--json", metavar="FILE", help="write the counts there")


def _add_looking(commands: Adder) -> None:
    _add(commands, "doctor", "Name what is missing or wrong, each with its remedy.")
    manifest = _add(
        commands, "manifest", "What a platform's app is made from: Slack's is printed, for Teams packages are written."
    )
    manifest.add_argument("platform", choices=["slack", "teams"])
    manifest.add_argument(
        "--url", help="your public address (Slack: the manifest for requests over HTTP instead of Socket Mode)"
    )
    manifest.add_argument("--out", metavar="FILE", help="Teams: where to write instead of debrief-teams.zip")


def _add_exporting(commands: Adder) -> None:
    export = _add(commands, "export", "Write an incident's postmortem, timeline and action items.")
    export.add_argument("key", help="for example INC-42")
    export.add_argument("--format", choices=["md", "html", "pdf", "json", "external"], default="md")
    export.add_argument("--out", metavar="FILE", help="write there instead of printing")
    import_ = _add(commands, "import", "Read an incident back from what `debrief export --format json` wrote.")
    import_.add_argument("file", metavar="FILE")
    import_.add_argument("--as-new", action="store_true", help="under a new key, beside what is here")


def _add_tokens(commands: Adder) -> None:
    token = _add(commands, "token", "Make tokens for the HTTP API.")
    create = token.add_subparsers(dest="do", required=True).add_parser("create", help="print a new token, alone")
    create.add_argument("--name", required=True)
    create.add_argument("--as", dest="person", metavar="PERSON", help="act as this person (e-mail or name)")
    create.add_argument("--scope", choices=["read", "write"], default="write")
    create.add_argument("--expires", metavar="90d", help="how long it is valid; without it, until it is taken back")


def _add_people(commands: Adder) -> None:
    people = _add(commands, "people", "Who is known, which accounts are one person's, and who is an admin.")
    do = people.add_subparsers(dest="do", required=True)
    do.add_parser("list", help="everybody: id, name, kind, accounts and e-mail address")
    link = do.add_parser("link", help="make two one person, with all that either has and did")
    link.add_argument("kept", metavar="ONE", help="who stays (id, e-mail address or name)")
    link.add_argument("other", metavar="OTHER", help="who is ONE from now on")
    admin = do.add_parser("admin", help="make somebody an admin of Debrief, or no longer one")
    admin.add_argument("who", metavar="WHO", help="id, e-mail address or name")
    admin.add_argument("--off", action="store_true", help="no longer; somebody else has to be one")


def _add_parked(commands: Adder) -> None:
    parked = _add(commands, "parked", "Commands that failed on a bug of ours and were kept.")
    do = parked.add_subparsers(dest="do", required=True)
    do.add_parser("list", help="what is parked, and why")
    replay = do.add_parser("replay", help="try them again")
    replay.add_argument("ids", nargs="*", type=int, help="only these; without any, all")


def _add_reminders(commands: Adder) -> None:
    reminders = _add(commands, "reminders", "What would be sent to whom and when, if nobody did anything.")
    reminders.add_argument("--simulate", metavar="90d", required=True, help="how far to look ahead; nothing is sent")


def _add_policy(commands: Adder) -> None:
    policy = _add(commands, "policy", "What the organisation decides about itself: due dates, teams, permissions …")
    do = policy.add_subparsers(dest="do", required=True)
    do.add_parser("show", help="print what holds, as a file to begin with")
    for name, about in (
        ("check", "name what is wrong with a file"),
        ("preview", "print what a file would change"),
        ("apply", "print what a file changes, and change it"),
    ):
        one = do.add_parser(name, help=about)
        one.add_argument("file", metavar="FILE")
        if name != "check":
            one.add_argument(
                "--open-items", action="store_true", help="move open action items whose date nobody chose as well"
            )


def _add_incident(commands: Adder) -> None:
    incident = _add(commands, "incident", "Any verb that chat knows, for example `debrief incident list`.")
    incident.add_argument("words", nargs=argparse.REMAINDER)
