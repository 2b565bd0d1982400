"""Two teams and a year of action items: some done in time, some late, some given up, many open."""

from __future__ import annotations

from datetime import timedelta

from bot.text import mention_token
from tests.web.seeded import Story
from tests.web.world import MAYA, OLGA, TOM, World, account

TEAMS = "Payments\nSearch"
SERVICES = "checkout = Payments\ncards = Payments\nindex = Search\nmail"
INCIDENTS = (
    ("checkout", 2, "Checkout answers with errors", "capacity: The pool was sized for half of the load"),
    ("index", 1, "Search returns nothing", "change: A mapping was changed without a copy to try it on"),
    ("cards", 3, "Card payments are slow", "detection: Nobody is told when the queue grows"),
    ("mail", 4, "Invoices are two hours late", "process: The hand-over says nothing of the queue"),
)
TEXTS = (
    "Alert when the connection pool is 80 % full", "Try mappings on a copy before they go out",
    "Limit what one customer may ask for at once", "Write down how to fail over by hand",
    "Page somebody when the queue is older than ten minutes", "Stop a release when errors double",
    "Keep a second provider for card payments warm", "Say in the hand-over what still runs",
)  # fmt: skip
ENDS = ("", "done", "", "late", "done", "", "wontdo", "late", "done", "", "accept-risk", "done")
"""What becomes of an item, one after the other; of the empty ones nothing."""
WEEK = 7 * 24 * 60


async def followed(world: World) -> None:
    story = Story(world)
    story.at(timedelta(weeks=50))
    await world.gave("set_up", MAYA, teams=TEAMS, services=SERVICES)
    for number in range(36):
        await _item(story, number, weeks=47 - number * 1.3, incident=number // 4)
    story.at(timedelta())


async def _item(story: Story, number: int, weeks: float, incident: int) -> None:
    world, who, minutes = story.world, (MAYA, TOM, OLGA)[number % 3], weeks * WEEK
    key = await _incident(story, incident, minutes)
    story.at(timedelta(minutes=minutes))
    await world.gave(
        "action", TOM, incident=key, owner=mention_token(account(who)), due="4w", text=TEXTS[number % len(TEXTS)],
        factor=_factor(world, key),
    )  # fmt: skip
    item, end = f"ACT-{number + 1}", ENDS[number % len(ENDS)]
    later = minutes - WEEK * (6 if end == "late" else 2)
    if number % 5 == 0:
        await story.chat(later, who, f"snooze {item} 6w the release is frozen")
    if end and later > 0:
        why = "" if end in ("done", "late") else " it would cost more than it could save"
        await story.chat(later, who, f"{'done' if end == 'late' else end} {item}{why}")


async def _incident(story: Story, number: int, minutes: float) -> str:
    """Declared, resolved and with one factor, when its first item is noted."""
    key, made = f"INC-{number + 1}", story.world.reports.incident
    if made(story.world.person(MAYA), key) is not None:
        return key
    service, severity, title, factor = INCIDENTS[number % len(INCIDENTS)]
    story.at(timedelta(minutes=minutes + 120))
    reply = await story.world.gave("declare", MAYA, title=title, severity=str(severity), service=service)
    await story.chat(minutes + 60, TOM, "resolve it is over", reply.incident)
    await story.chat(minutes + 50, TOM, f"postmortem factor {factor}", reply.incident)
    return reply.incident


def _factor(world: World, key: str) -> str:
    record = world.reports.record(world.person(MAYA), key)
    return record.postmortem.factors[0].id if record and record.postmortem and record.postmortem.factors else ""
