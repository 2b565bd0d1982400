"""GitHub, GitLab and Confluence as small programs that remember what they were told."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import httpx

from adapters.export.github import blob

Route = tuple[str, str, Callable[..., httpx.Response]]


def answer(status: int, body: Any = None, **headers: str) -> httpx.Response:
    return httpx.Response(status, json=body, headers=headers)


class Fake:
    """`lost` loses the answers to the next so many writes after they were carried out."""

    prefix = ""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []
        self.headers: list[httpx.Headers] = []
        self.lost = 0
        self.refusing: httpx.Response | None = None

    @property
    def writes(self) -> list[str]:
        return [method for method, _ in self.calls if method != "GET"]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode().split("?")[0].removeprefix(self.prefix)
        self.calls.append((request.method, path))
        self.headers.append(request.headers)
        if self.refusing is not None:
            return self.refusing
        body = json.loads(request.content) if request.content else {}
        made = self.route(request.method, path, dict(request.url.params), body)
        if request.method != "GET" and self.lost:
            self.lost -= 1
            raise httpx.ReadTimeout("lost", request=request)
        return made

    def route(self, method: str, path: str, asked: dict[str, str], body: dict[str, Any]) -> httpx.Response:
        raise NotImplementedError


class FakeGitHub(Fake):
    prefix = "/repos/acme/postmortems"

    def __init__(self) -> None:
        super().__init__()
        self.branches: dict[str, dict[str, bytes]] = {"main": {}}
        self.pulls: list[dict[str, Any]] = []

    def route(self, method: str, path: str, asked: dict[str, str], body: dict[str, Any]) -> httpx.Response:
        match method, path.split("/")[1:]:
            case "GET", []:
                return answer(200, {"default_branch": "main"})
            case "GET", ["git", "ref", "heads", *name]:
                there = "/".join(name) in self.branches
                return answer(200, {"object": {"sha": "a" * 40}}) if there else answer(404, {})
            case "POST", ["git", "refs"]:
                self.branches[body["ref"].removeprefix("refs/heads/")] = dict(self.branches["main"])
                return answer(201, {})
            case "GET", ["contents", *name]:
                content = self.branches[asked["ref"]].get("/".join(name))
                return answer(404, {}) if content is None else answer(200, {"sha": blob(content)})
            case "PUT", ["contents", *name]:
                return self._put(body, "/".join(name))
        return self._pulls(method, path, asked, body)

    def _put(self, body: dict[str, Any], name: str) -> httpx.Response:
        stands = self.branches[body["branch"]].get(name)
        if (blob(stands) if stands is not None else None) != body.get("sha"):
            return answer(409, {})
        self.branches[body["branch"]][name] = base64.b64decode(body["content"])
        return answer(200, {})

    def _pulls(self, method: str, path: str, asked: dict[str, str], body: dict[str, Any]) -> httpx.Response:
        if method == "GET":
            assert asked["head"].startswith("acme:")
            return answer(200, [one for one in self.pulls if one["head"] == asked["head"].removeprefix("acme:")])
        if method == "POST":
            self.pulls.append({**body, "number": len(self.pulls) + 1})
            return answer(201, {})
        self.pulls[int(path.rsplit("/", 1)[1]) - 1] |= body
        return answer(200, {})


class FakeGitLab(Fake):
    prefix = "/api/v4/projects/acme%2Fpostmortems"

    def __init__(self) -> None:
        super().__init__()
        self.branches: dict[str, dict[str, bytes]] = {"main": {}}
        self.requests: list[dict[str, Any]] = []

    def route(self, method: str, path: str, asked: dict[str, str], body: dict[str, Any]) -> httpx.Response:
        if not path:
            return answer(200, {"default_branch": "main"})
        if found := re.fullmatch(r"/repository/branches(?:/(.+))?", path):
            return self._branch(unquote(found[1] or ""), body)
        if found := re.fullmatch(r"/repository/files/(.+)", path):
            return self._file(method, unquote(found[1]), asked, body)
        if method == "GET":
            return answer(200, [one for one in self.requests if one["source_branch"] == asked["source_branch"]])
        if method == "POST":
            self.requests.append({**body, "iid": len(self.requests) + 1})
        else:
            self.requests[int(path.rsplit("/", 1)[1]) - 1] |= body
        return answer(200, {})

    def _branch(self, name: str, body: dict[str, Any]) -> httpx.Response:
        if name:
            return answer(200 if name in self.branches else 404, {})
        self.branches[body["branch"]] = dict(self.branches[body["ref"]])
        return answer(201, {})

    def _file(self, method: str, name: str, asked: dict[str, str], body: dict[str, Any]) -> httpx.Response:
        if method == "GET":
            content = self.branches[asked["ref"]].get(name)
            told = {} if content is None else {"content_sha256": hashlib.sha256(content).hexdigest()}
            return answer(200 if told else 404, told)
        there = name in self.branches[body["branch"]]
        if there != (method == "PUT"):
            return answer(400, {})
        self.branches[body["branch"]][name] = base64.b64decode(body["content"])
        return answer(200, {})


class FakeConfluence(Fake):
    prefix = "/wiki/api/v2"

    def __init__(self) -> None:
        super().__init__()
        self.pages: dict[str, dict[str, Any]] = {}
        self.properties: dict[str, dict[str, Any]] = {}

    def route(self, method: str, path: str, asked: dict[str, str], body: dict[str, Any]) -> httpx.Response:
        match method, path.split("/")[1:]:
            case "GET", ["spaces"]:
                return answer(200, {"results": [{"id": "77", "key": asked["keys"]}]})
            case "GET", ["pages"]:
                return answer(200, {"results": [one for one in self.pages.values() if one["title"] == asked["title"]]})
            case "POST", ["pages"]:
                return self._create(body)
            case "PUT", ["pages", page]:
                if body["version"]["number"] != self.pages[page]["version"]["number"] + 1:
                    return answer(409, {})
                self.pages[page] |= {**body, "body": {"storage": body["body"]}}
                return answer(200, self.pages[page])
            case "GET", ["pages", page, "properties"]:
                return answer(200, {"results": [self.properties[page]] if page in self.properties else []})
            case _, ["pages", page, "properties", *_]:
                self.properties[page] = {"id": "5", "version": {"number": 1}, **body}
                return answer(200, {})
        return answer(404, {})

    def _create(self, body: dict[str, Any]) -> httpx.Response:
        if any(one["title"] == body["title"] for one in self.pages.values()):
            return answer(400, {})
        id_ = str(100 + len(self.pages))
        self.pages[id_] = {**body, "id": id_, "version": {"number": 1}, "body": {"storage": body["body"]}}
        return answer(200, self.pages[id_])
