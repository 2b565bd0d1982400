"""The postmortem in chat: opened with an owner and a date, written without losing words, published once a version."""

from typing import Any

import pytest

from bot.command import KINDS
from bot.effects import Direct
from bot.errors import Refused
from bot.model import POSTMORTEM_TRANSITIONS, EntryKind, Incident, Person, Postmortem, PostmortemStatus, Status
from bot.state import Decision, State
from bot.text import Button, Form, mention_token, with_pages
from tests.bot.drafts import MAYAS, factor, item, pinned, postmortem, reacted, saying, told_incident, written
from tests.bot.worlds import (
    ADMIN,
    GUEST,
    INES,
    MAYA,
    NOW,
    TOM,
    after,
    clicked,
    posts,
    said,
    world,
)

COMPLETE: dict[str, Any] = {
    "factors": (factor(1, "small pool"), factor(2, "no alert", "detection")),
    "edited": {"learning": written("Short.")},
    "trigger": saying("the index was dropped"),
}
TIED = (item(1, factor="f1"), item(2, factor="f2"))


def telling(actor: Person = TOM, of: Postmortem | None = None, about: Incident | None = None, **fields: Any) -> State:
    about = about or told_incident(status="resolved")
    return world(actor, about, postmortem=of or postmortem(), **fields)


def kept(decision: Decision) -> Postmortem:
    assert decision.state.postmortem is not None
    return decision.state.postmortem


def buttons(decision: Decision) -> list[Button]:
    return [button for section in decision.reply.card.sections for button in section.buttons]


def form_of(decision: Decision) -> Form:
    assert decision.reply.form is not None
    return decision.reply.form


def refused(state: State, words: str) -> str:
    with pytest.raises(Refused) as caught:
        said(state, words)
    return caught.value.text.plain()


# -- opening


def test_a_draft_can_be_opened_without_resolving() -> None:
    decision = said(world(TOM, told_incident()), "postmortem open")
    assert kept(decision).status is PostmortemStatus.DRAFT
    assert decision.state.incident is not None
    assert decision.state.incident.status is Status.ACTIVE
    assert len(posts(decision)) == 1


def test_opening_twice_is_refused() -> None:
    assert "there already (draft)" in refused(telling(), "pm open")


def test_resolving_opens_the_draft_in_the_same_decision() -> None:
    decision = said(world(TOM, told_incident()), "resolve the index is rebuilt")
    assert kept(decision).owner == "ines"
    assert any("open as a draft" in post for post in posts(decision))


# -- showing


def test_bare_it_shows_the_card_what_is_missing_and_the_buttons_privately() -> None:
    decision = said(telling(log=(pinned(1, "x"),)), "postmortem")
    text = decision.reply.plain()
    assert not decision.reply.public
    assert "Postmortem of INC-42 (draft, version 1)" in text
    assert "What happened: Checkout errors" in text
    assert "there are no contributing factors yet" in text
    assert {button.does.removeprefix("postmortem_") for button in buttons(decision)} == {
        "edit", "factor", "owner", "review", "publish", "trigger", "decision", "question", "known",
    }  # fmt: skip
    assert (decision.entries, decision.effects) == ((), ())


def test_without_a_public_address_the_card_says_that_there_is_no_page() -> None:
    card = said(telling(), "postmortem").reply.card
    assert "no public address" in with_pages(card, lambda _: "").plain()
    there = with_pages(card, "https://debrief.example".__add__).plain()
    assert "https://debrief.example/incidents/INC-42/postmortem" in there


def test_without_one_it_offers_to_open_it() -> None:
    decision = said(world(TOM, told_incident()), "postmortem")
    assert [button.does for button in buttons(decision)] == ["postmortem_open"]


def test_an_invited_guest_may_read_but_not_write() -> None:
    about = told_incident(responders=frozenset({"tom", "gus"}))
    assert "Postmortem of INC-42" in said(telling(GUEST, about=about), "postmortem show").reply.plain()
    assert "Guests can read" in refused(telling(GUEST, about=about), "postmortem factor change: x")


def test_an_unknown_word_behind_it_says_what_there_is() -> None:
    assert "postmortem publish" in refused(telling(), "postmortem pubish")


@pytest.mark.parametrize("words", ["factor change: x", "edit impact", "publish", "revise", "owner @maya"])
def test_without_a_postmortem_the_answer_says_how_to_open_one(words: str) -> None:
    assert "/incident postmortem open" in refused(world(TOM, told_incident()), f"postmortem {words}")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.startswith("postmortem")])
