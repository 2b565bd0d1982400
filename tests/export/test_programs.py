"""Published postmortems in other people's programs: once, updated, looked for before anything is repeated."""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import respx

from adapters.export.programs import programs
from adapters.export.publishing import ExportPostmortem
from adapters.reach import is_public
from bot.errors import GiveUp, Retry, Unsure
from bot.model import Postmortem
from bot.ports import Record
from bot.settings import Settings, SettingsWrong, read_settings
from bot.state import Decision
from tests.bot.drafts import postmortem
from tests.bot.worlds import NOW, world
from tests.export.fakes import Fake, FakeConfluence, FakeGitHub, FakeGitLab, answer
from tests.export.worlds import record

TOKEN = "secret-of-ours"
ON = {
    "EXPORT_GITHUB_REPOSITORY": "acme/postmortems",
    "EXPORT_GITHUB_TOKEN": TOKEN,
    "EXPORT_GITLAB_PROJECT": "acme/postmortems",
    "EXPORT_GITLAB_TOKEN": TOKEN,
    "EXPORT_CONFLUENCE_URL": "https://acme.atlassian.net/wiki",
    "EXPORT_CONFLUENCE_SPACE": "OPS",
    "EXPORT_CONFLUENCE_USER": "bot@acme.example",
    "EXPORT_CONFLUENCE_TOKEN": TOKEN,
}
PUBLIC = "93.184.216.34"
NAMES = ("github", "gitlab", "confluence")


class Reading:
    """The one call of `Reports` that is used."""

    def __init__(self, found: Record | None) -> None:
        self.found = found

    def record(self, principal: Any, key: str) -> Record | None:
        assert (principal.id, key) == ("p_debrief", "INC-42")
        return self.found


def published(version: int = 1, **fields: Any) -> Postmortem:
    return postmortem(
        status="published", version=version, published_at=NOW, published_by="maya",
        published_markdown=f"---\nkey: x\n---\n\n# Version {version}\n", **fields,
    )  # fmt: skip


def of(version: int = 1, *, private: bool = False, **fields: Any) -> Record:
    made = record().model_copy(update={"postmortem": published(version, **fields)})
    return made.model_copy(update={"incident": made.incident.model_copy(update={"private": private})})


def settings(**more: str) -> Settings:
    return read_settings({**ON, **more})


def effect(name: str, version: int = 1) -> ExportPostmortem:
    return ExportPostmortem(
        key=f"k{version}", platform=name, tenant="org", incident="inc", about="INC-42", version=version
    )


async def carried_out(name: str, found: Record | None, version: int = 1, *, told: Settings | None = None) -> None:
    async def resolve(_host: str, _port: int) -> list[str]:
        return [PUBLIC]

    _, deliver = programs(told or settings(), Reading(found), resolve)[name]  # type: ignore[arg-type]
    assert await deliver(effect(name, version), 1, False) is None


@pytest.fixture
def wire() -> Iterator[respx.MockRouter]:
    with respx.mock(assert_all_called=False) as router:
        yield router


@pytest.fixture(params=NAMES)
def there(request: pytest.FixtureRequest, wire: respx.MockRouter) -> tuple[str, Fake]:
    fake: Fake = {"github": FakeGitHub, "gitlab": FakeGitLab, "confluence": FakeConfluence}[request.param]()
    wire.route(host=PUBLIC).mock(side_effect=fake)
    return request.param, fake


def stands(fake: Fake) -> list[str]:
    """What readers find there."""
    if isinstance(fake, FakeConfluence):
        return [one["body"]["storage"]["value"] for one in fake.pages.values()]
    assert isinstance(fake, FakeGitHub | FakeGitLab)
    return [content.decode() for name, files in fake.branches.items() if name != "main" for content in files.values()]


def requests(fake: Fake) -> list[str]:
    if isinstance(fake, FakeConfluence):
        return [one["title"] for one in fake.pages.values()]
    found = fake.pulls if isinstance(fake, FakeGitHub) else fake.requests  # type: ignore[attr-defined]
    return [str(one["title"]) for one in found]


async def test_it_comes_there_once_and_carried_out_again_it_changes_nothing(there: tuple[str, Fake]) -> None:
    name, fake = there
    await carried_out(name, of())
    writes = len(fake.writes)
    assert (len(stands(fake)), len(requests(fake))) == (1, 1)
    await carried_out(name, of())
    assert len(fake.writes) == writes


