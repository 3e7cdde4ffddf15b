"""A connection to RabbitMQ for calls, with one channel on which requests leave and their answers come back.

Answers take RabbitMQ's direct reply-to, which wants publisher and consumer on the same channel. py-amqp's connections
are not safe for threads, not even for publishing beside a reading thread: one thread owns it while it waits.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import Any

import amqp
from amqp import spec
from amqp.exceptions import AMQPError

from common.settings import Broker

READ_AHEAD_BYTES = 16_384
PUBLISH_ARGUMENTS = "Bssbb"
IS_MANDATORY = True
CONNECT_TIMEOUT_S = 2.0
REPLY_TO = "amq.rabbitmq.reply-to"
CONTENT_TYPE = "application/x-quits-json"
TRANSIENT = 1
CONNECTION_ERRORS = (OSError, AMQPError)


class ConnectionLost(Exception):
    """The connection broke; the fate of each request says whether it had left by then."""


class Fate(Enum):
    """What became of a request."""

    UNSENT = "it did not leave completely, so nobody ever sees it"
    REFUSED = "the broker did not take it: the queue is full, or there is none"
    WAITING = "it was sent"
    LOST = "it was sent, then the connection broke"
    LATE = "it was sent, and no answer came before its deadline"
    ANSWERED = "an answer came"


@dataclass(slots=True, eq=False)
class Request:
    """A task message that waits for its answer until `deadline_at`, in Unix seconds."""

    id: str
    queue: str
    body: bytes
    headers: dict[str, str]
    deadline_at: float
    fate: Fate = Fate.UNSENT
    answer: bytes = b""


class ReplyChannel:
    """A connection with its only channel; belongs to one thread at a time."""

    def __init__(self, broker: Broker, clock: Callable[[], float] = time.time) -> None:
        """Connect; raises one of CONNECTION_ERRORS when the broker does not answer soon."""
        self._clock = clock
        self._waiting: dict[str, Request] = {}
        self._unconfirmed: dict[int, Request] = {}
        self._sent = 0
        self._is_blocked = False
        self._connection = amqp.Connection(
            host=f"{broker.host}:{broker.port}",
            userid=broker.user,
            password=broker.password,
            virtual_host=broker.vhost,
            login_method="PLAIN",
            connect_timeout=CONNECT_TIMEOUT_S,
            on_blocked=self._on_blocked,
            on_unblocked=self._on_unblocked,
        )
        try:
            self._connection.connect()
            # Bounds every step that has no timeout of its own, such as opening the channel.
            self._connection.transport.sock.settimeout(CONNECT_TIMEOUT_S)
            _read_ahead(self._connection.transport)
            self._channel = self._open_channel()
        except CONNECTION_ERRORS:
            self.drop()
            raise

    def _open_channel(self) -> amqp.Channel:
        channel = self._connection.channel()
        channel.confirm_select()
        # Confirms come on the way to the answer; waiting for each of them would cost a round trip.
        events: dict[str, set[Callable[..., None]]] = channel.events  # type: ignore[attr-defined]
        events["basic_ack"].add(self._on_ack)
        events["basic_nack"].add(self._on_nack)
        events["basic_return"].add(self._on_return)
        channel.basic_consume(REPLY_TO, no_ack=True, callback=self._on_answer)
        return channel

    def exchange(self, requests: Sequence[Request]) -> None:
        """Send all requests and wait until each has met its fate, at the latest at its deadline.

        Raises ConnectionLost when the connection breaks; the channel is of no use then.
        """
        try:
            for request in requests:
                self._send(request)
            while self._waiting:
                self._receive()
        except CONNECTION_ERRORS as error:
            for request in self._waiting.values():
                request.fate = Fate.LOST
            raise ConnectionLost from error
        finally:
            # An answer that comes later finds nobody waiting and is dropped.
            self._waiting.clear()
            self._unconfirmed.clear()

    def is_ready(self) -> bool:
        """Read what came since the last exchange; return False while the broker takes no messages.

        Raises one of CONNECTION_ERRORS when the connection has broken meanwhile.
        """
        while self._drain(0):
            pass
        return not self._is_blocked

    def close(self) -> None:
        """Say good-bye to the broker."""
        with suppress(*CONNECTION_ERRORS):
            self._connection.close()
        self.drop()

    def drop(self) -> None:
        """Close the connection without a word."""
        self._connection.collect()

    def forget(self) -> None:
        """Let go of a connection that this process inherited by a fork, and that its parent goes on using."""
        # The usual ways to close would shut the connection down for the parent too.
        self._connection.transport.sock.close()

    def _send(self, request: Request) -> None:
        left_s = request.deadline_at - self._clock()
        message = amqp.Message(
            request.body,
            content_type=CONTENT_TYPE,
            content_encoding="utf-8",
            application_headers=request.headers,
            delivery_mode=TRANSIENT,
            correlation_id=request.id,
            reply_to=REPLY_TO,
            expiration=str(max(1, int(left_s * 1000))),
        )
        # An exception here means that a part of the message at least did not leave: nobody will ever act on it.
        # What basic_publish does, but for reading once more before it: `is_ready` has just done that.
        with self._connection.transport.having_timeout(max(left_s, 0.001)):
            self._channel.send_method(
                spec.Basic.Publish, PUBLISH_ARGUMENTS, (0, "", request.queue, IS_MANDATORY, False), message
            )
        self._sent += 1
        self._waiting[request.id] = self._unconfirmed[self._sent] = request
        request.fate = Fate.WAITING

    def _receive(self) -> None:
        now = self._clock()
        nearest = min(request.deadline_at for request in self._waiting.values())
        if now < nearest:
            self._drain(nearest - now)
            return
        for request in [request for request in self._waiting.values() if request.deadline_at <= now]:
            self._settle(request, Fate.LATE)

    def _drain(self, timeout_s: float) -> bool:
        try:
            self._connection.drain_events(timeout=timeout_s)
        except TimeoutError as error:
            # With a number it is not our patience that ended: the kernel has given the connection up.
            if error.errno is not None:
                raise
            return False
        return True

    def _settle(self, request: Request, fate: Fate) -> None:
        if self._waiting.pop(request.id, None):
            request.fate = fate

    def _on_answer(self, message: amqp.Message) -> None:
        request = self._waiting.pop(message.properties.get("correlation_id", ""), None)
        if request:
            request.fate = Fate.ANSWERED
            request.answer = message.body if isinstance(message.body, bytes) else message.body.encode()

    def _on_ack(self, tag: int, multiple: bool) -> None:  # noqa: FBT001 -- py-amqp calls it so
        self._confirmed(tag, multiple)

    def _on_nack(self, tag: int, multiple: bool) -> None:  # noqa: FBT001
        for request in self._confirmed(tag, multiple):
            self._settle(request, Fate.REFUSED)

    def _confirmed(self, tag: int, multiple: bool) -> list[Request]:  # noqa: FBT001
        tags = [earlier for earlier in self._unconfirmed if earlier <= tag] if multiple else [tag]
        return [self._unconfirmed.pop(each) for each in tags if each in self._unconfirmed]

    def _on_return(self, error: object, exchange: str, queue: str, message: amqp.Message) -> None:
        request = self._waiting.get(message.properties.get("correlation_id", ""))
        if request:
            self._settle(request, Fate.REFUSED)

    def _on_blocked(self, reason: str) -> None:
        self._is_blocked = True

    def _on_unblocked(self) -> None:
        self._is_blocked = False


def _read_ahead(transport: Any) -> None:
    """Let the transport take from the socket whatever is there: an answer is three frames, each read in two parts."""
    # Private, but what it reads ahead goes through the transport's own buffer.
    receive = transport.sock.recv
    transport._quick_recv = lambda size: receive(max(size, READ_AHEAD_BYTES))  # noqa: SLF001
