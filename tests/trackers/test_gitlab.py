"""GitLab issues at the wire: what only GitLab does."""

from __future__ import annotations

import logging
from pathlib import Path

import httpx
import pytest
import respx

from adapters.trackers.known import known
from bot.commands.accounts import ProfileLearned
from bot.errors import GiveUp
from bot.model import ItemStatus
from bot.settings import SettingsWrong, read_settings
from bot.text import mention_token
from tests.hostile import CHAT
from tests.trackers.fake_gitlab import SECRET_TOKEN, SimulatedGitLab
from tests.trackers.fakes import WEBHOOK_SECRET, Hook, Kept, answer
from tests.trackers.test_in_step import opened
from tests.trackers.worlds import KITS, PUBLIC, PUBLIC_URL, TOKEN, World, begun, resolve, world

TYPED = (
    "/close\n/assign @octocat\nand then\n  /confidential",
    "see @octocat, acme/app#7, !12, &3, ~bug and %v2",
    "[work_item:12] and https://gitlab.com/acme/app/-/issues/7",
    "---\ntitle: x\n---\n<img src=x onerror=alert(1)>",
)


async def test_an_issue_says_what_why_until_when_and_leads_back(gitlab: World) -> None:
    await opened(gitlab)
    body = gitlab.there.only.body
    for words in ("Alert on pool saturation", "INC-1 (SEV2): Checkout errors", "noticed sooner", "Due 20", "Owner"):
        assert words in body.replace("\\", ""), words
    assert f"{PUBLIC_URL}/incidents/INC-1" in body
    assert gitlab.there.due[gitlab.ticket().id] == gitlab.item().due.isoformat()
    assert gitlab.there.confidential == {"acme/app#1": False}
    assert all(headers["private-token"] == TOKEN for headers in gitlab.there.headers)
    assert all(headers["host"] == "gitlab.com" for headers in gitlab.there.headers)


async def test_what_people_typed_calls_nobody_refers_to_nothing_and_does_nothing(gitlab: World) -> None:
    for number, typed in enumerate((*CHAT[:30], *TYPED), 2):
        await gitlab.clicks("action", incident="INC-1", text=typed, owner="me", due="2w")
        await gitlab.says(f"ticket ACT-{number}")
    await gitlab.settled()
    assert len(gitlab.there.tickets) > 30
    await gitlab.clicks("wont_do", item="ACT-2", reason="because\n/reopen\n@octocat says so in #7")
    await gitlab.settled()
    assert (gitlab.there.carried_out, gitlab.there.mentioned) == ([], [])
    assert not any("<img" in ticket.body for ticket in gitlab.there.tickets.values())


async def test_the_fake_itself_would_be_called(gitlab: World) -> None:
    """What is read as GitLab reads it, where nothing is done about it."""
    gitlab.there._read_as_written(Kept("acme/app#9"), *TYPED)
    assert {"close", "assign"} <= set(gitlab.there.carried_out)
    assert {"@octocat", "acme/app#7", "!12", "&3", "~bug", "%v2"} <= set(gitlab.there.mentioned)


@pytest.mark.parametrize(
    "address", ["-/issues/1", "-/work_items/1", "-/issues/1#note_7", "-/issues/1?show=x"]
)  # fmt: skip
async def test_an_issue_is_linked_by_its_address(gitlab: World, address: str) -> None:
    await opened(gitlab)
    await gitlab.says("ticket ACT-1 off")
    await gitlab.says(f"ticket ACT-1 https://gitlab.com/acme/app/{address}")
    await gitlab.settled()
    assert (gitlab.ticket().id, len(gitlab.there.tickets)) == ("acme/app#1", 1)


