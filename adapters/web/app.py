"""The web application, built from plain parts.

Law: nothing is global. Whoever builds it hands over everything it uses, and mounts beside it what has doors of its own.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.security import HTTPBearer
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from adapters.web import docs
from adapters.web.acting import PROBLEMS, Acting, Problems, commands
from adapters.web.actions_page import ActionsPage
from adapters.web.actions_several import Several
from adapters.web.actions_writing import ActionsWriting
from adapters.web.answers import Answers
from adapters.web.api import Reading, api
from adapters.web.begun import Sealed
from adapters.web.doors import API, ApiDoor, Sessions
from adapters.web.exports import Exports
from adapters.web.follow_page import FollowPage
from adapters.web.forms import FORMS_PER_MINUTE, Forms
from adapters.web.guard import Failures, Guard
from adapters.web.health import Readiness, add_probes
from adapters.web.id_tokens import IdTokens
from adapters.web.incident_page import IncidentPage
from adapters.web.links import Links
from adapters.web.lists import Lists
from adapters.web.look import STATIC, VENDOR, Look
from adapters.web.now_page import NowPage
from adapters.web.openid import OpenId
from adapters.web.pages import Pages
from adapters.web.postmortem_history import PostmortemHistory
from adapters.web.postmortem_page import PostmortemPage
from adapters.web.postmortem_writing import PostmortemWriting
from adapters.web.readers import Readers
from adapters.web.setup_page import SetupPage
from adapters.web.signing_in import SigningIn
from adapters.web.similar_page import SimilarPage
from adapters.web.suggested import Suggested
from adapters.web.writing import Writing
from bot.ports import Access, Export, Reports, Submit

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]
ABOUT = "Incidents, their timelines, postmortems and action items. Times are RFC 3339 in UTC."


@dataclass(frozen=True)
class Parts:
    submit: Submit
    reports: Reports
    access: Access
    links: Links
    ready: Readiness
    metrics: Callable[[], str]
    """Prometheus' text; may block."""
    exports: Mapping[str, Export]
    """Formats of files, by name."""
    public_url: str = ""
    providers: Sequence[IdTokens] = ()
    """With whom people can sign in beside the private link; without a public address with nobody."""
    secret: str = field(default_factory=lambda: secrets.token_hex(32), repr=False)
    """What all replicas have in common."""
    sandbox: str = ""
    """Path of the sandbox's page, which `/` leads to; empty: there is none."""
    version: str = "0"
    forms_per_minute: int = FORMS_PER_MINUTE
    """That one person may send."""


def build(parts: Parts, mounts: Sequence[tuple[str, ASGIApp]] = (), *, lifespan: Lifespan | None = None) -> FastAPI:
    app = FastAPI(
        title="Debrief",
        description=ABOUT,
        version=parts.version,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        lifespan=lifespan,
    )
    look, failures = Look(), Failures()
    add_probes(app, parts.ready, parts.metrics)
    sessions = Sessions(parts.access, https=parts.public_url.startswith("https://"))
    openid = OpenId(
        parts.access, sessions, look, parts.providers, public_url=parts.public_url, sealed=Sealed(parts.secret)
    )
    Answers(look, openid.ways).install(app)
    exports = Exports(Reading(parts.reports), parts.exports, sessions, look)
    _add_api(app, parts, exports)
    app.include_router(exports.pages())
    _add_pages(app, parts, sessions, look)
    app.include_router(openid.routes())
    app.include_router(SigningIn(parts.access, parts.links, sessions, look, openid.ways).routes())
    docs.add_docs(app, look)
    app.mount("/static", StaticFiles(directory=STATIC))
    app.mount("/vendor", StaticFiles(directory=VENDOR))
    for path, mounted in mounts:
        app.mount(path, mounted)
    app.add_middleware(ApiDoor, access=parts.access, failures=failures)
    app.add_middleware(Guard, spared=[path for path, _ in mounts])
    return app


def _add_pages(app: FastAPI, parts: Parts, sessions: Sessions, look: Look) -> None:
    readers, forms = Readers(parts.reports, sessions), Forms(parts.submit, sessions, parts.forms_per_minute)
    postmortem = PostmortemPage(parts.reports, readers, look, parts.public_url)
    actions, several = ActionsPage(parts.reports, readers, look), Several(parts.reports, readers, look)
    for pages in (
        Pages(readers, parts.sandbox),
        NowPage(parts.reports, readers, look),
        Lists(parts.reports, readers, look),
        actions,
        FollowPage(parts.reports, readers, look),
        ActionsWriting(forms, parts.reports, readers, actions, several),
        IncidentPage(parts.reports, readers, look),
        SimilarPage(parts.reports, readers, look),
        PostmortemHistory(parts.reports, readers, look),
        postmortem,
        Writing(forms),
        Suggested(forms),
        PostmortemWriting(forms, Reading(parts.reports), readers, postmortem),
        SetupPage(parts.reports, readers, look, forms),
    ):
        app.include_router(pages.routes())


def _add_api(app: FastAPI, parts: Parts, exports: Exports) -> None:
    reading = Reading(parts.reports)
    bearer: Any = Depends(HTTPBearer(auto_error=False, description="A token made by `debrief token create`."))
    refusals: Problems = {401: PROBLEMS[401], 503: PROBLEMS[503]}
    for routes in (api(reading), exports.api()):
        app.include_router(routes, prefix=API, dependencies=[bearer], responses=refusals)
    app.include_router(
        commands(Acting(parts.submit, parts.reports, reading)), prefix=API, dependencies=[bearer], responses=refusals
    )
