"""Where a call to Teams goes. Law: what stands in an id stays inside its own segment of the path."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import quote, urlencode

from yarl import URL


def address(service_url: str, path: Iterable[str], query: Mapping[str, str]) -> URL | None:
    """The URL of a call below `service_url`; None where that is no plain address, or an id no segment of a path."""
    segments = list(path)
    try:
        base = URL(service_url)
        plain = base.scheme in ("http", "https") and base.host and not base.user and not base.password
    except ValueError:
        return None
    if not plain or any(sign in service_url for sign in "?#\\@") or not service_url.isprintable():
        return None
    if any(segment in ("", ".", "..") for segment in segments):
        return None
    below = "/".join(quote(segment, safe="") for segment in segments)
    asked = f"?{urlencode(query)}" if query else ""
    return URL(f"{str(base).rstrip('/')}/{below}{asked}", encoded=True)
