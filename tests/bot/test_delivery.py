"""Receipts and channel events: histories read, deliveries given up, channels renamed, archived and made private."""

from __future__ import annotations

from datetime import date

import pytest

from bot.command import KINDS, Capture, Origin, Receipt, build
from bot.commands.channel import CaptureGap, ChannelArchived, ChannelMadePrivate, ChannelRenamed
from bot.commands.delivery import HistoryRead, MessagePosted, Undeliverable
from bot.effects import Backfill, Direct, Edit, Post
from bot.errors import Refused
from bot.model import ActionItem, MessageRef, Status
from bot.state import Decision, State
from tests.bot.worlds import CARD, CHANNEL, NEWS, NOW, TOM, incident, of_kind, said, the, told, world

LED = incident(roles={"lead": "maya"})


NEW = MessageRef(platform="slack", tenant="T1", channel="C1", ts="1795438800.000100")


def gone(state: State, message: MessageRef) -> Decision:
    """An edit was given up because its message does not exist any more."""
    return told(state, Undeliverable, effect_kind="edit", reason="It does not exist any more.", gone=message)


# -- capture


def test_a_gap_is_said_on_the_card_until_the_history_was_read() -> None:
    gap = told(world(about=incident()), CaptureGap, why="the connection was away", since="1795438000.000000")
    assert the(gap).capture_gap == "the connection was away"
    (backfill,) = of_kind(gap, "backfill")
    assert isinstance(backfill, Backfill)
    assert (backfill.place, backfill.since) == (CHANNEL, "1795438000.000000")
    page = told(gap.state, HistoryRead, place=CHANNEL, since=backfill.since, cursor="next", page=0)
    (following,) = page.effects
    assert isinstance(following, Backfill)
    assert (following.cursor, following.page) == ("next", 1)
    assert the(page).capture_gap
    last = told(page.state, HistoryRead, place=CHANNEL, since=backfill.since, page=1)
    assert the(last).capture_gap == ""
    assert of_kind(last, "edit")


def test_every_page_of_a_long_history_is_an_effect_of_its_own() -> None:
    """However many pages there are, and however many incidents are read at once."""
    keys = set()
    for name in ("inc", "other"):
        state = world(about=incident(id=name))
        key = f"backfill:{name}:gap:T1:C1:1795438000.000000"
        for page in range(300):
            own = Origin(id=key, platform="slack", tenant="T1")
            told_of = {"origin": own, "place": CHANNEL, "since": "0", "cursor": "next", "page": page}
            (following,) = told(state, HistoryRead, **told_of).effects
            key = following.key
            keys.add(key)
    assert len(keys) == 600
    assert max(map(len, keys)) < 100


def test_a_gap_outside_every_incident_is_nothing() -> None:
    assert told(world(), CaptureGap, why="x").effects == ()


# -- given up


def test_what_misses_a_person_is_told_in_the_channel() -> None:
    decision = told(
        world(about=LED), Undeliverable, effect_kind="direct", reason="That account is gone.", account="slack:T1:UMAYA"
    )
    (post,) = decision.effects
    assert isinstance(post, Post)
    assert "for Maya" in post.card.plain()
    assert "That account is gone." in post.card.plain()


def test_an_invitation_that_failed_says_whom_it_was_for() -> None:
    people = ("slack:T1:UMAYA", "slack:T1:UTOM", "slack:T1:UNOBODY")
    failed = {"effect_kind": "invite", "reason": "Please add them yourself."}
    (post,) = told(world(about=LED), Undeliverable, **failed, accounts=people).effects
    assert isinstance(post, Post)
    assert post.card.plain().endswith("Please add them yourself. That was for Maya, Tom.")


@pytest.mark.parametrize("kind", ["open_channel", "post", "edit"])
def test_what_misses_the_channel_is_told_to_the_commander_in_person(kind: str) -> None:
    decision = told(world(about=LED), Undeliverable, effect_kind=kind, reason="It is archived.")
    (direct,) = decision.effects
    assert isinstance(direct, Direct)
    assert direct.account == "slack:T1:UMAYA"


def test_without_a_commander_whoever_declared_is_told() -> None:
    (direct,) = told(world(about=incident(place=None)), Undeliverable, effect_kind="open_channel", reason="x").effects
    assert isinstance(direct, Direct)
    assert direct.account == "slack:T1:UTOM"


def test_an_announcement_that_failed_is_told_in_the_channel() -> None:
    (post,) = told(world(about=LED), Undeliverable, effect_kind="post", reason="x", purpose="announcement").effects
    assert isinstance(post, Post)


def test_a_status_card_that_somebody_deleted_is_posted_and_pinned_anew_and_nobody_is_told() -> None:
    decision = gone(world(about=LED), CARD)
    (post,) = decision.effects
    assert isinstance(post, Post)
    assert (post.purpose, post.pin, post.place) == ("status card", True, CHANNEL)
    assert "Checkout errors" in post.card.title
    assert the(decision).status_card is None


