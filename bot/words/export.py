"""Sentences about exports and imports, and those that stand in exported files."""

from __future__ import annotations

from collections.abc import Iterable

from bot.model import Incident
from bot.text import Code, Text, page, say
from bot.words import verb
from bot.words.postmortem import NO_PAGE

# -- where the files are

FORMATS = {
    "md": "Markdown",
    "html": "HTML, one file",
    "pdf": "PDF",
    "external": "For readers outside",
    "json": "The whole record, as JSON",
}


def files_of(incident: Incident) -> str:
    return f"Files of {incident.key}"


def files_are(incident: Incident) -> Text:
    return say(
        "They show what you may know of {key}. Where a command stands in place of a link, it is for whoever runs "
        "Debrief.",
        key=incident.key,
    )


def file(incident: Incident, name: str, ending: str) -> Text:
    """A link; without a public address the command that writes the file, which knows only what is public."""
    command = f"debrief export {incident.key} --format {name} --out {incident.key}-{ending}"
    instead = NO_PAGE if incident.private else command
    return say("{link}", link=page(f"/incidents/{incident.key}/{ending}", ending, instead))


def no_such_format(said: str, known: Iterable[str]) -> Text:
    return say(
        "I know no format {said}. There are {known}; {export} shows all of them. Nothing was changed.",
        said=Code(text=said[:40]),
        known=", ".join(known),
        export=verb("export"),
    )


NOT_YET_TITLE = "Not yet"


def more_entries(n: int) -> str:
    return f"{n:,} more {'entry' if n == 1 else 'entries'}: the page and the other formats have all of them."


# -- reading a document back

NO_FILE = "An incident is imported from a file: `debrief import FILE`."
NOT_JSON = "This file is no JSON in UTF-8. Nothing was imported."
NOT_OURS = "This file was not written by `debrief export --format json`. Nothing was imported."
STRANGE_PART = "Something in this file belongs to another incident than the one it is about. Nothing was imported."
TWICE = "Something stands twice in this file under one id or key. Nothing was imported."
BAD_TEXT = "A text in this file is too long, or holds what no text can hold. Nothing was imported."
BAD_NUMBER = "A number in this file is out of its range. Nothing was imported."
BAD_TIME = "A time in this file has no zone, or is not of this time. Nothing was imported."


def bad_id(found: str) -> str:
    return f"An id or key in this file is not one of ours: {found}. Nothing was imported."


def too_large(mebibytes: int) -> str:
    return f"This file is larger than {mebibytes} MiB. Nothing was imported."


def other_schema(found: str, known: int) -> str:
    return f"This file is of version {found}, and version {known} is what I read. Nothing was imported."


def wrong_field(where: str, why: str) -> str:
    return f"This file has something wrong at {where or 'its beginning'}: {why}. Nothing was imported."


def there_already(keys: str) -> str:
    return f"{keys} is there already. Nothing was imported; `--as-new` imports it under a new key."


def imported(key: str, entries: int, items: int) -> str:
    return f"{key} is imported, with {entries:,} entries and {items:,} action items."


def imported_as(was: str, key: str, entries: int, items: int) -> str:
    return f"{was} is imported as {key}, with {entries:,} entries and {items:,} action items."


# -- files


def no_incident(key: str) -> str:
    return f"I know no incident {key}. `debrief incident list` shows those there are."


def cannot_read(path: str, why: str) -> str:
    return f"{path} cannot be read: {why}. Nothing was imported."


def cannot_write(path: str, why: str) -> str:
    return f"{path or 'The output'} cannot be written: {why}."


def written(path: str, n: int) -> str:
    return f"{path}: {n:,} bytes."
