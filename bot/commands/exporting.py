"""Where the files of an incident are, for the one who asks.

Law: nothing leaves by this: the files are behind the pages, which show what their reader may know.
"""

from __future__ import annotations

from datetime import datetime

from bot.change import incident_of
from bot.command import Command, Needs
from bot.errors import Refused
from bot.rules import decides, verb
from bot.state import Decision, State
from bot.text import Card, Reply, Section
from bot.words import export as words
from bot.words.postmortem import no_postmortem

FILES = {
    "md": "postmortem.md",
    "html": "postmortem.html",
    "pdf": "postmortem.pdf",
    "external": "postmortem.external.md",
    "json": "record.json",
}
"""By format: how the address of its page ends."""
SPOKEN = {"markdown": "md", "htm": "html", "print": "pdf", "record": "json", "public": "external"}
WITHOUT_POSTMORTEM = ("json",)


@verb(
    "export",
    "download",
    usage="export [md|html|pdf|json|external]",
    example="export pdf",
    help="Tells you where the incident's postmortem is as a file.",
)
class Export(Command, kind="export"):
    needs = Needs(postmortem=True)
    wants_incident = True

    format: str = ""

    @classmethod
    def read(cls, said: str) -> dict[str, str]:
        return {"format": said} if said else {}


@decides(Export, may="invited")
def export(state: State, command: Export, _now: datetime) -> Decision:
    incident, wanted = incident_of(state), _format(command.format)
    known = tuple(FILES) if state.postmortem else WITHOUT_POSTMORTEM
    if wanted and wanted not in known:
        raise Refused(no_postmortem(incident))
    formats = (wanted,) if wanted else known
    facts = tuple((words.FORMATS[one], words.file(incident, one, FILES[one])) for one in formats)
    card = Card(title=words.files_of(incident), sections=(Section(text=words.files_are(incident), facts=facts),))
    return Decision(state=state, reply=Reply(card=card))


def _format(said: str) -> str:
    """Raises `Refused` for what is none."""
    name = said.strip().casefold().removeprefix("as ").removeprefix(".")
    name = SPOKEN.get(name, name)
    if name and name not in FILES:
        raise Refused(words.no_such_format(said.strip(), FILES))
    return name
