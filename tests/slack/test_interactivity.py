"""Forms, buttons, shortcuts and mentions: what the person sees, and what the engine was asked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.commands.added import AddToTimeline
from bot.commands.captures import Said
from bot.commands.declare import Declare
from bot.commands.delivery import MessagePosted
from bot.effects import Post
from bot.errors import Refused, Unavailable, UnknownTenant
from bot.model import Place
from bot.text import Button, Card, Choice, Form, Input, Reply, Section, Text, mention_token, page
from tests.slack.harness import World, running, until

FORM = Form(
    title="Declare an incident, with a title that is too long for a modal",
    does="declare",
    args={"service": "checkout"},
    inputs=(
        Input(name="title", label="What is wrong?", initial="Checkout", max_length=200),
        Input(
            name="severity", label="Severity", kind="choice", initial="3",
            choices=tuple(Choice(value=str(n), label=f"SEV{n}") for n in range(1, 6)),
        ),
        Input(name="private", label="Private", kind="tick", required=False),
        Input(name="started", label="Since", required=False),
    ),
    submit="Declare",
)  # fmt: skip


def values(title: str, *, private: bool = False) -> dict[str, Any]:
    ticked = [{"text": {"type": "plain_text", "text": "Private", "emoji": False}, "value": "true"}] if private else []
    return {
        "title": {"value": {"type": "plain_text_input", "value": title}},
        "private": {"value": {"type": "checkboxes", "selected_options": ticked}},
    }


async def posted(world: World, channel: str, *buttons: Button) -> str:
    """A message of the bot with buttons; its timestamp."""
    place = Place(platform="slack", tenant=world.tenant, channel=channel)
    card = Card(sections=(Section(text=Text(parts=("Something",)), buttons=buttons),))
    receipt = await world.adapter.deliver(
        Post(
            key=f"card:{channel}", platform="slack", tenant=world.tenant, place=place, card=card, purpose="status card"
        ),
        1,
        False,
    )
    assert isinstance(receipt, MessagePosted)
    return receipt.ref.ts


async def test_a_reply_with_a_form_opens_it_and_its_submission_is_a_command() -> None:
    async with running() as world:
        channel = await world.channel()
        world.engine.replies["declare"] = Reply(form=FORM)
        seen = await world.slack.slash("maya", channel, "/incident declare")
        assert seen.modal is not None, seen
        world.engine.replies["declare"] = Reply.of("INC-1 is declared.")
        submitted = await world.slack.submit("maya", values("Checkout is down <now>", private=True))
        assert submitted.ok, submitted
        declared = world.engine.of(Declare)[-1]
        assert (declared.title, declared.severity) == ("Checkout is down <now>", "3")
        assert (declared.private, declared.service, declared.started) == ("true", "checkout", "")
        assert declared.origin.id == seen.modal["id"]
        assert declared.origin.channel == channel
        await until(lambda: bool(world.slack.team.channels[channel].ephemerals))
        assert "INC-1 is declared." in world.slack.team.channels[channel].ephemerals[-1].text


async def test_a_form_that_is_answered_by_a_form_can_be_submitted_again() -> None:
    """The view stays the same view: its second submission is another one, and twice that is once."""
    async with running() as world:
        channel = await world.channel()
        world.engine.replies["declare"] = Reply(form=FORM)
        await world.slack.slash("maya", channel, "/incident declare")
        again = await world.slack.submit("maya", values("Checkout is down"))
        assert again.modal is not None, again
        world.engine.replies["declare"] = Reply.of("INC-1 is declared.")
        await world.slack.submit("maya", values("Checkout is down again"))
        ids = [one.origin.id for one in world.engine.of(Declare)]
        assert len(set(ids)) == 3
        assert ids[2].startswith(ids[1])
        await until(lambda: bool(world.slack.team.channels[channel].ephemerals))
        assert "INC-1 is declared." in world.slack.team.channels[channel].ephemerals[-1].text


async def test_a_field_at_fault_keeps_the_form_open_with_the_reason_under_it() -> None:
    async with running() as world:
        channel = await world.channel()
        world.engine.replies["declare"] = Reply(form=FORM)
        await world.slack.slash("maya", channel, "/incident declare")
        world.engine.replies["declare"] = Refused("That is not a time.", "started")
        assert (await world.slack.submit("maya", values("Checkout"))).errors == {"started": "That is not a time."}
        world.engine.replies["declare"] = Reply()
        assert (await world.slack.submit("maya", values("Checkout"))).ok
        assert not world.slack.ledger.limit_violations


async def test_a_form_is_kept_while_the_database_is_away() -> None:
    async with running() as world:
        channel = await world.channel()
        world.engine.replies["declare"] = Reply(form=FORM)
        await world.slack.slash("maya", channel, "/incident declare")
        world.engine.always = Unavailable()
        seen = await world.slack.submit("maya", values("Checkout"))
        assert "database" in seen.errors["title"]
        world.engine.always = None
        world.engine.replies["declare"] = Reply()
        assert (await world.slack.submit("maya", values("Checkout"))).ok


async def test_an_expired_trigger_leaves_a_button_that_opens_the_form() -> None:
    async with running() as world:
        channel = await world.channel()
        world.engine.replies["declare"] = Reply(form=FORM)
        world.slack.faults.add("delay", "views.open", seconds=2.0, times=1)
        seen = await world.slack.slash("maya", channel, "/incident declare sev2 --drill")
        assert seen.ok
        assert seen.modal is None
        (again,) = seen.ephemerals
        assert "Try again" in str(again)
        button = again["blocks"][-1]["elements"][0]
        clicked = await world.slack.click("maya", channel, again["ts"], button["action_id"])
        assert clicked.modal is not None
        first, second = world.engine.of(Declare)
        assert (first.severity, first.drill) == (second.severity, second.drill) == ("2", "yes")
        assert first.origin.id != second.origin.id


async def test_a_button_that_replaces_its_message_does_so_in_place() -> None:
    async with running() as world:
        channel = await world.channel()
        ts = await posted(world, channel, Button(label="Done", does="done", args={"item": "ACT-1"}))
        world.engine.replies["done"] = Reply.of("Done!").model_copy(update={"replaces": True})
        message = world.slack.team.channels[channel].messages[ts]
        await world.slack.click("maya", channel, ts, message.blocks[-1]["elements"][0]["action_id"])
        await until(lambda: "Done!" in message.text)
        assert world.engine.got[-1].item == "ACT-1"
        assert len(world.posted(channel)) == 1


async def test_a_form_that_a_button_opened_changes_the_buttons_message_in_place() -> None:
    async with running() as world:
        channel = await world.channel()
        ts = await posted(world, channel, Button(label="Snooze", does="snooze", args={"item": "ACT-1"}))
        why = Form(title="Snooze", does="snooze", args={"item": "ACT-1"}, inputs=(Input(name="reason", label="Why"),))
        world.engine.replies["snooze"] = Reply(form=why)
        message = world.slack.team.channels[channel].messages[ts]
        await world.slack.click("maya", channel, ts, message.blocks[-1]["elements"][0]["action_id"])
        world.engine.replies["snooze"] = Reply.of("ACT-1 is snoozed.").model_copy(update={"replaces": True})
        await world.slack.submit("maya", {"reason": {"value": {"type": "plain_text_input", "value": "it waits"}}})
        await until(lambda: "ACT-1 is snoozed." in message.text)
        assert len(world.posted(channel)) == 1
        assert world.slack.team.channels[channel].ephemerals == []


@pytest.mark.parametrize("age", [0, 31])
async def test_a_response_url_that_is_used_up_or_too_old_is_followed_by_an_ephemeral_message(age: int) -> None:
    async with running() as world:
        channel = await world.channel()
        world.engine.replies["declare"] = Reply(form=FORM)
        await world.slack.slash("maya", channel, "/incident declare")
        world.clock.advance(timedelta(minutes=age))
        for url in world.slack.response_urls.values():
            url.left = 5 if age else 0
        world.engine.replies["declare"] = Reply.of("INC-1 is declared.")
        await world.slack.submit("maya", values("Checkout"))
        await until(lambda: bool(world.slack.team.channels[channel].ephemerals))
        assert world.slack.ledger.calls["chat.postEphemeral"] == 1
        assert world.adapter.counts.get("slack_response_url_refused") == 1


async def test_a_message_shortcut_carries_the_message() -> None:
    async with running() as world:
        channel = await world.channel("kitchen", "tom")
        said = await world.slack.say("tom", channel, "the pool is <empty>")
        assert said.ts
        world.engine.replies["add_to_timeline"] = Reply.of("Added.")
        await world.slack.message_shortcut("maya", "add_to_timeline", channel, said.ts)
        (added,) = world.engine.of(AddToTimeline)
        assert added.message is not None
        assert (added.message.ts, added.message.channel) == (said.ts, channel)
        assert (added.text, added.private_place) == ("the pool is <empty>", "")
        assert added.author == f"slack:{world.tenant}:{world.user('tom')}"
        await until(lambda: bool(world.slack.team.channels[channel].ephemerals))


async def test_a_message_of_a_private_channel_is_said_to_be_private() -> None:
    async with running() as world:
        channel = await world.channel("den", "tom", private=True)
        said = await world.slack.say("tom", channel, "between us")
        await world.slack.message_shortcut("maya", "add_to_timeline", channel, said.ts or "")
        assert world.engine.of(AddToTimeline)[0].private_place == "yes"


async def test_what_another_app_said_is_put_into_the_timeline_under_its_name() -> None:
    async with running() as world:
        channel = await world.channel()
        world.slack.add_person(world.slack.team, "oven", "Oven", is_bot=True)
        said = await world.slack.say("oven", channel, "too hot")
        await world.slack.message_shortcut("maya", "add_to_timeline", channel, said.ts or "")
        told = world.engine.of(AddToTimeline)[0]
        assert (told.author, told.author_name) == ("", "Oven")


@pytest.mark.parametrize(("callback", "kind"), [("declare", "declare"), ("my_actions", "my_actions")])
async def test_global_shortcuts_are_commands(callback: str, kind: str) -> None:
    async with running() as world:
        seen = await world.slack.global_shortcut("maya", callback)
        assert seen.ok
        assert world.engine.kinds() == ["profile_learned", kind]


async def test_a_mention_in_a_thread_is_a_verb_and_is_captured_too() -> None:
    async with running() as world:
        channel = await world.channel("kitchen", "tom")
        root = await world.slack.say("tom", channel, "what now?")
        world.engine.replies["note"] = Reply.of("Noted.")
        await world.slack.say("maya", channel, "@debrief note it was DNS", thread_ts=root.ts)
        await world.slack.settled()
        note = next(one for one in world.engine.got if one.kind == "note")
        assert getattr(note, "text", "") == "it was DNS"
        assert note.origin.thread == root.ts
        assert len(world.engine.of(Said)) == 2
        await until(lambda: bool(world.slack.team.channels[channel].ephemerals))
        assert world.slack.team.channels[channel].ephemerals[0].thread_ts == root.ts


async def test_a_mention_that_needs_a_form_offers_a_button() -> None:
    async with running() as world:
        channel = await world.channel()
        world.engine.replies["declare"] = Reply(form=FORM)
        await world.slack.say("maya", channel, "@debrief declare")
        await until(lambda: bool(world.slack.team.channels[channel].ephemerals))
        shown = world.slack.team.channels[channel].ephemerals[0]
        clicked = await world.slack.click("maya", channel, shown.ts, shown.blocks[-1]["elements"][0]["action_id"])
        assert clicked.modal is not None


async def test_a_bare_verb_in_a_direct_message_is_answered_there() -> None:
    async with running() as world:
        world.engine.replies["list"] = Reply.of("No open incidents.")
        seen = await world.slack.say("maya", "debrief", "list")
        assert seen.channel
        await until(lambda: len(world.messages(seen.channel or "")) == 2)
        assert world.engine.kinds() == ["profile_learned", "list"]
        assert "No open incidents." in world.messages(seen.channel)[-1].text


async def test_the_home_page_is_published_when_it_is_opened() -> None:
    async with running() as world:
        world.engine.replies["home"] = Reply(card=Card(title="Your incidents"))
        await world.slack.open_home("maya")
        await until(lambda: world.user("maya") in world.slack.team.homes)
        assert "Your incidents" in str(world.slack.team.homes[world.user("maya")])


async def test_a_home_page_that_was_overtaken_is_shown_once_more_and_not_for_ever() -> None:
    async with running() as world:
        world.engine.replies["home"] = Reply(card=Card(title="Your incidents"))
        fault = world.slack.faults.add("hash_conflict", "views.publish", times=1)
        await world.slack.open_home("maya")
        await until(lambda: world.user("maya") in world.slack.team.homes)
        assert (fault.hits, world.slack.ledger.calls["views.publish"]) == (1, 2)
        fault = world.slack.faults.add("hash_conflict", "views.publish", times=5)
        await world.slack.open_home("tom")
        await until(lambda: fault.hits == 2)
        await world.slack.settled()
        assert (fault.hits, world.user("tom") in world.slack.team.homes) == (2, False)


@pytest.mark.parametrize("error", [Unavailable(), UnknownTenant("T1")])
async def test_what_cannot_be_done_now_is_said_at_once(error: Exception) -> None:
    async with running() as world:
        channel = await world.channel()
        world.engine.always = error
        seen = await world.slack.slash("maya", channel, "/incident list")
        assert seen.ok
        assert len(seen.ephemerals) == 1


async def test_a_person_in_a_field_comes_back_as_a_mention() -> None:
    async with running() as world:
        channel = await world.channel()
        form = Form(title="Lead", does="lead", inputs=(Input(name="person", label="Who", kind="person"),))
        world.engine.replies["lead"] = Reply(form=form)
        await world.slack.slash("maya", channel, "/incident lead")
        tom = world.user("tom")
        chosen = {"person": {"value": {"type": "users_select", "selected_user": tom}}}
        await world.slack.submit("maya", chosen)
        told = world.engine.got[-1].model_dump()
        assert mention_token(f"slack:{world.tenant}:{tom}") in told.values()


async def test_links_to_our_pages_are_made_for_their_reader() -> None:
    async def page_url(account: str, path: str) -> str:
        return f"https://debrief.example{path}?for={account}"

    async with running(page_url=page_url) as world:
        channel = await world.channel()
        link = page("/incidents/INC-1", "the page", "no page")
        world.engine.replies["list"] = Reply.of(Text(parts=(link,)))
        seen = await world.slack.slash("maya", channel, "/incident list")
        mine = f"https://debrief.example/incidents/INC-1?for=slack:{world.tenant}:{world.user('maya')}"
        assert mine in str(seen.ephemerals)
        place = Place(platform="slack", tenant=world.tenant, channel=channel)
        card = Card(sections=(Section(text=Text(parts=(link,))),))
        await world.adapter.deliver(
            Post(key="p", platform="slack", tenant=world.tenant, place=place, card=card), 1, False
        )
        assert "/incidents/INC-1?for='" in str(world.posted(channel)[0].blocks)


async def test_without_pages_their_words_stand_alone() -> None:
    async with running() as world:
        channel = await world.channel()
        world.engine.replies["list"] = Reply.of(Text(parts=(page("/x", "the page", "no page here"),)))
        seen = await world.slack.slash("maya", channel, "/incident list")
        assert "no page here" in str(seen.ephemerals)


async def test_a_refused_form_gives_back_what_was_typed() -> None:
    async with running() as world:
        channel = await world.channel()
        world.engine.replies["declare"] = Reply(form=FORM)
        await world.slack.slash("maya", channel, "/incident declare")
        world.engine.replies["declare"] = Reply.of("No.").model_copy(update={"outcome": "refused"})
        typed = "Checkout answers with errors since the deployment of noon"
        await world.slack.submit("maya", values(typed))
        await until(lambda: bool(world.slack.team.channels[channel].ephemerals))
        assert typed in str(world.slack.team.channels[channel].ephemerals[-1].blocks)
