"""At review somebody says that an open item would have helped: it stands on both sides, and somebody has to decide."""

from __future__ import annotations

import pytest

from bot.model import ItemStatus
from tests.story.stage import Actor, Story

POOL = "Payments fail: connection pool exhausted"


async def twice(story: Story) -> tuple[Actor, Actor, Actor]:
    """The same again, while what should have prevented it stands open. Tom owns the first postmortem."""
    maya, tom, ines = story.cast("maya", "tom", "ines")
    await maya.incident(f"declare sev2 {POOL} service:payments")
    await maya.incident("lead @maya")
    await tom.incident("note the pool is full")
    await maya.incident("action @ines by 2026-04-20: Alert on connection pool saturation")
    await maya.incident("resolve more connections for the API")
    await tom.press("Accept", near="proposed as the owner")
    await story.later(days=7)
    await maya.incident("declare sev2 No free database connection, pool exhausted", where=story.chat.channel("general"))
    assert story.incident("INC-2").place
    return maya, tom, ines


def speaks(who: Actor, words: str) -> list[str]:
    return [said for said in who.inbox if words in said]


@pytest.mark.everywhere
@pytest.mark.needs("verbs", "buttons", "forms", "direct messages")
async def test_from_the_review_to_the_decision_of_somebody_named(story: Story) -> None:
    maya, tom, ines = await twice(story)
    place = story.incident("INC-2").place
    assert place
    await ines.incident("note looking at the connections", where=place.channel)
    await maya.incident("resolve restarted", where=place.channel)
    await maya.incident("INC-2 postmortem review @tom", where=place.channel)
    opened = await tom.press("Was it known before?", near="asks you to look")
    assert opened.form == "Was it known before?"
    refused = await tom.fill(act="ACT-99")
    assert "no action item ACT-99" in f"{refused.text} {refused.errors}"
    assert not story.record("INC-2").postmortem.known.answered  # type: ignore[union-attr]
    told = await tom.fill(chosen="ACT-1", act="")
    assert "Known before: ACT-1 of INC-1 stood open (Alert on connection pool saturation)" in told
    await story.beat()

    (known,) = story.record("INC-2").postmortem.known.items  # type: ignore[union-attr]
    assert (known.key, known.was) == ("ACT-1", "open")
    assert [one.key for one in story.items()["ACT-1"].again] == ["INC-2"]
    assert "Known before: ACT-1 of INC-1" in story.draft("INC-2")
    assert "would have prevented or shortened INC-2" in story.draft("INC-1")
    await story.later(hours=5)
    assert len(speaks(ines, "ACT-1 of yours would have prevented INC-2")) == 1
    (asked,) = speaks(tom, "it needs a decision of yours")
    assert "Alert on connection pool saturation" in asked
    assert not speaks(maya, "it needs a decision of yours")

    await tom.press("Accept the risk", near="At the review of INC-2")
    await tom.fill(reason="the pool goes away in May")
    item = story.items()["ACT-1"]
    assert (item.status, item.reason) == (ItemStatus.ACCEPTED_RISK, "the pool goes away in May")
    await story.later(days=30)
    await story.later(hours=5)
    assert not speaks(maya, "it needs a decision of yours")
    assert len(speaks(tom, "it needs a decision of yours")) <= 1


@pytest.mark.needs("verbs", "buttons", "forms", "direct messages")
async def test_what_was_done_before_did_not_hold_and_an_answer_can_be_taken_back(story: Story) -> None:
    maya, tom, ines = story.cast("maya", "tom", "ines")
    await maya.incident(f"declare sev2 {POOL}")
    await tom.incident("note the pool is full")
    await maya.incident("action @ines by 2026-03-06: Double the connection pool")
    await maya.incident("resolve done")
    await ines.incident("done ACT-1")
    await story.later(days=7)
    await maya.incident(f"declare sev2 {POOL} again", where=story.chat.channel("general"))
    place = story.incident("INC-2").place
    assert place
    await maya.incident("resolve restarted", where=place.channel)
    assert "came back after the fix" in await maya.incident("INC-2 postmortem known ACT-1", where=place.channel)
    await story.beat()
    assert "done; did not hold: INC-2" in story.draft("INC-1")
    assert not speaks(tom, "it needs a decision of yours")
    await maya.press("Take it back", near="came back after the fix")
    await story.beat()
    assert story.items()["ACT-1"].again == ()
    assert "done; did not hold" not in story.draft("INC-1")


@pytest.mark.needs("verbs", "members", "forms")
async def test_an_item_of_a_private_incident_is_never_offered_and_never_known(story: Story) -> None:
    maya, kenji = story.cast("maya", "kenji")
    place = await story.chat.private_place("maya", "tom")
    await maya.incident(f"declare sev2 {POOL} --private service:payments", where=place)
    (sealed,) = story.incidents(maya.person)
    where = sealed.place.channel if sealed.place else place
    await maya.incident("action @maya by 2026-04-20: Alert on zirconium saturation", where=where)
    (secret,) = [one.key for one in story.reports.items(maya.person)]
    general = story.chat.channel("general")
    await kenji.incident(f"declare sev2 {POOL} service:payments", where=general)
    mine = next(one for one in story.incidents(kenji.person)).key
    await kenji.incident(f"{mine} postmortem open", where=general)
    for who in (kenji, maya):
        await who.incident(f"{mine} postmortem known", where=general)
        shown = await who.press("Was it known before?", near="prevented this")
        assert "zirconium" not in shown.text + shown.form
        no = await who.incident(f"{mine} postmortem known {secret}", where=general)
        assert no.text.replace(secret, "KEY") == (
            (await who.incident(f"{mine} postmortem known ACT-99", where=general)).text.replace("ACT-99", "KEY")
        )
    assert "zirconium" not in "".join(story.chat.readable("kenji"))
