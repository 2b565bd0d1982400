"""An incident is declared in one line, by a form or from a message, and its channel follows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.command import build
from bot.commands.declare import Declare, channel_name
from bot.commands.delivery import ChannelOpened, MessagePosted
from bot.effects import Invite, OpenChannel, Post, ReadMessage
from bot.errors import Refused
from bot.model import EntryKind, MessageRef, Place, Policies, Status
from bot.policy import ServiceRow
from bot.state import State
from bot.text import mention_token
from tests.bot.worlds import (
    CARD,
    CHANNEL,
    DEBRIEF,
    GUEST,
    NEWS,
    NOW,
    TOM,
    after,
    clicked,
    decided,
    incident,
    of_kind,
    organisation,
    origin,
    said,
    the,
    told,
    world,
)

ANNOUNCEMENTS = Place(platform="slack", tenant="T1", channel="C9")
MESSAGE = MessageRef(platform="slack", tenant="T1", channel="C7", ts="1795438600.000100")


def announcing(**fields: Any) -> State:
    return world(organisation=organisation(announcements=ANNOUNCEMENTS), **fields)


def test_one_line_declares_an_incident() -> None:
    decision = said(world(), "declare sev2 Checkout answers with errors")
    made = the(decision)
    assert (made.key, made.title, made.severity, made.status) == (
        "INC-43",
        "Checkout answers with errors",
        2,
        Status.ACTIVE,
    )
    assert (made.declared_by, made.responders, made.declared_in) == ("tom", frozenset({"tom"}), CHANNEL)
    assert made.times.declared is not None
    assert made.times.began is None
    assert "INC-43" in decision.reply.plain()
    assert [entry.kind for entry in decision.entries] == [EntryKind.DECLARED]
    assert all(entry.is_key for entry in decision.entries)


@pytest.mark.parametrize("word", ["declare", "open", "NEW", "Start"])
def test_every_synonym_declares(word: str) -> None:
    assert the(said(world(), f"{word} Checkout down")).title == "Checkout down"


@pytest.mark.parametrize(
    "sev",
    ["sev2", "SEV-2", "Sev 2", "sev2:", "SEV-2:", "sev2,", "sev 2,", "[sev2]", "[SEV 2]:", "(sev2)", "sev2 -",
     "sev: 2", "severity 2"],
)  # fmt: skip
def test_a_severity_may_be_written_in_several_ways_and_leaves_no_trace_in_the_title(sev: str) -> None:
    decision = said(world(), f"declare {sev} Checkout down")
    assert (the(decision).severity, the(decision).title) == (2, "Checkout down")
    assert "assumed" not in decision.reply.plain()
    (channel,) = of_kind(decision, "open_channel")
    assert isinstance(channel, OpenChannel)
    assert channel.name == "inc-43-checkout-down"


@pytest.mark.parametrize(
    "title",
    ["5 payment nodes down", "3 replicas of the database are down", "1 of 2 regions is lost", "Several pods restart",
     "sev2nd replica lags", "sev1.5 is what the alert says", "sevens are printed as ones"],
)  # fmt: skip
def test_a_number_in_front_belongs_to_the_title(title: str) -> None:
    decision = said(world(), f"declare {title}")
    assert (the(decision).severity, the(decision).title) == (3, title)
    assert "assumed" in decision.reply.plain()


@pytest.mark.parametrize("sev", ["sev9", "sev0", "SEV-6:", "[sev 7]", "sev 12"])
def test_a_severity_that_there_is_not_is_refused_in_one_line_too(sev: str) -> None:
    with pytest.raises(Refused, match=r"is no severity. Write 1 \(worst\) to 5"):
        said(world(), f"declare {sev} Checkout is too severe")
    with pytest.raises(Refused, match="is no severity"):
        said(world(), f"declare {sev}")


def test_a_number_alone_is_no_title_and_fills_the_form() -> None:
    form = said(world(), "declare 2").reply.form
    assert form is not None
    given = {one.name: one.initial for one in form.inputs}
    assert (given["severity"], given["title"]) == ("2", "")


def test_a_severity_that_nobody_named_is_assumed_and_said() -> None:
    decision = said(world(), "declare Checkout down")
    assert the(decision).severity == 3
    assert "assumed" in decision.reply.plain()


def test_the_channel_is_opened_with_a_speaking_name() -> None:
    decision = said(world(), "declare sev2 Checkout: Fehler für 12 % der Käufer!")
    (channel,) = of_kind(decision, "open_channel")
    assert isinstance(channel, OpenChannel)
    assert channel.name == "inc-43-checkout-fehler-fur-12-der-kaufer"
    assert (channel.private, channel.invite) == (False, ("slack:T1:UTOM",))


def test_a_title_in_another_script_leaves_the_key_as_the_name() -> None:
    assert channel_name(incident(title="決済が失敗する")) == "inc-42"
    assert len(channel_name(incident(title="x" * 200))) <= 80


def test_a_private_incident_takes_no_number_and_is_announced_nowhere() -> None:
    decision = said(announcing(), "declare sev1 Leaked customer list --private")
    made = the(decision)
    assert (made.private, made.key) == (True, "INC-QWRTZ")
    (channel,) = of_kind(decision, "open_channel")
    assert isinstance(channel, OpenChannel)
    assert channel.private
    assert channel.name.startswith("inc-qwrtz-")
    assert not of_kind(decision, "post")


def test_a_public_incident_is_announced_once() -> None:
    (post,) = of_kind(said(announcing(), "declare sev1 Checkout down"), "post")
    assert isinstance(post, Post)
    assert (post.place, post.purpose) == (ANNOUNCEMENTS, "announcement")
    assert "Checkout down" in post.card.plain()


def test_a_drill_says_so() -> None:
    decision = said(announcing(), "declare sev1 Region lost --drill")
    assert the(decision).drill
    (post,) = of_kind(decision, "post")
    assert isinstance(post, Post)
    assert "DRILL" in post.card.plain()


@pytest.mark.parametrize(
    "words",
    [
        "declare sev2 Checkout down --started 13:40",
        "declare --started 13:40 sev2 Checkout down",
        "declare sev2 Checkout down —started=13:40",
    ],
)
def test_the_start_is_understood_in_the_speakers_zone(words: str) -> None:
    made = the(said(world(), words))
    assert made.times.began is not None
    assert made.times.began.at == NOW.replace(hour=12, minute=40)
    assert "Checkout down" in made.title


def test_a_start_of_two_words_is_read_to_its_end() -> None:
    made = the(said(world(), "declare Checkout down --started 20m ago --drill"))
    assert made.times.began is not None
    assert made.times.began.at == NOW - timedelta(minutes=20)
    assert made.drill


def test_a_start_that_is_no_time_is_refused_with_a_remedy() -> None:
    with pytest.raises(Refused, match="14:02"):
        said(world(), "declare Checkout down --started soonish")


def test_without_a_title_there_is_a_form() -> None:
    form = said(world(), "declare sev2 --private").reply.form
    assert form is not None
    assert form.does == "declare"
    given = {one.name: one.initial for one in form.inputs}
    assert (given["severity"], given["private"]) == ("2", "yes")
    assert "service" not in given


def test_the_form_offers_the_services_there_are() -> None:
    services = (ServiceRow(name="checkout"), ServiceRow(name="search"))
    form = said(world(organisation=organisation(services=services)), "declare").reply.form
    assert form is not None
    (service,) = [one for one in form.inputs if one.name == "service"]
    assert [one.value for one in service.choices] == ["checkout", "search"]


def test_a_submitted_form_declares() -> None:
    decision = clicked(
        world(), "declare", title="Checkout down", severity="1", private="", drill="yes", started="", detected="alert"
    )
    made = the(decision)
    assert (made.severity, made.private, made.drill) == (1, False, True)
    assert any("alert" in entry.text for entry in decision.entries)


def test_a_service_is_found_whatever_its_case() -> None:
    state = world(organisation=organisation(services=(ServiceRow(name="Checkout"),)))
    assert the(said(state, "declare sev2 Errors service:checkout")).service == "Checkout"
    with pytest.raises(Refused, match="Checkout"):
        said(state, "declare sev2 Errors service:serach")


@pytest.mark.parametrize("severity", ["0", "6", "high", "1.5"])
def test_a_severity_that_is_none_is_refused_at_its_field(severity: str) -> None:
    with pytest.raises(Refused) as refused:
        clicked(world(), "declare", title="Errors", severity=severity)
    assert refused.value.field == "severity"


def test_the_same_gesture_makes_the_same_incident() -> None:
    command = Declare(origin=origin(), title="Checkout down")
    assert the(decided(world(), command)) == the(decided(world(), command))


def test_the_same_title_twice_makes_two_incidents() -> None:
    assert the(said(world(), "declare Errors")).id != the(said(world(), "declare Errors")).id


def test_equal_gestures_of_two_organisations_make_two_incidents() -> None:
    command = Declare(origin=origin(), title="Checkout down")
    other = world().model_copy(update={"organisation": organisation().model_copy(update={"id": "other"})})
    assert the(decided(world(), command)).id != the(decided(other, command)).id


def test_from_the_interface_for_programs_the_channel_opens_where_the_bot_is() -> None:
    home = Place(platform="slack", tenant="T1", channel="")
    decision = decided(world(bot_place=home), Declare(origin=origin(platform="api", tenant="org"), title="Errors"))
    (channel,) = of_kind(decision, "open_channel")
    assert (channel.platform, channel.tenant) == ("slack", "T1")


def test_without_any_chat_the_incident_exists_all_the_same() -> None:
    decision = decided(world(), Declare(origin=origin(platform="cli", tenant="org"), title="Errors"))
    assert not of_kind(decision, "open_channel")
    assert "no chat" in decision.reply.plain()


def test_guests_declare_nothing() -> None:
    with pytest.raises(Refused, match="Guests"):
        said(world(GUEST), "declare sev1 Errors")


def test_somebody_mentioned_in_a_title_stands_there_by_name() -> None:
    made = the(said(world(), f"declare Errors after {mention_token('slack:T1:UMAYA')} deployed"))
    assert made.title == "Errors after @Maya deployed"


# -- from a message


def test_a_message_opens_the_form_with_its_words() -> None:
    decision = clicked(
        world(), "declare_from_message", message=MESSAGE, text="checkout is\ndown", author="slack:T1:UMAYA"
    )
    form = decision.reply.form
    assert form is not None
    assert next(one.initial for one in form.inputs if one.name == "title") == "checkout is down"


def test_the_message_becomes_the_first_key_entry() -> None:
    opened = clicked(world(), "declare_from_message", message=MESSAGE, text="checkout is down", author="slack:T1:UMAYA")
    assert opened.reply.form is not None
    submitted = build("declare", {**opened.reply.form.args, "title": "Checkout down"}, origin())
    decision = decided(world(), submitted)
    entry = next(one for one in decision.entries if one.kind is EntryKind.MESSAGE)
    assert (entry.text, entry.author, entry.ref) == ("checkout is down", "slack:T1:UMAYA", MESSAGE)
    assert entry.is_key
    assert entry.occurred < NOW


def test_a_message_too_long_for_a_form_is_read_where_it_stands() -> None:
    opened = clicked(world(), "declare_from_message", message=MESSAGE, text="x" * 5000, author="slack:T1:UMAYA")
    assert opened.reply.form is not None
    assert sum(map(len, opened.reply.form.args.values())) < 3000
    decision = decided(world(), build("declare", {**opened.reply.form.args, "title": "Long"}, origin()))
    (reading,) = of_kind(decision, "read_message")
    assert isinstance(reading, ReadMessage)
    assert reading.message == MESSAGE


def test_a_second_private_one_is_refused_only_where_it_would_live_beside_an_open_one() -> None:
    there, fields = world(about=incident(private=True)), {"title": "Leak", "severity": "1", "private": "yes"}
    with pytest.raises(Refused, match="INC-42 is open here already"):
        clicked(there, "declare", **fields, moves_in="yes")
    assert the(clicked(there, "declare", **fields)).title == "Leak", "it gets a channel of its own"
    ended = world(about=incident(private=True, status=Status.RESOLVED))
    first = the(clicked(ended, "declare", **fields, moves_in="yes"))
    assert first.title == "Leak"
    with pytest.raises(Refused, match=f"{first.key} is open here already"):
        clicked(world(about=first), "declare", **fields, moves_in="yes")


def test_a_message_of_a_private_conversation_enters_no_public_incident_unasked() -> None:
    told_of = {"message": MESSAGE, "text": "the breach", "author": "slack:T1:UMAYA", "private_place": "yes"}
    form = clicked(world(), "declare_from_message", **told_of).reply.form
    assert form is not None
    assert next(one.initial for one in form.inputs if one.name == "private") == "yes"
    assert "private conversation" in form.intro.plain()
    unasked = decided(world(), build("declare", {**form.args, "title": "Down"}, origin()))
    assert unasked.reply.form is not None
    assert (unasked.entries, unasked.effects) == ((), ())
    kept = decided(world(), build("declare", {**form.args, "title": "Down", "private": "true"}, origin()))
    assert the(kept).private
    made = decided(world(), build("declare", {**form.args, "title": "Down", "private": "false"}, origin()))
    assert not the(made).private
    assert any("from a private conversation" in one.text for one in made.entries)


# -- the channel is there


def test_whoever_was_brought_in_before_there_was_a_channel_is_invited_when_it_is_there() -> None:
    waiting = incident(place=None, private=True, responders=frozenset({"tom", "maya", "ines"}))
    decision = told(world(about=waiting), ChannelOpened, place=CHANNEL, incident_id="inc")
    (invite,) = of_kind(decision, "invite")
    assert isinstance(invite, Invite)
    assert invite.accounts == ("slack:T1:UINES", "slack:T1:UMAYA")


@pytest.mark.parametrize("private", [False, True])
def test_whoever_is_in_the_place_already_is_not_invited(private: bool) -> None:
    waiting = incident(place=None, private=private, responders=frozenset({"tom", "maya"}))
    there = ("slack:T1:UTOM", "slack:T1:UMAYA", "slack:T1:UINES", "slack:T1:UNOBODY")
    decision = told(world(about=waiting), ChannelOpened, place=CHANNEL, incident_id="inc", members=there)
    assert of_kind(decision, "invite") == []
    assert ("ines" in the(decision).responders) is private


def test_the_card_is_posted_and_pinned_when_the_channel_is_there() -> None:
    declared = said(world(), "declare sev2 Checkout down")
    decision = told(after(declared), ChannelOpened, place=CHANNEL, incident_id=the(declared).id)
    assert the(decision).place == CHANNEL
    (post,) = decision.effects
    assert isinstance(post, Post)
    assert (post.purpose, post.pin, post.place) == ("status card", True, CHANNEL)
    assert "kept" in post.card.plain()
    assert "🚫" in post.card.plain()
    assert {button.does for section in post.card.sections for button in section.buttons} >= {"update", "resolve"}


def test_the_card_is_remembered_where_it_was_posted() -> None:
    bare = incident(status_card=None, announcement=None)
    assert the(told(world(about=bare), MessagePosted, purpose="status card", ref=CARD)).status_card == CARD
    assert the(told(world(about=bare), MessagePosted, purpose="announcement", ref=NEWS)).announcement == NEWS
    assert the(told(world(about=bare), MessagePosted, purpose="digest", ref=NEWS)) == bare


def test_a_change_made_while_the_card_was_under_way_is_caught_up() -> None:
    changed = said(world(about=incident(status_card=None, announcement=None)), "sev 1")
    decision = told(after(changed), MessagePosted, purpose="status card", ref=CARD)
    (edit,) = of_kind(decision, "edit")
    assert edit.supersedes


def test_an_untouched_card_is_not_edited_needlessly() -> None:
    decision = told(world(about=incident(status_card=None)), MessagePosted, purpose="status card", ref=CARD)
    assert decision.effects == ()


def test_somebody_joins_from_the_announcement() -> None:
    (invite,) = clicked(world(about=incident()), "join", incident="INC-42").effects
    assert invite.kind == "invite"
    with pytest.raises(Refused, match="no channel yet"):
        clicked(world(about=incident(place=None)), "join", incident="INC-42")


def test_the_default_settings_are_enough() -> None:
    bare = organisation().model_copy(update={"policies": Policies()})
    assert the(said(world(organisation=bare), "declare Errors")).key == "INC-43"
    assert DEBRIEF.kind == "integration"
    assert TOM.zone


def test_a_title_that_is_cut_is_said_to_be() -> None:
    decision = said(world(), f"declare sev2 {'long ' * 700}")
    assert len(the(decision).title) == 200
    assert "cut to its first 200 characters" in decision.reply.plain()
    assert "cut" not in said(world(), f"declare sev2 {'x' * 200}").reply.plain()
