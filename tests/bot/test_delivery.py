"""Receipts and channel events: histories read, deliveries given up, channels renamed, archived and made private."""

from __future__ import annotations

from datetime import date

import pytest

from bot.command import KINDS, Capture, Origin, Receipt, build
from bot.commands.channel import CaptureGap, ChannelArchived, ChannelMadePrivate, ChannelRenamed
from bot.commands.delivery import HistoryRead, Undeliverable
from bot.effects import Backfill, Direct, Edit, Post
from bot.errors import Refused
from bot.model import ActionItem, Status
from tests.bot.worlds import CHANNEL, NEWS, NOW, incident, of_kind, the, told, world

LED = incident(roles={"lead": "maya"})


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
