"""What services do from time to time, when beat says so: which tasks there are, when they are due, and what they do."""

from collections.abc import Mapping
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


def prune_task(service: str) -> str:
    """Return the name of the task that makes a service's inbox forget what is long past."""
    return f"{service}.prune_inbox"


def entries() -> Mapping[str, Mapping[str, Any]]:
    """Return beat's schedule: what is sent to which service's queue, and when."""
    return {
        prune_task(service): {
            "task": prune_task(service),
            "schedule": crontab(minute=PRUNE_AT_MINUTE),
            # The worker declares its queue: while there is none, nobody is there to do it either.
            "options": {"queue": Queue(service, Exchange(""), service, no_declare=True), "expires": EXPIRES_S},
        }
        for service in SUBSCRIBERS
    }


def register(app: Celery, service: str, own: Database) -> None:
    """Register on a service's worker the tasks that beat sends it."""

    def prune_inbox() -> None:
        def prune() -> None:
            with own.transaction() as session:
                log.info("inbox_pruned", service=service, count=inbox.prune(session))

        if (error := database.absence_during(prune)) is not None:
            log.warning("inbox_not_pruned", service=service, error=str(error))

    app.task(name=prune_task(service), ignore_result=True, shared=False)(prune_inbox)
