"""The JSON API over HTTP: what it gives, and how it says no."""

import re
from typing import Any

import httpx
import pytest

from tests.web.world import MAYA, OLGA, TOM, World

RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


def error_of(answer: httpx.Response, status: int) -> str:
    assert answer.status_code == status, answer.text
    assert list(answer.json()) == ["error"]
    return str(answer.json()["error"])


async def declared(program: httpx.AsyncClient, title: str = "Checkout fails", **more: Any) -> dict[str, Any]:
    answer = await program.post("/api/v1/incidents", json={"title": title, "severity": 2, **more})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()["incident"]
    return found


async def said(program: httpx.AsyncClient, text: str, incident: str = "") -> dict[str, Any]:
    answer = await program.post("/api/v1/commands", json={"text": text, "incident": incident})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_declared_incident_can_be_read_back(here: World) -> None:
    program = here.program(MAYA)
    made = await declared(program, started="2020-01-02T03:04:05Z")
    assert (made["key"], made["severity"], made["status"], made["private"]) == ("INC-1", 2, "active", False)
    assert made["began_at"] == "2020-01-02T03:04:05.000000Z"
    assert RFC3339.fullmatch(made["declared_at"])
    assert made["mitigated_at"] is None
    assert made["times"]["declared"] == {"at": made["declared_at"], "source": "Maya Ortiz"}
    listed = (await program.get("/api/v1/incidents")).json()
    assert listed == {"incidents": [made], "next": None}
    assert (await program.get("/api/v1/incidents/inc-1")).json() == {"incident": made}


async def test_the_same_idempotency_key_gets_the_same_answer_and_declares_once(here: World) -> None:
    program = here.program(MAYA)
    body, once = {"title": "Twice sent"}, {"Idempotency-Key": "abc-1"}
    first = await program.post("/api/v1/incidents", json=body, headers=once)
    again = await program.post("/api/v1/incidents", json=body, headers=once)
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    other = await here.program(TOM).post("/api/v1/incidents", json=body, headers=once)
    assert other.json()["incident"]["key"] == "INC-2"


async def test_without_an_idempotency_key_every_request_is_a_new_one(here: World) -> None:
    program = here.program(MAYA)
    assert (await declared(program))["key"] != (await declared(program))["key"]


async def test_an_unusable_idempotency_key_is_refused(here: World) -> None:
    program = here.program(MAYA)
    for key in ("", " ", "x" * 201, "tab\tin it"):
        answer = await program.post("/api/v1/incidents", json={"title": "T"}, headers={"Idempotency-Key": key})
        assert "Idempotency-Key" in error_of(answer, 422)
    assert (await program.get("/api/v1/incidents")).json()["incidents"] == []


async def test_incidents_come_in_pages(here: World) -> None:
    program = here.program(MAYA)
    for number in range(5):
        await declared(program, f"Number {number}")
    seen, after = [], ""
    for _ in range(3):
        page = (await program.get("/api/v1/incidents", params={"limit": 2, "after": after})).json()
        seen += [one["key"] for one in page["incidents"]]
        after = page["next"] or ""
    assert seen == ["INC-5", "INC-4", "INC-3", "INC-2", "INC-1"]
    assert after == ""


async def test_incidents_can_be_asked_for_by_status_and_words(here: World) -> None:
    program = here.program(MAYA)
    await declared(program, "Search is slow")
    await declared(program, "Checkout fails")
    await said(program, "resolve over", "INC-1")
    keys = {
        asked: [one["key"] for one in (await program.get(f"/api/v1/incidents?{asked}")).json()["incidents"]]
        for asked in ("status=open", "status=resolved", "q=search", "q=INC-2", "q=nothing", "status=all")
    }
    assert keys == {
        "status=open": ["INC-2"], "status=resolved": ["INC-1"], "q=search": ["INC-1"], "q=INC-2": ["INC-2"],
        "q=nothing": [], "status=all": ["INC-2", "INC-1"],
    }  # fmt: skip


