"""A text as the words by which it is found again: folded, stemmed, with what they mean and what looks like an error.

Law: pure, the same on every database, and made of `a-z0-9`, letters of other scripts and four marks alone, so that
nothing that somebody typed can be syntax of a search: `=meaning`, `#service`, `!error`, and `+` inside of an error.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from bot.operations_words import MEANINGS, STOP
from bot.text import with_names

LONGEST_WORD = 40
MOST_CHARACTERS = 20_000
"""Of one text: the rest is not looked at."""
RUN = 3
"""Words that follow one another in an error's text."""
_WORD = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_ERROR = re.compile(
    r"\b(?:[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*){1,8}|[A-Z][A-Z0-9]{1,30}(?:_[A-Z0-9]{1,30}){1,6}|E[A-Z]{4,20}"
    r"|[45]\d\d|[a-z]{1,10}\d{2,6}|[A-Z]{2,8}-?\d{3,6}|0x[0-9a-fA-F]{4,16})\b"
)
_QUOTED = re.compile(r"[\"“`]([^\"“”`\n]{8,200})[\"”`]")


def words(text: str) -> tuple[str, ...]:
    """Stems and meanings in their order, each once."""
    read = _read(text)
    return tuple(dict.fromkeys([*(stem for stem in read if stem not in _stop()), *_meant(read)]))


def written(text: str) -> dict[str, str]:
    """Stem to the word as it stands in the text, without the capital that only begins a sentence."""
    found = (_begun(word.group()) for word in _WORD.finditer(with_names(text[:MOST_CHARACTERS], lambda _: "")))
    return {stem: word for word in found if (stem := _stem(word)) and stem not in _stop()}


def _begun(word: str) -> str:
    return word.lower() if word[1:].islower() else word


def errors(text: str, *, whole: bool = False) -> tuple[str, ...]:
    """What looks like an error's name or number, and the runs of words in what is quoted; `whole`: in all of it."""
    text = text[:MOST_CHARACTERS]
    named = ["!" + _folded(found.group()).replace("_", "").replace("-", "") for found in _ERROR.finditer(text)]
    quoted = [text] if whole else _QUOTED.findall(text)
    runs = [run for part in quoted for run in _runs([stem for stem in _read(part) if stem not in _stop()])]
    return tuple(dict.fromkeys([one[:LONGEST_WORD] for one in named] + runs))


def service(name: str) -> str:
    """The word for a service, or an empty one."""
    folded = "".join(map(_folded, _WORD.findall(name)))
    return f"#{folded[:LONGEST_WORD]}" if folded else ""


def _runs(stems: Sequence[str]) -> Iterator[str]:
    for start in range(len(stems) - RUN + 1):
        yield "!" + "+".join(stems[start : start + RUN])


def _read(text: str) -> list[str]:
    """The stems of a text, small words included; who is mentioned in it is nobody's error."""
    text = with_names(text[:MOST_CHARACTERS], lambda _: "")
    pieces = (piece for found in _WORD.finditer(text) for piece in _HUMP.split(found.group()))
    return [stem for piece in pieces if (stem := _stem(piece))]


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    return stemmed(_folded(word))


def _folded(word: str) -> str:
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(_WORD.findall("".join(one for one in apart if not unicodedata.combining(one))))[:LONGEST_WORD]


_ENDINGS = (
    ("ational", "ate"), ("isation", "ize"), ("ization", "ize"), ("ousness", "ous"), ("fulness", "ful"),
    ("ingly", ""), ("ments", ""), ("ment", ""), ("ions", ""), ("ion", ""), ("ings", ""), ("ing", ""),
    ("edly", ""), ("ied", "y"), ("ies", "y"), ("ed", ""), ("ers", ""), ("er", ""), ("ly", ""), ("s", ""),
)  # fmt: skip


@cache
def _endings() -> tuple[tuple[str, str], ...]:
    return tuple(sorted(_ENDINGS, key=lambda one: -len(one[0])))


def stemmed(word: str) -> str:
    """Lightly: `connections` and `connected` become one word, and no word becomes shorter than three letters."""
    if len(word) < 4 or not word.isascii() or not word.isalpha() or word.endswith(("ss", "us", "is")):
        return word
    for ending, instead in _endings():
        stem = word[: -len(ending)] + instead
        if word.endswith(ending) and len(stem) >= 3 and re.search("[aeiouy]", stem):
            return _smoothed(stem)
    return _smoothed(word)


def _smoothed(stem: str) -> str:
    """`stopp` and `stop`, `cache` and `cach` are the same."""
    if len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "aeiouls":
        stem = stem[:-1]
    return stem[:-1] if len(stem) > 3 and stem.endswith("e") else stem


# -- what words mean


@cache
def _stop() -> frozenset[str]:
    return frozenset(STOP.split()) | frozenset(map(stemmed, STOP.split()))


@cache
def _meanings() -> dict[tuple[str, ...], tuple[str, ...]]:
    """Stems that follow one another → what they mean."""
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for line in MEANINGS.strip().replace(",\n ", ", ").splitlines():
        meaning, _, said = line.partition(": ")
        for one in said.split(", "):
            stems = tuple(_read(one))
            found[stems] = (*found.get(stems, ()), f"={meaning}")
    return found


def meanings(stem: str) -> tuple[str, ...]:
    """Of one word."""
    return _meanings().get((stem,), ())


@cache
def _longest() -> int:
    return max(map(len, _meanings()))


def _meant(stems: Sequence[str]) -> Iterator[str]:
    """An expression of several words counts before its parts, which then mean nothing of their own."""
    known, at = _meanings(), 0
    while at < len(stems):
        for length in range(min(_longest(), len(stems) - at), 0, -1):
            if meaning := known.get(tuple(stems[at : at + length])):
                yield from meaning
                at += length
                break
        else:
            at += 1
