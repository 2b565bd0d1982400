"""Where the files of an incident are: a link each, or the command that writes it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.commands.exporting import FILES
from bot.errors import Refused
from bot.state import State
from bot.text import with_pages
from tests.bot.drafts import postmortem, told_incident
from tests.bot.worlds import TOM, said, world


def place(**fields: Any) -> State:
    return world(TOM, told_incident(**fields), postmortem=postmortem())


def links(state: State, words: str = "export") -> str:
    return with_pages(said(state, words).reply.card, "https://debrief.example".__add__).plain()


def test_each_format_has_its_link() -> None:
    state = place()
    assert state.incident
    told = links(state)
    assert all(f"https://debrief.example/incidents/{state.incident.key}/{ending}" in told for ending in FILES.values())
    assert not said(state, "export").reply.public


@pytest.mark.parametrize("words", ["export pdf", "export PDF", "download as pdf", "export .pdf", "export print"])
def test_one_format_is_one_link_however_it_is_said(words: str) -> None:
    told = links(place(), words)
    assert "postmortem.pdf" in told
    assert "postmortem.html" not in told


def test_a_format_that_there_is_not_is_refused_with_those_there_are() -> None:
    with pytest.raises(Refused, match=r"no format docx.*md, html, pdf, external, json"):
        said(place(), "export docx")


def test_without_a_postmortem_there_is_the_record_alone() -> None:
    state = world(TOM, told_incident())
    told = links(state)
    assert "record.json" in told
    assert "postmortem" not in told
    with pytest.raises(Refused, match="has no postmortem yet"):
        said(state, "export md")


def test_without_a_public_address_the_command_stands_there_but_never_for_a_private_incident() -> None:
    state = place()
    assert state.incident
    told = with_pages(said(state, "export md").reply.card, lambda _: "").plain()
    assert f"debrief export {state.incident.key} --format md --out {state.incident.key}-postmortem.md" in told
    hidden = with_pages(said(place(private=True, responders={"tom"}), "export md").reply.card, lambda _: "").plain()
    assert "no public address" in hidden
    assert "debrief export" not in hidden


def test_outside_an_incident_it_asks_which() -> None:
    with pytest.raises(Refused):
        said(world(TOM), "export")
