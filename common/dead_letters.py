"""Messages that a service could not apply: look at them, and have them applied again once the cause is mended."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
from amqp import Channel, Message

from common import topology
from common.relay_to_rabbitmq import connect, declare
from common.settings import Broker

TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that was given up, and why: `rejected` (its handler failed) or `delivery_limit` (it killed workers)."""

    id: str
    kind: str
    reason: str
    payload: dict[str, Any]


def list_dead(broker: Broker, service: str, limit: int = 100) -> list[DeadLetter]:
    """Return the oldest dead letters of a service; they stay where they are."""
    with _channel(broker) as channel:
        # They go back when the channel is closed, because none of them is acknowledged.
        return [_read(message) for message in _take(channel, service, limit)]


def replay_dead(broker: Broker, service: str, limit: int = 100) -> list[DeadLetter]:
    """Send the oldest dead letters of a service to it again, and to no other; return them.

    Each keeps its id: should it have been applied after all, nothing happens. Raises OSError when RabbitMQ does not
    confirm in time; the letter at hand is then dead still, or both dead and sent again.
    """
    replayed = []
    with _channel(broker) as channel:
        for message in _take(channel, service, limit):
            letter = _read(message)
            _send_again(channel, service, message)
            channel.basic_ack(message.delivery_tag)
            replayed.append(letter)
    return replayed


@contextmanager
def _channel(broker: Broker) -> Iterator[Any]:
    connection = connect(broker, TIMEOUT_S)
    try:
        channel = connection.channel()
        declare(channel)
        yield channel
        connection.close()
    finally:
        connection.collect()


def _take(channel: Channel, service: str, limit: int) -> Iterator[Any]:
    for _ in range(limit):
        message = channel.basic_get(topology.dead_queue(service))
        if message is None:
            return
        yield message


def _read(message: Any) -> DeadLetter:
    headers = message.headers
    (payload,), _, _ = orjson.loads(message.body)
    return DeadLetter(headers["id"], headers["task"], headers["x-death"][0]["reason"], payload)


def _send_again(channel: Any, service: str, message: Any) -> None:
    headers = {name: value for name, value in message.headers.items() if not name.startswith("x-")}
    properties = {**message.properties, "application_headers": headers}
    again = Message(message.body, **properties)
    channel.basic_publish_confirm(
        again, "", topology.message_queue(service), mandatory=True, timeout=TIMEOUT_S, confirm_timeout=TIMEOUT_S
    )
