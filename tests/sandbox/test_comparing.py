"""Two records are the same only where nothing but links and ids differs."""

from typing import Any

import pytest

from adapters.sandbox.comparing import Record, differences

Json = dict[str, Any]
HERE, THERE = (
    "https://a.slack.com/archives/C1/p1?cid=C1&thread_ts=1",
    "https://teams.microsoft.com/l/message/19%3Ax/1?t=2",
)


def entry(**more: Any) -> Json:
    return {
        "id": "e1", "kind": "message", "text": "so it was DNS: https://status.example.com/1", "author": "Maya Lind",
        "occurred_at": "2026-01-06T12:04:00.000000Z", "is_key": True, "edits": 0, "deleted": False, "permalink": HERE,
        "files": [],
    } | more  # fmt: skip


def record(*entries: Json, draft: str = "") -> Record:
    return Record.of(list(entries), list(entries), draft)


def unlike(one: Record, other: Record) -> list[str]:
    return differences(one, other, "here", "there")


def test_ids_and_permalinks_may_differ() -> None:
    assert unlike(record(entry()), record(entry(id="e2", permalink=THERE))) == []


@pytest.mark.parametrize(
    "change",
    [
        {"text": "so it was NTP: https://status.example.com/1"},
        {"text": "so it was DNS: https://status.example.com/2"},
        {"author": "Tom"},
        {"kind": "note"},
        {"occurred_at": "2026-01-06T12:04:01.000000Z"},
        {"is_key": False},
        {"edits": 1},
        {"deleted": True},
        {"files": [{"name": "a.png", "url": "", "mimetype": "image/png"}]},
    ],
)
def test_whatever_else_changes_is_shown(change: Json) -> None:
    shown = unlike(record(entry()), record(entry(**change)))
    assert shown[:2] == ["--- timeline in here", "+++ timeline in there"]
    assert len(shown) == 5


def test_an_entry_more_and_another_order_are_differences() -> None:
    later = entry(text="later", occurred_at="2026-01-06T12:05:00.000000Z")
    assert unlike(record(entry()), record(entry(), later))
    assert unlike(record(entry(), later), record(later, entry()))


def test_lines_of_one_moment_may_stand_in_another_order_as_ids_decide_it() -> None:
    one, other = entry(kind="status", text="a"), entry(kind="status", text="b")
    assert unlike(record(one, other), record(other, one)) == []


def test_what_the_engine_dates_is_compared_as_it_is_shown() -> None:
    soon, late = "2026-01-06T12:04:59.5Z", "2026-01-06T12:05:00.5Z"
    decided = entry(kind="status", occurred_at="2026-01-06T12:04:00.007Z")
    assert unlike(record(decided), record(entry(kind="status", occurred_at=soon))) == []
    assert unlike(record(decided), record(entry(kind="status", occurred_at=late)))


def test_of_a_draft_only_links_that_were_made_and_ids_are_passed_over() -> None:
    written = "- Maya: so it was DNS [link](https://a.slack.com/archives/C1/p1?cid=C1&amp;thread\\_ts=1) {0}"
    there = "- Maya: so it was DNS [link](https://teams.microsoft.com/l/message/19:x/1?t=2) {1}"
    one = record(entry(), draft=written.format(*("ab" * 12, "cd" * 12)))
    assert unlike(one, record(entry(permalink=THERE), draft=there.format(*("ab" * 12, "cd" * 12)))) == []
    strange = there.replace("microsoft", "macrosoft").format(*("ab" * 12, "cd" * 12))
    assert unlike(one, record(entry(permalink=THERE), draft=strange))


def test_a_changed_word_of_a_draft_is_a_difference() -> None:
    assert unlike(record(draft="so it was DNS"), record(draft="so it was not DNS"))


def test_a_long_difference_is_cut_and_says_so() -> None:
    shown = unlike(record(draft=""), record(draft="\n".join(f"line {n}" for n in range(200))))
    assert len(shown) == 81
    assert shown[-1].startswith("… and ")
