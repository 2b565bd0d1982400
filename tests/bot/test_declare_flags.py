"""What stands beside the title of a declaration: a slip of the finger makes nothing public that was to be private."""

from __future__ import annotations

import pytest

from bot.errors import Refused
from tests.bot.worlds import said, the, world


@pytest.mark.parametrize(
    "words",
    ["--private", "-private", "-- private", "—private", "--Private"],
)
def test_a_flag_behind_the_title_makes_it_private_however_its_dashes_are_typed(words: str) -> None:
    decision = said(world(), f"declare sev1 Customer data leaked {words}")
    assert (the(decision).private, the(decision).title) == (True, "Customer data leaked")
    assert "privately" in decision.reply.plain()


@pytest.mark.parametrize(
    "words",
    ["private: Customer data leaked", "private sev2 Customer data leaked", "Customer data leaked (private)"],
)
def test_private_is_understood_where_it_can_be_no_part_of_a_title(words: str) -> None:
    declared = the(said(world(), f"declare {words}"))
    assert (declared.private, declared.title) == (True, "Customer data leaked")
    assert not the(said(world(), "declare private keys leaked")).private


@pytest.mark.parametrize(
    ("flag", "meant"), [("--prvate", "--private"), ("—privat", "--private"), ("--severity 1", "--private")]
)
def test_a_slip_of_the_finger_declares_nothing(flag: str, meant: str) -> None:
    with pytest.raises(Refused, match=f"I do not know.*{meant}.*Nothing was declared"):
        said(world(), f"declare sev1 Customer data leaked {flag}")
    assert the(said(world(), "declare Checkout - EU only — slow")).title == "Checkout - EU only — slow"


def test_when_it_began_is_echoed() -> None:
    assert "The impact began" in said(world(), "declare sev2 Checkout is down --started 09:00").reply.plain()
