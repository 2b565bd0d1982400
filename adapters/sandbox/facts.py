"""Public facts about Slack's Web API and Events API, read from the table beside this module.

The table names each method's required arguments, scopes, rate tier and documented error codes.
"""

import json
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple


class MethodFacts(NamedTuple):
    required: tuple[str, ...]
    scopes: tuple[str, ...]
    tier: int | None
    errors: frozenset[str]


class Facts(NamedTuple):
    methods: dict[str, MethodFacts]
    events: dict[str, tuple[str, ...]]
    common_errors: frozenset[str]


def _method(row: dict[str, Any]) -> MethodFacts:
    return MethodFacts(tuple(row["required"]), tuple(row["scopes"]), row["tier"], frozenset(row["errors"]))


@cache
def facts() -> Facts:
    table = json.loads(files("adapters.sandbox").joinpath("slack_facts.json").read_text("utf-8"))
    return Facts(
        methods={name: _method(row) for name, row in table["methods"].items()},
        events={name: tuple(scopes) for name, scopes in table["events"].items()},
        common_errors=frozenset(table["common_errors"]),
    )
