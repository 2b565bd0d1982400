"""What of a card the service refuses, what a client would not draw, and how fields are checked."""

from typing import Any

import pytest

from adapters.sandbox.people import Denied
from adapters.sandbox.teams import cards, forms
from adapters.sandbox.teams.windows import Windows
from adapters.sandbox.teams.world import ADAPTIVE
from tests.sandbox.teams_harness import Json, attached, card, running

EXECUTE: Json = {"type": "Action.Execute", "title": "Eat"}


NO_CARDS: tuple[Any, ...] = (
    (card(version="1.6"), "newer than 1.5"), (card(version="new"), "no version"),
    (card(type="Card"), "AdaptiveCard"),
    (card(refresh={"action": {"type": "Action.Submit"}}), "Action.Execute"),
    (card(refresh={"action": EXECUTE, "userIds": [f"29:{n}" for n in range(61)]}), "more than 60"),
)  # fmt: skip


async def test_a_card_that_is_none_is_refused_and_counted() -> None:
    async with running(rate_limits=False) as h:
        for content, reason in NO_CARDS:
            status, said = await h.send(h.channel(), "", content)
            assert (status, said["error"]["code"]) == (400, "BadArgument")
            assert reason in said["error"]["message"]
            assert h.teams.ledger.violations.pop().name == "activities.send"
            assert h.teams.ledger.violations == []
            assert h.teams.messages("incidents") == []


ODD: tuple[Any, ...] = (
    ({"type": "Chart.Pie"}, "Chart.Pie is unknown"), ({"type": "TextBlock", "text": ""}, "TextBlock has no text"),
    ({"type": "Container", "items": [{"type": "Blink"}]}, "Blink is unknown"),
    ({"type": "ActionSet", "actions": [{"type": "Action.Call"}]}, "Action.Call is unknown"),
    ({"type": "Input.Text"}, "the id '' of an input is empty or taken"),
    ({"type": "ColumnSet", "columns": [{"items": [{"type": "Image"}]}]}, "Image has no url"),
)  # fmt: skip


async def test_what_a_client_would_not_draw_is_taken_and_noted() -> None:
    async with running(rate_limits=False) as h:
        for element, oddity in ODD:
            assert (await h.send(h.channel(), "", card(element)))[0] == 201
            assert h.teams.ledger.violations.pop().reason == oddity
            assert h.teams.ledger.violations == []
            assert h.teams.ledger.limit_violations[-1] == ("activities.send", oddity)


async def test_sixty_people_may_refresh_and_six_buttons_are_shown() -> None:
    async with running() as h:
        users = [f"29:{n}" for n in range(60)]
        assert (await h.send(h.channel(), "", card(refresh={"action": EXECUTE, "userIds": users})))[0] == 201
        assert (await h.send(h.channel(), "", card(actions=[EXECUTE] * 7)))[0] == 201
        assert h.teams.ledger.violations == []
        assert h.teams.ledger.notes == ["activities.send: 1 buttons stand behind more than 6"]


async def test_an_attachment_of_no_known_kind_is_noted() -> None:
    async with running() as h:
        path = f"v3/conversations/{h.channel()}/activities"
        odd: Json = {"attachments": [{"contentType": "application/x-soup", "content": {}}]}
        assert (await h.call("POST", path, odd))[0] == 201
        assert h.teams.ledger.violations[0].reason == "application/x-soup is not drawn"
        wrongs: tuple[Any, ...] = ("soup", ["soup"], [{"content": {}}])
        for wrong in wrongs:
            status, said, _ = await h.call("POST", path, {"attachments": wrong})
            assert (status, said["error"]["code"]) == (400, "BadArgument")


def test_buttons_and_fields_are_found_wherever_they_stand() -> None:
    inner = card({"type": "Input.Text", "id": "why"}, actions=[{"type": "Action.Submit", "title": "Send"}])
    shown: Json = card(
        {"type": "Container", "items": [{"type": "ActionSet", "actions": [EXECUTE]}]},
        {"type": "Table", "rows": [{"cells": [{"items": [{"type": "Input.Date", "id": "when"}]}]}]},
        {"type": "FactSet", "facts": [{"title": "Pot", "value": "big"}]},
        {"type": "RichTextBlock", "inlines": ["plain", {"type": "TextRun", "text": "run"}]},
        actions=[{"type": "Action.ShowCard", "title": "More", "card": inner}],
    )
    assert [a["title"] for a in cards.buttons(shown)] == ["Eat", "More", "Send"]
    assert [field["id"] for field in cards.inputs(shown)] == ["when", "why"]
    assert cards.oddities(shown) == []
    assert cards.problem([attached(shown)]) is None
    assert {"Pot big", "plain", "run", "Eat"} <= set(cards.words(shown).splitlines())
    assert cards.buttons(None) == []
    assert attached(shown)["contentType"] == ADAPTIVE


@pytest.mark.parametrize(
    ("field", "value", "good"),
    [
        ({"type": "Input.Number", "min": 1, "max": 5}, "3", True), ({"type": "Input.Number", "min": 1}, "0", False),
        ({"type": "Input.Number"}, "many", False), ({"type": "Input.Date", "min": "2026-03-01"}, "2026-03-02", True),
        ({"type": "Input.Date", "min": "2026-03-01"}, "2026-02-28", False), ({"type": "Input.Date"}, "soon", False),
        ({"type": "Input.Time"}, "09:30", True), ({"type": "Input.Toggle", "isRequired": True}, "false", False),
        ({"type": "Input.Toggle", "isRequired": True}, "true", True),
        ({"type": "Input.ChoiceSet", "choices": [{"value": "a"}, {"value": "b"}], "isMultiSelect": True}, "a,b", True),
        ({"type": "Input.ChoiceSet", "choices": [{"value": "a"}]}, "c", False),
        ({"type": "Input.ChoiceSet", "choices": [], "choices.data": {"dataset": "people"}}, "c", True),
        ({"type": "Input.Text", "isRequired": True}, "", False),
    ],
)  # fmt: skip
def test_a_client_checks_what_is_entered(field: Json, value: str, good: bool) -> None:
    form = card(field | {"id": "f"})
    assert (forms.refused(form, forms.filled(form, {"f": value})) == {}) is good


def test_what_is_entered_overrides_what_the_button_carries() -> None:
    action: Any = {"type": "Action.Submit", "data": {"a": 1, "f": "own"}}
    assert forms.merged(action, {"f": "entered"}) == {"a": 1, "f": "entered"}
    assert forms.merged(action | {"associatedInputs": "none"}, {"f": "entered"}) == {"a": 1, "f": "own"}
    assert forms.merged({"type": "Action.Submit"}, {}) == {}
    with pytest.raises(Denied):
        forms.filled(card(), {"f": "x"})


def test_windows_count_a_conversation_and_the_whole_tenant() -> None:
    windows = Windows(time_scale=10)
    assert [windows.retry_after("activities.send", "a") > 0 for _ in range(8)] == [False] * 7 + [True]
    assert windows.retry_after("activities.reply", "a") > 0
    assert [windows.retry_after("members.get", "a") > 0 for _ in range(15)] == [False] * 14 + [True]
    many = [windows.retry_after("activities.send", f"place {n}") for n in range(30)]
    assert many.count(0) == 30 - 21
    assert Windows(enabled=False).retry_after("activities.send", "a") == 0


def test_the_unpaged_list_of_members_is_throttled_to_five_a_minute() -> None:
    windows = Windows()
    answers = [windows.retry_after("members.list", "a") for _ in range(6)]
    assert answers[:5] == [0] * 5
    assert 55 < answers[5] <= 60
