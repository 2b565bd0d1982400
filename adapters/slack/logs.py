"""What Slack's SDKs log is pinned to warnings without their words: they would quote bodies, tokens and addresses."""

from __future__ import annotations

import logging

SDKS = ("slack_bolt", "slack_sdk")


class Discreet(logging.Filter):
    """Keeps where and how bad, and drops what: texts and arguments of the SDKs may hold anything people typed."""

    def filter(self, record: logging.LogRecord) -> bool:
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else "details"
        record.msg = f"{kind} withheld, from {record.module}.{record.funcName}:{record.lineno}"
        record.args, record.exc_info, record.exc_text, record.stack_info = (), None, None, None
        return True


def sdk_logger() -> logging.Logger:
    """The logger that every SDK object is given. The SDKs' own are pinned too, for what is logged past it."""
    for name in ("debrief.slack.sdk", *SDKS):
        logger = logging.getLogger(name)
        logger.setLevel(logging.WARNING)
        if not any(isinstance(one, Discreet) for one in logger.filters):
            logger.addFilter(Discreet())
    return logging.getLogger("debrief.slack.sdk")
