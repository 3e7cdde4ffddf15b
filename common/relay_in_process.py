"""Embedded mode's way from an outbox to the subscribers: they run in this process, on a thread of their own."""

import threading
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import orjson
import structlog

from common.inbox import Interrupted, Subscriber
from common.messages import SUBSCRIBERS, Envelope
from common.relay import Delivery

log = structlog.get_logger(__name__)


class InProcessSender:
    """Hands each message to the services that subscribe to it, one after the other.

    A subscriber whose database is away is waited for; a message that a subscriber fails on is refused, so that those
    behind it get their turn. Its other subscribers may have applied it: their inboxes know.
    """

    def __init__(self, subscribers: Mapping[str, Subscriber], stop: threading.Event) -> None:
        assert set(subscribers) == set(SUBSCRIBERS), "embedded mode runs all services"
        self._subscribers = subscribers
        self._stop = stop
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="subscribers")

    def send(self, batch: Sequence[Envelope]) -> Delivery:
        """Apply all messages; return those that every subscriber applied, and those that one failed on."""
        waiting, sent, refused = deque(batch), list[UUID](), list[UUID]()
        while waiting:
            # A future tells what went wrong, whatever it was: a bug in a subscriber must not stop the relay.
            failure = self._thread.submit(self._deliver, waiting, sent).exception()
            if isinstance(failure, Interrupted):
                break
            if failure is not None:
                log.error("message_refused", id=str(waiting[0].id), kind=waiting[0].kind, exc_info=failure)
                refused.append(waiting.popleft().id)
        return Delivery(sent, refused)

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown()

    def _deliver(self, waiting: deque[Envelope], sent: list[UUID]) -> None:
        while waiting:
            envelope = waiting[0]
            document = orjson.loads(envelope.payload)
            for subscriber in self._subscribers.values():
                if envelope.kind in subscriber.kinds:
                    subscriber.apply_when_possible(envelope.id, envelope.kind, document, self._stop.wait)
            sent.append(waiting.popleft().id)
