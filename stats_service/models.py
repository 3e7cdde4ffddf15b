"""The tables of the stats service."""

import datetime as dt
from uuid import UUID

from sqlalchemy import BigInteger, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from common import database, inbox, outbox


class Base(DeclarativeBase):
    """Base of this service's tables."""

    metadata = MetaData(naming_convention=database.CONSTRAINT_NAMES)


OUTBOX = outbox.table(Base.metadata)
INBOX = inbox.table(Base.metadata)


class ExpenseFactRow(Base):
    """An expense in its newest known version; `amount` is in minor units of the event's currency."""

    __tablename__ = "expense_facts"

    expense_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    event_id: Mapped[UUID] = mapped_column(index=True)
    date: Mapped[dt.date]
    kind: Mapped[str]
    category: Mapped[str]
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]


class MessageCountRow(Base):
    """How many messages of one kind were applied: each message counts once, however often it arrived."""

    __tablename__ = "message_counts"

    kind: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)
