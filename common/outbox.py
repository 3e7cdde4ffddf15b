"""The outbox: messages wait in the database of the service that publishes them until its relay has sent them.

Every service that publishes makes the table part of its own schema, in its `models.py`:

    class Base(DeclarativeBase):
        metadata = MetaData(naming_convention=database.CONSTRAINT_NAMES)

    OUTBOX = outbox.table(Base.metadata)

A row is unsent as long as it exists. Nothing is ever selected by "id greater than the last one sent": transactions do
not commit in the order of their ids.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Boolean, Column, MetaData, Table, Text, Uuid, text
from sqlalchemy.orm import Session

from common import database, messages
from common.messages import Envelope, Message

# Rows live for milliseconds: vacuum by their number, not by the share of a table that is nearly empty.
VACUUM = {"autovacuum_vacuum_scale_factor": "0", "autovacuum_vacuum_threshold": "2000"}

CLAIM = (
    "SELECT id, kind, payload FROM outbox WHERE NOT is_parked AND kind = ANY(%s) "
    "ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED"
)
PARKED = "SELECT id, kind, payload FROM outbox WHERE is_parked ORDER BY id LIMIT %s"
RELEASE = "UPDATE outbox SET is_parked = false WHERE is_parked"
PUBLISH = "INSERT INTO outbox (id, kind, payload) VALUES (%s, %s, %s)"
FORGET = "DELETE FROM outbox WHERE id = ANY(%s)"
PARK = "UPDATE outbox SET is_parked = true WHERE id = ANY(%s)"


def table(metadata: MetaData) -> Table:
    """Return the outbox as a table of a service's own schema.

    A row is parked when a subscriber within this process (embedded mode) fails on it: it stays for `quits dlq`.
    """
    return Table(
        "outbox",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("kind", Text, nullable=False),
        Column("payload", Text, nullable=False),
        Column("is_parked", Boolean, nullable=False, server_default=text("false")),
        postgresql_with=VACUUM,
    )


def publish(session: Session, *published: Message) -> None:
    """Publish messages if, and only if, the session's transaction (`Database.transaction`) commits.

    Messages of a kind that nobody subscribes to are dropped.
    """
    for message in published:
        if is_wanted(message):
            envelope = messages.envelope(message)
            database.write_later(session, PUBLISH, envelope.id, envelope.kind, envelope.payload)
            session.info[database.PUBLISHED] = True


def is_wanted(message: Message) -> bool:
    """Return whether any service subscribes to messages of this kind."""
    return is_wanted_kind(type(message))


def is_wanted_kind(kind: type[Message]) -> bool:
    """Return whether any service subscribes to this kind: if none does, no message needs to be made."""
    return kind.__name__ in messages.WANTED_KINDS


def claim(session: Session, limit: int) -> list[Envelope]:
    """Return up to `limit` unsent messages, oldest first, and lock them: another relay does not see them.

    Kinds that this version has no subscriber for are left alone: a newer relay knows where to send them.
    """
    rows = session.connection().exec_driver_sql(CLAIM, (sorted(messages.WANTED_KINDS), limit))
    return [Envelope(*row) for row in rows]


def forget(session: Session, ids: Collection[UUID]) -> None:
    """Delete messages that were sent."""
    if ids:
        session.connection().exec_driver_sql(FORGET, (list(ids),))


def park(session: Session, ids: Collection[UUID]) -> None:
    """Put messages aside: no relay sends them until they are released."""
    if ids:
        session.connection().exec_driver_sql(PARK, (list(ids),))


def list_parked(session: Session, limit: int = 100) -> list[Envelope]:
    """Return the oldest messages that were put aside."""
    return [Envelope(*row) for row in session.connection().exec_driver_sql(PARKED, (limit,))]


def release_parked(session: Session) -> int:
    """Have the relay send what was put aside, once this transaction commits; return how many messages those are."""
    return session.connection().exec_driver_sql(RELEASE).rowcount
