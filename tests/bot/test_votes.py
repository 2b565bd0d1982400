"""Useful, or not: one person's word counts for them, and what two more say than the opposite counts for everybody."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.similar import MOST_SHOWN, Past, left_out, ranked, similar
from bot.similar_cards import similar_card
from bot.votes import MOVES, Vote, Votes, counted
from tests.bot.test_similar import POOL, found, past
from tests.bot.worlds import NOW, TOM, incident, world

KEYS = [f"INC-{n}" for n in range(1, 6)]


def vote(person: str, useful: bool, of: str = "inc-1", beside: str = "now") -> Vote:
    return Vote(incident=beside, past=of, person=person, useful=useful)


def several(*votes: Vote, reader: str = "") -> tuple[Past, ...]:
    """Five that are alike, the first the most, with what people said of them."""
    alike = [past(key, days=30 * n) for n, key in enumerate(KEYS, 1)]
    return tuple(
        one.model_copy(update={"votes": counted(votes, "now", one.incident.id, reader)}) for one in alike
    )  # fmt: skip


def shown(*votes: Vote, reader: str = "") -> list[str]:
    return [one.past.incident.key for one in similar(found(*several(*votes, reader=reader)), NOW)]


def test_without_a_vote_the_most_alike_are_shown() -> None:
    assert shown() == KEYS[:3]


def test_what_two_found_of_no_use_is_left_out_for_everybody_and_the_next_comes() -> None:
    votes = vote("tom", useful=False), vote("ines", useful=False)
    assert shown(*votes) == KEYS[1:4]
    assert [one.past.incident.key for one in left_out(found(*several(*votes)), NOW)] == ["INC-1"]
    assert shown(*votes, vote("maya", useful=True)) == KEYS[:3]


def test_one_person_leaves_it_out_for_themselves_and_keeps_what_others_left_out() -> None:
    no = vote("tom", useful=False)
    assert shown(no) == KEYS[:3]
    assert shown(no, reader="tom") == KEYS[1:4]
    others = vote("ines", useful=False), vote("maya", useful=False), vote("tom", useful=True)
    assert "INC-1" in shown(*others, reader="tom")


def test_what_people_found_of_no_use_elsewhere_comes_later_and_is_never_left_out_by_that() -> None:
    elsewhere = [vote(who, useful=False, beside=f"then-{n}") for n, who in enumerate(("tom", "ines"))]
    assert ranked(found(*several(*elsewhere)), NOW)[0].past.incident.key != "INC-1"
    assert left_out(found(*several(*elsewhere)), NOW) == ()
    only = past().model_copy(update={"votes": counted(elsewhere, "now", "inc-1")})
    assert similar(found(only), NOW)


def test_the_reason_tells_the_counts_and_what_is_left_out_can_be_brought_back() -> None:
    votes = vote("tom", useful=False), vote("ines", useful=False), vote("maya", useful=True, of="inc-2")
    seen = found(*several(*votes))
    about = incident(title=POOL)
    card = similar_card(world(TOM, about), about, similar(seen, NOW), left_out(seen, NOW), NOW.date())
    assert "useful here to 1, not to 0" in card.plain()
    assert "Left out: INC-1 (not useful to 2 people here)." in card.plain()
    assert card.sections[-1].buttons[0].args == {"incident": "INC-42", "other": "INC-1", "useful": "yes"}


votes = st.lists(
    st.builds(
        Vote, incident=st.sampled_from(["now", "then", "once"]), past=st.sampled_from([key.lower() for key in KEYS]),
        person=st.sampled_from(["tom", "ines", "maya", "ada"]), useful=st.booleans(),
    ),
    unique_by=lambda one: (one.incident, one.past, one.person),
)  # fmt: skip


@given(votes)
def test_one_person_alone_changes_nothing_for_anybody_else(some: list[Vote]) -> None:
    mine = [one for one in some if one.person == "tom"]
    assert shown(*mine) == shown(*mine, reader="ines") == shown()


@given(votes, st.sampled_from(["", "tom", "ines"]))
def test_votes_are_bounded_and_their_order_does_not_matter(some: list[Vote], reader: str) -> None:
    seen = found(*several(*some, reader=reader))
    assert shown(*some, reader=reader) == shown(*reversed(some), reader=reader)
    assert len(similar(seen, NOW)) <= MOST_SHOWN
    both = {one.past.incident.key for one in (*similar(seen, NOW), *left_out(seen, NOW))}
    assert len(both) >= min(MOST_SHOWN, len(KEYS))
    for one in ranked(seen, NOW):
        assert abs(one.past.votes.moves) in (0, MOVES)


@given(votes)
def test_what_agreed_people_say_holds_for_everybody_who_said_nothing(some: list[Vote]) -> None:
    for one in several(*some, reader="nobody"):
        here = [each.useful for each in some if (each.incident, each.past) == ("now", one.incident.id)]
        assert one.votes.left_out == (here.count(False) - here.count(True) >= 2)
        assert (one.votes.useful, one.votes.not_useful) == (here.count(True), here.count(False))


def test_who_says_both_elsewhere_counts_on_neither_side() -> None:
    both = [vote("tom", useful=True, beside="then"), vote("tom", useful=False, beside="once")]
    assert counted(both, "now", "inc-1") == Votes()
    assert counted(both, "now", "inc-1").moves == 0
