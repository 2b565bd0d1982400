"""Who owns a draft: proposed, accepted, declined, replaced after a day, and never nobody."""

from datetime import timedelta
from typing import Any

import pytest

from bot.commands.ownership import OwnerSilent, ShutOut
from bot.effects import Direct
from bot.errors import Refused
from bot.model import Incident, Person, Postmortem
from bot.review import Ownership, Review, SignOff
from bot.state import Decision, State
from bot.text import mention_token
from tests.bot.drafts import postmortem, told_incident
from tests.bot.worlds import INES, MAYA, NOW, TOM, after, clicked, said, told, world


def proposed(owner: str = "ines", asked: tuple[str, ...] = ("ines",), **fields: Any) -> Postmortem:
    return postmortem(owner=owner, ownership=Ownership(told_at=NOW, asked=asked), **fields)


def of(actor: Person = INES, draft: Postmortem | None = None, about: Incident | None = None) -> State:
    return world(actor, about or told_incident(status="resolved"), postmortem=draft or proposed())


def kept(decision: Decision) -> Postmortem:
    assert decision.state.postmortem is not None
    return decision.state.postmortem


def directs(decision: Decision) -> list[Direct]:
    return [effect for effect in decision.effects if isinstance(effect, Direct)]


def silent(state: State, draft: Postmortem, now_later: timedelta = timedelta(hours=24), **fields: str) -> Decision:
    told_at = draft.ownership.told_at
    assert told_at is not None
    return told(state, OwnerSilent, **{"owner": draft.owner, "told_at": told_at.isoformat(), **fields})


def shut_out(draft: Postmortem, *members: str) -> Decision:
    about = told_incident(status="resolved", private=True, responders=frozenset(members))
    return told(of(TOM, draft, about), ShutOut)


def test_a_draft_whose_owner_may_not_know_of_it_any_more_goes_on_to_a_member() -> None:
    decision = shut_out(postmortem(owner="ines"), "tom", "maya")
    assert kept(decision).owner in ("tom", "maya")
    (line,) = decision.entries
    assert "is no member of this incident any more" in line.text
    assert [one.account for one in directs(decision)] == [
        one.accounts[0].key for one in (TOM, MAYA) if one.id == kept(decision).owner
    ]


def test_it_goes_on_even_where_everybody_was_asked_before() -> None:
    assert kept(shut_out(proposed("ines", ("tom", "maya", "ines")), "maya")).owner == "maya"


def test_where_nobody_is_left_the_draft_keeps_its_owner() -> None:
    assert kept(shut_out(postmortem(owner="ines"))).owner == "ines"


def test_reviewers_who_may_not_know_of_it_any_more_are_not_waited_for() -> None:
    review = Review(
        version=1, asked_by="tom", asked_at=NOW, changed_at=NOW, reviewers=("maya", "ines"),
        signed=(SignOff(by="ines", at=NOW),),
    )  # fmt: skip
    decision = shut_out(postmortem(owner="tom", status="in review", review=review), "tom")
    after = kept(decision).review
    assert after
    assert after.reviewers == ("ines",), "who looked already stays"
    assert not directs(decision)


def test_of_members_and_of_what_is_published_nothing_changes() -> None:
    for draft in (postmortem(owner="tom"), postmortem(owner="ines", status="published")):
        decision = shut_out(draft, "tom", "maya")
        assert decision.state.postmortem == draft
        assert not decision.entries


def test_on_resolve_a_responder_is_proposed_and_may_say_no() -> None:
    decision = said(world(TOM, told_incident()), "resolve the index is rebuilt")
    (card,) = [one.card for one in directs(decision)]
    assert kept(decision).ownership == Ownership(told_at=NOW, asked=("ines",))
    labels = [button.label for section in card.sections for button in section.buttons]
    assert labels == ["Accept", "Not me", "Read the draft"]


def test_whoever_worked_alone_owns_it_without_being_asked() -> None:
    decision = said(world(TOM, told_incident(responders=frozenset({"tom"}))), "resolve done")
    assert (kept(decision).owner, kept(decision).ownership.told_at) == ("tom", None)


def test_who_accepts_owns_it_and_the_timeline_says_so() -> None:
    decision = clicked(of(), "postmortem_accept")
    assert kept(decision).ownership == Ownership(asked=("ines",))
    assert decision.entries[0].text == f"Postmortem owner accepted: {mention_token('slack:T1:UINES')}"
    assert decision.entries[0].is_key
    assert decision.reply.replaces
    assert "already" in refused(after(decision, INES), "postmortem_accept")


def refused(state: State, kind: str, **args: str) -> str:
    before = state.model_dump_json()
    with pytest.raises(Refused) as caught:
        clicked(state, kind, **args)
    assert state.model_dump_json() == before
    return caught.value.text.plain()


