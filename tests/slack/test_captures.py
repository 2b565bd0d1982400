"""Events about messages as captures: every subtype, shape and oddity that Slack is known for."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.slack.captures import Captures, micros, moment, permalink
from bot.commands.captures import Deleted, Edited, Pinned, Reacted, Said
from bot.counts import Counts
from bot.text import mention_token
from tests.slack.events import BOT, TS, Json, changed, deleted, message, outer, pin, reaction

U1 = mention_token("slack:T1:U1")


def reading(counts: Counts | None = None) -> Captures:
    return Captures(counts or Counts(), lambda _: "https://harbour.slack.com/", lambda: 1_700_009_000.0)


def said(payload: Json) -> Said:
    found = reading().of(payload)
    assert isinstance(found, Said)
    return found


def test_a_message_keeps_author_time_place_and_link() -> None:
    found = said(message(thread_ts="1699999999.000001"))
    assert found.origin.id == "Ev1"
    assert found.origin.account == "slack:T1:U1"
    assert (found.message.channel, found.message.ts, found.thread) == ("C1", TS, "1699999999.000001")
    assert found.stamp == 1_700_000_000_000_100
    assert found.permalink.endswith("/archives/C1/p1700000000000100?thread_ts=1699999999.000001&cid=C1")


@pytest.mark.parametrize(
    ("slack", "neutral"),
    [
        ("plain", "plain"),
        ("a &amp; b &lt;c&gt; &amp;lt;", "a & b <c> &lt;"),
        ("ask <@U1> or <@U1|maya>", f"ask {U1} or {U1}"),
        ("in <#C1|general> and <#C2>", "in #general and #C2"),
        ("<!here> <!channel> <!subteam^S1|@oncall> <!subteam^S2>", "@here @channel @oncall @S2"),
        ("<!date^1392734382^{date}|Feb 18>", "Feb 18"),
        ("<https://example.com/a?b=1&amp;c=2>", "https://example.com/a?b=1&c=2"),
        ("<https://example.com|the &lt;page&gt;>", "the <page> (https://example.com)"),
        ("<http://example.com|example.com>", "http://example.com"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("\ue000slack:T1:U9\ue001 typed", "slack:T1:U9 typed"),
        ("<@nobody> <> < > <<", "@nobody <> < > <<"),
        ("💥 مرحبا 日本", "💥 مرحبا 日本"),
        (":red_circle: FIRING :wave::skin-tone-3: 日本:fire:", "🔴 FIRING 👋🏼 日本🔥"),
        (":our-own-emoji: :x", ":our-own-emoji: :x"),
        (
            "`get :key:` ```\n:x:\n``` a:key:b std::fire::x 12:00:10",
            "`get :key:` ```\n:x:\n``` a:key:b std::fire::x 12:00:10",
        ),
        (
            "<https://example.com/:fire:|:fire:> https://a.example/:fire:",
            ":fire: (https://example.com/:fire:) https://a.example/:fire:",
        ),
    ],
)
def test_markup_becomes_neutral_text(slack: str, neutral: str) -> None:
    assert said(message(slack)).text == neutral


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast", "me_message"])
def test_messages_with_a_subtype_are_messages(subtype: str) -> None:
    assert said(message(subtype=subtype)).text == "hello"


def test_files_are_kept_by_name_and_link() -> None:
    files = [
        {"id": "F1", "name": "a.png", "title": "Graph", "permalink": "https://f/1", "mimetype": "image/png"},
        {"id": "F2", "mode": "tombstone"},
    ]
    (file,) = said(message(subtype="file_share", files=files)).files
    assert (file.name, file.url, file.mimetype) == ("Graph", "https://f/1", "image/png")


def test_an_alert_is_kept_under_its_own_name_with_what_it_attaches() -> None:
    attachments = [
        {"title": "HighErrorRate", "text": "5xx at 12 %", "fields": [{"title": "service", "value": "checkout"}]}
    ]
    found = said(
        message("", subtype="bot_message", bot_id="B9", username="Alertmanager", user=None, attachments=attachments)
    )
    assert (found.author_name, found.origin.actor) == ("Alertmanager", "")
    assert found.text == "HighErrorRate\n5xx at 12 %\nservice: checkout"


def test_an_app_that_speaks_in_blocks_alone_is_heard() -> None:
    rich = {
        "type": "rich_text_section",
        "elements": [{"type": "text", "text": "pool "}, {"type": "user", "user_id": "U1"}],
    }
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "Alert"}},
        {"type": "rich_text", "elements": [rich]},
    ]
    found = said(message("", bot_id="B9", bot_profile={"name": "Grafana", "app_id": "A9"}, blocks=blocks))
    assert found.author_name == "Grafana"
    assert found.text == f"Alert\npool {U1}\n"


@pytest.mark.parametrize("own", [{"user": BOT}, {"app_id": "A1", "bot_id": "B1"}, {"bot_profile": {"app_id": "A1"}}])
def test_what_we_say_ourselves_is_not_captured(own: Json) -> None:
    assert reading().of(message(**own)) is None
    assert reading().of(changed({"text": "a", **own}, {"text": "b", **own})) is None
    assert reading().of(deleted(**own)) is None


def test_our_own_reactions_and_pins_do_not_count() -> None:
    assert reading().of(reaction(user=BOT)) is None
    assert reading().of(pin(user=BOT)) is None


def test_an_edit_carries_the_whole_new_text_and_its_own_moment() -> None:
    found = reading().of(
        changed({"text": "a", "user": "U1"}, {"text": "b &lt; c", "user": "U1", "edited": {"ts": "1.0"}})
    )
    assert isinstance(found, Edited)
    assert (found.text, found.stamp, found.message.ts) == ("b < c", 1_700_000_060_000_200, TS)


def test_an_edit_without_what_stood_before_is_an_edit() -> None:
    assert isinstance(reading().of(changed(None, {"text": "b", "user": "U1"})), Edited)


def test_an_unchanged_text_is_no_edit() -> None:
    counts = Counts()
    same = changed(
        {"text": "a", "user": "U1"}, {"text": "a", "user": "U1", "language": {"locale": "en"}, "attachments": [{}]}
    )
    assert reading(counts).of(same) is None
    assert counts.get("slack_unchanged_edits") == 1


def test_a_parent_that_leaves_a_tombstone_is_deleted() -> None:
    tombstone = {"text": "This message was deleted.", "user": "USLACKBOT", "subtype": "tombstone"}
    found = reading().of(changed({"text": "a", "user": "U1"}, tombstone))
    assert isinstance(found, Deleted)
    assert found.message.ts == TS


def test_a_deletion_names_the_message_that_is_gone() -> None:
    found = reading().of(deleted(text="a", user="U1"))
    assert isinstance(found, Deleted)
    assert (found.message.ts, found.stamp) == (TS, 1_700_000_070_000_300)


@pytest.mark.parametrize(("kind", "added"), [("reaction_added", True), ("reaction_removed", False)])
def test_reactions_come_and_go(kind: str, added: bool) -> None:
    found = reading().of(reaction(kind))
    assert isinstance(found, Reacted)
    assert (found.emoji, found.added, found.origin.account) == ("pushpin", added, "slack:T1:U2")


@pytest.mark.parametrize(("kind", "added"), [("pin_added", True), ("pin_removed", False)])
def test_pins_come_and_go(kind: str, added: bool) -> None:
    found = reading().of(pin(kind))
    assert isinstance(found, Pinned)
    assert (found.message.ts, found.added) == (TS, added)


def test_what_is_no_message_is_not_marked() -> None:
    assert reading().of(reaction(item={"type": "file", "file": "F1"})) is None
    assert reading().of(pin(item={"type": "file", "file": {"id": "F1"}})) is None


@pytest.mark.parametrize(
    "subtype",
    [
        "channel_join",
        "channel_leave",
        "channel_topic",
        "channel_name",
        "ekm_access_denied",
        "pinned_item",
        "brand_new",
        "message_replied",
    ],
)
def test_other_subtypes_are_counted_and_not_kept(subtype: str) -> None:
    counts = Counts()
    assert reading(counts).of(message(subtype=subtype)) is None
    assert counts.get("slack_subtype_ignored", subtype) == 1


# -- organisations and shared channels


ORG: Json = {"enterprise_id": "E1", "team_id": "T7", "user_id": "UORG", "is_bot": True, "is_enterprise_install": True}


def test_in_an_organisation_the_installation_says_the_workspace() -> None:
    payload = message() | {"team_id": "T1", "enterprise_id": "E1", "authorizations": [ORG]}
    assert said(payload).message.tenant == "T7"
    assert reading().of(payload | {"event": {**payload["event"], "user": "UORG"}}) is None


def test_in_a_shared_channel_a_message_belongs_to_the_installed_side() -> None:
    payload = message(user="UFAR", user_team="T9", source_team="T9", team="T9")
    payload |= {"team_id": "T9", "context_team_id": "T1", "is_ext_shared_channel": True}
    found = said(payload)
    assert (found.message.tenant, found.origin.account) == ("T1", "slack:T1:UFAR")


def test_an_authorization_without_a_workspace_falls_back() -> None:
    payload = message() | {"authorizations": [{**ORG, "team_id": None}]}
    assert said(payload).message.tenant == "T1"
    assert said(payload | {"team_id": None, "event": {**payload["event"], "team": "T5"}}).message.tenant == "T5"


# -- histories


def test_an_edited_message_of_a_history_stands_at_the_moment_of_its_edit() -> None:
    one = {"type": "message", "user": "U1", "text": "b", "ts": TS, "edited": {"user": "U1", "ts": "1700000050.000000"}}
    (found,) = reading().of_history(one, "T1", "C1", {})
    assert (found.stamp, found.origin.id) == (1_700_000_050_000_000, f"history:C1:{TS}:1700000050.000000")


def test_a_history_gives_reactions_the_moment_of_the_message_so_that_events_override() -> None:
    one = {"user": "U1", "text": "b", "ts": TS, "reactions": [{"name": "tada", "users": ["U1", "U2"], "count": 2}]}
    found = reading().of_history(one, "T1", "C1", {})
    assert [(each.kind, each.stamp) for each in found] == [("said", micros(TS)), *[("reacted", micros(TS))] * 2]
    assert len({each.origin.id for each in found}) == 3


def test_a_history_leaves_out_what_is_ours_and_erases_tombstones() -> None:
    own = {"api_app_id": "A1", "authorizations": [{"user_id": BOT, "is_bot": True}]}
    assert reading().of_history({"user": BOT, "text": "x", "ts": TS}, "T1", "C1", own) == []
    assert reading().of_history({"subtype": "channel_join", "user": "U1", "ts": TS}, "T1", "C1", own) == []
    (gone,) = reading().of_history({"subtype": "tombstone", "user": "USLACKBOT", "ts": TS}, "T1", "C1", own)
    assert isinstance(gone, Deleted)


@pytest.mark.parametrize("ts", ["1700000000.000100", "1355517523.000005", "1700000000.1", "1700000000"])
def test_timestamps_keep_every_digit(ts: str) -> None:
    seconds, _, fraction = ts.partition(".")
    assert micros(ts) == int(seconds) * 10**6 + int((fraction or "0").ljust(6, "0"))
    assert moment(ts).timestamp() == pytest.approx(micros(ts) / 10**6)


def test_permalinks_of_parents_carry_no_thread() -> None:
    assert permalink("https://slack.com/", "C1", "1.000002", "1.000002") == "https://slack.com/archives/C1/p1000002"


def test_a_shape_that_nobody_knows_is_an_error_of_reading_alone() -> None:
    odd: list[Any] = [
        {"type": "message"},
        {"type": "reaction_added", "item": None},
        {"type": "message", "ts": 7, "channel": []},
    ]
    for event in odd:
        with pytest.raises((KeyError, TypeError, ValueError, AttributeError)):
            reading().of(outer(event))
