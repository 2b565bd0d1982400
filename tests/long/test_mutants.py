"""Known bugs, planted one at a time into a copy of the project, turn the quick suite red."""

from __future__ import annotations

import pytest

from scripts.mutants import MUTANTS, ROOT, Mutant, noticed, outcome

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_planted_bug_is_noticed(mutant: Mutant) -> None:
    assert noticed(mutant)


@pytest.mark.parametrize("tests", sorted({mutant.noticed_by for mutant in MUTANTS}))
def test_without_a_planted_bug_the_same_tests_are_green(tests: str) -> None:
    assert outcome(tests, ROOT) == 0
