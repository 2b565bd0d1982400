"""How typed words become a command, before any rule sees them."""

from __future__ import annotations

import pytest

from bot.command import Command
from bot.errors import Refused
from bot.grammar import read
from bot.text import mention_token
from tests.bot.worlds import MAYA, TOM, incident, origin, said, the, world

MAYAS = mention_token(MAYA.accounts[0].key)


def same(one: Command, other: Command) -> bool:
    return one.model_copy(update={"origin": other.origin}) == other


# -- in front of the verb


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("/incident status", "status"),
        ("/Incident /incident status", "status"),
        ("/incident note restarted", "note restarted"),
        ("/incident INC-1 status", "INC-1 status"),
        ("/incident", ""),
        ("INC-1", "status INC-1"),
        ("#1", "status INC-1"),
        ("/incident inc-1", "status INC-1"),
        ("INC-abcde", "status INC-ABCDE"),
    ],
)
def test_the_command_said_twice_and_a_key_alone_are_understood(words: str, meant: str) -> None:
    assert same(read(words, origin()), read(meant, origin()))


@pytest.mark.parametrize("words", ["incident status", "/incidents", "INC-1 nonsense", "INC-", "#"])
def test_what_is_no_verb_stays_unknown(words: str) -> None:
    assert read(words, origin()).kind in ("unknown", "list")


def test_the_status_of_a_key_alone_is_that_incidents() -> None:
    assert "INC-42" in said(world(about=incident()), "INC-42").reply.plain()


# -- roles


@pytest.mark.parametrize(
    ("words", "role", "who"),
    [
        ("role comms me", "comms", "tom"),
        ("role comms @me", "comms", "tom"),
        ("role comms to me", "comms", "tom"),
        ("role comms", "comms", "tom"),
        ("role comms @maya", "comms", "maya"),
        ("role comms maya", "comms", "maya"),
        (f"role comms {MAYAS}", "comms", "maya"),
        (f"role comms: {MAYAS}", "comms", "maya"),
        (f"role comms to {MAYAS}", "comms", "maya"),
        (f"role {MAYAS} comms", "comms", "maya"),
        ("role comms lead", "comms lead", "tom"),
        ("role database expert me", "database expert", "tom"),
        ("role database expert", "database expert", "tom"),
        ("role communications me", "comms", "tom"),
    ],
)
def test_a_role_and_whose_it_is_are_told_apart(words: str, role: str, who: str) -> None:
    assert the(said(world(TOM, about=incident()), words)).roles == {role: who}


@pytest.mark.parametrize("words", ["role comms somebody", "role ops to nobody", "role comms @nobody"])
def test_a_known_role_for_somebody_who_is_not_known_is_refused_and_makes_no_role_of_that_name(words: str) -> None:
    with pytest.raises(Refused, match=words.rsplit(maxsplit=1)[-1]):
        said(world(TOM, about=incident()), words)


def test_me_alone_is_no_role() -> None:
    decision = said(world(TOM, about=incident()), "role me")
    assert decision.reply.form is not None
    assert the(decision).roles == {}
