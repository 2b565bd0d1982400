"""A published postmortem as a pull request on GitHub."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import quote

from adapters.export.merging import Merging, path_of
from adapters.reach import SHORTLY, Answer, Reach
from bot.errors import GiveUp, Retry
from bot.ports import Record
from bot.record import postmortem_of
from bot.words import publishing as words

NAME = "github"


def blob(content: bytes) -> str:
    """The name that git gives to a file of this content."""
    return hashlib.sha1(f"blob {len(content)}\0".encode() + content, usedforsecurity=False).hexdigest()


class GitHub(Merging):
    def __init__(self, reach: Reach, repository: str) -> None:
        super().__init__(reach)
        self._owner = repository.split("/", maxsplit=1)[0]
        self._repository = f"repos/{repository}"

    async def _base(self) -> str:
        answer = await self._reach.get(self._repository)
        if answer.status != 200:
            raise self._missing(answer, "the repository")
        return str(answer.fields.get("default_branch") or "main")

    def _name_of(self, content: bytes) -> str:
        return blob(content)

    async def _stands(self, key: str, branch: str) -> str:
        answer = await self._reach.get(f"{self._repository}/contents/{path_of(key)}", ref=branch)
        return str(answer.fields.get("sha", "")) if answer.status == 200 else ""

    async def _ensure_branch(self, branch: str, base: str) -> None:
        if (await self._head(branch)).status == 200:
            return
        head = await self._head(base)
        if head.status != 200:
            raise self._missing(head, f"its branch {base}")
        start = str((head.fields.get("object") or {}).get("sha", ""))
        made = await self._reach.send(
            "POST", f"{self._repository}/git/refs", {"ref": f"refs/heads/{branch}", "sha": start}
        )
        if made.status == 422:
            raise Retry(SHORTLY, words.busy(self._reach.name))  # somebody else made it in between: looked at again
        self._done(made)

    async def _head(self, branch: str) -> Answer:
        return await self._reach.get(f"{self._repository}/git/ref/heads/{quote(branch)}")

    async def _write(self, record: Record, branch: str, content: bytes, stands: str) -> None:
        key = record.incident.key
        told = {
            "message": words.commit(key, postmortem_of(record).version),
            "content": base64.b64encode(content).decode("ascii"),
            "branch": branch,
        }
        told |= {"sha": stands} if stands else {}
        answer = await self._reach.send("PUT", f"{self._repository}/contents/{path_of(key)}", told)
        if answer.status == 409:
            raise Retry(SHORTLY, words.busy(self._reach.name))
        self._done(answer)

    async def _request(self, record: Record, branch: str, base: str) -> None:
        key = record.incident.key
        told = {"title": words.request_title(key, postmortem_of(record).version), "body": words.request_text(key)}
        head = f"{self._owner}:{branch}"
        found = (await self._reach.get(f"{self._repository}/pulls", head=head, state="open")).rows
        if not found:
            made = {**told, "head": branch, "base": base}
            self._done(await self._reach.send("POST", f"{self._repository}/pulls", made))
        elif found[0].get("title") != told["title"]:
            number = int(found[0].get("number", 0))
            self._done(await self._reach.send("PATCH", f"{self._repository}/pulls/{number}", told))

    def _missing(self, answer: Answer, what: str) -> Exception:
        if answer.status == 404:
            return GiveUp(words.missing(self._reach.name, what))
        return self._reach.refused(answer)
