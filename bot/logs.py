"""What is logged: one JSON object a line, with secrets masked and without anybody's words."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from bot.masking import mask

QUIET = (
    "apscheduler",
    "slack_bolt",
    "slack_sdk",
    "uvicorn",
    "httpx",
    "httpcore",
    "alembic",
    "aiohttp",
    "asyncio",
    "websockets",
)
"""Libraries that would quote bodies, addresses or tokens below this level."""


class Structured(logging.Formatter):
    """Time in UTC, level, logger and message; of an error its type and where it came from, not its text."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "says": mask(record.getMessage())[:2000],
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["where"] = _where(record)
        return json.dumps(line, ensure_ascii=False)


def _where(record: logging.LogRecord) -> str:
    """The lines of code that an error passed through, without the values they worked on."""
    trace = record.exc_info[2] if record.exc_info else None
    passed = []
    while trace is not None:
        passed.append(f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " > ".join(passed[-6:])


def configure(level: int = logging.INFO) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Structured())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
