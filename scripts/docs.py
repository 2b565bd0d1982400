"""Writes the parts of the documentation that follow from the code: `make docs`.

Each part stands between `<!-- made: NAME -->` and `<!-- end -->` in a page; a test compares them with the code, so a
verb, setting, effect or reminder that is not documented fails the suite.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

import adapters.export.publishing  # noqa: F401 - these two fill the tables below
import bot.commands  # noqa: F401
from adapters.slack.manifest import EVENTS, METHODS, SCOPES, SHORTCUTS
from adapters.teams.graph import CONSENTS
from adapters.teams.manifest import COMPOSE_COMMANDS, MESSAGE_ACTIONS, PERMISSIONS
from bot.capabilities import CAPABILITIES, PLATFORMS, Capability
from bot.command import KINDS, Receipt
from bot.effects import EFFECTS
from bot.model import ITEM_TRANSITIONS, POSTMORTEM_TRANSITIONS, TRANSITIONS
from bot.policy import SETTABLE, Policy
from bot.policy_written import Written, written_of
from bot.reminders import RULES as REMINDERS
from bot.rules import MAY, VERBS
from bot.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
_PART = re.compile(r"(<!-- made: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

WHY = {
    "ChannelMessage.Read.Group": "every message of an incident's thread is captured, in the teams that consented",
    "ChatMessage.Read.Chat": "every message of a private incident's group chat is captured",
}
WHO = {
    "anyone": "every account of the organisation",
    "invited": "guests too, in incidents they were invited to",
    "responder": "every full member; of a private incident those invited",
    "commander": "the incident commander, the postmortem's owner or an admin; while nobody leads, every responder",
    "admin": "admins; while nobody is one, whoever sets up first, and becomes one",
}


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(heads), ["---"] * len(list(heads)), *[[_cell(cell) for cell in row] for row in rows]]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def verbs() -> str:
    rows = (
        (f"`/incident {v.usage}`", ", ".join(v.synonyms) or "–", v.help, f"`/incident {v.example}`")
        for v in VERBS.values()
    )
    return table(("verb", "also", "what it does", "for example"), rows)


def settings() -> str:
    fields = sorted(Settings.model_fields.values(), key=lambda field: _first(str(field.alias)))
    rows = (
        (f"`{f.alias}`", str(f.description), f"`{f.default}`" if f.default not in ("", False) else "–") for f in fields
    )
    return table(("setting", "what it is", "without it"), rows)


def _first(setting: str) -> int:
    """What everybody needs stands first; those of what is optional come after it, in their own order."""
    groups = ("DATABASE", "DEBRIEF", "SLACK", "TEAMS", "FAILPOINT")
    group = setting.split("_", 1)[0]
    return groups.index(group) if group in groups else len(groups)


def permissions() -> str:
    words = {verb.kind: f"`{verb.word}`" for verb in VERBS.values()}
    given = {kind: may for kind, may in MAY.items() if not issubclass(KINDS[kind], Receipt)}
    rows = (
        (text, ", ".join(words.get(kind, kind.replace("_", " ")) for kind, may in given.items() if may == who))
        for who, text in WHO.items()
    )
    return table(("who", "may"), rows)


def policy() -> str:
    """The defaults as a file has them."""
    usual = written_of(Policy(), str)
    fields = [(name, field.description, Written.model_fields[name]) for name, field in Policy.model_fields.items()]
    rows = ((f"`{name}`", str(about), _as_toml(getattr(usual, name)), _bounds(told)) for name, about, told in fields)
    return table(("setting", "what it is", "default", "bounds"), rows)


def _as_toml(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"`{key} = {one}`" for key, one in value.items()) or "–"
    return f"`{value}`" if value else "–"


def _bounds(field: FieldInfo) -> str:
    """Of a number, wherever in the type it stands, or what can be chosen."""
    if get_origin(field.annotation) is Literal:
        return ", ".join(get_args(field.annotation))
    inner = [FieldInfo.from_annotation(part) for part in get_args(field.annotation) if get_origin(part) is Annotated]
    limits = [one for each in (field, *inner) for one in each.metadata]
    told = {name: getattr(one, name) for one in limits for name in ("ge", "le") if hasattr(one, name)}
    return f"{told['ge']} to {told['le']}" if told else "–"


def settable() -> str:
    words = {verb.kind: f"`{verb.word}`" for verb in VERBS.values()}
    rows = (
        (f"`{kind}`", words.get(kind, kind.replace("_", " ")), MAY[kind], ", ".join(levels))
        for kind, levels in SETTABLE.items()
    )
    return table(("in `may`", "what it is", "usual", "can be given to"), rows)


def effects() -> str:
    """By name: which module was read first must not matter."""
    rows = ((f"`{kind}`", str(effect.__doc__)) for kind, effect in sorted(EFFECTS.items()))
    return table(("effect", "what it does"), rows)


def reminders() -> str:
    rows = ((rule.name, rule.hears, rule.when, rule.stops) for rule in REMINDERS.values())
    return table(("reminder", "who hears it", "when", "how it stops"), rows)


def capabilities() -> str:
    heads = ("capability", "what people can do", *(name.capitalize() for name in PLATFORMS))
    rows = ((one.name, one.about, *(_on(one, name) for name in PLATFORMS)) for one in CAPABILITIES.values())
    return table(heads, rows)


def _on(one: Capability, platform: str) -> str:
    if one.works_on(platform):
        return f"yes, {one.on(platform)}" if one.on(platform) else "yes"
    return f"instead: {one.on(platform)}"


def scopes() -> str:
    """Why each is asked for: the events that come and the methods that are called with it."""
    return table(("scope", "events that come with it", "methods that need it"), map(_scope, SCOPES))


def _scope(scope: str) -> tuple[str, str, str]:
    events = [event for event, needed in EVENTS.items() if needed == scope]
    methods = [method for method, needed in METHODS.items() if scope in needed]
    if scope == "commands":
        return f"`{scope}`", "`/incident` and the shortcuts", "–"
    return f"`{scope}`", _named(events), _named(methods)


def _named(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "–"


def shortcuts() -> str:
    where = {"message": "a message's menu", "global": "the composer's menu"}
    return table(
        ("shortcut", "where", "what it does"), ((name, where[kind], about) for kind, _, name, about in SHORTCUTS)
    )


def teams_actions() -> str:
    where = {"a message's menu": MESSAGE_ACTIONS, "the compose box": COMPOSE_COMMANDS}
    rows = ((title, place, about) for place, actions in where.items() for title, about in actions.values())
    return table(("action", "where", "what it does"), rows)


def teams_permissions() -> str:
    return table(("permission", "what for"), ((f"`{name}`", WHY[name]) for name in PERMISSIONS))


def teams_consents() -> str:
    return table(("permission", "what for"), ((f"`{name}`", why) for name, why in CONSENTS.items()))


def life_cycle(transitions: Mapping[Any, Mapping[str, Any]], first: str) -> str:
    arrows = "".join(
        f"    {_state(before)} --> {_state(after)}: {word.replace('_', ' ')}\n"
        for before, words in transitions.items()
        for word, after in words.items()
    )
    return f"```mermaid\nstateDiagram-v2\n    [*] --> {_state(first)}\n{arrows}```\n"


def _state(name: str) -> str:
    return re.sub(r"\W+", "_", name)


PARTS: dict[str, Callable[[], str]] = {
    "verbs": verbs,
    "settings": settings,
    "permissions": permissions,
    "policy": policy,
    "settable": settable,
    "effects": effects,
    "reminders": reminders,
    "scopes": scopes,
    "shortcuts": shortcuts,
    "capabilities": capabilities,
    "teams_actions": teams_actions,
    "teams_permissions": teams_permissions,
    "teams_consents": teams_consents,
    "incident_life": lambda: life_cycle(TRANSITIONS, "active"),
    "postmortem_life": lambda: life_cycle(POSTMORTEM_TRANSITIONS, "draft"),
    "item_life": lambda: life_cycle(ITEM_TRANSITIONS, "open"),
}


def renewed(page: str) -> str:
    """The page with every made part as the code has it now."""
    return _PART.sub(lambda part: part.group(1) + PARTS[part.group(2)]() + part.group(3), page)


def pages() -> list[Path]:
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def main() -> int:
    for path in pages():
        page = path.read_text(encoding="utf-8")
        if (new := renewed(page)) != page:
            path.write_text(new, encoding="utf-8")
            sys.stdout.write(f"{path.name} renewed\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
