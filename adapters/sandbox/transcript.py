"""The scripted incident, read from its file, and what a faithful record of it must hold.

Law: `expected` counts from the steps alone and never asks the bot, so that a replay has an independent truth.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from adapters.sandbox.script import INCIDENT, SAYING, Attachment, Begins, Person, Place, Script, Step, Value

__all__ = (
    "Attachment", "Begins", "Expected", "Person", "Place", "Script", "Step", "Survivor",
    "beginning", "expected", "load", "moments", "short", "spoken", "zone_of",
)  # fmt: skip

PUSHPIN = "pushpin"
REFLECTIONS = {
    "tada": "went well",
    "sweat": "was hard",
    "four_leaf_clover": "got lucky",
    "question": "question",
}
TOUR_PAUSE = 3

# Written in pieces, because a whole one would alarm whatever scans this repository; none was ever valid.
SECRETS: Mapping[str, str] = {
    "db": "not-a-real-" + "passw0rd",
    "card": " ".join(["4242"] * 4),
    "github": "gh" + "p_" + "ThisTokenIsMadeUpForADemonstration00",
    "aws": "AK" + "IA" + "DEBRIEFFAKEKEY22",
}
LONG_PIECE = "validate clusters/eu-west/checkout.yaml: schema=2 expected=1 hint=--accept-schema; "
WRITTEN = re.compile(r"\{(secret|long):(\w+)\}")
SPOKEN = re.compile(r"\{(?:(@|#)(\w+)|(clock|day):([+-]\d+)([mhd]))\}")
STRIDES = {"m": "minutes", "h": "hours", "d": "days"}


class Survivor(Value):
    """A message that was not deleted, as it stood in the end; its text still holds its people's nicknames."""

    id: str
    who: str
    where: str
    text: str
    thread: str
    file: str
    revisions: int


class Expected(Value):
    """What a faithful record of the script holds. Ids are those of steps, secrets are whole values."""

    captured: int
    surviving: tuple[Survivor, ...]
    edits: int
    unchanged_edits: int
    deletions: int
    erased: tuple[str, ...]
    joins: int
    leaves: int
    key: tuple[str, ...]
    key_elsewhere: tuple[str, ...]
    retracted: tuple[str, ...]
    reflections: dict[str, tuple[str, ...]]
    severities: tuple[int, ...]
    verbs: dict[str, int]
    actions: int
    secrets: tuple[str, ...]


def load(path: Path | None = None) -> Script:
    source = path or Path(__file__).with_name("transcript.json")
    return Script.model_validate_json(_expanded(source.read_text(encoding="utf-8")))


def _expanded(text: str) -> str:
    return WRITTEN.sub(lambda found: _piece(found[1], found[2]), text)


