"""A language model behind an OpenAI-compatible API, asked for texts for a postmortem.

Law: it gets one incident's entries and nothing else, and no tools; whatever it does or does not answer ends in one
receipt, after a few tries, and disturbs nobody. Its key stands in a header and nowhere else.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BaseModel, Field

from adapters.reach import Answer as Answered
from adapters.reach import Reach, Resolve, system_resolve
from bot.command import Command, Origin
from bot.commands.suggestions import ModelAnswered
from bot.effects import Effect
from bot.errors import GiveUp, Retry, Unsure
from bot.model import PostmortemStatus
from bot.ports import Deliver, Record, Reports
from bot.record import fetched
from bot.settings import Settings
from bot.suggesting import NAME, Answer, AskModel, Question, question, read_answer, schema
from bot.turns import CLOCK
from bot.words import suggestions as words

SECONDS = 25.0
"""For an answer as a whole: less than a lease."""
MOST = 256 * 1024
"""Bytes of an answer."""
TRIES = 3
SHORTLY, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=5)


def reach_of(settings: Settings, resolve: Resolve = system_resolve, seconds: float = SECONDS) -> Reach:
    headers = {"Authorization": f"Bearer {settings.model_key}"} if settings.model_key else {}
    anywhere = settings.allow_simulators or settings.model_internal
    return Reach(
        words.THE_MODEL, settings.model_url, headers, simulators=anywhere, resolve=resolve, seconds=seconds,
        most=MOST, missed=words.NOT_ASKED,
    )  # fmt: skip


def language_model(
    settings: Settings, reports: Reports, resolve: Resolve = system_resolve, *, seconds: float = SECONDS
) -> dict[str, Deliver]:
    """Its door by the name that the effects carry; empty where no model is set."""
    if not settings.model_url:
        return {}
    reach = reach_of(settings, resolve, seconds)

    async def deliver(effect: Effect, attempt: int, _unsure: bool) -> Command | None:
        if not isinstance(effect, AskModel):
            return None
        record = await fetched(reports, effect.tenant, effect.about)
        if record is None or not _goes_out(settings, record):
            return None
        try:
            asked = question(record)
            answers = await _answers(reach, settings.model_name, asked, seconds) if asked else ()
        except GiveUp:
            return _receipt(effect, failed=True)
        except Retry as later:
            if attempt >= TRIES:
                return _receipt(effect, failed=True)
            raise Retry(min(later.after, LONGEST_WAIT), later.why) from later
        return _receipt(effect, answers=answers)

    return {NAME: deliver}


def _goes_out(settings: Settings, record: Record) -> bool:
    """It may have turned private, or been published, since it was asked."""
    of = record.postmortem
    if of is None or of.status is PostmortemStatus.PUBLISHED:
        return False
    return settings.model_private or not record.incident.private


def _receipt(effect: AskModel, **told: Any) -> ModelAnswered:
    origin = Origin(id=f"receipt:{effect.key}", platform=CLOCK, tenant=effect.tenant)
    return ModelAnswered(origin=origin, incident_id=effect.incident, asked_by=effect.asked_by, **told)


async def _answers(reach: Reach, name: str, asked: Question, seconds: float) -> tuple[Answer, ...]:
    """Raises `Retry` where another try may help, and `GiveUp`. Asking twice changes nothing there."""
    try:
        async with asyncio.timeout(seconds):
            return read_answer(_content(await _completed(reach, name, asked)), asked.given)
    except (TimeoutError, ValueError, Unsure):
        raise Retry(SHORTLY, words.UNUSABLE) from None


async def _completed(reach: Reach, name: str, asked: Question) -> Answered:
    """Not every model knows how to keep to a schema: it is asked once more without."""
    messages = [
        {"role": "system", "content": asked.instructions},
        {"role": "user", "content": asked.document},
    ]
    body: dict[str, Any] = {"model": name, "messages": messages}
    form = {"type": "json_schema", "json_schema": {"name": "texts", "strict": True, "schema": schema()}}
    answered = await reach.send("POST", "chat/completions", {**body, "response_format": form})
    if answered.status in (400, 422):
        answered = await reach.send("POST", "chat/completions", body)
    if answered.status != 200:
        raise reach.refused(answered)
    return answered


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message


class _Completion(BaseModel):
    """What is read of an answer; models add whatever they like."""

    choices: Annotated[list[_Choice], Field(min_length=1)]


def _content(answered: Answered) -> str:
    """What it said; no text for any section where it refused. Raises `ValueError`."""
    said = _Completion.model_validate(answered.body).choices[0].message
    return '{"sections": []}' if said.refusal else said.content or ""
