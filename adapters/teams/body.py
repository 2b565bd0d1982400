"""The HTML of a Teams message as lines of text, with the marks that Slack's text has: *strong*, _emphasis_, `code`.

Law: quoted replies, pictures and placeholders are left out; every other word stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from adapters.teams.lengths import URL
from adapters.teams.tags import Tag, tokens
from bot.text import MAX_TYPED, MENTION_CLOSE, MENTION_OPEN

_PRIVATE = {ord(MENTION_OPEN): None, ord(MENTION_CLOSE): None}
_SPACE = re.compile(r"[ \t\r\n\f]+")
_MARKS = {
    "strong": "*", "b": "*", "em": "_", "i": "_", "s": "~", "strike": "~", "del": "~", "code": "`",
}  # fmt: skip
_BLOCKS = {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "tr", "table", "blockquote", "hr"}
_SILENT = {"script", "style", "head", "title", "attachment"}
_BULLETS = "•◦▪"
_DEEPEST = 4
_TOKENS = 20_000
"""Tags and texts of one body that are read: no person writes more."""
MENTION, EMOJI, REPLY = "schema.skype.com/mention", "emoji", "schema.skype.com/reply"


class _Held(NamedTuple):
    """An element whose words are needed as a whole: a link, a mention, or what is left out."""

    kind: str
    name: str
    said: str
    words: list[str]


class Body:
    def __init__(self, token_of: Callable[[str, str], str]) -> None:
        self._token_of = token_of
        self._lines: list[str] = []
        self._line: list[str] = []
        self._length = 0
        self._open: dict[str, int] = dict.fromkeys("*_~`", 0)
        self._shown: list[str] = []
        """The marks that stand open in this line."""
        self._held: _Held | None = None
        self._depth = 0
        self._pre = 0
        self._quotes = 0
        self._lists: list[int] = []
        self._item = ""
        self._cells = 0

    def read(self, body: str) -> None:
        for number, token in enumerate(tokens(body)):
            if number > _TOKENS or self._length > 2 * MAX_TYPED:
                break
            if isinstance(token, str):
                self._words(token.translate(_PRIVATE))
            elif self._held is not None:
                self._in_held(token)
            elif token.name.startswith("/"):
                self._closed(token.name[1:])
            else:
                self._opened(token)

    def text(self) -> str:
        self._release()
        if self._pre:
            self._unpre()
        self._end_line()
        return "\n".join(self._lines).strip("\n ")[:MAX_TYPED]

    # -- words

    def _words(self, text: str) -> None:
        if self._held is not None:
            self._held.words.append(text)
        elif self._pre:
            first, *others = text.replace("\r\n", "\n").replace("\xa0", " ").split("\n")
            self._put(first)
            for line in others:
                if self._line != ["```"]:
                    self._end_line(always=True)
                self._put(line)
        else:
            text = _SPACE.sub(" ", text)
            self._marked(text if self._line else text.lstrip(" "))

    def _marked(self, text: str) -> None:
        """Words, behind the marks that are open; spaces stand outside of marks."""
        text = text.replace("\xa0", " ")
        bare = text.lstrip(" ")
        if not bare:
            self._put(text if self._line and not self._line[-1].endswith(" ") else text[1:] or text)
            return
        lead = text[: len(text) - len(bare)]
        if lead and self._line and self._line[-1].endswith(" "):
            lead = lead[1:]
        self._put(lead)
        for mark, count in self._open.items():
            if count and mark not in self._shown:
                self._shown.append(mark)
                self._put(mark)
        self._put(bare)

    def _put(self, text: str) -> None:
        if text:
            self._line.append(text)
            self._length += len(text)

    def _unmark(self, mark: str) -> None:
        if mark in self._shown:
            spaces = 0
            while self._line and not (kept := self._line[-1].rstrip(" ")):
                spaces += len(self._line.pop())
            if self._line:
                spaces += len(self._line[-1]) - len(kept)
                self._line[-1] = kept
            self._shown.remove(mark)
            self._line += [mark, " " * spaces] if spaces else [mark]

    # -- lines

    def _end_line(self, *, always: bool = False) -> None:
        for mark in reversed(self._shown[:]):
            self._unmark(mark)
        if self._line or self._item or always:
            said = "".join(self._line)
            said = said if self._pre else said.strip(" ")
            self._lines.append("> " * min(self._quotes, 1) + self._item + said)
            self._length += 1
        self._line, self._item = [], ""

    def _block(self) -> None:
        if self._cells:
            self._marked(" ")
        elif not (self._item and not self._line):
            self._end_line()

    def _unpre(self) -> None:
        """A block of code ends behind its last line, and not on a line of its own."""
        if not self._line and self._lines and not self._quotes:
            self._line = [self._lines.pop()]
        self._put("```")
        self._end_line()
        self._pre = 0

    # -- tags

    def _opened(self, tag: Tag) -> None:
        name = tag.name
        kind = tag.attribute("itemtype").lower() if name in ("span", "img", "blockquote") else ""
        if name == "at" or MENTION in kind:
            self._hold("mention", name, tag.attribute("id") if name == "at" else tag.attribute("itemid"))
        elif name == "a":
            self._hold("link", name, tag.attribute("href"))
        elif name in _SILENT or REPLY in kind:
            if not tag.inside.endswith("/"):
                self._hold("", name, "")
        elif name in ("emoji", "customemoji") or (name == "img" and kind.endswith(EMOJI)):
            self._marked(tag.attribute("alt")[:100].translate(_PRIVATE))
            if name != "img" and not tag.inside.endswith("/"):
                self._hold("", name, "")
        elif name == "br":
            self._end_line(always=True)
        elif name in ("pre", "codeblock"):
            self._begin_pre()
        elif not self._pre:
            self._structure(name)

    def _begin_pre(self) -> None:
        if not self._pre:
            self._block()
            self._put("```")
        self._pre += 1

    def _structure(self, name: str) -> None:
        if mark := _MARKS.get(name):
            self._open[mark] += 1
        elif name in ("td", "th"):
            if self._cells and self._line:
                self._line[-1] = self._line[-1].rstrip(" ")
                self._put(" | ")
            self._cells += 1
        elif name in _BLOCKS:
            self._cells = 0 if name in ("tr", "table") else self._cells
            self._block()
            self._nest(name)

    def _nest(self, name: str) -> None:
        if name == "blockquote":
            self._quotes += 1
        elif name in ("ul", "ol"):
            self._lists.append(0 if name == "ol" else -1)
        elif name == "li":
            level = max(0, min(len(self._lists), _DEEPEST) - 1)
            number = self._lists[-1] + 1 if self._lists else 0
            if number:
                self._lists[-1] = number
            bullet = f"{number}." if number else _BULLETS[min(level, 2)]
            self._item = f"{'    ' * level}{bullet} "

    def _closed(self, name: str) -> None:
        if name in ("pre", "codeblock"):
            if self._pre == 1:
                self._unpre()
            else:
                self._pre = max(0, self._pre - 1)
        elif self._pre:
            if name in _BLOCKS:
                self._end_line()
        elif mark := _MARKS.get(name):
            self._open[mark] = max(0, self._open[mark] - 1)
            if not self._open[mark]:
                self._unmark(mark)
        elif name in _BLOCKS:
            self._cells = 0 if name in ("tr", "table") else self._cells
            self._block()
            self._unnest(name)

    def _unnest(self, name: str) -> None:
        if name == "blockquote":
            self._quotes = max(0, self._quotes - 1)
        elif name in ("ul", "ol") and self._lists:
            self._lists.pop()
        elif name == "li":
            self._end_line()

    # -- elements that are needed as a whole

    def _hold(self, kind: str, name: str, said: str) -> None:
        self._held, self._depth = _Held(kind, name, said.translate(_PRIVATE), []), 1

    def _in_held(self, tag: Tag) -> None:
        held = self._held
        if held is None:
            return
        if tag.name == held.name and not tag.inside.endswith("/"):
            self._depth += 1
        elif tag.name == f"/{held.name}":
            self._depth -= 1
            if not self._depth:
                self._release()
        elif tag.name in _BLOCKS or tag.name == "br":
            held.words.append(" ")
        elif tag.name in ("img", "emoji") and held.kind:
            held.words.append(tag.attribute("alt")[:100].translate(_PRIVATE))

    def _release(self) -> None:
        held, self._held = self._held, None
        if held is None or not held.kind:
            return
        words = " ".join("".join(held.words).split())
        if held.kind == "link":
            self._marked(_link(held.said.strip(), words))
        elif words:
            self._marked(self._token_of(held.said, words))


def _link(url: str, label: str) -> str:
    bare = url.removeprefix("mailto:").removeprefix("tel:")
    if not url.startswith(("https://", "http://", "mailto:", "tel:")) or len(url) > URL or " " in url:
        return label
    if not label or label in (url, bare) or f"http://{label}" == url or f"https://{label}" == url:
        return bare
    return label if f"{label}/" == url else f"{label} ({url})"
