"""Reading and writing the stats service's tables."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from common.messages import ExpenseState
from stats_service.models import MessageCountRow

SAVE_FACT = """
INSERT INTO expense_facts AS known (expense_id, version, event_id, date, kind, category, amount, currency)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (expense_id) DO UPDATE SET
    version = excluded.version, event_id = excluded.event_id, date = excluded.date, kind = excluded.kind,
    category = excluded.category, amount = excluded.amount, currency = excluded.currency
WHERE known.version < excluded.version
"""
COUNT = """
INSERT INTO message_counts AS known (kind, count) VALUES (%s, 1)
ON CONFLICT (kind) DO UPDATE SET count = known.count + 1
"""


def save_fact(session: Session, expense: ExpenseState) -> None:
    """Keep what is known of an expense, unless a newer version is known already."""
    values = (
        expense.subject_id,
        expense.version,
        expense.event_id,
        expense.date,
        expense.kind,
        expense.category,
        expense.event_amount,
        expense.event_currency,
    )
    # Driver SQL: this runs for every expense, and compiling it would cost more than running it.
    session.connection().exec_driver_sql(SAVE_FACT, values)


def count_message(session: Session, kind: str) -> None:
    """Count one more message of a kind."""
    session.connection().exec_driver_sql(COUNT, (kind,))


def get_message_count(session: Session, kind: str) -> int:
    """Return how many messages of a kind were applied."""
    return session.scalar(select(MessageCountRow.count).where(MessageCountRow.kind == kind)) or 0
