"""Past incidents that may be like one: a row of words an incident, and the two questions that find the best of them.

Law: whoever asks sees through `storage.visible` alone, also where it is counted how rare a word is: hidden incidents
move nothing. What is looked for are words of `bot.search_words`, each given as a value of its own: no syntax is typed.
The row is written in the transaction of what it tells of; whatever leaves the record leaves it then, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    cast,
    column,
    func,
    literal,
    literal_column,
    not_,
    select,
    union_all,
)
from sqlalchemy import table as named_table
from sqlalchemy.dialects.postgresql import TSQUERY

from bot.model import ActionItem, EntryKind, Incident, ItemStatus, Postmortem
from bot.similar import Found, Past, asked, indexed, rarity
from bot.votes import counted
from bot.words.incident import mitigated_line
from storage import shown
from storage.entries import ORDER, entry
from storage.fields import table
from storage.tables import ItemRow, PostmortemRow
from storage.tables_similar import SearchRow
from storage.visible import incident
from storage.work import Work

search, item, postmortem = table(SearchRow), table(ItemRow), table(PostmortemRow)
fts = named_table("search_words", column("rowid"), column("search_words"))
VECTOR: ColumnElement[Any] = literal_column("array_to_tsvector(string_to_array(search.words, ' '))")
TOLD = tuple(kind.value for kind in (EntryKind.MESSAGE, EntryKind.NOTE, EntryKind.ALERT, EntryKind.STATUS))
KEY_ENTRIES, FIRST_SAID, CHARACTERS = 40, 12, 500
CANDIDATES = 30
COMMON = 0.5
"""A word that more than this part of the incidents have is no help in finding one of them."""
ALL = -1
MITIGATED = mitigated_line("…").removesuffix("…")
Ids = tuple[str, str]


# -- keeping the rows


def refresh(work: Work, about: Iterable[Ids]) -> None:
    """Writes the rows of incidents (organisation and id) from what is recorded of them now."""
    for organisation, id_ in sorted(set(about)):
        # Whoever comes second reads after the first has committed: what was erased meanwhile does not come back.
        work.hold([f"search {organisation} {id_}"])
        where = and_(incident.c.organisation == organisation, incident.c.id == id_)
        row = work.row(_with_postmortem().where(where))
        if row is not None:
            words = indexed(*_read(row), _said(work, organisation, id_, is_key=True, most=KEY_ENTRIES))
            values = {"organisation": organisation, "incident": id_, "words": words}
            put = work.insert(search).values(values)
            work.run(put.on_conflict_do_update(index_elements=["organisation", "incident"], set_={"words": words}))


def _with_postmortem() -> Select[Any]:
    of = and_(postmortem.c.organisation == incident.c.organisation, postmortem.c.incident == incident.c.id)
    both = incident.outerjoin(postmortem, of)
    return select(incident.c.body, postmortem.c.body.label("postmortem")).select_from(both)


def _read(row: Any) -> tuple[Incident, Postmortem | None]:
    of = Postmortem.model_validate_json(row.postmortem) if row.postmortem else None
    return Incident.model_validate_json(row.body), of


def _said(work: Work, organisation: str, id_: str, *, is_key: bool, most: int) -> list[str]:
    """The first things that were said."""
    where = and_(entry.c.organisation == organisation, entry.c.incident == id_, entry.c.kind.in_(TOLD))
    where = and_(where, entry.c.is_key) if is_key else and_(where, entry.c.text != "", not_(entry.c.retracted))
    wanted = select(func.substr(entry.c.text, 1, CHARACTERS).label("text")).where(where).order_by(*ORDER).limit(most)
    return [row.text for row in work.rows(wanted)]


def tidy(work: Work) -> None:
    """Words that left the index are gone from its pages, too; PostgreSQL's vacuum does that by itself."""
    if work.sqlite:
        work.cursor.execute("INSERT INTO search_words(search_words) VALUES ('optimize')")


# -- finding


def found(work: Work, may_see: ColumnElement[bool], about: Incident, more: str = "", reader: str = "") -> Found:
    """What may be like an incident, of what `may_see` (of rows of `incident`) lets through; `more` was said of it.
    `reader` is the id of whoever asks, whose own word counts for them."""
    first = _said(work, about.organisation, about.id, is_key=False, most=FIRST_SAID)
    wanted, said = asked(about, [more[:CHARACTERS], *first])
    words = list(wanted)
    where = and_(
        may_see, incident.c.organisation == about.organisation, incident.c.id != about.id, not_(incident.c.drill)
    )
    having = _counted(work, where, words) if words else {}
    among = having.pop(ALL, 0)
    weights = {
        n: wanted[words[n]] * (1.0 if words[n].startswith("#") else rarity(among, count))
        for n, count in having.items()
        if count <= max(3, among * COMMON) or words[n].startswith("#")
    }
    ids = _best(work, where, words, weights) if weights else []
    voted = shown.votes(work, may_see, about.organisation, ids) if ids else []
    past = (
        one.model_copy(update={"votes": counted(voted, about.id, one.incident.id, reader)}) if voted else one
        for one in _past(work, about.organisation, ids)
    )
    return Found(
        asked=wanted, said=said, kinds=_kinds(work, about), among=among,
        having={words[n]: count for n, count in having.items()}, past=tuple(past),
    )  # fmt: skip


def _hits(work: Work, words: Sequence[str], which: Iterable[int]) -> Any:
    """A row for each word and incident that has it."""
    return union_all(*(_hit(work, number, words[number]) for number in which)).cte("hit")