@pytest.mark.parametrize("address", ["acme/app/-/merge_requests/1", "acme/app/-/issues/99", "acme/../x/-/issues/1"])
async def test_an_address_that_is_no_issue_is_refused_and_nothing_is_linked(gitlab: World, address: str) -> None:
    await gitlab.says(f"ticket ACT-1 https://gitlab.com/{address}")
    await gitlab.settled()
    assert "no such ticket" in gitlab.words()[-1]
    assert gitlab.item().ticket is None


async def _known(gitlab: World, who: str, email: str) -> None:
    """What the chat tells of somebody."""
    await gitlab.says("help", who=who)
    account = f"slack:T1:U{who.upper()}"
    origin = gitlab.origin().model_copy(update={"actor": ""})
    await gitlab.told(ProfileLearned(origin=origin, account=account, name=who.title(), email=email, zone="UTC"))


async def _given(gitlab: World, who: str) -> Kept:
    await opened(gitlab)
    await gitlab.clicks("reassign", item="ACT-1", owner=mention_token(f"slack:T1:U{who.upper()}"))
    await gitlab.settled()
    ticket: Kept = gitlab.there.only
    return ticket


async def test_whoever_owns_it_is_assigned_where_one_member_has_the_address(gitlab: World) -> None:
    await _known(gitlab, "tom", "tom@acme.example")
    ticket = await _given(gitlab, "tom")
    assert (ticket.assignee, ticket.comments) == ("tom", [])


@pytest.mark.parametrize("how", ["nobody", "two", "gone"])
async def test_where_nobody_is_found_for_certain_it_is_said_in_a_comment(gitlab: World, how: str) -> None:
    await _known(gitlab, "tom", "tom@acme.example")
    tom = gitlab.there.members[1]
    if how == "two":
        gitlab.there.members.append({**tom, "id": 7, "name": "tom@acme.example", "username": "evil", "email": "x"})
    else:
        tom.update(email="elsewhere@acme.example" if how == "nobody" else tom["email"])
        tom.update(state="blocked" if how == "gone" else "active")
    ticket = await _given(gitlab, "tom")
    assert ticket.assignee == ""
    assert "is with Tom now" in ticket.comments[-1]


async def test_an_account_that_was_named_is_taken_whatever_its_address_is(template: Path, tmp_path: Path) -> None:
    more = {"TICKETS_GITLAB_ACCOUNTS": "tom@other.example=tom"}
    async with world(template, tmp_path / "here.db", KITS["gitlab"], **more) as one:
        await begun(one)
        one.there.members.append({"id": 8, "username": "tomas", "name": "Tomas", "email": "t@x", "state": "active"})
        await _known(one, "tom", "tom@other.example")
        assert (await _given(one, "tom")).assignee == "tom"


async def test_another_date_is_the_date_of_the_issue(gitlab: World) -> None:
    await opened(gitlab)
    await gitlab.clicks("snooze", item="ACT-1", until="2027-01-15")
    await gitlab.settled()
    assert gitlab.there.due["acme/app#1"] == "2027-01-15"
    assert gitlab.there.only.comments == []


async def test_what_was_dropped_and_is_done_after_all_loses_its_label(gitlab: World) -> None:
    await opened(gitlab)
    await gitlab.says("wontdo ACT-1 retired")
    await gitlab.settled()
    await gitlab.clicks("undo_item", item="ACT-1")
    await gitlab.settled()
    assert gitlab.there.only.state == "open"
    await gitlab.says("done ACT-1")
    await gitlab.settled()
    assert gitlab.there.only.state == "done"


@pytest.mark.parametrize("told", [True, False])
async def test_a_moved_issue_is_followed_and_not_taken_for_closed(gitlab: World, told: bool) -> None:
    await opened(gitlab)
    gitlab.there.move(gitlab.there.only)
    await (gitlab.all_hooked() if told else gitlab.later(minutes=61))
    assert (gitlab.ticket().id, gitlab.item().link) == ("acme/other#1", "https://gitlab.com/acme/other/-/issues/1")
    assert gitlab.item().status is ItemStatus.OPEN
    await gitlab.says("done ACT-1")
    await gitlab.settled()
    assert gitlab.there.only.state == "done"
    assert gitlab.questions() == []


