"""What one decision is made of: the state that a rule is given, what it decides, and the reminders that it plans.

Law: values only. A rule sees nothing else, and whatever it changes stands in what it returns.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from bot.effects import Effect
from bot.model import (
    ActionItem,
    Entry,
    Incident,
    Organisation,
    Person,
    Place,
    Postmortem,
)
from bot.similar import Found, Shown
from bot.text import Reply, Value
from bot.ticket import TrackerHere


class State(Value):
    """What a rule sees. Values not asked for by the command's `needs` are empty."""

    organisation: Organisation
    actor: Person
    """Who does it; for receipts and the clock a person of kind "integration" named Debrief."""
    people: dict[str, Person] = {}
    """By person id: the actor, everybody the command mentions, everybody with a part in the incident and its items."""
    named: dict[str, str] = {}
    """What the command calls people (account key or "@name") to person id; a name that fits nobody is missing."""
    alike: tuple[Person, ...] = ()
    """Those whom `command.alike()` names, held against all other commands, where one of them is anybody new."""
    incident: Incident | None = None
    """The one named by key, else the one of the channel; None where the actor may not know of it."""
    neighbours: tuple[Incident, ...] = ()
    """The other incidents that live in the same channel, or beside the named one, by their ids."""
    item: ActionItem | None = None
    elsewhere: ActionItem | None = None
    """The item of `command.elsewhere()`, where everybody may see it."""
    items: tuple[ActionItem, ...] = ()
    hidden: frozenset[str] = frozenset()
    """Ids of those of `items` that the actor may not know of, where they are everybody's."""
    not_the_owners: frozenset[str] = frozenset()
    """Likewise of those that not even their owner may know of any more."""
    my_items: tuple[ActionItem, ...] = ()
    """The actor's own open ones; and those of the list in which they clicked, whatever became of them."""
    postmortem: Postmortem | None = None
    log: tuple[Entry, ...] = ()
    listing: tuple[Incident, ...] = ()
    entry: Entry | None = None
    """The entry of `command.message`."""
    mine: tuple[Incident, ...] = ()
    """Open incidents of the actor, loaded when `wants_incident` finds none."""
    past: Found | None = None
    """What may be like the incident, as the actor or everybody may see it."""
    shown: tuple[Shown, ...] = ()
    """What was shown beside it, on its card and to the actor, of what may still be seen; how it stands now."""
    holidays: frozenset[str] = frozenset()
    """ISO dates of public holidays of the organisation's country, this year and the next."""
    bot_place: Place | None = None
    """A tenant on which channels can be opened, for commands that come from no chat."""
    next_incident: int = 0
    next_item: int = 0
    """The number the next public incident or item of the organisation takes (saving one takes it)."""
    nonce: str = ""
    """Random letters, fresh for each decision: keys of private things."""
    language_model: Literal["", "public", "any"] = ""
    """About which incidents a language model may be asked; empty: there is none."""
    trackers: tuple[TrackerHere, ...] = ()
    """Where items may have tickets; the first is the one for new ones."""
    taken: frozenset[str] = frozenset()
    """Those of `command.claims()` that stand for something in the organisation, whoever may know of it."""

    def open_in(self, place: Place | None, *, besides: Incident | None = None) -> Incident | None:
        """The open incident that lives there, of those that are loaded."""
        known = (one for one in (self.incident, *self.neighbours) if one is not None and one != besides)
        return next((one for one in known if one.is_open and place is not None and one.place == place), None)


class Planned(Value):
    """One reminder to look at, not before `at`. A second plan of the same `key` moves it; `at=None` removes it."""

    key: str
    """For example `digest:{person id}` or `due_soon:{item id}`."""
    rule: str
    subject: str
    """Id of the person, item or postmortem it is about; `postmortem:person` where it is for one person about that."""
    at: datetime | None
    wall: str = ""
    """The local wall time that `at` came from, with its zone, so that a change of zone rules can be followed."""
    keep: bool = False
    """Leaves an earlier plan of the same key as it is."""


class Decision(Value):
    """What follows from a command: the new state, and everything it causes, saved in one transaction."""

    state: State
    """Changed values are saved: incident, neighbours, item, items, postmortem, people, what was shown, organisation's
    policies."""
    entries: tuple[Entry, ...] = ()
    effects: tuple[Effect, ...] = ()
    plans: tuple[Planned, ...] = ()
    united: tuple[tuple[str, str], ...] = ()
    """Who turned out to be somebody else, with who that is (ids): whatever named the first names the second now."""
    reply: Reply = Reply()


class Due(Value):
    """A reminder whose time has come, claimed by this transaction."""

    plan: Planned
    organisation: str


class Look(Value):
    """What a reminder's rule sees."""

    organisation: Organisation
    person: Person | None = None
    """The addressee: the person of a digest, whom the subject names, or else the owner of an item or postmortem."""
    items: tuple[ActionItem, ...] = ()
    """Open action items of the person or of the incident, or the one item that the reminder is about; all those of the
    incident where it is about the postmortem."""
    incident: Incident | None = None
    postmortem: Postmortem | None = None
    people: dict[str, Person] = {}
    authors: tuple[str, ...] = ()
    """Person ids of those who wrote the incident's key entries, where it is about the postmortem as a whole."""
    busy: bool = False
    """The person is a responder of an active incident that is no drill."""
    holidays: frozenset[str] = frozenset()
    """ISO dates of public holidays of the organisation's country, this year and the next."""


class Reminded(Value):
    """What a reminder's rule decides: `once` is the unique key under which it counts as sent, for ever."""

    once: str = ""
    effects: tuple[Effect, ...] = ()
    plans: tuple[Planned, ...] = ()
