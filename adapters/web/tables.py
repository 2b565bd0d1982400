"""Tables as CSV, for people who count in a spreadsheet.

Law: no cell is a formula in any of them. What would be one gets a `'` in front; so does what begins with `'`, so that
taking one `'` away gives every text back.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from starlette.responses import Response

RISKY = re.compile(r"\s*['=+\-@|%\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
"""How a cell begins that some program would calculate."""


def neutral(cell: str) -> str:
    return f"'{cell}" if RISKY.match(cell) else cell


def csv_answer(head: Sequence[str], rows: Iterable[Sequence[str]], name: str) -> Response:
    """With a byte order mark, by which spreadsheets know that it is UTF-8."""
    out = io.StringIO(newline="")
    write = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    write.writerow(head)
    write.writerows([neutral(cell.replace("\x00", "")) for cell in row] for row in rows)
    told = {"content-disposition": f'attachment; filename="{name}"'}
    return Response("\ufeff" + out.getvalue(), media_type="text/csv; charset=utf-8", headers=told)
