"""A postmortem as one HTML file that needs nothing else: it opens anywhere, and prints.

Law: what people typed is text. The file holds no script and loads nothing; its links are recorded http(s) addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from bot.draft_blocks import Block, Cell, Draft, DraftSection, Facts, Line, Lines, Paragraph, Points, Table
from bot.markdown import clean
from bot.ports import Record
from bot.record import draft_of, house_zone
from bot.text import Link
from bot.words import draft as words

_URL = re.compile(r"https?://[\w\-.~:/?#\[\]@!$&'()*+,;=%]{1,3000}", re.IGNORECASE | re.ASCII)
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
STYLE = """
:root { color-scheme: light dark; --line: #8886; --quiet: #666; }
@media (prefers-color-scheme: dark) { :root { --quiet: #aaa; } }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
h1 { line-height: 1.2; } h2 { margin-top: 2rem; border-bottom: 1px solid var(--line); }
p, li, dd, td { overflow-wrap: anywhere; } .typed { white-space: pre-wrap; } .quiet { color: var(--quiet); }
dl > div { margin: .3rem 0; } dt { font-weight: 600; } dd { margin: 0; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { border: 1px solid var(--line); padding: .3rem .5rem; text-align: start; vertical-align: top; }
ol.lines { list-style: none; padding: 0; } ol.lines li { margin: .6rem 0; } ol.lines p { margin: 0; }
@media print {
  body { max-width: none; margin: 0; font-size: 10pt; } a { color: inherit; } h2 { break-after: avoid; }
  li, tr { break-inside: avoid; } details:not([open]) { display: none; }
}
""".strip()


def html(record: Record) -> bytes:
    return page(draft_of(record, house_zone(record))).encode()


def page(made: Draft) -> str:
    title = text(words.title(made.key, made.title))
    headline = words.headline(made.severity, made.status, made.version, made.owner, made.due)
    body = [f'<h1 dir="auto">{title}</h1>', f'<p class="quiet">{text(headline)}</p>', *map(_section, made.sections)]
    return document(title, body)


def document(title: str, body: Iterable[str]) -> str:
    """`title` is escaped already."""
    head = [
        "<!DOCTYPE html>", '<html lang="en">', "<head>", '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        f"<title>{title}</title>", f"<style>\n{STYLE}\n</style>", "</head>", "<body>", "<main>",
    ]  # fmt: skip
    return "\n".join([*head, *body, "</main>", "</body>", "</html>", ""])


def text(typed: str) -> str:
    """Literal text: without what reorders or hides it, and without markup."""
    return escape(clean(typed))


def address(url: str) -> str:
    """An http(s) address for an attribute; empty for anything else."""
    return escape(url) if _URL.fullmatch(url) else ""


def _section(section: DraftSection) -> str:
    parts = [f"<section>\n<h2>{text(section.heading)}</h2>", *map(block, section.body)]
    parts += [f'<p class="quiet">{text(section.by_hand)}</p>'] if section.edited else []
    return "\n".join([*parts, "</section>"])


def block(one: Block) -> str:
    match one:
        case Paragraph():
            return f'<p class="typed" dir="auto">{text(one.text)}</p>'
        case Points():
            return f"<ul>{''.join(map(_point, one.points))}</ul>"
        case Facts():
            return f"<dl>{''.join(map(_fact, one.rows))}</dl>"
        case Table():
            return _table(one)
        case Lines():
            return _lines(one)


def _point(point: str) -> str:
    return f'<li class="typed" dir="auto">{text(point)}</li>'


def _fact(row: tuple[str, str]) -> str:
    return f'<div><dt>{text(row[0])}</dt><dd class="typed" dir="auto">{text(row[1])}</dd></div>'


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{text(name)}</th>' for name in table.head)
    rows = "".join(f"<tr>{''.join(map(_cell, row))}</tr>\n" for row in table.rows)
    return f'<div class="wide"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table></div>'


def _cell(one: Cell) -> str:
    return f'<td class="typed" dir="auto">{cell(one)}</td>'


def cell(one: Cell) -> str:
    return link(one) if isinstance(one, Link) else text(one)


def link(to: Link) -> str:
    url = address(to.url)
    return f'<a href="{url}" rel="noreferrer noopener">{text(to.label)}</a>' if url else text(to.label)


def _lines(block: Lines) -> str:
    listed = f'<ol class="lines">\n{"".join(map(_line, block.lines))}</ol>'
    return f"<details>\n<summary>{text(block.folded)}</summary>\n{listed}\n</details>" if block.folded else listed


def _line(line: Line) -> str:
    said = f'<p class="typed" dir="auto">{text(line.text)}</p>' if line.text else ""
    files = "".join(f"<p>{cell(file)}</p>" for file in line.files)
    where = f" {link(Link(url=line.url, label=words.LINK))}" if address(line.url) else ""
    return f'<li><p class="quiet">{about(line)}{where}</p>{said}{files}</li>\n'


def about(line: Line) -> str:
    """When, who, and what is to be known of a line, escaped."""
    role = f" ({text(line.role)})" if line.role else ""
    marks = [mark for mark, given in ((words.EDITED, line.edited), (words.PROPOSED, line.proposed)) if given]
    return " · ".join((text(line.shown), text(line.who) + role, *map(text, marks)))
