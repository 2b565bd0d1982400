"""Everything that the engine answers and posts when hostile words stand in every field, as each platform shows it.

Law: on either platform it is a valid message in which nobody is pinged and nothing that was typed leads anywhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from adapters.sandbox.blocks import problems, view_problems
from adapters.sandbox.mrkdwn import addressed_by_app
from adapters.slack import blocks
from adapters.slack import forms as slack_forms
from adapters.slack.markup import literal
from adapters.teams import cards, lengths
from adapters.teams.forms import Asking
from adapters.teams.runs import inert
from adapters.teams.sealed import Seal, Sealed
from bot.command import KINDS, Capture, Command, Receipt, build
from bot.errors import Refused
from bot.grammar import read
from bot.model import Status
from bot.rules import RULES, VERBS
from bot.state import Decision, State
from bot.text import Card, Form, Reply, whole_characters
from tests.bot.worlds import decided, origin, someone, world
from tests.export.worlds import record
from tests.hostile import CORPUS, LONG
from tests.story.stage import followed
from tests.teams import schema

TENANT, THREAD, SEAL = "T1", "19:abc@thread.tacv2;messageid=1700000000000", Seal("secret")
PIECE = 20
PIECES = [*("\n".join(CORPUS[start : start + PIECE]) for start in range(0, len(CORPUS), PIECE)), *LONG]
EDITED = ("learning", "impact", "hard", "external_what")
PARTS = ("factor design:", "trigger", "decision", "question", "comment", "revise")
SAYING = (
    *VERBS, *(f"{verb} " + "{}" for verb in VERBS), *(f"postmortem edit {name}: " + "{}" for name in EDITED),
    *(f"postmortem {what} " + "{}" for what in PARTS),
    "postmortem comments", "postmortem changes", "postmortem hints", "postmortem publish", "sev 1 {}", "role {} @tom",
    "time began 13:05 {}", "action @tom by 2w: {}", "wontdo ACT-1 {}", "done ACT-1 {}", "snooze ACT-1 2w {}",
    "list all {}", "declare sev1 {}", "update identified {} next 30m", "note {} at 13:00",
)  # fmt: skip
BUTTONS = [kind for kind, one in KINDS.items() if kind in RULES and not issubclass(one, Capture | Receipt)]


def hostile(text: str, status: Status) -> State:
    """What a rule sees where the text stands wherever somebody could have put it."""
    made = record(text[:3000])
    assert made.postmortem is not None
    named = someone("Maya", admin=True).model_copy(update={"name": text[:60] or "Maya"})
    items = tuple(one.model_copy(update={"owner": named.id}) for one in made.items)
    about = made.incident.model_copy(
        update={"status": status, "capture_gap": text[:200], "responders": frozenset({"maya", "tom", "eve"})}
    )
    return world(
        named, about, items=items, my_items=items, item=items[0], postmortem=made.postmortem, log=made.entries,
        entry=made.entries[1], listing=(about,), mine=(about,), people={**made.people, named.id: named},
    )  # fmt: skip


def outcomes(state: State, text: str) -> Iterator[tuple[str, Decision]]:
    """Of everything that can be typed and pressed; of a refusal, its words."""
    for words in SAYING:
        with suppress(Refused):
            yield words, outcome(state, read(words.replace("{}", text), origin(state.actor)))
    for kind in BUTTONS:
        fields = {name: text[:300] for name, field in KINDS[kind].model_fields.items() if field.annotation is str}
        given = {"incident": "INC-42", "item": "ACT-1", "section": "hard"}
        with suppress(Refused):
            yield kind, outcome(state, build(kind, fields | {k: v for k, v in given.items() if k in fields}, origin()))


def outcome(state: State, command: Command) -> Decision:
    try:
        return decided(state, command)
    except Refused as refused:
        return Decision(state=state, reply=Reply.of(refused.text))


def shown(decision: Decision) -> Iterator[Card | Form]:
    yield decision.reply.card
    if decision.reply.form:
        yield decision.reply.form
    for effect in decision.effects:
        if isinstance(card := getattr(effect, "card", None), Card):
            yield card


def harmless_in_slack(one: Card | Form) -> None:
    if isinstance(one, Form):
        view = slack_forms.modal(one, TENANT, {"channel": "C1"})
        assert view_problems(view) == []
        assert "mrkdwn" not in json.dumps(view["blocks"])
        return
    message = blocks.message(one, TENANT)
    assert problems(message["blocks"]) == []
    assert "mrkdwn" not in json.dumps(message["blocks"])
    assert not {"<", ">"} & set(message["text"])
    pinged = {*addressed_by_app({**message, **blocks.QUIET})}
    assert pinged <= {"@UTOM", "@UMAYA", "@UINES", "@UEVE"}
    assert all(is_web(url) for url in followed(message["blocks"]))


def harmless_in_teams(one: Card | Form, *, strictly: bool) -> None:
    contents: list[dict[str, Any]]
    if isinstance(one, Form):
        asking = Asking(SEAL, Sealed(does="", channel=THREAD, account="teams:T1:29:x", once="n"), TENANT)
        contents = [asking.dialog(one)["card"]["content"], asking.card(one)]
    else:
        message = cards.message(one, SEAL, tenant=TENANT, channel=THREAD)
        assert lengths.weight(message) <= lengths.ACTIVITY
        contents = [message["attachments"][0]["content"]]
        assert "entities" not in contents[0].get("msteams", {})
    for content in contents:
        assert all(inert(text.replace("**", "")) for text in schema.parsed_texts(content))
        assert all(is_web(url) for url in followed(content))
        assert not schema.of_type(content, "Image", "Media", "Action.OpenUrl") or "evil" not in str(content)
        if strictly:
            assert schema.problems(content) == []


def is_web(url: str) -> bool:
    return url.startswith(("http://", "https://", "page:/")) and url.isprintable() and " " not in url


@pytest.mark.parametrize("number", range(len(PIECES)))
def test_hostile_words_in_every_field_are_only_words_on_either_platform(number: int) -> None:
    text, seen = literal(whole_characters(PIECES[number])), set()
    """As every door lets it in: without half characters, and without what the engine itself marks mentions by."""
    status = Status.ACTIVE if number % 2 else Status.RESOLVED
    for words, decision in outcomes(hostile(text, status), text):
        for one in shown(decision):
            if (told := one.model_dump_json()) in seen:
                continue
            seen.add(told)
            try:
                harmless_in_slack(one)
                harmless_in_teams(one, strictly=number % 4 == 0)
            except AssertionError as found:
                raise AssertionError(f"behind {words!r}") from found
    assert len(seen) > 100
