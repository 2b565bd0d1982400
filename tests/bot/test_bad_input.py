"""Whatever somebody types behind any verb is answered in a sentence or a form, and a refusal changes nothing."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.archive import ArchivedPerson
from bot.command import build
from bot.commands.accounts import ProfileLearned
from bot.commands.captures import Said
from bot.errors import Refused
from bot.grammar import read
from bot.model import FileLink, Incident, MessageRef, Policies, Status
from bot.rules import VERBS
from bot.state import Decision, State
from bot.text import MAX_TYPED, mention_token
from tests.bot.worlds import ADMIN, CHANNEL, NOW, TOM, decided, incident, organisation, origin, the, world

PIECES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["", "1", "sev9", "--private", "--started", "--started 99:99", "at 14:02", "20m ago", "next 30m", "next", "—"]
    ),
    st.sampled_from(["@maya", "@", "@nobody", mention_token("slack:T1:UMAYA"), mention_token("x"), "\ue000", "\ue001"]),
    st.sampled_from(
        ["INC-42", "INC-99999999", "#", "ACT-7", "by fri", ":", "began", "identified", "factor", "publish"]
    ),
    st.sampled_from(["<!channel>", "<@U1>", "*b* `c` _i_", "{key} %s {0}", "'; DROP TABLE entry; --", 'service:"a b']),
    st.sampled_from(["\x00", "\U0001f600", "\u202eabc", "مرحبا", "漢字", "\u200b", "𝟙", "٣", "\n\n", "service:"]),
    st.sampled_from(["2026-13-45", "9999-12-31", "0000-00-00", "-1", "1e400", "open", "all"]),
)
TYPED = st.lists(PIECES, max_size=6).map(" ".join)
INCIDENTS = st.sampled_from(
    [None, incident(), incident(private=True), incident(place=None, status_card=None), incident(status=Status.RESOLVED)]
)


def outcome(state: State, words: str) -> Decision | None:
    """The decision, or nothing where it was refused. Whatever else is raised is a bug."""
    try:
        return decided(state, read(words, origin(state.actor)))
    except Refused as refused:
        if 0 < len(refused.text.plain()) < 1500:
            return None
        raise


def sound(decision: Decision | None, about: Incident | None) -> None:
    if decision is None:
        return
    assert decision.reply.form is not None or decision.reply.plain().strip()
    keys = [effect.key for effect in decision.effects]
    assert len(keys) == len(set(keys))
    assert len({entry.id for entry in decision.entries}) == len(decision.entries)
    if decision.reply.form is not None:
        assert decision.entries == ()
        assert decision.effects == ()
        assert decision.state.incident == about


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(VERBS)), TYPED, INCIDENTS, st.sampled_from([TOM, ADMIN]))
def test_every_verb_understands_or_refuses_whatever_is_typed(
    verb: str, typed: str, about: object, actor: object
) -> None:
    assert about is None or isinstance(about, Incident)
    state = world(actor, about)  # type: ignore[arg-type]
    sound(outcome(state, f"{verb} {typed}"), about)


@settings(max_examples=200, deadline=None)
@given(TYPED)
def test_words_that_begin_with_no_verb_are_answered(typed: str) -> None:
    sound(outcome(world(about=incident()), typed), incident())


@pytest.mark.parametrize("verb", sorted(VERBS))
@pytest.mark.parametrize("piece", ["x", "x ", "@maya ", "at 14:02 ", "--started ", "漢", "next 30m ", "\u202e ", ": "])
def test_forty_kilobytes_behind_a_verb_are_answered(verb: str, piece: str) -> None:
    huge = (piece * MAX_TYPED)[:MAX_TYPED]
    sound(outcome(world(ADMIN, incident()), f"{verb} {huge}"), incident())


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(
        ["declare", "note", "time", "update", "sev", "role", "lead", "invite", "remove", "impact", "reopen", "set_up"]
    ),
    st.dictionaries(
        st.sampled_from(
            [
                "text",
                "title",
                "severity",
                "private",
                "started",
                "at",
                "name",
                "person",
                "role",
                "every",
                "zone",
                "teams",
                "services",
                "why",
            ]
        ),
        PIECES,
        max_size=6,
    ),
)
def test_every_form_understands_or_refuses_whatever_is_submitted(kind: str, fields: dict[str, str]) -> None:
    state = world(ADMIN, incident())
    with suppress(Refused):
        sound(decided(state, build(kind, fields, origin(ADMIN))), incident())


@pytest.mark.parametrize(
    "message",
    ["{", "[" * 5000, '{"platform": "slack"}', "null", "42", '"x"', "\x00"],
)
def test_a_message_that_is_none_is_refused(message: str) -> None:
    with pytest.raises(Refused):
        decided(world(about=incident()), build("add_to_timeline", {"message": message}, origin()))


@pytest.mark.parametrize("verb", ["note", "update", "impact", "sev 1", "resolve", "declare"])
def test_what_people_type_reaches_cards_as_plain_words_alone(verb: str) -> None:
    """Only the bot's own words may be links, mentions and emphasis."""
    hostile = "<!channel> <@U1> *bold* <https://evil.example|click>"
    decision = decided(world(about=incident()), read(f"{verb} {hostile}", origin()))
    parts = [
        part
        for effect in decision.effects
        if hasattr(effect, "card")
        for section in effect.card.sections
        for text in (section.text, *(text for _, text in section.facts))
        for part in text.parts
        if not isinstance(part, str)
    ]
    assert not any("evil" in part.model_dump_json() or "!channel" in part.model_dump_json() for part in parts)


def test_secrets_never_reach_a_value() -> None:
    secret = "ghp_" + "a1B2" * 9
    for words in (
        f"note {secret}",
        f"declare {secret}",
        f"update {secret}",
        f"impact {secret}",
        f"time began 13:20 {secret}",
    ):
        decision = decided(world(about=incident()), read(words, origin()))
        assert secret not in decision.model_dump_json()


def test_a_zone_that_is_none_is_no_trouble() -> None:
    odd = TOM.model_copy(update={"zone": "Mars/Olympus"})
    settings_ = organisation().model_copy(update={"policies": Policies(zone="../../etc/passwd")})
    decision = decided(world(odd, incident(), organisation=settings_), read("note x at 12:30", origin()))
    assert decision.entries[0].occurred == NOW.replace(hour=12, minute=30)
    assert the(decision).place == CHANNEL


@pytest.mark.parametrize("words", ["note {}", "declare {}", "update {}", "{}", "postmortem comment {}", "done {}"])
def test_half_characters_which_a_command_line_may_hold_never_reach_a_value(words: str) -> None:
    command = read(words.format("half \udcff letter"), origin())
    assert "\ufffd letter" in command.model_dump_json()
    with suppress(Refused):
        decided(world(about=incident()), command).model_dump_json()


def test_no_mention_can_stand_in_what_somebody_or_something_is_called() -> None:
    evil = f"Eve {mention_token('slack:T1:UEVIL')}"
    for told in (
        ProfileLearned(origin=origin(), account=TOM.accounts[0].key, name=evil).name,
        Said(
            origin=origin(),
            message=MessageRef(platform="slack", tenant="T1", channel="C1", ts="1.0"),
            stamp=1,
            author_name=evil,
        ).author_name,
        FileLink(name=evil).name,
        ArchivedPerson(id="eve", name=evil).name,
    ):
        assert told == "Eve slack:T1:UEVIL"
