"""What beat sends is what workers know."""

import pytest
from celery import Celery
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from common import schedule
from common.messages import SUBSCRIBERS
from core_service import due

OWN_TASKS = {"core": due.TASKS}


class AbsentDatabase:
    """A database that gives no connection."""

    def transaction(self):
        raise NoFreeConnection


def test_every_inbox_is_pruned_on_schedule():
    assert {entry["options"]["queue"].name for entry in schedule.entries().values()} == set(SUBSCRIBERS)


@pytest.mark.parametrize("service", SUBSCRIBERS)
def test_every_service_knows_what_beat_sends_it(service: str):
    app = Celery(service, set_as_current=False)
    schedule.register(app, service, AbsentDatabase(), OWN_TASKS.get(service))
    sent = {entry["task"] for entry in schedule.entries().values() if entry["options"]["queue"].name == service}
    assert sent <= set(app.tasks)
    assert sent


def test_beat_declares_no_queue():
    """Red when it does: the worker's own declaration, with other properties, would then be refused."""
    assert all(entry["options"]["queue"].no_declare for entry in schedule.entries().values())


def test_an_absent_database_is_no_failure():
    """It is due again soon."""
    app = Celery("core", set_as_current=False)
    schedule.register(app, "core", AbsentDatabase(), due.TASKS)
    app.tasks[schedule.prune_task("core")]()
    app.tasks[schedule.RECORD_OCCURRENCES]()
