"""Embedded mode's way from an outbox to the subscribers: they run in this process, on a thread of their own."""

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import orjson
import structlog

from common.inbox import Arrived, Interrupted, Subscriber
from common.messages import SUBSCRIBERS, Envelope
from common.relay import Delivery

log = structlog.get_logger(__name__)


class InProcessSender:
    """Hands messages to the services that subscribe to them, a batch in one transaction of each subscriber.

    A subscriber whose database is away is waited for. When one fails on a batch, its messages are handed over one by
    one, and the one that it fails on is refused, so that those behind it get their turn. Other subscribers may have
    applied it: their inboxes know.
    """

    def __init__(self, subscribers: Mapping[str, Subscriber], stop: threading.Event) -> None:
        assert set(subscribers) == set(SUBSCRIBERS), "embedded mode runs all services"
        self._subscribers = subscribers
        self._stop = stop
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="subscribers")

    def send(self, batch: Sequence[Envelope]) -> Delivery:
        """Apply all messages; return those that every subscriber applied, and those that one failed on."""
        if self._failure_on(batch) is None:
            return Delivery([envelope.id for envelope in batch])
        sent, refused = list[UUID](), list[UUID]()
        for envelope in batch:
            failure = self._failure_on([envelope])
            if isinstance(failure, Interrupted):
                break
            if failure is None:
                sent.append(envelope.id)
            else:
                log.error("message_refused", id=str(envelope.id), kind=envelope.kind, exc_info=failure)
                refused.append(envelope.id)
        return Delivery(sent, refused)

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown()

    def _failure_on(self, batch: Sequence[Envelope]) -> BaseException | None:
        # A future tells what went wrong, whatever it was: a bug in a subscriber must not stop the relay.
        return self._thread.submit(self._deliver, batch).exception()

    def _deliver(self, batch: Sequence[Envelope]) -> None:
        arrived = [Arrived(each.id, each.kind, orjson.loads(each.payload)) for each in batch]
        for subscriber in self._subscribers.values():
            wanted = [each for each in arrived if each.kind in subscriber.kinds]
            if wanted:
                subscriber.apply_when_possible(wanted, self._stop.wait)
