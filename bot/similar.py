"""Which past incidents are like one that is on: ranked by what is rare and shared, each with its reasons.

Law: pure. What is compared was read through the reader's own eyes (`storage.likeness`): how rare a word is counts only
incidents that they may see, so that nothing hidden moves anything. Drills are never among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from math import exp, log, log2
from typing import Literal

from bot import search_words
from bot.model import ActionItem, Incident, Postmortem
from bot.text import Value
from bot.votes import Votes

MOST_SHOWN = 3
MOST_ASKED = 40
"""Words that are looked for."""
MOST_INDEXED = 2_000
"""Words that an incident is found by; PostgreSQL takes a megabyte of them, and each may have a few hundred bytes."""
ENOUGH = 1.4
"""What two incidents have to share to be called similar; 1 is one word that no other incident has."""
SERVICE, ERROR, FACTOR, RECENT = 0.6, 0.8, 0.25, 0.15
HALF_LIFE_DAYS = 365
TITLE, IMPACT, SAID = 1.0, 0.8, 0.5
IN_TITLE, MEANING = 1.4, 1.1
USUAL, LONGER = 60, 0.2
"""Words of an incident of usual length, and what each doubling takes from a word that does not stand in the title."""
RARE_ERROR = 0.05
"""An error's name that more of the incidents have than this tells nothing."""
Why = Literal["service", "error", "factor", "words"]


class Past(Value):
    """A past incident that may be like it."""

    incident: Incident
    words: frozenset[str]
    """As it is found by, its service and errors included."""
    kinds: frozenset[str] = frozenset()
    """Of the contributing factors of its postmortem."""
    items: tuple[ActionItem, ...] = ()
    """Those that are still open."""
    ended: tuple[ActionItem, ...] = ()
    """The others, where they were asked for."""
    mitigation: str = ""
    votes: Votes = Votes()


class Found(Value):
    """What was looked for, and what could be it."""

    asked: dict[str, float] = {}
    """Word to its weight."""
    kinds: frozenset[str] = frozenset()
    among: int = 0
    """Incidents that the reader may see."""
    having: dict[str, int] = {}
    """How many of those have each word."""
    said: dict[str, str] = {}
    """A word as it was written in the incident that is asked about."""
    past: tuple[Past, ...] = ()


class Foreseen(Value):
    """What was found for a command before it is its turn."""

    about: str
    """Id of the incident that it seemed to be about."""
    reader: str
    found: Found


class Match(Value):
    past: Past
    why: tuple[Why, ...]
    shared: tuple[str, ...] = ()
    """Words that both have, the rarest first, as the incident that is asked about has them."""
    score: float


class Shown(Value):
    """A past incident that was shown beside another one, to one person or on the card; and what they said of it."""

    key: str
    incident: str
    """Its id."""
    why: tuple[Why, ...] = ()
    open_items: int = 0
    person: str = ""
    """Whom it was shown to; empty: it stands on the status card."""
    useful: bool | None = None
    place: int = 1
    """On the card from 1; 0: it does not stand there any more."""


# -- what an incident is found by, and what is looked for


def texts_of(incident: Incident, postmortem: Postmortem | None) -> Iterable[str]:
    yield from (incident.title, incident.impact, incident.summary, incident.update.text if incident.update else "")
    if postmortem is not None:
        yield from (factor.text for factor in postmortem.factors)
        yield from (section.text for section in postmortem.edited.values())
        sayings = (postmortem.trigger, *postmortem.decisions, *postmortem.questions)
        yield from (saying.text for saying in sayings if saying)


def indexed(incident: Incident, postmortem: Postmortem | None, said: Iterable[str]) -> str:
    """All that an incident is found by, as words with spaces between; `said` are its key entries."""
    found = dict.fromkeys([search_words.service(incident.service), *search_words.errors(incident.title, whole=True)])
    for text in (*texts_of(incident, postmortem), *said):
        found |= dict.fromkeys((*search_words.words(text), *search_words.errors(text)))
    return " ".join(islice(filter(None, found), MOST_INDEXED))


