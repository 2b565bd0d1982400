"""Commands as buttons, forms and typed words make them."""

from __future__ import annotations

import pytest

import bot.commands  # noqa: F401  # fills the tables of rules
from bot.command import KINDS, NOT_TYPED, Capture, Receipt, build
from bot.errors import Refused
from bot.grammar import read
from bot.model import MessageRef
from bot.rules import VERBS
from tests.bot.worlds import GUEST, origin, said, world

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


@pytest.mark.parametrize(("typed", "verb"), [
    ("close it please", "close"), ("undo that", "undo"), ("catch-up me", "catchup"), ("web please", "web"),
    ("setup now", "setup"),
])  # fmt: skip
def test_a_verb_that_takes_no_words_says_so(typed: str, verb: str) -> None:
    with pytest.raises(Refused, match=f"^{verb} takes no words behind it. .* /incident {verb} alone does it"):
        read(typed, origin())


@pytest.mark.parametrize("word", VERBS)
def test_no_words_behind_a_verb_are_answered_in_the_words_of_a_library(word: str) -> None:
    told = ""
    try:
        read(f"{word} some words that nobody expects", origin())
    except Refused as refused:
        told = str(refused)
    assert not told or "takes no words" in told


def test_a_guest_who_owns_an_item_gets_a_link_to_the_pages_too() -> None:
    assert "pages (for you alone" in said(world(GUEST), "web").reply.plain()


@pytest.mark.parametrize(
    "typed", ["update INC-2 all is well", "resolve inc-2 done", "lead INC-2 @tom", "timeline INC-2", "close INC-2:"]
)
def test_a_key_behind_a_verb_is_asked_about_and_in_front_it_counts(typed: str) -> None:
    with pytest.raises(Refused, match=r"INC-2 stands behind the verb.*Nothing was changed"):
        read(typed, origin())
    verb, key, *rest = typed.rstrip(":").split()
    assert read(f"{key} {verb} {' '.join(rest)}", origin()).incident == "INC-2"


@pytest.mark.parametrize(
    "typed", ["status INC-2", "actions INC-2", "similar INC-2", "note #infra was told", "INC-1 note INC-2 is alike"]
)
def test_where_a_key_or_a_channel_may_stand_behind_a_verb_it_does(typed: str) -> None:
    assert read(typed, origin()).kind in ("status", "actions", "similar", "note")
