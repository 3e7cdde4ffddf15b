"""The services' way from an outbox to the subscribers: Celery task messages over RabbitMQ, each confirmed by it."""

import os
import socket
import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import structlog
from amqp import Channel, Connection, Message
from amqp.exceptions import AMQPError

from common import topology
from common.messages import SUBSCRIBERS, Envelope
from common.relay import Delivery
from common.rpc.channel import CONTENT_TYPE
from common.settings import Broker

log = structlog.get_logger(__name__)

CONNECT_TIMEOUT_S = 3
# Without it a memory alarm on the broker, which stops reading from publishers, would block the relay for ever.
CONFIRM_TIMEOUT_S = 10.0
PERSISTENT = 2
EMBEDDED_OPTIONS = '{"callbacks":null,"errbacks":null,"chain":null,"chord":null}'
ORIGIN = f"{os.getpid()}@{socket.gethostname()}"


class RabbitSender:
    """Publishes batches on one connection, which it makes when needed and drops when anything is wrong with it."""

    def __init__(self, broker: Broker, confirm_timeout_s: float = CONFIRM_TIMEOUT_S) -> None:
        self._broker = broker
        self._confirm_timeout_s = confirm_timeout_s
        self._publisher: Publisher | None = None

    def send(self, batch: Sequence[Envelope]) -> Delivery:
        """Publish all messages, then wait for their confirms; return those that RabbitMQ has safely in a queue."""
        publisher = None
        try:
            publisher = self._connected()
            publisher.publish(batch, self._confirm_timeout_s)
        except (AMQPError, OSError) as error:
            log.warning("relay_waits_for_broker", error=repr(error))
        arrived = [] if publisher is None else publisher.arrived
        if len(arrived) < len(batch):
            # Late confirms must not be taken for those of the next batch, and a queue that is gone must be declared.
            self.close()
        return Delivery(sent=arrived)

    def close(self) -> None:
        """Drop the connection; the next batch makes a new one."""
        if self._publisher is not None:
            self._publisher.close()
        self._publisher = None

    def _connected(self) -> "Publisher":
        if self._publisher is None:
            self._publisher = Publisher(connect(self._broker, self._confirm_timeout_s))
        return self._publisher


class Publisher:
    """One channel with publisher confirms, used by one thread."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._channel = connection.channel()
        declare(self._channel)
        self._listen(self._channel)
        self._last_tag = 0
        self._unconfirmed: dict[int, UUID] = {}
        self._failed: set[UUID] = set()
        self.arrived: list[UUID] = []

    def publish(self, batch: Sequence[Envelope], timeout_s: float) -> None:
        """Publish all messages and wait for their confirms; `arrived` then has the ids of those that RabbitMQ keeps.

        A message that no queue takes or that a full queue refuses does not arrive. Raises OSError, of which a timeout
        is one, or AMQPError; messages may have arrived before that.
        """
        deadline_at = time.monotonic() + timeout_s
        self.arrived, self._failed = [], set()
        for envelope in batch:
            self._last_tag += 1
            self._unconfirmed[self._last_tag] = envelope.id
            self._channel.basic_publish(task_message(envelope), topology.EXCHANGE, envelope.kind, mandatory=True)
        while self._unconfirmed:
            self._connection.drain_events(timeout=max(0.001, deadline_at - time.monotonic()))
        if self._failed:
            log.warning("messages_not_taken", count=len(self._failed))

    def close(self) -> None:
        """Close the connection at once, without waiting for the other end."""
        self._connection.collect()

    def _listen(self, channel: Any) -> None:
        channel.confirm_select()
        channel.events["basic_ack"].add(self._on_ack)
        channel.events["basic_nack"].add(self._on_nack)
        channel.events["basic_return"].add(self._on_return)

    def _on_ack(self, tag: int, multiple: bool) -> None:  # noqa: FBT001 -- py-amqp calls it so
        # A message that was returned is confirmed too, after its return.
        self.arrived += [one for one in self._settle(tag, multiple=multiple) if one not in self._failed]

    def _on_nack(self, tag: int, multiple: bool) -> None:  # noqa: FBT001 -- py-amqp calls it so
        self._failed.update(self._settle(tag, multiple=multiple))

    def _on_return(self, error: Exception, exchange: str, routing_key: str, message: Message) -> None:
        self._failed.add(UUID(message.properties["correlation_id"]))

    def _settle(self, tag: int, *, multiple: bool) -> list[UUID]:
        tags = [one for one in self._unconfirmed if one <= tag] if multiple else [tag]
        return [self._unconfirmed.pop(one) for one in tags]


def connect(broker: Broker, timeout_s: float) -> Connection:
    """Return an open connection on which no single write waits longer than `timeout_s`."""
    connection = Connection(
        host=f"{broker.host}:{broker.port}",
        userid=broker.user,
        password=broker.password,
        login_method="PLAIN",
        virtual_host=broker.vhost,
        connect_timeout=CONNECT_TIMEOUT_S,
        write_timeout=timeout_s,
    )
    # Else it would ask its socket before each message whether the broker is blocked; the missing confirm tells.
    connection.negotiate_capabilities = {**connection.negotiate_capabilities, "connection.blocked": False}
    connection.connect()
    return connection


def declare(channel: Channel) -> None:
    """Make sure that the exchange, every subscriber's queues and their bindings exist, before anything is sent."""
    channel.exchange_declare(topology.EXCHANGE, topology.EXCHANGE_TYPE, durable=True, auto_delete=False)
    for service, kinds in SUBSCRIBERS.items():
        dead = topology.dead_queue(service)
        channel.queue_declare(dead, durable=True, auto_delete=False, arguments=topology.dead_queue_arguments())
        queue, arguments = topology.message_queue(service), topology.message_queue_arguments(service)
        channel.queue_declare(queue, durable=True, auto_delete=False, arguments=arguments)
        for kind in kinds:
            channel.queue_bind(queue, topology.EXCHANGE, kind.__name__)


def task_message(envelope: Envelope) -> Message:
    """Return a message as Celery's protocol 2 has it: the task is the kind, its id that of the message."""
    message_id = str(envelope.id)
    return Message(
        f"[[{envelope.payload}],{{}},{EMBEDDED_OPTIONS}]",
        content_type=CONTENT_TYPE,
        content_encoding="utf-8",
        delivery_mode=PERSISTENT,
        correlation_id=message_id,
        application_headers={
            "lang": "py",
            "task": envelope.kind,
            "id": message_id,
            "root_id": message_id,
            "argsrepr": "",
            "kwargsrepr": "",
            "ignore_result": True,
            "origin": ORIGIN,
        },
    )
