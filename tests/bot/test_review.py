"""A draft in review: asked for, looked at, commented on, disputed, found fair, and published whatever is missing."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.command import KINDS
from bot.draft import names_of, postmortem_json
from bot.effects import Direct
from bot.errors import Refused
from bot.model import Incident, Person, Postmortem, PostmortemStatus
from bot.permissions import check
from bot.readiness import readiness
from bot.review import Comment, Review, current, involved, open_comments
from bot.state import Decision, State
from bot.text import Form, mention_token, with_pages
from bot.words.review import looked
from tests.bot.drafts import factor, postmortem, told_incident
from tests.bot.worlds import ADMIN, GUEST, INES, MAYA, NOW, PEOPLE, TOM, after, clicked, said, world

FRIDAY = date(2026, 11, 27)
AT = datetime(2026, 11, 27, 13, 0, tzinfo=UTC)
"""14:00 in Berlin."""


def review(**fields: Any) -> Review:
    told = {"version": 1, "asked_by": "tom", "asked_at": NOW, "changed_at": NOW, "reviewers": ("ines", "ada")}
    return Review.model_validate({**told, **fields})


def reviewed(**fields: Any) -> Postmortem:
    return postmortem(status="in review", review=review(**fields), factors=(factor(1, "small pool"),))


def of(actor: Person = INES, draft: Postmortem | None = None, about: Incident | None = None) -> State:
    return world(actor, about or told_incident(status="resolved"), postmortem=draft or reviewed())


def drafted(actor: Person = TOM, about: Incident | None = None) -> State:
    return of(actor, postmortem(), about)


def kept(decision: Decision) -> Postmortem:
    assert decision.state.postmortem is not None
    return decision.state.postmortem


def asked(decision: Decision) -> Review:
    found = current(kept(decision))
    assert found is not None
    return found


def directs(decision: Decision) -> dict[str, str]:
    """What was written privately, by account."""
    return {one.account: one.card.plain() for one in decision.effects if isinstance(one, Direct)}


def labels(decision: Decision) -> list[str]:
    return [button.label for section in decision.reply.card.sections for button in section.buttons]


def form_of(decision: Decision) -> Form:
    assert decision.reply.form is not None
    return decision.reply.form


def refused(state: State, words: str = "", kind: str = "", **args: str) -> Refused:
    before = state.model_dump_json()
    with pytest.raises(Refused) as caught:
        said(state, words) if words else clicked(state, kind, **args)
    assert state.model_dump_json() == before
    return caught.value


# -- asking


def test_reviewers_are_asked_privately_and_the_draft_is_in_review() -> None:
    decision = said(drafted(), "postmortem review @ines and @ada on fri 14:00")
    assert kept(decision).status is PostmortemStatus.IN_REVIEW
    assert (asked(decision).reviewers, asked(decision).day, asked(decision).at) == (("ines", "ada"), FRIDAY, AT)
    assert directs(decision).keys() == {"slack:T1:UINES", "slack:T1:UADA"}
    assert "@Tom asks you to look" in directs(decision)["slack:T1:UINES"]
    (card,) = [one.card for one in decision.effects if isinstance(one, Direct) and one.account.endswith("INES")]
    assert [one.label for one in card.sections[0].buttons] == [
        "Looks right", "Comment", "Disputed", "Was it known before?", "Read the draft",
    ]  # fmt: skip
    assert "/incidents/INC-42/review.ics" in with_pages(card, "https://debrief.example".__add__).plain()
    assert decision.entries[0].is_key
    assert not [one for one in decision.effects if one.kind == "post"]


@pytest.mark.parametrize(
    ("words", "day", "at"),
    [("@ines", None, None), ("@ines fri", FRIDAY, None), ("@ines, 2026-11-27", FRIDAY, None),
     ("fri @ines", FRIDAY, None), ("@ines by fri at 14:00", FRIDAY, AT), ("@ines 2026-11-27T14:00", FRIDAY, AT)],
)  # fmt: skip
def test_the_day_may_be_said_in_many_ways_or_left_out(words: str, day: date | None, at: datetime | None) -> None:
    decision = said(drafted(), f"postmortem review {words}")
    assert (asked(decision).reviewers, asked(decision).day, asked(decision).at) == (("ines",), day, at)


def test_without_anybody_named_a_form_asks_and_keeps_the_day() -> None:
    form = form_of(said(drafted(), "postmortem review fri 14:00"))
    assert {field.name: field.initial for field in form.inputs} == {"people": "", "day": "2026-11-27", "time": "14:00"}
    sent = {"people": f"{mention_token('slack:T1:UINES')} {mention_token('slack:T1:UADA')}", "day": "2026-11-27"}
    decision = clicked(drafted(), form.does, **form.args, **sent, time="14:00")
    assert (asked(decision).reviewers, asked(decision).at) == (("ines", "ada"), AT)


@pytest.mark.parametrize(
    ("args", "field"),
    [
        ({"people": "@ines", "day": "someday"}, "day"), ({"people": "@ines", "day": "2020-01-01"}, "day"),
        ({"people": "@ines", "day": "today", "time": "25:00"}, "time"), ({"people": "@ines", "time": "14:00"}, "day"),
        ({"people": "@ines", "day": "today", "time": "09:00"}, "time"), ({"people": "@zed"}, "people"),
        ({"people": "zed"}, "people"), ({"people": "@robo"}, "people"), ({"people": "@gus"}, "people"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(args: dict[str, str], field: str) -> None:
    assert refused(drafted(), kind="postmortem_review", **args).field == field


def test_of_a_private_incident_whoever_is_no_member_is_refused_in_words() -> None:
    about = told_incident(status="resolved", private=True, responders=frozenset({"tom", "maya"}))
    assert "is private, and Ines is not in it" in str(refused(drafted(about=about), "postmortem review @maya @ines"))
    assert asked(said(drafted(about=about), "postmortem review @maya")).reviewers == ("maya",)


def test_a_guest_reviews_where_they_were_invited() -> None:
    about = told_incident(status="resolved", responders=frozenset({"tom", "gus"}))
    assert asked(said(drafted(about=about), "postmortem review @gus")).reviewers == ("gus",)


def test_asking_again_adds_reviewers_and_tells_only_them() -> None:
    decision = said(of(TOM), "postmortem review @ines @maya")
    assert asked(decision).reviewers == ("ines", "ada", "maya")
    assert directs(decision).keys() == {"slack:T1:UMAYA"}
    same = said(of(TOM), "postmortem review @ines")
    assert (kept(same), same.entries, same.effects) == (reviewed(), (), ())


def test_a_meeting_that_moves_tells_everybody_and_counts_up() -> None:
    decision = said(of(TOM, reviewed(day=FRIDAY, at=AT)), "postmortem review fri 15:00")
    assert (asked(decision).moved, asked(decision).changed_at) == (1, NOW)
    assert directs(decision).keys() == {"slack:T1:UINES", "slack:T1:UADA"}
    assert "at another time now" in directs(decision)["slack:T1:UINES"]
    assert "review moved" in decision.entries[0].text


def test_whoever_cannot_be_written_to_is_named_to_the_one_who_asks() -> None:
    state = drafted()
    lost = INES.model_copy(update={"unreachable": True})
    state = state.model_copy(update={"people": {**state.people, "ines": lost}})
    decision = said(state, "postmortem review @ines")
    assert "I cannot write to @Ines" in decision.reply.plain()
    assert directs(decision) == {}


def test_only_the_commander_the_owner_or_an_admin_asks_for_a_review() -> None:
    assert "Only the incident commander" in str(refused(drafted(INES), "postmortem review @ada"))
    for actor in (TOM, MAYA, ADMIN):
        assert kept(said(drafted(actor), "postmortem review @ines")).status is PostmortemStatus.IN_REVIEW


def test_what_is_published_is_not_reviewed_any_more() -> None:
    done = postmortem(status="published", published_at=NOW, published_by="tom", review=review())
    assert "postmortem revise" in str(refused(of(TOM, done), "postmortem review @ines"))
    assert "published" in str(refused(of(INES, done), kind="postmortem_sign"))


def test_a_new_version_begins_a_review_of_its_own() -> None:
    done = postmortem(status="published", published_at=NOW, published_by="tom", review=review(moved=3))
    again = after(said(of(TOM, done), "postmortem revise"), TOM)
    assert again.postmortem is not None
    assert current(again.postmortem) is None
    fresh = asked(said(again, "postmortem review @ada"))
    assert (fresh.version, fresh.reviewers, fresh.moved) == (2, ("ada",), 0)
    sent_back = after(said(again, "postmortem review @ada"), INES)
    assert "earlier version" in str(refused(sent_back, kind="postmortem_sign", version="1"))


def test_a_draft_that_went_back_and_is_reviewed_again_asks_those_who_have_not_looked() -> None:
    signed = reviewed(signed=({"by": "ada", "at": NOW},))
    back = after(said(of(TOM, signed), "postmortem revise"), TOM)
    decision = said(back, "postmortem review @ines")
    assert kept(decision).status is PostmortemStatus.IN_REVIEW
    assert directs(decision).keys() == {"slack:T1:UINES"}


# -- looking


def test_a_sign_off_is_counted_in_the_timeline_and_in_what_is_missing() -> None:
    decision = clicked(of(), "postmortem_sign", version="1")
    assert asked(decision).has_signed("ines")
    assert "1 of 2 reviewers have looked" in decision.reply.plain()
    assert decision.reply.replaces
    assert "looks right to" in decision.entries[0].text
    assert "1 of 2 reviewers have looked" in readiness(told_incident(), (), kept(decision))
    assert directs(decision) == {}


def test_when_all_have_looked_the_owner_is_told_once_and_nothing_is_missing() -> None:
    decision = clicked(of(draft=reviewed(signed=({"by": "ada", "at": NOW},))), "postmortem_sign")
    assert "2 of 2 reviewers have looked" in directs(decision)["slack:T1:UMAYA"]
    assert not [one for one in readiness(told_incident(), (), kept(decision)) if "looked" in one]


def test_a_second_sign_off_and_one_by_somebody_who_was_not_asked_are_refused() -> None:
    assert "already" in str(refused(of(draft=reviewed(signed=({"by": "ines", "at": NOW},))), kind="postmortem_sign"))
    assert "not asked to review" in str(refused(of(MAYA), kind="postmortem_sign"))
    assert "not in review" in str(refused(of(draft=postmortem()), kind="postmortem_sign"))


def test_publishing_waits_for_nobody_and_says_who_has_not_looked() -> None:
    decision = said(of(TOM), "postmortem publish")
    assert "0 of 2 reviewers have looked" in decision.reply.plain()
    sure = clicked(of(TOM), "postmortem_publish", sure="yes")
    assert kept(sure).status is PostmortemStatus.PUBLISHED


# -- comments


def test_a_comment_is_kept_and_told_to_the_owner_alone() -> None:
    form = form_of(clicked(of(), "postmortem_comment", version="1"))
    decision = clicked(of(), form.does, **form.args, section="impact", text="It was more than 12 %")
    (comment,) = kept(decision).comments
    assert (comment.by, comment.kind, comment.about, comment.at, comment.version) == (
        "ines",
        "comment",
        "impact",
        NOW,
        1,
    )
    assert directs(decision).keys() == {"slack:T1:UMAYA"}
    assert "Comment · Impact · @Ines\nIt was more than 12 %" in directs(decision)["slack:T1:UMAYA"]
    assert not decision.entries[0].is_key
    assert "more than" not in decision.entries[0].text
    assert "1 comment is open" in readiness(told_incident(), (), kept(decision))


def test_of_ones_own_comment_nobody_is_told_and_the_answer_does_not_say_so() -> None:
    decision = said(of(TOM, reviewed().model_copy(update={"owner": TOM.id})), "postmortem comment Note to myself")
    assert directs(decision) == {}
    assert decision.reply.plain() == "Kept beside the postmortem of INC-42."


def test_words_behind_the_verb_are_a_comment_on_the_whole() -> None:
    (comment,) = kept(said(of(), "postmortem comment Well written")).comments
    assert (comment.about, comment.text) == ("", "Well written")


@pytest.mark.parametrize(("about", "kind"), [("began", "time"), ("f1", "factor")])
def test_a_time_or_a_factor_is_disputed_with_what_holds_instead(about: str, kind: str) -> None:
    form = form_of(clicked(of(), "postmortem_dispute", version="1"))
    assert about in {choice.value for choice in form.inputs[0].choices}
    decision = clicked(of(), form.does, **form.args, about=about, text="13:20, by the error graph")
    (comment,) = kept(decision).comments
    assert (comment.kind, comment.about) == (kind, about)
    assert "1 disputed and not settled" in readiness(told_incident(), (), kept(decision))
    assert refused(of(), kind="postmortem_dispute", about="f9", text="x").field == "about"


def commented(*fields: dict[str, Any]) -> Postmortem:
    told = {"version": 1, "by": "ines", "at": NOW, "text": "more"}
    made = tuple(Comment.model_validate({**told, "id": f"c{n}", **one}) for n, one in enumerate(fields))
    return reviewed().model_copy(update={"comments": made})


def test_open_comments_are_listed_with_a_button_each() -> None:
    decision = said(of(MAYA, commented({}, {"kind": "missing"}, {"resolved_at": NOW})), "postmortem comments")
    assert decision.reply.card.title == "2 open comments on the postmortem of INC-42"
    assert labels(decision) == ["Resolve", "Resolve"]
    assert not decision.reply.public
    many = said(of(MAYA, commented(*({} for _ in range(12)))), "postmortem comments")
    assert "and 2 more" in many.reply.plain()
    assert "No comment" in said(of(MAYA), "postmortem comments").reply.plain()


def test_the_postmortems_card_leads_to_them_while_any_is_open() -> None:
    assert "Comments" in labels(said(of(MAYA, commented({})), "postmortem"))
    assert "Comments" not in labels(said(of(MAYA, commented({"resolved_at": NOW})), "postmortem"))


def test_two_reviewers_who_turn_out_to_be_one_person_are_asked_for_one_look() -> None:
    one = review(reviewers=("ines", "ines"), signed=({"by": "ines", "at": NOW}, {"by": "ines", "at": NOW}))
    assert looked(one) == "1 of 1 reviewer has looked"


def test_a_comment_is_resolved_by_name_and_only_once() -> None:
    decision = clicked(of(MAYA, commented({})), "postmortem_resolve", comment="c0")
    (comment,) = kept(decision).comments
    assert (comment.resolved_by, comment.resolved_at, open_comments(kept(decision))) == ("maya", NOW, ())
    assert "(resolved)" in decision.reply.plain()
    assert "@Maya resolved" in str(refused(after(decision, MAYA), kind="postmortem_resolve", comment="c0"))
    assert "not there" in str(refused(of(MAYA), kind="postmortem_resolve", comment="c9"))


def test_resolving_one_in_the_list_shows_the_others_again() -> None:
    decision = clicked(of(MAYA, commented({}, {})), "postmortem_resolve", comment="c0", among="all")
    assert labels(decision) == ["Resolve"]


def test_whoever_made_a_comment_resolves_it_too_and_others_do_not() -> None:
    assert not open_comments(kept(clicked(of(INES, commented({})), "postmortem_resolve", comment="c0")))
    draft = commented({"by": "ada"})
    assert "whoever made it" in str(refused(of(INES, draft), kind="postmortem_resolve", comment="c0"))


# -- is it fair?


def test_fair_is_noted_once_and_missing_becomes_a_comment() -> None:
    decision = clicked(of(), "postmortem_fair", version="1")
    assert asked(decision).fair == ("ines",)
    assert decision.reply.replaces
    assert "already" in str(refused(after(decision, INES), kind="postmortem_fair"))
    form = form_of(clicked(of(), "postmortem_missing", version="1"))
    missing = clicked(of(), form.does, **form.args, text="The second alert")
    assert [(one.kind, one.text) for one in kept(missing).comments] == [("missing", "The second alert")]
    assert "The second alert" in directs(missing)["slack:T1:UMAYA"]


@pytest.mark.parametrize("kind", ["sign", "comment", "dispute", "missing", "fair", "comments"])
def test_guests_answer_where_they_were_invited_and_nowhere_else(kind: str) -> None:
    here = of(GUEST, about=told_incident(status="resolved", responders=frozenset({"tom", "gus"})))
    command = KINDS[f"postmortem_{kind}"].model_validate(
        {"origin": {"id": "1", "platform": "slack", "tenant": "T1", "actor": "UGUS"}}
    )
    check(here, command)
    with pytest.raises(Refused, match="Guests"):
        check(of(GUEST), command)


# -- the record


def test_the_page_of_the_postmortem_holds_review_and_comments_by_name() -> None:
    draft = commented({"kind": "time", "about": "began"}).model_copy(
        update={"review": review(signed=({"by": "ada", "at": NOW},), day=FRIDAY, at=AT, fair=("tom",))}
    )
    names = names_of({one.id: one for one in PEOPLE})
    made = postmortem_json(told_incident(), (), draft, (), names, "Europe/Berlin")
    assert made["review"]["reviewers"] == [
        {"name": "Ines", "signed_at": None}, {"name": "Ada", "signed_at": NOW.isoformat()},
    ]  # fmt: skip
    assert (made["review"]["at"], made["review"]["fair"]) == (AT.isoformat(), ["Tom"])
    assert made["comments"][0] | {"by": "Ines", "about": "began", "text": "more"} == made["comments"][0]
    assert involved(draft) == {"maya", "tom", "ines", "ada"}


def test_a_postmortem_of_before_there_were_reviews_reads_as_it_was() -> None:
    old = postmortem().model_dump(mode="json", exclude={"ownership", "review", "comments"})
    assert Postmortem.model_validate(old) == postmortem()
