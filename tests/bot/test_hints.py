"""Hints on wording in chat: beside what was saved, dismissed for good, and never in the way."""

import json
from typing import Any

import pytest

from bot.draft import names_of, postmortem_json
from bot.errors import Refused
from bot.hints import standing
from bot.model import Postmortem, PostmortemStatus
from bot.state import Decision, State
from bot.text import Button, mention_token
from tests.bot.drafts import MAYAS, TOMS, factor, item, postmortem, told_incident, written
from tests.bot.worlds import GUEST, MAYA, TOM, after, clicked, posts, said, world

BLAME = "Tom forgot to renew the certificate."
FIVE = " ".join(f"Tom forgot to do the {n}th thing." for n in range(5))


def telling(of: Postmortem | None = None, actor: Any = TOM, **fields: Any) -> State:
    return world(actor, told_incident(status="resolved"), postmortem=of or postmortem(), **fields)


def kept(decision: Decision) -> Postmortem:
    assert decision.state.postmortem is not None
    return decision.state.postmortem


def dismissals(decision: Decision) -> list[Button]:
    sections = decision.reply.card.sections
    return [button for one in sections for button in one.buttons if button.does == "dismiss_hint"]


def dismissed(state: State, button: Button) -> Decision:
    return clicked(state, button.does, **button.args)


# -- where they appear


def test_a_saved_section_is_saved_and_its_wording_hinted_at_privately() -> None:
    decision = said(telling(), f"postmortem edit hard: {BLAME}")
    assert kept(decision).edited["hard"].text == BLAME
    assert "What usually reminds people to renew the certificate" in decision.reply.plain()
    assert not decision.reply.public
    assert len(dismissals(decision)) == 1
    assert [post for post in posts(decision) if "reminds" in post] == []
    assert [line for line in decision.entries if "reminds" in line.text] == []


def test_of_many_hints_three_are_shown_and_the_rest_counted() -> None:
    decision = said(telling(), f"postmortem edit hard: {FIVE}")
    assert len(dismissals(decision)) == 3
    assert "and 2 more: /incident postmortem hints" in decision.reply.plain()


def test_a_section_in_good_words_is_answered_as_ever() -> None:
    decision = said(telling(), "postmortem edit hard: The dashboard showed green, since it averages over ten minutes.")
    assert len(decision.reply.card.sections) == 1


def test_only_what_was_just_written_is_hinted_at() -> None:
    state = telling(postmortem(edited={"well": written(BLAME)}))
    assert dismissals(said(state, "postmortem edit hard: The alert came late.")) == []


def test_an_added_factor_is_kept_and_hinted_at() -> None:
    decision = said(telling(), "postmortem factor process: The on-call should have checked the dashboard")
    assert len(kept(decision).factors) == 1
    assert "What did the dashboard show at that moment" in decision.reply.plain()
    assert len(dismissals(decision)) == 1


def test_people_mentioned_are_shown_by_name() -> None:
    decision = said(
        telling(), f"postmortem edit hard: {mention_token(MAYAS)} forgot to ask {mention_token(TOMS)} first"
    )
    text = decision.reply.plain()
    assert "@Maya forgot" in text or "ask @Tom first" in text
    assert "\ue000" not in text


def test_the_readiness_list_counts_them_and_whoever_is_sure_publishes() -> None:
    complete: dict[str, Any] = {"factors": (factor(1, "small pool"), factor(2, "no alert"))}
    state = telling(postmortem(edited={"learning": written(f"{BLAME} It was human error.")}, **complete),
                    items=(item(1, factor="f1"), item(2, factor="f2")))  # fmt: skip
    asked = said(state, "postmortem publish")
    assert "2 hints on wording" in asked.reply.plain()
    sure = clicked(state, "postmortem_publish", sure="yes")
    assert kept(sure).status is PostmortemStatus.PUBLISHED
    assert "hints on wording" not in kept(sure).published_markdown


def test_all_of_them_can_be_asked_for() -> None:
    state = telling(postmortem(edited={"hard": written(BLAME)}, factors=(factor(1, "human error"),)))
    assert len(dismissals(said(state, "postmortem hints"))) == 2
    assert "no hints on wording" in said(telling(), "postmortem hints").reply.plain()


def test_without_a_postmortem_the_answer_says_how_to_open_one() -> None:
    with pytest.raises(Refused) as caught:
        said(world(TOM, told_incident()), "postmortem hints")
    assert "/incident postmortem open" in caught.value.text.plain()


# -- dismissing


def test_a_dismissed_hint_does_not_come_again_for_the_same_sentence() -> None:
    first = said(telling(), f"postmortem edit hard: {BLAME}")
    decision = dismissed(after(first), dismissals(first)[0])
    assert len(kept(decision).dismissed_hints) == 1
    assert standing(kept(decision)) == ()
    again = said(after(decision), f"postmortem edit well: It was late. {BLAME.lower()}")
    assert dismissals(again) == []
    assert len(dismissals(said(after(decision), "postmortem edit well: Tom forgot to ask."))) == 1


def test_dismissing_leaves_the_other_hints_and_no_trace_in_the_record() -> None:
    first = said(telling(), f"postmortem edit hard: {FIVE}")
    decision = dismissed(after(first), dismissals(first)[1])
    assert decision.reply.replaces
    assert not decision.reply.public
    assert len(dismissals(decision)) == 3
    assert dismissals(first)[1].args not in [button.args for button in dismissals(decision)]
    assert (decision.entries, decision.effects) == ((), ())


def test_dismissing_twice_and_what_was_never_hinted_at_change_nothing() -> None:
    first = said(telling(), f"postmortem edit hard: {BLAME}")
    state = after(dismissed(after(first), dismissals(first)[0]))
    before = state.model_dump()
    for fingerprint in (dismissals(first)[0].args["hint"], "0" * 16, ""):
        with pytest.raises(Refused, match="Nothing was changed"):
            clicked(state, "dismiss_hint", hint=fingerprint)
    assert state.model_dump() == before


def test_guests_dismiss_nothing() -> None:
    first = said(telling(), f"postmortem edit hard: {BLAME}")
    with pytest.raises(Refused):
        dismissed(after(first, GUEST), dismissals(first)[0])
    assert kept(dismissed(after(first, MAYA), dismissals(first)[0])).dismissed_hints


def test_dismissals_survive_storage() -> None:
    of = postmortem(dismissed_hints=frozenset({"a", "b"}))
    assert Postmortem.model_validate_json(of.model_dump_json()) == of
    assert (
        Postmortem.model_validate_json(of.model_dump_json(exclude={"dismissed_hints"})).dismissed_hints == frozenset()
    )


def test_programs_and_pages_are_not_told_what_was_dismissed() -> None:
    of = postmortem(edited={"hard": written(BLAME)})
    gone = of.model_copy(update={"dismissed_hints": frozenset({standing(of)[0].fingerprint})})
    twin = json.dumps(postmortem_json(told_incident(), (), gone, (), names_of({}), "UTC"))
    assert "dismissed" not in twin
    assert "hint" not in twin


# -- action items


def test_a_vague_action_item_is_made_with_one_quiet_line() -> None:
    decision = said(world(TOM, told_incident()), "action @maya by fri: Improve monitoring")
    assert decision.state.item is not None
    quiet = [section for section in decision.reply.card.sections if section.quiet]
    assert len(quiet) == 1
    assert "when one can see that it is done" in quiet[0].text.plain()


def test_a_bounded_action_item_is_made_without_a_word_on_wording() -> None:
    decision = said(world(TOM, told_incident()), "action @maya by fri: Alert on pool saturation")
    assert len(decision.reply.card.sections) == 1
