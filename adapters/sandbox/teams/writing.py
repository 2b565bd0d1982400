"""What a person types, as Teams sends it on: mentions as markup with entities, and an HTML copy as an attachment."""

import html
import re
from dataclasses import dataclass, field

from adapters.sandbox.teams.world import Json, Message, Tenant

MENTION = "http://schema.skype.com/Mention"
REPLY = "http://schema.skype.com/Reply"
_SWALLOWED = re.compile(r"(?<=[ \n]) +")
_LABELLED = re.compile(r"\[([^\[\]\n]+)\]\((https?://[^\s()]+)\)")


@dataclass
class Typed:
    text: str
    html: str
    entities: list[Json] = field(default_factory=list)

    def mentions(self, ident: str) -> bool:
        return any(entity["mentioned"]["id"] == ident for entity in self.entities)


def typed(tenant: Tenant, bot: Json, text: str) -> Typed:
    """`@name` and `@Real Name` become mentions, of people and of the bot, and `[label](address)` a link; all else is
    plain text."""
    named = {bot["name"].lower(): bot}
    for person in tenant.people.values():
        account = {"id": person.id, "name": person.real_name}
        named |= {person.name.lower(): account, person.real_name.lower(): account}
    choices = "|".join(re.escape(name) for name in sorted(named, key=len, reverse=True))
    entities: list[Json] = []
    plain, marked, last = "", "", 0
    for found in re.finditer(rf"(?<!\w)@({choices})(?!\w)", text, re.IGNORECASE):
        who, between = named[found[1].lower()], text[last : found.start()]
        at = f"<at>{who['name']}</at>"
        span = f'<span itemscope="" itemtype="{MENTION}" itemid="{len(entities)}">{html.escape(who["name"])}</span>'
        entities.append({"type": "mention", "mentioned": dict(who), "text": at})
        plain, marked, last = plain + between + at, marked + _escaped(between) + span, found.end()
    rest = text[last:]
    linked = _LABELLED.sub(r'<a href="\2" title="\2">\1</a>', f"{marked}{_escaped(rest)}")
    return Typed(_LABELLED.sub(r"\1", plain + rest), f"<p>{linked}</p>", entities)


def _escaped(text: str) -> str:
    """Lines stay lines, and spaces that HTML would swallow stay spaces."""
    text = _SWALLOWED.sub(lambda found: "\xa0" * len(found[0]), html.escape(text))
    return text.replace("\xa0", "&nbsp;").replace("\n", "<br>")


def quoting(written: Typed, quoted: Message, author: str, name: str) -> Typed:
    """A reply with a quotation: the quoted message stands before it in a blockquote of the HTML copy."""
    preview = re.sub(r"<[^>]+>", "", quoted.text)[:100]
    block = (
        f'<blockquote itemscope="" itemtype="{REPLY}" itemid="{quoted.id}"><strong itemprop="mri" itemid="{author}">'
        f'{html.escape(name)}</strong><span itemprop="time" itemid="{quoted.id}"></span>'
        f'<p itemprop="preview">{html.escape(preview)}</p></blockquote>'
    )
    return Typed(written.text, block + written.html, written.entities)
