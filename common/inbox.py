"""The inbox: a subscriber applies a message and notes its id in one transaction, so that it is applied exactly once.

Every service that subscribes makes the table part of its own schema, in its `models.py`:

    INBOX = inbox.table(Base.metadata)
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import structlog
from sqlalchemy import Column, DateTime, MetaData, Table, Uuid, func
from sqlalchemy.orm import Session

from common import database, messages
from common.database import Database
from common.messages import SUBSCRIBERS, Message

log = structlog.get_logger(__name__)

KEPT_DAYS = 30
FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 5.0
NOTE = "INSERT INTO inbox (id) VALUES (%s) ON CONFLICT DO NOTHING"
PRUNE = "DELETE FROM inbox WHERE applied_at < now() - make_interval(days => %s)"


class Handler(Protocol):
    """Applies a message of one kind within a transaction that its caller commits."""

    def __call__(self, session: Session, message: Any, /) -> None:
        """Apply `message`; whatever this raises undoes the transaction."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message as it arrived: its id, its kind and its decoded JSON."""

    id: UUID
    kind: str
    document: Mapping[str, Any]


class Interrupted(Exception):
    """The process is to stop while a subscriber still waits for its database; the message was not applied."""


def table(metadata: MetaData) -> Table:
    """Return the inbox as a table of a service's own schema."""
    return Table(
        "inbox",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("applied_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    )


def apply_once(session: Session, message_id: UUID) -> bool:
    """Note that a message is applied in this transaction; False when it already was, then do nothing."""
    noted = session.connection().exec_driver_sql(NOTE, (message_id,))
    return noted.rowcount == 1


def prune(session: Session, kept_days: int = KEPT_DAYS) -> int:
    """Forget which messages were applied more than `kept_days` ago; return how many those are."""
    return session.connection().exec_driver_sql(PRUNE, (kept_days,)).rowcount


class Subscriber:
    """One service's handlers of the messages that it subscribes to."""

    def __init__(self, service: str, own: Database, handlers: Mapping[type[Message], Handler]) -> None:
        """Raise TypeError unless there is a handler for each kind in `SUBSCRIBERS`, and no other."""
        if set(handlers) != set(SUBSCRIBERS[service]):
            raise TypeError(f"{service} must handle {[kind.__name__ for kind in SUBSCRIBERS[service]]}")
        self.service = service
        self._database = own
        self._handlers = {kind.__name__: handler for kind, handler in handlers.items()}

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of messages that are handled."""
        return tuple(self._handlers)

    def apply(self, *arrived: Arrived) -> None:
        """Apply messages, those left out that were applied before: all of them or, when a handler fails, none."""
        with self._database.transaction() as session:
            for each in arrived:
                message = messages.load(each.kind, each.document)
                if apply_once(session, each.id):
                    self._handlers[each.kind](session, message)

    def apply_when_possible(self, arrived: Sequence[Arrived], pause: Callable[[float], bool]) -> None:
        """Apply messages together; as long as the database is away, wait for it.

        `pause` waits so many seconds and returns whether the process is to stop; then this raises Interrupted.
        """
        pause_s = FIRST_PAUSE_S
        while (error := database.absence_during(lambda: self.apply(*arrived))) is not None:
            log.warning("subscriber_waits_for_database", service=self.service, error=str(error))
            if pause(pause_s):
                raise Interrupted
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
