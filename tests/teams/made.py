"""Cards and forms of every kind, long, odd and hostile ones among them."""

from __future__ import annotations

from hypothesis import strategies as st

from bot.text import (
    Code,
    Emoji,
    Link,
    Mention,
    Strong,
    mention_token,
)
from tests.bot import made
from tests.hostile import TEAMS as HOSTILE

TENANT = "T1"
MAYA, TOM = "teams:T1:29:maya", "teams:T1:29:tom"
WILD = st.one_of(
    st.text(max_size=60),
    st.sampled_from(HOSTILE),
    st.sampled_from(
        [
            "", " ", "\n", "\t\n", "\x00\x07", "👩‍👩‍👧‍👦" * 40, "\U0001f600" * 700, "مرحبا \u202eabc",
            "\u2067\u202b" * 9, "日本語" * 300, "\ud83d", "\udfff\ud800", "a" * 149, "c" * 3001, "e" * 13_000,
            "line\n" * 900, "\ue000", "\ue001\ue000a", mention_token(MAYA), mention_token("nonsense") + "x",
        ]
    ),
)  # fmt: skip
ACCOUNTS = st.sampled_from([MAYA, TOM, "teams:T2:29:x", "slack:T1:U1", "odd", "teams:T1:", "teams:T1:29:a b"])
URLS = st.one_of(WILD, st.sampled_from(["https://example.com/x?a=1&b=2", "javascript:alert(1)", "page:/x", "http://"]))
PARTS = st.one_of(
    WILD,
    st.builds(Strong, text=WILD),
    st.builds(Code, text=WILD),
    st.builds(Mention, account=ACCOUNTS, name=WILD),
    st.builds(Mention, account=ACCOUNTS, name=st.sampled_from(["Maya", "Tom (Ops)", "J.Smith", "Tom & Co"])),
    st.builds(Link, url=URLS, label=WILD, instead=WILD),
    st.builds(Emoji, name=st.just("pushpin"), sign=st.just("📌")),
    made.moments(WILD),
)
TEXTS = made.texts(PARTS)
CARDS = made.cards(WILD, TEXTS, buttons=8)
FORMS = made.forms(WILD, TEXTS, ["2026-01-02", "x", MAYA, "19:c@thread.tacv2", "true"])
