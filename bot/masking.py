"""Secrets leave a text before anything is stored; what stood there is named: "[masked slack token]".

Linear in the text: cheap looks for fixed strings decide which patterns run at all, no pattern looks far ahead
without consuming, and it ends when a look finds nothing more, so masking twice is masking once. It works on
bytes, because lower-casing them keeps every position.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

Span = tuple[int, int, bytes]


class Secret(NamedTuple):
    """What takes its place, the strings of which one must be there, its pattern (a group in it is secret)."""

    name: bytes
    anchors: tuple[bytes, ...]
    pattern: re.Pattern[bytes]


Group = tuple[bytes, tuple[Secret, ...]]
"""Formats that all need one common string, after it."""

SHORTEST_TOKEN = 15
LONG_TEXT = 16_384
MOST_PASSES = 8  # a secret glued to another can come to light when that one is gone


def _secret(label: str, anchors: str, pattern: str) -> Secret:
    """`anchors` are separated by spaces; a space of their own is written "+"."""
    spelled = tuple(anchor.replace("+", " ").encode() for anchor in anchors.split())
    return Secret(f"[masked {label}]".encode(), spelled, re.compile(pattern.encode("latin-1")))


def _token(label: str, start: str, rest: str) -> Secret:
    """A token with a prefix of its own; `rest` must run to the end of the token."""
    return _secret(label, start, f"(?<![A-Za-z0-9]){re.escape(start)}{rest}")


# By a character that all of them have, or "mixed" where they need a capital; a prefix, then the token's rest.
_TOKENS = {
    "-": (
        ("slack token", "xox", r"[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{10,}"),
        ("slack token", "xapp-", r"[A-Za-z0-9-]{10,}"),
        ("gitlab token", "gl", r"(?:pat|dt|rt|cbt|ptt|ft|imt|agent|soat|oas|ffct)-[A-Za-z0-9_.-]{18,}"),
        ("pypi token", "pypi-", r"AgE[A-Za-z0-9_-]{30,}"),
        ("anthropic key", "sk-ant-", r"[A-Za-z0-9_-]{20,}"),
        ("openai key", "sk-", r"(?:(?:proj|svcacct|admin|None|or|lf)-[A-Za-z0-9_-]{20,}|[A-Za-z0-9]{32,})"),
        ("mailgun key", "key-", r"[0-9a-f]{32}(?![A-Za-z0-9])"),
        ("square token", "sq0", r"[a-z]{3}-[A-Za-z0-9_-]{20,}"),
        ("tailscale key", "tskey-", r"[a-z]+-[A-Za-z0-9-]{20,}"),
        ("pulumi token", "pul-", r"[0-9a-f]{40}(?![A-Za-z0-9])"),
    ),
    "_": (
        ("github token", "ghp_", r"[A-Za-z0-9]{30,}"),
        ("github token", "gho_", r"[A-Za-z0-9]{30,}"),
        ("github token", "ghu_", r"[A-Za-z0-9]{30,}"),
        ("github token", "ghs_", r"[A-Za-z0-9]{30,}"),
        ("github token", "ghr_", r"[A-Za-z0-9]{30,}"),
        ("github token", "github_pat_", r"[A-Za-z0-9_]{22,}"),
        ("stripe key", "sk_", r"(?:live|test)_[A-Za-z0-9]{10,}"),
        ("stripe key", "rk_", r"(?:live|test)_[A-Za-z0-9]{10,}"),
        ("webhook secret", "whsec_", r"[A-Za-z0-9+/=]{20,}"),
        ("npm token", "npm_", r"[A-Za-z0-9]{30,}"),
        ("docker token", "dckr_", r"(?:pat|oat)_[A-Za-z0-9_-]{20,}"),
        ("digitalocean token", "do", r"[opr]_v1_[A-Fa-f0-9]{40,}(?![A-Za-z0-9])"),
        ("shopify token", "shp", r"(?:at|ca|pa|ss|tka)_[A-Fa-f0-9]{32,}(?![A-Za-z0-9])"),
        ("hugging face token", "hf_", r"[A-Za-z0-9]{30,}"),
        ("linear key", "lin_", r"(?:api|oauth)_[A-Za-z0-9]{30,}"),
        ("sentry token", "sntr", r"y[su]_[A-Za-z0-9_+/=-]{30,}"),
        ("grafana token", "gl", r"(?:sa|c)_[A-Za-z0-9_+/=]{32,}"),
        ("planetscale token", "pscale_", r"(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{20,}"),
        ("rubygems key", "rubygems_", r"[0-9a-f]{40,}(?![A-Za-z0-9])"),
        ("notion token", "ntn_", r"[A-Za-z0-9]{40,}"),
        ("supabase key", "sb", r"(?:p_|_secret_)[A-Za-z0-9_-]{20,}"),
        ("figma token", "fig", r"[du]_[A-Za-z0-9_-]{36,}"),
        ("groq key", "gsk_", r"[A-Za-z0-9]{40,}"),
    ),
    ".": (
        ("google token", "ya29.", r"[A-Za-z0-9_.-]{20,}"),
        ("vault token", "hv", r"[sbr]\.[A-Za-z0-9_-]{20,}"),
        ("doppler token", "dp.", r"[a-z]{2,5}\.[A-Za-z0-9._-]{40,}"),
        ("airtable token", "pat", r"[A-Za-z0-9]{14}\.[0-9a-f]{64}(?![A-Za-z0-9])"),
    ),
    "/": (
        ("slack webhook", "hooks.slack.com/", r"[a-z]+/[A-Za-z0-9/_-]{18,}"),
        ("google token", "1//0", r"[A-Za-z0-9_-]{30,}"),
        ("discord webhook", "discord.com/api/webhooks/", r"\d+/[A-Za-z0-9_-]{40,}"),
        ("teams webhook", "webhook.office.com/", r"[A-Za-z0-9/@_-]{40,}"),
    ),
    "": (("databricks token", "dapi", r"[0-9a-f]{32}(?:-\d)?(?![A-Za-z0-9])"),),
    "mixed": (
        ("aws key", "AKIA", r"[A-Z0-9]{16}(?![A-Za-z0-9])"),
        ("aws key", "ASIA", r"[A-Z0-9]{16}(?![A-Za-z0-9])"),
        ("aws key", "ABSK", r"[A-Za-z0-9+/]{40,}={0,2}"),
        ("google api key", "AIza", r"[A-Za-z0-9_-]{30,}"),
        ("google client secret", "GOCSPX-", r"[A-Za-z0-9_-]{20,}"),
        ("twilio key", "SK", r"[0-9a-f]{32}(?![A-Za-z0-9])"),
        ("sendgrid key", "SG.", r"[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
        ("new relic key", "NR", r"(?:AK|AA|II|JS|RA|BR)-[A-Za-z0-9]{19,}"),
        ("heroku key", "HRKU-", r"[A-Za-z0-9_-]{30,}"),
        ("atlassian token", "AT", r"(?:ATT3|CTT3|BB)[A-Za-z0-9_=-]{24,}"),
        ("postman key", "PMAK-", r"[A-Za-z0-9-]{40,}"),
        ("age key", "AGE-SECRET-KEY-1", r"[A-Z0-9]{40,}(?![A-Za-z0-9])"),
    ),
}

# --- names that a secret follows: these read the lower-cased text ----------------------------------

_QUOTE = r"(?:\\?[\"'`]|\xe2\x80[\x98-\x9d])"
_VALUE = r"[^\s\"'`&;<>]"
_AFTER = r"(?=[\s\"'`&;<>.,:!?)]|\Z)"
_NO_VALUE = (  # placeholders, variables and the words of a sentence; what was masked is no value either
    r"(?!\$?\[masked |\$[{(]|\{\{|\*{3}|\$[a-z_]+" + _AFTER + r"|(?:true|false|null|none|nil|undefined|empty|unset"
    r"|missing|expired|invalid|incorrect|wrong|required|revoked|rotated|redacted|changed|unchanged|unknown|rejected"
    r"|denied|failed|failing|disabled|enabled|optional|default|reset|expires|expiring|leaked|updated|removed|created"
    r"|masked|hidden|validation|authentication|authorization|rotation|mismatch|accepted|configured|mounted)"
    + _AFTER
    + ")"
)
_IS = rf"(?:{_QUOTE}\]?)?[*_]{{0,2}}\s{{0,3}}(?:={{1,2}}>?|:=)[*_]{{0,2}}+\s{{0,3}}+{_QUOTE}?+"
_SAYS = rf"(?:{_QUOTE}\]?)?[*_]{{0,2}}\s{{0,3}}:[*_]{{0,2}}+\s{{0,3}}+{_QUOTE}?+"
_QUOTED = r"(?<=\")[^\"\n\\]{4,}(?=\\?\")|(?<=')[^'\n\\]{4,}(?=\\?')|(?<=`)[^`\n\\]{4,}(?=\\?`)"
_WITH_DIGIT = r"(?=[^\s\"'`&;<>:0-9]{0,40}+[0-9])"
_PASSWORD = (
    rf"(?:{_IS}{_NO_VALUE}({_QUOTED}|{_VALUE}{{4,}})"
    rf"|(?:{_SAYS}|\s(?:is|was|to)\s{_QUOTE}?){_NO_VALUE}"
    rf"({_QUOTED}|{_WITH_DIGIT}{_VALUE}{{6,}}|[^\s\"'`&;<>:]{{6,64}}+(?={_QUOTE}?[ \t]{{0,4}}(?:[\r\n]|\Z))))"
)
_OPAQUE = (
    rf"(?:{_IS}{_NO_VALUE}({_QUOTED}|{_VALUE}{{6,}})"
    rf"|{_SAYS}{_NO_VALUE}({_WITH_DIGIT}(?:{_QUOTED}|{_VALUE}{{8,}})))"
)
_KEYS = (
    "api access account auth private secret license licence app application ingest signing signature "
    "encryption master consumer subscription service_role webhook"
)
_KEY_NAMES = "|".join(
    rf"(?<=(?:{'|'.join(name for name in _KEYS.split() if len(name) == length)}){between}key)"
    for length in sorted({len(name) for name in _KEYS.split()})
    for between in ("", "[ _-]")
)
_CREDENTIAL = r"[ \t]{1,3}(?=[a-z_.~+/=-]{0,64}+[0-9])([a-z0-9._~+/=-]{12,})"
_SCHEMES = r"(?:basic|bearer|token|ssws|api-?key|digest|genie-?key|negotiate|aws4-hmac-sha256)"

_COLON = rf"{_QUOTE}?\s{{0,3}}[:=]\s{{0,3}}{_QUOTE}?"
_AUTHORIZATION = rf"authorization{_COLON}{_SCHEMES}\s{{1,3}}(?!\[masked )([^\s\"'`]{{6,}})"
_SOON = r"(?=[\"'`\\\]*_\s\x80-\xff]{0,9}+[:=])"
_NAMED = (
    ("pass", (
        ("password", "passw passphrase", rf"pass(?:w(?:or)?d|phrase){_PASSWORD}"),
        ("password", "pass=", rf"pass=(?![0-9]+(?:\s|\Z)){_NO_VALUE}({_VALUE}{{6,}})"),
    )),
    ("pwd", (("password", "pwd", rf"pwd{_IS}(?!/){_NO_VALUE}({_QUOTED}|{_VALUE}{{4,}})"),)),
    (" -", (
        ("password", "-u+ --user+",
         rf"-u(?:ser)? {_QUOTE}?[^\s:\"']{{1,64}}:(?![0-9]+(?:\s|\Z)){_NO_VALUE}({_VALUE}{{4,}})"),
        ("password", "-password+ -passphrase+ -secret+ -token+ -key+",
         rf"-(?:password|passphrase|secret|token|api-key) {_QUOTE}?{_NO_VALUE}{_WITH_DIGIT}({_VALUE}{{6,}})"),
    )),
    ("secret", (("secret", "secret", rf"secret(?:[_-]?(?:access)?[_-]?key|[_-]?id)?{_SOON}{_OPAQUE}"),)),
    ("token", (("token", "token", rf"token{_SOON}{_OPAQUE}"),)),
    ("key", (("key", "key", rf"key(?<=[a-z _-]key){_SOON}(?:{_KEY_NAMES}){_OPAQUE}"),)),
    ("horiz", (
        ("authorization", "authorization", _AUTHORIZATION),
    )),
    ("bearer", (("authorization", "bearer", rf"bearer{_CREDENTIAL}"),)),
    ("cookie", (
        ("cookie", "cookie", rf"cookie{_COLON}(?=[a-z0-9_.-]{{1,64}}=)([^\r\n\"'`]{{6,}})"),
    )),
)  # fmt: skip
_NAMED_WORDS = (
    ("cookie", "sess", rf"sess(?:ion)?(?:[_-]?(?:id|key))?={_WITH_DIGIT}({_VALUE}{{8,}})"),
    ("cookie", "connect.sid=", rf"connect\.sid=({_VALUE}{{8,}})"),
    ("signature", "sig=", r"sig=(?<=[?&;]sig=)([a-z0-9%+/=_-]{20,})"),
    ("signature", "signature=", r"signature=([a-z0-9%+/=_-]{32,})"),
)

# --- shapes without a name or prefix ---------------------------------------------------------------

_KEY_LINES = r"(?:(?:\s|\\[nr])*+[A-Za-z0-9+/=]{16,}+)*+"
_PEM = r"(?:[A-Z0-9]{1,12} ){0,3}?PRIVATE KEY(?: BLOCK)?-----"
_KEY_BLOCK = rf"(?:-----BEGIN {_PEM})++(?:(?:[^-]++|-(?!----))*+-----END {_PEM}|{_KEY_LINES})"
_SHAPES = (
    ("-----BEGIN", (
        ("private key", "KEY", _KEY_BLOCK),
    )),
    ("Private-Lines:", (("private key", "Private", rf"Private-Lines: \d+{_KEY_LINES}"),)),
    ("://", (("url password", "@", r"://[^\s/:@\"'<>]*:(?!\[masked )([^\s/\"'<>]+)@"),)),
)  # fmt: skip
_LOWER_WORDS = (
    ("terraform token", ".atlasv1.", r"\.atlasv1\.[A-Za-z0-9_=-]{40,}"),
    ("mailchimp key", "-us", r"-us[0-9](?<=[0-9a-f]{32}-us[0-9])[0-9]?(?![A-Za-z0-9-])"),
)
_WORDS = (
    ("jwt", "eyJ", r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){0,3}"),
    ("azure secret", "Q~", r"Q~(?<=[0-9]Q~)[A-Za-z0-9_~.-]{31,}"),
    ("telegram token", ":AA", r":AA(?<=[0-9]{8}:AA)[A-Za-z0-9_-]{32,}"),
    ("discord token", "M N O",
     r"\.(?<=[A-Za-z0-9_-]{23}\.)[A-Za-z0-9_-]{6}\.(?=[A-Za-z0-9_-]{0,40}[A-Z])[A-Za-z0-9_-]{27,}"),
)  # fmt: skip


@lru_cache(maxsize=1)
def _groups() -> dict[str, tuple[Group, ...]]:
    """By the copy of the text they are looked for in. Compiled at the first message, never at import."""
    tokens = {mark: tuple(_token(*one) for one in those) for mark, those in _TOKENS.items()}
    mixed = (*tokens.pop("mixed"), *_secrets(_WORDS))
    return {
        "raw": tuple((common.encode(), _secrets(those)) for common, those in _SHAPES),
        "low": tuple((common.encode(), _secrets(those)) for common, those in _NAMED),
        "words": (*((mark.encode(), those) for mark, those in tokens.items()), (b"", _secrets(_LOWER_WORDS))),
        "low words": ((b"=", _secrets(_NAMED_WORDS)),),
        "mixed": ((b"", mixed),),
    }


def _secrets(those: Iterable[tuple[str, str, str]]) -> tuple[Secret, ...]:
    return tuple(_secret(*one) for one in those)


def mask(text: str) -> str:
    """The text with every secret replaced by its kind, "[masked slack token]". Idempotent, never raises."""
    if not text:
        return text
    raw = text.encode("utf-8", "surrogatepass")
    for _ in range(MOST_PASSES):
        if not (spans := sorted(_spans(raw))):
            break
        raw = b"".join(_with_names(raw, spans))
    return raw.decode("utf-8", "surrogatepass")


def _spans(raw: bytes) -> Iterator[Span]:
    low = raw.lower()
    absent = _absent(raw, low) if len(raw) > LONG_TEXT else b""
    for where, text in _texts(raw, low):
        for common, secrets in _groups()[where]:
            if not (absent and common.translate(None, absent) != common) and common in text:
                yield from _of_group(secrets, text, absent, low if where[:3] == "low" else raw)
    yield from _cards(raw)


def _texts(raw: bytes, low: bytes) -> Iterator[tuple[str, bytes]]:
    """What the strings are looked for in; most of what people say has no word as long as a token."""
    yield from (("raw", raw), ("low", low))
    words = [word for word in raw.split() if len(word) >= SHORTEST_TOKEN]
    if words:
        together = b" ".join(words)
        yield from (("words", together), ("low words", together.lower()))
        yield "mixed", b" ".join([word for word in words if not word.islower()])


def _of_group(secrets: Iterable[Secret], text: bytes, absent: bytes, whole: bytes) -> Iterator[Span]:
    for secret in secrets:
        for anchor in secret.anchors:
            if not (absent and anchor.translate(None, absent) != anchor) and anchor in text:
                yield from _of_one(secret, whole)
                break


def _absent(raw: bytes, low: bytes) -> bytes:
    """The ASCII characters found in neither: a short pass each, and none for a string that holds one."""
    return bytes(letter for letter in range(33, 127) if letter not in raw and letter not in low)


def _of_one(secret: Secret, text: bytes) -> Iterable[Span]:
    name = secret.name
    if secret.pattern.groups == 0:
        return [(*found.span(), name) for found in secret.pattern.finditer(text)]
    return [(*found.span(found.lastindex or 0), name) for found in secret.pattern.finditer(text)]


def _with_names(raw: bytes, spans: Iterable[Span]) -> Iterator[bytes]:
    """The pieces of the masked text; secrets that overlap are one, called by the name of the first."""
    done = 0
    for start, end, name in spans:
        if start >= done:
            yield raw[done:start]
            yield name
        done = max(done, end)
    yield raw[done:]


# --- card numbers ----------------------------------------------------------------------------------

_PLAIN_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_DOUBLED = bytes.maketrans(b"0123456789", bytes((0, 2, 4, 6, 8, 1, 3, 5, 7, 9)))
_ONCE = bytes.maketrans(b"0123456789", bytes(range(10)))
_CARD = re.compile(
    rb"[2-6](?<![0-9A-Za-z_.-][2-6])(?=[0-9]{3})(?:"
    rb"(?:(?<=4)[0-9]{12}(?:[0-9]{3}){0,2}|(?<=3)[0-9]{13,15}|(?<=[256])[0-9]{15,18})"
    rb"|[0-9]{3}([ .-])[0-9]{4}\1[0-9]{4}\1[0-9]{4}(?:\1[0-9]{3})?|(?<=3)[0-9]{3}([ .-])[0-9]{6}\2[0-9]{4,5}"
    rb")(?![0-9A-Za-z_]|[.-][0-9])"
)


def _cards(raw: bytes) -> Iterator[Span]:
    if b"0" * 13 not in raw.translate(_PLAIN_DIGITS, b" -."):
        return
    sound: dict[bytes, bool] = {}
    for found in _CARD.finditer(raw):
        written = found[0]
        if written not in sound:
            sound[written] = _luhn(written.translate(None, b" -."))
        if sound[written]:
            yield *found.span(), b"[masked card number]"


def _luhn(digits: bytes) -> bool:
    total = sum(digits[-1::-2].translate(_ONCE)) + sum(digits[-2::-2].translate(_DOUBLED))
    return total % 10 == 0
