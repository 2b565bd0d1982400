"""As much of GraphQL as simulated trackers need: documents are read, counted, and answered from plain objects.

Law: whatever a real server would refuse before it does anything is refused here too, with its status and its code.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

TOKEN = re.compile(r'([A-Za-z_]\w*)|(\$\w+)|("(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?)|([{}()\[\]:!])')
SKIPPED = re.compile(r"[\s,]+")


class Problem(Exception):
    """An error as it stands in `errors`."""

    def __init__(self, message: str, code: str = "GRAPHQL_VALIDATION_FAILED", status: int = 400) -> None:
        self.status = status
        self.body = {"errors": [{"message": message, "extensions": {"code": code, "statusCode": 400}}], "data": None}
        super().__init__(message)


@dataclass(frozen=True)
class Asked:
    name: str
    args: dict[str, Any]
    fields: tuple[Asked, ...]


@dataclass(frozen=True)
class Document:
    kind: str
    """query or mutation"""
    declared: dict[str, str]
    fields: tuple[Asked, ...]


def read(text: str) -> Document:
    """Raises `Problem`."""
    try:
        return _Reader(text).document()
    except (IndexError, StopIteration):
        raise Problem("Syntax Error", "GRAPHQL_PARSE_FAILED") from None


class _Reader:
    def __init__(self, text: str) -> None:
        bare = SKIPPED.sub("", TOKEN.sub("", text))
        if bare:
            raise Problem(f"Syntax Error: {bare[:20]}", "GRAPHQL_PARSE_FAILED")
        self._tokens = [found[0] for found in TOKEN.finditer(text)]

    def _next(self, wanted: str = "") -> str:
        token = self._tokens.pop(0)
        if wanted and token != wanted:
            raise Problem(f"Syntax Error: expected {wanted}, found {token}", "GRAPHQL_PARSE_FAILED")
        return token

    def _is(self, token: str) -> bool:
        return self._tokens[0] == token

    def document(self) -> Document:
        kind = self._next() if not self._is("{") else "query"
        if not (self._is("{") or self._is("(")):
            self._next()  # its name
        declared: dict[str, str] = {}
        if self._is("("):
            self._next()
            while not self._is(")"):
                name = self._next()[1:]
                self._next(":")
                declared[name] = self._type()
            self._next()
        return Document(kind, declared, self._fields())

    def _type(self) -> str:
        made = self._next()
        if made == "[":
            made += self._type() + self._next("]")
        return made + (self._next() if self._is("!") else "")

    def _fields(self) -> tuple[Asked, ...]:
        self._next("{")
        made = []
        while not self._is("}"):
            name = self._next()
            args = self._object("(", ")") if self._is("(") else {}
            made.append(Asked(name, args, self._fields() if self._is("{") else ()))
        self._next()
        return tuple(made)

    def _object(self, begin: str, end: str) -> dict[str, Any]:
        self._next(begin)
        made = {}
        while not self._is(end):
            name = self._next()
            self._next(":")
            made[name] = self._value()
        self._next()
        return made

    def _value(self) -> Any:
        if self._is("{"):
            return self._object("{", "}")
        if self._is("["):
            self._next()
            made = []
            while not self._is("]"):
                made.append(self._value())
            self._next()
            return made
        token = self._next()
        return _Variable(token[1:]) if token.startswith("$") else json.loads(token)


@dataclass(frozen=True)
class _Variable:
    name: str


def given(document: Document, variables: Mapping[str, Any]) -> None:
    """Raises `Problem` where a variable is missing, or is none that was declared."""
    for name, type_ in document.declared.items():
        if type_.endswith("!") and variables.get(name) is None:
            raise Problem(f'Variable "${name}" of required type "{type_}" was not provided.')
        if type_.strip("!") == "String" and not isinstance(variables.get(name, ""), str | None):
            raise Problem(f'Variable "${name}" got invalid value; String cannot represent a non string value')


def cost(fields: tuple[Asked, ...]) -> float:
    """A tenth for a property, one for an object, and a list as often as `first` says, or 50 times."""
    total = 0.0
    for one in fields:
        often = one.args.get("first", 50) if any(field.name == "nodes" for field in one.fields) else 1
        total += often * (1 + cost(one.fields)) if one.fields else 0.1
    return total


def answered(document: Document, variables: Mapping[str, Any], root: Mapping[str, Any]) -> dict[str, Any]:
    """Values of objects may be functions, whose parameters are the arguments, with a `_` behind. Raises `Problem`."""
    given(document, variables)
    return _object(document.fields, variables, root)


def _object(fields: tuple[Asked, ...], variables: Mapping[str, Any], source: Mapping[str, Any]) -> dict[str, Any]:
    made = {}
    for one in fields:
        if one.name not in source:
            raise Problem(f'Cannot query field "{one.name}".')
        value = source[one.name]
        if callable(value):
            value = _called(one, value, _filled(one.args, variables))
        made[one.name] = _shaped(one, variables, value)
    return made


def _called(one: Asked, function: Callable[..., Any], args: dict[str, Any]) -> Any:
    named = {f"{name}_": value for name, value in args.items()}
    try:
        inspect.signature(function).bind(**named)
    except TypeError:
        raise Problem(f'Field "{one.name}" does not take exactly these arguments.') from None
    return function(**named)


def _shaped(one: Asked, variables: Mapping[str, Any], value: Any) -> Any:
    if isinstance(value, list):
        return [_shaped(one, variables, inner) for inner in value]
    if isinstance(value, dict):
        if not one.fields:
            raise Problem(f'Field "{one.name}" must have a selection of subfields.')
        return _object(one.fields, variables, value)
    return value


def _filled(value: Any, variables: Mapping[str, Any]) -> Any:
    if isinstance(value, _Variable):
        return variables.get(value.name)
    if isinstance(value, dict):
        return {name: _filled(inner, variables) for name, inner in value.items()}
    return [_filled(inner, variables) for inner in value] if isinstance(value, list) else value
