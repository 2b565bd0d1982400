"""From the resolution to the suggestion and back, through the engine, the database and the outbox."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import respx
from sqlalchemy import text

from adapters.export.formats import FORMATS
from adapters.sandbox.mrkdwn import addressed_by_app
from adapters.slack import blocks
from adapters.suggesting import language_model
from adapters.teams import cards
from adapters.teams.sealed import Seal
from bot.command import Command
from bot.commands.captures import Deleted, Said
from bot.effects import Effect
from bot.errors import Refused
from bot.grammar import read
from bot.model import Postmortem
from bot.outbox import Outbox
from bot.ports import Record
from bot.record import json_of
from bot.text import Button, Reply
from bot.words.suggestions import MARK
from bot.writer import Writer
from storage import people
from storage.reports import SqlReports
from tests.model.fakes import PUBLIC, FakeModel, resolve, settings, texts
from tests.model.hostile import INJECTIONS, obeys
from tests.web.conftest import empty, folder, here
from tests.web.world import MAYA, TENANT, TOM, World, message

__all__ = ["empty", "folder", "here"]


class Chat:
    """A platform that takes whatever it is sent, and remembers when."""

    def __init__(self) -> None:
        self.sent: list[tuple[float, Effect]] = []

    async def deliver(self, effect: Effect, _attempt: int, _unsure: bool) -> Command | None:
        self.sent.append((time.monotonic(), effect))
        return None

    def privately(self, user: str) -> list[str]:
        told = (effect for _, effect in self.sent if getattr(effect, "account", "").endswith(user))
        return [effect.card.plain() for effect in told if effect.kind == "direct"]  # type: ignore[attr-defined]

    def publicly(self) -> list[str]:
        return [effect.card.plain() for _, effect in self.sent if effect.kind == "post"]  # type: ignore[attr-defined]


@asynccontextmanager
async def running(here: World, model: FakeModel, **told: str) -> AsyncIterator[Chat]:
    """The outbox beside the world's own writer, with the model connected."""
    chat = Chat()
    here.store.language_model = "any" if told.get("MODEL_PRIVATE") else "public"
    doors = language_model(settings(**told), SqlReports(here.store), resolve)
    outbox = Outbox(here.writer, {"slack": chat.deliver, **doors})
    here.writer.on_commit = outbox.wake
    with respx.mock(assert_all_called=False) as wire:
        wire.route(host=PUBLIC).mock(side_effect=model)
        outbox.start()
        try:
            yield chat
        finally:
            await outbox.stop(patience=0.1)


def record(here: World, key: str = "INC-1") -> Record:
    found = here.reports.record(people.debrief(here.organisation), key)
    assert found is not None
    return found


def draft(here: World, key: str = "INC-1") -> Postmortem:
    found = record(here, key).postmortem
    assert found is not None
    return found


async def until(done: Callable[[], Any], seconds: float = 20.0) -> None:
    for _ in range(round(seconds / 0.03)):
        if done():
            return
        await asyncio.sleep(0.03)
    assert done()


async def happened(here: World, *said: str, declared: str = "declare sev2 Checkout fails", user: str = MAYA) -> str:
    reply = await here.chat(user, declared)
    await here.opened(reply.incident, channel=f"C-{reply.incident}")
    for n, words in enumerate(said):
        where, link = (
            message(f"17640000{n:02}.000100", f"C-{reply.incident}"),
            f"https://acme.slack.com/archives/C/p{n}",
        )
        told = {"origin": here.origin(TOM), "message": where, "stamp": n + 1, "text": words, "permalink": link}
        await here.writer.submit(Said.model_validate(told))
    return reply.incident


def buttons(reply: Reply, label: str) -> list[Button]:
    return [one for section in reply.card.sections for one in section.buttons if one.label == label]


def about(words: str, sentence: str) -> Any:
    """A model that says `sentence` and cites the entry that has `words` in it."""
    return lambda rows: texts([(sentence, [row["id"] for row in rows if words in row["text"]])])


# -- the usual way