def test_every_part_outside_of_any_incident_asks_for_one(kind: str) -> None:
    assert KINDS[kind].wants_incident


# -- the owner


def test_another_owner_is_told_and_the_timeline_says_so() -> None:
    decision = said(telling(), "postmortem owner @ines")
    assert kept(decision).owner == "ines"
    assert [effect.account for effect in decision.effects if isinstance(effect, Direct)] == ["slack:T1:UINES"]
    assert decision.entries[0].text == f"Postmortem owner: {mention_token('slack:T1:UINES')}"


def test_without_a_name_a_form_asks_for_the_owner() -> None:
    assert form_of(said(telling(), "postmortem owner")).does == "postmortem_owner"


@pytest.mark.parametrize(
    ("words", "why"), [("@gus", "cannot own"), ("@robo", "cannot own"), ("@maya", "already"), ("@zed", "nobody")]
)
def test_an_owner_who_cannot_be_is_refused(words: str, why: str) -> None:
    assert why in refused(telling(), f"postmortem owner {words}")


def test_of_a_private_incident_only_somebody_invited_may_own_it() -> None:
    about = told_incident(private=True, responders=frozenset({"tom", "maya"}))
    assert "cannot own" in refused(telling(about=about), "postmortem owner @ines")


# -- factors


def test_a_factor_with_its_kind_is_kept() -> None:
    decision = said(telling(), "postmortem factor Configuration: the pool was sized: for last year")
    (known,) = kept(decision).factors
    assert (known.kind, known.text, known.by) == ("configuration", "the pool was sized: for last year", "tom")
    assert "One more is asked for" in decision.reply.plain()
    assert decision.entries[0].kind is EntryKind.POSTMORTEM


@pytest.mark.parametrize("words", ["the pool was sized for last year", "last year: the pool", ""])
def test_a_missing_kind_is_asked_for_and_never_guessed(words: str) -> None:
    decision = said(telling(), f"postmortem factor {words}")
    form = form_of(decision)
    assert {field.name: field.initial for field in form.inputs} == {"factor": "", "text": words}
    assert kept(decision).factors == ()


def test_the_factors_form_makes_a_factor() -> None:
    form = form_of(said(telling(), "postmortem factor small pool"))
    decision = clicked(telling(), form.does, **form.args, factor="capacity", text="small pool")
    assert [(one.kind, one.text) for one in kept(decision).factors] == [("capacity", "small pool")]


def test_a_kind_that_is_none_and_a_factor_twice_are_refused() -> None:
    with pytest.raises(Refused, match="no kind of factor") as wrong:
        clicked(telling(), "postmortem_factor", factor="root cause", text="x")
    assert wrong.value.field == "factor"
    again = telling(of=postmortem(factors=(factor(1, "small pool"),)))
    assert "already" in refused(again, "postmortem factor configuration: small pool")


TWO = (factor(1, "small pool"), factor(2, "no alert", "detection"))


def test_a_factor_in_other_words_keeps_its_place_and_what_is_tied_to_it() -> None:
    form = form_of(clicked(telling(items=TIED, of=postmortem(factors=TWO)), "postmortem_factor", replaces="f1"))
    assert {field.name: field.initial for field in form.inputs} == {
        "factor": "configuration", "text": "small pool", "replaces": "f1", "gone": "",
    }  # fmt: skip
    about = telling(items=TIED, of=postmortem(factors=TWO))
    decision = clicked(about, form.does, **form.args, replaces="f1", factor="capacity", text="pool of last year")
    assert [(one.id, one.kind, one.text) for one in kept(decision).factors] == [
        ("f1", "capacity", "pool of last year"), ("f2", "detection", "no alert"),
    ]  # fmt: skip
    assert decision.state.items == TIED
    assert "What it said before stands in the history" in decision.reply.plain()


def test_what_was_no_factor_is_taken_out_and_its_items_stay_against_none() -> None:
    about = telling(items=TIED, of=postmortem(factors=TWO))
    decision = clicked(about, "postmortem_factor", gone="f1,unknown", saving="yes")
    assert [one.id for one in kept(decision).factors] == ["f2"]
    assert [one.factor for one in decision.state.items] == ["", "f2"]
    assert f"{TIED[0].key} stay, against no factor" in decision.reply.plain()
    assert "small pool" in decision.entries[0].text


