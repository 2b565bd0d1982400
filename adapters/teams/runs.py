"""Neutral text as elements of Adaptive Cards in which nothing that somebody typed is ever Markdown, link or mention.

Law: people's words stand in the runs of a `RichTextBlock`, which parses nothing. A `TextBlock`, which alone can carry a
mention, is used only for a line that holds no character that any client could take for Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

from adapters.teams import lengths
from adapters.teams.lengths import Json, clean, shortened
from bot.text import MENTION_CLOSE, MENTION_OPEN, PAGE, Code, Emoji, Link, Mention, Part, Strong, Text, When

Names = Callable[[str], str]
"""The name of an account, by its key, for people mentioned in what somebody typed."""
_TOKEN = re.compile(f"{MENTION_OPEN}([^{MENTION_CLOSE}]{{1,200}}){MENTION_CLOSE}")
_ACCOUNT = re.compile(r"[\x21-\x7e]{1,300}")
_MARKS = re.compile(
    r"[\\*_\[\]<>`~|@\x00-\x1f]|&(?=[#A-Za-z])|\{\{|\$\{|://|\w\.(?=[^\W\d])|^\s*(?:[-+#=]|\d+[.)])|^\s+"
)
"""What some client may take for Markdown, an entity, a date function, an address or a mention."""
_DATE = re.compile(r"(?<=\{)(?=\{(?:DATE|TIME)\()", re.IGNORECASE)
_MADE = re.compile(r"\{(?=\{)|\$(?=\{)|:(?=//)|(?<=\w)\.(?=[^\W\d])")
_JOINER = "\u2060"
_LIKE = str.maketrans("\\*_[]<>`~|&@", "＼∗ˍ［］‹›ʼ∼¦＆＠")


def unnamed(_account: str) -> str:
    return "somebody"


def inert(text: str) -> bool:
    """Whether the text looks the same with Markdown and without. Escaping would not do: Teams' clients differ in what
    they do with backslashes (microsoft/AdaptiveCards, issue 5590)."""
    return not _MARKS.search(text)


def likened(text: str) -> str:
    """For the few places where Teams parses Markdown and offers nothing else: characters that only look like marks,
    and invisible joiners where a place in the line would make one."""
    text = " ".join(clean(text).translate(_LIKE).split())
    text = _MADE.sub(rf"\g<0>{_JOINER}", text)
    return text if inert(text) else _JOINER + text


def unformatted(text: str) -> str:
    """Clients replace `{{DATE(…)}}` in labels and runs; an invisible joiner between the braces keeps it as it is."""
    return _DATE.sub(_JOINER, text)


class Runs:
    """Makes the elements of one card and remembers whom they mention. `most` cuts each line; `cut` says if one was.

    Without `pings` people are named and not mentioned: a form, which is for one reader, declares no mentions.
    """

    def __init__(self, tenant: str, names: Names = unnamed, most: int = 12_500, *, pings: bool = True) -> None:
        self._tenant = tenant
        self._names = names
        self._most = most
        self._pings = pings
        self.cut = False
        self._tags: dict[str, tuple[str, str]] = {}
        """By account: its tag and name."""
        self._pinged: set[str] = set()

    def line(self, text: Text, **look: Any) -> Json | None:
        """One line of text; None where there is nothing to show."""
        text = self._within(text)
        if (words := self._inert_words(text)) is not None:
            return {"type": "TextBlock", "text": words, "wrap": True, **look}
        inlines = list(_merged([{**look, **run} for part in text.parts for run in self._of_part(part)]))
        return {"type": "RichTextBlock", "inlines": inlines} if inlines else None

    def title(self, title: str) -> Json | None:
        """A heading for screen readers where its words allow it."""
        look = {"size": "large", "weight": "bolder"}
        shown = clean(str(self._within(Text(parts=(title,))).parts[0])).strip()
        if shown and inert(shown):
            return {"type": "TextBlock", "text": shown, "wrap": True, **look, "style": "heading"}
        return self.line(Text(parts=(shown,)), **look)

    def silent(self) -> Json | None:
        """A line for those whose mention stands in a line of runs, where it would reach nobody."""
        tags = [tag for account, (tag, _) in self._tags.items() if account not in self._pinged]
        self._pinged.update(self._tags)
        if not tags:
            return None
        return {"type": "TextBlock", "text": " ".join(tags), "wrap": True, "size": "small", "isSubtle": True}

    def entities(self) -> list[Json]:
        """The mentions of the card (Microsoft Learn, Format cards in Microsoft Teams)."""
        return [
            {"type": "mention", "text": tag, "mentioned": {"id": account.split(":", 2)[2], "name": name}}
            for account, (tag, name) in self._tags.items()
            if account in self._pinged
        ]

    def _within(self, text: Text) -> Text:
        room = self._most
        parts: list[Part] = []
        for part in text.parts:
            words = self._named(part if isinstance(part, str) else _shown(part))
            if (long := lengths.size(words)) > room:
                self.cut = True
                words = shortened(words, max(room, 1))
            if isinstance(part, str):
                parts.append(words)
            else:
                parts.append(part.model_copy(update={"text": words}) if isinstance(part, Strong | Code) else part)
            room -= long + (min(lengths.size(part.url), lengths.URL) if isinstance(part, Link) else 0)
            if room < 0:
                break
        self.cut = self.cut or len(parts) < len(text.parts)
        return Text(parts=tuple(parts))

    def _inert_words(self, text: Text) -> str | None:
        """The line for a `TextBlock`, where it mentions one of ours and every other word of it is inert."""
        ours = [part for part in text.parts if isinstance(part, Mention) and self._is_ours(part.account)]
        simple = all(isinstance(part, str | Mention | When | Strong | Emoji) for part in text.parts)
        if not ours or not simple:
            return None
        bare = "".join("x" if part in ours else self._bare(part) for part in text.parts)
        strong = [part.text for part in text.parts if isinstance(part, Strong)]
        if not inert(bare) or not all(words[:1].isalnum() and words[-1:].isalnum() for words in strong):
            return None
        self._pinged.update(part.account for part in ours)
        return "".join(self._in_block(part) for part in text.parts)

    def _in_block(self, part: Part) -> str:
        if isinstance(part, Mention) and self._is_ours(part.account):
            return self._tag(part)
        return f"**{self._bare(part)}**" if isinstance(part, Strong) else self._bare(part)

    def _bare(self, part: Part) -> str:
        return clean(_shown(part))

    def _of_part(self, part: Part) -> Iterator[Json]:
        match part:
            case str():
                yield from _runs(part)
            case Mention():
                if self._is_ours(part.account):
                    self._tag(part)
                yield from _runs(_shown(part), color="accent")
            case Link():
                yield from _link(part)
            case Strong():
                yield from _runs(part.text, weight="bolder")
            case Code():
                yield from _runs(part.text, fontType="monospace")
            case _:
                yield from _runs(_shown(part))

    def _named(self, text: str) -> str:
        return _TOKEN.sub(lambda found: f"@{self._names(found.group(1))}", text)

    def _is_ours(self, account: str) -> bool:
        platform, _, rest = account.partition(":")
        tenant, _, user = rest.partition(":")
        ours = platform == "teams" and tenant == self._tenant
        return self._pings and ours and bool(_ACCOUNT.fullmatch(user))

    def _tag(self, mention: Mention) -> str:
        """`<at>Name</at>`, of which no two people have the same."""
        if mention.account not in self._tags:
            name = shortened(" ".join(_MARKS.sub(" ", clean(mention.name)).split()) or "somebody", 80)
            taken = {tag for tag, _ in self._tags.values()}
            numbered = (f"{name} {number}" if number > 1 else name for number in range(1, len(taken) + 2))
            tag = next(tag for one in numbered if (tag := f"<at>{one}</at>") not in taken)
            self._tags[mention.account] = (tag, name)
        return self._tags[mention.account][0]


def _shown(part: Part) -> str:
    match part:
        case Mention():
            return f"@{lengths.label(part.name, 80) if clean(part.name).strip() else 'somebody'}"
        case When():
            return shortened(clean(part.shown), 200) or part.at.isoformat()
        case Emoji():
            return part.sign
        case Link():
            return shortened(part.label or part.url, 500)
        case str():
            return part
        case _:
            return part.text


def _runs(text: str, **look: Any) -> Iterator[Json]:
    if shown := clean(text):
        yield {"type": "TextRun", "text": shown, **look}


def _merged(runs: list[Json]) -> Iterator[Json]:
    """Runs of one look are one, for each costs room. Clients replace date functions run by run, so that one broken
    between two runs stays as it was typed."""
    for look, alike in groupby(runs, lambda run: {name: value for name, value in run.items() if name != "text"}):
        for piece in _DATE.split("".join(run["text"] for run in alike)):
            yield {**look, "text": piece}


def _link(link: Link) -> Iterator[Json]:
    url, label = clean(link.url).strip(), shortened(lengths.plain(link.label), 500)
    if url.startswith(PAGE):
        yield from _runs(shortened(lengths.plain(link.instead), 500) or label or "-")
    elif not is_web(url):
        yield from _runs(shortened(f"{label} ({url})" if label != url else url or "-", 1000))
    else:
        shown = label.strip() or url
        action = {"type": "Action.OpenUrl", "url": url}
        for run in _runs(shown, color="accent"):
            yield {**run, "selectAction": action}


def is_web(url: str) -> bool:
    """An address that a click may open."""
    return (
        url.startswith(("https://", "http://"))
        and len(url) <= lengths.URL
        and url.isprintable()
        and not any(char.isspace() or char in '<>"\\^`{|}' for char in url)
    )
