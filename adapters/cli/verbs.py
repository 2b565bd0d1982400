"""`debrief incident …` and `debrief parked …`: rules carried out from here, in one short transaction each."""

from __future__ import annotations

import getpass
import secrets
from collections.abc import Callable, Iterable, Sequence

from bot import grammar
from bot.command import Command, Origin
from bot.engine import handle, refusal
from bot.errors import Refused
from bot.parking import Kept, replay
from bot.ports import Store
from bot.rules import VERBS
from bot.text import Button, Form, Reply, with_pages
from bot.words import terminal as words

Show = Callable[[str], None]


def incident(store: Store, organisation: str, said: str, show: Show, pages: str = "") -> int:
    """Exit code 0, or 1 where the verb was refused or wants more. `pages` is the address of the pages, if any."""
    try:
        command = grammar.read(said, here(organisation))
        with store.transaction() as tx:
            reply = handle(tx, command)
    except Refused as refused:
        reply, command = refusal(refused), None
    card = with_pages(reply.card, lambda path: f"{pages}{path}" if pages else "")
    return _shown(reply.model_copy(update={"card": card}), command, show)


def here(organisation: str) -> Origin:
    """A gesture of whoever types."""
    return Origin(
        id=f"cli:{secrets.token_hex(12)}", platform="cli", tenant=organisation, actor=f"integration:{_user()}"
    )


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "operator"


def _shown(reply: Reply, command: Command | None, show: Show) -> int:
    if reply.form is not None:
        show(missing(reply.form, command))
        return 1
    show(reply.plain())
    for button in _buttons(reply):
        if command and button.does == command.kind and "incident" in button.args:
            show(f"  {button.label}")
    return 0 if reply.outcome == "done" else 1


def missing(form: Form, command: Command | None) -> str:
    """What a form would ask for, where no form can be shown."""
    asked = ", ".join(one.label.lower() for one in form.inputs if one.required and not one.initial)
    verb = next((verb for verb in VERBS.values() if command and verb.kind == command.kind), None)
    return words.missing(form.title, asked, verb.example if verb else "")


def _buttons(reply: Reply) -> Iterable[Button]:
    return (button for section in reply.card.sections for button in section.buttons)


def parked(store: Kept, show: Show) -> int:
    """Lists what is parked: number, kind, since when, and where it failed. No words of anybody."""
    with store.transaction() as tx:
        waiting = tx.parked()
    for one in waiting:
        show(f"{one.id}  {one.kind}  {one.at:%Y-%m-%d %H:%M} UTC  {one.error}")
    if not waiting:
        show("Nothing is parked.")
    return 0


def replayed(store: Kept, numbers: Sequence[int], show: Show) -> int:
    """Tries parked commands again, each in a transaction of its own; what fails again stays parked."""
    with store.transaction() as tx:
        known = [one.id for one in tx.parked(10_000)]
    failed = 0
    for number in numbers or known:
        well, outcome = replay(store, number)
        show(f"{number}: {outcome}")
        failed += not well
    return 1 if failed else 0
