"""What Debrief knows: frozen values and the tables of their life cycles. All datetimes are aware and in UTC."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from bot.item_past import Check, ItemChange
from bot.known import Again, Known
from bot.policy import Policy
from bot.review import Comment, Ownership, Review
from bot.sayings import LessonSaid, Saying, SectionText
from bot.suggestions import Suggestion
from bot.text import Called, Typed, Value
from bot.ticket import Ticket

SEVERITIES = (1, 2, 3, 4, 5)


class Status(StrEnum):
    ACTIVE = "active"
    MITIGATED = "mitigated"
    RESOLVED = "resolved"
    CLOSED = "closed"


TRANSITIONS: dict[Status, dict[str, Status]] = {
    Status.ACTIVE: {"mitigate": Status.MITIGATED, "resolve": Status.RESOLVED},
    Status.MITIGATED: {"resolve": Status.RESOLVED, "reopen": Status.ACTIVE},
    Status.RESOLVED: {"reopen": Status.ACTIVE, "close": Status.CLOSED},
    Status.CLOSED: {"reopen": Status.ACTIVE},
}
OPEN = frozenset({Status.ACTIVE, Status.MITIGATED})


class PostmortemStatus(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in review"
    PUBLISHED = "published"


POSTMORTEM_TRANSITIONS: dict[PostmortemStatus, dict[str, PostmortemStatus]] = {
    PostmortemStatus.DRAFT: {"review": PostmortemStatus.IN_REVIEW, "publish": PostmortemStatus.PUBLISHED},
    PostmortemStatus.IN_REVIEW: {"publish": PostmortemStatus.PUBLISHED, "revise": PostmortemStatus.DRAFT},
    PostmortemStatus.PUBLISHED: {"revise": PostmortemStatus.DRAFT},
}


class ItemStatus(StrEnum):
    OPEN = "open"
    DONE = "done"
    WONT_DO = "won't do"
    ACCEPTED_RISK = "accepted risk"


ITEM_TRANSITIONS: dict[ItemStatus, dict[str, ItemStatus]] = {
    ItemStatus.OPEN: {
        "done": ItemStatus.DONE,
        "wont_do": ItemStatus.WONT_DO,
        "accept_risk": ItemStatus.ACCEPTED_RISK,
        "snooze": ItemStatus.OPEN,
        "reassign": ItemStatus.OPEN,
        "not_mine": ItemStatus.OPEN,
    },
    ItemStatus.DONE: {"reopen": ItemStatus.OPEN},
    ItemStatus.WONT_DO: {"reopen": ItemStatus.OPEN},
    ItemStatus.ACCEPTED_RISK: {"reopen": ItemStatus.OPEN},
}


class Place(Value):
    """Where a conversation happens: a channel, group chat or thread on one tenant of one platform."""

    platform: str
    tenant: str
    channel: str
    thread: str = ""


class MessageRef(Value):
    """One message on a platform; `ts` is the platform's own id and stays text (Slack: seconds with six decimals)."""

    platform: str
    tenant: str
    channel: str
    ts: str

    def __hash__(self) -> int:
        """References are looked up often, and their timestamps hardly ever repeat."""
        return hash(self.ts)

    @property
    def place(self) -> Place:
        return Place(platform=self.platform, tenant=self.tenant, channel=self.channel)


class Policies(Policy):
    """What an organisation may set; everything has a default."""

    announcements: Place | None = None
    incidents: Place | None = None
    """The channel in whose threads incidents live, on platforms where they live in threads."""
    admins: frozenset[str] = frozenset()
    given_by: str = ""
    """The name of the operator's file that the policy comes from; empty: it was set on the page or in chat."""
    reflections: dict[str, str] = {
        "tada": "went well",
        "sweat": "was hard",
        "four_leaf_clover": "got lucky",
        "question": "question",
    }
    leave_out: str = "no_entry_sign"
    """The reaction by which an author keeps a message out of the record."""


