"""A service as a stock Celery worker: one app made the same way for all, and one task for each operation.

`core_service/app.py` holds `app = make_app("core", broker, ...)` and `serve(app, implementation, signer)`; it is
started with `celery -A core_service.app worker`. Nothing connects to anything before that.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

import orjson
from celery import Celery, Task
from celery.app.amqp import AMQP
from celery.backends.rpc import RPCBackend
from celery.signals import worker_process_init
from celery.worker.consumer import Consumer
from kombu import Connection, Exchange, Queue, serialization

from common.rpc import envelope
from common.rpc.celery_client import CONTEXT_HEADER
from common.rpc.channel import CONTENT_TYPE, TRANSIENT
from common.rpc.context import Signer
from common.rpc.dispatch import Dispatcher, outcome_of
from common.rpc.envelope import Envelope
from common.rpc.interface import Interface, Operation
from common.settings import Broker

MAX_QUEUE_LENGTH = 1_000
QUEUE_EXPIRES_MS = 60_000
PREFETCH_PER_PROCESS = 2
SERIALIZER = "quits-json"
HEARTBEAT_S = 10
DEAD_PROCESS_CHECK_S = 0.25
FIRST_PAUSE_S = 0.2
LAST_PAUSE_S = 1.0

serialization.register(SERIALIZER, orjson.dumps, orjson.loads, CONTENT_TYPE, "utf-8")  # type: ignore[arg-type]


class QuickConnection(Connection):
    """A connection that comes back soon after the broker: Celery's own pauses grow from 2 to 30 seconds."""

    def ensure_connection(self, *args: Any, **kwargs: Any) -> Self:
        """Connect, pausing 0.2 to 1 second between attempts."""
        pauses = {"interval_start": FIRST_PAUSE_S, "interval_step": FIRST_PAUSE_S, "interval_max": LAST_PAUSE_S}
        return super().ensure_connection(*args, **{**kwargs, **pauses})


class QuickAMQP(AMQP):
    """Makes the app use QuickConnection."""

    Connection = QuickConnection


class ReplyBackend(RPCBackend):
    """Celery's `rpc://` without what callers do not read: no stack of a failure leaves the service."""

    app: Celery

    def store_result(
        self, task_id: str, result: Any, state: str, traceback: object = None, request: Any = None, **kwargs: Any
    ) -> Any:
        """Send the outcome of a task to whom it concerns."""
        reply_to, correlation_id = self.destination_for(task_id, request)
        if reply_to:
            meta = {"task_id": task_id, "status": state, "result": self.encode_result(result, state)}
            with self.app.amqp.producer_pool.acquire(block=True) as producer:
                producer.publish(
                    orjson.dumps(meta),
                    routing_key=reply_to,
                    correlation_id=correlation_id,
                    content_type=CONTENT_TYPE,
                    content_encoding="utf-8",
                    delivery_mode=TRANSIENT,
                    retry=True,
                    retry_policy=self.retry_policy,
                )
        return result


class ServiceConsumer(Consumer):
    """Celery's consumer without what a service has no use for, and quicker to notice a dead process.

    Native delayed delivery would declare 28 queues as soon as the worker has a quorum queue, gossip makes every worker
    read the events of all the others, and mingle waits a second for them at the start.
    """

    class Blueprint(Consumer.Blueprint):  # type: ignore[valid-type, misc]
        """The steps of a worker's start."""

        default_steps = tuple(step for step in Consumer.Blueprint.default_steps if "delayed_delivery" not in step)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "without_gossip": True, "without_mingle": True})

    def register_with_event_loop(self, hub: Any) -> None:
        """Look after dead processes of the pool more often than Celery does, for their callers wait."""
        super().register_with_event_loop(hub)
        # A process closes its pipe shortly before it can be waited for: Celery looks then, finds it alive, and would
        # look again after up to 5 seconds.
        if maintain_pool := getattr(self.pool, "maintain_pool", None):
            hub.call_repeatedly(DEAD_PROCESS_CHECK_S, maintain_pool)


def make_app(
    service: str, broker: Broker, queues: Sequence[Queue] = (), after_fork: Callable[[], None] | None = None
) -> Celery:
    """Return the Celery app of a service, which consumes its RPC queue and `queues`.

    `after_fork` runs first in every process of the worker's pool: let go there of the connections of the parent.
    """
    app = Celery(service, broker=broker.url, backend=f"{__name__}:{ReplyBackend.__name__}")
    app.amqp_cls = f"{__name__}:{QuickAMQP.__name__}"
    app.conf.update(_configuration(service, queues))
    if after_fork:
        worker_process_init.connect(lambda **_: after_fork(), sender=None, weak=False)
    return app


def serve(app: Celery, implementation: Interface, signer: Signer) -> None:
    """Register every operation of `implementation` as a task of `app`."""
    dispatcher = Dispatcher(implementation, signer)
    for operation in implementation.operations.values():
        _register(app, dispatcher, operation)


def _register(app: Celery, dispatcher: Dispatcher, operation: Operation) -> None:
    # A read is acknowledged late: when its worker dies, another one answers. A write must not run unasked again.
    @app.task(name=operation.task, bind=True, typing=False, acks_late=not operation.is_write)
    def run(task: Task[Any, Any], command: Mapping[str, Any]) -> Envelope:
        header = task.request.get(CONTEXT_HEADER)
        return envelope.sealed(outcome_of(lambda: dispatcher.run(operation, command, header)))


def _rpc_queue(service: str) -> Queue:
    arguments = {
        "x-max-length": MAX_QUEUE_LENGTH,
        # The default would drop the oldest call of a full queue, and its caller would wait in vain.
        "x-overflow": "reject-publish",
        "x-expires": QUEUE_EXPIRES_MS,
    }
    return Queue(service, Exchange(""), service, durable=True, queue_arguments=arguments)


def _configuration(service: str, queues: Sequence[Queue]) -> dict[str, Any]:
    return {
        "accept_content": ["json", SERIALIZER],
        "broker_connection_max_retries": None,
        "broker_connection_retry_on_startup": True,
        "broker_heartbeat": HEARTBEAT_S,
        "result_serializer": SERIALIZER,
        "task_create_missing_queues": False,
        "task_default_queue": service,
        "task_queues": [_rpc_queue(service), *queues],
        "task_serializer": SERIALIZER,
        "timezone": "UTC",
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "worker_consumer": f"{__name__}:{ServiceConsumer.__name__}",
        "worker_prefetch_multiplier": PREFETCH_PER_PROCESS,
    }
