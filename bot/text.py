"""What the bot says, before any platform has rendered it.

Law: words of the bot and words of people never mix. A sentence is a tuple of parts; only plain `str` parts
can come from people, and every adapter escapes those, so nothing that somebody typed can ping, link or format.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from string import Formatter
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from bot.masking import mask

MENTION_OPEN, MENTION_CLOSE = "\ue000", "\ue001"
_MENTION = re.compile(f"{MENTION_OPEN}([^{MENTION_CLOSE}]{{1,200}}){MENTION_CLOSE}")
_HALF = re.compile("[\ud800-\udfff]")
MAX_TYPED = 40_000
PAGE = "page:"
"""How the address of a page of ours begins until somebody is to read it."""


class Value(BaseModel):
    """A frozen value; unknown fields are refused, change is `model_copy`."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def whole_characters(text: str) -> str:
    """With U+FFFD for half characters (lone surrogates), which nothing can store or send."""
    return text if text.isascii() else _HALF.sub("\ufffd", text)


def _clean(text: str) -> str:
    return mask(whole_characters(text.replace("\x00", "")[:MAX_TYPED]))


Typed = Annotated[str, AfterValidator(_clean)]
"""Text that a person typed: secrets masked, NULs and halves of characters removed and length capped before any value
holds it.

Somebody mentioned in it stands as `mention_token(account key)`; adapters translate their own markup into it.
"""


def _unmarked(name: str) -> str:
    return name if name.isascii() else name.translate({ord(MENTION_OPEN): None, ord(MENTION_CLOSE): None})


Called = Annotated[Typed, AfterValidator(_unmarked)]
"""What people, programs and files are called elsewhere: typed text in which no mention can stand."""


def mention_token(account: str) -> str:
    """How a mention of an account (`platform:tenant:user`) is written inside typed text."""
    return f"{MENTION_OPEN}{account}{MENTION_CLOSE}"


def mentioned(text: str) -> tuple[str, ...]:
    """The account keys mentioned in a typed text, in their order, without repeats."""
    return tuple(dict.fromkeys(_MENTION.findall(text)))


def with_names(text: str, name_of: Callable[[str], str]) -> str:
    """A typed text with each mention written as `@name`."""
    return _MENTION.sub(lambda found: f"@{name_of(found.group(1))}", text)


class Mention(Value):
    t: Literal["mention"] = "mention"
    account: str
    """Account key `platform:tenant:user`; another platform shows the name instead."""
    name: str


class Link(Value):
    """A `page:/…` address names a page of ours; `with_pages` makes it one that the reader can open."""

    t: Literal["link"] = "link"
    url: str
    label: str
    instead: str = ""
    """What stands there where a page of ours cannot be reached; empty: the label, without a link."""


class Strong(Value):
    t: Literal["strong"] = "strong"
    text: str


class Code(Value):
    t: Literal["code"] = "code"
    text: str


class When(Value):
    """A moment in UTC; platforms that can, show it in the reader's own zone, others use `shown`."""

    t: Literal["when"] = "when"
    at: datetime
    shown: str


class Emoji(Value):
    """A reaction that people can give: platforms that name theirs show `name`, others the sign itself."""

    t: Literal["emoji"] = "emoji"
    name: str
    sign: str


Marked = Annotated[Mention | Link | Strong | Code | When | Emoji, Field(discriminator="t")]
Part = str | Marked


class Text(Value):
    parts: tuple[Part, ...] = ()

    def __add__(self, other: Text) -> Text:
        return Text(parts=self.parts + other.parts)

    def plain(self) -> str:
        """The sentence without any markup, as terminals, logs and notifications show it."""
        return "".join(_plain(part) for part in self.parts)


def _plain(part: Part) -> str:
    match part:
        case str():
            return part
        case Mention():
            return f"@{part.name}"
        case Link():
            bare = part.label == part.url or part.url.startswith(PAGE)
            return part.label if bare else f"{part.label} ({part.url})"
        case When():
            return part.shown
        case Emoji():
            return part.sign
        case _:
            return part.text


def say(template: str, **values: Part | Text | int) -> Text:
    """`say("{key} is now {status}", key=Strong(text="INC-1"), status="resolved")`; values are never parsed."""
    parts: list[Part] = []
    for literal, name, _, _ in Formatter().parse(template):
        if literal:
            parts.append(literal)
        if name is not None:
            parts.extend(_as_parts(values[name]))
    return Text(parts=tuple(parts))


