"""Structured logs: one line an event, carrying request id, actor and operation; never tokens, secrets or addresses."""

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import structlog

Parameters = ParamSpec("Parameters")
Returned = TypeVar("Returned")


def configure(process: str, *, for_people: bool = False, level: int = logging.INFO) -> None:
    """Set up logging for this process: JSON lines, or readable ones when a person looks on."""
    renderer: Any = structlog.dev.ConsoleRenderer() if for_people else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)


@contextmanager
def bound(**values: object) -> Iterator[None]:
    """Put `values` on every line logged within, in this thread."""
    with structlog.contextvars.bound_contextvars(**values):
        yield


def log_function(name: str) -> Callable[[Callable[Parameters, Returned]], Callable[Parameters, Returned]]:
    """Log each run of a function under `name`, with how long it took in milliseconds and whether it failed."""

    def decorate(function: Callable[Parameters, Returned]) -> Callable[Parameters, Returned]:
        logger = structlog.get_logger(name)

        @wraps(function)
        def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Returned:
            started = time.perf_counter()
            succeeded = False
            try:
                result = function(*args, **kwargs)
                succeeded = True
            finally:
                took_ms = round((time.perf_counter() - started) * 1000, 1)
                logger.info(name, took_ms=took_ms, succeeded=succeeded)
            return result

        return run

    return decorate
