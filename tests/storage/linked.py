"""Maya, who was heard of on Slack and on Teams, and what makes one person of her two accounts."""

from __future__ import annotations

import bot.commands  # noqa: F401  # fills the tables of rules
from bot.command import Command, Origin
from bot.commands.accounts import LinkPeople, ProfileLearned
from bot.engine import handle
from bot.text import Reply
from storage.fields import metadata
from storage.keys import person_id
from tests.storage.worlds import World, account, origin

TEAMS = "teams:M1:maya"
SLACK_MAYA, TEAMS_MAYA = person_id(account("maya")), person_id(TEAMS)
ADDRESS = "maya@example.com"


def on_teams(actor: str = "maya", channel: str = "") -> Origin:
    return origin(actor, channel=channel, tenant="M1", platform="teams")


def done(world: World, command: Command) -> Reply:
    with world.store.transaction() as tx:
        return handle(tx, command)


def profile(world: World, key: str, email: str = ADDRESS, kind: str = "human") -> None:
    """A platform tells who an account is."""
    platform, tenant, _ = key.split(":")
    nobody = origin("", tenant=tenant, platform=platform)
    done(world, ProfileLearned(origin=nobody, account=key, email=email, person_kind=kind))


def link(world: World, kept: str = SLACK_MAYA, other: str = TEAMS_MAYA) -> Reply:
    here = origin("integration:root", tenant=world.organisation, platform="cli")
    return done(world, LinkPeople(origin=here, kept=kept, other=other))


def people(world: World) -> set[str]:
    return {str(row[0]) for row in world.rows("SELECT id FROM person")}


def named_in(world: World, word: str) -> set[str]:
    """The columns, those of the audit aside, that hold a word. Ids of gestures are forgotten by themselves."""
    found: set[str] = set()
    for table in metadata.sorted_tables:
        if table.name in ("audit", "audit_head"):
            continue
        columns = [column.name for column in table.columns if (table.name, column.name) != ("seen", "origin")]
        quoted = ", ".join(f'"{name}"' for name in columns)
        for row in world.rows(f"SELECT {quoted} FROM {table.name}"):
            found |= {f"{table.name}.{name}" for name, value in zip(columns, row, strict=True) if word in str(value)}
    return found
