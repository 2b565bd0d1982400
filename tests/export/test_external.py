"""The version for readers outside: three parts that people wrote, and nothing internal."""

import pytest

from adapters.export.external import external
from bot.errors import Refused
from bot.record import whole_draft
from tests.bot.drafts import item, postmortem, told_incident
from tests.bot.worlds import clicked, world
from tests.export.worlds import OUTSIDE, for_outside, record


def test_until_people_wrote_all_three_parts_it_is_refused_and_says_which_are_missing() -> None:
    with pytest.raises(Refused, match="lacks “What happened”, “What it meant for you”, “What we changed”"):
        external(record())
    with pytest.raises(Refused, match="lacks “What we changed”"):
        external(for_outside(external_changes=""))


def test_it_holds_the_three_parts_and_nothing_else() -> None:
    told = external(for_outside(external_changes="- An alert\n- A larger pool")).decode()
    assert [line for line in told.splitlines() if line.startswith("#")] == [
        "# What happened, what it meant for you, and what we changed",
        "## What happened",
        "## What it meant for you",
        "## What we changed",
    ]
    for internal in ("INC-42", "ACT-", "Tom", "Maya", "slack", "http", "Written by", "SEV"):
        assert internal not in told


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("@tom rolled back", "names @tom"),
        ("See https://acme.slack.com/x", "holds an address"),
        ("write to ops@acme.example", "holds an address"),
        ("www.acme.example says", "holds an address"),
        ("ACT-3 is done", "names ACT-3"),
        ("inc-42 again", "names inc-42"),
    ],
)
def test_names_addresses_and_keys_are_refused_in_words(text: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        external(for_outside(external_what=text))


def test_what_is_proposed_names_nobody() -> None:
    made = whole_draft(record(), "UTC")
    assert [one.name for one in made.outside] == list(OUTSIDE)
    assert not any(one.edited for one in made.outside)
    assert {one.name for one in made.sections}.isdisjoint(OUTSIDE)


def test_saving_what_is_proposed_confirms_it() -> None:
    before = world(about=told_incident(), postmortem=postmortem(), items=(item(1, status="done"),))
    form = clicked(before, "postmortem_edit", section="external_changes").reply.form
    assert form is not None
    proposed = form.inputs[0].initial
    assert proposed == "- Alert on pool saturation"
    after = clicked(before, "postmortem_edit", section="external_changes", text=proposed, saving="yes").state
    assert after.postmortem is not None
    assert after.postmortem.edited["external_changes"].text == proposed
    again = clicked(after, "postmortem_edit", section="external_changes", text=proposed, saving="typed")
    assert again.state.postmortem == after.postmortem
