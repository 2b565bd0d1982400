"""What platforms tell of an incident's channel: renamed, archived, made private, or not listened to for a while."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot import cards
from bot.capabilities import CAPABILITIES
from bot.change import entry
from bot.command import Needs, Receipt
from bot.commands.known import turned_private
from bot.effects import Backfill, Direct
from bot.model import EntryKind, Incident, Place, Status
from bot.people import account_in
from bot.rules import decides
from bot.state import Decision, State
from bot.text import Card, Section, Typed
from bot.words import channel as words


class ChannelRenamed(Receipt, kind="channel_renamed"):
    name: Typed = ""


@decides(ChannelRenamed)
def channel_renamed(state: State, command: ChannelRenamed, now: datetime) -> Decision:
    if state.incident is None:
        return Decision(state=state)
    line = entry(state, command, now, EntryKind.STATUS, words.renamed_line(command.name[:100]), noted=False)
    return Decision(state=state, entries=(line,))


class ChannelArchived(Receipt, kind="channel_archived"):
    archived: bool = True


@decides(ChannelArchived)
def channel_archived(state: State, command: ChannelArchived, now: datetime) -> Decision:
    """The end of most incidents; while one is open, its commander is told, as nobody can be told there."""
    incident = state.incident
    if incident is None:
        return Decision(state=state)
    line = entry(state, command, now, EntryKind.STATUS, words.archived_line(command.archived), noted=False)
    gap = words.archived_gap() if command.archived and incident.is_open else ""
    state = state.model_copy(update={"incident": incident.model_copy(update={"capture_gap": gap})})
    return Decision(state=state, entries=(line,), effects=_told(state, incident, command) if gap else ())


def _told(state: State, incident: Incident, command: Receipt) -> tuple[Direct, ...]:
    person = state.people.get(incident.lead or incident.declared_by)
    account = account_in(person, incident.place) if person and incident.place else ""
    if not account or incident.place is None:
        return ()
    return (
        Direct(
            key=f"archived:{incident.id}:{command.origin.id}",
            platform=incident.place.platform,
            tenant=incident.place.tenant,
            incident=incident.id,
            account=account,
            card=Card(sections=(Section(text=words.archived_told(incident)),)),
        ),
    )


class ChannelMadePrivate(Receipt, kind="channel_made_private"):
    """`members` are the account keys of those in the channel, where the platform tells them."""

    needs = Needs(items=True, postmortem=True)

    members: tuple[str, ...] = ()

    def mentions(self) -> tuple[str, ...]:
        return self.members


@decides(ChannelMadePrivate)
def channel_made_private(state: State, command: ChannelMadePrivate, now: datetime) -> Decision:
    """The incident keeps its key, and from now on answers outsiders as one that does not exist."""
    incident = state.incident
    if incident is None or incident.private:
        return Decision(state=state)
    members = {state.named[account] for account in command.members if account in state.named}
    after = incident.model_copy(update={"private": True, "responders": incident.responders | members})
    items = tuple(item.model_copy(update={"private": True}) for item in state.items)
    state = state.model_copy(update={"incident": after, "items": items})
    line = entry(state, command, now, EntryKind.STATUS, words.turned_private_line())
    told = turned_private(after, state, command.origin.id)
    return Decision(state=state, entries=(line,), effects=(*cards.refreshed(state, command.origin.id), *told))


CLOCKS = timedelta(minutes=5)
"""By which the clocks of a platform and of the database may differ."""


class CaptureGap(Receipt, kind="capture_gap"):
    """Messages may be missing since `since` (a platform's own timestamp); `why` is a clause in words."""

    why: str
    since: str = ""


@decides(CaptureGap)
def capture_gap(state: State, command: CaptureGap, _now: datetime) -> Decision:
    """The card says so until the history was read. What is closed is left as it is."""
    place = state.incident.place if state.incident else None
    if state.incident is None or place is None or state.incident.status is Status.CLOSED:
        return Decision(state=state)
    incident = state.incident.model_copy(update={"capture_gap": command.why[:300]})
    state = state.model_copy(update={"incident": incident})
    read = _reading(incident, place, f"backfill:{incident.id}:{command.origin.id}", command.since)
    return Decision(state=state, effects=(*cards.refreshed(state, command.origin.id), read))


class CaptureComplete(Receipt, kind="capture_complete"):
    """Everything said in the incident's place is captured from now on."""


@decides(CaptureComplete)
def capture_complete(state: State, command: CaptureComplete, _now: datetime) -> Decision:
    incident = state.incident
    if incident is None or not incident.capture_gap:
        return Decision(state=state)
    state = state.model_copy(update={"incident": incident.model_copy(update={"capture_gap": ""})})
    return Decision(state=state, effects=cards.refreshed(state, command.origin.id))


def reconciled(incident: Incident) -> tuple[Backfill, ...]:
    """Everything that was said in the channel is read once more: a platform may drop what it should have sent."""
    place, since = incident.place, _opened(incident)
    if place is None or not since or not CAPABILITIES["history"].works_on(place.platform):
        return ()
    return (_reading(incident, place, f"reconcile:{incident.id}:{incident.resolutions}", since),)


def _reading(incident: Incident, place: Place, key: str, since: str) -> Backfill:
    return Backfill(
        key=key,
        platform=place.platform,
        tenant=place.tenant,
        incident=incident.id,
        place=place,
        since=since,
        oldest=_opened(incident),
    )


def _opened(incident: Incident) -> str:
    """As a platform's timestamp, with some minutes to spare; empty where that is not known."""
    declared = incident.times.declared
    return f"{(declared.at - CLOCKS).timestamp():.6f}" if declared else ""
