"""Sentences about published postmortems in other people's programs: what stands there, and why something does not.

Law: none of them holds a token, an address or an answer of theirs.
"""

from __future__ import annotations


def commit(key: str, version: int) -> str:
    return f"Postmortem of {key}, version {version}"


def request_title(key: str, version: int) -> str:
    return f"Postmortem of {key}, version {version}"


def request_text(key: str) -> str:
    return f"Debrief keeps this request up to date with the published postmortem of {key}."


def page_title(key: str) -> str:
    return f"Postmortem of {key}"


def page_mark(key: str) -> str:
    return f"Debrief writes this page from {key}: what is changed here is overwritten when it is published again."


LOG_ELSEWHERE = "The whole log is too long for this page: it stands in Debrief."


def not_there(name: str) -> str:
    return f"The published postmortem is not in {name}"


def not_reached(name: str) -> str:
    return f"{name} cannot be reached"


def unknown(name: str) -> str:
    return f"{name} did not say whether it was carried out"


def busy(name: str) -> str:
    return f"{name} asks to wait"


def strange(name: str) -> str:
    return f"{name} answers something that cannot be read"


def not_public(missed: str) -> str:
    return f"{missed}: its address is not a public one."


def not_allowed(missed: str) -> str:
    return f"{missed}: it does not accept the token, or the token may not do this."


def moved(missed: str) -> str:
    return f"{missed}: it has moved, and the setting has to name its new address."


def refused(missed: str, status: int) -> str:
    return f"{missed}: it refused with status {status}."


def missing(name: str, what: str) -> str:
    return f"{not_there(name)}: {what} is not there, or the token may not see it."


def not_ours(name: str, title: str) -> str:
    return f"{not_there(name)}: a page “{title}” is there that somebody else wrote."
