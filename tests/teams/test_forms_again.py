"""Every form of the engine comes again with all that was typed into it, after whatever was refused."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import bot
from adapters.teams import forms
from adapters.teams.forms import Asking, Tried
from adapters.teams.sealed import Seal
from bot.command import build
from bot.commands import item_forms
from bot.model import Policies, Status
from bot.text import Form, Input
from bot.words import factors, known, postmortem, postmortem_said, review, setup
from bot.words import forms as incident_forms
from bot.words.draft import HEADINGS
from bot.workdays import WorkingTime
from tests.bot.worlds import decided, incident, origin
from tests.teams.schema import of_type
from tests.teams.test_engine_cards import MAYA, TENANT, item, state
from tests.teams.test_forms import BOUND, CHANNELS

SEAL = Seal("secret")
TODAY = date(2026, 11, 27)
ITEM = item(1)
SNOOZED = ITEM.model_copy(update={"snoozes": 2})
TYPED = {
    "date": "2026-12-01", "tick": "true", "channel": CHANNELS[1].value, "person": "bbbb-2", "people": "bbbb-2,cccc-3",
}  # fmt: skip


def declared() -> Form:
    reply = decided(state(Status.ACTIVE), build("declare", {}, origin(MAYA, platform="teams", tenant=TENANT))).reply
    assert reply.form is not None
    return reply.form


FORMS = [
    declared(),
    item_forms.action_form(incident(), due=TODAY, text="Alert", from_private=True),
    item_forms.action_form(incident(), due=TODAY, sooner="14 days sooner"),
    item_forms.snooze_form(ITEM, "", TODAY),
    item_forms.snooze_form(SNOOZED, "mine", TODAY),
    item_forms.reassign_form(ITEM, "mine"),
    item_forms.wont_do_form(ITEM, "mine"),
    item_forms.accept_form(ITEM, ""),
    item_forms.link_form(ITEM, ""),
    item_forms.not_held_form(ITEM, 30),
    item_forms.reminders_form(WorkingTime(zone="Europe/Berlin"), ("monday", "tuesday"), TODAY),
    incident_forms.note("INC-1"),
    incident_forms.update("INC-1", "", "It drains", "30m"),
    incident_forms.change_severity("INC-1", 2),
    incident_forms.role("INC-1", "ops"),
    incident_forms.person("INC-1", "invite", "Invite somebody"),
    incident_forms.time("INC-1", "began", "", ""),
    incident_forms.impact("INC-1", "12 %"),
    incident_forms.reopen("INC-1"),
    known.form("INC-1", (ITEM, item(2)), {"ACT-1": "Alert", "ACT-2": "Cap"}),
    postmortem.section_form("INC-1", next(iter(HEADINGS)), "Before", "v1", 3000),
    postmortem.owner_form("INC-1"),
    postmortem_said.trigger_form("INC-1", "A deploy", "v1"),
    *(postmortem_said.said_form("INC-1", one, (("a", "Left as it is"),)) for one in ("decisions", "questions")),
    factors.factor_form("INC-1", "", "No limit", (("f1", "No alert"),), ""),
    review.decline_form("INC-1"),
    review.review_form("INC-1", "", ""),
    review.comment_form("INC-1", "v1", "", ""),
    review.dispute_form("INC-1", "v1", (("f1", "No alert"),)),
    review.missing_form("INC-1", "v1"),
    setup.form(Policies(), origin(MAYA, platform="teams", tenant=TENANT), "", ""),
]


def typed_into(one: Input) -> str:
    """What is not there yet."""
    if one.kind in ("choice", "choices") and one.choices:
        return one.choices[-1].value
    return TYPED.get(one.kind, "typed"[: one.max_length])


def parts(content: dict[str, Any]) -> tuple[dict[str, str], str]:
    """What stands in the inputs, and the words above them."""
    body = content["body"]
    inputs = [one for one in body if one["type"].startswith("Input.")]
    above = of_type(body[: body.index(inputs[0])], "TextRun")
    return {one["id"]: one.get("value", "") for one in inputs}, "".join(run["text"] for run in above)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.title)
@pytest.mark.parametrize("shown", ["dialog", "card"])
def test_whatever_is_refused_comes_again_with_everything_typed(form: Form, shown: str) -> None:
    asking = Asking(SEAL, BOUND, TENANT, channels=CHANNELS)

    def drawn(one: Form, tried: Tried | None = None) -> Any:
        return asking.card(one, tried) if shown == "card" else asking.dialog(one, tried)["card"]["content"]

    first = drawn(form)
    data = first["actions"][0]["data"]
    sealed = SEAL.open(data)
    typed = {one.name: typed_into(one) for one in form.inputs}
    again = forms.form_in(sealed)
    assert again is not None, "there is no form to be shown again"
    values, above = parts(drawn(again, Tried(values=forms.typed({**data, **typed}, sealed), text="no")))
    assert values == typed
    assert above == parts(first)[1] + "⚠ no"


def test_no_form_of_the_engine_is_left_out() -> None:
    calls = [
        node
        for source in Path(bot.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Form"
    ]
    told = [keyword.value for call in calls for keyword in call.keywords if keyword.arg == "does"]
    written = {one.value for one in told if isinstance(one, ast.Constant)}
    assert len(written) > 15
    assert written <= {form.does for form in FORMS}