async def test_an_issue_that_was_moved_out_of_sight_is_asked_about(gitlab: World) -> None:
    await opened(gitlab)
    gitlab.there.move(gitlab.there.only)
    gitlab.there.moved["acme/app#1"] = ""
    await gitlab.later(minutes=61)
    assert gitlab.item().status is ItemStatus.OPEN
    assert "not there any more" in gitlab.questions()[-1].card.plain()


async def test_a_renamed_project_is_followed(gitlab: World) -> None:
    await opened(gitlab)
    await gitlab.says("ticket ACT-1 off")
    await gitlab.says("ticket ACT-1 https://gitlab.com/acme/old/-/issues/1")
    await gitlab.settled()
    assert gitlab.ticket().id == "acme/app#1"


async def test_a_deleted_issue_is_asked_about_once(gitlab: World) -> None:
    await opened(gitlab)
    gitlab.there.delete(gitlab.there.only)
    await gitlab.later(hours=30)
    assert len(gitlab.questions()) == 1
    assert "not there any more" in gitlab.questions()[-1].card.plain()


async def test_an_unchanged_issue_is_asked_for_by_its_version(gitlab: World) -> None:
    await opened(gitlab)
    await gitlab.later(minutes=61)
    await gitlab.later(minutes=61)
    assert gitlab.there.headers[-1].get("if-none-match")
    assert gitlab.count("SELECT count(*) FROM outbox WHERE kind = 'read_ticket' AND state = 'sent'") == 2


@pytest.mark.parametrize(
    ("status", "said"),
    [(401, "does not accept the token"), (403, "does not accept the token"), (404, "status 404"), (409, "status 409"),
     (410, "status 410"), (422, "status 422")],
)  # fmt: skip
async def test_a_refusal_is_told_to_whoever_asked_and_not_tried_again(gitlab: World, status: int, said: str) -> None:
    gitlab.there.refusing["POST"] = answer(status, {"message": "no"})
    await opened(gitlab)
    assert said in gitlab.words()[-1]
    assert gitlab.item().ticket is None
    assert len([call for call in gitlab.there.calls if call[0] == "POST"]) == 1


async def test_nothing_of_a_private_incident_goes_there(template: Path, tmp_path: Path) -> None:
    async with world(template, tmp_path / "here.db", KITS["gitlab"], TICKETS_ALL="1") as one:
        await begun(one, private=True)
        await one.later(hours=2)
        assert one.there.calls == []


async def test_of_a_private_incident_it_is_a_confidential_issue(template: Path, tmp_path: Path) -> None:
    more = {"TICKETS_ALL": "1", "TICKETS_GITLAB_PRIVATE": "1"}
    async with world(template, tmp_path / "here.db", KITS["gitlab"], **more) as one:
        await begun(one, private=True)
        assert one.there.confidential == {"acme/app#1": True}


# -- being told


@pytest.fixture
def plain() -> dict[str, str]:
    return {"TICKETS_GITLAB_SECRET": SECRET_TOKEN}


async def test_a_secret_token_is_taken_as_it_is_and_any_other_refused(
    template: Path, tmp_path: Path, plain: dict[str, str]
) -> None:
    async with world(template, tmp_path / "here.db", KITS["gitlab"], **plain) as one:
        await begun(one)
        await opened(one)
        one.there.change(one.there.only, "done")
        for token in ("", "x", SECRET_TOKEN[:-1], f"{SECRET_TOKEN}x", "\xe9"):
            assert await one.hooked(one.there.plain_hook(one.there.only, "closed", token)) == 401
        assert await one.hooked(one.there.hooks[-1]) == 401, "signed, but without the token"
        await one.settled()
        assert one.item().status is ItemStatus.OPEN
        good = one.there.plain_hook(one.there.only, "closed")
        nameless = Hook({k: v for k, v in good.headers.items() if k != "idempotency-key"}, good.body)
        assert await one.hooked(nameless) == 400
        assert await one.hooked(Hook({**nameless.headers, "x-gitlab-event-uuid": "e-1"}, good.body)) == 200
        assert await one.hooked(good) == 200
        await one.settled()
        assert one.item().status is ItemStatus.DONE


