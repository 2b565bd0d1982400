"""The two doors between the engine and everything else: what a store promises, and the three callables.

Law: a transaction is all or nothing, and one unit of thought: `seen → load → (decide) → save`. What raises inside
`Store.transaction()` undoes all of it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Literal, Protocol

from bot.command import Capture, Command, Needs
from bot.effects import Effect
from bot.item_lists import ItemReports
from bot.model import (
    ActionItem,
    Entry,
    Incident,
    MessageRef,
    Organisation,
    Person,
    Place,
    Policies,
    Postmortem,
)
from bot.similar import Foreseen, Found, Shown
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
    """Changed values are saved: incident, item, items, postmortem, people, what was shown, organisation's policies."""
    entries: tuple[Entry, ...] = ()
    effects: tuple[Effect, ...] = ()
    plans: tuple[Planned, ...] = ()
    united: tuple[tuple[str, str], ...] = ()
    """Who turned out to be somebody else, with who that is (ids): whatever named the first names the second now."""
    reply: Reply = Reply()


class Parked(Value):
    """A command whose rule failed, kept to be replayed once the bug is mended."""

    id: int
    organisation: str
    incident: str
    kind: str
    command: str
    """JSON, secrets masked."""
    error: str
    at: datetime


class Claimed(Value):
    """An outbox row leased to this worker. `attempt` fences: only the holder of the latest attempt may finish it."""

    row: int
    effect: Effect
    attempt: int
    unsure: bool
    """An earlier attempt may have been carried out: look before sending."""
    created: datetime


Outcome = Literal["sent", "later", "put off", "unsure", "maybe", "given up", "dropped"]


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


class Transaction(Protocol):
    """One transaction. `now` is the database's clock plus the stored offset."""

    def now(self) -> datetime: ...

    # -- commands
    def tenant(self, platform: str, tenant: str) -> str | None:
        """Organisation id of a tenant; None: it never joined, or left. Platforms api, cli and clock carry the
        organisation's id as their tenant."""

    def seen(self, organisation: str, command: Command) -> Reply | None:
        """The first answer to a command of this origin id, if it was already carried out."""

    def load(self, organisation: str, command: Command, needs: Needs) -> State:
        """The state for a rule, its incident locked against other commands. Accounts never heard of become persons."""

    def save(self, command: Command, before: State, decision: Decision) -> None:
        """Everything that changed, the origin id with the reply, new effects (by key), plans, and an audit row."""

    def refuse(self, organisation: str, command: Command, reply: Reply) -> None:
        """Remembers the origin id of a refused command with its answer, and an audit row."""

    def park(self, organisation: str, command: Command, error: str, effects: Sequence[Effect]) -> None: ...

    # -- captures
    def captured_in(self, messages: Sequence[MessageRef]) -> dict[MessageRef, tuple[str, str]]:
        """(organisation id, incident id) of each message that lies in an incident's channel or has an entry."""

    def entries(self, messages: Sequence[MessageRef]) -> dict[MessageRef, Entry]: ...

    def unseen(self, commands: Sequence[Capture]) -> list[Capture]:
        """Marks the captures as seen and returns those that were not, in their order."""

    def put_entries(self, organisations: dict[str, str], entries: Sequence[Entry]) -> None:
        """Writes entries and their revisions (`organisations` by incident id); a deleted entry loses all its texts."""

    # -- outbox
    def claim(self, limit: int, lease: timedelta) -> list[Claimed]:
        """Due rows, first by priority then age, of each lane only the oldest, leased for `lease`."""

    def finish(
        self, claimed: Claimed, outcome: Outcome, *, not_before: datetime | None = None, reason: str = ""
    ) -> bool:
        """Marks a row. False: another attempt has taken over, and nothing was changed."""

    def enqueue(self, organisation: str, effects: Sequence[Effect]) -> None: ...

    # -- reminders
    def due(self, limit: int) -> list[Due]:
        """Claims plans whose time has come (`FOR UPDATE SKIP LOCKED` on PostgreSQL)."""

    def look(self, due: Due) -> Look | None:
        """None: the subject is gone."""

    def remind(self, due: Due, decided: Reminded) -> bool:
        """Carries a decision out unless `once` was used before, and removes or moves the plan."""


class Store(Protocol):
    def foresee(self, command: Command) -> Foreseen | None:
        """What the command will want to know of past incidents, read without holding up anybody who writes."""

    def transaction(self, foreseen: Foreseen | None = None) -> AbstractContextManager[Transaction]:
        """A writing transaction, durable when the block ends. Raises `Unavailable` where no answer comes. What was
        `foreseen` for its command is not looked for again."""

    def probe(self) -> None:
        """Commits something small, or raises `Unavailable`."""


class Record(Value):
    """Everything known of one incident that the principal may know: what its page and its postmortem are made of."""

    organisation: Organisation
    incident: Incident
    entries: tuple[Entry, ...] = ()
    """The whole log in its order, deleted ones (without texts) included."""
    postmortem: Postmortem | None = None
    items: tuple[ActionItem, ...] = ()
    people: dict[str, Person] = {}
    """By person id: everybody with a part in the incident, its log or its items."""
    now: datetime
    """The database's clock plus the stored offset, when it was read."""
    past: Found | None = None
    """Past incidents that may be like it, where a form on its page offers something of theirs."""


