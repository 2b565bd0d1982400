"""What people say for a postmortem: the trigger, decisions not to act, questions; accepted entries; what changed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.command import KINDS
from bot.errors import Refused
from bot.model import EntryKind, Postmortem
from bot.text import mention_token
from tests.bot.drafts import ALL_TIMES, MAYAS, change, message, pinned, postmortem, saying, told_incident, written
from tests.bot.test_postmortem import COMPLETE, TIED, buttons, form_of, kept, refused, telling
from tests.bot.worlds import GUEST, INES, NOW, TOM, after, clicked, said, world

PUBLISHED = {"status": "published", "published_at": NOW, "published_by": "maya"}
WORDS = [("decision", "decisions"), ("question", "questions")]


# -- the trigger


def test_the_trigger_is_kept_with_who_said_it_and_its_line() -> None:
    decision = said(telling(), "postmortem trigger the certificate expired")
    trigger = kept(decision).trigger
    assert trigger is not None
    assert (trigger.text, trigger.by, trigger.at) == ("the certificate expired", "tom", NOW)
    (line,) = decision.entries
    assert (line.id, line.kind, line.text) == (trigger.entry, EntryKind.POSTMORTEM, "Trigger: the certificate expired")
    assert not line.is_key
    assert kept(decision).factors == ()


def test_without_a_text_a_form_asks_for_the_trigger_with_what_stands_there() -> None:
    of = postmortem(trigger=saying(f"{mention_token(MAYAS)} deployed"))
    form = form_of(said(telling(of=of), "postmortem trigger"))
    assert (form.does, form.inputs[0].initial) == ("postmortem_trigger", "@Maya deployed")
    same = clicked(telling(of=of), form.does, **form.args, text=form.inputs[0].initial)
    assert (kept(same).trigger, same.entries) == (of.trigger, ())
    emptied = clicked(telling(of=of), form.does, **form.args, text="")
    assert kept(emptied).trigger is None
    assert emptied.entries[0].text == "Trigger: unknown again"


def test_another_trigger_says_what_stood_there_before() -> None:
    decision = said(telling(of=postmortem(trigger=saying("a deployment"))), "postmortem trigger a certificate")
    assert "It said before: a deployment" in decision.reply.plain()


def test_a_trigger_that_somebody_said_meanwhile_is_shown_and_not_lost() -> None:
    form = form_of(said(telling(), "postmortem trigger"))
    later = telling(of=postmortem(trigger=saying("Maya's words")))
    decision = clicked(later, form.does, **form.args, text="Tom's words")
    again = form_of(decision)
    assert kept(decision).trigger == saying("Maya's words")
    assert "Maya's words" in again.intro.plain()
    assert again.inputs[0].initial == "Tom's words"
    saved = kept(clicked(later, again.does, **again.args, text="both")).trigger
    assert saved is not None
    assert saved.text == "both"


# -- decisions and questions


@pytest.mark.parametrize(("word", "name"), WORDS)
def test_a_decision_or_a_question_is_added_with_its_line(word: str, name: str) -> None:
    first = said(telling(), f"postmortem {word} No second region")
    both = said(after(first, INES), f"postmortem {word} And no third")
    standing = getattr(kept(both), name)
    assert [(one.text, one.by) for one in standing] == [("No second region", "tom"), ("And no third", "ines")]
    assert standing[1].entry == both.entries[0].id
    assert "No second region" in first.entries[0].text
    assert "there already" in refused(after(both), f"postmortem {word} And no third")


@pytest.mark.parametrize(("word", "name"), WORDS)
def test_its_form_adds_one_and_takes_out_what_no_longer_stands(word: str, name: str) -> None:
    of = postmortem(**{name: (saying("first", 1), saying("second", 2))})
    form = form_of(said(telling(of=of), f"postmortem {word}"))
    assert [choice.label for choice in form.inputs[1].choices] == ["first", "second"]
    decision = clicked(telling(of=of), form.does, **form.args, text="third", gone="s1,s9")
    assert [one.text for one in getattr(kept(decision), name)] == ["second", "third"]
    assert len({line.id for line in decision.entries}) == 2
    assert "first" in decision.entries[1].text


def test_the_first_one_has_to_be_said_and_a_form_without_anything_changes_nothing() -> None:
    form = form_of(said(telling(), "postmortem question"))
    assert [(one.name, one.required) for one in form.inputs] == [("text", True)]
    decision = clicked(telling(of=postmortem(questions=(saying("a"),))), form.does, **form.args, gone="false")
    assert kept(decision).questions == (saying("a"),)
    assert "nothing was changed" in decision.reply.plain()


def test_where_the_section_was_written_by_hand_the_answer_says_so() -> None:
    of = postmortem(edited={"questions": written("mine")})
    assert "was written by hand" in said(telling(of=of), "postmortem question why").reply.plain()
    assert "was written by hand" not in said(telling(), "postmortem question why").reply.plain()


@pytest.mark.parametrize("word", ["trigger x", "decision x", "question x"])
def test_nothing_is_said_for_a_published_one_by_guests_or_where_there_is_none(word: str) -> None:
    assert "postmortem revise" in refused(telling(of=postmortem(**PUBLISHED)), f"postmortem {word}")
    about = told_incident(responders=frozenset({"tom", "gus"}))
    assert "Guests can read" in refused(telling(GUEST, about=about), f"postmortem {word}")
    assert "/incident postmortem open" in refused(world(TOM, told_incident()), f"postmortem {word}")


@pytest.mark.parametrize("kind", ["postmortem_trigger", "postmortem_decision", "postmortem_question"])
def test_each_button_answers_with_its_form(kind: str) -> None:
    assert KINDS[kind].asks
    assert form_of(clicked(telling(), kind, incident="INC-42")).does == kind
    assert kind in {button.does for button in buttons(said(telling(), "postmortem"))}


def test_a_button_asks_for_a_time_while_one_of_the_five_is_unknown() -> None:
    unknown = told_incident(status="resolved", times=ALL_TIMES.model_copy(update={"began": None}))
    (button,) = [one for one in buttons(said(telling(about=unknown), "postmortem")) if one.does == "time"]
    assert form_of(clicked(telling(about=unknown), button.does, **button.args)).does == "time"
    assert "time" not in {one.does for one in buttons(said(telling(), "postmortem"))}


# -- accepting what is proposed

ALERT = change(3, EntryKind.ALERT, "5xx", author="", author_name="Alertmanager").model_copy(update={"noted": False})
LOUD = (message(1, "see https://grafana.acme.example/d/abc"), message(2, "lunch?"), ALERT)


def test_the_card_shows_what_is_proposed_and_one_click_accepts_it() -> None:
    state = telling(log=LOUD)
    shown = said(state, "postmortem")
    assert "2 entries of the log are proposed" in shown.reply.plain()
    (button,) = [one for one in buttons(shown) if one.does == "accept_proposed"]
    assert (button.label, button.args["ids"]) == ("Accept the 2 proposed entries", "e1,e3")
    decision = clicked(state, button.does, **button.args)
    assert [(one.id, one.is_key) for one in decision.entries] == [("e1", True), ("e3", True)]
    later = said(after(decision, log=LOUD[1:2]), "postmortem")
    assert "accept_proposed" not in {one.does for one in buttons(later)}


def test_accepted_entries_are_taken_back_by_undo_and_stay_in_the_log() -> None:
    accepted = said(telling(log=LOUD), "postmortem adopt")
    taken = said(after(accepted, log=LOUD[1:2]), "undo", NOW + timedelta(minutes=1))
    two = [(one.id, one.noted, one.retracted) for one in taken.entries[:2]]
    assert two == [("e1", False, False), ("e3", False, False)]


def test_only_what_can_still_stand_in_the_timeline_is_accepted() -> None:
    log = (message(1, "a", deleted_stamp=9), message(2, "b", retracted=True), pinned(3, "c"), message(4, "d"))
    decision = clicked(telling(log=log), "accept_proposed", ids="e1,e2,e3,e4,e9")
    assert [one.id for one in decision.entries] == ["e4"]
    with pytest.raises(Refused, match="Nothing is proposed"):
        clicked(telling(log=log), "accept_proposed", ids="e1,e2,e3")


def test_with_a_timeline_made_by_hand_nothing_is_proposed() -> None:
    assert "Nothing is proposed" in refused(telling(log=(*LOUD, pinned(5, "x"))), "postmortem adopt")


# -- what changed


def publishing() -> Postmortem:
    state = telling(of=postmortem(**COMPLETE), items=TIED, log=(pinned(1, "rolled back"),))
    return kept(said(state, "postmortem publish"))


def test_nothing_changed_since_it_was_published() -> None:
    of = publishing()
    assert (of.published_version, "log" in of.published_sections) == (1, False)
    decision = said(telling(of=of, items=TIED, log=(pinned(1, "rolled back"),)), "postmortem changes")
    assert "says what its published version 1 says" in decision.reply.plain()
    assert (decision.entries, decision.effects) == ((), ())


def test_what_changed_is_told_by_section_without_names() -> None:
    log = (pinned(1, "rolled back"), pinned(4, "a late note", author=MAYAS))
    again = said(telling(of=publishing(), items=TIED, log=log), "postmortem revise")
    later = said(after(again, log=log), "postmortem question Who is paged?")
    state = after(later, log=log)
    card = said(state, "postmortem changes").reply.card
    text = card.plain()
    assert card.title == "Postmortem of INC-42: changed since version 1"
    assert "Timeline\n+ Mon 23 Nov 2026 13:14 CET · a responder: a late note" in text
    assert "+ Who is paged? (incident commander, Mon 23 Nov 2026 14:00 CET)" in text
    assert "postmortem_changes" in {button.does for button in buttons(said(state, "postmortem"))}


def test_many_changed_lines_are_cut_and_counted() -> None:
    log = tuple(pinned(n, "x" * 500) for n in range(20))
    text = said(telling(of=publishing(), items=TIED, log=log), "postmortem changes").reply.plain()
    assert "… and 1" in text
    assert len(text) < 9_000


def test_without_a_published_version_there_is_nothing_to_compare_with() -> None:
    assert "/incident postmortem publish" in said(telling(), "postmortem changes").reply.plain()
    assert "no postmortem yet" in refused(world(TOM, told_incident()), "postmortem changes")