@pytest.mark.parametrize("body", [b"[]", b"\xff", b"{", b'{"object_attributes": 5}', b"[" * 50_000, b'{"project": []}'])
async def test_genuine_garbage_is_no_error(gitlab: World, body: bytes) -> None:
    await opened(gitlab)
    before = gitlab.item()
    assert await gitlab.hooked(gitlab.there.hook(body, "g-99")) in (200, 400)
    assert gitlab.item() == before


async def test_other_events_are_taken_and_left(gitlab: World) -> None:
    await opened(gitlab)
    calls = len(gitlab.there.calls)
    assert await gitlab.hooked(gitlab.there.told(gitlab.there.only, "update")) == 200
    assert await gitlab.hooked(gitlab.there.hook(b'{"object_kind": "push"}', "g-98")) == 200
    await gitlab.settled()
    assert len(gitlab.there.calls) == calls


# -- set up rightly


async def asked(there: SimulatedGitLab, **more: str) -> str:
    settings = read_settings({**KITS["gitlab"].settings, **more})
    with respx.mock(assert_all_called=False) as wire:
        wire.route(host=PUBLIC).mock(side_effect=there)
        return await known(settings, resolve)["gitlab"][0].well()


async def test_the_doctor_says_where_tickets_go_and_what_is_wrong() -> None:
    there = SimulatedGitLab()
    assert await asked(there) == "GitLab: tickets go to acme/app"
    assert await asked(there, TICKETS_GITLAB_PROJECT="42") == "GitLab: tickets go to 42"
    with pytest.raises(GiveUp, match="acme/nothing is not there"):
        await asked(there, TICKETS_GITLAB_PROJECT="acme/nothing")
    there.scopes = ["read_api"]
    with pytest.raises(GiveUp, match="needs the scope api"):
        await asked(there)
    there.refusing["GET"] = httpx.Response(401, json={})
    with pytest.raises(GiveUp, match="does not accept the token"):
        await asked(there)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TICKETS_GITLAB_PROJECT", "no project"),
        ("TICKETS_GITLAB_TOKEN", "two words"),
        ("TICKETS_GITLAB_TOKEN", ""),
        ("TICKETS_GITLAB_SECRET", "short"),
        ("TICKETS_GITLAB_SECRET", "whsec_AAAAAAAAAAAAAAAAAAAA"),
        ("TICKETS_GITLAB_ACCOUNTS", "maya"),
        ("TICKETS_GITLAB_URL", "http://gitlab.com"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsWrong, match="TICKETS_GITLAB"):
        read_settings({**KITS["gitlab"].settings, name: value})


async def test_no_token_and_no_word_of_an_item_is_logged(gitlab: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    gitlab.there.faults = ["down", "limited"]
    await opened(gitlab)
    await gitlab.all_hooked()
    assert TOKEN not in caplog.text
    assert WEBHOOK_SECRET not in caplog.text
    assert "pool saturation" not in caplog.text


async def test_a_token_that_lost_sight_of_the_project_asks_nobody(gitlab: World) -> None:
    await opened(gitlab)
    before = gitlab.item()
    gitlab.there.hidden = True
    await gitlab.later(hours=2)
    assert (gitlab.item(), gitlab.questions()) == (before, [])
    await gitlab.says("done ACT-1")
    await gitlab.settled()
    assert "acme/app is not there, or the token may not see it" in gitlab.words()[-1]
    assert gitlab.item().status is ItemStatus.DONE