async def test_what_is_suggested_at_the_resolution_becomes_a_persons_text(here: World) -> None:
    model = FakeModel(about("exhausted", "The pool was exhausted."))
    async with running(here, model) as chat:
        key = await happened(here, "The pool is exhausted", "larger pool is out")
        await here.chat(MAYA, "resolve the pool is larger", key)
        await until(lambda: draft(here).suggestions)
        assert len(model.requests) == 1
        shown = await here.chat(MAYA, "postmortem", key)
        assert MARK in shown.plain()
        page = (await here.client(TOM).get(f"/incidents/{key}/postmortem")).text
        assert page.count(MARK) == 1
        assert "The pool was exhausted." in page
        assert 'href="https://acme.slack.com/archives/C/p0"' in page.split(MARK)[1].split("</section>")[0]
        (accept,) = buttons(shown, "Accept this text")
        await here.gave(accept.does, MAYA, **accept.args)
        assert not [said for said in chat.privately(MAYA) if "model" in said]
    now = draft(here)
    assert now.suggestions == ()
    assert "What happened: The pool was exhausted." in now.edited["learning"].text
    log = [entry.text for entry in record(here).entries]
    assert "A language model was asked to suggest texts for the postmortem" in log
    assert "Postmortem: “Learning card” written, with a text that a language model suggested" in log
    assert MARK not in (await here.client(TOM).get(f"/incidents/{key}/postmortem")).text


async def test_no_file_and_no_published_copy_has_what_nobody_accepted(here: World) -> None:
    async with running(here, FakeModel(about("exhausted", "The pool was exhausted."))):
        key = await happened(here, "The pool is exhausted")
        await here.chat(MAYA, "resolve done", key)
        await until(lambda: draft(here).suggestions)
    files = {name: export for name, export in FORMATS.items() if name not in ("external", "pdf")}
    before = {name: export(record(here)) for name, export in files.items()}
    for content in before.values():
        assert b"was exhausted" not in content
    twin = json_of(record(here))
    assert [one["mark"] for one in twin["suggestions"]] == [MARK]
    assert (await here.gave("postmortem_publish", MAYA, incident=key, sure="yes")).outcome == "done"
    assert json_of(record(here))["suggestions"] == []
    with here.store.reading() as work:
        stored = work.rows(text("SELECT body FROM postmortem UNION ALL SELECT text FROM postmortem_revision"))
    assert not [row for row in stored if "was exhausted" in str(row)]


async def test_whoever_asks_by_hand_hears_of_it_privately_and_the_channel_does_not(here: World) -> None:
    model = FakeModel(about("exhausted", "The pool was exhausted."))
    async with running(here, model) as chat:
        key = await happened(here, "The pool is exhausted")
        await here.chat(MAYA, "postmortem open", key)
        await until(lambda: draft(here).suggestions)
        await here.chat(TOM, "postmortem suggest", key)
        await until(lambda: any("suggested a text" in said for said in chat.privately(TOM)))
        assert not [said for said in chat.publicly() if "model" in said]
        assert len(model.requests) == 2


async def test_without_a_model_everything_is_the_same(here: World) -> None:
    key = await happened(here, "The pool is exhausted")
    await here.chat(MAYA, "resolve done", key)
    refused = await here.chat(MAYA, "postmortem suggest", key)
    assert refused.outcome == "refused"
    assert "No language model is connected here" in refused.plain()
    assert MARK not in (await here.chat(MAYA, "postmortem", key)).plain()
    with here.store.reading() as work:
        assert work.rows(text("SELECT id FROM outbox WHERE kind = 'ask_model'")) == []


# -- deleted in chat


