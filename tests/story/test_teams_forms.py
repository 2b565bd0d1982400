"""Forms in Teams: whoever is chosen is known or said to be unknown, and what was typed outlives every refusal."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.sandbox.teams import cards
from bot.words import teams as words
from storage.store import SqlStore
from tests.story.on_teams import teams
from tests.story.stage import A_WEEK, Story, told

Json = dict[str, Any]
STRANGER = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
async def staged(store: SqlStore) -> AsyncIterator[Story]:
    """An incident with an action item of Inês's."""
    async with told(store, teams()(store)) as story:
        (maya,) = story.cast("maya")
        await maya.incident("declare sev2 Checkout errors")
        await maya.incident("action @ines by 2026-03-04: Alert on slow queries")
        yield story


def entered(card: Json) -> Json:
    """What stands in a form."""
    return {field["id"]: field["value"] for field in cards.inputs(card) if field.get("value")}


async def filled(story: Story, who: str, values: Json) -> Json:
    """Fills in the form on the newest card for them alone; the form as it stands there afterwards."""
    form = story.more.targeted(who)[-1]
    submit = next(one for one in cards.buttons(form["card"]) if one.get("associatedInputs") != "none")
    seen = await story.more.press(who, form["conversation"], form["ts"], submit["title"], values)
    await story.settle()
    shown: Json = seen.card
    return shown


async def test_a_role_for_somebody_unknown_is_given_to_nobody(staged: Story) -> None:
    (tom,) = staged.cast("tom")
    await tom.incident("role")
    before = staged.incident()
    again = await filled(staged, "tom", {"role": "liaison", "person": STRANGER})
    assert words.STRANGER in str(again)
    assert entered(again) == {"role": "liaison", "person": STRANGER}
    assert staged.incident() == before


@pytest.mark.parametrize("verb", ["reassign ACT-1", "action", "postmortem owner", "postmortem review"])
async def test_every_other_form_that_asks_for_people_says_so_too(staged: Story, verb: str) -> None:
    (maya,) = staged.cast("maya")
    await maya.incident("resolve done")
    await maya.incident(verb)
    asked = next(field for field in cards.inputs(staged.more.targeted("maya")[-1]["card"]) if "choices.data" in field)
    both = f"{staged.more.user('tom').object_id},{STRANGER}" if asked.get("isMultiSelect") else STRANGER
    before = staged.record().postmortem, staged.items(), staged.texts(everything=True)
    told_more = {"text": "Cap the pool"} if verb == "action" else {}
    again = await filled(staged, "maya", {asked["id"]: both, **told_more})
    assert words.STRANGER in str(again)
    assert entered(again).items() >= {asked["id"]: both, **told_more}.items()
    assert (staged.record().postmortem, staged.items(), staged.texts(everything=True)) == before


async def test_what_was_typed_into_an_items_dialog_outlives_a_refusal(staged: Story) -> None:
    maya, ines = staged.cast("maya", "ines")
    await maya.incident("resolve done")
    await staged.later(**A_WEEK)
    await ines.press("Done", near="Alert on slow queries")
    await ines.press("Add a link", near="Alert on slow queries")
    refused = await ines.fill(link="not a link")
    assert refused.form
    dialog = staged.more.dialog("ines")
    assert dialog is not None
    assert entered(dialog["card"]) == {"link": "not a link"}
    await ines.fill(link="https://example.com/pull/7")
    assert "https://example.com/pull/7" in str(staged.items()["ACT-1"])
