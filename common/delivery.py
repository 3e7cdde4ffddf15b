"""How messages reach a service's subscribers: as tasks of its Celery worker, each named like the kind of message."""

import os
import select
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from celery import Celery, Task
from celery.exceptions import Reject
from celery.signals import worker_shutting_down
from kombu import Exchange, Queue

from common import topology
from common.inbox import Arrived, Interrupted, Subscriber


class Shutdown:
    """Tells the processes of a worker's pool that the worker is to stop."""

    def __init__(self) -> None:
        # A pipe, not a lock: no process of the pool that is killed can keep the others from seeing it.
        self._seen, self._announced = os.pipe()

    def announce(self) -> None:
        """Wake all who wait, now and later; safe in a signal handler."""
        os.write(self._announced, b".")

    def wait(self, seconds: float) -> bool:
        """Wait so long at most; return whether the worker is to stop."""
        readable, _, _ = select.select([self._seen], [], [], seconds)
        return bool(readable)


def queue(service: str) -> Queue:
    """Return the queue with a service's messages, for its worker to consume; the relays bind it."""
    name = topology.message_queue(service)
    return Queue(name, Exchange(""), name, durable=True, queue_arguments=topology.message_queue_arguments(service))


def subscribe(app: Celery, subscriber: Subscriber) -> None:
    """Register the subscriber's handlers as tasks of `app`.

    A message is acknowledged after it was applied. One that a handler fails on goes to the dead letters; one whose
    process dies is delivered again, up to the queue's limit; one whose database is away stays where it is, because
    every return to the queue counts towards that limit.
    """
    shutdown = Shutdown()
    worker_shutting_down.connect(lambda **_: shutdown.announce(), weak=False)
    for kind in subscriber.kinds:
        _register(app, subscriber, kind, shutdown.wait)


def _register(app: Celery, subscriber: Subscriber, kind: str, pause: Callable[[float], bool]) -> None:
    def run(task: "Task[Any, Any]", document: Mapping[str, Any]) -> None:
        try:
            subscriber.apply_when_possible([Arrived(UUID(task.request.id), kind, document)], pause)
        except Interrupted:
            raise Reject(kind, requeue=True) from None

    app.task(
        name=kind,
        bind=True,
        typing=False,
        ignore_result=True,
        acks_late=True,
        reject_on_worker_lost=True,
        acks_on_failure=False,
        acks_on_timeout=False,
    )(run)
