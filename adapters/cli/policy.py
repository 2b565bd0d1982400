"""`debrief policy …`: what holds, whether a file is one, what it would alter, and the change itself.

Law: what is applied was shown, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from adapters.cli.verbs import here
from bot.commands.policy import SetPolicy
from bot.engine import handle
from bot.errors import Refused
from bot.model import Organisation, Person
from bot.policy_file import written_toml
from bot.policy_written import written_of
from bot.ports import Store
from bot.settings_policy import read_policy_file
from bot.words import policy as words

Show = Callable[[str], None]


def show(organisation: Organisation, people: dict[str, Person], tell: Show) -> int:
    def name(id_: str) -> str:
        return (people[id_].email or people[id_].name) if id_ in people else ""

    tell(written_toml(written_of(organisation.policies, name)).rstrip("\n"))
    return 0


def check(path: Path, tell: Show, complain: Show) -> int:
    _, problems = read_policy_file(path)
    for problem in problems:
        complain(problem)
    if not problems:
        tell(words.is_good(path.name))
    return 1 if problems else 0


def change(store: Store, organisation: str, path: Path, tell: Show, complain: Show, *, dates: str, apply: bool) -> int:
    """Exit code 0 where it was shown, or done; 1 where it is refused."""
    written, problems = read_policy_file(path)
    if written is None:
        for problem in problems:
            complain(problem)
        return 1
    try:
        with store.transaction() as tx:
            reply = handle(tx, SetPolicy(origin=here(organisation), wanted=written, dates=dates))
            if apply and reply.form is not None:
                seen = reply.form.args["seen"]
                reply = handle(tx, SetPolicy(origin=here(organisation), wanted=written, dates=dates, seen=seen))
    except Refused as refused:
        complain(str(refused))
        return 1
    (tell if reply.outcome == "done" else complain)(reply.plain())
    return 0 if reply.outcome == "done" else 1
