"""Past incidents: how they are ranked, what is shown where, and what people say of it."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import Any

import pytest

from bot.commands.delivery import ChannelOpened
from bot.errors import NotFound, Refused
from bot.model import ActionItem, Moment, Place, Times
from bot.operations_words import MEANINGS, STOP
from bot.rules import VERBS
from bot.search_words import errors, service, words
from bot.similar import MOST_SHOWN, Found, Past, Shown, asked, indexed, rarity, similar
from bot.state import Decision
from bot.text import Button, Card
from tests.bot.worlds import GUEST, NOW, TOM, clicked, incident, of_kind, said, told, world

POOL = "Payments fail: connection pool exhausted"


def past(
    key: str = "INC-7",
    title: str = POOL,
    *,
    items: int = 0,
    days: int = 30,
    fixed: str = "more connections",
    **fields: Any,
) -> Past:
    declared = Times(declared=Moment(at=NOW - timedelta(days=days), source="Ines"))
    one = incident(id=key.lower(), key=key, title=title, times=declared, summary=fixed, **fields)
    owed = tuple(item(one.id, number) for number in range(items))
    return Past(incident=one, words=frozenset(indexed(one, None, ()).split()), items=owed)


def item(of: str, number: int) -> ActionItem:
    return ActionItem(
        id=f"a{number}", organisation="org", key=f"ACT-{number}", incident=of, incident_key="INC-7",
        incident_title="Old", severity=2, text=f"Alert on the pool {number}", owner="maya",
        due=date(2026, 11, 1 + number), created_by="tom", created_at=NOW - timedelta(days=30),
    )  # fmt: skip


def found(*past: Past, title: str = POOL, more: str = "", among: int = 50, **fields: Any) -> Found:
    now = incident(title=title, **fields)
    wanted, written = asked(now, [more])
    having = {word: sum(word in one.words for one in past) for word in wanted}
    return Found(asked=wanted, said=written, among=among, having=having, past=past)


def buttons(card: Card) -> list[Button]:
    return [button for section in card.sections for button in section.buttons]


# -- words


def test_different_words_for_the_same_thing_meet() -> None:
    assert "=database" in set(words("Postgres is slow")) & set(words("the db answers late"))
    assert "=exhausted" in set(words("we ran out of sessions")) & set(words("pool is full"))
    assert "=memory" in set(words("pod was OOMKilled")) & set(words("out of memory"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("connections", "connected"),
        ("expired", "expires"),
        ("retries", "retry"),
        ("caching", "cached"),
        ("stopped", "stops"),
    ],
)
def test_forms_of_a_word_are_one(one: str, other: str) -> None:
    assert words(one)[0] == words(other)[0]


def test_small_words_and_people_are_not_looked_for() -> None:
    assert words("it is not with the users of today") == ()
    assert words("\ue000slack:T1:UMAYA\ue001") == ()


def test_errors_are_known_by_their_shape_and_by_what_is_quoted() -> None:
    assert set(errors("java.lang.OutOfMemoryError, then ECONNREFUSED and 503")) >= {
        "!outofmemoryerror", "!econnrefused", "!503",
    }  # fmt: skip
    assert "!connect+pool+exhaust" in errors("it says “connection pool exhausted” again")
    assert errors("connection pool exhausted") == ()


def test_a_service_is_a_word_of_its_own() -> None:
    assert service("Payments API") == "#paymentsapi"
    assert service("--") == ""


def test_who_changes_the_vocabulary_fills_the_index_again() -> None:
    """What is indexed follows from these texts. Has this changed, add a migration that fills the index again, as
    0004 does, and put the new number here. (Until the first release, filling it anew by hand is enough.)"""
    told = "\n".join(
        [MEANINGS, STOP, indexed(incident(title="Connections expiring; caches stopped, OOM 503"), None, ())]
    )
    assert hashlib.sha256(told.encode()).hexdigest()[:12] == "103bcf048f5a"


# -- ranking


def test_the_most_alike_comes_first_and_three_are_enough() -> None:
    alike = [past(f"INC-{n}", title=f"{POOL} {'again' * (n == 4)}", days=n * 90) for n in range(1, 6)]
    matches = similar(found(past("INC-9", "Certificate expired"), *alike), NOW)
    assert len(matches) == MOST_SHOWN
    assert matches[0].past.incident.key == "INC-1"
    assert "INC-9" not in [one.past.incident.key for one in matches]


def test_a_word_that_all_have_is_no_reason() -> None:
    assert rarity(100, 100) < 0.01 < rarity(100, 50) < rarity(100, 2) < rarity(100, 1) == 1.0


def test_the_same_service_and_the_same_error_are_said() -> None:
    (match,) = similar(
        found(past(service="payments"), title=POOL, service="payments", more="FATAL: connection pool exhausted"), NOW
    )
    assert match.why == ("service", "error", "words")
    assert match.shared


def test_a_service_alone_is_not_alike() -> None:
    assert (
        similar(found(past(title="Certificate expired", fixed="", service="payments"), service="payments"), NOW) == ()
    )


def test_the_same_kind_of_factor_counts() -> None:
    capacity = past().model_copy(update={"kinds": frozenset({"capacity"})})
    with_kind = found(capacity).model_copy(update={"kinds": frozenset({"capacity"})})
    assert "factor" in similar(with_kind, NOW)[0].why
    assert similar(with_kind, NOW)[0].score > similar(found(capacity), NOW)[0].score


def test_of_two_that_are_alike_the_newer_comes_first() -> None:
    matches = similar(found(past("INC-1", days=900), past("INC-2", days=5)), NOW)
    assert [one.past.incident.key for one in matches] == ["INC-2", "INC-1"]


def test_nothing_asked_or_nothing_there_is_nothing_found() -> None:
    assert similar(None, NOW) == similar(Found(), NOW) == similar(found(title="?"), NOW) == ()


# -- the verb


def test_the_answer_tells_why_what_fixed_it_and_what_is_open_with_owner_and_lateness() -> None:
    decision = said(world(about=incident(title=POOL), past=found(past(items=2))), "similar")
    plain = decision.reply.plain()
    for part in ("Similar to INC-42", "INC-7", "both speak of", "more connections", "ACT-0", "@Maya", "3 weeks late"):
        assert part in plain
    assert not decision.reply.public
    assert (decision.effects, decision.entries) == ((), ())
    assert [button.label for button in buttons(decision.reply.card)] == ["Useful", "Not useful"]


def test_what_was_shown_is_kept_for_whoever_asked() -> None:
    decision = said(world(about=incident(title=POOL), past=found(past(items=1))), "similar")
    (shown,) = decision.state.shown
    assert (shown.key, shown.person, shown.useful, shown.open_items) == ("INC-7", "tom", None, 1)


def test_asking_again_keeps_what_one_said_of_it() -> None:
    mine = Shown(key="INC-7", incident="inc-7", person="tom", useful=False)
    decision = said(world(about=incident(title=POOL), shown=(mine,), past=found(past())), "similar")
    assert [one.useful for one in decision.state.shown] == [False]


def test_nothing_similar_is_said_plainly() -> None:
    state = world(about=incident(title=POOL), past=found(past("INC-9", "Certificate expired")))
    decision = said(state, "similar")
    assert decision.reply.plain().startswith("Nothing similar to INC-42 was found")
    assert decision.state == state


def test_where_nobody_wrote_what_fixed_it_that_is_said() -> None:
    bare = past()
    bare = bare.model_copy(update={"incident": bare.incident.model_copy(update={"summary": ""})})
    assert "nobody wrote it down" in said(world(about=incident(title=POOL), past=found(bare)), "similar").reply.plain()


def test_another_incident_is_named_behind_the_verb() -> None:
    assert VERBS["similar"].kind == "similar"
    assert (said(world(about=incident(title=POOL)), "similar INC-42")).reply.plain()


def test_outside_of_any_incident_it_is_asked_which() -> None:
    with pytest.raises(Refused):
        said(world(), "similar")


# -- what people say of it


def judged(useful: str, *shown: Shown, actor: Any = TOM) -> Decision:
    state = world(actor, about=incident(responders=frozenset({"tom", "gus"})), shown=shown)
    return clicked(state, "judge_similar", incident="INC-42", other="INC-7", useful=useful)


ON_CARD = Shown(key="INC-7", incident="inc-7", why=("service",), open_items=2)


@pytest.mark.parametrize(("useful", "kept", "told"), [("yes", True, "is useful"), ("no", False, "is not useful")])
def test_an_opinion_is_kept_once_a_person_and_can_be_changed(useful: str, kept: bool, told: str) -> None:
    mine = ON_CARD.model_copy(update={"person": "tom", "useful": not kept})
    for shown in ((ON_CARD,), (ON_CARD, mine)):
        decision = judged(useful, *shown)
        assert [one for one in decision.state.shown if one.person] == [mine.model_copy(update={"useful": kept})]
        assert ON_CARD in decision.state.shown
        assert told in decision.reply.plain()


def test_what_was_not_shown_cannot_be_judged() -> None:
    others = ON_CARD.model_copy(update={"person": "maya"}), ON_CARD.model_copy(update={"key": "INC-8"})
    for shown in ((), *((one,) for one in others)):
        with pytest.raises(NotFound):
            judged("yes", *shown)


def test_the_answer_has_the_button_that_changes_it() -> None:
    (button,) = buttons(judged("yes", ON_CARD).reply.card)
    assert (button.label, button.args["useful"]) == ("Not useful", "no")


def test_a_guest_who_was_invited_may_say_so_too() -> None:
    assert judged("yes", ON_CARD, actor=GUEST).state.shown[-1].person == "gus"


# -- the card


def opened(found_past: Found | None, **fields: Any) -> Decision:
    place = Place(platform="slack", tenant="T1", channel="C1")
    state = world(about=incident(title=POOL, place=None, status_card=None, **fields), past=found_past)
    return told(state, ChannelOpened, incident_id="inc", place=place)


def test_the_first_card_names_what_was_seen_before_and_offers_to_show_it_privately() -> None:
    (post,) = of_kind(opened(found(past(service="payments", items=2), service="payments")), "post")
    card = post.card  # type: ignore[attr-defined]
    assert "Seen before: INC-7 (same service, same error text, 2 action items still open)" in card.plain()
    assert "Maya" not in card.plain()
    (show,) = [button for button in buttons(card) if button.does == "similar"]
    assert show.args == {"incident": "INC-42"}


def test_a_card_without_anything_similar_has_no_line_for_it() -> None:
    for none in (None, Found(), found(past("INC-9", "Certificate expired"))):
        (post,) = of_kind(opened(none), "post")
        assert "Seen before" not in post.card.plain()  # type: ignore[attr-defined]


@pytest.mark.parametrize("words_said", ["impact connection pool exhausted", "update the pool is exhausted"])
def test_more_words_change_the_card_in_place_and_post_nothing_for_it(words_said: str) -> None:
    stale = ON_CARD.model_copy(update={"key": "INC-1", "incident": "inc-1"})
    decision = said(world(about=incident(title=POOL), shown=(stale,), past=found(past())), words_said)
    edits = [one for one in of_kind(decision, "edit") if "Seen before" in one.card.plain()]  # type: ignore[attr-defined]
    assert "Seen before: INC-7" in edits[0].card.plain()  # type: ignore[attr-defined]
    assert "INC-1 " not in edits[0].card.plain()  # type: ignore[attr-defined]
    assert {one.key: one.place for one in decision.state.shown} == {"INC-7": 1, "INC-1": 0}
    without = said(world(about=incident(title=POOL)), words_said)
    assert len(of_kind(decision, "post")) == len(of_kind(without, "post"))


def test_other_changes_leave_the_line_as_it_is() -> None:
    decision = said(world(about=incident(title=POOL), shown=(ON_CARD,)), "sev 2")
    assert "Seen before: INC-7" in of_kind(decision, "edit")[0].card.plain()  # type: ignore[attr-defined]
    assert decision.state.shown == (ON_CARD,)


def test_an_announcement_says_nothing_of_it() -> None:
    decision = said(world(about=incident(title=POOL), shown=(ON_CARD,)), "sev 2")
    assert len([one for one in of_kind(decision, "edit") if "Seen before" in one.card.plain()]) == 1  # type: ignore[attr-defined]