def _hit(work: Work, number: int, word: str) -> Select[Any]:
    term: ColumnElement[int] = literal_column(str(number)).label("term")
    if work.sqlite:
        return select(term, fts.c.rowid.label("id")).where(fts.c.search_words.op("MATCH")(f'"{word}"'))
    quoted = "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
    return select(term, search.c.id).where(VECTOR.op("@@")(cast(literal(quoted), TSQUERY)))


def _seen(where: ColumnElement[bool]) -> Any:
    """Written down once, and looked up for each hit."""
    same = and_(search.c.organisation == incident.c.organisation, search.c.incident == incident.c.id)
    seen = select(search.c.id).select_from(search.join(incident, same)).where(where).cte("seen")
    return seen.prefix_with("MATERIALIZED")


def _counted(work: Work, where: ColumnElement[bool], words: Sequence[str]) -> dict[int, int]:
    """How many of the incidents have each word; under `ALL`, how many there are."""
    seen, hit = _seen(where), _hits(work, words, range(len(words)))
    each = select(hit.c.term, func.count()).where(hit.c.id.in_(select(seen.c.id))).group_by(hit.c.term)
    number: ColumnElement[int] = literal_column(str(ALL))
    everything = select(number, func.count()).select_from(seen)
    rows: Sequence[Any] = work.rows(union_all(each, everything))
    return {int(row[0]): int(row[1]) for row in rows}


def _best(work: Work, where: ColumnElement[bool], words: Sequence[str], weights: dict[int, float]) -> list[str]:
    """Ids of the incidents that have most of what is rare; the newer ones first among equals."""
    seen, hit = _seen(where), _hits(work, words, weights)
    worth = case({number: round(weight, 4) for number, weight in weights.items()}, value=hit.c.term)
    sums = select(hit.c.id, func.sum(worth).label("worth")).where(hit.c.id.in_(select(seen.c.id))).group_by(hit.c.id)
    best = sums.order_by(func.sum(worth).desc(), hit.c.id.desc()).limit(CANDIDATES).subquery()
    wanted = select(search.c.incident).join(best, search.c.id == best.c.id)
    return [row.incident for row in work.rows(wanted.order_by(best.c.worth.desc(), best.c.id.desc()))]


def _kinds(work: Work, about: Incident) -> frozenset[str]:
    where = and_(postmortem.c.organisation == about.organisation, postmortem.c.incident == about.id)
    body = work.scalar(select(postmortem.c.body).where(where))
    return _factor_kinds(Postmortem.model_validate_json(body)) if body else frozenset()


def _factor_kinds(of: Postmortem | None) -> frozenset[str]:
    return frozenset(factor.kind for factor in of.factors) if of else frozenset()


def _past(work: Work, organisation: str, ids: Sequence[str]) -> tuple[Past, ...]:
    """In the order of their ids, with all that a rule may want to say of them."""
    if not ids:
        return ()
    same = and_(search.c.organisation == incident.c.organisation, search.c.incident == incident.c.id)
    wanted = _with_postmortem().add_columns(search.c.words).join(search, same)
    rows = work.rows(wanted.where(incident.c.organisation == organisation, incident.c.id.in_(ids)))
    items = _items(work, organisation, ids, item.c.status == ItemStatus.OPEN.value)
    mitigations = _mitigations(work, organisation, ids)
    made = {}
    for row in rows:
        one, of = _read(row)
        made[one.id] = Past(
            incident=one, words=frozenset(row.words.split()), kinds=_factor_kinds(of),
            items=tuple(items.get(one.id, ())), mitigation=mitigations.get(one.id, ""),
        )  # fmt: skip
    return tuple(made[id_] for id_ in ids if id_ in made)


def still_seen(work: Work, may_see: ColumnElement[bool], found: Found) -> Found:
    """Without what may not be seen any more."""
    ids = [one.incident.id for one in found.past]
    seen = {row.id for row in work.rows(select(incident.c.id).where(may_see, incident.c.id.in_(ids)))} if ids else set()
    return found.model_copy(update={"past": tuple(one for one in found.past if one.incident.id in seen)})


def with_ended(work: Work, organisation: str, found: Found) -> Found:
    """What was found, with the action items that have ended as well."""
    ids = [one.incident.id for one in found.past]
    ended = _items(work, organisation, ids, item.c.status != ItemStatus.OPEN.value) if ids else {}
    past = (one.model_copy(update={"ended": tuple(ended.get(one.incident.id, ()))}) for one in found.past)
    return found.model_copy(update={"past": tuple(past)})


def _items(
    work: Work, organisation: str, ids: Sequence[str], which: ColumnElement[bool]
) -> dict[str, list[ActionItem]]:
    found: dict[str, list[ActionItem]] = {}
    where = and_(item.c.organisation == organisation, item.c.incident.in_(ids), which)
    for row in work.rows(select(item.c.body).where(where).order_by(item.c.due, item.c.id)):
        one = ActionItem.model_validate_json(row.body)
        found.setdefault(one.incident, []).append(one)
    return found


def _mitigations(work: Work, organisation: str, ids: Sequence[str]) -> dict[str, str]:
    """What was said last of what stopped the impact."""
    where = and_(entry.c.organisation == organisation, entry.c.incident.in_(ids), entry.c.is_key)
    where = and_(where, entry.c.kind == EntryKind.STATUS.value, entry.c.text.like(f"{MITIGATED}%"))
    rows = work.rows(select(entry.c.incident, entry.c.text).where(where).order_by(*ORDER))
    return {row.incident: row.text.removeprefix(MITIGATED) for row in rows}
