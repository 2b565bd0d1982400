"""Commands as buttons, forms and typed words make them."""

from __future__ import annotations

import pytest

import bot.commands  # noqa: F401  # fills the tables of rules
from bot.command import KINDS, NOT_TYPED, Capture, Receipt, build
from bot.grammar import read
from bot.model import MessageRef
from tests.bot.worlds import origin

SECRET = f"xoxb-{1234567:012}-{7654321:012}-AbCdEfGhIjKlMnOpQrStUvW7"
TYPED = sorted(
    (kind, name)
    for kind, made in KINDS.items()
    if not issubclass(made, Capture | Receipt) and not kind.startswith("test")
    for name, field in made.model_fields.items()
    if field.annotation is str and name not in NOT_TYPED
)


@pytest.mark.parametrize(("kind", "name"), TYPED)
def test_no_field_that_somebody_can_fill_keeps_a_secret(kind: str, name: str) -> None:
    assert SECRET not in build(kind, {name: f"it is {SECRET}\x00"}, origin()).model_dump_json()


@pytest.mark.parametrize(
    "words", ["help", "postmortem", "declare service:", "postmortem edit", "role", "action by", ""]
)
def test_no_typed_word_keeps_a_secret(words: str) -> None:
    assert SECRET not in read(f"{words} {SECRET}: x", origin()).model_dump_json()


def test_what_names_a_message_stays_as_it_is() -> None:
    message = MessageRef(platform="slack", tenant="T1", channel="C1", ts="1795438700.000100")
    link = "https://acme.slack.com/archives/C1/p4111111111111111"
    made = build("add_to_timeline", {"message": message.model_dump_json(), "permalink": link}, origin())
    assert made.message == message
    assert made.model_dump()["permalink"] == link
