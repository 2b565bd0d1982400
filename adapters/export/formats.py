"""Every format that a record can be written in, by the end of its file's name."""

from __future__ import annotations

from bot.archive import archive
from bot.ports import Export, Record


def with_addresses(record: Record) -> bytes:
    """For operators: e-mail addresses are how people are known again where it is imported."""
    return archive(record, addresses=True)


def _markdown(record: Record) -> bytes:
    from adapters.export.markdown import markdown

    return markdown(record)


def _html(record: Record) -> bytes:
    from adapters.export.html import html

    return html(record)


def _pdf(record: Record) -> bytes:
    from adapters.export.pdf import pdf

    return pdf(record)


def _external(record: Record) -> bytes:
    from adapters.export.external import external

    return external(record)


FORMATS: dict[str, Export] = {"md": _markdown, "html": _html, "pdf": _pdf, "json": archive, "external": _external}
