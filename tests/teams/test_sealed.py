"""What a card carries comes back as it was sealed, or not at all."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.teams.sealed import NAME, Seal, Sealed
from bot.errors import Refused
from bot.words import teams as words

SEAL = Seal("a secret of this instance")
WHOLE = Sealed(
    does="update",
    args={"incident": "INC-1", "to": "ä 😀"},
    channel="19:x@thread.tacv2;messageid=1700000000000",
    account="teams:T1:29:1abc",
    once="n1",
    turn="t1",
    kinds={"owner": "person"},
    form="{}",
)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SEALED = st.builds(
    Sealed, does=WORDS, args=st.dictionaries(WORDS, WORDS, max_size=3), channel=WORDS, account=WORDS, once=WORDS,
    turn=WORDS, kinds=st.dictionaries(WORDS, WORDS, max_size=2), form=WORDS,
)  # fmt: skip
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=10))
ANYTHING = st.recursive(
    LEAVES,
    lambda deeper: st.one_of(st.lists(deeper, max_size=3), st.dictionaries(st.text(max_size=4), deeper, max_size=4)),
)


def refused(data: Any, seal: Seal = SEAL) -> bool:
    with pytest.raises(Refused) as caught:
        seal.open(data)
    return caught.value.text.plain() == words.CARD_CHANGED


@given(SEALED)
def test_what_was_sealed_comes_back_through_json_in_any_order(sealed: Sealed) -> None:
    shut = json.loads(json.dumps(SEAL.shut(sealed)))
    turned = {NAME: dict(reversed(list(shut[NAME].items())))}
    assert SEAL.open(shut) == SEAL.open(turned) == sealed


def test_what_teams_merges_beside_it_is_no_part_of_it() -> None:
    assert SEAL.open({**SEAL.shut(WHOLE), "title": "typed", "msteams": {"type": "task/fetch"}}) == WHOLE


@settings(max_examples=40, deadline=None)
@given(ANYTHING)
def test_nothing_that_we_did_not_seal_is_opened(anything: Any) -> None:
    assert refused(anything)
    assert refused({NAME: anything})
    for name in SEAL.shut(WHOLE)[NAME]:
        if SEAL.shut(WHOLE)[NAME][name] != anything:
            assert refused({NAME: {**SEAL.shut(WHOLE)[NAME], name: anything}})
    assert refused({NAME: {**SEAL.shut(WHOLE)[NAME], "x": anything}})


@pytest.mark.parametrize("name", sorted(SEAL.shut(WHOLE)[NAME]))
def test_a_field_that_was_changed_swapped_or_left_out_is_refused(name: str) -> None:
    shut = SEAL.shut(WHOLE)[NAME]
    other = SEAL.shut(Sealed(does="resolve", args={"incident": "INC-2"}, channel="c", account="a", once="2"))[NAME]
    assert refused({NAME: {key: value for key, value in shut.items() if key != name}})
    if name != "v":
        assert refused({NAME: {**shut, name: other.get(name, "")}})
    changed = copy.deepcopy(shut)
    changed[name] = {**shut[name], "incident": "INC-9"} if isinstance(shut[name], dict) else f"{shut[name]} "
    assert refused({NAME: changed})


def test_another_instance_and_another_version_are_refused() -> None:
    assert refused(SEAL.shut(WHOLE), Seal("another secret"))
    assert refused({NAME: {**SEAL.shut(WHOLE)[NAME], "v": 2}})
    assert refused({NAME: {**SEAL.shut(WHOLE)[NAME], "v": True}})


def test_half_characters_do_not_go_on_the_way() -> None:
    shut = SEAL.shut(Sealed(does="x", args={"a": "b\ud83d"}))
    json.dumps(shut, ensure_ascii=False).encode("utf-8")
    assert SEAL.open(shut).args == {"a": "b\ufffd"}


def test_a_seal_without_a_secret_is_not_made() -> None:
    with pytest.raises(ValueError, match="secret"):
        Seal("")


def test_a_very_large_or_deep_forgery_is_refused_at_once() -> None:
    deep: Any = "x"
    for _ in range(900):
        deep = {"a": deep}
    assert refused({NAME: {"v": 1, "d": deep, "sig": "x"}})
    assert refused({NAME: {"v": 1, "d": "x" * 2_000_000, "sig": "x"}})
    assert refused({NAME: {"v": 1, "d": "x", "sig": "\ud83d"}})
