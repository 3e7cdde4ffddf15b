"""Messages for tests to publish, and ways to see what became of them."""

import datetime as dt
import uuid
from collections.abc import Sequence

from sqlalchemy import MetaData, text

from common import inbox, outbox
from common.database import Database
from common.messages import Envelope, ExpenseLine, ExpenseRecorded
from common.relay import Delivery

TODAY = dt.date(2026, 11, 21)


def expense_recorded(
    description: str = "Dinner", expense_id: uuid.UUID | None = None, version: int = 1
) -> ExpenseRecorded:
    """Return a message about an expense that one member paid for two."""
    payer, other = uuid.uuid4(), uuid.uuid4()
    return ExpenseRecorded(
        subject_id=expense_id or uuid.uuid4(),
        version=version,
        occurred_at=1_795_000_000,
        event_id=uuid.uuid4(),
        event_name="Porto",
        event_currency="EUR",
        kind="expense",
        description=description,
        category="food",
        amount=9000,
        currency="EUR",
        event_amount=9000,
        date=TODAY,
        lines=(ExpenseLine(payer, uuid.uuid4(), 9000, 4500), ExpenseLine(other, None, 0, 4500)),
    )


def make_outbox(own: Database) -> None:
    """Give a database the tables of messaging and no others."""
    metadata = MetaData()
    outbox.table(metadata)
    inbox.table(metadata)
    metadata.create_all(own.engine)


def publish(own: Database, *messages: ExpenseRecorded) -> None:
    """Publish messages in a transaction of their own."""
    with own.transaction() as session:
        outbox.publish(session, *messages)


def unsent(own: Database) -> int:
    """Return how many messages wait in the outbox."""
    return scalar(own, "SELECT count(*) FROM outbox")


def scalar(own: Database, query: str) -> int:
    """Return the one number that a query gives."""
    with own.transaction() as session:
        return int(session.scalar(text(query)) or 0)


class RecordingSender:
    """A sender whose messages all arrive, here."""

    def __init__(self) -> None:
        self.arrived: list[Envelope] = []

    def send(self, batch: Sequence[Envelope]) -> Delivery:
        """Keep all messages."""
        self.arrived += batch
        return Delivery([envelope.id for envelope in batch])

    def close(self) -> None:
        """Nothing to let go of."""
