"""The API's documentation as one page without scripts, written from the OpenAPI schema that programs read."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from starlette.responses import Response

from adapters.web.look import Look
from bot.text import Value

METHODS = ("get", "post", "patch", "put", "delete")


class Field(Value):
    name: str
    kind: str
    required: bool
    about: str


class Route(Value):
    method: str
    path: str
    summary: str
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    answers: tuple[tuple[str, str], ...]
    shape: tuple[Field, ...]
    """Fields of the answer to a success."""


def add_docs(app: FastAPI, look: Look) -> None:
    @app.get("/docs", include_in_schema=False)
    def shown() -> Response:
        schema = app.openapi()
        return look.page("docs", groups=groups_of(schema), about=schema["info"]["description"])


def groups_of(schema: dict[str, Any]) -> dict[str, list[Route]]:
    groups: dict[str, list[Route]] = {}
    for path, methods in schema["paths"].items():
        for method in (name for name in METHODS if name in methods):
            operation = methods[method]
            groups.setdefault(operation.get("tags", ["pages"])[0], []).append(_route(schema, method, path, operation))
    return groups


def _route(schema: dict[str, Any], method: str, path: str, operation: dict[str, Any]) -> Route:
    answers = operation.get("responses", {})
    good: dict[str, Any] = next((answers[code] for code in sorted(answers) if code.startswith("2")), {})
    return Route(
        method=method.upper(),
        path=path,
        summary=operation.get("summary", ""),
        parameters=tuple(_parameter(schema, one) for one in operation.get("parameters", ())),
        body=_fields(schema, _content(operation.get("requestBody", {}))),
        answers=tuple((code, answer.get("description", "")) for code, answer in sorted(answers.items())),
        shape=_fields(schema, _content(good)),
    )


def _parameter(schema: dict[str, Any], one: dict[str, Any]) -> Field:
    kind = _kind(schema, one["schema"])
    where = {"header": " (header)", "path": " (in the path)"}.get(one["in"], "")
    about = one.get("description") or one["schema"].get("description", "")
    return Field(name=one["name"] + where, kind=kind, required=one.get("required", False), about=about)


def _content(holder: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = holder.get("content", {}).get("application/json", {}).get("schema", {})
    return found


def _fields(schema: dict[str, Any], shape: dict[str, Any]) -> tuple[Field, ...]:
    shape = _resolved(schema, shape)
    wanted = shape.get("required", ())
    return tuple(
        Field(name=name, kind=_kind(schema, one), required=name in wanted, about=one.get("description", ""))
        for name, one in shape.get("properties", {}).items()
    )


def _resolved(schema: dict[str, Any], shape: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in shape:
        return shape
    found: dict[str, Any] = schema["components"]["schemas"][shape["$ref"].rsplit("/", 1)[1]]
    return found


def _kind(schema: dict[str, Any], shape: dict[str, Any]) -> str:
    if "$ref" in shape:
        return str(shape["$ref"]).rsplit("/", 1)[1].removesuffix("Shape")
    if "anyOf" in shape:
        return " or ".join(dict.fromkeys(_kind(schema, one) for one in shape["anyOf"]))
    if "enum" in shape:
        return " | ".join(str(one) or '""' for one in shape["enum"])
    if shape.get("type") == "array":
        return f"list of {_kind(schema, shape.get('items', {}))}"
    return str(shape.get("format") or shape.get("type") or "any")
