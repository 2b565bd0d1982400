"""Every card and form that the engine really makes is a valid one in Teams, is shown whole, and can be clicked."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any

import pytest

from adapters.teams import cards, forms, lengths
from adapters.teams.forms import Asking
from adapters.teams.runs import inert
from adapters.teams.sealed import Seal, Sealed
from bot.cards import announcement, status_card
from bot.command import KINDS, build
from bot.errors import Refused
from bot.grammar import read
from bot.item_cards import MINE, digest_card, due_soon_card, list_card
from bot.model import Account, ActionItem, MessageRef, Person, Place, Status
from bot.rules import VERBS
from bot.state import State
from bot.text import Card, Form
from bot.words import chat
from tests.bot.worlds import NOW, decided, incident, origin, someone, world
from tests.hostile import TEAMS as HOSTILE
from tests.teams.schema import of_type, parsed_texts, problems
from tests.teams.test_cards import shown

SEAL = Seal("secret")
TENANT = "72f988bf-86f1-41af-91ab-2d7cd011db47"
THREAD = "19:0b9c6f3fb8e94b0f8f7d2ad5a1c2d3e4@thread.tacv2;messageid=1700000000000"
CHAT = "a:" + "1ktMfOkUqtyhd4ub9GhZwaOdqpjjygWz5IZGvHZLTCnduBU1HmsFGO9vBAMZMQhqJOeiphjhE" + "x" * 40
PLACE = Place(platform="teams", tenant=TENANT, channel=THREAD)
ROOT = MessageRef(platform="teams", tenant=TENANT, channel=THREAD, ts="1700000000000")


def in_teams(name: str, **fields: Any) -> Person:
    user = f"29:1JiEH1nLmzqH5YT7Do1KRCs7ISDxUmVVKPbIzwM1pc884QpFbzi7GFznE58JZKe5sdjw65yzjAZtxyJt55B3m{name}"
    return someone(name, accounts=(Account(platform="teams", tenant=TENANT, user=user),), **fields)


MAYA = in_teams("Maya", admin=True)


def about(status: Status, title: str = "Checkout errors", **fields: Any) -> Any:
    told: dict[str, Any] = {"roles": {"lead": "maya"}, "impact": "12 % of *payments* fail", "summary": title}
    return incident(title=title, place=PLACE, status_card=ROOT, announcement=ROOT, status=status, **{**told, **fields})


def item(number: int) -> ActionItem:
    told = {
        "id": f"i{number}",
        "organisation": "org",
        "key": f"ACT-{number}",
        "incident": "inc",
        "incident_key": "INC-42",
    }
    text = "Alert on the error rate of the checkout before customers notice it" * 2
    more = {
        "incident_title": "Checkout errors",
        "text": text,
        "owner": "maya",
        "due": date(2026, 11, 20),
        "severity": 2,
    }
    return ActionItem.model_validate({**told, **more, "created_by": "tom", "created_at": NOW})


def state(status: Status, title: str = "Checkout errors", **fields: Any) -> State:
    return world(MAYA, about(status, title), **fields)


def checked(card: Card, channel: str = THREAD) -> dict[str, Any]:
    message = cards.message(card, SEAL, tenant=TENANT, channel=channel)
    content: dict[str, Any] = message["attachments"][0]["content"]
    assert problems(content) == []
    assert lengths.weight(message) <= lengths.ACTIVITY
    assert all(inert(text.replace("**", "")) for text in parsed_texts(content))
    for action in of_type(content, "Action.Execute", "Action.Submit"):
        assert SEAL.open(action["data"]).does in KINDS
    return content


def checked_form(form: Form) -> None:
    asking = Asking(SEAL, Sealed(does="", channel=THREAD, account=MAYA.accounts[0].key, once="n"), TENANT)
    for content in (asking.dialog(form)["card"]["content"], asking.card(form)):
        assert problems(content) == []
        assert lengths.weight(content) <= lengths.ACTIVITY
        again = forms.form_in(SEAL.open(content["actions"][0]["data"]))
        assert again is not None
        assert [one.name for one in again.inputs] == [one.name for one in form.inputs]


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("title", ["Checkout errors", HOSTILE[0], HOSTILE[2], HOSTILE[5]])
def test_the_living_card_and_the_announcement_are_shown_whole(status: Status, title: str) -> None:
    seen = state(status, title)
    assert seen.incident is not None
    living = status_card(seen, seen.incident)
    content = checked(living)
    assert chat.cut() not in shown(content)
    assert content["msteams"]["width"] == "Full"
    assert "<at>Maya</at>" in shown(content)
    assert living.title in shown(content)
    assert chat.cut() not in shown(checked(announcement(seen, seen.incident)))


def pressable(content: dict[str, Any]) -> int:
    """Buttons that do something at once, and those that open a dialog."""
    asking = [one for one in of_type(content, "Action.Submit") if "msteams" in one["data"]]
    return len(of_type(content, "Action.Execute")) + len(asking)


def test_the_digest_of_five_items_is_one_message_with_all_its_buttons() -> None:
    content = checked(digest_card([item(number) for number in range(9)], NOW, "Europe/Berlin"), CHAT)
    assert chat.cut() not in shown(content)
    assert pressable(content) == 25
    assert chat.cut() not in shown(checked(due_soon_card(item(1), NOW, "Europe/Berlin"), CHAT))


def test_a_list_of_ten_items_is_several_messages_with_all_buttons() -> None:
    card = list_card("Yours", [item(number) for number in range(10)], NOW.date(), of=MINE)
    pieces = cards.split(card, SEAL, tenant=TENANT, channel=CHAT)
    contents = [checked(piece, CHAT) for piece in pieces]
    assert len(pieces) in (2, 3)
    assert sum(pressable(content) for content in contents) == 50
    assert chat.cut() in shown(checked(card, CHAT))


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("verb", sorted(VERBS))
def test_the_answer_and_the_messages_of_each_verb(verb: str, status: Status) -> None:
    for words in (verb, f"{verb} {HOSTILE[2]}"):
        with suppress(Refused):
            decision = decided(state(status), read(words, origin(MAYA, platform="teams", tenant=TENANT)))
            checked(decision.reply.card)
            if decision.reply.form:
                checked_form(decision.reply.form)
            for effect in decision.effects:
                if isinstance(card := getattr(effect, "card", None), Card):
                    checked(card)


@pytest.mark.parametrize(
    "kind", ["update", "sev", "role", "lead", "note", "action", "impact", "time", "reopen", "declare"]
)
def test_the_form_of_each_button(kind: str) -> None:
    with suppress(Refused):
        command = build(kind, {"incident": "INC-42"}, origin(MAYA, platform="teams", tenant=TENANT))
        if form := decided(state(Status.ACTIVE), command).reply.form:
            checked_form(form)
