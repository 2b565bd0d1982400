"""What goes wrong, and when: a plan that tests and the page set. The same seed gives the same misfortunes.

Kinds for calls of the bot, before anything is stored: refuse (connection cut), error_5xx, ratelimit, delay, and
hash_conflict (somebody else changed the view meanwhile).
After it is stored: store_cut, store_500, store_timeout, internal_error, truncate, html. Read side: stale.
Kinds for deliveries to the bot: drop, delay, duplicate, reorder.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from random import Random
from typing import Literal

from adapters.sandbox.world import Json

Where = Literal["call", "delivery"]
BEFORE = frozenset({"refuse", "error_5xx", "ratelimit", "delay", "hash_conflict"})
AFTER = frozenset({"store_cut", "store_500", "store_timeout", "internal_error", "truncate", "html"})
READ = frozenset({"stale"})
DELIVERY = frozenset({"drop", "delay", "duplicate", "reorder"})


def _always(_: Json) -> bool:
    return True


@dataclass
class Fault:
    """`name` is a pattern over method or event names ("chat.*", "message", "command", "*")."""

    kind: str
    name: str = "*"
    where: Where = "call"
    seconds: float = 0.0
    status: int = 500
    rate: float = 1.0
    times: int | None = None
    skip: int = 0
    matches: Callable[[Json], bool] = _always
    hits: int = 0

    def __post_init__(self) -> None:
        known = BEFORE | AFTER | READ if self.where == "call" else DELIVERY
        if self.kind not in known:
            raise ValueError(f"{self.kind} is no fault of a {self.where}; known: {', '.join(sorted(known))}")


@dataclass
class Faults:
    seed: int = 0
    plan: list[Fault] = field(default_factory=list)
    random: Random = field(init=False)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)  # noqa: S311 -- misfortunes, not secrets

    def add(self, kind: str, name: str = "*", **more: object) -> Fault:
        fault = Fault(kind, name, **more)  # type: ignore[arg-type]
        self.plan.append(fault)
        return fault

    def on_delivery(self, kind: str, name: str = "*", **more: object) -> Fault:
        return self.add(kind, name, where="delivery", **more)

    def clear(self) -> None:
        self.plan.clear()

    def take(self, where: Where, kinds: frozenset[str], name: str, payload: Json) -> Fault | None:
        """The first fault of the plan that strikes now; it is counted as used."""
        return next(
            (f for f in self.plan if f.where == where and f.kind in kinds and self._strikes(f, name, payload)),
            None,
        )

    def _strikes(self, fault: Fault, name: str, payload: Json) -> bool:
        if fault.times == 0 or not fnmatchcase(name, fault.name) or not fault.matches(payload):
            return False
        if fault.skip > 0:
            fault.skip -= 1
            return False
        if self.random.random() >= fault.rate:
            return False
        if fault.times is not None:
            fault.times -= 1
        fault.hits += 1
        return True
