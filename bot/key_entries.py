"""Which lines of an incident's log tell its story: those marked on purpose, else those that are proposed.

Law: the answer depends on the set of entries alone, not on their order; nothing deleted or retracted is
proposed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from bot.model import Entry, EntryKind

SAID = frozenset({EntryKind.MESSAGE, EntryKind.NOTE})
"""Kinds that people write; the others are alerts, and changes of state."""
NO_STATE = frozenset({EntryKind.ALERT, EntryKind.POSTMORTEM, EntryKind.PEOPLE})
"""Who joins a channel, and what is written about the postmortem, is no state of the incident."""
MOST_PROPOSED = 40
MOST_REACTED = 10
AT_LEAST = 2
"""People whose reaction makes a message worth proposing."""
ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
EVIDENCE = re.compile(
    r"deploy|release|rollback|pipeline|actions/runs|/builds?/|jenkins|argo|/commit/|/pull/|merge_requests|dashboard|grafana|"
    r"kibana|datadog|newrelic|honeycomb|sentry|splunk|prometheus|cloudwatch",
    re.IGNORECASE,
)
"""What the address of a deployment, a change or a dashboard has in it."""
DECIDED = re.compile(r"\W*(?:(?:so\W+)?we(?:'ve|\u2019ve| have)? decided\b|decisions?\s*:|decided\s*:)", re.IGNORECASE)
"""How a message begins that tells what was decided."""


KINDS = tuple(EntryKind)


def order_of(entry: Entry) -> tuple[object, ...]:
    """By time. Lines of one moment stand by what they say, because ids differ each time the same things happen."""
    ref = entry.ref
    told = (KINDS.index(entry.kind), entry.author, entry.text)
    return (entry.occurred, ref.channel if ref else "", ref.ts if ref else "", *told, entry.id)


def in_order(log: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(log, key=order_of))


def story(log: tuple[Entry, ...]) -> tuple[tuple[Entry, ...], frozenset[str]]:
    """The timeline of an ordered log, and the ids of the entries in it that nobody has marked."""
    if any(entry.is_key and entry.kind in SAID for entry in log):
        return tuple(entry for entry in log if entry.is_key), frozenset()
    offered = frozenset(entry.id for entry in proposed(log))
    return tuple(entry for entry in log if entry.is_key or entry.id in offered), offered


def proposed(log: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """What an ordered log offers for the timeline: state changes, alerts, decisions, most reacted to, deployments and
    dashboards."""
    free = [entry for entry in log if not (entry.is_key or entry.deleted or entry.retracted)]
    states = [entry for entry in free if entry.kind not in SAID and entry.kind not in NO_STATE]
    alerts = [entry for entry in free if entry.kind is EntryKind.ALERT]
    said = [entry for entry in free if entry.kind in SAID]
    decided = [entry for entry in said if DECIDED.match(entry.text)]
    linked = [entry for entry in said if _links_evidence(entry.text)]
    chosen = {entry.id: entry for entry in (*states, *alerts, *decided, *_most_reacted(free), *linked)}
    kept = set(list(chosen)[:MOST_PROPOSED])
    return tuple(entry for entry in free if entry.id in kept)


def _links_evidence(text: str) -> bool:
    return "://" in text and any(EVIDENCE.search(address) for address in ADDRESS.findall(text))


def _most_reacted(entries: list[Entry]) -> list[Entry]:
    counted = [(people_reacting(entry), entry) for entry in entries if entry.reactions]
    loud = [(count, entry) for count, entry in counted if count >= AT_LEAST]
    return [entry for _, entry in sorted(loud, key=lambda one: (-one[0], order_of(one[1])))[:MOST_REACTED]]


def people_reacting(entry: Entry) -> int:
    return len({who for stamps in entry.reactions.values() for who, stamp in stamps.items() if stamp > 0})


def reflected(log: tuple[Entry, ...], reflections: Mapping[str, str]) -> dict[str, tuple[Entry, ...]]:
    """The entries under each meaning that reactions give them ("went well", …), in the log's order."""
    found: dict[str, list[Entry]] = {meaning: [] for meaning in sorted(set(reflections.values()))}
    for entry in log:
        if entry.reactions and not entry.deleted:
            for meaning in sorted({reflections[emoji] for emoji in _given(entry) if emoji in reflections}):
                found[meaning].append(entry)
    return {meaning: tuple(entries) for meaning, entries in found.items()}


def _given(entry: Entry) -> list[str]:
    return [emoji for emoji, stamps in entry.reactions.items() if any(stamp > 0 for stamp in stamps.values())]