def asked(incident: Incident, said: Sequence[str]) -> tuple[dict[str, float], dict[str, str]]:
    """The words that are looked for, with what each counts, the weightiest first; and how they were written."""
    weights: dict[str, float] = {}
    written: dict[str, str] = {}
    for weight, text in ((TITLE, incident.title), (IMPACT, incident.impact), *((SAID, text) for text in said)):
        written = search_words.written(text) | written
        for word in (*search_words.words(text), *search_words.errors(text, whole=True)):
            weights[word] = max(weights.get(word, 0.0), weight * (MEANING if word.startswith("=") else 1.0))
    weights |= {name: SERVICE for name in [search_words.service(incident.service)] if name}
    ordered = sorted(weights, key=lambda word: (word.startswith("!"), -weights[word]))
    chosen = [*ordered[:MOST_ASKED], *_errors(ordered[MOST_ASKED:])]
    return {word: weights[word] for word in chosen}, {word: written[word] for word in chosen if word in written}


def _errors(words: Sequence[str]) -> Sequence[str]:
    return [word for word in words if word.startswith("!")][: MOST_ASKED // 2]


# -- ranking


def rarity(among: int, having: int) -> float:
    """1 for a word that one incident of many has, towards 0 for one that all have."""
    return max(0.0, log((among + 1) / (having + 0.5)) / log((among + 1) / 1.5)) if among > 1 else 1.0


def similar(found: Found | None, now: datetime) -> tuple[Match, ...]:
    """At most three, the most alike first, without what people found of no use here."""
    return tuple([match for match in _alike(found, now) if not match.past.votes.left_out][:MOST_SHOWN])


def left_out(found: Found | None, now: datetime) -> tuple[Match, ...]:
    """What is alike, and is not shown because people found it of no use here."""
    return tuple([match for match in _alike(found, now) if match.past.votes.left_out][:MOST_SHOWN])


def _alike(found: Found | None, now: datetime) -> list[Match]:
    return [match for match in ranked(found, now) if match.score >= ENOUGH] if found else []


def ranked(found: Found, now: datetime) -> list[Match]:
    """All that could be it, the most alike first. What people said changes the order, never whether it is alike."""
    matches = [_match(found, past, now) for past in found.past]
    return sorted(matches, key=lambda one: (-one.score - one.past.votes.moves, one.past.incident.key))


def _match(found: Found, past: Past, now: datetime) -> Match:
    shared = {word: worth(found, word) for word in found.asked if word in past.words}
    title = frozenset(search_words.words(past.incident.title))
    length = 1 + LONGER * max(0.0, log2(max(1, len(past.words)) / USUAL))
    plain = {word: worth for word, worth in shared.items() if word[0] not in "#!"}
    plain = _once({word: worth * IN_TITLE if word in title else worth / length for word, worth in plain.items()})
    why = _why(found, past, shared, bool(plain))
    score = sum(plain.values())
    score += (SERVICE if "service" in why else 0) + (ERROR if "error" in why else 0)
    score += FACTOR if "factor" in why else 0
    score += RECENT * _recency(past.incident, now)
    rarest = sorted((word for word in plain if word in found.said), key=lambda word: (-plain[word], word))
    return Match(past=past, why=why, shared=tuple(dict.fromkeys(found.said[one] for one in rarest))[:4], score=score)


def _once(plain: dict[str, float]) -> dict[str, float]:
    """A word and what it means are one thing, which counts as the better of the two."""
    counted = dict(plain)
    for word, worth in plain.items():
        for meaning in search_words.meanings(word):
            if meaning in plain:
                counted[meaning] = min(counted[meaning], max(0.0, plain[meaning] - worth))
    return counted


def worth(found: Found, word: str) -> float:
    return found.asked[word] * rarity(found.among, found.having.get(word, 0))


def _why(found: Found, past: Past, shared: Mapping[str, float], alike: bool) -> tuple[Why, ...]:
    why: list[Why] = ["service"] if any(word.startswith("#") for word in shared) else []
    few = max(2, found.among * RARE_ERROR)
    if any(word.startswith("!") and found.having.get(word, 0) <= few for word in shared):
        why.append("error")
    if found.kinds & past.kinds:
        why.append("factor")
    return (*why, "words") if alike else tuple(why)


def _recency(incident: Incident, now: datetime) -> float:
    declared = incident.times.declared
    days = max(0.0, (now - declared.at).total_seconds() / 86400) if declared else HALF_LIFE_DAYS * 2
    return exp(-days / HALF_LIFE_DAYS)