class Revision(Value):
    """A section of a postmortem as somebody saved it, or (without a section) a version as it was published."""

    section: str
    version: int
    at: datetime
    by: str
    """Person id."""
    text: str
    """Empty: the section was given back to the record."""


class PolicyRevision(Value):
    """What an organisation's policy became, by whom and by which command."""

    number: int
    at: datetime
    by: str
    """Person id."""
    kind: str
    policies: Policies


class Reports(ItemReports, Protocol):
    """What is read without a command. `principal` is who reads: the one visibility predicate is inside, so that what is
    hidden from them and what does not exist are one answer. Calls block; raise `Unavailable`. `after` is the `next` of
    the page before, empty at the end; raises `ValueError` for an `after` that never was one."""

    def incidents(
        self,
        principal: Person,
        *,
        status: str = "",
        severity: int = 0,
        text: str = "",
        limit: int = 50,
        after: str = "",
    ) -> tuple[tuple[Incident, ...], str]:
        """Newest first. `status` is "open", one of `Status`, or empty for all; `severity` 0 is any. Each word of `text`
        stands in key, title, impact, summary or a key entry, whatever its case."""

    def count(self, principal: Person, *, status: str = "", severity: int = 0, text: str = "") -> int:
        """How many incidents `incidents` would list on all its pages."""

    def mentions(self, principal: Person, keys: Sequence[str], text: str) -> dict[str, Entry]:
        """Of each of the incidents (by key) the first key entry with a word of `text` in it."""

    def unfinished(self, principal: Person) -> tuple[tuple[Incident, Postmortem], ...]:
        """Postmortems not published yet that the principal owns, and all in review, by due date."""

    def incident(self, principal: Person, key: str) -> Incident | None: ...

    def entries(
        self, principal: Person, key: str, *, everything: bool = False, limit: int = 200, after: str = ""
    ) -> tuple[tuple[Entry, ...], str] | None:
        """In the order in which things happened; without `everything` the key entries. None: no such incident."""

    def record(self, principal: Person, key: str) -> Record | None: ...

    def revisions(self, principal: Person, key: str) -> tuple[Revision, ...]:
        """Of the incident's postmortem, the oldest first."""

    def similar(self, principal: Person, key: str) -> Found | None:
        """What may be like an incident, of what the principal may see (`bot.similar` ranks it); the items of it that
        have ended, too. None: no such one."""

    def known(self, principal: Person) -> tuple[tuple[Incident, Postmortem], ...]:
        """Incidents, drills left out, whose review said whether they were known before; the newest first."""

    def people(self, organisation: str, ids: Iterable[str] = (), accounts: Iterable[str] = ()) -> dict[str, Person]:
        """By person id: those of the ids and of the account keys that are known."""

    def now(self) -> datetime:
        """The database's clock plus the stored offset."""

    def organisation(self, organisation: str) -> Organisation | None: ...

    def policy_history(self, organisation: str, limit: int = 50) -> tuple[PolicyRevision, ...]:
        """The newest first."""

    def oldest_undelivered(self) -> float:
        """Age in seconds of the oldest effect that should have been delivered by now; 0 when there is none."""

    def figures(self) -> dict[str, dict[str, int]]:
        """Counts for operators, by name and label: "entries", "parked", "outbox" by state; no names, no texts."""


class Caller(Value):
    """Whom a token or a session speaks for."""

    organisation: str
    principal: Person
    scope: Literal["read", "write"] = "write"
    name: str = ""
    """Of the token."""

    @property
    def actor(self) -> str:
        """What stands as the actor in a command's origin on the platforms of our own."""
        return self.principal.id


class Recognised(Value):
    """Somebody of whom a platform told who they are there."""

    account: str = ""
    """The key; empty where they may not come in."""
    why: Literal["", "tenant", "unmet", "gone"] = ""
    """The tenant never joined; nobody was met there by that name; or that person is gone."""


class Access(Protocol):
    """Who may come in over the web. Of secrets only hashes are kept. Calls block; raise `Unavailable`."""

    def caller(self, token: str) -> Caller | None:
        """None: no such token, it was taken back, its time is over, or its person is gone."""

    def sign_in(self, account: str, once: str) -> str | None:
        """The secret of a new session for the person of an account (key). `once` works a single time: None the next
        time, and where the account is nobody's who may come in."""

    def recognise(self, platform: str, tenant: str, user: str) -> Recognised:
        """`user` is the account's own id, or what the platform's directory calls the person (Microsoft Entra)."""

    def session(self, secret: str) -> Caller | None: ...

    def end_session(self, secret: str) -> None: ...


Submit = Callable[[Command], Awaitable[Reply]]
"""Durably carried out when it returns. Raises `Unavailable` (answer 503), `UnknownTenant` (answer 200 and drop)."""

Deliver = Callable[[Effect, int, bool], Awaitable[Command | None]]
"""(effect, attempt, unsure) to a receipt. Raises `Retry`, `Unsure`, `Maybe` or `GiveUp`."""

React = Callable[[State, Decision], tuple[Effect, ...]]
"""An integration's pure look at a decision (the state before, and what was decided)."""

Export = Callable[[Record], bytes]
"""A record as one file: pure, the same bytes for the same record. Raises `Refused` where it cannot be written yet."""