@pytest.mark.parametrize(
    "asked",
    ["limit=0", "limit=201", "limit=x", "status=odd", "after=garbage", "after=W10", "after=%00", "after=" + "A" * 600],
)
async def test_a_list_cannot_be_asked_for_in_nonsense(here: World, asked: str) -> None:
    assert error_of(await here.program(MAYA).get(f"/api/v1/incidents?{asked}"), 422)


async def test_a_search_may_hold_anything(here: World) -> None:
    program = here.program(MAYA)
    await declared(program, "100% of it")
    for text, found in (("%", 1), ("_", 0), ("\x00", 1), ("x" * 5000, 0), ("ü'\";--", 0)):
        answer = await program.get("/api/v1/incidents", params={"q": text})
        assert len(answer.json()["incidents"]) == found, text


async def test_the_timeline_gives_key_entries_and_with_all_the_whole_log(here: World) -> None:
    program = here.program(MAYA)
    await declared(program)
    await said(program, "note The pool is exhausted", "INC-1")
    key = (await program.get("/api/v1/incidents/INC-1/timeline")).json()
    whole = (await program.get("/api/v1/incidents/INC-1/timeline?all=1&limit=1")).json()
    assert [one["kind"] for one in key["entries"]] == ["declared", "note"]
    note = key["entries"][-1]
    assert (note["text"], note["author"], note["is_key"], note["deleted"]) == (
        "The pool is exhausted", "Maya Ortiz", True, False,
    )  # fmt: skip
    assert RFC3339.fullmatch(note["occurred_at"])
    assert RFC3339.fullmatch(note["recorded_at"])
    assert len(whole["entries"]) == 1
    rest = await program.get("/api/v1/incidents/INC-1/timeline", params={"all": 1, "after": whole["next"]})
    assert [one["text"] for one in rest.json()["entries"]] == ["The pool is exhausted"]


async def test_a_timeline_cannot_be_asked_for_in_nonsense(here: World) -> None:
    program = here.program(MAYA)
    await declared(program)
    for asked in ("limit=0", "limit=9999", "all=perhaps", "after=x"):
        assert error_of(await program.get(f"/api/v1/incidents/INC-1/timeline?{asked}"), 422)


async def test_a_command_says_what_chat_would_say_and_which_incident_it_meant(here: World) -> None:
    program = here.program(MAYA)
    await declared(program)
    answer = await said(program, "sev 1 it spreads", "INC-1")
    assert answer == {"reply": "The severity is now SEV1 (critical).", "incident": "INC-1"}
    assert (await said(program, "declare sev3 Another one"))["incident"] == "INC-2"
    assert (await said(program, "help"))["incident"] is None


async def test_what_is_refused_is_a_sentence_and_changes_nothing(here: World) -> None:
    program = here.program(MAYA)
    await declared(program)
    answer = await program.post("/api/v1/commands", json={"text": "sev 9", "incident": "INC-1"})
    assert "1 (worst) to 5" in error_of(answer, 422)
    again = await program.post("/api/v1/commands", json={"text": "reopen", "incident": "INC-1"})
    assert error_of(again, 422)
    assert (await program.get("/api/v1/incidents/INC-1")).json()["incident"]["severity"] == 2


async def test_where_chat_would_show_a_form_the_api_says_what_is_missing(here: World) -> None:
    program = here.program(MAYA)
    await declared(program)
    sentence = error_of(await program.post("/api/v1/commands", json={"text": "action", "incident": "INC-1"}), 422)
    assert "Something is missing" in sentence
    assert "action @maya by fri" in sentence
    assert "declare sev2" in error_of(await program.post("/api/v1/incidents", json={"title": " "}), 422)
    assert (await program.get("/api/v1/actions")).json() == {"actions": [], "next": None}