def test_saying_one_in_other_words_and_taking_out_another_goes_together() -> None:
    about = telling(items=TIED, of=postmortem(factors=TWO))
    decision = clicked(about, "postmortem_factor", replaces="f1", factor="design", text="one pool", gone="f1,f2")
    assert [(one.id, one.text) for one in kept(decision).factors] == [("f1", "one pool")]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"replaces": "f9", "factor": "design", "text": "x"}, "replaces"),
        ({"factor": "configuration", "text": "small pool"}, "text"),
        ({"text": "x", "saving": "yes"}, "factor"),
        ({"saving": "yes"}, "text"),
    ],
)
def test_a_factor_that_cannot_be_kept_is_refused_at_its_field(fields: dict[str, str], field: str) -> None:
    with pytest.raises(Refused) as wrong:
        clicked(telling(of=postmortem(factors=TWO)), "postmortem_factor", **fields)
    assert wrong.value.field == field


# -- sections


def test_a_section_opens_as_a_form_with_what_stands_there_now() -> None:
    form = form_of(said(telling(), "postmortem edit impact"))
    assert form.inputs[0].initial == "12 % of payments failed"
    assert form.args["section"] == "impact"


def test_what_is_saved_replaces_what_was_computed() -> None:
    form = form_of(said(telling(log=(reacted(1, "fast alert", "tada"),)), "postmortem edit went well"))
    assert "fast alert (Tom, " in form.inputs[0].initial
    decision = clicked(telling(), form.does, **form.args, text="The alert was fast.")
    assert kept(decision).edited["well"].text == "The alert was fast."
    assert kept(decision).edited["well"].by == "tom"
    assert "The alert was fast" in form_of(said(after(decision), "postmortem edit well")).inputs[0].initial


def test_words_behind_the_section_are_saved_at_once() -> None:
    decision = said(telling(), "postmortem edit learning card: The pool was too small.\n- one\n- two")
    assert kept(decision).edited["learning"].text == "The pool was too small.\n- one\n- two"


def test_saving_what_stands_there_already_changes_nothing() -> None:
    form = form_of(said(telling(), "postmortem edit impact"))
    decision = clicked(telling(), form.does, **form.args, text=form.inputs[0].initial)
    assert kept(decision).edited == {}
    assert decision.entries == ()


def test_an_emptied_section_shows_the_record_again() -> None:
    state = telling(of=postmortem(edited={"impact": written("mine")}))
    form = form_of(said(state, "postmortem edit impact"))
    decision = clicked(state, form.does, **form.args)
    assert kept(decision).edited == {}
    assert "what is recorded" in decision.reply.plain()


def test_somebody_elses_saving_in_between_is_shown_and_not_lost() -> None:
    form = form_of(said(telling(), "postmortem edit impact"))
    later = telling(of=postmortem(edited={"impact": written("Maya's words")}))
    decision = clicked(later, form.does, **form.args, text="Tom's words")
    again = form_of(decision)
    assert kept(decision).edited["impact"].text == "Maya's words"
    assert "Maya's words" in again.intro.plain()
    assert again.inputs[0].initial == "Tom's words"
    assert kept(clicked(later, again.does, **again.args, text="both")).edited["impact"].text == "both"


def test_a_bare_edit_offers_the_sections_as_buttons() -> None:
    shown = buttons(said(telling(), "postmortem edit"))
    assert (shown[0].args["section"], shown[1].args["section"]) == ("learning", "impact")
    assert all(button.does == "postmortem_edit" for button in shown)
    assert "log" not in {button.args["section"] for button in shown}


@pytest.mark.parametrize(
    ("section", "verb"), [("times", "time began"), ("timeline", "note"), ("action items", "action")]
)
def test_sections_that_are_the_record_say_how_the_record_changes(section: str, verb: str) -> None:
    assert f"/incident {verb}" in refused(telling(), f"postmortem edit {section} x")


def test_an_unknown_section_and_one_too_long_for_a_form_are_refused() -> None:
    assert "I know no section" in refused(telling(), "postmortem edit rootcause")
    assert "too long" in refused(telling(of=postmortem(edited={"hard": written("x" * 3001)})), "postmortem edit hard")


def test_people_mentioned_in_a_section_are_kept_as_mentions() -> None:
    decision = said(telling(), f"postmortem edit well {mention_token(MAYAS)} was quick")
    assert kept(decision).edited["well"].text == f"{mention_token(MAYAS)} was quick"
    assert "@Maya was quick" in form_of(said(after(decision), "postmortem edit well")).inputs[0].initial