async def test_a_new_version_updates_what_is_there(there: tuple[str, Fake]) -> None:
    name, fake = there
    await carried_out(name, of())
    await carried_out(name, of(2), 2)
    assert (len(stands(fake)), len(requests(fake))) == (1, 1)
    assert "ersion 2" in stands(fake)[0]


@pytest.mark.parametrize("lost", [1, 2, 3])
async def test_an_answer_that_got_lost_doubles_nothing(there: tuple[str, Fake], lost: int) -> None:
    name, fake = there
    fake.lost = lost
    for _ in range(lost):
        with pytest.raises(Unsure):
            await carried_out(name, of())
    await carried_out(name, of())
    assert (len(stands(fake)), len(requests(fake))) == (1, 1)


async def test_the_token_goes_to_the_checked_address_under_the_right_name(there: tuple[str, Fake]) -> None:
    name, fake = there
    await carried_out(name, of())
    hosts = {"github": "api.github.com", "gitlab": "gitlab.com", "confluence": "acme.atlassian.net"}
    basic = base64.b64encode(f"bot@acme.example:{TOKEN}".encode()).decode()
    secrets = {"github": f"Bearer {TOKEN}", "gitlab": TOKEN, "confluence": f"Basic {basic}"}
    for headers in fake.headers:
        assert headers["host"] == hosts[name]
        assert headers.get("private-token", headers.get("authorization")) == secrets[name]


async def test_a_request_that_was_merged_is_not_made_again(wire: respx.MockRouter) -> None:
    fake = FakeGitHub()
    wire.route(host=PUBLIC).mock(side_effect=fake)
    await carried_out("github", of())
    fake.branches["main"] = fake.branches.pop("debrief/inc-42")
    fake.pulls.clear()
    await carried_out("github", of())
    assert (fake.pulls, list(fake.branches)) == ([], ["main"])


async def test_somebody_elses_page_is_left_alone(wire: respx.MockRouter) -> None:
    fake = FakeConfluence()
    wire.route(host=PUBLIC).mock(side_effect=fake)
    theirs = {
        "id": "9",
        "title": "Postmortem of INC-42",
        "version": {"number": 4},
        "body": {"storage": {"value": "<p>Mine</p>"}},
    }
    fake.pages["9"] = theirs
    with pytest.raises(GiveUp, match="somebody else wrote"):
        await carried_out("confluence", of())
    assert fake.pages == {"9": theirs}


