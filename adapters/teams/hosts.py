"""Where the bot's token may be sent: the allow-list of service hosts, read with one strict pattern.

Law: what is not plainly a listed host over https is not allowed; http and loopback need the simulators' switch.
Whatever is no plain ASCII URL is refused before two readers could understand it differently.
"""

from __future__ import annotations

import ipaddress
import re

MICROSOFT = frozenset({
    "smba.trafficmanager.net",  # public cloud, all regions
    "smba.onyx.prod.teams.trafficmanager.net",  # public cloud
    "smba.infra.gcc.teams.microsoft.com",  # Government Community Cloud
    "smba.infra.gov.teams.microsoft.us",  # GCC High
    "smba.infra.dod.teams.microsoft.us",  # Department of Defense
})  # fmt: skip
"""Microsoft Learn, Proactive messages (the table of global service URLs), and the lists of allowed service URLs that
Microsoft's own Teams SDKs carried for each cloud."""

MAX_URL = 500
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = rf"{_LABEL}(?:\.{_LABEL})*"
_PORT = r"[1-9][0-9]{0,4}"
_URL = re.compile(rf"(?P<scheme>https?)://(?P<host>{_HOST})(?::(?P<port>{_PORT}))?(?P<path>(?:/[A-Za-z0-9._~-]*)*)")
_ENTRY = re.compile(rf"(?P<host>{_HOST})(?::(?P<port>{_PORT}))?")
_DEFAULT_PORTS = {"https": 443, "http": 80}


class Hosts:
    """`extra` is the text of the setting: `host` or `host:port`, separated by commas. Raises `ValueError` for more.

    A host without a port is served at the usual one; simulators may be at any.
    """

    def __init__(self, extra: str = "", *, simulators: bool = False) -> None:
        self._simulators = simulators
        self._extra = frozenset(_entry(text.strip()) for text in extra.split(",") if text.strip())

    def allowed(self, url: object) -> bool:
        """Asked at the door, and again before every message that is sent. Never raises."""
        found = _URL.fullmatch(url) if isinstance(url, str) and len(url) <= MAX_URL else None
        if found is None or _climbs(found["path"]):
            return False
        scheme, host = found["scheme"], found["host"].lower()
        usual = _DEFAULT_PORTS[scheme]
        port = int(found["port"]) if found["port"] else usual
        if host in MICROSOFT:
            return scheme == "https" and port == usual
        if not self._simulators and (scheme != "https" or near(host)):
            return False
        any_port = port == usual or self._simulators
        return (host, port) in self._extra or (any_port and (host, None) in self._extra)


def _entry(text: str) -> tuple[str, int | None]:
    found = _ENTRY.fullmatch(text)
    if found is None:
        raise ValueError(f"not a host or host:port: {text!r}")
    return found["host"].lower(), int(found["port"]) if found["port"] else None


def _climbs(path: str) -> bool:
    return any(part in (".", "..") for part in path.split("/"))


def near(host: str) -> bool:
    """Whether a host is this machine, or a number that a resolver may take for it (`127.1`, `0x7f000001`)."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        last = host.rpartition(".")[2]
        return last == "localhost" or last.isdigit() or re.fullmatch(r"0[xX][0-9A-Fa-f]*", last) is not None
    return address.is_loopback or address.is_unspecified or address.is_link_local
