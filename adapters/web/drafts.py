"""A postmortem as it is read: as a draft to be shown, as Markdown, and as JSON, all from one record.

Law: Markdown and JSON are written in the organisation's zone, so that every reader gets the same bytes.
"""

from __future__ import annotations

from typing import Any

from adapters.web.shapes import author_of, naming, source_of
from adapters.web.shapes import roles_of as roles_held
from bot.draft import draft, postmortem_json, published, roles_of
from bot.draft_blocks import Draft
from bot.draft_names import Names
from bot.errors import NotFound
from bot.key_entries import in_order, story
from bot.markdown import lines, link, literal, to_markdown
from bot.model import FIVE_TIMES, ActionItem, Entry, PostmortemStatus
from bot.ports import Record
from bot.text import with_names
from bot.words import web as words
from bot.words.draft import DELETED, LINK, TIMES, UNKNOWN
from bot.zones import due_echo, echo, valid_zone


def house_zone(record: Record) -> str:
    zone = record.organisation.policies.zone
    return zone if valid_zone(zone) else "UTC"


def draft_of(record: Record, zone: str) -> Draft:
    """As it may be read: a published one names roles. Raises `NotFound` where no postmortem was opened yet."""
    made = draft(zone=zone, **_facts(record))
    return published(made) if made.status == PostmortemStatus.PUBLISHED.value else made


def markdown_of(record: Record) -> str:
    """A published version as it was published."""
    if record.postmortem is not None and record.postmortem.published_markdown:
        return record.postmortem.published_markdown
    return to_markdown(draft_of(record, house_zone(record)))


def json_of(record: Record) -> dict[str, Any]:
    return postmortem_json(zone=house_zone(record), **_facts(record))


def _facts(record: Record) -> dict[str, Any]:
    if record.postmortem is None:
        raise NotFound(words.no_postmortem(record.incident.key))
    return {
        "incident": record.incident,
        "items": record.items,
        "postmortem": record.postmortem,
        "log": record.entries,
        "names": naming(record.people),
        "reflections": record.organisation.policies.reflections,
        "roles": roles_of(record.incident, record.people),
    }


def incident_markdown(record: Record) -> str:
    """The incident as its page shows it: what it is, the five times, the timeline and the action items."""
    incident, names, zone = record.incident, naming(record.people), house_zone(record)
    out = [f"# {literal(f'{incident.key} · SEV{incident.severity} · {with_names(incident.title, names)}')}", ""]
    out += [f"- **Status:** {incident.status.value}"]
    out += [f"- **{literal(role.role)}:** {literal(role.name)}" for role in roles_held(incident, names)]
    out += [f"- **Impact:** {literal(with_names(incident.impact, names))}"] if incident.impact else []
    out += ["", "## The five times", ""]
    for name in FIVE_TIMES:
        moment = getattr(incident.times, name)
        told = f"{echo(moment.at, zone)} ({literal(source_of(moment, names))})" if moment else UNKNOWN
        out.append(f"- **{TIMES[name]}:** {told}")
    out += ["", "## Timeline", "", *(_entry_line(entry, names, zone) for entry in story(in_order(record.entries))[0])]
    out += ["", "## Action items", "", *(_item_line(item, names) for item in record.items)]
    return "\n".join(out).rstrip() + "\n"


def _entry_line(entry: Entry, names: Names, zone: str) -> str:
    text = DELETED if entry.deleted else lines(with_names(entry.text, names), "  ")
    where = f" {link(LINK, entry.permalink)}" if entry.permalink else ""
    return f"- **{echo(entry.occurred, zone)}** · {literal(author_of(entry, names))}: {text}{where}"


def _item_line(item: ActionItem, names: Names) -> str:
    owner = literal(names(item.owner)) if item.owner else "nobody"
    text = literal(with_names(item.text, names))
    return f"- **{item.key}** {text} · {owner}, due {due_echo(item.due)}, {item.status.value}"
