"""The sections of a draft, each computed from what is recorded, and from nothing else.

Law: a section never guesses. What nobody has said is called unknown or missing, together with the verb that says it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bot.draft_blocks import Block, Case, Cell, Facts, Line, Lines, Made, Paragraph, Points, Table
from bot.model import FIVE_TIMES, ActionItem, Entry, EntryKind, Factor, ItemStatus, Times
from bot.text import Link
from bot.words import draft as words
from bot.zones import due_echo, duration

Section = Callable[[Case], Made]
MOST_ALERTS = 5
MOST_HELP = 3
ENDED_WITHOUT = (ItemStatus.WONT_DO, ItemStatus.ACCEPTED_RISK)


def learning(case: Case) -> Made:
    """At most 900 characters of words that somebody recorded, shared fairly between the five questions."""
    incident = case.incident
    helped = case.reflected.get(words.REFLECTIONS["well"], ())[:MOST_HELP]
    told = ": ".join(filter(None, (case.text(incident.title), case.text(incident.summary))))
    answers = (
        told,
        case.text(incident.impact),
        "; ".join(case.text(factor.text) for factor in case.postmortem.factors),
        "; ".join(case.text(entry.text) for entry in helped),
        "; ".join(case.text(item.text) for item in case.items if item.status not in ENDED_WITHOUT),
    )
    said = tuple(" ".join(answer.split()) or words.NOT_SAID for answer in answers)
    room = words.LEARNING_MOST - sum(len(label) + len("- : \n") for label in words.CARD)
    rows = tuple(zip(words.CARD, _shared(said, room), strict=True))
    return (Facts(rows=rows),), tuple(entry.id for entry in helped)


def _shared(texts: tuple[str, ...], room: int) -> tuple[str, ...]:
    """The texts cut so that together they have room; what a short one leaves over, a long one may use."""
    cut = list(texts)
    for done, n in enumerate(sorted(range(len(texts)), key=lambda n: (len(texts[n]), n))):
        share = room // (len(texts) - done)
        cut[n] = texts[n] if len(texts[n]) <= share else texts[n][: share - 1].rstrip() + "…"
        room -= len(cut[n])
    return tuple(cut)


def impact(case: Case) -> Made:
    said = tuple(entry.id for entry in case.log if entry.kind is EntryKind.IMPACT and not entry.deleted)
    return (Paragraph(text=case.text(case.incident.impact) or words.NO_IMPACT),), said


def times(case: Case) -> Made:
    """Each with its source or unknown; durations stand only between two that are known."""
    known = case.incident.times
    rows = []
    for name in FIVE_TIMES:
        moment = getattr(known, name)
        told = (case.when(moment.at), case.text(moment.source)) if moment else None
        rows.append((words.TIMES[name], *(told or (words.UNKNOWN, words.unknown_time(name)))))
    spans = _spans(known)
    body: tuple[Block, ...] = (Table(head=words.TIME_HEAD, rows=tuple(rows)),)
    evidence = tuple(entry.id for entry in case.log if entry.kind is EntryKind.TIME and not entry.deleted)
    return (*body, Facts(rows=spans)) if spans else body, evidence


def _spans(known: Times) -> tuple[tuple[str, str], ...]:
    rows = []
    for first, last, label in words.SPANS:
        start, end = getattr(known, first), getattr(known, last)
        if start and end and end.at >= start.at:
            rows.append((label, duration(end.at - start.at)))
    return tuple(rows)


def timeline(case: Case) -> Made:
    lines = tuple(line(case, entry) for entry in case.timeline)
    note = (Paragraph(text=words.ALL_PROPOSED),) if case.proposed else ()
    if not lines:
        return (Paragraph(text=words.NO_ENTRY),), ()
    return (*note, Lines(lines=lines)), tuple(one.id for one in lines)


def log(case: Case) -> Made:
    """Everything, folded away; what was deleted leaves its place and time.

    Who came and went is left to the timeline: there is no coming and going where an incident is a thread.
    """
    told = (entry for entry in case.log if entry.is_key or entry.kind is not EntryKind.PEOPLE)
    lines = tuple(line(case, entry) for entry in told)
    if not lines:
        return (Paragraph(text=words.NO_ENTRY),), ()
    return (Lines(lines=lines, folded=words.log_heading(len(lines))),), tuple(one.id for one in lines)


LINE_FIELDS = set(Line.model_fields)
"""One for all lines of a log: a set of its own would be as large as the line."""


def line(case: Case, entry: Entry) -> Line:
    who = case.who(entry)
    role = case.roles.get(entry.author, "")
    files: tuple[Cell, ...] = tuple(
        Link(url=file.url, label=file.name or file.url) if file.url else file.name for file in entry.files
    )
    text = case.text(entry.text) if entry.text.strip() or files else words.WITHOUT_TEXT
    return Line.model_construct(  # of parts that were checked when the entry was made
        _fields_set=LINE_FIELDS,
        id=entry.id,
        kind=entry.kind,
        at=entry.occurred,
        shown=case.when(entry.occurred),
        who=who,
        role=role if role != who else "",
        text=words.DELETED if entry.deleted else text,
        url=entry.permalink,
        files=() if entry.deleted else files,
        proposed=entry.id in case.proposed,
        edited=entry.edits > 0,
        deleted=entry.deleted,
    )


def factors(case: Case) -> Made:
    points = tuple(_factor_point(case, factor) for factor in case.postmortem.factors)
    asked = (Paragraph(text=words.FACTORS_ASKED),) if len(points) < 2 else ()
    return ((Points(points=points),) if points else ()) + asked, ()


def _factor_point(case: Case, factor: Factor) -> str:
    keys = ", ".join(item.key for item in items_for(factor, case.items))
    return words.factor(factor.kind, case.text(factor.text), keys)


def items_for(factor: Factor, items: tuple[ActionItem, ...]) -> tuple[ActionItem, ...]:
    return tuple(item for item in items if item.factor == factor.id)


def noticed(case: Case) -> Made:
    detected = case.incident.times.detected
    alerts = [entry for entry in case.log if entry.kind is EntryKind.ALERT and not entry.deleted][:MOST_ALERTS]
    said = words.said_how(case.text(detected.source), case.when(detected.at)) if detected else words.NOBODY_SAID
    body: tuple[Block, ...] = (Paragraph(text=said),)
    if alerts:
        body += (Paragraph(text=words.FIRST_ALERTS), Points(points=tuple(map(case.said, alerts))))
    return body, tuple(entry.id for entry in alerts)


def reflection(meaning: str, empty: str, case: Case) -> Made:
    """What people marked with a reaction, in the order in which it was said."""
    marked = case.reflected.get(meaning, ())
    if not marked:
        return (Paragraph(text=empty),), ()
    return (Points(points=tuple(map(case.said, marked))),), tuple(entry.id for entry in marked)


def decisions(case: Case) -> Made:
    """What was decided not to be done, and by which reason: for ever."""
    points = tuple(
        words.not_done(item.key, case.text(item.text), item.status.value, case.text(item.reason))
        for item in case.items
        if item.status in ENDED_WITHOUT
    )
    return (Points(points=points) if points else Paragraph(text=words.NO_DECISION),), ()


def actions(case: Case) -> Made:
    if not case.items:
        return (Paragraph(text=words.NO_ITEM),), ()
    evidence = tuple(entry.id for entry in case.log if entry.kind is EntryKind.ACTION and not entry.deleted)
    return (Table(head=words.ITEM_HEAD, rows=tuple(_item_row(case, item) for item in case.items)),), evidence


def _item_row(case: Case, item: ActionItem) -> tuple[Cell, ...]:
    known = {factor.id: factor for factor in case.postmortem.factors}
    tied = known.get(item.factor)
    return (
        Link(url=item.link, label=item.key) if item.link else item.key,
        case.text(item.text),
        case.name(item.owner) if item.owner else words.NOBODY,
        due_echo(item.due),
        item.kind or "–",
        item.status.value,
        case.text(f"{tied.kind}: {tied.text}" if tied else item.factor) or "–",
    )


def questions(case: Case) -> Made:
    """What nobody has answered yet: unknown times, missing factors, and what people marked as a question."""
    known = case.incident.times
    points = [words.when_was(name) for name in FIVE_TIMES if getattr(known, name) is None]
    points += [words.FACTORS_OPEN] if not case.postmortem.factors else []
    points += [
        words.factor_without_action(case.text(factor.text))
        for factor in case.postmortem.factors
        if not items_for(factor, case.items)
    ]
    asked = case.reflected.get(words.QUESTION, ())
    points += map(case.said, asked)
    body: Block = Points(points=tuple(points)) if points else Paragraph(text=words.NO_QUESTION)
    return (body,), tuple(entry.id for entry in asked)


SECTIONS: dict[str, Section] = {
    "learning": learning,
    "impact": impact,
    "times": times,
    "timeline": timeline,
    "log": log,
    "factors": factors,
    "noticed": noticed,
    "well": partial(reflection, words.REFLECTIONS["well"], words.NO_REFLECTION),
    "hard": partial(reflection, words.REFLECTIONS["hard"], words.NO_REFLECTION),
    "lucky": partial(reflection, words.REFLECTIONS["lucky"], words.NO_REFLECTION),
    "surprised": partial(reflection, words.REFLECTIONS["surprised"], words.NO_SURPRISE),
    "decisions": decisions,
    "actions": actions,
    "questions": questions,
}
"""In their order."""


def own_reflections(case: Case) -> dict[str, Section]:
    """Sections for meanings that an organisation gave to reactions of its own."""
    usual = {*words.REFLECTIONS.values(), words.QUESTION}
    own = [meaning for meaning in case.reflected if meaning not in usual]
    return {words.OWN + meaning: partial(reflection, meaning, words.NO_REFLECTION) for meaning in own}
