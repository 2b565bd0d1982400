"""Whatever happens after a person wrote a section, its words stay theirs until somebody writes it anew."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.draft_blocks import plain
from bot.errors import Refused
from bot.grammar import read
from bot.model import MessageRef
from bot.ports import Record
from bot.record import whole_draft
from storage.migrate import migrate
from tests.hostile import CORPUS
from tests.story.world import World

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WRITTEN = {
    "learning": "The pool was sized for last year.\n\nOrders failed:\n- cards\n- <b>vouchers</b> *and* `gifts`",
    "hard": "من الصعب \u202eevil\u202c 支払い",
    "external_what": "For an hour no order could be placed.",
}
EVENTS = 100
PRINTED = [one for one in CORPUS if one.isprintable() and one.strip()]
CAPTURED = ("said", "said", "edited", "deleted", "pinned", "reacted", "delivered")
TYPED = (
    "note {}", "sev 1 {}", "sev 4 {}", "impact {}", "update identified {}", "lead", "role scribe",
    "time began 2026-03-02 08:30 {}",
    "action by 2w: {}", "done ACT-1", "snooze ACT-2 2w {}", "wontdo ACT-3 {}", "postmortem factor design: {}",
    "postmortem trigger {}", "postmortem decision {}", "postmortem question {}", "postmortem comment {}",
    "postmortem adopt", "postmortem publish", "postmortem revise {}", "postmortem edit well: {}",
    "postmortem edit lucky: {}", "postmortem edit impact: {}", "postmortem review @me 2w", "reopen {}", "resolve {}",
    "resolve {}", "mitigate {}", "close", "undo",
)  # fmt: skip


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "empty.db"
    migrate(f"sqlite:///{path}")
    return path


class Life:
    """Captures and commands about INC-1, one after the other, as a seed will have them."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.chance = random.Random(seed)
        self.said: list[MessageRef] = []
        self.done: set[str] = set()
        """Kinds of commands that were carried out, not refused."""

    def begin(self) -> None:
        self.types("declare sev2 Checkout errors")
        self.world.deliver(faulty=False)
        for _ in range(5):
            self.says()
        self.types("resolve fixed")
        for name, text in WRITTEN.items():
            self.types(f"postmortem edit {name}: {text}")

    def types(self, words: str, actor: str = "U1") -> None:
        command = read(words, self.world.origin(actor=actor), "INC-1")
        if command.kind == "postmortem_publish":
            command = command.model_copy(update={"sure": "yes"})
        with suppress(Refused):
            self.world.handled(command)
            self.done.add(command.kind)

    def says(self) -> None:
        now, number = self.world.now(), next(self.world.number)
        ref = MessageRef(
            platform="slack", tenant="TA", channel=next(iter(self.world.channels.values())),
            ts=f"{int(now.timestamp())}.{number:06}",
        )  # fmt: skip
        self.said.append(ref)
        self.happens("said", ref, text=self.words())

    def happens(self, kind: str, ref: MessageRef, **fields: object) -> None:
        self.world.captured(self.world.event(kind, ref, **fields))
        self.done.add(kind)

    def words(self) -> str:
        return self.chance.choice(PRINTED)

    def one_more(self) -> None:
        """Half of what happens is said, the other half is done."""
        self.world.advance(timedelta(minutes=self.chance.randint(0, 90)))
        ref, kind = self.chance.choice(self.said), self.chance.choice(CAPTURED)
        if self.chance.random() < 0.5:
            words = self.chance.choice(TYPED)
            self.types(words.replace("{}", self.words()), actor="U2" if words == "undo" else "U1")
        elif kind == "said":
            self.says()
        elif kind == "edited":
            self.happens(kind, ref, text=self.words())
        elif kind == "deleted":
            self.happens(kind, ref)
        elif kind == "pinned":
            self.happens(kind, ref, added=self.chance.random() < 0.7)
        elif kind == "reacted":
            emoji = self.chance.choice(("tada", "sweat", "question"))
            self.happens(kind, ref, emoji=emoji, account="slack:TA:U2")
        else:
            self.world.deliver(faulty=False)

    def record(self) -> Record:
        found = self.world.reports.record(self.world.reader, "INC-1")
        assert found is not None
        return found


def shown(record: Record) -> dict[str, str]:
    made = whole_draft(record, "UTC")
    assert all(made.section(name).edited for name in WRITTEN)
    return {name: plain(made.section(name).body) for name in WRITTEN}


def stored(record: Record) -> dict[str, str]:
    assert record.postmortem is not None
    return {name: record.postmortem.edited[name].model_dump_json() for name in WRITTEN}


@pytest.mark.parametrize("seed", range(3))
def test_a_section_that_a_person_wrote_stays_as_it_is_through_a_hundred_events(
    template: Path, tmp_path: Path, seed: int
) -> None:
    world = World(template, tmp_path / "life.db", MORNING, seed)
    life = Life(world, seed)
    life.begin()
    before, kept = shown(life.record()), stored(life.record())
    for number in range(EVENTS):
        life.one_more()
        if number % 10 == 9:
            assert stored(life.record()) == kept
            assert shown(life.record()) == before
    life.types("postmortem revise more is known")
    life.types("postmortem edit hard: It was night.")
    assert shown(life.record()) == {**before, "hard": "It was night."}
    assert len(life.done) > 15, "too little of it happened"
    world.close()
