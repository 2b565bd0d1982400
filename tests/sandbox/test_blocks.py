"""Block Kit's public limits, judged block by block."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import ActionsBlock, ButtonElement, ContextBlock, DividerBlock, HeaderBlock, SectionBlock

from adapters.sandbox.blocks import problems, view_problems

Json = dict[str, Any]


def words(text: str, kind: str = "mrkdwn") -> Json:
    return {"type": kind, "text": text}


def plain(text: str) -> Json:
    return words(text, "plain_text")


def section(text: str = "x", **more: Any) -> Json:
    return {"type": "section", "text": words(text)} | more


def button(**more: Any) -> Json:
    return {"type": "button", "action_id": "a", "text": plain("Go")} | more


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def select(options: int = 1, **more: Any) -> Json:
    rows = [{"text": plain(f"{n}"), "value": f"{n}"} for n in range(options)]
    return {"type": "static_select", "action_id": "s", "options": rows} | more


def entry(element: Json, **more: Any) -> Json:
    return {"type": "input", "label": plain("L"), "element": element} | more


def modal(*blocks: Json, **more: Any) -> Json:
    return {"type": "modal", "title": plain("T"), "submit": plain("OK"), "blocks": list(blocks)} | more


GOOD = [
    [section("x" * 3000)],
    [section(fields=[words("x" * 2000)] * 10)],
    [{"type": "section", "fields": [words("f")]}],
    [{"type": "header", "text": plain("h" * 150)}],
    [{"type": "divider", "block_id": "b" * 255}],
    [actions(*[button(action_id=f"a{n}") for n in range(25)])],
    [{"type": "context", "elements": [words("c")] * 10}],
    [section(accessory=select(100))],
    [actions(button(value="v" * 2000, url="https://x/" + "y" * 2000, style="danger"))],
    [{"type": "markdown", "text": "m" * 12_000}],
    [{"type": "image", "image_url": "https://x/y.png", "alt_text": "a"}],
    [entry({"type": "plain_text_input", "action_id": "i", "max_length": 3000})],
    [section()] * 50,
    [],
    [
        section(
            accessory=button(
                confirm={"title": plain("t"), "text": words("s"), "confirm": plain("c"), "deny": plain("d")}
            )
        )
    ],
    [entry({"type": "datepicker", "initial_date": "2026-03-02"})],
    [actions(select(initial_option={"text": plain("0"), "value": "0"}))],
    [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "t"}]}]}],
]
BAD = [
    [section("x" * 3001)],
    [section("")],
    [{"type": "section"}],
    [section(fields=[words("x" * 2001)])],
    [section(fields=[words("x")] * 11)],
    [{"type": "header", "text": plain("h" * 151)}],
    [{"type": "header", "text": words("h")}],
    [{"type": "divider", "block_id": "b" * 256}],
    [actions(*[button(action_id=f"a{n}") for n in range(26)])],
    [actions()],
    [actions(button(), button())],
    [{"type": "context", "elements": [words("c")] * 11}],
    [section(accessory=select(101))],
    [actions(button(text=plain("x" * 76)))],
    [actions(button(value="v" * 2001))],
    [actions(button(style="green"))],
    [actions(button(action_id="a" * 256))],
    [actions(button(text=words("x")))],
    [actions(select(0))],
    [section()] * 51,
    [section(accessory={"type": "static_select", "options": [{"text": plain("o" * 76), "value": "v"}]})],
    [section(accessory={"type": "static_select", "options": [{"text": plain("o"), "value": "v" * 151}]})],
    [section(block_id="same"), section(block_id="same")],
    [section(colour="red")],
    [{"type": "soup"}],
    ["text"],
    [actions({"type": "plain_text_input", "action_id": "i"})],
    [entry(button())],
    [section(accessory=button(size="big"))],
    [{"type": "markdown", "text": "m" * 12_001}],
    [{"type": "image", "image_url": "https://x/y.png"}],
    [entry({"type": "file_input"})],
    [actions(select(initial_option={"text": plain("9"), "value": "9"}))],
    [section("\ud800")],
    [{"type": "section", "text": {"type": "mrkdwn", "text": "x", "emoji": True}}],
    [section(accessory=button(confirm={"title": plain("t" * 101), "text": words("s")}))],
    [entry({"type": "datepicker", "initial_date": "tomorrow"})],
    [entry({"type": "number_input"})],
    [entry({"type": "plain_text_input", "max_length": 3001})],
    [section(accessory={"type": "overflow", "options": []})],
    [
        entry({"type": "plain_text_input", "focus_on_load": True}),
        entry({"type": "plain_text_input", "focus_on_load": True}),
    ],
]


@pytest.mark.parametrize("blocks", GOOD, ids=range(len(GOOD)))
def test_blocks_within_the_limits_are_taken(blocks: list[Any]) -> None:
    assert problems(blocks) == []


@pytest.mark.parametrize("blocks", BAD, ids=range(len(BAD)))
def test_blocks_beyond_a_limit_are_named(blocks: list[Any]) -> None:
    assert problems(blocks)


def test_views_have_limits_of_their_own() -> None:
    assert view_problems(modal(*[section()] * 100, private_metadata="p" * 3000, callback_id="c" * 255)) == []
    assert view_problems({"type": "home", "blocks": [section()]}) == []
    for broken in (
        modal(*[section()] * 101),
        modal(title=plain("t" * 25)),
        modal(title=words("t")),
        modal(private_metadata="p" * 3001),
        modal(submit=plain("s" * 25)),
        modal(callback_id="c" * 256),
        {"type": "modal", "blocks": []},
        {"type": "modal"},
        None,
        modal(colour="red"),
        {"type": "home", "blocks": [], "submit": plain("s")},
        {"type": "card", "blocks": []},
        {"type": "modal", "title": plain("t"), "blocks": [entry({"type": "plain_text_input"})]},
        modal(*[{"type": "soup"}]),
    ):
        assert view_problems(broken), broken


def test_what_slacks_own_models_build_is_taken() -> None:
    blocks = [
        HeaderBlock(text="Soup"),
        DividerBlock(),
        SectionBlock(text="today", fields=["a", "b"]),
        ContextBlock(elements=[]),
        ActionsBlock(elements=[ButtonElement(text="Eat", action_id="eat", value="1", style="primary")]),
    ]
    built = [b.to_dict() for b in blocks if not isinstance(b, ContextBlock)]
    assert problems(built) == []


def test_a_problem_says_where_it_is() -> None:
    assert problems([section("ok"), section("x" * 3001)]) == [
        "must be less than 3001 characters [json-pointer:/blocks/1/text/text]"
    ]


_WORDS = [
    "section",
    "actions",
    "input",
    "context",
    "header",
    "static_select",
    "button",
    "plain_text",
    "mrkdwn",
    "modal",
    "x",
]
_KEYS = [
    "type",
    "text",
    "elements",
    "element",
    "accessory",
    "options",
    "option_groups",
    "fields",
    "block_id",
    "action_id",
    "initial_option",
    "initial_options",
    "max_selected_items",
    "confirm",
    "label",
    "blocks",
    "title",
    "value",
]
_LEAVES = st.sampled_from([*_WORDS, None, True, 0, 1.5, "\ud800"])
_ANYTHING = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=5)
)


@given(_ANYTHING)
@settings(max_examples=300, deadline=None)
def test_whatever_is_sent_gets_an_answer_and_no_crash(thing: Any) -> None:
    assert isinstance(problems(thing), list)
    assert isinstance(problems([thing]), list)
    assert view_problems(thing)
