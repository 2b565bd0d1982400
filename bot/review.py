"""Who owns a draft, who looks at it, and what they say of it: frozen values, and what follows from them alone.

Law: a review belongs to one version. What was said in it is kept for ever, and is answered by name.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator

from bot.text import Typed, Value, with_names

if TYPE_CHECKING:
    from bot.model import Postmortem

ANSWER_WITHIN = timedelta(hours=24)
"""How long somebody who was proposed as the owner has for an answer."""


def _once(people: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(people))


People = Annotated[tuple[str, ...], AfterValidator(_once)]
"""Person ids in their order, each once: also of two who turned out to be the same."""


class Ownership(Value):
    """How the owner came to be. Somebody who was proposed counts as the owner until they are replaced."""

    told_at: datetime | None = None
    """When the owner was asked, while an answer is waited for; None: there is none to wait for."""
    asked: People = ()
    """Everybody who was proposed so far. Nobody is proposed twice."""

    @property
    def answer_by(self) -> datetime | None:
        return self.told_at + ANSWER_WITHIN if self.told_at else None


class SignOff(Value):
    by: str
    """Person id."""
    at: datetime


class Review(Value):
    """The review of one version."""

    version: int
    asked_by: str
    asked_at: datetime
    reviewers: People
    """In the order in which they were asked."""
    day: date | None = None
    at: datetime | None = None
    """Where the review is a meeting: when it begins."""
    moved: int = 0
    """How often the meeting was moved; calendars know by that which file is the newest."""
    changed_at: datetime
    """When the reviewers or the date were last changed."""
    signed: tuple[SignOff, ...] = ()
    fair: People = ()
    """Who said that it is fair."""

    def has_signed(self, person: str) -> bool:
        return any(one.by == person for one in self.signed)

    @property
    def silent(self) -> tuple[str, ...]:
        return tuple(one for one in self.reviewers if not self.has_signed(one))


class Comment(Value):
    id: str
    version: int
    by: str
    """Person id."""
    at: datetime
    kind: Literal["comment", "time", "factor", "missing"] = "comment"
    """A remark; a time or a factor that is disputed; something that is missing."""
    about: str = ""
    """Name of the section or of the time, or id of the factor."""
    text: Typed
    """What is said; of what is disputed, what holds instead."""
    resolved_by: str = ""
    resolved_at: datetime | None = None

    @property
    def open(self) -> bool:
        return self.resolved_at is None

    @property
    def disputes(self) -> bool:
        return self.kind in ("time", "factor")


def current(postmortem: Postmortem) -> Review | None:
    """The review of the version at hand."""
    review = postmortem.review
    return review if review is not None and review.version == postmortem.version else None


def open_comments(postmortem: Postmortem) -> tuple[Comment, ...]:
    return tuple(one for one in postmortem.comments if one.open)


def involved(postmortem: Postmortem) -> set[str]:
    """Person ids of everybody who was asked, or said something, about the postmortem."""
    review = postmortem.review
    ids = {postmortem.owner, *postmortem.ownership.asked}
    ids |= {one for said in postmortem.comments for one in (said.by, said.resolved_by)}
    ids |= {postmortem.lesson.by} if postmortem.lesson else set()
    ids |= {postmortem.known.none_by, *(one.by for one in postmortem.known.items)}
    ids |= {review.asked_by, *review.reviewers, *review.fair, *(one.by for one in review.signed)} if review else set()
    return ids - {""}


def review_json(postmortem: Postmortem, names: Callable[[str], str]) -> dict[str, Any] | None:
    """The review for programs: people by name, moments in UTC."""
    review = current(postmortem)
    if review is None:
        return None
    return {
        "asked_by": names(review.asked_by),
        "asked_at": review.asked_at.isoformat(),
        "day": review.day.isoformat() if review.day else None,
        "at": review.at.isoformat() if review.at else None,
        "reviewers": [{"name": names(one), "signed_at": _signed_at(review, one)} for one in review.reviewers],
        "fair": [names(one) for one in review.fair],
    }


def _signed_at(review: Review, person: str) -> str | None:
    return next((one.at.isoformat() for one in review.signed if one.by == person), None)


def comments_json(postmortem: Postmortem, names: Callable[[str], str]) -> list[dict[str, Any]]:
    return [
        {
            "id": one.id,
            "version": one.version,
            "by": names(one.by),
            "at": one.at.isoformat(),
            "kind": one.kind,
            "about": one.about,
            "text": with_names(one.text, names),
            "resolved_by": names(one.resolved_by) if one.resolved_by else None,
            "resolved_at": one.resolved_at.isoformat() if one.resolved_at else None,
        }
        for one in postmortem.comments
    ]
