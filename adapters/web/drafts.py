"""An incident as Markdown, and what is read of its postmortem.

Law: Markdown is written in the organisation's zone, so that every reader gets the same bytes.
"""

from __future__ import annotations

from adapters.web.shapes import author_of, source_of
from adapters.web.shapes import roles_of as roles_held
from bot.draft_names import Names
from bot.key_entries import in_order, story
from bot.markdown import lines, link, literal
from bot.model import FIVE_TIMES, ActionItem, Entry
from bot.ports import Record
from bot.record import draft_of, house_zone, json_of, markdown_of, naming
from bot.text import with_names
from bot.words.draft import DELETED, LINK, TIMES, UNKNOWN
from bot.zones import due_echo, echo

__all__ = ["draft_of", "house_zone", "incident_markdown", "json_of", "markdown_of"]


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