@pytest.mark.parametrize("kind", ["postmortem_accept", "postmortem_decline"])
def test_nobody_answers_for_somebody_else(kind: str) -> None:
    assert "@Ines's by now" in refused(of(MAYA), kind)


def test_not_me_asks_why_and_a_reason_may_be_left_out() -> None:
    form = clicked(of(), "postmortem_decline").reply.form
    assert form is not None
    assert [field.required for field in form.inputs] == [False]
    decision = clicked(of(), form.does, **form.args)
    assert (kept(decision).owner, kept(decision).ownership.asked) == ("maya", ("ines", "maya"))
    assert [one.account for one in directs(decision)] == ["slack:T1:UMAYA"]
    assert "@Maya is proposed" in decision.reply.plain()


def test_the_reason_stands_in_the_timeline() -> None:
    decision = said(of(), "postmortem decline I am away for two weeks")
    assert "(I am away for two weeks); proposed now" in decision.entries[0].text


def test_when_all_have_declined_the_commander_owns_it_and_hears_why() -> None:
    state = of(MAYA, proposed("maya", ("ines", "maya")))
    decision = clicked(state, "postmortem_decline", sure="yes")
    assert (kept(decision).owner, kept(decision).ownership.told_at) == ("tom", None)
    (told_,) = directs(decision)
    assert told_.account == "slack:T1:UTOM"
    assert "nobody else can be asked any more" in told_.card.plain()
    assert "nobody else is left to ask" in decision.entries[0].text


def test_nobody_is_ever_proposed_twice_for_the_same_draft() -> None:
    state, owners = of(), ["ines"]
    for _ in range(6):
        draft = state.postmortem
        assert draft is not None
        if draft.ownership.told_at is None:
            break
        actor = state.people[draft.owner]
        state = after(clicked(after(Decision(state=state), actor), "postmortem_decline", sure="yes"))
        assert state.postmortem is not None
        owners.append(state.postmortem.owner)
    assert owners == ["ines", "maya", "tom"]


def test_of_a_private_incident_only_members_are_asked() -> None:
    about = told_incident(status="resolved", private=True, responders=frozenset({"ines", "tom"}))
    decision = clicked(of(about=about), "postmortem_decline", sure="yes")
    assert kept(decision).owner == "tom"
    alone = told_incident(status="resolved", private=True, roles={}, declared_by="ines", responders=frozenset({"ines"}))
    assert "always has an owner" in refused(of(about=alone), "postmortem_decline", sure="yes")


def test_a_day_without_an_answer_hands_the_draft_on() -> None:
    at = NOW + timedelta(hours=20)
    decision = silent(of(), proposed(), tell_at=at.isoformat())
    assert kept(decision).owner == "maya"
    assert kept(decision).ownership == Ownership(told_at=at, asked=("ines", "maya"))
    (direct,) = directs(decision)
    assert (direct.account, direct.not_before, direct.plan) == ("slack:T1:UMAYA", at, "owner_silent:pm:maya")
    assert "no answer from" in decision.entries[0].text
    assert decision.entries[0].author_name == "Debrief"


def test_silence_ends_with_the_commander_and_then_with_whoever_was_asked_last() -> None:
    last = silent(of(draft=proposed("maya", ("ines", "maya"))), proposed("maya", ("ines", "maya")))
    assert (kept(last).owner, kept(last).ownership.told_at) == ("tom", None)
    alone = told_incident(status="resolved", roles={}, declared_by="ines", responders=frozenset({"ines"}))
    state = world(INES, alone, postmortem=proposed(asked=("ines", "ada")))
    kept_on = silent(state, proposed(asked=("ines", "ada")))
    assert (kept(kept_on).owner, kept(kept_on).ownership.told_at) == ("ines", None)


@pytest.mark.parametrize(
    "draft",
    [
        postmortem(owner="ines"),
        proposed("maya", ("ines", "maya")),
        postmortem(owner="ines", ownership=Ownership(told_at=NOW + timedelta(hours=1), asked=("ines",))),
        proposed(status="published", published_at=NOW, published_by="tom"),
    ],
)
def test_an_answer_in_time_is_not_overruled(draft: Postmortem) -> None:
    decision = silent(of(draft=draft), proposed())
    assert (decision.state.postmortem, decision.entries, decision.effects) == (draft, (), ())


def test_an_owner_chosen_by_name_is_waited_for_no_longer() -> None:
    decision = said(of(TOM), "postmortem owner @maya")
    assert (kept(decision).owner, kept(decision).ownership.told_at) == ("maya", None)
    taken = said(of(INES), "postmortem owner me")
    assert (kept(taken).owner, kept(taken).ownership.told_at) == ("ines", None)


def test_whoever_has_an_answer_to_give_may_type_it() -> None:
    assert kept(said(of(), "postmortem accept")).ownership.told_at is None
