"""Who has a part in what was read: the people whose names a rule, a card or a page may have to say.

Law: ids are taken from every place that names somebody, so that nobody is shown as somebody unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from bot.model import Account, Entry, Incident, Postmortem
from bot.review import involved
from bot.sayings import Saying
from bot.similar import Found
from bot.text import mentioned
from storage import people
from storage.keys import HOUSE
from storage.work import Work

Loaded = dict[str, Any]
"""What was read, by the fields of `bot.ports.State`, and some more."""


def concerned(work: Work, organisation: str, found: Loaded) -> set[str]:
    about: Incident | None = found["incident"]
    ids = set(found["named"].values())
    for one in (about, *found.get("mine", ()), *found.get("listing", ())):
        ids |= {one.declared_by, one.lead} if one is not None else set()
    if about is not None:
        ids |= {*about.roles.values(), *about.responders, *(change.by for change in about.changes)}
        ids |= {about.update.by} if about.update else set()
    past: Found | None = found.get("past")
    others = [item for one in (past.past if past else ()) for item in (*one.items, *one.ended)]
    for item in (found["item"], *found.get("items", ()), *found.get("my_items", ()), *others):
        ids |= {item.owner, item.created_by, *(one.by for one in item.checks)} if item is not None else set()
    if (draft := found.get("postmortem")) is not None:
        ids |= {
            draft.owner,
            draft.published_by,
            *involved(draft),
            *(factor.by for factor in draft.factors),
            *(section.by for section in draft.edited.values()),
            *(saying.by for saying in _sayings(draft)),
        }
    keys = _accounts(found)
    ids |= {account.user for key in keys if key.count(":") >= 2 and (account := Account.of(key)).platform in HOUSE}
    return ids | set(people.by_accounts(work, organisation, keys).values())


def _sayings(draft: Postmortem) -> tuple[Saying, ...]:
    return (*((draft.trigger,) if draft.trigger else ()), *draft.decisions, *draft.questions)


def _accounts(found: Loaded) -> set[str]:
    """Who wrote the entries, and whom they mention; whom the sayings mention, also where no log is asked for."""
    lines: Iterable[Entry] = (*found.get("log", ()), *((found["entry"],) if found.get("entry") else ()))
    draft: Postmortem | None = found.get("postmortem")
    keys = {key for saying in (_sayings(draft) if draft else ()) for key in mentioned(saying.text)}
    for one in lines:
        keys.add(one.author)
        keys.update(mentioned(one.text))
    for text in _texts(found):
        keys.update(mentioned(text))
    return keys - {""}


def _texts(found: Loaded) -> Iterator[str]:
    about, draft = found["incident"], found.get("postmortem")
    if about is not None:
        yield from (about.title, about.impact, about.summary, about.update.text if about.update else "")
        yield from (moment.source for _, moment in about.times if moment)
    yield from (text for item in found.get("items", ()) for text in (item.text, item.reason))
    past: Found | None = found.get("past")
    for one in past.past if past else ():
        items = (*one.items, *one.ended)
        yield from (one.incident.title, one.incident.summary, one.mitigation, *(item.text for item in items))
    if draft is not None:
        yield from (one.text for one in draft.known.items)
        yield from (factor.text for factor in draft.factors)
        yield from (section.text for section in draft.edited.values())
