"""A published postmortem as a merge request on GitLab."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import quote

from adapters.export.merging import Merging, path_of
from adapters.reach import SHORTLY, Reach
from bot.errors import GiveUp, Retry
from bot.ports import Record
from bot.record import postmortem_of
from bot.words import publishing as words

NAME = "gitlab"


class GitLab(Merging):
    def __init__(self, reach: Reach, project: str) -> None:
        super().__init__(reach)
        self._project = f"projects/{quote(project, safe='')}"

    async def _base(self) -> str:
        answer = await self._reach.get(self._project)
        if answer.status == 404:
            raise GiveUp(words.missing(self._reach.name, "the project"))
        self._done(answer)
        return str(answer.fields.get("default_branch") or "main")

    def _file(self, key: str) -> str:
        return f"{self._project}/repository/files/{quote(path_of(key), safe='')}"

    def _name_of(self, content: bytes) -> str:
        return hashlib.sha256(content).hexdigest()

    async def _stands(self, key: str, branch: str) -> str:
        answer = await self._reach.get(self._file(key), ref=branch)
        return str(answer.fields.get("content_sha256", "")) if answer.status == 200 else ""

    async def _ensure_branch(self, branch: str, base: str) -> None:
        path = f"{self._project}/repository/branches"
        if (await self._reach.get(f"{path}/{quote(branch, safe='')}")).status == 200:
            return
        made = await self._reach.send("POST", path, {"branch": branch, "ref": base})
        if made.status == 400:
            raise Retry(SHORTLY, words.busy(self._reach.name))  # somebody else made it in between: looked at again
        self._done(made)

    async def _write(self, record: Record, branch: str, content: bytes, stands: str) -> None:
        key = record.incident.key
        told = {
            "branch": branch,
            "commit_message": words.commit(key, postmortem_of(record).version),
            "content": base64.b64encode(content).decode("ascii"),
            "encoding": "base64",
        }
        self._done(await self._reach.send("PUT" if stands else "POST", self._file(key), told))

    async def _request(self, record: Record, branch: str, base: str) -> None:
        key, path = record.incident.key, f"{self._project}/merge_requests"
        told = {
            "title": words.request_title(key, postmortem_of(record).version),
            "description": words.request_text(key),
        }
        found = (await self._reach.get(path, state="opened", source_branch=branch, target_branch=base)).rows
        if not found:
            made = {**told, "source_branch": branch, "target_branch": base, "remove_source_branch": True}
            answer = await self._reach.send("POST", path, made)
            if answer.status == 409:
                raise Retry(SHORTLY, words.busy(self._reach.name))
            self._done(answer)
        elif found[0].get("title") != told["title"]:
            self._done(await self._reach.send("PUT", f"{path}/{int(found[0].get('iid', 0))}", told))
