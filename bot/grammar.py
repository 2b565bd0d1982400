"""From typed words to a command: the same grammar for every platform, the command line and the API.

Law: reading is total. An unknown word becomes `unknown`, whose rule names the nearest verb privately.
"""

from __future__ import annotations

import re
from difflib import get_close_matches

from bot.command import KINDS, Command, Origin, build
from bot.errors import Refused
from bot.rules import VERBS
from bot.words.questions import key_goes_in_front, takes_no_words

_SMART = str.maketrans({"\u201c": '"', "\u201d": '"', "\u2018": "'", "\u2019": "'", "\u00a0": " ", "\u2013": "-"})
_TWICE = re.compile(r"^(?:/incident(?:\s+|$))+", re.IGNORECASE)
"""Whoever copies an example types the command in front of the command."""
_KEY = re.compile(r"^(?:#|INC-)([0-9]{1,9}|[A-Za-z]{5})$", re.IGNORECASE)


def read(said: str, origin: Origin, incident: str = "") -> Command:
    """The command that `said` (without the `/incident` or `@Debrief` in front) asks for.

    A leading incident key (`INC-42 note …`, `#42 …`) names the incident; alone, it asks how that one stands. Raises
    `Refused` where a verb takes no words, a key stands behind it, or a value cannot be.
    """
    words = _TWICE.sub("", said.translate(_SMART).strip(), count=1)
    first, rest = _first(words)
    if first and (key := incident_key(first)):
        incident, (first, rest) = key, _first(rest or "status")
    if not first:
        return build("panel", {"incident": incident}, origin)
    name = word_of(first)
    if name is None:
        return build("unknown", {"text": words, "incident": incident}, origin)
    kind = KINDS[_kind_of(name, rest)]
    fields = kind.read(rest)
    if not incident and kind.wants_incident and "incident" not in fields and (key := _key_behind(rest)):
        raise Refused(key_goes_in_front(key, name))
    if not fields.keys() <= kind.model_fields.keys():
        raise Refused(takes_no_words(name))
    return build(kind.kind, {"incident": incident, **fields}, origin)


def _kind_of(name: str, rest: str) -> str:
    """The kind that a verb is, with what stands behind it."""
    kind = VERBS[name].kind
    return KINDS[kind].of_item if KINDS[kind].of_item and item_key(_first(rest)[0]) else kind


def _key_behind(rest: str) -> str | None:
    """The key of an incident behind the verb: whether the words are about that one, or only begin with it, nobody
    knows. A `#42` may be a channel or a ticket of somebody else's."""
    first = _first(rest)[0].rstrip(",:;")
    return incident_key(first) if first[:4].upper() == "INC-" else None


def _first(words: str) -> tuple[str, str]:
    first, _, rest = words.partition(" ") if "\n" not in words.split(" ", 1)[0] else words.partition("\n")
    return first.strip(), rest.strip()


def word_of(first: str) -> str | None:
    """The verb that a word means, synonyms included, whatever its case; `action: …` is how many write it."""
    wanted = first.casefold().removesuffix(":")
    for word, verb in VERBS.items():
        if wanted == word or wanted in verb.synonyms:
            return word
    return None


def nearest(first: str) -> str | None:
    """The verb that somebody most likely meant."""
    known = {spelling: word for word, verb in VERBS.items() for spelling in (word, *verb.synonyms)}
    found = get_close_matches(first.casefold()[:40], known, n=1, cutoff=0.6)
    return known[found[0]] if found else None


def incident_key(word: str) -> str | None:
    """`inc-42`, `#42` and `INC-abcde` as the key is written; None for anything else."""
    found = _KEY.match(word)
    return f"INC-{found.group(1).upper()}" if found else None


def item_key(word: str) -> str | None:
    """`act-7` as the key is written; `ACT-7:` is how many write it in front of more."""
    found = re.match(r"^ACT-([0-9]{1,9}|[A-Za-z]{5})[:,]?$", word, re.IGNORECASE)
    return f"ACT-{found.group(1).upper()}" if found else None
