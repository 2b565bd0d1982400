"""Forms as dialogs and cards: valid whatever they hold; what comes back is text, and only what was asked for."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from adapters.teams import forms, lengths
from adapters.teams.forms import Asking, Tried
from adapters.teams.runs import inert
from adapters.teams.sealed import NAME, Seal, Sealed
from bot.text import Choice, Form, Input, Mention, Text, mention_token
from tests.hostile import TEAMS as HOSTILE
from tests.teams.made import FORMS, MAYA, TENANT, TOM
from tests.teams.schema import of_type, parsed_texts, problems
from tests.teams.test_cards import SLOWLY

SEAL = Seal("secret")
BOUND = Sealed(does="", channel="19:c@thread.tacv2", account=MAYA, once="n1")
ENTRA = {MAYA: "aaaa-1", TOM: "bbbb-2"}
TOKENS = {entra: mention_token(account) for account, entra in ENTRA.items()}
CHANNELS = (Choice(value="19:a@thread.tacv2", label="Incidents"), Choice(value="19:b@thread.tacv2", label="News"))
ASKING = Asking(SEAL, BOUND, TENANT, lambda account: ENTRA.get(account, ""), CHANNELS)


def account_of(entra: str) -> str:
    return TOKENS.get(entra, "")


def form(*inputs: Input, **more: Any) -> Form:
    return Form(title="A form", does="act", args={"incident": "INC-1"}, inputs=inputs, **more)


def of_dialog(dialog: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = dialog["card"]["content"]
    return content


def element(one: Input, tried: Tried | None = None) -> dict[str, Any]:
    built = of_dialog(ASKING.dialog(form(one), tried))
    (found,) = [each for each in built["body"] if each["type"].startswith("Input.")]
    return dict(found)


def test_a_form_names_people_without_mentioning_them() -> None:
    asked = form(Input(name="n", label="Why?"), intro=Text(parts=(Mention(account=MAYA, name="Maya"), " asks")))
    for content in (of_dialog(ASKING.dialog(asked)), ASKING.card(asked)):
        assert "@Maya asks" in "".join(run["text"] for run in of_type(content, "TextRun"))
        assert "<at>" not in json.dumps(content["body"])


@SLOWLY
@given(FORMS)
def test_every_form_is_valid_and_within_the_size(form: Form) -> None:
    dialog = ASKING.dialog(form)
    built = ASKING.card(form)
    for content in (of_dialog(dialog), built):
        assert problems(content) == []
        assert lengths.weight(content) <= lengths.ACTIVITY
        assert all(inert(text.replace("**", "")) for text in parsed_texts(content))
        assert len([one for one in content["body"] if one["type"].startswith("Input.")]) == len(form.inputs)
    assert 0 < len(dialog["title"]) <= lengths.TITLE
    assert SEAL.open(of_dialog(dialog)["actions"][0]["data"]).does == "declare"


@SLOWLY
@given(FORMS)
def test_a_refused_form_comes_again_with_everything_typed(form: Form) -> None:
    data = of_dialog(ASKING.dialog(form))["actions"][0]["data"]
    sealed = SEAL.open(data)
    again = forms.form_in(sealed)
    if again is None:
        assert not sealed.form, "there was room for it"
        return
    assert [type(one) for one in again.intro.parts] == [type(one) for one in form.intro.parts]
    values = {one.name: "typed" for one in form.inputs}
    shown = of_dialog(
        ASKING.dialog(again, Tried(values=forms.typed({**data, **values}, sealed), field="n0", text="no"))
    )
    assert problems(shown) == []
    assert [one.name for one in again.inputs] == [one.name for one in form.inputs]
    typed = [one.get("value", "") for one in of_type(shown, "Input.Text")]
    assert all("typed".startswith(value) for value in typed)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_of_a_form_stay_words(text: str) -> None:
    several = Input(name="b", label=text, kind="choices", choices=(Choice(value="x", label=text),), hint=text)
    inputs = (Input(name="a", label=text, initial=text, hint=text), several, Input(name="c", label=text, kind="tick"))
    built = ASKING.card(Form(title=text, does="x", inputs=inputs, submit=text, intro=Text(parts=(text,))))
    assert problems(built) == []
    assert all(inert(words) for words in parsed_texts(built))
    assert "{{DATE(" not in json.dumps(built).replace("placeholder", "").upper() or text.startswith("{{")
    assert not any("{{DATE(" in one.get("label", "") for one in built["body"])


def test_initial_values_come_as_the_form_says() -> None:
    token, both = mention_token(TOM), mention_token(TOM) + mention_token(MAYA)
    assert element(Input(name="a", label="x", kind="person", initial=token))["value"] == "bbbb-2"
    assert element(Input(name="a", label="x", kind="people", initial=both))["value"] == "bbbb-2,aaaa-1"
    assert "value" not in element(Input(name="a", label="x", kind="person", initial=mention_token("slack:T1:U1")))
    assert element(Input(name="a", label="x", kind="date", initial="2026-12-01"))["value"] == "2026-12-01"
    assert "value" not in element(Input(name="a", label="x", kind="date", initial="soon"))
    assert element(Input(name="a", label="x", kind="tick", initial="yes"))["value"] == "true"
    assert element(Input(name="a", label="x", initial="two\nlines", max_length=5))["value"] == "two l"
    assert (
        element(Input(name="a", label="x", kind="channel", initial="19:b@thread.tacv2"))["value"] == CHANNELS[1].value
    )


def test_required_inputs_say_so_and_a_tick_never_is() -> None:
    assert element(Input(name="a", label="x"))["isRequired"]
    assert element(Input(name="a", label="x"))["errorMessage"]
    assert "isRequired" not in element(Input(name="a", label="x", required=False))
    assert "isRequired" not in element(Input(name="a", label="x", kind="tick"))


def test_people_are_looked_for_where_the_form_stands() -> None:
    asked = form(Input(name="who", label="Who?", kind="person"))
    sets = [of_dialog(ASKING.dialog(asked)), ASKING.card(asked), ASKING.card(asked, personal=True)]
    found = [of_type(one, "Input.ChoiceSet")[0]["choices.data"]["dataset"] for one in sets]
    assert found == [forms.EVERYBODY, forms.HERE, forms.EVERYBODY]


def test_a_dialog_is_submitted_and_a_card_is_executed_or_cancelled() -> None:
    asked = form(Input(name="text", label="What?"))
    (submit,) = of_dialog(ASKING.dialog(asked))["actions"]
    assert submit["type"] == "Action.Submit"
    execute, cancel = ASKING.card(asked)["actions"]
    assert (execute["type"], execute["fallback"]["type"]) == ("Action.Execute", "Action.Submit")
    assert SEAL.open(cancel["data"]).does == forms.CANCEL
    assert cancel["associatedInputs"] == "none"
    for action in (submit, execute):
        sealed = SEAL.open(action["data"])
        assert (sealed.does, sealed.args, sealed.once) == ("act", {"incident": "INC-1"}, "n1")
        assert (sealed.channel, sealed.account) == (BOUND.channel, BOUND.account)


@pytest.mark.parametrize(
    ("kind", "sent", "value"),
    [
        ("line", "5 < 6 \ue000teams:T1:29:x\ue001", "5 < 6 teams:T1:29:x"),
        ("line", None, None),
        ("line", "", None),
        ("line", {"a": 1}, None),
        ("text", "two\nlines", "two\nlines"),
        ("person", "aaaa-1", mention_token(MAYA)),
        ("person", "unknown", None),
        ("people", "aaaa-1,bbbb-2", f"{mention_token(MAYA)} {mention_token(TOM)}"),
        ("people", "aaaa-1, unknown", mention_token(MAYA)),
        ("date", "2026-12-01", "2026-12-01"),
        ("date", "12/01/2026", None),
        ("choice", "a", "a"),
        ("choices", "a,b", "a,b"),
        ("tick", "true", "true"),
        ("tick", "false", "false"),
        ("tick", True, "true"),
        ("channel", "19:a@thread.tacv2", "19:a@thread.tacv2"),
    ],
)
def test_a_field_comes_back_as_text(kind: str, sent: Any, value: str | None) -> None:
    sealed = Sealed(does="x", kinds={"field": kind})
    assert forms.fields({"field": sent}, sealed, account_of) == ({"field": value} if value is not None else {})


@pytest.mark.parametrize("odd", [None, [], "x", {"field": None}, {"field": ["a"]}, {"field": 7}])
def test_odd_submissions_are_no_fields(odd: Any) -> None:
    assert forms.fields(odd, Sealed(does="x", kinds={"field": "line"}), account_of) == {}


def test_only_inputs_that_were_asked_for_come_back() -> None:
    data = of_dialog(ASKING.dialog(form(Input(name="text", label="What?"))))["actions"][0]["data"]
    sent = {**data, "text": "hello", "incident": "INC-9", "msteams": {"type": "task/submit"}}
    assert forms.fields(sent, SEAL.open(sent), account_of) == {"text": "hello"}


def test_the_people_chosen_are_known_before_the_fields_are_made() -> None:
    sealed = Sealed(does="x", kinds={"a": "person", "b": "people", "c": "line"})
    assert forms.people_in({"a": "aaaa-1", "b": "bbbb-2,aaaa-1", "c": "zzzz"}, sealed) == ("aaaa-1", "bbbb-2")


@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        ({}, ""),
        ({"a": "aaaa-1", "b": "bbbb-2, aaaa-1", "c": "zzzz"}, ""),
        ({"a": "zzzz", "b": "bbbb-2"}, "a"),
        ({"a": "aaaa-1", "b": "bbbb-2,zzzz"}, "b"),
    ],
)
def test_the_field_is_named_in_which_a_stranger_was_chosen(chosen: dict[str, str], field: str) -> None:
    sealed = Sealed(does="x", kinds={"a": "person", "b": "people", "c": "line"})
    assert forms.stranger(chosen, sealed, TOKENS) == field


def test_an_error_stands_at_its_field_and_everything_typed_is_kept() -> None:
    asked = form(
        Input(name="title", label="Title", initial="old"),
        Input(name="who", label="Who?", kind="person"),
        Input(name="due", label="Due", kind="date"),
    )
    data = of_dialog(ASKING.dialog(asked))["actions"][0]["data"]
    sealed = SEAL.open(data)
    sent = {**data, "title": "new", "who": "cccc-3", "due": "2026-12-01"}
    again = forms.form_in(sealed)
    assert again is not None
    shown = of_dialog(ASKING.dialog(again, Tried(values=forms.typed(sent, sealed), field="who", text="Unknown")))
    title, wrong, who, due = shown["body"]
    assert (title["value"], who["value"], due["value"]) == ("new", "cccc-3", "2026-12-01")
    assert wrong["inlines"][0]["text"] == "⚠ Unknown"
    assert wrong["inlines"][0]["color"] == "attention"
    assert SEAL.open(shown["actions"][0]["data"]).args == {"incident": "INC-1"}


def test_an_error_of_no_field_stands_above_them_all() -> None:
    asked = form(Input(name="title", label="Title"))
    shown = of_dialog(ASKING.dialog(asked, Tried(values={}, field="z", text="No")))
    assert shown["body"][0]["inlines"][0]["text"] == "⚠ No"
    assert shown["body"][1]["type"] == "Input.Text"


def test_a_form_that_has_no_room_for_itself_is_still_shown() -> None:
    choices = tuple(Choice(value=f"v{n}", label="x" * 100) for n in range(150))
    asked = form(Input(name="a", label="x", kind="choice", choices=choices, initial="v149"))
    shown = ASKING.card(asked)
    assert lengths.weight(shown) <= lengths.ACTIVITY
    (found,) = of_type(shown, "Input.ChoiceSet")
    assert found["value"] == "v149"
    assert "v149" in [choice["value"] for choice in found["choices"]]
    assert forms.form_in(SEAL.open(shown["actions"][0]["data"])) is None


def test_the_seal_is_the_only_key_of_ours_beside_the_inputs() -> None:
    data = of_dialog(ASKING.dialog(form(Input(name="a", label="x"))))["actions"][0]["data"]
    assert list(data) == [NAME]
