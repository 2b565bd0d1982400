"""Whatever is typed after a verb, on its way through a whole platform: one private sentence, nothing else changes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

import bot.commands  # noqa: F401 - fills the table of verbs
from bot.rules import VERBS
from storage.store import SqlStore
from tests.hostile import CHAT
from tests.story.platforms import PLATFORMS
from tests.story.stage import Story, told

ARGUMENTS = (
    "",
    "   ",
    "qwertz uiop 123",
    "99999999999999999999",
    "-1",
    "INC-999 INC-1 ACT-999",
    "ACT-999 \u202edrawkcab \u2066x\u2069",
    "@nobody.at.all by never : ",
    "\x07\x1b[31m\u0000🚀\ufffd\ufeff \u0300\u0301\u0302",
    "'; DROP TABLE incident; -- {{7*7}} ${jndi:ldap://x} %s%n \\",
    "<script>alert(1)</script> <!channel> &lt;!here&gt; javascript:alert(1)",
    "=HYPERLINK(1) at 25:99 by 2026-02-30 next 99999999m --started yesterday --private=maybe",
    "🧨" * 10_000,
)
PEOPLE = {"maya", "tom", "ines", "kenji", "gary"}
ALWAYS = {"responders", "changes", "status_card", "announcement", "place"}
"""What goes along with every change: who works on it, what can be undone, where its card stands."""
MAY_CHANGE: dict[str, set[str]] = {
    "update": {"update"},
    "sev": {"severity"},
    "lead": {"roles"},
    "role": {"roles"},
    "time": {"times"},
    "impact": {"impact"},
    "mitigate": {"status", "times"},
    "resolve": {"status", "times", "summary", "resolutions", "postmortem"},
    "reopen": {"status", "times"},
    "close": {"status"},
    "undo": {"severity", "impact", "roles", "times", "status", "update"},
    "action": {"items"},
    "postmortem": {"postmortem"},
    **{word: set() for word in ("declare", "invite", "remove", "note", "timeline", "actions", "done", "snooze")},
    **{word: set() for word in ("reassign", "wontdo", "reminders", "status", "list", "catchup")},
    **{word: set() for word in ("help", "web", "setup", "similar", "accept-risk", "ticket", "export")},
}  # fmt: skip


@pytest.fixture(params=["slack-http", "teams"])
async def world(request: pytest.FixtureRequest, store: SqlStore) -> AsyncIterator[Story]:
    async with told(store, PLATFORMS[request.param](store)) as one:
        yield one


SOME_OF_IT = [("slack-http", 1), ("teams", 4), pytest.param("teams", 1, marks=pytest.mark.long)]
"""A platform, and one of how many of the inputs is tried on it."""


def snapshot(story: Story) -> dict[str, Any]:
    record = story.record()
    facts: dict[str, Any] = record.incident.model_dump(mode="json")
    facts["items"] = [item.model_dump(mode="json") for item in record.items]
    facts["postmortem"] = record.postmortem.model_dump(mode="json") if record.postmortem else None
    return facts


def test_the_table_of_what_a_verb_may_change_knows_every_verb() -> None:
    assert set(MAY_CHANGE) == set(VERBS)


@pytest.mark.parametrize(("world", "every"), SOME_OF_IT, indirect=["world"])
async def test_no_verb_changes_anything_that_it_does_not_name(world: Story, every: int) -> None:
    maya, tom = world.cast("maya", "tom")
    await maya.incident("declare sev2 Checkout errors")
    await tom.incident("action @tom by 2w: Alert on saturation")
    channel = world.channel
    after = snapshot(world)
    for word, allowed in MAY_CHANGE.items():
        for said in ARGUMENTS[::every]:
            before = after
            seen = await world.chat.verb("tom", channel, f"{word} {said}")
            after = snapshot(world)
            moved = {name for name in before if before[name] != after[name]} - ALWAYS
            assert moved <= allowed, (word, said[:60])
            news = seen.text or seen.form or await answer(world)
            assert news, (word, said[:60])
            assert "went wrong on my side" not in news, (word, said[:60])
            assert not seen.errors
    await world.settle()
    assert not sum(world.reports.figures()["parked"].values())
    assert world.chat.pinged() <= PEOPLE
    assert world.chat.broken() == []


async def answer(world: Story) -> str:
    """What tom is told; an answer may follow as a message of its own."""
    if not (news := world.chat.news("tom")):
        await world.settle()
        news = world.chat.news("tom")
    return news


FIELDS = (
    "note {}", "update identified {}", "impact {}", "sev 3 {}", "sev 2 {}", "action @maya by 2w: {}", "mitigate {}",
    "resolve {}", "postmortem factor design: {}", "reopen {}",
)  # fmt: skip


def chunks(size: int) -> Iterator[str]:
    for start in range(0, len(CHAT), size):
        yield " · ".join(CHAT[start : start + size])


@pytest.mark.parametrize(("world", "every"), SOME_OF_IT, indirect=["world"])
async def test_nothing_typed_pings_anybody_or_becomes_a_link(world: Story, every: int) -> None:
    assert len(CHAT) >= 60
    maya, _tom = world.cast("maya", "tom")
    general = world.chat.channel("general")
    for part in [*chunks(8)][::every]:
        await maya.incident(f"declare sev3 {part}", where=general)
        for field in FIELDS:
            await world.chat.verb("maya", world.channel, field.format(part))
            await world.chat.verb("maya", world.channel, field.format("@kenji"))
        await world.chat.verb("maya", world.channel, f"role {part}")
        await world.chat.verb("maya", world.channel, "timeline")
    await world.settle()
    assert world.chat.pinged() <= PEOPLE - {"kenji"}
    assert world.chat.broken() == []
    assert any(world.chat.posts(general)) or any(world.shown())
    assert not [link for link in world.chat.links() if "evil.example" in link]


async def test_what_was_typed_is_shown_letter_for_letter(world: Story) -> None:
    (maya,) = world.cast("maya")
    await maya.incident("declare sev3 Checkout errors")
    for typed in ("*bold* _it_ ~x~ `code`", ":fires: & < > &amp;", "{{name}} %s \\n", "> quote • list"):
        await maya.incident(f"update monitoring {typed}")
        assert any(typed in text for text in world.shown()), typed
