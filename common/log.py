"""Structured logs: one line an event, carrying process and request id; never tokens, secrets, names or addresses."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# What PostgreSQL adds to an error: the row that it refused, with all that people wrote into it.
ROW_IN_ERROR = re.compile(r"^DETAIL: .*$", re.MULTILINE)

Event = MutableMapping[str, Any]


def configure(process: str, *, for_people: bool = False, level: int = logging.INFO) -> None:
    """Set up logging for this process: JSON lines, or readable ones when a person looks on."""

    def add_process(_logger: object, _method: str, event: Event) -> Event:
        event["process"] = process
        return event

    renderer: Any = structlog.dev.ConsoleRenderer() if for_people else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            add_process,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            leave_out_rows,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )


def leave_out_rows(_logger: object, _method: str, event: Event) -> Event:
    """Take out of a stack what PostgreSQL tells of the row that it refused."""
    if isinstance(stack := event.get("exception"), str):
        event["exception"] = ROW_IN_ERROR.sub("DETAIL: (left out)", stack)
    return event
