"""Past incidents that are like one, as programs and pages read them."""

from __future__ import annotations

from datetime import date

from adapters.web.shapes import Instant, ItemShape, item_shape
from bot.draft_names import Names
from bot.similar import Match
from bot.text import Value, with_names
from bot.words.similar import reasons


class SimilarShape(Value):
    key: str
    title: str
    severity: int
    status: str
    service: str | None
    declared_at: Instant | None
    why: tuple[str, ...]
    """service, error, factor, words: what is the same or alike."""
    reason: str
    """The same in words."""
    shared: tuple[str, ...]
    """Words that both have, the rarest first."""
    fixed_by: str | None
    """What fixed it: its summary, or else what mitigated it."""
    open_actions: tuple[ItemShape, ...]
    useful: int
    not_useful: int
    """How many people found it so, beside this incident."""


class SimilarAnswer(Value):
    similar: tuple[SimilarShape, ...]
    """At most three, the most alike first."""


def similar_shape(match: Match, names: Names, today: date) -> SimilarShape:
    past, declared = match.past.incident, match.past.incident.times.declared
    return SimilarShape(
        key=past.key,
        title=with_names(past.title, names),
        severity=past.severity,
        status=past.status.value,
        service=past.service or None,
        declared_at=declared.at if declared else None,
        why=match.why,
        reason=reasons(match.why),
        shared=match.shared,
        fixed_by=with_names(past.summary or match.past.mitigation, names) or None,
        open_actions=tuple(item_shape(item, names, today) for item in match.past.items),
        useful=match.past.votes.useful,
        not_useful=match.past.votes.not_useful,
    )


def spoken_texts(match: Match) -> tuple[str, ...]:
    past = match.past
    return (past.incident.title, past.incident.summary, past.mitigation)
