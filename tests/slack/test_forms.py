"""What comes back from a form: text, whatever kind of field it was typed or chosen in."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.slack import forms
from bot.text import Form, Input, mention_token

TOM, MAYA = mention_token("slack:T1:UTOM"), mention_token("slack:T1:UMAYA")
OPTION: dict[str, Any] = {"text": {"type": "plain_text", "text": "A"}, "value": "a"}


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ({"type": "plain_text_input", "value": "5 < 6 \ue000slack:T1:UX\ue001"}, "5 < 6 slack:T1:UX"),
        ({"type": "plain_text_input", "value": None}, None),
        ({"type": "users_select", "selected_user": "UTOM"}, TOM),
        ({"type": "users_select", "selected_user": None}, None),
        ({"type": "multi_users_select", "selected_users": ["UTOM", "UMAYA"]}, f"{TOM} {MAYA}"),
        ({"type": "datepicker", "selected_date": "2026-12-01"}, "2026-12-01"),
        ({"type": "datepicker", "selected_date": None}, None),
        ({"type": "static_select", "selected_option": OPTION}, "a"),
        ({"type": "static_select", "selected_option": None}, None),
        ({"type": "checkboxes", "selected_options": [OPTION, {**OPTION, "value": "b"}]}, "a,b"),
        ({"type": "checkboxes", "selected_options": []}, "false"),
        ({"type": "channels_select", "selected_channel": "C1"}, "C1"),
        ({"type": "conversations_select", "selected_conversation": "C2"}, "C2"),
    ],
)
def test_a_field_comes_back_as_text(element: dict[str, Any], value: str | None) -> None:
    found = forms.fields({"field": {"value": element}}, "T1")
    assert found == ({"field": value} if value is not None else {})


@pytest.mark.parametrize("odd", [None, [], "x", {"a": None}, {"a": {"b": 7}}, {"a": {"b": {"type": "users_select"}}}])
def test_odd_values_are_no_fields(odd: Any) -> None:
    assert forms.fields(odd, "T1") == {}


def test_initial_values_come_as_the_form_says() -> None:
    inputs = (
        Input(name="owner", label="Owner", kind="person", initial=TOM),
        Input(name="others", label="Others", kind="people", initial=f"{TOM}{MAYA}"),
        Input(name="due", label="Due", kind="date", initial="2026-12-01"),
        Input(name="tick", label="Tick", kind="tick", initial="yes", required=True),
        Input(name="line", label="Line", initial="two\nlines", max_length=5),
    )
    view = forms.modal(Form(title="x", does="y", inputs=inputs), "T1", {})
    owner, others, due, tick, line = (block["element"] for block in view["blocks"])
    assert owner["initial_user"] == "UTOM"
    assert others["initial_users"] == ["UTOM", "UMAYA"]
    assert due["initial_date"] == "2026-12-01"
    assert tick["initial_options"][0]["value"] == "true"
    assert line["initial_value"] == "two l"
    assert view["blocks"][3]["optional"]


def test_an_error_of_no_field_is_shown_under_the_first() -> None:
    view = {"blocks": [{"type": "section"}, {"type": "input", "block_id": "a"}, {"type": "input", "block_id": "b"}]}
    assert forms.errors(view, "b", "no")["errors"] == {"b": "no"}
    assert forms.errors(view, "z", "no")["errors"] == {"a": "no"}
