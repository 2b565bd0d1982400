"""Carries out what trackers are told: the same for each of them.

Law: it looks before it repeats. Whatever a tracker does or does not answer ends in one receipt, and after a day at the
latest in words; what an item says is read when it is told, and of private incidents nothing goes out unasked.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta

from adapters.trackers.port import Draft, Tracker, Wanted, Whom
from bot.command import Command, Origin
from bot.commands.tickets import TicketOpened, TicketRefused, TicketSeen
from bot.effects import Effect
from bot.errors import GiveUp, Retry, Unsure
from bot.model import ActionItem, ItemStatus
from bot.ports import Deliver, Record, Reports
from bot.record import fetched, fetched_item, naming
from bot.text import with_names
from bot.ticket import OVER, Seen, Ticket, TrackerHere
from bot.tickets import STATES, OfTicket, OpenTicket, ReadTicket, TellTicket
from bot.turns import CLOCK
from bot.words import tickets as words

log = logging.getLogger("debrief.trackers")
PATIENCE = timedelta(hours=20)
"""After which a tracker that cannot be reached is given up, in words."""
LOOKS = 3
"""Attempts of a mere look; the next one comes by itself."""
FIRST_PAUSE, LONGEST_PAUSE = 15, 900
"""Seconds."""
TITLE = 120


def carrying(trackers: Mapping[str, Tracker], reports: Reports, public_url: str) -> Deliver:
    """One door for all trackers; of one that is not set up any more nothing is told and nothing asked."""

    async def deliver(effect: Effect, attempt: int, unsure: bool) -> Command | None:
        tracker = trackers.get(effect.tracker) if isinstance(effect, OfTicket) else None
        if tracker is None or not isinstance(effect, OfTicket):
            return None
        one = _Delivery(tracker, reports, public_url, attempt)
        try:
            return await one.carried_out(effect)
        except GiveUp as hopeless:
            return await one.refused(effect, hopeless.reason, unopened=isinstance(hopeless, _Unopened))
        except Unsure as unknown:
            if not unsure:
                raise
            return await one.later(effect, Retry(timedelta(), unknown.why))
        except Retry as later:
            return await one.later(effect, later)

    return deliver


class _Unopened(GiveUp):
    """The tracker refused to open a ticket, so that there is none."""


class _Delivery:
    def __init__(self, tracker: Tracker, reports: Reports, public_url: str, attempt: int) -> None:
        self._tracker, self._reports, self._public_url = tracker, reports, public_url
        self._attempt, self._again = attempt, attempt > 1

    async def carried_out(self, effect: OfTicket) -> Command | None:
        if isinstance(effect, ReadTicket):
            return await self._read(effect)
        record = await fetched(self._reports, effect.tenant, effect.about)
        item = next((one for one in record.items if one.id == effect.item), None) if record else None
        if record is None or item is None or item.ticket is None:
            return None
        if isinstance(effect, OpenTicket):
            return await self._open(effect, record, item, item.ticket)
        if item.ticket.id != getattr(effect, "ticket", "") or (record.incident.private and not self._here.private):
            return None
        return await self._tell(effect, record, item) if isinstance(effect, TellTicket) else None

    @property
    def _here(self) -> TrackerHere:
        return self._tracker.here

    # -- the three things that are done

    async def _open(self, effect: OpenTicket, record: Record, item: ActionItem, asked: Ticket) -> Command | None:
        if asked.telling != effect.key:
            return None  # taken back meanwhile
        if record.incident.private and not self._here.private:
            raise GiveUp(words.private(self._here.label))
        seen = await (self._linked(effect.url) if effect.url else self._created(effect, record, item))
        return _receipt(TicketOpened, effect, seen, asked_by=effect.asked_by)

    async def _linked(self, url: str) -> Seen:
        name = self._tracker.named(url)
        seen = await self._tracker.read(name) if name else Seen(id="", state="gone")
        if seen.state == "gone":
            raise GiveUp(words.not_there(self._here.label))
        return seen

    async def _created(self, effect: OpenTicket, record: Record, item: ActionItem) -> Seen:
        stands = await self._tracker.find(effect.mark, effect.asked_at) if self._again else None
        try:
            seen = stands or await self._tracker.create(self._draft(record, item), effect.mark)
        except GiveUp as no:
            raise _Unopened(words.unopened(self._here.label, no.reason)) from no
        try:
            await self._tracker.assign(seen.id, _whom(record, item), f"{effect.mark}-who")
        except GiveUp:
            log.info("a ticket in %s was given to nobody", self._here.name)  # it is there, which is what counts
        return seen

    async def _tell(self, effect: TellTicket, record: Record, item: ActionItem) -> Command | None:
        if effect.state and effect.state != STATES[item.status]:
            return None  # something newer is on its way
        seen = await self._tracker.read(effect.ticket)
        if seen.state == "gone":
            return _receipt(TicketSeen, effect, seen, key=effect.key)
        if effect.state:
            await self._say(seen.id, _text(record, words.became(item)), effect.mark)
            await self._put(seen, _wanted(item), effect.mark)
        if effect.owner:
            whom = _whom(record, item)
            if not await self._tracker.assign(seen.id, whom, f"{effect.mark}-who"):
                await self._say(seen.id, words.owned(item, whom.name if whom else ""), f"{effect.mark}-owner")
        if effect.due and not await self._tracker.set_due(seen.id, item.due, f"{effect.mark}-when"):
            await self._say(seen.id, words.due(item), f"{effect.mark}-due")
        after = await self._tracker.read(seen.id)
        if after.state == "same" and effect.state:  # it cannot be read, so that it is as it was told to be
            after = after.model_copy(update={"state": effect.state})
        return _receipt(TicketSeen, effect, after, key=effect.key)

    async def _put(self, seen: Seen, wanted: Wanted, mark: str) -> None:
        """Closed for another reason is closed: to open it only for that would be heard by everybody."""
        if seen.state == "same" or (seen.state in OVER) != (wanted in OVER):
            await self._tracker.put(seen.id, wanted, f"{mark}-state")

    async def _say(self, ticket: str, text: str, mark: str) -> None:
        if not (self._again and await self._tracker.said(ticket, mark)):
            await self._tracker.comment(ticket, text, mark)

    async def _read(self, effect: ReadTicket) -> Command | None:
        item = await fetched_item(self._reports, effect.tenant, effect.named)
        known = item.ticket if item else None
        if item is None or known is None or known.id != effect.ticket or (item.private and not self._here.private):
            return None
        seen = await self._tracker.read(effect.ticket, known.version if known.state else "")
        return None if seen.state == "same" else _receipt(TicketSeen, effect, seen, key="")

    # -- what is said there

    def _draft(self, record: Record, item: ActionItem) -> Draft:
        factors = record.postmortem.factors if record.postmortem else ()
        factor = next((one.text for one in factors if one.id == item.factor), "")
        whom, title = _whom(record, item), _text(record, item.text)
        facts = words.facts(item, whom.name if whom else "")
        lines = (*words.why(item, record.incident, factor), *facts, words.kept(item))
        back = f"{self._public_url.rstrip('/')}/incidents/{record.incident.key}" if self._public_url else ""
        return Draft(
            title=_short(title),
            text=title,
            lines=tuple(_text(record, line) for line in lines),
            back=back,
            due=item.due,
            private=record.incident.private,
        )

    # -- what it comes to where it fails

    async def later(self, effect: OfTicket, why: Retry) -> Command | None:
        """Raises `Retry`, each time later; a look is left to the next one, anything else given up after a day."""
        if isinstance(effect, ReadTicket):
            if self._attempt >= LOOKS:
                return None
        elif isinstance(effect, OpenTicket | TellTicket):
            record = await fetched(self._reports, effect.tenant, effect.about)
            if record is not None and record.now - effect.asked_at > PATIENCE:
                return await self.refused(effect, words.gave_up(self._here.label))
        pause = timedelta(seconds=min(FIRST_PAUSE * 2 ** min(self._attempt - 1, 10), LONGEST_PAUSE))
        raise Retry(max(why.after, pause), why.why)

    async def refused(self, effect: OfTicket, reason: str, *, unopened: bool = False) -> Command | None:
        if isinstance(effect, ReadTicket):
            log.info("a ticket in %s cannot be read: %s", self._here.name, reason)
            return None
        asked_by = effect.asked_by if isinstance(effect, OpenTicket) else ""
        return TicketRefused(
            origin=_origin(effect), incident_id=effect.incident, item_id=effect.item, tracker=effect.tracker,
            key=effect.key, reason=reason, asked_by=asked_by, unopened=unopened,
        )  # fmt: skip


def _origin(effect: OfTicket) -> Origin:
    return Origin(id=f"receipt:{effect.key}", platform=CLOCK, tenant=effect.tenant)


def _receipt(kind: Callable[..., Command], effect: OfTicket, seen: Seen, **told: str) -> Command:
    told = {"ticket": getattr(effect, "ticket", seen.id), "key": effect.key, **told}
    return kind(
        origin=_origin(effect), incident_id=effect.incident, item_id=effect.item, tracker=effect.tracker,
        **told, **seen.model_dump(),
    )  # fmt: skip


def _wanted(item: ActionItem) -> Wanted:
    return "open" if item.status is ItemStatus.OPEN else "done" if item.status is ItemStatus.DONE else "dropped"


def _whom(record: Record, item: ActionItem) -> Whom | None:
    person = record.people.get(item.owner)
    return Whom(name=person.name, email=person.email) if person else None


def _text(record: Record, typed: str) -> str:
    return with_names(typed, naming(record.people))


def _short(text: str) -> str:
    first = text.split("\n", 1)[0].strip()
    return first if len(first) <= TITLE else f"{first[: TITLE - 1].rstrip()}…"
