"""What services do from time to time, when beat says so: which tasks there are, when they are due, and what they do."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import structlog
from celery import Celery
from celery.schedules import crontab
from kombu import Exchange, Queue

from common import database, inbox
from common.database import Database
from common.messages import SUBSCRIBERS

log = structlog.get_logger(__name__)

# Not at the full hour, when everybody else's tasks are due.
PRUNE_AT_MINUTE = 17
EXPIRES_S = 1_800
RECORD_OCCURRENCES = "core.record_occurrences"
# Days begin at every quarter of an hour somewhere; who looks at the list then finds what is due.
RECORD_EVERY_S = 300

Task = Callable[[Database], None]


def prune_task(service: str) -> str:
    """Return the name of the task that makes a service's inbox forget what is long past."""
    return f"{service}.prune_inbox"


def entries() -> Mapping[str, Mapping[str, Any]]:
    """Return beat's schedule: what is sent to which service's queue, and when."""
    prunings = {
        prune_task(service): _entry(prune_task(service), service, crontab(minute=PRUNE_AT_MINUTE), EXPIRES_S)
        for service in SUBSCRIBERS
    }
    return prunings | {
        RECORD_OCCURRENCES: _entry(RECORD_OCCURRENCES, "core", timedelta(seconds=RECORD_EVERY_S), RECORD_EVERY_S)
    }


def _entry(task: str, service: str, when: crontab | timedelta, expires_s: int) -> Mapping[str, Any]:
    # The worker declares its queue: while there is none, nobody is there to do it either.
    queue = Queue(service, Exchange(""), service, no_declare=True)
    return {"task": task, "schedule": when, "options": {"queue": queue, "expires": expires_s}}


def run(name: str, task: Task, own: Database) -> None:
    """Do a task; when the database is away meanwhile, the next time will do."""
    if (error := database.absence_during(lambda: task(own))) is not None:
        log.warning("task_not_done", task=name, error=str(error))


def register(app: Celery, service: str, own: Database, tasks: Mapping[str, Task] | None = None) -> None:
    """Register on a service's worker the tasks that beat sends it: those that all have, and its own `tasks` by name."""
    for name, task in (tasks or {}).items():
        _register_own(app, name, task, own)

    def prune_inbox() -> None:
        def prune() -> None:
            with own.transaction() as session:
                log.info("inbox_pruned", service=service, count=inbox.prune(session))

        if (error := database.absence_during(prune)) is not None:
            log.warning("inbox_not_pruned", service=service, error=str(error))

    app.task(name=prune_task(service), ignore_result=True, shared=False)(prune_inbox)


def _register_own(app: Celery, name: str, task: Task, own: Database) -> None:
    def run_now() -> None:
        run(name, task, own)

    app.task(name=name, ignore_result=True, shared=False)(run_now)
