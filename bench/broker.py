"""A RabbitMQ virtual host for a measurement alone."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from bench import launch

SERVER_URL = os.environ.get("QUITS_BENCH_RABBITMQ", "amqp://guest:guest@127.0.0.1:5672")
_USER = SERVER_URL.partition("//")[2].partition(":")[0]


@contextmanager
def virtual_host() -> Iterator[str]:
    """Give the URL of a new virtual host, deleted at the end.

    Needs the right to run `rabbitmqctl`; without it set QUITS_BENCH_VHOST to one that exists and is empty.
    """
    if given := os.environ.get("QUITS_BENCH_VHOST"):
        yield f"{SERVER_URL}/{given}"
        return
    name = launch.unique_name()
    launch.complete(["rabbitmqctl", "-q", "add_vhost", name])
    try:
        launch.complete(["rabbitmqctl", "-q", "set_permissions", "-p", name, _USER, ".*", ".*", ".*"])
        yield f"{SERVER_URL}/{name}"
    finally:
        launch.complete(["rabbitmqctl", "-q", "delete_vhost", name])