async def test_what_is_deleted_in_chat_takes_along_what_was_written_from_it(here: World) -> None:
    model = FakeModel(lambda _rows: texts([("The canary pool was exhausted.", ["e1"])], [("It was slow.", ["e2"])]))
    async with running(here, model):
        key = await happened(here, "The canary pool is exhausted", "It is slow")
        await here.chat(MAYA, "resolve done", key)
        await until(lambda: len(draft(here).suggestions) == 2)
        gone = message("1764000000.000100", f"C-{key}")
        await here.writer.submit(Deleted(origin=here.origin(TOM), message=gone, stamp=99))
        page = (await here.client(TOM).get(f"/incidents/{key}/postmortem")).text
        assert "canary" not in page
        assert "canary pool was" not in (await here.chat(MAYA, "postmortem", key)).plain()
        await until(lambda: [one.section for one in draft(here).suggestions] == ["impact"])
    with here.store.reading() as work:
        for name in ("postmortem", "postmortem_revision", "entry", "revision", "outbox"):
            assert not [row for row in work.rows(text(f"SELECT * FROM {name}")) if "canary" in str(row)], name


async def test_deleting_what_nothing_rests_on_costs_no_command(here: World) -> None:
    key = await happened(here, "The pool is exhausted")
    await here.chat(MAYA, "resolve done", key)
    await here.writer.submit(
        Deleted(origin=here.origin(TOM), message=message("1764000000.000100", f"C-{key}"), stamp=99)
    )
    with here.store.reading() as work:
        assert work.rows(text("SELECT id FROM outbox WHERE kind = 'turn'")) == []


# -- private incidents


@pytest.mark.parametrize("may", ["", "1"])
async def test_a_private_incident_is_given_out_only_where_a_setting_says_so(here: World, may: str) -> None:
    model = FakeModel()
    async with running(here, model, **({"MODEL_PRIVATE": may} if may else {})) as chat:
        await happened(here, "nothing to see in public")
        key = await happened(here, "zirconium leaked", declared="declare sev2 Breach --private")
        await here.chat(MAYA, "resolve done", key)
        await until(lambda: sum("open as a draft" in said for said in chat.publicly()) == 1 and not _waiting(here))
        assert bool(draft(here, key).suggestions) == bool(may)
    given = json.dumps(model.requests)
    assert ("zirconium" in given) == bool(may)
    assert "nothing to see in public" not in given
    stranger = await here.client(TOM).get(f"/incidents/{key}/postmortem.json")
    assert (stranger.status_code, "zirconium" in stranger.text) == (404, False)


# -- whatever the model does


@pytest.mark.parametrize("seconds", [0, 60])
@pytest.mark.parametrize(
    "answer", [httpx.Response(200, content=b"x" * 1_000_000), httpx.Response(500), None], ids=["1 MB", "down", "none"]
)
async def test_the_draft_is_there_at_once_whatever_the_model_does(
    here: World, seconds: float, answer: httpx.Response | None
) -> None:
    model = FakeModel(lambda _rows: "I would rather not.")
    model.seconds, model.answer = seconds, answer
    async with running(here, model) as chat:
        key = await happened(here, "The pool is exhausted")
        begun = time.monotonic()
        await here.chat(MAYA, "resolve done", key)
        assert draft(here).status.value == "draft"
        assert "What happened: Checkout fails: done" in (await here.chat(MAYA, "postmortem", key)).plain()
        await until(lambda: any("open as a draft" in said for said in chat.publicly()), seconds=5)
        await until(lambda: model.requests, seconds=5)
        assert time.monotonic() - begun < 5
        assert (await here.chat(MAYA, "action @tom by 2w: Alert on saturation", key)).outcome == "done"
    assert draft(here).suggestions == ()
    assert not [said for said in chat.publicly() if "model" in said]


async def test_a_slow_model_holds_up_no_chat_however_many_ask(here: World) -> None:
    """More incidents than the outbox has workers."""
    model = FakeModel()
    model.seconds = 60
    async with running(here, model) as chat:
        keys = [await happened(here, f"pool {n} is exhausted") for n in range(10)]
        for key in keys:
            await here.chat(MAYA, "resolve done", key)
        await here.chat(MAYA, "update monitoring all is calm", keys[0])
        await until(lambda: sum("open as a draft" in said for said in chat.publicly()) == len(keys))
        await until(lambda: model.requests and any("all is calm" in said for said in chat.publicly()))
        assert len(model.requests) == 1


