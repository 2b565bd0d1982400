"""Who reads a page, and what every page has. Law: whoever is not signed in is told so before anything is looked up."""

from __future__ import annotations

from fastapi import Request

from adapters.web.answers import NotSignedIn
from adapters.web.api import Reading
from adapters.web.doors import Sessions
from adapters.web.look import Look, Reader, reader_of, told_in
from bot.ports import Reports


class Readers:
    def __init__(self, reports: Reports, sessions: Sessions) -> None:
        self._reports = reports
        self._sessions = sessions

    def of(self, request: Request) -> Reader:
        """Blocks. Raises `NotSignedIn`."""
        caller = self._sessions.caller(request)
        if caller is None:
            raise NotSignedIn
        organisation = self._reports.organisation(caller.organisation)
        return reader_of(caller, organisation, seal=self._sessions.seal(request), told=told_in(request))


class Page:
    """Something to read, with its twins. Everything in it blocks, and runs in the thread pool."""

    def __init__(self, reports: Reports, readers: Readers, look: Look) -> None:
        self._reports = reports
        self._reading = Reading(reports)
        self._readers = readers
        self._look = look