def _as_parts(value: Part | Text | int) -> tuple[Part, ...]:
    if isinstance(value, Text):
        return value.parts
    return (str(value),) if isinstance(value, int) else (value,)


def joined(texts: list[Text], between: str = ", ") -> Text:
    parts: list[Part] = []
    for number, text in enumerate(texts):
        parts.extend((between, *text.parts) if number else text.parts)
    return Text(parts=tuple(parts))


class Button(Value):
    label: str
    does: str
    """The kind of the command that a click becomes; `args` are its fields (ids only: they are checked again)."""
    args: dict[str, str] = {}
    style: Literal["plain", "primary", "danger"] = "plain"
    confirm: str = ""


class Section(Value):
    text: Text = Text()
    facts: tuple[tuple[str, Text], ...] = ()
    buttons: tuple[Button, ...] = ()
    quiet: bool = False
    """Small print."""


class View(Value):
    """Who sees a card drawn for themselves, where a platform can do that: by a command, which answers that card."""

    does: str
    args: dict[str, str] = {}
    accounts: tuple[str, ...] = ()
    """Account keys, the most important first."""


class Card(Value):
    """One message of the bot. `title` is its plain first line; long cards are cut by the platform's adapter."""

    title: str = ""
    sections: tuple[Section, ...] = ()
    view: View | None = None

    def plain(self) -> str:
        lines = [self.title] if self.title else []
        for section in self.sections:
            lines += [section.text.plain()] if section.text.parts else []
            lines += [f"{label}: {text.plain()}" for label, text in section.facts]
        return "\n".join(lines)


def page(path: str, label: str, instead: str = "") -> Link:
    """A link to a page of ours, for example `page("/incidents/INC-42", "INC-42 as a page")`."""
    return Link(url=PAGE + path, label=label, instead=instead)


def with_pages(card: Card, page_url: Callable[[str], str]) -> Card:
    """The card as one reader gets it: `page_url(path)` is the address for that reader, or empty where pages cannot be
    reached, and then the words alone stand there. Adapters call it last, when they deliver."""
    if PAGE not in card.model_dump_json():
        return card
    return each_text(card, lambda text: _with_pages(text, page_url))


def each_text(card: Card, change: Callable[[Text], Text]) -> Card:
    """The card with every text of its sections changed, the facts' values too."""
    sections = tuple(
        section.model_copy(
            update={
                "text": change(section.text),
                "facts": tuple((label, change(text)) for label, text in section.facts),
            }
        )
        for section in card.sections
    )
    return card.model_copy(update={"sections": sections})


def _with_pages(text: Text, page_url: Callable[[str], str]) -> Text:
    parts: list[Part] = []
    for part in text.parts:
        if not isinstance(part, Link) or not part.url.startswith(PAGE):
            parts.append(part)
            continue
        url = page_url(part.url.removeprefix(PAGE))
        parts.append(part.model_copy(update={"url": url, "instead": ""}) if url else part.instead or part.label)
    return Text(parts=tuple(parts))


class Choice(Value):
    value: str
    label: str


class Input(Value):
    """One field of a form. What comes back is text: a date as 2026-12-01, a person as a mention token."""

    name: str
    label: str
    kind: Literal["line", "text", "choice", "choices", "person", "people", "date", "tick", "channel"] = "line"
    required: bool = True
    initial: str = ""
    choices: tuple[Choice, ...] = ()
    hint: str = ""
    max_length: int = 3000


class Form(Value):
    """A form in neutral words. Submitting it is the command of kind `does` with `args` and the inputs as fields."""

    title: str
    does: str
    args: dict[str, str] = {}
    inputs: tuple[Input, ...]
    submit: str = "Save"
    intro: Text = Text()


class Reply(Value):
    """The answer to the person, now: privately unless `public`."""

    card: Card = Card()
    form: Form | None = None
    public: bool = False
    replaces: bool = False
    """The answer takes the place of the message whose button was clicked."""
    outcome: Literal["done", "refused", "not found", "parked"] = "done"
    """How it ended, for programs; people read the sentence."""
    incident: str = ""
    """Key of the incident that the command was about, where the actor may know of it."""
    repeated: bool = False
    """The command was carried out before: this is its first answer once more."""

    @classmethod
    def of(cls, text: Text | str, *buttons: Button) -> Reply:
        text = Text(parts=(text,)) if isinstance(text, str) else text
        return cls(card=Card(sections=(Section(text=text, buttons=buttons),)))

    def plain(self) -> str:
        return self.card.plain()