class Organisation(Value):
    id: str
    name: str
    policies: Policies = Policies()


class Account(Value):
    """A person's account on a tenant; `key` is `platform:tenant:user` and stands in mentions and as an author."""

    platform: str
    tenant: str
    user: str
    gone: bool = False
    """Its platform says that it was closed; a person with another account is still here."""

    @property
    def key(self) -> str:
        return f"{self.platform}:{self.tenant}:{self.user}"

    @classmethod
    def of(cls, key: str) -> Account:
        platform, tenant, user = key.split(":", 2)
        return cls(platform=platform, tenant=tenant, user=user)


class Person(Value):
    id: str
    organisation: str
    name: str
    email: str = ""
    zone: str = ""
    """IANA zone told by the platform or set by the person; empty: the organisation's default is assumed."""
    kind: Literal["human", "guest", "bot", "integration", "gone"] = "human"
    accounts: tuple[Account, ...] = ()
    admin: bool = False
    digest_weekday: int | None = None
    """Monday is 0; None: the organisation's."""
    digest_time: str = ""
    away_until: date | None = None
    """The last day on which they want to hear of nothing."""
    unreachable: bool = False

    def account_on(self, platform: str, tenant: str = "") -> Account | None:
        """The account on that platform, on that tenant where one is named."""
        fitting = (a for a in self.accounts if a.platform == platform and tenant in ("", a.tenant))
        return next(fitting, None)


class Moment(Value):
    """One of the five times, with who or what said so."""

    at: datetime
    source: str


class Times(Value):
    began: Moment | None = None
    detected: Moment | None = None
    declared: Moment | None = None
    mitigated: Moment | None = None
    resolved: Moment | None = None


FIVE_TIMES = ("began", "detected", "declared", "mitigated", "resolved")


class Update(Value):
    text: Typed
    phase: str = ""
    by: str
    at: datetime
    next_due: datetime | None = None


class Change(Value):
    """What a command changed, so that its author can take it back for ten minutes."""

    by: str
    at: datetime
    what: str
    """The change in words: "the severity"."""
    before: str
    """JSON of the changed fields before the change; `after` likewise, to see that nothing came in between."""
    after: str
    entries: tuple[str, ...] = ()
    """Ids of the timeline entries that the change wrote."""


class Incident(Value):
    id: str
    organisation: str
    key: str
    title: Typed
    severity: int
    status: Status = Status.ACTIVE
    private: bool = False
    drill: bool = False
    service: str = ""
    declared_by: str
    place: Place | None = None
    """The incident channel, once it exists."""
    declared_in: Place | None = None
    roles: dict[str, str] = {}
    """Role name to person id; "lead" is the incident commander."""
    responders: frozenset[str] = frozenset()
    """Person ids. Of a private incident only they may know that it exists."""
    present: tuple[str, ...] | None = None
    """Account keys of those in its place, as the platform told when it was asked last; None: it never was."""
    times: Times = Times()
    impact: Typed = ""
    summary: Typed = ""
    update: Update | None = None
    status_card: MessageRef | None = None
    announcement: MessageRef | None = None
    capture_gap: str = ""
    """Why capture is incomplete at the moment, in words; empty: it is complete."""
    changes: tuple[Change, ...] = ()
    resolutions: int = 0

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def lead(self) -> str:
        return self.roles.get("lead", "")


class EntryKind(StrEnum):
    MESSAGE = "message"
    NOTE = "note"
    ALERT = "alert"
    DECLARED = "declared"
    UPDATE = "update"
    STATUS = "status"
    SEVERITY = "severity"
    ROLE = "role"
    TIME = "time"
    IMPACT = "impact"
    ACTION = "action"
    POSTMORTEM = "postmortem"
    PEOPLE = "people"


class FileLink(Value):
    name: Called
    url: str = ""
    mimetype: str = ""


