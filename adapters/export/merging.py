"""A published postmortem as a request to a repository: one branch, one file, one request an incident.

Law: it looks before it writes, so that carrying it out again changes nothing that is right already.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from adapters.export.markdown import markdown
from adapters.reach import Answer, Reach
from bot.ports import Record

FOLDER = "postmortems"


def branch_of(key: str) -> str:
    return f"debrief/{key.lower()}"


def path_of(key: str) -> str:
    return f"{FOLDER}/{key}.md"


class Merging(ABC):
    """What a program of that kind does, in its order; each program says how. All of it raises what `Reach` raises."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach

    async def put(self, record: Record) -> None:
        key, content = record.incident.key, markdown(record)
        base = await self._base()
        if await self._stands(key, base) == self._name_of(content):
            return
        branch = branch_of(key)
        await self._ensure_branch(branch, base)
        if (stands := await self._stands(key, branch)) != self._name_of(content):
            await self._write(record, branch, content, stands)
        await self._request(record, branch, base)

    @abstractmethod
    async def _base(self) -> str:
        """The branch into which things are merged."""

    @abstractmethod
    def _name_of(self, content: bytes) -> str:
        """How the program tells one content of a file from another."""

    @abstractmethod
    async def _stands(self, key: str, branch: str) -> str:
        """The name of the file's content on a branch; empty: there is none."""

    @abstractmethod
    async def _ensure_branch(self, branch: str, base: str) -> None: ...

    @abstractmethod
    async def _write(self, record: Record, branch: str, content: bytes, stands: str) -> None:
        """In the place of what `stands` there."""

    @abstractmethod
    async def _request(self, record: Record, branch: str, base: str) -> None: ...

    def _done(self, answer: Answer) -> None:
        if answer.status >= 400:
            raise self._reach.refused(answer)
