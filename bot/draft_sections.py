"""The sections of a draft, each computed from what is recorded, and from nothing else.

Law: a section never guesses. What nobody has said is called unknown or missing, together with the verb that says it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from bot.draft_blocks import (
    NOTHING,
    Block,
    Case,
    Cell,
    Facts,
    Line,
    Lines,
    Made,
    Paragraph,
    Source,
    Table,
    pointed,
    source,
)
from bot.draft_presence import present, silences
from bot.model import FIVE_TIMES, ActionItem, Entry, EntryKind, Factor, ItemStatus, Moment, Times
from bot.text import Link
from bot.words import draft as words
from bot.words.effectiveness import status as item_status
from bot.words.factors import factor_line
from bot.words.incident import impact_line
from bot.words.known import lines as known_lines
from bot.words.timeline import time_line
from bot.zones import due_echo, duration

Section = Callable[[Case], Made]
MOST_ALERTS = 5
MOST_HELP = 3
ENDED_WITHOUT = (ItemStatus.WONT_DO, ItemStatus.ACCEPTED_RISK)


def learning(case: Case) -> Made:
    """At most 900 characters of words that somebody recorded, shared fairly between the five questions."""
    incident, factors = case.incident, case.postmortem.factors
    helped = case.reflected.get(words.REFLECTIONS["well"], ())[:MOST_HELP]
    items = tuple(item for item in case.items if item.status not in ENDED_WITHOUT)
    told = ": ".join(filter(None, (case.text(incident.title), case.text(incident.summary))))
    answers = (
        told,
        case.text(incident.impact),
        "; ".join(case.text(factor.text) for factor in factors),
        "; ".join(case.text(entry.text) for entry in helped),
        "; ".join(case.text(item.text) for item in items),
    )
    said = tuple(" ".join(answer.split()) or words.NOT_SAID for answer in answers)
    room = words.LEARNING_MOST - sum(len(label) + len("- : \n") for label in words.CARD)
    rows = tuple(zip(words.CARD, _shared(said, room), strict=True))
    sources = (
        NOTHING,
        source(_impact_told(case)),
        source(line for factor in factors for line in factor_told(case, factor)),
        source(helped),
        source(line for item in items for line in case.about.get(item.key, ())),
    )
    return (Facts(rows=rows, sources=sources),), evidence_of(sources)


def evidence_of(sources: Iterable[Source]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for source in sources for one in source.ids))


def _shared(texts: tuple[str, ...], room: int) -> tuple[str, ...]:
    """The texts cut so that together they have room; what a short one leaves over, a long one may use."""
    cut = list(texts)
    for done, n in enumerate(sorted(range(len(texts)), key=lambda n: (len(texts[n]), n))):
        share = room // (len(texts) - done)
        cut[n] = texts[n] if len(texts[n]) <= share else texts[n][: share - 1].rstrip() + "…"
        room -= len(cut[n])
    return tuple(cut)


def impact(case: Case) -> Made:
    said = evidence_of((source(case.told[EntryKind.IMPACT]),))
    return (
        Paragraph(text=case.text(case.incident.impact) or words.NO_IMPACT, source=source(_impact_told(case))),
    ), said


def numbers(case: Case) -> Made:
    """What the record can count. Where nobody said how many were hurt, that is asked for."""
    written = case.postmortem.edited.get("impact")
    said = written.text if written else case.incident.impact
    counted = _counted(case)
    sources = tuple(rests_on for *_, rests_on in counted)
    body: tuple[Block, ...] = (Facts(rows=tuple((label, text) for label, text, _ in counted), sources=sources),)
    if not any(letter.isdigit() for letter in said):
        body += (Paragraph(text=words.NO_NUMBER),)
    return body, evidence_of(sources)


def _impact_told(case: Case) -> tuple[Entry, ...]:
    """The line by which it was said as it stands; else all lines about it."""
    lines = case.told[EntryKind.IMPACT]
    return tuple(line for line in lines if line.text == impact_line(case.incident.impact))[-1:] or lines


def _counted(case: Case) -> tuple[tuple[str, str, Source], ...]:
    incident, changes, alerts = case.incident, case.told[EntryKind.SEVERITY], case.told[EntryKind.ALERT]
    spoken = sum(1 for entry in case.log if entry.kind is EntryKind.MESSAGE and not entry.deleted)
    severity = words.severity(incident.severity, sum(1 for line in changes if not line.retracted))
    rows = [
        (words.HOW_LONG, *_how_long(case)),
        (words.SEVERITY, severity, source(changes)),
        (words.RESPONDERS, f"{len(incident.responders):,}", NOTHING),
        (words.MESSAGES, f"{spoken:,}", NOTHING),
    ]
    return (*rows, (words.ALERTS, f"{len(alerts):,}", source(alerts[:MOST_ALERTS]))) if alerts else tuple(rows)


def _how_long(case: Case) -> tuple[str, Source]:
    """From the beginning of the impact until it stopped, and only where both are known."""
    known = case.incident.times
    over = "mitigated" if known.mitigated else "resolved"
    end: Moment | None = getattr(known, over)
    if known.began is None:
        return words.unknown("began"), NOTHING
    if end is None:
        return words.NOT_OVER, NOTHING
    if end.at < known.began.at:
        return words.CONTRADICTED, NOTHING
    lines = (*time_told(case, "began", known.began), *time_told(case, over, end))
    return duration(end.at - known.began.at), source(lines)


def time_told(case: Case, name: str, moment: Moment) -> tuple[Entry, ...]:
    """The lines by which one of the five times is known: its own, or what happened at that very moment."""
    said = tuple(line for line in case.told[EntryKind.TIME] if line.text == time_line(name, moment))
    kinds = {"declared": EntryKind.DECLARED, "detected": EntryKind.ALERT}
    happened = case.told[kinds.get(name, EntryKind.STATUS)]
    return said or tuple(line for line in happened if line.occurred == moment.at and not line.retracted)


def times(case: Case) -> Made:
    """Each with its source or unknown; durations stand only between two that are known."""
    known = case.incident.times
    rows, sources = [], []
    for name in FIVE_TIMES:
        moment = getattr(known, name)
        told = (case.when(moment.at), case.text(moment.source)) if moment else None
        rows.append((words.TIMES[name], *(told or (words.UNKNOWN, words.unknown_time(name)))))
        sources.append(source(time_told(case, name, moment)) if moment else NOTHING)
    spans = _spans(known)
    body: tuple[Block, ...] = (Table(head=words.TIME_HEAD, rows=tuple(rows), sources=tuple(sources)),)
    evidence = evidence_of((*sources, source(case.told[EntryKind.TIME])))
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


def trigger(case: Case) -> Made:
    """What set it off, as somebody said it. What made it possible are the factors."""
    said = case.postmortem.trigger
    if said is None:
        return (Paragraph(text=words.NO_TRIGGER),), ()
    text, rests_on = case.saying(said)
    return (Paragraph(text=text, source=rests_on),), rests_on.ids


def factors(case: Case) -> Made:
    points = pointed(_factor_point(case, factor) for factor in case.postmortem.factors)
    asked = (Paragraph(text=words.FACTORS_ASKED),) if len(points.points) < 2 else ()
    known = tuple(Paragraph(text=case.text(line)) for line in known_lines(case.postmortem.known))
    return ((points,) if points.points else ()) + asked + known, evidence_of(points.sources)


def _factor_point(case: Case, factor: Factor) -> tuple[str, Source]:
    items = items_for(factor, case.items)
    keys = ", ".join(words.item_state(item.key, item.status is ItemStatus.OPEN, item.status.value) for item in items)
    lines = (line for item in items for line in case.about.get(item.key, ()))
    return words.factor(factor.kind, case.text(factor.text), keys), source((*factor_told(case, factor), *lines))


def factor_told(case: Case, factor: Factor) -> tuple[Entry, ...]:
    said = factor_line(factor.kind, factor.text)
    return tuple(line for line in case.told[EntryKind.POSTMORTEM] if line.text == said)[:1]


def items_for(factor: Factor, items: tuple[ActionItem, ...]) -> tuple[ActionItem, ...]:
    return tuple(item for item in items if item.factor == factor.id)


def noticed(case: Case) -> Made:
    detected = case.incident.times.detected
    alerts = case.told[EntryKind.ALERT][:MOST_ALERTS]
    told = source(time_told(case, "detected", detected)) if detected else NOTHING
    said = words.said_how(case.text(detected.source), case.when(detected.at)) if detected else words.NOBODY_SAID
    body: tuple[Block, ...] = (Paragraph(text=said, source=told),)
    if alerts:
        body += (Paragraph(text=words.FIRST_ALERTS), pointed(_spoken(case, alerts)))
    return body, evidence_of((told, source(alerts)))


def _spoken(case: Case, entries: Iterable[Entry]) -> Iterable[tuple[str, Source]]:
    return ((case.said(entry), source((entry,))) for entry in entries)


def reflection(meaning: str, empty: str, case: Case) -> Made:
    """What people marked with a reaction, in the order in which it was said."""
    marked = case.reflected.get(meaning, ())
    if not marked:
        return (Paragraph(text=empty),), ()
    return (pointed(_spoken(case, marked)),), tuple(entry.id for entry in marked)


def decisions(case: Case) -> Made:
    """What was decided not to be done, and by which reason: for ever."""
    said = [case.saying(one) for one in case.postmortem.decisions]
    said += [
        (
            words.not_done(item.key, case.text(item.text), item.status.value, case.text(item.reason)),
            source(case.about.get(item.key, ())),
        )
        for item in case.items
        if item.status in ENDED_WITHOUT
    ]
    points = pointed(said)
    return (points if said else Paragraph(text=words.NO_DECISION),), evidence_of(points.sources)


def actions(case: Case) -> Made:
    if not case.items:
        return (Paragraph(text=words.NO_ITEM),), ()
    sources = tuple(source(case.about.get(item.key, ())) for item in case.items)
    rows = tuple(_item_row(case, item) for item in case.items)
    evidence = evidence_of((source(case.told[EntryKind.ACTION]),))
    return (Table(head=words.ITEM_HEAD, rows=rows, sources=sources),), evidence


def _item_row(case: Case, item: ActionItem) -> tuple[Cell, ...]:
    known = {factor.id: factor for factor in case.postmortem.factors}
    tied = known.get(item.factor)
    return (
        Link(url=item.link, label=item.key) if item.link else item.key,
        case.text(item.text),
        case.name(item.owner) if item.owner else words.NOBODY,
        due_echo(item.due),
        item.kind or "–",
        case.text(item_status(item)),
        case.text(f"{tied.kind}: {tied.text}" if tied else item.factor) or "–",
    )


def questions(case: Case) -> Made:
    """What nobody has answered yet: unknown times, missing factors, and what people asked or marked as a question."""
    known, written = case.incident.times, case.postmortem
    points = [(words.when_was(name), NOTHING) for name in FIVE_TIMES if getattr(known, name) is None]
    points += [(words.TRIGGER_OPEN, NOTHING)] if written.trigger is None else []
    points += [(words.FACTORS_OPEN, NOTHING)] if not written.factors else []
    points += [
        (words.factor_without_action(case.text(factor.text)), source(factor_told(case, factor)))
        for factor in written.factors
        if not items_for(factor, case.items)
    ]
    points += map(case.saying, written.questions)
    points += _spoken(case, case.reflected.get(words.QUESTION, ()))
    body = pointed(points)
    return (body if points else Paragraph(text=words.NO_QUESTION),), evidence_of(body.sources)


SECTIONS: dict[str, Section] = {
    "learning": learning,
    "impact": impact,
    "numbers": numbers,
    "times": times,
    "timeline": timeline,
    "log": log,
    "trigger": trigger,
    "factors": factors,
    "noticed": noticed,
    "well": partial(reflection, words.REFLECTIONS["well"], words.NO_REFLECTION),
    "hard": partial(reflection, words.REFLECTIONS["hard"], words.NO_REFLECTION),
    "lucky": partial(reflection, words.REFLECTIONS["lucky"], words.NO_REFLECTION),
    "surprised": partial(reflection, words.REFLECTIONS["surprised"], words.NO_SURPRISE),
    "decisions": decisions,
    "actions": actions,
    "questions": questions,
    "silences": silences,
    "present": present,
}
"""In their order."""


def own_reflections(case: Case) -> dict[str, Section]:
    """Sections for meanings that an organisation gave to reactions of its own."""
    usual = {*words.REFLECTIONS.values(), words.QUESTION}
    own = [meaning for meaning in case.reflected if meaning not in usual]
    return {words.OWN + meaning: partial(reflection, meaning, words.NO_REFLECTION) for meaning in own}