class Entry(Value):
    """One line of an incident's log: a capture from chat, a note, or a change of state.

    It is a function of the *set* of events about it: each part keeps the stamp (microseconds) of the event that set
    it, and only a later stamp overrides, so that events may come in any order, and more than once.
    """

    id: str
    incident: str
    kind: EntryKind
    text: Typed = ""
    author: str = ""
    """Account key of who said it, empty for the bot itself."""
    author_name: Called = ""
    """Set where the author has no account, for example an alerting bot."""
    occurred: datetime
    recorded: datetime
    ref: MessageRef | None = None
    thread: str = ""
    permalink: str = ""
    files: tuple[FileLink, ...] = ()
    text_stamp: int = 0
    edits: int = 0
    deleted_stamp: int = 0
    restored_stamp: int = 0
    noted: bool = False
    """Written or added on purpose."""
    marks: dict[str, int] = {}
    """Account key to stamp of its latest pin (positive) or un-pin (negative)."""
    reactions: dict[str, dict[str, int]] = {}
    """Emoji name to account keys to stamps, signed as in `marks`."""
    retracted: bool = False
    corrected: bool = False
    """Somebody edited the entry by hand: taking the pin away no longer retracts it."""

    @property
    def deleted(self) -> bool:
        return self.deleted_stamp > self.restored_stamp

    @property
    def is_key(self) -> bool:
        """Whether the entry stands in the timeline, not in the log alone."""
        if self.deleted or self.retracted:
            return False
        return self.noted or self.corrected or any(stamp > 0 for stamp in self.marks.values())


class Factor(Value):
    id: str
    kind: str
    text: Typed
    by: str


FACTOR_KINDS = (
    "change", "configuration", "capacity", "dependency", "detection", "process", "knowledge", "design", "other",
)  # fmt: skip


class Postmortem(Value):
    id: str
    organisation: str
    incident: str
    status: PostmortemStatus = PostmortemStatus.DRAFT
    version: int = 1
    owner: str = ""
    opened_at: datetime
    due: date
    factors: tuple[Factor, ...] = ()
    edited: dict[str, SectionText] = {}
    dismissed_hints: frozenset[str] = frozenset()
    """Fingerprints of hints on wording that somebody took for wrong: they do not come again, and are shown nowhere."""
    published_at: datetime | None = None
    published_by: str = ""
    published_markdown: str = ""
    trigger: Saying | None = None
    decisions: tuple[Saying, ...] = ()  # not to act
    questions: tuple[Saying, ...] = ()
    published_sections: dict[str, str] = {}
    """The published copy by section, without the log: what a later draft is compared with."""
    published_version: int = 0
    ownership: Ownership = Ownership()
    review: Review | None = None
    comments: tuple[Comment, ...] = ()
    known: Known = Known()
    lesson: LessonSaid | None = None
    suggestions: tuple[Suggestion, ...] = ()
    """Of a language model: a part of nothing until a person accepts them."""


class ActionItem(Value):
    id: str
    organisation: str
    key: str
    incident: str
    incident_key: str
    incident_title: Typed
    private: bool = False
    drill: bool = False
    severity: int
    text: Typed
    owner: str = ""
    """Person id; empty while somebody has to find an owner."""
    due: date
    dated: Literal["", "policy"] = ""
    """Whether the date follows from the organisation's policy; empty: somebody chose it."""
    kind: Literal["prevent", "detect", "mitigate", "learn", ""] = ""
    factor: str = ""
    status: ItemStatus = ItemStatus.OPEN
    created_by: str
    created_at: datetime
    ended_at: datetime | None = None
    reason: Typed = ""
    link: str = ""
    ticket: Ticket | None = None
    snoozes: int = 0
    heard: int = 0
    """Weeks in which its owner was told of it, or nobody could be, since anybody last did something about it."""
    last_change: ItemChange | None = None
    checks: tuple[Check, ...] = ()
    """Whether it held after it was done, as people said it."""
    again: tuple[Again, ...] = ()
