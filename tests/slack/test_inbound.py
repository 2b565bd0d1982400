"""What people do in a simulated Slack, as the commands that the engine is given."""

from __future__ import annotations

from bot.commands.captures import Deleted, Edited, Pinned, Reacted, Said
from bot.text import Reply, mention_token
from tests.slack.harness import running


async def test_a_message_is_captured_as_it_was_said() -> None:
    async with running() as world:
        channel = await world.channel("kitchen", "tom")
        seen = await world.slack.say("tom", channel, "5 < 6 & @maya knows, see https://example.com/a?b=1&c=2")
        await world.slack.settled()
        (said,) = world.engine.of(Said)
        maya = mention_token(f"slack:{world.tenant}:{world.user('maya')}")
        assert said.text == f"5 < 6 & {maya} knows, see https://example.com/a?b=1&c=2"
        assert said.origin.account == f"slack:{world.tenant}:{world.user('tom')}"
        assert said.message.ts == seen.ts
        assert not world.slack.ledger.lost()


async def test_edits_deletions_reactions_and_pins_are_captured() -> None:
    async with running() as world:
        channel = await world.channel("kitchen", "tom")
        seen = await world.slack.say("tom", channel, "first")
        assert seen.ts
        await world.slack.edit("tom", channel, seen.ts, "second")
        await world.slack.react("maya", channel, seen.ts, "pushpin")
        await world.slack.pin("maya", channel, seen.ts)
        await world.slack.delete("tom", channel, seen.ts)
        await world.slack.settled()
        assert [one.text for one in world.engine.of(Edited)] == ["second"]
        assert [(one.emoji, one.added) for one in world.engine.of(Reacted)] == [("pushpin", True)]
        assert len(world.engine.of(Pinned)) == 1
        assert len(world.engine.of(Deleted)) == 1


async def test_a_slash_command_is_answered_in_the_reply() -> None:
    async with running() as world:
        channel = await world.channel()
        world.engine.replies["note"] = Reply.of("Noted.")
        seen = await world.slack.slash("maya", channel, "/incident note the pool is <empty> & @tom knows")
        assert seen.ok, seen
        (note,) = world.engine.got
        tom = mention_token(f"slack:{world.tenant}:{world.user('tom')}")
        assert note.kind == "note"
        assert getattr(note, "text", "") == f"the pool is <empty> & {tom} knows"
        assert "Noted." in str(seen.ephemerals)
