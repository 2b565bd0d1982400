"""A draft as GitHub-flavoured Markdown.

Law: whatever people typed is literal. It cannot make a link, an image, a table, a heading or HTML; the only links are
the recorded http(s) addresses of messages, files and tickets, and the only HTML is `<details>` and `<br>` of our own.
"""

from __future__ import annotations

import json
import re

from bot.draft import published as with_roles
from bot.draft_blocks import Block, Cell, Draft, DraftSection, Facts, Line, Lines, Paragraph, Points, Source, Table
from bot.text import Link
from bot.words import draft as words

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ue000\ue001\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
"""Control characters, and what reorders or hides text. Joiners stay: scripts and emoji need them."""
_BREAKS = re.compile("\r\n|[\r\x85\u2028\u2029]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPECIAL = re.compile(
    r"[\\`*_\[\]|~$#]"  # emphasis, code, links and images, tables, strikethrough, formulas, headings
    r"|/(?=/)|(?<=[wW]{3})\.|\.(?=[^\W\d_]{2})"  # what GitHub and others would make a link of by itself
)
_MAIL = re.compile(r"(?<=[\w.+\-:/])@(?=\S)")
_FIRST = re.compile(r"([-+=:])|(\d{1,9})([.)])")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_URL = re.compile(r"https?://[\w\-.~:/?#\[\]@!$&'()*+,;=%]+", re.IGNORECASE | re.ASCII)
_IN_URL = {"&": "&amp;", "(": "%28", ")": "%29", "[": "%5B", "]": "%5D", "*": "%2A", "_": "\\_", "'": "%27"}
_URL_SPECIAL = re.compile(r"[&()\[\]*_']")


def to_markdown(draft: Draft, *, published: bool = False) -> str:
    """The whole draft, ending with a newline. `published` names roles instead of people."""
    made = with_roles(draft) if published else draft
    out = [_front_matter(made), "", f"# {literal(words.title(made.key, made.title))}", "", _headline(made)]
    for section in made.sections:
        out += ["", f"## {literal(section.heading)}", *_section(section)]
    return "\n".join(out) + "\n"


def _front_matter(draft: Draft) -> str:
    """YAML whose texts are JSON strings, which are YAML too."""
    fields = {
        "key": draft.key,
        "title": " ".join(clean(draft.title).split()),
        "severity": draft.severity,
        "status": draft.status,
        "private": draft.private,
        "drill": draft.drill,
        "version": draft.version,
    }
    lines = (f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in fields.items())
    return "\n".join(("---", *lines, "---"))


def _headline(draft: Draft) -> str:
    return literal(words.headline(draft.severity, draft.status, draft.version, draft.owner, draft.due))


def _section(section: DraftSection) -> list[str]:
    out: list[str] = []
    for block in section.body:
        out += ["", *block_lines(block)]
    return [*out, "", f"*{literal(section.by_hand)}*"] if section.edited else out


def block_lines(block: Block) -> list[str]:
    match block:
        case Paragraph():
            return [lines(block.text) + _where((block.source,), 0)]
        case Points():
            return [f"- {lines(point, '  ')}{_where(block.sources, n)}" for n, point in enumerate(block.points)]
        case Facts():
            return [
                f"- **{literal(label)}:** {lines(text, '  ')}{_where(block.sources, n)}"
                for n, (label, text) in enumerate(block.rows)
            ]
        case Table():
            return _table(block)
        case Lines():
            return _lines(block)


def _where(sources: tuple[Source, ...], n: int) -> str:
    """Links to what the nth line rests on."""
    urls = sources[n].urls if n < len(sources) else ()
    return "".join(f" {link(words.LINK, url)}" for url in urls)


def _table(table: Table) -> list[str]:
    rows = [_row(tuple(table.head)), "|" + " --- |" * len(table.head)]
    return rows + [_row(row) for row in table.rows]


def _row(cells: tuple[Cell, ...]) -> str:
    return "| " + " | ".join(map(_cell, cells)) + " |"


def _cell(cell: Cell) -> str:
    if isinstance(cell, Link):
        return link(cell.label, cell.url)
    return "<br>".join(literal(line) for line in clean(cell).split("\n") if line.strip())


def _lines(block: Lines) -> list[str]:
    listed = [_line(line) for line in block.lines]
    if not block.folded:
        return listed
    return ["<details>", f"<summary>{block.folded}</summary>", "", *listed, "", "</details>"]


def _line(line: Line) -> str:
    who = f"{literal(line.who)} ({literal(line.role)})" if line.role else literal(line.who)
    said = [f"- **{line.shown}** · {who}:"]
    said += [lines(line.text, "  ")] if line.text else []
    said += [_cell(file) for file in line.files]
    marks = [mark for mark, given in ((words.EDITED, line.edited), (words.PROPOSED, line.proposed)) if given]
    said += [f"({', '.join(marks)})"] if marks else []
    said += [link(words.LINK, line.url)] if line.url else []
    return " ".join(said)


# -- literal text


def clean(text: str) -> str:
    """A text without anything that controls how it is shown; line breaks are newlines."""
    text = _INVISIBLE.sub("", _BREAKS.sub("\n", text)).replace("\t", "    ")
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def literal(text: str) -> str:
    """One line that Markdown shows as it is."""
    if text.isascii() and text.isalnum():
        return text
    return _escaped(" ".join(clean(text).split()))


def lines(text: str, indent: str = "") -> str:
    """Some lines, each broken where it was broken; `indent` keeps them inside a list item."""
    text = clean(text).strip()
    if "\n" not in text:
        return _escaped(text)
    kept = re.sub(r"\n\s*\n", "\n\n", text).split("\n")
    return f"\\\n{indent}".join(_indented(line) for line in kept)


def _indented(line: str) -> str:
    """Spaces at the beginning of a line would make code of it, so that they become spaces that do not."""
    bare = line.strip(" ")
    deep = len(line) - len(line.lstrip(" "))
    return "\u00a0" * deep + _escaped(bare) if bare else ""


def _escape(found: re.Match[str]) -> str:
    return "\\" + found[0]


def _escaped(line: str) -> str:
    line = _SPECIAL.sub(_escape, line.translate(_ENTITIES))
    if "@" in line:
        line = _MAIL.sub("@<!-- -->", line)  # the only way to keep GitHub from making a link of an e-mail address
    if (found := _FIRST.match(line)) is None:
        return line
    return f"{found[2] or ''}\\{found[3] or found[1]}{line[found.end() :]}"


def link(label: str, url: str) -> str:
    """A link to an http(s) address; anything else is only its label."""
    if not (_URL.fullmatch(url) and len(url) <= 3000):
        return literal(label)
    return f"[{literal(label)}]({_URL_SPECIAL.sub(lambda found: _IN_URL[found[0]], url)})"
