"""The channels that a form offers: those of the teams that the bot is in, spoken in or not."""

from __future__ import annotations

from typing import Any

from adapters.teams.formed import For, Formed
from adapters.teams.references import Reference, References
from adapters.teams.sealed import Seal
from bot.text import Form, Input, mention_token
from tests.teams.calling import TEAM, running
from tests.teams.calling import World as Calls
from tests.teams.fake_connector import CHANNEL, TENANT, answers, hangs
from tests.teams.harness import CHAT, KEY, Memory
from tests.teams.schema import of_type

FORM = Form(does="set_up", title="Set up", submit="Save", inputs=(Input(name="where", label="Where", kind="channel"),))
READER = For(tenant=TENANT, user="29:1maya", conversation=CHAT, channel=CHAT, kind="personal")


async def offered(world: Calls, *known: Reference) -> dict[str, str]:
    """Titles of the channels to choose from, by their ids."""
    kept = Memory({(one.tenant, one.id): one for one in known})
    card: Any = await Formed(Seal(KEY), References(kept), world.connector).card(FORM, READER)
    return {one["value"]: one["title"] for field in of_type(card, "Input.ChoiceSet") for one in field["choices"]}


def a_team(world: Calls, **more: str) -> Reference:
    told = {"tenant": TENANT, "id": TEAM, "kind": "team", "name": "Shop", "service_url": world.fake.service_url}
    return Reference.model_validate(told | more)


async def test_a_channel_in_which_nobody_spoke_to_us_is_offered_by_its_name() -> None:
    async with running() as world:
        assert await offered(world, a_team(world)) == {TEAM: "Shop › General", CHANNEL: "Shop › Incidents"}


async def test_where_the_team_does_not_answer_what_is_known_is_offered() -> None:
    heard = Reference(tenant=TENANT, id="19:known@thread.tacv2", kind="channel", name="Known", team=TEAM)
    for fault in (answers(403, {"error": {"code": "BotNotInConversationRoster"}}), answers(500, ""), hangs):
        async with running() as world:
            world.fake.faults.append(fault)
            found = await offered(world, a_team(world), heard)
            assert found == {TEAM: "Shop › General", "19:known@thread.tacv2": "Shop › Known"}


async def test_a_team_that_took_us_out_is_not_asked_and_not_offered() -> None:
    async with running() as world:
        assert await offered(world, a_team(world, installed="no")) == {}
        assert world.fake.asked == []


async def test_people_mentioned_in_words_that_a_form_begins_with_are_called_by_their_names() -> None:
    tom = Reference(tenant=TENANT, id="29:1tom", kind="person", name="Tom O'Neil")
    about = f"Ask {mention_token(f'teams:{TENANT}:29:1tom')} and {mention_token(f'teams:{TENANT}:29:1who')}"
    form = FORM.model_copy(update={"inputs": (Input(name="text", label="What", kind="line", initial=about),)})
    async with running() as world:
        formed = Formed(Seal(KEY), References(Memory({(TENANT, tom.id): tom})), world.connector)
        (field,) = of_type(await formed.card(form, READER), "Input.Text")
        assert field["value"] == "Ask @Tom O'Neil and @somebody"
