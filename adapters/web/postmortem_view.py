"""A postmortem's page as its template shows it: the sections, and beside each what can be done and what was said of it.

Law: it is a function of the record and of who reads. A published one shows roles wherever a person would stand.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adapters.web.look import Reader
from adapters.web.postmortem_deeds import COMMENTS, of_section, offered
from bot.draft_blocks import Draft, DraftSection
from bot.draft_json import suggestions_json
from bot.draft_names import Names, renaming
from bot.hints import standing
from bot.item_language import item_hints
from bot.key_entries import in_order, story
from bot.known import NOBODY
from bot.language import Hint
from bot.looking import may as permitted
from bot.model import ActionItem, Factor, ItemStatus, Postmortem, PostmortemStatus
from bot.ports import Record
from bot.readiness import Missing, minutes_of, missing, pages_of
from bot.record import as_read, naming, postmortem_of, whole_draft
from bot.review import Comment, Review, current
from bot.text import Form, Value, with_names
from bot.word_changes import Piece
from bot.words import known as known_words
from bot.words import postmortem_page as words
from bot.words import review as review_words
from bot.words.lessons import answer, stands
from bot.zones import echo

PLACES = {"time": "times", "factor": "factors", "missing": COMMENTS}
"""Where a comment stands that is about no section, by its kind."""


class Opened(Value):
    """A form that is open on the page."""

    deed: str
    about: str = ""
    """The section it is about."""
    part: str
    form: Form | None = None
    """None: it can no longer be sent, and what was typed is handed back."""
    typed: dict[str, str] = {}
    problem: str = ""
    field: str = ""
    """The one that the problem is about."""
    overtaken: bool = False
    """Somebody else saved in between."""
    stands: tuple[Piece, ...] = ()
    """What the section says by that, in the words of its form; what is added is not in the text that was typed."""


class Said(Value):
    """A comment as it is read."""

    id: str
    title: str
    by: str
    at: str
    text: str
    open: bool
    resolvable: bool


class FactorShown(Value):
    factor: Factor
    text: str
    items: tuple[tuple[str, str, bool], ...]
    """Key, what, and whether it is open."""
    hints: tuple[Hint, ...]


class Part(Value):
    """A section as the page shows it."""

    section: DraftSection
    deeds: tuple[str, ...] = ()
    hints: tuple[Hint, ...] = ()
    comments: tuple[Said, ...] = ()
    factors: tuple[FactorShown, ...] = ()
    item_hints: tuple[tuple[str, Hint], ...] = ()
    """Key of the item, and what could be worded better."""
    proposed: tuple[str, ...] = ()
    """Ids of the entries that are proposed."""
    budget: str = ""


class ReviewShown(Value):
    when: str
    meeting: bool
    people: tuple[tuple[str, bool], ...]
    """Who was asked, and whether it looks right to them."""
    fair: tuple[str, ...]


class View(Value):
    key: str
    made: Draft
    may: frozenset[str]
    parts: tuple[Part, ...]
    missing: tuple[Missing, ...]
    said: tuple[Said, ...]
    """Comments on the whole, and those that are resolved."""
    general: tuple[str, ...]
    review: ReviewShown | None
    known: tuple[tuple[str, str], ...]
    """What was said of what was known before, each with the name by which it is taken back."""
    waits: bool
    """The proposed owner has not answered yet."""
    published: str
    reading: str
    suggestions: tuple[dict[str, Any], ...]
    """Of a language model, as `suggestions_json` tells them."""
    names: tuple[str, ...]
    """Of people who have a part in it, for fields that ask for somebody."""
    people: tuple[tuple[str, str], ...]
    """Ids and names of them."""

    def part(self, name: str) -> Part | None:
        return next((one for one in self.parts if one.section.name == name), None)


def view_of(record: Record, reader: Reader) -> View:
    """Raises `NotFound` where no postmortem was opened yet."""
    postmortem, whole = postmortem_of(record), whole_draft(record, reader.zone)
    page, made = _Page(record, reader, postmortem, whole), as_read(whole)
    people = _people(record)
    return View(
        key=record.incident.key,
        made=made,
        may=page.may,
        parts=tuple(map(page.part, made.sections)),
        missing=missing(record.incident, record.items, postmortem, made),
        said=tuple(one for one in page.comments(COMMENTS) if one.open) + page.resolved(),
        general=of_section(COMMENTS, page.may),
        review=page.review(),
        known=page.known(),
        waits=postmortem.ownership.told_at is not None and not page.published,
        published=page.published_line(),
        reading=words.reading_time(minutes_of(made), pages_of(made)),
        suggestions=tuple(suggestions_json(postmortem, record.entries, lambda at: echo(at, reader.zone))),
        names=tuple(name for _, name in people),
        people=people,
    )


def _people(record: Record) -> tuple[tuple[str, str], ...]:
    """Who can be asked, by name; of a private incident only those who may know of it."""
    known = [one for one in record.people.values() if one.kind == "human"]
    if record.incident.private:
        known = [one for one in known if one.id in record.incident.responders]
    return tuple(sorted(((one.id, one.name) for one in known), key=lambda one: (one[1].casefold(), one[0])))


class _Page:
    """What all parts are made from."""

    def __init__(self, record: Record, reader: Reader, postmortem: Postmortem, whole: Draft) -> None:
        self.record = record
        self.reader = reader
        self.postmortem = postmortem
        self.published = postmortem.status is PostmortemStatus.PUBLISHED
        self.may = offered(record, reader.principal)
        self.names: Names = naming(record.people)
        self.shown: Callable[[str], str] = renaming(whole.cast) if self.published else str
        self.settles = permitted(record, reader.principal, "postmortem_publish")

    def part(self, section: DraftSection) -> Part:
        name = section.name
        return Part(
            section=section,
            deeds=of_section(name, self.may),
            hints=self.hints(name),
            comments=tuple(one for one in self.comments(name) if one.open),
            factors=tuple(map(self.factor, self.postmortem.factors)) if name == "factors" and self.writes else (),
            item_hints=self.item_hints() if name == "actions" else (),
            proposed=self.proposed() if name == "timeline" and "adopt" in self.may else (),
            budget=self.budget() if name == "learning" and self.writes else "",
        )

    @property
    def writes(self) -> bool:
        return not self.published

    # -- on the wording

    def hints(self, of: str) -> tuple[Hint, ...]:
        known = of in self.postmortem.edited or any(of == factor.id for factor in self.postmortem.factors)
        found = standing(self.postmortem, of) if known and "hint" in self.may else ()
        return tuple(map(self.hint, found))

    def hint(self, one: Hint) -> Hint:
        """With people by name; it is known again by its sentence, which stays."""
        return one.model_copy(update={"found": self.text(one.found), "rewording": self.text(one.rewording)})

    def item_hints(self) -> tuple[tuple[str, Hint], ...]:
        if "hint" not in self.may:
            return ()
        open_ones = (item for item in self.record.items if item.status is ItemStatus.OPEN)
        return tuple((item.key, hint) for item in open_ones for hint in item_hints(item.text)[:1])

    def budget(self) -> str:
        written = self.postmortem.edited.get("learning")
        return words.card_length(len(with_names(written.text, self.names))) if written else words.CARD_EMPTY

    # -- factors and the timeline

    def factor(self, factor: Factor) -> FactorShown:
        tied = (item for item in self.record.items if item.factor == factor.id)
        items = tuple((item.key, self.text(item.text), _is_open(item)) for item in tied)
        return FactorShown(factor=factor, text=self.text(factor.text), items=items, hints=self.hints(factor.id))

    def text(self, typed: str) -> str:
        return self.shown(with_names(typed, self.names))

    def proposed(self) -> tuple[str, ...]:
        entries, offered_ones = story(in_order(self.record.entries))
        return tuple(one.id for one in entries if one.id in offered_ones)

    # -- what was said of it

    def comments(self, part: str) -> tuple[Said, ...]:
        return tuple(self.said(one) for one in self.postmortem.comments if _place(one) == part)

    def resolved(self) -> tuple[Said, ...]:
        return tuple(self.said(one) for one in self.postmortem.comments if not one.open)

    def said(self, comment: Comment) -> Said:
        mine = comment.by == self.reader.principal.id
        return Said(
            id=comment.id,
            title=self.text(review_words.comment_title(comment, self.postmortem)),
            by=self.shown(self.names(comment.by)),
            at=echo(comment.at, self.reader.zone),
            text=self.text(comment.text),
            open=comment.open,
            resolvable=comment.open and "resolve" in self.may and (mine or self.settles),
        )

    # -- the review

    def review(self) -> ReviewShown | None:
        review = current(self.postmortem)
        if review is None:
            return None
        return ReviewShown(
            when=_when(review, self.reader.zone),
            meeting=review.at is not None,
            people=tuple((self.shown(self.names(one)), review.has_signed(one)) for one in review.reviewers),
            fair=tuple(self.shown(self.names(one)) for one in review.fair),
        )

    def known(self) -> tuple[tuple[str, str], ...]:
        told, lines = self.postmortem.known, known_words.lines(self.postmortem.known)
        names = [one.key or one.item for one in told.items] or [NOBODY]
        return tuple((self.text(line), name) for line, name in zip(lines, names, strict=False))

    def published_line(self) -> str:
        at = self.postmortem.published_at
        if not self.published or at is None:
            return ""
        by = words.published_by(self.shown(self.names(self.postmortem.published_by)), echo(at, self.reader.zone))
        said = answer(self.postmortem)
        return f"{by} {stands(said, self.shown(self.names(said.by)))}" if said else by


def _is_open(item: ActionItem) -> bool:
    return item.status is ItemStatus.OPEN


def _place(comment: Comment) -> str:
    return PLACES.get(comment.kind, comment.about or COMMENTS)


def _when(review: Review, zone: str) -> str:
    when = review_words.on_day(review, zone)
    return words.reviewed_on(when) if when else ""
