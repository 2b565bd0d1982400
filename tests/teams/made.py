"""Cards and forms of every kind, long, odd and hostile ones among them."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from bot.text import (
    Button,
    Card,
    Choice,
    Code,
    Emoji,
    Form,
    Input,
    Link,
    Mention,
    Section,
    Strong,
    Text,
    When,
    mention_token,
)

TENANT = "T1"
MAYA, TOM = "teams:T1:29:maya", "teams:T1:29:tom"
HOSTILE = [
    "<at>Maya</at>", "<at>x</at> hello", "[a](javascript:alert(1))", "[bank](https://evil.example)",
    "![](http://evil.example/x.png)", "{{DATE(2026-01-02T03:04:05Z)}}", "{{TIME(2026-01-02T03:04:05Z)}}",
    "{{date(2026-01-02T03:04:05Z, SHORT)}}", "${$root}", "**bold**", "_it_", "*it*", "~~no~~", "`code`", "# head",
    "- one\r- two", "1. one\r2. two", "1) one", "> quote", "<b>html</b>", "<script>alert(1)</script>",
    "&lt;at&gt;Maya&lt;/at&gt;", "&#42;&#42;bold&#42;&#42;", "a | b\n--|--", "https://evil.example", "www.evil.example",
    "evil.example", "maya@evil.example", "\\*", "head\n===", "    code", "\u202egnp.exe", "<!-- x -->",
]  # fmt: skip
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
KINDS = st.from_regex(r"[a-z_]{1,30}", fullmatch=True)
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
    st.builds(When, at=st.datetimes(min_value=datetime(1990, 1, 1), timezones=st.just(UTC)), shown=WILD),  # noqa: DTZ001
)
TEXTS = st.builds(lambda parts: Text(parts=tuple(parts)), st.lists(PARTS, max_size=6))
BUTTONS = st.builds(
    Button, label=WILD, does=KINDS, args=st.dictionaries(KINDS, WILD, max_size=3),
    style=st.sampled_from(["plain", "primary", "danger"]), confirm=WILD,
)  # fmt: skip
SECTIONS = st.builds(
    lambda text, facts, buttons, quiet: Section(text=text, facts=tuple(facts), buttons=tuple(buttons), quiet=quiet),
    TEXTS, st.lists(st.tuples(WILD, TEXTS), max_size=4), st.lists(BUTTONS, max_size=8), st.booleans(),
)  # fmt: skip
CARDS = st.builds(
    lambda title, sections: Card(title=title, sections=tuple(sections)), WILD, st.lists(SECTIONS, max_size=5)
)
INPUTS = st.builds(
    lambda kind, label, initial, choices, hint, most, required: {
        "kind": kind, "label": label, "initial": initial, "choices": tuple(choices), "hint": hint, "max_length": most,
        "required": required,
    },
    st.sampled_from(["line", "text", "choice", "choices", "person", "people", "date", "tick", "channel"]),
    WILD, st.one_of(WILD, st.sampled_from(["2026-01-02", "x", MAYA, "19:c@thread.tacv2", "true"])),
    st.lists(st.builds(Choice, value=st.one_of(WILD, st.just("x")), label=WILD), max_size=14), WILD,
    st.integers(-5, 9000), st.booleans(),
)  # fmt: skip
FORMS = st.builds(
    lambda title, args, inputs, submit, intro: Form(
        title=title, does="declare", args=args, submit=submit, intro=intro,
        inputs=tuple(Input(name=f"n{number}", **one) for number, one in enumerate(inputs)),
    ),
    WILD, st.dictionaries(KINDS, WILD, max_size=3), st.lists(INPUTS, min_size=1, max_size=8), WILD, TEXTS,
)  # fmt: skip
