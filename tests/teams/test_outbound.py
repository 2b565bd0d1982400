"""Effects as calls of the Bot Framework: threads and cards, private words, what is repeated and what never is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.teams.references import Reference
from bot.commands.accounts import MembersRead, ProfileLearned
from bot.commands.delivery import ChannelOpened, MessagePosted
from bot.effects import (
    REMINDER,
    Backfill,
    Direct,
    Edit,
    Invite,
    LearnProfile,
    OpenChannel,
    Post,
    ReadMembers,
    ReadMessage,
    Remove,
    SetTopic,
    Whisper,
)
from bot.errors import GiveUp, Maybe, MessageGone, Retry, Unsure
from bot.model import MessageRef, Place
from bot.text import Card, Code, Section, Text, View
from tests.teams.fake_connector import CHANNEL, TENANT, answers, stores_and_answers, stores_and_cuts
from tests.teams.harness import CHAT, GROUP, THREAD, World, world

MAYA, TOM = f"teams:{TENANT}:29:1maya", f"teams:{TENANT}:29:1tom"
TO: Any = {"platform": "teams", "tenant": TENANT}
CARD = Card(title="INC-1", sections=(Section(text=Text(parts=("All is well",))),))


def place(channel: str) -> Place:
    return Place(platform="teams", tenant=TENANT, channel=channel)


@pytest.fixture
async def teams() -> AsyncIterator[World]:
    """The app is in one team, and Maya has spoken to it."""
    async with world() as one:
        service = one.fake.service_url
        for told in (
            Reference(tenant=TENANT, id=CHANNEL, kind="team", name="Harbour", service_url=service, installed="yes"),
            Reference(tenant=TENANT, id=GROUP, kind="group", name="War room", service_url=service),
            Reference(tenant=TENANT, id="29:1maya", kind="person", chat=CHAT, service_url=service),
        ):
            await one.adapter.references.met(told)
        yield one


async def carried(teams: World, effect: Any, *, unsure: bool = False) -> Any:
    return await teams.adapter.deliver(effect, 2 if unsure else 1, unsure)


def calls(teams: World) -> list[tuple[str, str]]:
    return [(one.method, one.path.rsplit("/v3/", 1)[-1]) for one in teams.fake.asked]


def opening(**more: Any) -> OpenChannel:
    told: Any = {"name": "inc-1", "topic": "INC-1 · SEV2 · Checkout errors", "private": False, **more}
    return OpenChannel(key="channel:1", incident="i1", **TO, **told)


async def test_an_incident_is_a_thread_of_the_only_team_and_says_that_not_all_is_heard(teams: World) -> None:
    opened = await carried(teams, opening())
    assert isinstance(opened, ChannelOpened)
    assert opened.place.channel.startswith(f"{CHANNEL};messageid=")
    assert "mention me" in opened.limited


async def test_where_messages_arrive_unasked_nothing_is_limited(teams: World) -> None:
    await teams.adapter.references.met(Reference(tenant=TENANT, id=CHANNEL, kind="team", heard="yes"))
    opened = await carried(teams, opening())
    assert opened.limited == ""


async def test_the_chosen_channel_comes_before_the_one_of_the_declaration(teams: World) -> None:
    chosen, near = "19:chosen@thread.tacv2", "19:near@thread.tacv2"
    await carried(teams, opening(home=place(chosen), declared_in=place(f"{near};messageid=17")))
    await carried(teams, opening(declared_in=place(f"{near};messageid=17")))
    created = [
        one.body["channelData"]["channel"]["id"] for one in teams.fake.asked if one.path.endswith("conversations")
    ]
    assert created == [chosen, near]


async def test_no_public_incident_moves_into_a_channel_that_only_some_of_its_team_read(teams: World) -> None:
    closed = "19:closed@thread.tacv2"
    await teams.adapter.references.met(Reference(tenant=TENANT, id=closed, kind="channel", closed="yes"))
    for near in ({"declared_in": place(f"{closed};messageid=17")}, {"home": place(closed)}):
        opened = await carried(teams, opening(**near))
        assert opened.place.channel.startswith(f"{CHANNEL};messageid=")


async def test_without_a_channel_it_says_what_to_do(teams: World) -> None:
    other = Reference(tenant=TENANT, id="19:other@thread.tacv2", kind="team", service_url=teams.fake.service_url)
    await teams.adapter.references.met(other)
    with pytest.raises(GiveUp, match="setup"):
        await carried(teams, opening())


async def test_whoever_declared_elsewhere_gets_a_link_to_the_thread(teams: World) -> None:
    await carried(teams, opening(declared_in=place(CHAT), invite=(MAYA,)))
    told = [body for one in teams.fake.asked if CHAT.replace(":", "%3A") in one.path for body in [one.body]]
    assert "teams.microsoft.com/l/message" in str(told)


async def test_a_private_incident_moves_into_the_group_chat_with_its_people(teams: World) -> None:
    opened = await carried(teams, opening(private=True, declared_in=place(GROUP)))
    assert opened.place.channel == GROUP
    assert len(opened.members) == teams.fake.people
    with pytest.raises(GiveUp, match="group chat"):
        await carried(teams, opening(private=True, declared_in=place(THREAD)))


async def test_the_status_card_becomes_the_first_message_of_the_thread(teams: World) -> None:
    view = View(does="glance", args={"incident": "INC-1"}, accounts=(MAYA, TOM, "slack:T1:U1"))
    card = CARD.model_copy(update={"view": view})
    post = Post(
        key="status card:1", incident="i1", place=place(THREAD), card=card, purpose="status card", pin=True, **TO
    )
    posted = await carried(teams, post)
    assert isinstance(posted, MessagePosted)
    assert posted.ref == MessageRef(platform="teams", tenant=TENANT, channel=THREAD, ts="1700000000000")
    (update,) = teams.fake.asked
    assert update.method == "PUT"
    refresh = update.body["attachments"][0]["content"]["refresh"]
    assert refresh["userIds"] == ["29:1maya", "29:1tom"]
    again = await carried(teams, post, unsure=True)
    assert again == posted


async def test_where_the_first_message_of_a_thread_was_deleted_the_status_card_is_a_message_in_it(teams: World) -> None:
    teams.fake.faults.append(answers(404, {"error": {"code": "ActivityNotFoundInConversation"}}))
    post = Post(
        key="status card:1", incident="i1", place=place(THREAD), card=CARD, purpose="status card", pin=True, **TO
    )
    posted = await carried(teams, post)
    assert [one.method for one in teams.fake.asked] == ["PUT", "POST"]
    assert posted.ref.channel == THREAD
    assert posted.ref.ts != "1700000000000"


@pytest.mark.parametrize(
    ("status", "code", "gone"),
    [
        (404, "ActivityNotFoundInConversation", True),
        (404, "ConversationNotFound", False),
        (403, "NotEnoughPermissions", False),
    ],
)
async def test_an_edit_tells_a_message_that_was_deleted_from_what_else_goes_wrong(
    teams: World, status: int, code: str, gone: bool
) -> None:
    ref = MessageRef(platform="teams", tenant=TENANT, channel=THREAD, ts="1700000000001")
    teams.fake.faults.append(answers(status, {"error": {"code": code}}))
    with pytest.raises(GiveUp) as given_up:
        await carried(teams, Edit(key="e", incident="i1", message=ref, card=CARD, **TO))
    assert isinstance(given_up.value, MessageGone) is gone


async def test_a_post_goes_into_its_thread_and_an_announcement_begins_one(teams: World) -> None:
    post = Post(key="p", incident="i1", place=place(THREAD), card=CARD, **TO)
    assert await carried(teams, post) is None
    announced = await carried(
        teams, Post(key="a", incident="i1", place=place(CHANNEL), card=CARD, purpose="announcement", **TO)
    )
    assert announced.ref.channel == f"{CHANNEL};messageid={announced.ref.ts}"
    assert [method for method, _ in calls(teams)] == ["POST", "POST"]


async def test_verbs_are_spelt_as_they_are_typed_here(teams: World) -> None:
    card = Card(sections=(Section(text=Text(parts=("See ", Code(text="/incident help update")))),))
    await carried(teams, Post(key="p", incident="i1", place=place(THREAD), card=card, **TO))
    await carried(teams, Direct(key="d", account=MAYA, card=card, **TO))
    first, second = (str(one.body) for one in teams.fake.asked)
    assert "@Debrief help update" in first
    assert "/incident" not in first + second


async def test_a_reminder_whose_outcome_is_unknown_is_never_repeated(teams: World) -> None:
    reminder = Direct(key="digest:1", account=MAYA, card=CARD, priority=REMINDER, **TO)
    with pytest.raises(Maybe):
        await carried(teams, reminder, unsure=True)
    assert teams.fake.asked == []


async def test_what_matters_is_repeated_once_and_says_so(teams: World) -> None:
    post = Post(key="p", incident="i1", place=place(THREAD), card=CARD, **TO)
    teams.fake.faults.append(stores_and_cuts)
    with pytest.raises(Unsure):
        await carried(teams, post)
    await carried(teams, post, unsure=True)
    assert "twice" in str(teams.fake.messages()[-1])
    assert "twice" not in str(teams.fake.messages()[0])
    teams.fake.faults.append(stores_and_cuts)
    with pytest.raises(Maybe):
        await carried(teams, post, unsure=True)


async def test_an_edit_may_be_repeated_without_a_word(teams: World) -> None:
    ref = MessageRef(platform="teams", tenant=TENANT, channel=THREAD, ts="1700000000001")
    for unsure in (False, True):
        await carried(teams, Edit(key="e", incident="i1", message=ref, card=CARD, **TO), unsure=unsure)
    assert all("twice" not in str(one.body) for one in teams.fake.asked)


@pytest.mark.parametrize("code", ["MessageWritesBlocked", "BotDisabledByAdmin", "ConversationNotFound"])
async def test_terminal_refusals_are_told_in_words(teams: World, code: str) -> None:
    teams.fake.faults.append(answers(403, {"error": {"code": code}}))
    with pytest.raises(GiveUp) as given_up:
        await carried(teams, Direct(key="d", account=MAYA, card=CARD, **TO))
    assert given_up.value.code == code
    assert code not in given_up.value.reason


async def test_a_whisper_becomes_a_private_message_where_it_has_to(teams: World) -> None:
    whisper = Whisper(key="w", incident="i1", place=place(THREAD), account=MAYA, card=CARD, **TO)
    await carried(teams, whisper)
    assert teams.fake.asked[-1].query == {"isTargetedActivity": "true"}
    teams.fake.refuse_targeted = True
    await carried(teams, whisper)
    assert CHAT.replace(":", "%3A") in teams.fake.asked[-1].path


async def test_people_are_told_where_an_incident_is_once_and_into_chats_they_let_each_other(teams: World) -> None:
    topic = "INC-1 · SEV2 · Checkout errors"
    invite = Invite(key="i", incident="i1", place=place(THREAD), accounts=(MAYA, TOM), topic=topic, **TO)
    teams.fake.faults += [stores_and_answers(201, '{"id": "17"}'), answers(429, {"error": {"code": "Throttled"}})]
    with pytest.raises(Retry):
        await carried(teams, invite)
    await carried(teams, invite)
    assert len(teams.fake.messages()) == 2
    assert topic in str(teams.fake.messages()[0])
    with pytest.raises(GiveUp, match="add them"):
        await carried(teams, Invite(key="g", incident="i1", place=place(GROUP), accounts=(TOM,), **TO))
    with pytest.raises(GiveUp, match="remove them"):
        await carried(teams, Remove(key="r", incident="i1", place=place(GROUP), account=TOM, **TO))


async def test_who_somebody_is_is_read_from_the_roster(teams: World) -> None:
    learned = await carried(teams, LearnProfile(key="l", account=MAYA, **TO))
    assert isinstance(learned, ProfileLearned)
    assert learned.account == MAYA
    assert learned.name
    assert await carried(teams, LearnProfile(key="n", account=f"teams:{TENANT}:29:nobody", **TO)) is None


async def test_who_is_in_a_group_chat_is_told_where_it_changed(teams: World) -> None:
    about: Any = {"incident": "i1", "place": place(GROUP), **TO}
    told = await carried(teams, ReadMembers(key="m:1", **about))
    assert isinstance(told, MembersRead)
    assert len(told.members) == 3
    assert not told.mentions()
    assert await carried(teams, ReadMembers(key="m:2", known=told.members, **about)) is None
    again = await carried(teams, ReadMembers(key="m:3", known=(*told.members, TOM), **about))
    assert again.mentions() == (TOM,)


async def test_who_is_in_a_team_or_a_chat_that_does_not_answer_is_not_told(teams: World) -> None:
    about: Any = {"incident": "i1", **TO}
    assert await carried(teams, ReadMembers(key="m:1", place=place(THREAD), **about)) is None
    teams.fake.faults += [answers(403, {"error": {"code": "BotNotInConversationRoster"}})]
    assert await carried(teams, ReadMembers(key="m:2", place=place(GROUP), **about)) is None
    teams.fake.faults += [answers(200, {"members": []})]
    assert await carried(teams, ReadMembers(key="m:3", place=place(GROUP), **about)) is None


async def test_a_thread_has_no_topic(teams: World) -> None:
    assert await carried(teams, SetTopic(key="t", incident="i1", place=place(THREAD), topic="x", **TO)) is None
    assert teams.fake.asked == []


async def test_what_teams_does_not_let_bots_do_is_given_up_in_words(teams: World) -> None:
    ref = MessageRef(platform="teams", tenant=TENANT, channel=THREAD, ts="1")
    for effect in (
        Backfill(key="b", incident="i1", place=place(THREAD), since="0", **TO),
        ReadMessage(key="r", incident="i1", message=ref, **TO),
    ):
        with pytest.raises(GiveUp, match="does not let a bot"):
            await carried(teams, effect)


async def test_somebody_who_was_never_met_is_written_to_through_a_chat_that_is_opened_once(teams: World) -> None:
    for key in ("one", "two"):
        await carried(teams, Direct(key=key, account=TOM, card=CARD, **TO))
    assert [path for _, path in calls(teams)].count("conversations") == 1


async def test_nothing_is_sent_to_an_address_that_is_not_allowed_wherever_it_was_stored(teams: World) -> None:
    evil = Reference(tenant=TENANT, id="29:1tom", kind="person", chat="a:2", service_url="https://evil.example.com/")
    await teams.adapter.references.met(evil)
    with pytest.raises(GiveUp):
        await carried(teams, Direct(key="d", account=TOM, card=CARD, **TO))
    assert teams.fake.asked == []


# -- channels that are known by their name


def to_channel(name: str) -> Post:
    return Post(key="count:1", incident="i1", place=place(name), card=CARD, priority=REMINDER, **TO)


@pytest.mark.parametrize("name", ["Payments alerts", "payments-alerts", "PaymentsAlerts"])
async def test_a_channel_that_was_met_is_found_by_its_name(teams: World, name: str) -> None:
    met = Reference(tenant=TENANT, id="19:pay@thread.tacv2", kind="channel", name="Payments alerts", team=CHANNEL)
    await teams.adapter.references.met(met)
    await carried(teams, to_channel(name))
    (created,) = [one for one in teams.fake.asked if one.path.endswith("conversations") and one.method == "POST"]
    assert created.body["channelData"]["channel"]["id"] == "19:pay@thread.tacv2"


async def test_a_team_is_found_by_its_name_and_stands_for_its_general_channel(teams: World) -> None:
    await carried(teams, to_channel("harbour"))
    (created,) = [one for one in teams.fake.asked if one.path.endswith("conversations") and one.method == "POST"]
    assert created.body["channelData"]["channel"]["id"] == CHANNEL


async def test_a_channel_that_nobody_knows_is_said_in_words_and_nothing_is_posted_elsewhere(teams: World) -> None:
    with pytest.raises(GiveUp, match="I know no channel called payments: please add me to its team"):
        await carried(teams, to_channel("payments"))
    assert [one.path for one in teams.fake.asked if one.method == "POST"] == []


async def test_a_name_of_several_channels_is_not_guessed_at(teams: World) -> None:
    for number in (1, 2):
        met = Reference(tenant=TENANT, id=f"19:pay{number}@thread.tacv2", kind="channel", name="Payments")
        await teams.adapter.references.met(met)
    with pytest.raises(GiveUp, match="several channels called payments"):
        await carried(teams, to_channel("payments"))
