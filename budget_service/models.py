"""The tables of the budget service."""

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from common import database, inbox, outbox


class Base(DeclarativeBase):
    """Base of this service's tables."""

    metadata = MetaData(naming_convention=database.CONSTRAINT_NAMES)


OUTBOX = outbox.table(Base.metadata)
INBOX = inbox.table(Base.metadata)
