"""The allow-list of service hosts: what may be sent a token, and every trick that must not."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from adapters.teams.hosts import MICROSOFT, Hosts

HOST = "smba.trafficmanager.net"


@pytest.mark.parametrize("host", sorted(MICROSOFT))
def test_microsofts_hosts_are_allowed_over_https_alone(host: str) -> None:
    for simulators in (True, False):
        hosts = Hosts(simulators=simulators)
        for path in ("", "/", "/emea/", "/emea/b2a7c6de-0f6c-4b53-9d8b-7d2f6c1e9a00/", ":443/teams"):
            assert hosts.allowed(f"https://{host}{path}"), path
        assert hosts.allowed(f"https://{host.upper()}/emea/")
        assert not hosts.allowed(f"http://{host}/emea/")
        assert not hosts.allowed(f"https://{host}:8443/emea/")


@pytest.mark.parametrize(
    "url",
    [
        "", "/", HOST, f"//{HOST}/", f"ftp://{HOST}/", f"HTTPS//{HOST}", f"https:/{HOST}/", f"https:///{HOST}/",
        "https://", "https://evil.example/", "https://trafficmanager.net/", f"https://evil.{HOST}/",
        f"https://{HOST}.evil.example/", f"https://evil.example/{HOST}", f"https://{HOST}@evil.example/",
        f"https://user@{HOST}/", f"https://user:pw@{HOST}/", f"https://:@{HOST}/", f"https://@{HOST}/",
        f"https://{HOST}:443@evil.example/", f"https://evil.example\\@{HOST}/", f"https://{HOST}\\.evil.example/",
        f"https:\\\\{HOST}\\", f"https://{HOST}/\\evil.example", f"https://{HOST}./", f"https://.{HOST}/",
        f"https://{HOST}:/", f"https://{HOST}:0/", f"https://{HOST}:0443/", f"https://{HOST}:443443/",
        f"https://{HOST}:+443/", f"https://{HOST}:４４３/", f"https://{HOST}?x", f"https://{HOST}/?x=@evil.example",
        f"https://{HOST}#evil.example", f"https://{HOST}/#", f"https://{HOST}/a@b", f"https://{HOST}/%2e%2e/",
        f"https://{HOST}/../x", f"https://{HOST}/./x", f"https://{HOST}/ x", f" https://{HOST}/", f"https://{HOST}/\n",
        f"https://{HOST}\t/", f"https://{HOST}\r\nHost: evil.example/", f"https://{HOST}\x00/", f"https://ſmba{HOST[4:]}/",
        "https://smba。trafficmanager。net/", "https://smba.trafficmanager.nеt/", "https://smba.trafficmanager.net\u200b/",
        "https://xn--smba-.trafficmanager.net/", "https://[::1]/", "https://127.0.0.1/", "https://localhost/",
        "https://169.254.169.254/latest", "https://2130706433/", "https://0x7f000001/", "https://127.1/", "https://0/",
        f"https://{HOST}/" + "a" * 600, None, 7, b"https://smba.trafficmanager.net/", ["https://smba.trafficmanager.net/"],
    ],
)  # fmt: skip
def test_tricks_are_refused(url: object) -> None:
    assert not Hosts().allowed(url)
    assert not Hosts("127.0.0.1:3978, example.org", simulators=True).allowed(url)


def test_more_hosts_can_be_listed_with_and_without_a_port() -> None:
    hosts = Hosts(" Bots.Example.org , other.example.org:8443,, ")
    assert hosts.allowed("https://bots.example.org/")
    assert hosts.allowed("https://bots.example.org:443/")
    assert hosts.allowed("https://other.example.org:8443/x")
    for url in ("https://bots.example.org:8443/", "https://other.example.org/", "http://bots.example.org/"):
        assert not hosts.allowed(url), url


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.8.8.8", "localhost", "a.localhost", "0.0.0.0", "169.254.169.254", "127.1", "2130706433",
             "0x7f000001", "0x7f.1"]
)  # fmt: skip
def test_this_machine_is_allowed_to_simulators_alone_even_if_it_is_listed(host: str) -> None:
    listed = f"{host}:3978"
    for url in (f"https://{host}:3978/", f"http://{host}:3978/", f"https://{host}/"):
        assert not Hosts(listed).allowed(url), url
    assert Hosts(listed, simulators=True).allowed(f"http://{host}:3978/teams/")
    assert not Hosts("", simulators=True).allowed(f"http://{host}:3978/teams/")
    assert not Hosts(listed, simulators=True).allowed(f"http://{host}:3979/teams/")


def test_a_simulator_that_is_listed_without_a_port_may_be_at_any() -> None:
    hosts = Hosts("127.0.0.1", simulators=True)
    assert all(hosts.allowed(f"http://127.0.0.1:{port}/teams/") for port in (80, 3978, 65535))
    assert not hosts.allowed("http://127.0.0.2:3978/teams/")
    assert not Hosts("bots.example.org").allowed("https://bots.example.org:8443/")


@pytest.mark.parametrize(
    "entry", ["https://example.org", "example.org/", "*.example.org", "a b", "user@example.org", "example.org:x",
              "münchen.de", "example.org.", "[::1]:80", "example.org:0"]
)  # fmt: skip
def test_an_entry_that_is_no_host_is_refused_at_once(entry: str) -> None:
    with pytest.raises(ValueError, match="host:port"):
        Hosts(f"good.example.org,{entry}")


PIECES = st.sampled_from([
    "https", "http", "://", ":", "//", "/", "@", "\\", ".", "..", "#", "?", "%", "[", "]", ":443", ":80", ":3978", "\t",
    "\n", " ", "\x00", "ſ", "。", "\u00ad", "xn--", "127.0.0.1", "localhost", "evil.example", "user:pw", HOST, "emea",
])  # fmt: skip


@given(
    st.one_of(
        st.text(),
        st.lists(PIECES, max_size=8).map("".join),
        st.lists(PIECES, max_size=6).map(lambda of: f"https://{HOST}" + "".join(of)),
    )
)
def test_whatever_is_allowed_is_understood_alike_by_every_reader(url: str) -> None:
    if Hosts().allowed(url):
        standard, client = urlsplit(url), URL(url)
        assert standard.scheme == client.scheme == "https"
        assert standard.hostname == client.host == HOST
        assert (standard.port or 443) == client.port == 443
        assert standard.username is standard.password is client.user is client.password is None
        assert not standard.query
        assert not standard.fragment


@given(st.one_of(st.none(), st.integers(), st.binary(), st.lists(st.text())))
def test_what_is_no_text_is_refused(url: object) -> None:
    assert not Hosts().allowed(url)
