"""The relay: takes unsent messages from an outbox and hands them on until each is known to have arrived.

Any number of relays may work on one outbox. A relay that dies between sending and forgetting sends again: the
subscribers' inboxes make that harmless.
"""

import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol
from uuid import UUID

import structlog

from common import database, outbox
from common.database import Database
from common.messages import Envelope

log = structlog.get_logger(__name__)

BATCH_SIZE = 200
# Between two looks at the outbox. NOTIFY would be quicker, but then every commit waits for the one before it.
IDLE_S = 0.1
LONGEST_PAUSE_S = 5.0
LONGEST_SLEEP_S = 30.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a batch: arrived, or refused for good; whatever is in neither is sent again later."""

    sent: Collection[UUID] = ()
    refused: Collection[UUID] = ()


class Sender(Protocol):
    """Brings messages to their subscribers."""

    def send(self, batch: Sequence[Envelope]) -> Delivery:
        """Send all messages and wait, for a bounded time, until they have arrived; raises no expected failure."""

    def close(self) -> None:
        """Let go of connections and threads."""


class Progress(Enum):
    """How one look at the outbox went."""

    EMPTIED = auto()
    FULL_BATCH = auto()
    STUCK = auto()


def run(
    own: Database,
    sender: Sender,
    stop: threading.Event,
    idle_s: float = IDLE_S,
    has_news: threading.Event | None = None,
) -> None:
    """Send what is unsent until `stop` is set; the batch at hand is finished then.

    With `has_news`, set by who writes to the outbox in this process and by who sets `stop`, an empty outbox is not
    looked at until then.

    Waits, longer and longer, while the database or the other end is away, and goes on by itself when it is back.
    """
    pause_s = idle_s
    while not stop.is_set():
        progress = send_batch(own, sender)
        pause_s = min(2 * pause_s, LONGEST_PAUSE_S) if progress is Progress.STUCK else idle_s
        if progress is not Progress.FULL_BATCH:
            stop.wait(pause_s)
        if progress is Progress.EMPTIED and has_news is not None:
            has_news.wait(LONGEST_SLEEP_S)
            has_news.clear()
    sender.close()


def send_batch(own: Database, sender: Sender, limit: int = BATCH_SIZE) -> Progress:
    """Send up to `limit` unsent messages and forget those that arrived."""
    progress = Progress.STUCK

    def send() -> None:
        nonlocal progress
        with own.transaction() as session:
            batch = outbox.claim(session, limit)
            delivery = sender.send(batch) if batch else Delivery()
            outbox.forget(session, delivery.sent)
            outbox.park(session, delivery.refused)
        progress = _progress(batch, delivery, limit)

    if (error := database.absence_during(send)) is not None:
        log.warning("relay_waits_for_database", error=str(error))
    return progress


def _progress(batch: Sequence[Envelope], delivery: Delivery, limit: int) -> Progress:
    if len(delivery.sent) + len(delivery.refused) < len(batch):
        return Progress.STUCK
    return Progress.FULL_BATCH if len(batch) == limit else Progress.EMPTIED
