"""Sentences of the version for readers outside, and what keeps it from being written.

Law: none of them names a person, a key or an address of ours.
"""

from __future__ import annotations

TITLE = "What happened, what it meant for you, and what we changed"
SHOWN = {
    "external_what": "What happened",
    "external_impact": "What it meant for you",
    "external_changes": "What we changed",
}
COLLEAGUE = "a colleague"
NOTHING_YET = "Nothing is proposed: write it in words for people who do not work here."


def _quoted(name: str) -> str:
    return f"“{SHOWN[name]}”"


def not_written(names: tuple[str, ...]) -> str:
    told = ", ".join(map(_quoted, names))
    verb = f"/incident postmortem edit {names[0]}"
    return f"The version for readers outside lacks {told}: a person writes or confirms each, for example by {verb}."


def names_somebody(name: str, who: str) -> str:
    return f"{_quoted(name)} names {who}: readers outside get no names."


def has_link(name: str) -> str:
    return f"{_quoted(name)} holds an address: readers outside get no links."


def has_key(name: str, key: str) -> str:
    return f"{_quoted(name)} names {key}: readers outside get no keys of ours."