@pytest.mark.parametrize("key", ["INC-99", "INC-ABCDE", "nonsense", "INC-1%00", "..", "INC-" + "9" * 50])
async def test_what_does_not_exist_is_not_found(here: World, key: str) -> None:
    program = here.program(MAYA)
    for path in (f"incidents/{key}", f"incidents/{key}/timeline", f"incidents/{key}/postmortem"):
        assert error_of(await program.get(f"/api/v1/{path}"), 404)
    assert error_of(await program.post("/api/v1/commands", json={"text": "note x", "incident": key}), 404)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400), (b"{", 400), (b"[]", 400), (b"null", 400), (b'"text"', 400), (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b"{}", 422), (b'{"text": 1}', 422), (b'{"text": "help", "more": 1}', 422), (b'{"text": "\\ud800"}', 422),
        (b'{"text": "help", "incident": {}}', 422), (b'{"text": "' + b"x" * 50_000 + b'"}', 422),
    ],
)  # fmt: skip
async def test_a_bad_body_is_the_clients_fault_and_never_ours(here: World, body: bytes, status: int) -> None:
    program = here.program(MAYA)
    answer = await program.post("/api/v1/commands", content=body, headers={"Content-Type": "application/json"})
    assert error_of(answer, status)


async def test_a_body_beyond_a_mebibyte_is_not_read(here: World) -> None:
    program = here.program(MAYA)

    async def pieces() -> Any:
        for _ in range(40):
            yield b"x" * 65_536

    assert "1 MiB" in error_of(await program.post("/api/v1/commands", content=b"x" * 1_048_577), 413)
    headers = {"Content-Type": "application/json"}
    assert "1 MiB" in error_of(await program.post("/api/v1/commands", content=pieces(), headers=headers), 413)


async def test_the_postmortem_comes_as_json_and_as_markdown(here: World) -> None:
    program = here.program(MAYA)
    await declared(program)
    assert "no postmortem yet" in error_of(await program.get("/api/v1/incidents/INC-1/postmortem"), 404)
    await said(program, "resolve Pool made larger", "INC-1")
    answer = (await program.get("/api/v1/incidents/INC-1/postmortem")).json()
    assert (answer["key"], answer["status"]) == ("INC-1", "draft")
    assert answer == (await program.get("/api/v1/incidents/INC-1/postmortem.json")).json()
    markdown = await program.get("/api/v1/incidents/INC-1/postmortem.md")
    assert markdown.headers["content-type"] == "text/markdown; charset=utf-8"
    assert "INC-1" in markdown.text


async def test_action_items_can_be_listed_and_changed_one_thing_at_a_time(here: World) -> None:
    program = here.program(MAYA)
    await declared(program)
    await said(program, "action @tom by 2w: Alert on pool saturation", "INC-1")
    (item,) = (await program.get("/api/v1/actions?owner=Tom Becker")).json()["actions"]
    assert (item["key"], item["owner"], item["status"], item["incident"]) == ("ACT-1", "Tom Becker", "open", "INC-1")
    assert (await program.get("/api/v1/actions?owner=me")).json()["actions"] == []
    assert (await program.get("/api/v1/actions?overdue=1")).json()["actions"] == []

    async def change(**body: str) -> httpx.Response:
        return await program.patch("/api/v1/actions/act-1", json=body)

    assert (await change(due="2030-01-02")).json()["action"]["due"] == "2030-01-02"
    assert (await change(owner=here.person(OLGA).id)).json()["action"]["owner"] == "Olga Outside"
    assert (await change(owner="me")).json()["action"]["owner"] == "Maya Ortiz"
    assert (await change(status="done")).json()["action"]["status"] == "done"
    assert error_of(await change(status="done"), 422)
    assert (await change(status="open")).json()["action"]["status"] == "open"
    assert (await change(status="won't do", reason="retired in March")).json()["action"]["reason"] == "retired in March"
    assert (await program.get("/api/v1/actions?status=won't do")).json()["actions"][0]["key"] == "ACT-1"


async def test_an_item_that_somebody_else_ended_long_ago_is_opened_again(here: World) -> None:
    maya, tom = here.program(MAYA), here.program(TOM)
    await declared(maya)
    await said(maya, "action @tom by 2w: Alert on pool saturation", "INC-1")
    assert (await tom.patch("/api/v1/actions/ACT-1", json={"status": "done"})).status_code == 200
    body = {"status": "open", "reason": "did not hold"}
    answer = (await maya.patch("/api/v1/actions/ACT-1", json=body)).json()
    assert (answer["action"]["status"], answer["action"]["reason"]) == ("open", "did not hold")
    assert "open already" in error_of(await maya.patch("/api/v1/actions/ACT-1", json=body), 422)