def _piece(kind: str, argument: str) -> str:
    if kind == "secret":
        return SECRETS[argument]
    length = int(argument)
    return (LONG_PIECE * (length // len(LONG_PIECE) + 1))[:length]


def short(script: Script) -> Script:
    """The tour of the first minute: the marked steps, at most three seconds apart."""
    steps = tuple(step.model_copy(update={"after": min(step.after, TOUR_PAUSE)}) for step in script.steps if step.tour)
    return script.model_copy(update={"steps": steps})


def moments(script: Script) -> tuple[int, ...]:
    """When each step happens, in seconds of story time since the beginning."""
    return tuple(_running(script))


def _running(script: Script) -> Iterator[int]:
    so_far = 0
    for step in script.steps:
        so_far += step.after + step.days * 86_400
        yield so_far


def beginning(script: Script, now: datetime) -> datetime:
    """The first moment at or after `now` (aware) that has the story's weekday and wall time."""
    begins = script.begins
    local = now.astimezone(ZoneInfo(begins.zone))
    hour, minute = (int(part) for part in begins.wall.split(":"))
    start = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    start += timedelta(days=(begins.weekday - start.weekday()) % 7)
    return start if start >= local else start + timedelta(days=7)


def zone_of(script: Script, step: Step) -> str:
    """What is typed to the bot is in the speaker's own zone; what people tell each other, in the story's."""
    to_bot = step.do in {"command", "mention", "submit", "click"}
    return script.person(step.who).zone if to_bot else script.begins.zone


def spoken(text: str, now: datetime, zone: str, names: Mapping[str, str], escape: Callable[[str], str] = str) -> str:
    """The text as it is typed at `now` (aware): `names` says how `@nick` and `#place` are written.

    `escape` is given what stands between the placeholders, so that a platform can encode what people type.
    """
    local, typed, last = now.astimezone(ZoneInfo(zone)), [], 0
    for found in SPOKEN.finditer(text):
        typed += [escape(text[last : found.start()]), _placed(found, local, names)]
        last = found.end()
    return "".join([*typed, escape(text[last:])])


def _placed(found: re.Match[str], local: datetime, names: Mapping[str, str]) -> str:
    sigil, nick, kind, amount, stride = found.groups()
    if sigil:
        return names[sigil + nick]
    then = local + timedelta(**{STRIDES[stride]: int(amount)})
    return f"{then:%H:%M}" if kind == "clock" else f"{then:%Y-%m-%d}"


class _Line:
    """A message on its way through the story."""

    def __init__(self, step: Step) -> None:
        self.step, self.texts, self.deleted = step, [step.text], False
        self.gestures: set[tuple[str, str]] = set()
        self.marked = False
        self.reactions: set[tuple[str, str]] = set()

    def gesture(self, kind: str, who: str, on: bool) -> None:
        """Any pin or shortcut marks a message, and the last one that is taken away unmarks it."""
        self.marked = self.marked or on
        (self.gestures.add if on else self.gestures.discard)((kind, who))

    def survivor(self) -> Survivor:
        step = self.step
        return Survivor(
            id=step.id,
            who=step.who,
            where=step.where,
            text=self.texts[-1],
            thread=step.ref,
            file=step.file.name if step.file else "",
            revisions=len(self.texts) - 1,
        )


def expected(script: Script) -> Expected:
    lines = _lived(script)
    here = [line for line in lines.values() if line.step.where == INCIDENT]
    alive = [line for line in here if not line.deleted]
    key = [line.step for line in lines.values() if line.gestures and not line.deleted]
    verbs = Counter(_verb(step) for step in script.steps if step.do in {"command", "mention"})
    doings = Counter((step.do, step.where) for step in script.steps)
    edits = sum(len(line.texts) - 1 for line in here)
    surviving = tuple(line.survivor() for line in alive)
    return Expected(
        captured=len(here),
        surviving=surviving,
        edits=edits,
        unchanged_edits=doings["edit", INCIDENT] - edits,
        deletions=len(here) - len(alive),
        erased=_erased(here, {one.text for one in surviving}),
        joins=doings["join", INCIDENT],
        leaves=doings["leave", INCIDENT],
        key=tuple(step.id for step in key),
        key_elsewhere=tuple(step.id for step in key if step.where != INCIDENT),
        retracted=tuple(line.step.id for line in here if line.marked and not line.gestures),
        reflections=_reflections(alive),
        severities=_severities(script),
        verbs=dict(verbs),
        actions=verbs["action"] + sum(step.shortcut == "make_action_item" for step in script.steps),
        secrets=_secrets(script),
    )


def _lived(script: Script) -> dict[str, _Line]:
    lines: dict[str, _Line] = {}
    for step in script.steps:
        if step.do in SAYING:
            lines[step.id] = _Line(step)
        elif step.ref in lines:
            _happen(lines[step.ref], step)
    return lines


def _happen(line: _Line, step: Step) -> None:
    if step.do == "edit" and step.text != line.texts[-1]:
        line.texts.append(step.text)
    elif step.do == "delete":
        line.deleted = True
    elif step.emoji == PUSHPIN or step.do in {"pin", "unpin"} or step.shortcut == "add_to_timeline":
        pinned = step.do in {"pin", "unpin"}  # a message is pinned once, whoever pins or un-pins it
        kind, who = ("pin", "") if pinned else (step.emoji or step.shortcut, step.who)
        line.gesture(kind, who, on=not step.do.startswith("un"))
    elif step.do == "react":
        line.reactions.add((step.emoji, step.who))
    elif step.do == "unreact":
        line.reactions.discard((step.emoji, step.who))


def _erased(lines: list[_Line], kept: set[str]) -> tuple[str, ...]:
    """Texts of deleted messages, in every version; a text that somebody else's message still has is kept."""
    return tuple(text for line in lines if line.deleted for text in line.texts if text not in kept)


def _reflections(lines: list[_Line]) -> dict[str, tuple[str, ...]]:
    return {
        emoji: tuple(line.step.id for line in lines if emoji in {name for name, _ in line.reactions})
        for emoji in REFLECTIONS
    }


def _verb(step: Step) -> str:
    first, *rest = re.split(r"[\s:]+", step.text)
    return f"{first} {rest[0]}" if first == "postmortem" and rest else first


def _severities(script: Script) -> tuple[int, ...]:
    typed = (step.text for step in script.steps if step.do == "command")
    said = (re.match(r"(?:declare sev|sev )([1-5])", text) for text in typed)
    return tuple(int(found[1]) for found in said if found)


def _secrets(script: Script) -> tuple[str, ...]:
    everything = "\n".join(step.text for step in script.steps)
    return tuple(value for value in SECRETS.values() if value in everything)