# -- publishing


def test_what_is_missing_is_said_before_publishing() -> None:
    decision = said(telling(), "postmortem publish")
    assert kept(decision).status is PostmortemStatus.DRAFT
    assert "nobody has written the learning card yet" in decision.reply.plain()
    assert buttons(decision)[0].confirm
    sure = clicked(telling(), buttons(decision)[0].does, **buttons(decision)[0].args)
    assert kept(sure).status is PostmortemStatus.PUBLISHED


def test_a_complete_one_is_published_at_once_with_a_copy_that_names_roles() -> None:
    state = telling(of=postmortem(**COMPLETE), items=TIED, log=(pinned(1, "rolled back"),))
    decision = said(state, "postmortem publish")
    done = kept(decision)
    assert (done.status, done.published_at, done.published_by) == (PostmortemStatus.PUBLISHED, NOW, "tom")
    assert 'status: "published"' in done.published_markdown
    assert "incident commander: rolled back" in done.published_markdown
    assert "Tom" not in done.published_markdown
    assert len(posts(decision)) == 1
    assert "is published, version 1" in posts(decision)[0]
    assert decision.entries[0].is_key


def test_publishing_twice_is_refused_with_who_and_when() -> None:
    of = postmortem(status="published", published_at=NOW, published_by="maya")
    text = refused(telling(of=of), "postmortem publish")
    assert "published by @Maya on Mon 23 Nov 2026 14:00 CET (version 1)" in text


@pytest.mark.parametrize("words", ["factor change: x", "edit impact x"])
def test_a_published_one_is_not_written_in(words: str) -> None:
    of = postmortem(status="published", published_at=NOW, published_by="maya")
    assert "/incident postmortem revise" in refused(telling(of=of), f"postmortem {words}")


def test_revising_starts_a_new_version_and_keeps_the_published_copy() -> None:
    of = postmortem(status="published", published_at=NOW, published_by="maya", published_markdown="# old", **COMPLETE)
    decision = said(telling(of=of), "postmortem revise")
    assert (kept(decision).status, kept(decision).version) == (PostmortemStatus.DRAFT, 2)
    assert kept(decision).published_markdown == "# old"
    again = said(after(decision).model_copy(update={"items": TIED}), "postmortem publish")
    assert "version 2" in posts(again)[0]


def test_one_in_review_goes_back_to_the_same_version() -> None:
    assert kept(said(telling(of=postmortem(status="in review")), "postmortem revise")).version == 1


@pytest.mark.parametrize("status", list(PostmortemStatus))
def test_the_table_of_steps_decides_what_may_follow(status: PostmortemStatus) -> None:
    state = telling(of=postmortem(status=status, published_at=NOW, published_by="maya"))
    for word, args in (("publish", {"sure": "yes"}), ("revise", {})):
        if word in POSTMORTEM_TRANSITIONS[status]:
            assert kept(clicked(state, f"postmortem_{word}", **args)).status is POSTMORTEM_TRANSITIONS[status][word]
        else:
            with pytest.raises(Refused, match=r"Nothing was changed|change it as it is"):
                clicked(state, f"postmortem_{word}", **args)


@pytest.mark.parametrize("word", ["publish", "revise"])
def test_only_the_commander_the_owner_or_an_admin_publishes(word: str) -> None:
    status = "draft" if word == "publish" else "published"
    of = postmortem(status=status, published_at=NOW, published_by="maya", **COMPLETE)
    assert "Only the incident commander" in refused(telling(INES, of=of, items=TIED), f"postmortem {word}")
    for actor in (TOM, MAYA, ADMIN):
        assert kept(said(telling(actor, of=of, items=TIED), f"postmortem {word}")).status is not of.status


def test_a_refusal_changes_nothing() -> None:
    state = telling(of=postmortem(status="published", published_at=NOW, published_by="maya"))
    before = state.model_dump_json()
    refused(state, "postmortem publish")
    refused(state, "postmortem edit impact x")
    assert state.model_dump_json() == before


def test_asking_for_a_postmortem_never_changes_the_incidents_status() -> None:
    state = world(TOM, told_incident(), postmortem=postmortem(**COMPLETE), items=TIED)
    for words in ("postmortem", "postmortem factor change: new", "postmortem edit impact x", "postmortem publish"):
        decision = said(state, words)
        assert decision.state.incident is not None
        assert decision.state.incident.status is Status.ACTIVE