async def test_action_items_are_listed_page_by_page_by_date(here: World) -> None:
    program = here.program(MAYA)
    await declared(program)
    for weeks in (3, 1, 2):
        await said(program, f"action @tom by {weeks}w: Alert {weeks}", "INC-1")
    first = (await program.get("/api/v1/actions?limit=2&owner=tom becker")).json()
    assert [one["text"] for one in first["actions"]] == ["Alert 1", "Alert 2"]
    second = (await program.get(f"/api/v1/actions?limit=2&owner=@Tom Becker&after={first['next']}")).json()
    assert ([one["text"] for one in second["actions"]], second["next"]) == (["Alert 3"], None)
    assert error_of(await program.get("/api/v1/actions?after=nonsense"), 422)
    assert (await program.get("/api/v1/actions?owner=nobody")).json()["actions"] == []


async def test_an_item_cannot_be_changed_in_nonsense(here: World) -> None:
    program = here.program(MAYA)
    await declared(program)
    await said(program, "action @tom by 2w: Alert on pool saturation", "INC-1")
    before = (await program.get("/api/v1/actions")).json()
    for body in (
        {}, {"status": "finished"}, {"due": "someday"}, {"owner": "@nobody"}, {"owner": "\x00"},
        {"owner": "me", "due": "2w"}, {"owner": "@tom"}, {"due": "2w"}, {"due": "tomorrow", "reason": "sooner"},
        {"status": None}, {"owner": "me", "reason": "because"}, {"status": "won't do"}, {"text": "other"},
    ):  # fmt: skip
        assert error_of(await program.patch("/api/v1/actions/ACT-1", json=body), 422)
    for key in ("ACT-99", "INC-1", "%00", "ACT-ABCDE"):
        assert error_of(await program.patch(f"/api/v1/actions/{key}", json={"status": "done"}), 404)
    assert (await program.get("/api/v1/actions")).json() == before


async def test_an_unknown_address_or_method_is_said_so_in_json(here: World) -> None:
    program = here.program(MAYA)
    assert "/docs" in error_of(await program.get("/api/v1/nothing"), 404)
    assert "/docs" in error_of(await program.delete("/api/v1/incidents"), 405)


async def test_past_incidents_like_one_come_with_why_what_fixed_them_and_what_is_open(here: World) -> None:
    program = here.program(MAYA)
    await said(program, "declare sev2 Payments fail: connection pool exhausted service:payments")
    await said(program, "action @tom by 2w: Alert on pool saturation", "INC-1")
    await said(program, "resolve more connections", "INC-1")
    await declared(program, "Coffee machine leaks")
    await said(program, "declare sev2 No free connection in the pool service:payments")
    (found,) = (await program.get("/api/v1/incidents/INC-3/similar")).json()["similar"]
    assert (found["key"], found["status"], found["fixed_by"]) == ("INC-1", "resolved", "more connections")
    assert found["why"][0] == "service"
    assert found["reason"].startswith("same service")
    assert "pool" in found["shared"]
    assert [(item["key"], item["owner"]) for item in found["open_actions"]] == [("ACT-1", "Tom Becker")]
    assert (await program.get("/api/v1/incidents/INC-2/similar")).json() == {"similar": []}
    error_of(await program.get("/api/v1/incidents/INC-99/similar"), 404)


@pytest.mark.parametrize("severity", [True, False, None, 1.5, [1]])
async def test_a_severity_that_is_none_declares_nothing(here: World, severity: object) -> None:
    program = here.program(MAYA)
    answer = await program.post("/api/v1/incidents", json={"title": "Checkout errors", "severity": severity})
    assert error_of(answer, 422)
    assert (await program.get("/api/v1/incidents")).json()["incidents"] == []
