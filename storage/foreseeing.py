"""What a command will want to know of past incidents, looked for before it is its turn to write.

Law: it only spares the writing transaction the search. That one asks again what may be seen, and looks for itself where
the command turns out to be about another incident.
"""

from __future__ import annotations

from sqlalchemy import or_

from bot.command import Command
from bot.model import Incident, Person
from bot.similar import Foreseen
from storage import people, tenants
from storage.keys import HOUSE
from storage.loading import best_of, in_channel, meant, past_of
from storage.visible import seen_by
from storage.work import Work


def foreseen(work: Work, command: Command) -> Foreseen | None:
    """None: there is nothing to look for, or it is not clear yet for whom."""
    origin, needs = command.origin, command.needs
    organisation = tenants.organisation_of(work, origin.platform, origin.tenant) if needs.similar else None
    actor = _known(work, organisation, command) if organisation else None
    if actor is None:
        return None
    here = in_channel(actor.organisation, origin)
    may_see = or_(seen_by(actor), here) if here is not None else seen_by(actor)
    where = meant(actor, command, here, may_see, None)
    row = work.row(best_of(where)) if where is not None else None
    if row is None:
        return None
    about = Incident.model_validate_json(row.body)
    found = past_of(work, actor, about, command, needs)
    reader = "" if needs.similar == "public" else actor.id
    return Foreseen(about=about.id, reader=reader, found=found) if found is not None else None


def _known(work: Work, organisation: str, command: Command) -> Person | None:
    """Whom the store knows already."""
    origin = command.origin
    if not origin.actor:
        return people.debrief(organisation)
    if origin.platform in HOUSE:
        return people.by_ids(work, organisation, [origin.actor]).get(origin.actor)
    ids = people.by_accounts(work, organisation, [origin.account])
    return next(iter(people.by_ids(work, organisation, ids.values()).values()), None)
