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
    Policies,
    Postmortem,
)
from bot.similar import Foreseen, Found
from bot.state import Decision, Due, Look, Reminded, State
from bot.text import Reply, Value


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
