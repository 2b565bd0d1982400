"""Messages become entries, in whatever order and however often their events arrive."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.command import Capture, Origin
from bot.commands.captures import Deleted, Edited, Pinned, Reacted, Restored, Said, merge, said_at
from bot.model import Entry, FileLink, MessageRef
from tests.bot.worlds import NOW

SAID_AT = 1_795_438_700_000_100
MESSAGE = MessageRef(platform="slack", tenant="T1", channel="C1", ts="1795438700.000100")
ODD = MESSAGE.model_copy(update={"ts": "m-1"})
TOM, MAYA = "slack:T1:UTOM", "slack:T1:UMAYA"


def event(
    kind: type[Capture], after: int = 0, by: str = "UTOM", message: MessageRef = MESSAGE, **fields: Any
) -> Capture:
    origin = Origin(id=f"{kind.kind} {after} {by} {fields}", platform="slack", tenant="T1", actor=by)
    return kind.model_validate({"origin": origin, "message": message, "stamp": SAID_AT + after, **fields})


def said(text: str = "p99 is up", after: int = 0, **fields: Any) -> Capture:
    return event(Said, after, text=text, **fields)


def merged(*events: Capture) -> Entry:
    entry: Entry | None = None
    for number, one in enumerate(events):
        entry = merge(entry, one, "inc", NOW + timedelta(seconds=number))
    assert entry is not None
    return entry


def facts(entry: Entry | None) -> dict[str, Any]:
    """Everything but when we heard of it."""
    return entry.model_dump(exclude={"recorded"}) if entry else {}


EVENTS = st.one_of(
    st.builds(lambda text, by: said(text, by=by), st.sampled_from(["a", "b", "ä 🎉"]), st.sampled_from(["UTOM"])),
    st.builds(lambda after, text: event(Edited, after, text=text), st.integers(0, 6), st.sampled_from(["a", "b", "c"])),
    st.builds(lambda after: event(Deleted, after), st.integers(0, 6)),
    st.builds(lambda after, text: event(Restored, after, text=text), st.integers(0, 6), st.sampled_from([None, "r"])),
    st.builds(
        lambda after, emoji, added, by: event(Reacted, after, by=by, emoji=emoji, added=added),
        st.integers(0, 6),
        st.sampled_from(["pushpin", "tada", "no_entry_sign", "tada::skin-tone-2"]),
        st.booleans(),
        st.sampled_from(["UTOM", "UMAYA", ""]),
    ),
    st.builds(
        lambda after, added, by: event(Pinned, after, by=by, added=added),
        st.integers(0, 6),
        st.booleans(),
        st.sampled_from(["UTOM", "UMAYA", ""]),
    ),
)


@settings(deadline=None)
@given(st.lists(EVENTS, min_size=1, max_size=7), st.randoms(use_true_random=False), st.booleans())
def test_any_order_and_any_repetition_gives_the_same_entry(events: list[Capture], chance: Any, odd: bool) -> None:
    if odd:
        events = [one.model_copy(update={"message": ODD}) for one in events]
    shuffled = [*events, *chance.sample(events, k=chance.randint(0, len(events)))]
    chance.shuffle(shuffled)
    ways: list[Entry | None] = []
    for order in (events, shuffled):
        entry: Entry | None = None
        for one in order:
            entry = merge(entry, one, "inc", NOW)
        ways.append(entry)
    assert facts(ways[0]) == facts(ways[1])


@settings(deadline=None)
@given(st.lists(EVENTS, min_size=1, max_size=7))
def test_a_deleted_entry_has_no_text_in_any_history(events: list[Capture]) -> None:
    entry: Entry | None = None
    for one in events:
        entry = merge(entry, one, "inc", NOW)
    if entry and entry.deleted:
        assert (entry.text, entry.files, entry.is_key) == ("", (), False)


def test_a_message_is_captured_with_all_that_is_known_of_it() -> None:
    files = (FileLink(name="graph.png", url="https://files.example/1", mimetype="image/png"),)
    entry = merged(said(thread="1795438600.000000", permalink="https://chat.example/p1", files=files))
    assert (entry.text, entry.author, entry.thread) == ("p99 is up", TOM, "1795438600.000000")
    assert (entry.permalink, entry.files, entry.ref) == ("https://chat.example/p1", files, MESSAGE)
    assert not entry.is_key
    assert entry.occurred == said_at(MESSAGE.ts)


def test_an_alert_has_a_name_instead_of_an_account() -> None:
    entry = merged(said("CPU high", by="", author_name="Alertmanager"))
    assert (entry.author, entry.author_name) == ("", "Alertmanager")


def test_the_entry_remembers_when_it_was_first_heard_of() -> None:
    assert merged(said(), event(Edited, 5, text="new")).recorded == NOW


def test_secrets_are_masked_before_they_are_held() -> None:
    entry = merged(said("token xoxb-123456789012-123456789012-abcdefabcdefabcdefabcdef leaked"))
    assert "abcdefabcdef" not in entry.text


def test_an_edit_is_a_new_text() -> None:
    entry = merged(said(), event(Edited, 5, text="p99 is down"))
    assert (entry.text, entry.edits) == ("p99 is down", 1)


def test_an_edit_that_changes_nothing_is_no_edit() -> None:
    entry = merged(said(), event(Edited, 5, text="p99 is up"))
    assert (entry.text, entry.edits) == ("p99 is up", 0)


def test_an_edit_that_arrives_before_its_message_wins() -> None:
    entry = merged(event(Edited, 5, text="p99 is down"), said())
    assert (entry.text, entry.author, entry.edits) == ("p99 is down", TOM, 1)


def test_two_edits_at_the_same_moment_have_one_winner() -> None:
    one, other = event(Edited, 5, text="b"), event(Edited, 5, text="c")
    assert merged(said("a"), one, other).text == merged(other, one, said("a")).text == "c"


def test_a_deleted_message_leaves_a_tombstone() -> None:
    entry = merged(said(files=(FileLink(name="graph.png"),)), event(Deleted, 9))
    assert entry.deleted
    assert (entry.text, entry.files, entry.author) == ("", (), TOM)


def test_a_deletion_that_arrives_first_holds() -> None:
    entry = merged(event(Deleted, 9), event(Edited, 5, text="p99 is down"), said())
    assert entry.deleted
    assert entry.text == ""


def test_an_undeleted_message_stands_again_with_what_is_sent_again() -> None:
    bare = merged(said(), event(Deleted, 5), event(Restored, 9))
    assert (bare.deleted, bare.text) == (False, "")
    whole = merged(said(), event(Restored, 9, text="p99 is up"), event(Deleted, 5))
    assert (whole.deleted, whole.text) == (False, "p99 is up")


def test_a_pin_makes_a_key_entry_and_taking_it_away_retracts_it() -> None:
    pinned = merged(said(), event(Reacted, 3, by="UMAYA", emoji="pushpin"))
    assert pinned.is_key
    assert not merged(pinned_events()[0], *pinned_events()[1:]).is_key


def pinned_events() -> list[Capture]:
    return [
        said(),
        event(Reacted, 3, by="UMAYA", emoji="pushpin"),
        event(Reacted, 4, by="UMAYA", emoji="pushpin", added=False),
    ]


def test_an_unpin_does_not_retract_what_somebody_corrected() -> None:
    entry = merged(*pinned_events()[:2]).model_copy(update={"corrected": True})
    unpinned = merge(entry, pinned_events()[2], "inc", NOW)
    assert unpinned is not None
    assert unpinned.is_key


def test_one_persons_unpin_leaves_anothers_pin() -> None:
    entry = merged(*pinned_events(), event(Reacted, 5, emoji="pushpin"))
    assert entry.is_key


def test_anybody_may_take_the_channels_own_pin_away() -> None:
    entry = merged(said(), event(Pinned, 3, by="UMAYA"))
    assert entry.is_key
    assert not merged(said(), event(Pinned, 3, by="UMAYA"), event(Pinned, 4, by="UTOM", added=False)).is_key


def test_the_bots_own_pins_do_not_count() -> None:
    assert merge(None, event(Pinned, 3, by=""), "inc", NOW) is None
    assert not merged(said(), event(Pinned, 3, by="")).is_key


def test_a_late_pin_does_not_outlive_its_earlier_removal() -> None:
    events = pinned_events()
    assert not merged(events[2], events[0], events[1]).is_key


def test_other_reactions_are_remembered_for_reflection() -> None:
    entry = merged(said(), event(Reacted, 3, by="UMAYA", emoji="tada"))
    assert not entry.is_key
    assert entry.reactions == {"tada": {MAYA: SAID_AT + 3}}


@pytest.mark.parametrize("early", [True, False])
def test_an_author_can_leave_a_message_out_for_good(early: bool) -> None:
    out = event(Reacted, 3, emoji="no_entry_sign")
    back = event(Reacted, 4, emoji="no_entry_sign", added=False)
    events = (
        [out, back, event(Edited, 9, text="again"), said()]
        if early
        else [said(), out, back, event(Edited, 9, text="again")]
    )
    entry = merged(*events)
    assert entry.deleted
    assert entry.text == ""


def test_nobody_else_can_leave_it_out() -> None:
    assert merged(said(), event(Reacted, 3, by="UMAYA", emoji="no_entry_sign")).text == "p99 is up"


@pytest.mark.parametrize(
    ("ts", "at"),
    [
        ("1795438700.000100", datetime(2026, 11, 23, 12, 58, 20, 100, tzinfo=UTC)),
        ("1795438700123", datetime(2026, 11, 23, 12, 58, 20, 123000, tzinfo=UTC)),
        ("m-1", None),
        ("", None),
        ("99999999999999", None),
    ],
)
def test_a_messages_own_id_tells_when_it_was_said(ts: str, at: datetime | None) -> None:
    assert said_at(ts) == at


@pytest.mark.parametrize("stamp", [-1, 0, 2**63])
def test_no_stamp_breaks_a_merge(stamp: int) -> None:
    odd = event(Said, text="x", message=ODD).model_copy(update={"stamp": stamp})
    assert merged(odd).text == "x"