def test_several_edits_of_one_deleted_status_card_make_one_new_card() -> None:
    state = world(about=LED)
    (first,), (same,) = gone(state, CARD).effects, gone(state, CARD).effects
    assert first.key == same.key
    (other,) = gone(world(about=incident(status_card=NEWS)), NEWS).effects
    assert other.key != first.key
    assert gone(gone(state, CARD).state, CARD).effects == ()
    posted = told(gone(state, CARD).state, MessagePosted, purpose="status card", ref=NEW)
    late = gone(posted.state, CARD)
    assert (late.effects, the(late).status_card) == ((), NEW)


def test_what_changes_while_the_new_status_card_is_under_way_stands_on_it_in_the_end() -> None:
    changed = said(gone(world(about=LED), CARD).state.model_copy(update={"actor": TOM}), "impact half of them fail")
    assert not [one for one in of_kind(changed, "edit") if isinstance(one, Edit) and one.message != NEWS]
    posted = told(changed.state, MessagePosted, purpose="status card", ref=NEW)
    (edit,) = of_kind(posted, "edit")
    assert isinstance(edit, Edit)
    assert (edit.message, "half of them fail" in edit.card.plain()) == (NEW, True)


def test_a_deleted_announcement_is_forgotten_without_a_word() -> None:
    decision = gone(world(about=LED), NEWS)
    assert decision.effects == ()
    assert (the(decision).announcement, the(decision).status_card) == (None, CARD)
    edits = of_kind(said(decision.state.model_copy(update={"actor": TOM}), "impact half of them fail"), "edit")
    assert [one.message for one in edits if isinstance(one, Edit)] == [CARD]


def test_another_message_that_was_deleted_changes_nothing() -> None:
    state = world(about=LED)
    decision = gone(state, NEW)
    assert (decision.effects, decision.state.incident) == ((), state.incident)


@pytest.mark.parametrize(("kind", "purpose"), [("post", "undeliverable"), ("direct", "undeliverable"), ("whisper", "")])
def test_telling_of_a_failure_ends(kind: str, purpose: str) -> None:
    assert told(world(about=LED), Undeliverable, effect_kind=kind, reason="x", purpose=purpose).effects == ()


# -- the channel


def test_a_renamed_channel_is_in_the_log() -> None:
    (entry,) = told(world(about=incident()), ChannelRenamed, name="war-room").entries
    assert entry.text == "The channel was renamed to #war-room"
    assert not entry.is_key


def test_archiving_the_channel_of_an_open_incident_is_told_to_its_commander() -> None:
    decision = told(world(about=LED), ChannelArchived)
    (direct,) = decision.effects
    assert isinstance(direct, Direct)
    assert the(decision).capture_gap
    back = told(decision.state, ChannelArchived, archived=False)
    assert the(back).capture_gap == ""


def test_archiving_at_the_end_is_nothing_special() -> None:
    decision = told(world(about=incident(status=Status.CLOSED)), ChannelArchived)
    assert decision.effects == ()
    assert the(decision).capture_gap == ""


def test_a_channel_turned_private_turns_the_incident_private() -> None:
    item = ActionItem(
        id="i", organisation="org", key="ACT-7", incident="inc", incident_key="INC-42",
        incident_title="Checkout errors",
        severity=3, text="Raise the limit", owner="maya", due=date(2026, 12, 1), created_by="tom", created_at=NOW,
    )  # fmt: skip
    decision = told(
        world(about=incident(), items=(item,)), ChannelMadePrivate, members=("slack:T1:UMAYA", "slack:T1:U?")
    )
    made = the(decision)
    assert (made.private, made.key, made.responders) == (True, "INC-42", frozenset({"tom", "maya"}))
    assert all(one.private for one in decision.state.items)
    shell = next(one for one in decision.effects if isinstance(one, Edit) and one.message == NEWS)
    assert shell.card.plain() == "This incident is no longer public."


def test_nothing_happens_in_channels_of_no_incident() -> None:
    for kind in (ChannelRenamed, ChannelArchived, ChannelMadePrivate):
        decision = told(world(), kind)
        assert (decision.entries, decision.effects) == ((), ())


@pytest.mark.parametrize("kind", sorted(name for name, one in KINDS.items() if issubclass(one, Receipt | Capture)))
def test_no_button_can_pretend_to_be_a_receipt(kind: str) -> None:
    with pytest.raises(Refused, match="button"):
        build(kind, {}, Origin(id="x", platform="slack", tenant="T1", actor="UTOM"))


def test_whom_a_private_message_missed_is_unreachable_until_they_act_again() -> None:
    decision = told(
        world(about=LED), Undeliverable, effect_kind="direct", reason="That account is gone.", account="slack:T1:UMAYA"
    )
    assert decision.state.people["maya"].unreachable


def test_a_channel_that_failed_makes_nobody_unreachable() -> None:
    decision = told(
        world(about=LED), Undeliverable, effect_kind="post", reason="The channel is archived.", account="slack:T1:UMAYA"
    )
    assert not decision.state.people["maya"].unreachable
