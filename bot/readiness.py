"""What a reader of a postmortem would miss, in plain sentences, each with the place where it is mended.

Law: it is listed and never scored, and it blocks nothing. Only with the draft its length is known.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.draft_blocks import Draft, plain
from bot.draft_sections import items_for
from bot.hints import on_wording, standing
from bot.model import FIVE_TIMES, ActionItem, Incident, ItemStatus, Postmortem
from bot.review import current
from bot.text import Value, with_names
from bot.words import draft as words
from bot.words.known import NOT_SAID
from bot.words.review import comments_left, looked

WORDS_A_MINUTE = 220


class Missing(Value):
    text: str
    where: str = ""
    """Name of the section, `review` or `comments`; empty: it is mended elsewhere."""


def readiness(
    incident: Incident, items: Iterable[ActionItem], postmortem: Postmortem, made: Draft | None = None
) -> tuple[str, ...]:
    return tuple(one.text for one in missing(incident, items, postmortem, made))


def missing(
    incident: Incident, items: Iterable[ActionItem], postmortem: Postmortem, made: Draft | None = None
) -> tuple[Missing, ...]:
    items = tuple(sorted(items, key=lambda item: (item.created_at, item.key)))
    found = [Missing(text=words.still_open(incident.status.value))] if incident.is_open else []
    found += [
        Missing(text=words.missing_time(name), where="times")
        for name in FIVE_TIMES
        if getattr(incident.times, name) is None
    ]
    found += [*_about_texts(incident, postmortem), *_about_factors(items, postmortem)]
    ownerless = [item.key for item in items if item.status is ItemStatus.OPEN and not item.owner]
    found += [Missing(text=words.items_without_owner(", ".join(ownerless)), where="actions")] if ownerless else []
    found += _about_review(postmortem)
    found += [Missing(text=words.incomplete(incident.capture_gap), where="log")] if incident.capture_gap else []
    pages = pages_of(made) if made else 0
    found += [Missing(text=words.too_long(pages))] if pages > words.PAGES_MOST else []
    return (*found, *(Missing(text=text, where=_hinted(postmortem)) for text in on_wording(postmortem)))


def pages_of(made: Draft) -> int:
    """About how many pages it has on paper; the folded log does not count."""
    return max(1, -(-_words(made) // words.PAGE_WORDS))


def minutes_of(made: Draft) -> int:
    """About how long it takes to read, without the log."""
    return max(1, -(-_words(made) // WORDS_A_MINUTE))


def _words(made: Draft) -> int:
    return sum(len(plain(section.body).split()) for section in made.sections if section.name != "log")


def _about_texts(incident: Incident, postmortem: Postmortem) -> list[Missing]:
    card = postmortem.edited.get("learning")
    described = incident.impact.strip() or "impact" in postmortem.edited
    found = [] if described else [Missing(text=words.no_impact(), where="impact")]
    if card is None:
        found.append(Missing(text=words.no_card(), where="learning"))
    elif (length := len(with_names(card.text, lambda _: words.SOMEBODY))) > words.LEARNING_MOST:
        found.append(Missing(text=words.long_card(length), where="learning"))
    return found


def _about_factors(items: tuple[ActionItem, ...], postmortem: Postmortem) -> list[Missing]:
    factors = postmortem.factors
    found = [Missing(text=words.no_trigger(), where="trigger")] if postmortem.trigger is None else []
    found += [Missing(text=words.missing_factors(len(factors)), where="factors")] if len(factors) < 2 else []
    idle = sum(1 for factor in factors if not items_for(factor, items))
    return found + ([Missing(text=words.factors_without_action(idle), where="factors")] if idle else [])


def _about_review(postmortem: Postmortem) -> list[Missing]:
    review = current(postmortem)
    found = [Missing(text=looked(review), where="review")] if review and review.silent else []
    found += [Missing(text=NOT_SAID, where="review")] if review and not postmortem.known.answered else []
    return found + [Missing(text=text, where="comments") for text in comments_left(postmortem)]


def _hinted(postmortem: Postmortem) -> str:
    """The first section with a hint on its wording."""
    return next((name for name in sorted(postmortem.edited) if standing(postmortem, name)), "factors")
