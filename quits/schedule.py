"""The Celery app of beat and Flower: `celery -A quits.schedule beat`; it runs no tasks of its own."""

import os
from pathlib import Path

from celery import Celery

from common import schedule
from common.rpc.celery_server import SERIALIZER
from common.settings import Environment, read_config

environment = Environment(read_config(Path("config.env"), os.environ))
broker = environment.broker()
environment.check()
app = Celery("quits", broker=broker.url)
app.conf.update(
    # What workers answer Flower's questions with.
    accept_content=["json", SERIALIZER],
    beat_schedule=schedule.entries(),
    broker_connection_max_retries=None,
    broker_connection_retry_on_startup=True,
    task_create_missing_queues=False,
    timezone="UTC",
)
