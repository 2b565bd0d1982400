"""The Setup page: what an organisation decides about itself, for its admins.

Law: nothing is applied that was not shown: the form comes back with what it would alter, and only that can be sent on.
Where the operator gave a file, the page shows what it says, and why nothing can be changed here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from adapters.web.answers import TellPerson
from adapters.web.doors import vary_by_reader
from adapters.web.forms import Forms, Sent
from adapters.web.look import Look, Reader
from adapters.web.readers import Page, Readers
from adapters.web.setup_form import fields_of, groups, told_by
from bot.errors import Refused
from bot.model import Organisation, Person
from bot.policy import Policy
from bot.policy_file import written_toml
from bot.policy_written import Problem, Written, read_written, written_of
from bot.ports import PolicyRevision, Reports
from bot.text import Card, Reply, Value
from bot.words import policy as words
from bot.words import setup as setup_words

NOT_TAKEN = 422
SHOWN = 50
"""Changes in the history."""


class Changed(Value):
    """A line of the history."""

    revision: PolicyRevision
    by: str
    what: tuple[str, ...]


class SetupPage(Page):
    def __init__(self, reports: Reports, readers: Readers, look: Look, forms: Forms) -> None:
        super().__init__(reports, readers, look)
        self._forms = forms

    def routes(self) -> APIRouter:
        routes = APIRouter(include_in_schema=False)
        routes.add_api_route("/setup", self.page)
        routes.add_api_route("/setup", self.change, methods=["POST"])
        routes.add_api_route("/setup.toml", self.toml)
        routes.add_api_route("/setup.json", self.json)
        return routes

    def page(self, request: Request) -> Response:
        reader = self._readers.of(request)
        organisation = self._organisation(reader)
        return self._shown(reader, organisation, fields_of(self._written(organisation)))

    def toml(self, request: Request) -> Response:
        """A settings file to begin with."""
        written = self._written(self._organisation(self._readers.of(request)))
        return vary_by_reader(Response(written_toml(written), media_type="text/plain; charset=utf-8"))

    def json(self, request: Request) -> Response:
        written = self._written(self._organisation(self._readers.of(request)))
        return vary_by_reader(JSONResponse(written.model_dump(mode="json")))

    async def change(self, request: Request) -> Response:
        """Without the mark of a preview nothing is done but to show one."""
        sent = await self._forms.read(request)
        return await run_in_threadpool(self._read, request, sent) or await self._sent_on(request, sent)

    def _read(self, request: Request, sent: Sent) -> Response | None:
        reader = self._readers.of(request)
        organisation = self._organisation(reader)
        _, problems = read_written(told_by(sent.fields, self._written(organisation)))
        flat = fields_of(self._written(organisation)) | sent.fields
        return self._shown(reader, organisation, flat, problems, code=NOT_TAKEN) if problems else None

    async def _sent_on(self, request: Request, sent: Sent) -> Response:
        reader = await run_in_threadpool(self._readers.of, request)
        organisation = await run_in_threadpool(self._organisation, reader)
        before = await run_in_threadpool(self._written, organisation)
        told, flat = told_by(sent.fields, before), fields_of(before) | sent.fields
        more = {"dates": sent.fields.get("dates", ""), "seen": sent.fields.get("seen", "")}
        try:
            reply = await self._forms.carry_out(sent, "set_policy", wanted=Written.model_validate(told), **more)
        except Refused as no:
            return await run_in_threadpool(self._refused, reader, organisation, flat, no)
        if reply.outcome == "refused":
            return await run_in_threadpool(self._refused, reader, organisation, flat, Refused(reply.plain()))
        if reply.form is not None:
            told_more = {**flat, "seen": reply.form.args["seen"]}
            return await run_in_threadpool(self._shown, reader, organisation, told_more, (), reply.card)
        return self._forms.onward("/setup", _said(reply))

    def _refused(self, reader: Reader, organisation: Organisation, flat: Mapping[str, str], no: Refused) -> Response:
        """What was typed stays; what was seen does not count any more."""
        problem = Problem(no.field, no.text.plain())
        return self._shown(reader, organisation, {**flat, "seen": ""}, [problem], code=NOT_TAKEN)

    # -- what is shown

    def _shown(
        self,
        reader: Reader,
        organisation: Organisation,
        flat: Mapping[str, str],
        problems: Sequence[Problem] = (),
        preview: Card | None = None,
        code: int = 200,
    ) -> Response:
        wrong = {one.field: one.text for one in problems}
        history = self._history(organisation)
        page = self._look.page(
            "setup", code, reader=reader, policies=organisation.policies, problems=problems, preview=preview,
            groups=groups(flat, wrong), flat=flat, sent=_to_send(flat), history=history, policy=words,
        )  # fmt: skip
        return vary_by_reader(page)

    def _organisation(self, reader: Reader) -> Organisation:
        """Raises `TellPerson` where the reader is no admin."""
        found = self._reports.organisation(reader.caller.organisation)
        if found is None or not reader.admin:
            raise TellPerson(403, setup_words.only_admins().plain())
        return found

    def _written(self, organisation: Organisation) -> Written:
        leads = {team.lead for team in organisation.policies.teams}
        people = self._reports.people(organisation.id, leads)
        return written_of(organisation.policies, lambda id_: _called(people.get(id_)))

    def _history(self, organisation: Organisation) -> list[Changed]:
        """The newest first, each with what it made of the one before."""
        found = self._reports.policy_history(organisation.id, SHOWN + 1)
        ids = {one.by for one in found} | {team.lead for one in found for team in one.policies.teams}
        people = self._reports.people(organisation.id, ids)
        befores: list[Policy] = [*(one.policies for one in found[1:]), Policy()]

        def name(id_: str) -> str:
            return people[id_].name if id_ in people else id_.removeprefix("integration:").removeprefix("p_")

        return [
            Changed(revision=one, by=name(one.by), what=tuple(_differences(before, one.policies, name)))
            for one, before in list(zip(found, befores, strict=False))[:SHOWN]
            if any(getattr(before, field) != getattr(one.policies, field) for field in Policy.model_fields)
        ]


def _differences(before: Policy, after: Policy, name: Callable[[str], str]) -> list[str]:
    fields = (field for field in Policy.model_fields if getattr(before, field) != getattr(after, field))
    return [words.difference(field, before, after, name).plain() for field in fields]


def _called(lead: Person | None) -> str:
    return (lead.email or lead.name) if lead else ""


def _to_send(flat: Mapping[str, str]) -> dict[str, str]:
    """What goes with the preview when it is applied."""
    return {name: text for name, text in flat.items() if not name.startswith("_") and name != "dates"}


def _said(reply: Reply) -> str:
    return "\n".join(section.text.plain() for section in reply.card.sections) or reply.plain()