async def test_somebody_who_asked_hears_when_the_model_gives_no_answer(here: World) -> None:
    model = FakeModel()
    model.answer = httpx.Response(401, json={})
    async with running(here, model) as chat:
        key = await happened(here, "The pool is exhausted")
        await here.chat(MAYA, "postmortem open", key)
        await here.chat(TOM, "postmortem suggest", key)
        await until(lambda: any("gave no answer" in said for said in chat.privately(TOM)))
        assert not [said for said in (*chat.publicly(), *chat.privately(MAYA)) if "model" in said]


# -- a model that obeys whoever wrote into the log


BAD = ("@", "://", "evil", "javascript:", "forgot", "should have", "root cause")


def test_there_are_enough_hostile_messages() -> None:
    assert len(set(INJECTIONS)) >= 30


@pytest.mark.parametrize("start", [0, 12, 24])
async def test_a_model_that_obeys_hostile_messages_does_nothing_here(here: World, start: int) -> None:
    hostile = INJECTIONS[start:] + INJECTIONS[:start]
    foreign = await happened(here, "the secret of another incident", declared="declare sev4 Something else")
    model = FakeModel(lambda rows: obeys([one for one in rows if one["kind"] == "message"], hostile))
    async with running(here, model) as chat:
        key = await happened(here, *hostile)
        before = record(here, key)
        await here.chat(MAYA, "resolve done", key)
        await until(lambda: model.requests and not _waiting(here))
        now = record(here, key)
        assert "the secret of another incident" not in json.dumps(model.requests)
        assert (now.incident.severity, now.incident.roles) == (before.incident.severity, before.incident.roles)
        assert now.items == ()
        assert now.postmortem is not None
        assert now.postmortem.status.value == "draft"
        assert (now.postmortem.factors, now.postmortem.edited) == ((), {})
        assert record(here, foreign).postmortem is None
        given = {entry.id for entry in now.entries if entry.kind.value == "message"}
        for one in now.postmortem.suggestions:
            for sentence in one.sentences:
                assert sentence.entries
                assert set(sentence.entries) <= given
                assert not [bad for bad in BAD if bad in sentence.text]
                assert not re.search("[\u200b\u202e\ue000\ue001\n]", sentence.text)
        shown = await here.chat(MAYA, "postmortem", key)
        assert shown.plain().count(MARK) == len(now.postmortem.suggestions) > 0
        _harmless(shown)
        page = (await here.client(TOM).get(f"/incidents/{key}/postmortem")).text
        assert not re.search(r"<(?:script|img|b)\b(?! src=\"/static)", page.split("<main")[1].split("</main>")[0])
        assert not [said for said in chat.publicly() if "channel" in said]


def _waiting(here: World) -> bool:
    with here.store.reading() as work:
        return bool(work.rows(text("SELECT id FROM outbox WHERE kind = 'ask_model' AND finished IS NULL")))


def _harmless(shown: Reply) -> None:
    """Nothing of the suggestions pings anybody, or leads anywhere but to chat."""
    suggested = shown.card.model_copy(
        update={"sections": tuple(one for one in shown.card.sections if MARK in one.text.plain())}
    )
    told = blocks.message(suggested, TENANT)
    assert addressed_by_app(told) == []
    built = cards.message(suggested, Seal("secret"), tenant="t1")
    assert "evil" not in json.dumps(told) + json.dumps(built)
    assert "entities" not in json.dumps(built)


async def test_a_receipt_cannot_be_given_over_the_web_or_in_chat(here: World) -> None:
    key = await happened(here, "The pool is exhausted")
    for kind in ("model_answered", "forget_suggestions"):
        with pytest.raises(Refused):
            await here.gave(kind, MAYA, incident=key)
    program = here.program(MAYA)
    answered = await program.post("/api/v1/commands", json={"text": f"{key} model_answered"})
    assert answered.status_code != 200 or "did you mean" in answered.text.casefold()
    assert isinstance(here.writer, Writer)
    assert read("model_answered", here.origin(MAYA)).kind == "unknown"
