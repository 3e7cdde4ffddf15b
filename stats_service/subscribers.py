"""What the stats service does with messages."""

from sqlalchemy.orm import Session

from common.database import Database
from common.inbox import Subscriber
from common.messages import ExpenseRecorded
from stats_service import queries


def subscriber(own: Database) -> Subscriber:
    """Return the handlers of all messages that this service subscribes to."""
    return Subscriber("stats", own, {ExpenseRecorded: count_expense})


def count_expense(session: Session, message: ExpenseRecorded) -> None:
    """Keep the facts of an expense, and count that its message was applied."""
    queries.save_fact(session, message)
    queries.count_message(session, type(message).__name__)