@pytest.mark.parametrize(
    ("refusing", "raised"),
    [
        (answer(401, {}), GiveUp),
        (answer(403, {"message": TOKEN}), GiveUp),
        (answer(302, None, location="http://169.254.169.254/"), GiveUp),
        (answer(429, {}, **{"retry-after": "7"}), Retry),
        (answer(503, {}), Retry),
        (httpx.Response(200, content=b"<html>"), Retry),
        (httpx.Response(200, content=b"x" * (9 * 1024 * 1024)), Retry),
    ],
)
async def test_what_it_refuses_is_told_apart_and_tells_no_secret(
    there: tuple[str, Fake], refusing: httpx.Response, raised: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    name, fake = there
    fake.refusing = refusing
    with caplog.at_level(logging.DEBUG), pytest.raises(raised) as problem:
        await carried_out(name, of())
    assert TOKEN not in str(problem.value)
    assert TOKEN not in caplog.text
    assert len(fake.calls) == 1


# -- what goes out


async def test_what_turned_private_or_a_draft_again_meanwhile_stays_here(there: tuple[str, Fake]) -> None:
    name, fake = there
    for found in (None, of(private=True), of(2), record()):
        await carried_out(name, found)
    assert fake.calls == []
    await carried_out(name, of(private=True), told=settings(**{f"EXPORT_{name.upper()}_PRIVATE": "1"}))
    assert len(stands(fake)) == 1


@pytest.mark.parametrize("name", NAMES)
def test_publishing_makes_one_effect_and_nothing_else_does(name: str) -> None:
    react, _ = programs(settings(), Reading(None))[name]  # type: ignore[arg-type]
    draft, done = world(about=record().incident, postmortem=postmortem()), published()
    after = draft.model_copy(update={"postmortem": done})
    (made,) = react(draft, Decision(state=after))
    assert (made.platform, made.tenant, made.incident) == (name, "org", "inc")
    assert react(after, Decision(state=after)) == ()
    assert react(draft, Decision(state=draft)) == ()
    assert react(draft.model_copy(update={"postmortem": None}), Decision(state=after)) == ()
    secret = record().incident.model_copy(update={"private": True})
    hidden = after.model_copy(update={"incident": secret})
    assert react(draft, Decision(state=hidden)) == ()
    allowed, _ = programs(settings(**{f"EXPORT_{name.upper()}_PRIVATE": "1"}), Reading(None))[name]  # type: ignore[arg-type]
    assert len(allowed(draft, Decision(state=hidden))) == 1


# -- where it goes


INSIDE = (
    "127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.9", "169.254.169.254", "0.0.0.0", "100.64.0.1", "::1", "::",
    "fe80::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "224.0.0.1", "ff02::1", "nonsense",
)  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
async def test_an_address_inside_is_never_connected_to(wire: respx.MockRouter, address: str) -> None:
    async def resolve(_host: str, _port: int) -> list[str]:
        return [PUBLIC, address]

    assert not is_public(address)
    for name in NAMES:
        _, deliver = programs(settings(), Reading(of()), resolve)[name]  # type: ignore[arg-type]
        with pytest.raises(GiveUp, match="not a public one"):
            await deliver(effect(name), 1, False)
    assert wire.calls.call_count == 0


async def test_a_name_that_changes_between_look_and_call_is_of_no_use(wire: respx.MockRouter) -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"]])

    async def resolve(_host: str, _port: int) -> list[str]:
        return next(answers)

    route = wire.route(host=PUBLIC).mock(return_value=answer(200, {"default_branch": "main"}))
    _, deliver = programs(settings(), Reading(of()), resolve)["github"]  # type: ignore[arg-type]
    with pytest.raises(GiveUp, match="not a public one"):
        await deliver(effect("github"), 1, False)
    assert route.call_count == wire.calls.call_count == 1


async def test_this_machine_by_its_name_is_not_reached(wire: respx.MockRouter) -> None:
    for host in ("localhost", "127.0.0.1", "10.0.0.1"):
        told = settings(EXPORT_GITLAB_URL=f"https://{host}")
        _, deliver = programs(told, Reading(of()))["gitlab"]  # type: ignore[arg-type]
        with pytest.raises((GiveUp, Retry)):
            await deliver(effect("gitlab"), 1, False)
    assert wire.calls.call_count == 0


@pytest.mark.parametrize(
    "address",
    [
        "http://gitlab.example", "file:///etc/passwd", "gopher://x.example", "https://u:p@x.example", "x.example",
        "https://x.example?a=1", "https://x.example/../y", "https://x.example/#f", "https://", "https://x.example:0",
        "https://[::1]/", "https://127.1", "https://2130706433", "https://0x7f000001", "https://0177.0.0.1",
    ],
)  # fmt: skip
def test_only_a_plain_https_address_is_a_setting(address: str) -> None:
    for name in ("EXPORT_GITHUB_URL", "EXPORT_GITLAB_URL", "EXPORT_CONFLUENCE_URL"):
        with pytest.raises(SettingsWrong, match=name):
            settings(**{name: address})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EXPORT_GITHUB_TOKEN", ""),
        ("EXPORT_GITHUB_REPOSITORY", "acme"),
        ("EXPORT_GITHUB_REPOSITORY", "acme/../x"),
        ("EXPORT_GITLAB_PROJECT", "a b/c"),
        ("EXPORT_GITLAB_TOKEN", "a\nb"),
        ("EXPORT_CONFLUENCE_SPACE", "a/b"),
        ("EXPORT_CONFLUENCE_USER", ""),
        ("EXPORT_CONFLUENCE_PRIVATE", "perhaps"),
    ],
)
def test_a_setting_that_is_missing_or_wrong_stops_the_start_and_tells_no_token(name: str, value: str) -> None:
    with pytest.raises(SettingsWrong, match=name) as wrong:
        settings(**{name: value})
    assert TOKEN not in str(wrong.value)


def test_nothing_is_on_by_itself() -> None:
    assert programs(read_settings({}), Reading(None)) == {}  # type: ignore[arg-type]
    assert set(programs(settings(), Reading(None))) == set(NAMES)  # type: ignore[arg-type]


async def test_simulators_may_be_anywhere(wire: respx.MockRouter) -> None:
    fake = FakeGitHub()
    wire.route(host="127.0.0.1", port=9999).mock(side_effect=fake)
    told = settings(DEBRIEF_ALLOW_SIMULATORS="1", EXPORT_GITHUB_URL="http://127.0.0.1:9999")
    await carried_out("github", of(), told=told)
    assert len(fake.pulls) == 1
