"""A language model's suggestions: little is given, less is believed, and nothing counts before a person accepts it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from bot.archive import archive, read_archive
from bot.commands.delivery import Undeliverable
from bot.commands.suggestions import ForgetSuggestions, ModelAnswered
from bot.draft import names_of, postmortem_json
from bot.effects import Direct
from bot.errors import Refused
from bot.model import PostmortemStatus, Status
from bot.outbox import LEASE
from bot.record import draft_of, house_zone, markdown_of
from bot.state import Decision
from bot.suggesting import (
    AskModel,
)
from bot.words.draft import CARD
from bot.words.suggestions import MARK
from tests.bot.drafts import postmortem, told_incident, written
from tests.bot.suggested import IMPACT, LOG, WHAT, answer, answered, here, record, suggestions, texts
from tests.bot.test_postmortem import COMPLETE, TIED, buttons, form_of, refused
from tests.bot.test_postmortem import kept as kept_by
from tests.bot.worlds import GUEST, INES, NOW, TOM, after, clicked, said, told, world

ZONE = "Europe/Berlin"


def asked(decision: Decision) -> list[AskModel]:
    return [one for one in decision.effects if isinstance(one, AskModel)]


def directs(decision: Decision) -> dict[str, str]:
    return {one.account: one.card.plain() for one in decision.effects if isinstance(one, Direct)}


# -- when it is asked


def test_without_a_model_nothing_is_asked_and_asking_is_refused() -> None:
    without = here(language_model="")
    opened = said(world(TOM, told_incident()), "resolve done")
    assert asked(opened) == []
    assert "No language model is connected here" in refused(without, "postmortem suggest")


def test_with_one_the_same_follows_and_one_effect_and_one_line_more() -> None:
    plain = said(world(TOM, told_incident()), "resolve done", id="same")
    more = said(world(TOM, told_incident(), language_model="public"), "resolve done", id="same")
    (effect,) = asked(more)
    assert [one for one in more.effects if one != effect] == list(plain.effects)
    line = more.entries[-1]
    assert more.entries[:-1] == plain.entries
    assert (line.text, line.is_key, line.occurred) == ("A language model was asked to suggest texts for the postmortem",
                                                       False, NOW)  # fmt: skip
    assert more.reply == plain.reply
    assert more.state.postmortem == plain.state.postmortem
    assert (effect.about, effect.asked_by, effect.lane) == ("INC-42", "", "language_model")


def test_all_questions_share_one_lane_so_that_one_worker_at_most_waits_for_the_model() -> None:
    one, other = said(here(), "postmortem suggest"), said(here(about=told_incident(id="other")), "postmortem suggest")
    assert {effect.lane for decision in (one, other) for effect in asked(decision)} == {"language_model"}


def test_somebody_asks_again_and_the_log_says_who_and_when() -> None:
    decision = said(here(INES), "postmortem suggest")
    (effect,), (line,) = asked(decision), decision.entries
    assert (effect.asked_by, effect.tenant, effect.incident) == ("ines", "org", "inc")
    assert (line.author, line.occurred, line.is_key) == ("slack:T1:UINES", NOW, False)
    assert not decision.reply.public
    assert suggestions(decision) == ()


@pytest.mark.parametrize(("allowed", "asks"), [("public", False), ("any", True)])
def test_a_private_incident_is_asked_about_only_where_the_operator_says_so(allowed: str, asks: bool) -> None:
    private = told_incident(private=True, status="resolved")
    state = here(about=private, language_model=allowed)
    if asks:
        assert len(asked(said(state, "postmortem suggest"))) == 1
    else:
        assert "may not be given private incidents" in refused(state, "postmortem suggest")
    opened = said(world(TOM, told_incident(private=True), language_model=allowed), "resolve done")
    assert len(asked(opened)) == asks


def test_what_is_published_or_written_already_is_not_asked_about() -> None:
    done = postmortem(status="published", published_at=NOW, published_by="maya")
    assert "was published by" in refused(here(postmortem=done), "postmortem suggest")
    both = postmortem(edited={"learning": written("x"), "impact": written("y")})
    assert "is written already" in refused(here(postmortem=both), "postmortem suggest")


def test_guests_may_not_ask() -> None:
    about = told_incident(status="resolved", responders=frozenset({"gus"}))
    assert "Guests" in refused(here(GUEST, about=about), "postmortem suggest")


# -- who hears of it


def test_whoever_asked_hears_of_it_and_nobody_does_when_nobody_asked() -> None:
    by_hand = answered(here(), WHAT, asked_by="ines")
    assert list(directs(by_hand)) == ["slack:T1:UINES"]
    assert "suggested a text for the postmortem" in directs(by_hand)["slack:T1:UINES"]
    assert "Payments failed" not in directs(by_hand)["slack:T1:UINES"]
    assert answered(here(), WHAT).effects == ()


def test_a_failure_is_told_to_whoever_asked_and_what_stood_there_stays() -> None:
    before = after(answered(here(), WHAT), log=LOG)
    failed = answered(before, failed=True, asked_by="ines")
    assert "gave no answer" in directs(failed)["slack:T1:UINES"]
    assert len(failed.effects) == 1
    assert suggestions(failed) == suggestions(Decision(state=before)) != ()
    assert answered(before, failed=True).effects == ()
    useless = answered(before, answer(("Nothing.", "")), asked_by="ines")
    assert "nothing for INC-42 that rests on" in directs(useless)["slack:T1:UINES"]
    assert suggestions(useless) == suggestions(failed)


def test_given_up_for_good_it_alarms_nobody() -> None:
    assert told(here(), Undeliverable, effect_kind="ask_model", reason="x").effects == ()


def test_a_newer_answer_takes_the_place_of_the_older() -> None:
    before = after(answered(here(), WHAT, IMPACT), log=LOG)
    assert texts(answered(before, answer(("Payments failed.", "e1")))) == {"learning": "Payments failed."}


def test_an_answer_that_comes_after_the_publishing_is_of_no_use() -> None:
    done = postmortem(status="published", published_at=NOW, published_by="maya")
    assert suggestions(answered(here(postmortem=done), WHAT)) == ()
    gone = here().model_copy(update={"postmortem": None})
    assert answered(gone, WHAT).state.postmortem is None


# -- shown


def suggested() -> Any:
    return after(answered(here(), WHAT, IMPACT), log=LOG)


def test_it_is_shown_with_its_mark_its_evidence_and_two_buttons() -> None:
    decision = said(suggested(), "postmortem")
    text = decision.reply.plain()
    assert text.count(MARK) == 2
    assert "Payments failed after a deployment. Rolling back to build 1187 ended it." in text
    assert "13:11 CET (in chat (https://acme.slack.com/archives/C1/p1))" in text
    labels = [button.label for button in buttons(decision)]
    assert labels.count("Accept this text") == labels.count("Discard this text") == 2
    assert not decision.reply.public


def test_the_twin_for_programs_has_it_with_its_mark() -> None:
    state = suggested()
    names = names_of(state.people)
    twin = postmortem_json(state.incident, (), state.postmortem, state.log, names, ZONE)
    assert [(one["section"], one["mark"]) for one in twin["suggestions"]] == [("learning", MARK), ("impact", MARK)]
    assert twin["suggestions"][1]["sentences"] == [
        {"text": "12 % of payments failed.", "rests_on": [{"id": "e3", "at": "2026-11-23T12:13:00+00:00", "link": ""}]}
    ]
    assert "Rolling back" not in json.dumps(twin["sections"])


def test_it_is_in_no_draft_no_export_and_no_published_copy() -> None:
    state = suggested()
    made = record().model_copy(update={"postmortem": state.postmortem})
    bare = record()
    assert draft_of(made, house_zone(made)) == draft_of(bare, house_zone(bare))
    assert markdown_of(made) == markdown_of(bare)
    assert archive(made) == archive(bare)
    in_file = read_archive(archive(made)).postmortem
    assert in_file is not None
    assert in_file.suggestions == ()
    complete = postmortem(**COMPLETE, suggestions=kept_by(Decision(state=state)).suggestions)
    done = kept_by(clicked(here(postmortem=complete, items=TIED), "postmortem_publish", sure="yes"))
    assert done.status is PostmortemStatus.PUBLISHED
    assert done.suggestions == ()
    assert "Rolling back" not in done.model_dump_json()


# -- accepted or discarded


def one_of(state: Any, section: str) -> str:
    found: str = next(one.id for one in state.postmortem.suggestions if one.section == section)
    return found


def test_accepted_it_is_the_text_of_whoever_accepted_it() -> None:
    state = suggested()
    decision = clicked(state, "accept_suggestion", suggestion=one_of(state, "impact"))
    now = kept_by(decision)
    assert (now.edited["impact"].text, now.edited["impact"].by) == ("12 % of payments failed.", "tom")
    assert [one.section for one in now.suggestions] == ["learning"]
    (line,) = decision.entries
    assert line.text == "Postmortem: “Impact” written, with a text that a language model suggested"
    assert MARK not in said(after(decision, log=LOG), "postmortem edit impact").reply.plain()


def test_of_the_learning_card_one_answer_is_taken_and_the_others_stay() -> None:
    state = suggested()
    before = form_of(said(state, "postmortem edit learning")).inputs[0].initial.split("\n")
    text = kept_by(clicked(state, "accept_suggestion", suggestion=one_of(state, "learning"))).edited["learning"].text
    lines = text.split("\n")
    assert lines[0] == f"- {CARD[0]}: Payments failed after a deployment. Rolling back to build 1187 ended it."
    assert lines[1:] == before[1:]
    assert len(lines) == len(CARD)


def test_whoever_wrote_the_section_meanwhile_loses_no_word() -> None:
    state = suggested()
    chosen = one_of(state, "impact")
    wrote = state.postmortem.model_copy(update={"edited": {"impact": written("Maya's words")}})
    later = state.model_copy(update={"postmortem": wrote})
    with pytest.raises(Refused, match="not there any more"):
        clicked(later, "accept_suggestion", suggestion=chosen)
    assert "Payments failed" in said(later, "postmortem").reply.plain()
    assert "12 % of payments failed." not in said(later, "postmortem").reply.plain().split(MARK)[1]


def test_discarded_it_is_gone_and_nothing_else_changes() -> None:
    state = suggested()
    decision = clicked(state, "discard_suggestion", suggestion=one_of(state, "learning"))
    assert list(texts(decision)) == ["impact"]
    assert decision.entries == ()
    assert kept_by(decision).edited == {}


@pytest.mark.parametrize("kind", ["accept_suggestion", "discard_suggestion"])
def test_what_is_not_there_any_more_is_refused(kind: str) -> None:
    state = suggested()
    chosen = one_of(state, "learning")
    again = after(answered(state, answer(("Payments failed.", "e1"))), log=LOG)
    for gone in (again, here()):
        with pytest.raises(Refused, match="not there any more"):
            clicked(gone, kind, suggestion=chosen)
    published = here(postmortem=postmortem(status="published", published_at=NOW, published_by="maya"))
    with pytest.raises(Refused, match="was published by"):
        clicked(published, kind, suggestion=chosen)


# -- deleted in chat


def test_when_an_entry_is_deleted_what_rests_on_it_is_hidden_at_once_and_then_erased() -> None:
    state = suggested()
    gone = LOG[0].model_copy(update={"deleted_stamp": 9, "text": ""})
    hidden = state.model_copy(update={"log": (gone, *LOG[1:])})
    shown = said(hidden, "postmortem").reply.plain()
    assert shown.count(MARK) == 1
    assert "Rolling back" not in shown
    with pytest.raises(Refused, match="deleted"):
        clicked(hidden, "accept_suggestion", suggestion=one_of(state, "learning"))
    erased = told(state, ForgetSuggestions, entries="e1,e7")
    assert list(texts(erased)) == ["impact"]
    assert "Rolling back" not in kept_by(erased).model_dump_json()
    assert told(state, ForgetSuggestions, entries="e7").state.postmortem == state.postmortem


def test_what_was_accepted_is_a_persons_text_and_stays() -> None:
    state = suggested()
    done = clicked(state, "accept_suggestion", suggestion=one_of(state, "learning"))
    after_it = told(after(done, log=LOG), ForgetSuggestions, entries="e1")
    assert "Rolling back" in kept_by(after_it).edited["learning"].text


# -- around it


def test_the_lease_is_longer_than_the_model_may_take() -> None:
    from adapters.suggesting import SECONDS

    assert timedelta(seconds=SECONDS) < LEASE


def test_an_answer_is_no_gesture_that_anybody_could_make() -> None:
    with pytest.raises(Refused, match="button"):
        clicked(here(), ModelAnswered.kind, failed="")
    assert here().incident.status is Status.RESOLVED  # type: ignore[union-attr]
