"""A no-op call by stock Celery: `send_task().get()` over the `rpc://` result backend, with its default settings."""

import os
from collections.abc import Callable

from celery import Celery

BROKER_VARIABLE = "QUITS_BENCH_BROKER"
_TIMEOUT_S = 20

app = Celery("noop", broker=os.environ.get(BROKER_VARIABLE), backend="rpc://")


@app.task(name="noop")
def noop() -> None:
    """Do nothing."""


def open_caller(broker_url: str) -> Callable[[], object]:
    """Return a function that calls the task and waits for its result."""
    app.conf.update(broker_url=broker_url)
    return lambda: app.send_task("noop").get(timeout=_TIMEOUT_S)
