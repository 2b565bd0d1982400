"""Updates, severity, roles and people: what is public, what is private, and what a missing argument asks for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.commands.updates import PostUpdate
from bot.effects import Direct, Edit, Invite, Remove
from bot.errors import Refused
from bot.model import EntryKind
from bot.text import mention_token
from tests.bot.worlds import CARD, MAYA, NEWS, NOW, TOM, clicked, incident, of_kind, posts, said, the, world

MAYA_TOKEN = mention_token("slack:T1:UMAYA")


# -- updates


def test_an_update_is_posted_and_stands_on_the_cards() -> None:
    decision = said(world(about=incident()), "update identified a bad index, rolling back next 30m")
    made = the(decision).update
    assert made is not None
    assert (made.phase, made.text, made.by) == ("identified", "a bad index, rolling back", "tom")
    assert made.next_due == NOW + timedelta(minutes=30)
    assert posts(decision) == [
        "Update · identified: a bad index, rolling back (@Tom; next update by Mon 23 Nov 2026 14:30 CET)"
    ]
    edited = [edit for edit in decision.effects if isinstance(edit, Edit)]
    assert [edit.message for edit in edited] == [CARD, NEWS]
    assert all("a bad index" in edit.card.plain() for edit in edited)
    assert [entry.kind for entry in decision.entries] == [EntryKind.UPDATE]


def test_a_phase_changes_no_status() -> None:
    assert the(said(world(about=incident()), "update monitoring it holds")).status == incident().status


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("update what comes next is unclear", "what comes next is unclear"),
        ("update we wait, next 3 deploys are stopped", "we wait, next 3 deploys are stopped"),
        ("update Identified: a bad index", "a bad index"),
        ("update we wait next update in 1h", "we wait"),
    ],
)
def test_only_a_length_of_time_at_the_end_is_the_next_update(words: str, text: str) -> None:
    made = the(said(world(about=incident()), words)).update
    assert made is not None
    assert made.text == text


def test_an_update_without_words_opens_the_form_with_its_phase() -> None:
    form = said(world(about=incident()), "update monitoring").reply.form
    assert form is not None
    assert next(one.initial for one in form.inputs if one.name == "phase") == "monitoring"


@pytest.mark.parametrize("every", ["soon", "-5m", "9 weeks"])
def test_a_next_update_that_is_no_length_is_refused_at_its_field(every: str) -> None:
    with pytest.raises(Refused) as refused:
        clicked(world(about=incident()), "update", text="still looking", every=every)
    assert refused.value.field == "every"


def test_before_there_is_a_channel_an_update_is_kept_for_the_card() -> None:
    decision = said(world(about=incident(place=None, status_card=None, announcement=None)), "update still looking")
    assert decision.effects == ()
    assert the(decision).update is not None


def test_a_private_incident_is_told_of_in_its_own_channel_alone() -> None:
    decision = said(world(about=incident(private=True, announcement=None)), "update still looking")
    assert {getattr(one, "place", None) or one.message.place for one in decision.effects} == {incident().place}  # type: ignore[attr-defined]


def test_only_the_newest_state_of_a_card_is_worth_sending() -> None:
    first, second = (said(world(about=incident()), f"update number {n}") for n in (1, 2))
    for one, other in zip(of_kind(first, "edit"), of_kind(second, "edit"), strict=True):
        assert one.key != other.key
        assert one.supersedes == other.supersedes != ""


# -- severity


def test_a_new_severity_is_public_with_its_reason() -> None:
    decision = said(world(about=incident()), "sev 1 all payments fail")
    assert the(decision).severity == 1
    assert posts(decision) == ["@Tom changed the severity from SEV3 to SEV1 (critical): all payments fail"]
    assert decision.entries[0].text == "Severity SEV3 → SEV1: all payments fail"


@pytest.mark.parametrize("word", ["0", "6", "high", "-1", "２"])
def test_a_number_that_is_no_severity_is_refused(word: str) -> None:
    with pytest.raises(Refused, match="no severity"):
        said(world(about=incident()), f"sev {word}")


def test_the_same_severity_is_refused() -> None:
    with pytest.raises(Refused, match="already"):
        said(world(about=incident()), "sev 3")


def test_without_a_number_there_is_a_form() -> None:
    form = said(world(about=incident()), "sev").reply.form
    assert form is not None
    assert form.args == {"incident": "INC-42"}


# -- roles


def test_the_lead_is_told_in_public_and_brought_in() -> None:
    decision = said(world(about=incident()), f"lead {MAYA_TOKEN}")
    assert the(decision).lead == "maya"
    assert "maya" in the(decision).responders
    assert posts(decision) == ["@Maya is now the incident commander."]
    (invite,) = of_kind(decision, "invite")
    assert isinstance(invite, Invite)
    assert invite.accounts == ("slack:T1:UMAYA",)


@pytest.mark.parametrize("words", ["lead", "lead me", "lead @tom", "role lead", "role commander @tom"])
def test_nobody_named_is_oneself(words: str) -> None:
    decision = said(world(about=incident()), words)
    assert the(decision).lead == "tom"
    assert not of_kind(decision, "invite")


def test_another_role_is_given_by_a_private_word() -> None:
    decision = said(world(about=incident()), f"role Comms {MAYA_TOKEN}")
    assert the(decision).roles == {"comms": "maya"}
    assert posts(decision) == []
    (told,) = of_kind(decision, "direct")
    assert isinstance(told, Direct)
    assert told.account == "slack:T1:UMAYA"


def test_a_role_may_have_a_name_of_its_own() -> None:
    assert the(said(world(about=incident()), "role night watch")).roles == {"night watch": "tom"}


@pytest.mark.parametrize("role", ["x" * 31, "a<b>", "*bold*", "💥"])
def test_a_role_that_is_none_is_refused(role: str) -> None:
    with pytest.raises(Refused, match="no role"):
        clicked(world(about=incident()), "role", role=role, person=MAYA_TOKEN)


def test_a_role_without_a_name_opens_the_form() -> None:
    assert said(world(about=incident()), "role").reply.form is not None


@pytest.mark.parametrize("words", ["lead @nobody", "lead nobody", "role comms @nobody", "invite @nobody"])
def test_a_person_nobody_knows_is_refused(words: str) -> None:
    with pytest.raises(Refused, match="nobody called"):
        said(world(about=incident()), words)


def test_a_program_leads_nothing() -> None:
    with pytest.raises(Refused, match="has to be a person"):
        said(world(about=incident()), "lead @robo")


@pytest.mark.parametrize("words", ["lead @gus", "role comms @gus"])
def test_a_guest_is_given_no_role_for_most_of_it_is_not_for_guests(words: str) -> None:
    before = world(about=incident(responders=frozenset({"tom", "gus"})))
    with pytest.raises(Refused, match="Gus is a guest"):
        said(before, words)
    assert said(world(about=incident()), "invite @gus").state.incident


def test_a_role_twice_is_refused() -> None:
    with pytest.raises(Refused, match="already"):
        said(world(about=incident(roles={"lead": "maya"})), f"lead {MAYA_TOKEN}")


# -- people


def test_a_private_incident_lets_somebody_in_by_an_invitation_alone() -> None:
    private = incident(private=True)
    with pytest.raises(Refused, match=r"Maya is not in it. Bring them in first, with /incident invite\.$"):
        said(world(about=private), f"lead {MAYA_TOKEN}")
    with pytest.raises(Refused, match=r"bring you in with /incident invite\.$"):
        clicked(world(MAYA, about=private), "join")
    decision = said(world(about=private), f"invite {MAYA_TOKEN}")
    assert the(decision).responders == {"tom", "maya"}
    assert len(of_kind(decision, "invite")) == 1
    assert not decision.entries[0].is_key


def test_whoever_is_removed_no_longer_belongs_to_it() -> None:
    private = incident(private=True, responders=frozenset({"tom", "maya"}), roles={"comms": "maya"})
    decision = said(world(about=private), f"remove {MAYA_TOKEN}")
    assert the(decision).responders == {"tom"}
    assert the(decision).roles == {}
    (removal,) = of_kind(decision, "remove")
    assert isinstance(removal, Remove)
    assert removal.account == "slack:T1:UMAYA"


@pytest.mark.parametrize(
    ("words", "why"), [("remove @tom", "lose sight"), ("remove @ines", "not in this"), ("remove @maya", "Hand it over")]
)
def test_some_people_cannot_be_removed(words: str, why: str) -> None:
    private = incident(private=True, responders=frozenset({"tom", "maya"}), roles={"lead": "maya"})
    with pytest.raises(Refused, match=why):
        said(world(about=private), words)


def test_nobody_is_removed_from_a_public_incident() -> None:
    with pytest.raises(Refused, match="public"):
        said(world(about=incident()), f"remove {MAYA_TOKEN}")


@pytest.mark.parametrize("words", ["invite", "remove"])
def test_without_a_person_there_is_a_form(words: str) -> None:
    form = said(world(about=incident(private=True)), words).reply.form
    assert form is not None
    assert form.inputs[0].kind == "person"


def test_somebody_without_an_account_there_cannot_be_brought_in() -> None:
    far = MAYA.model_copy(update={"accounts": ()})
    state = world(TOM, about=incident())
    state = state.model_copy(update={"people": {**state.people, "maya": far}})
    with pytest.raises(Refused, match="no account"):
        said(state, "invite @maya")


@pytest.mark.parametrize(
    ("words", "text", "every"),
    [
        ("we drain the queue over the next 2 hours", "we drain the queue over the next 2 hours", ""),
        ("pool is full. Next update in 30 minutes.", "pool is full", "30 minutes"),
        ("pool is full, next 30m", "pool is full", "30m"),
        ("pool is full next 30m", "pool is full", "30m"),
    ],
)
def test_a_promise_is_taken_where_one_is_made(words: str, text: str, every: str) -> None:
    fields = PostUpdate.read(words)
    assert (fields["text"], fields.get("every", "")) == (text, every)


def test_a_line_break_ends_a_word_as_a_space_does() -> None:
    assert PostUpdate.read("identified\nbad index")["phase"] == "identified"
    assert the(said(world(about=incident()), "sev 1\nbecause all")).severity == 1


def test_nothing_is_promised_of_what_is_over() -> None:
    over = said(world(about=incident(status="resolved")), "update it holds next 30m")
    assert "no next update is promised" in over.reply.plain()
    update = the(over).update
    assert update
    assert update.next_due is None
