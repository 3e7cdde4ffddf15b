"""Reading recurring expenses, and what they have recorded."""

import uuid
from collections.abc import Collection
from datetime import date

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from core_service.models import EventRow, ExpenseRow, MemberRow, RecurringExpenseRow

Found = tuple[RecurringExpenseRow, str | None]

_SELECT = select(RecurringExpenseRow, MemberRow.name).outerjoin(
    MemberRow, MemberRow.id == RecurringExpenseRow.created_by_member
)


def find_recurring_expense(session: Session, event_id: uuid.UUID, recurring_id: uuid.UUID) -> Found | None:
    """Return a recurring expense of the event with its author's name, deleted ones included."""
    statement = _SELECT.where(RecurringExpenseRow.id == recurring_id, RecurringExpenseRow.event_id == event_id)
    row = session.execute(statement).first()
    return None if row is None else (row[0], row[1])


def list_recurring_expenses(
    session: Session, event_id: uuid.UUID, after: tuple[int, uuid.UUID] | None, limit: int
) -> list[Found]:
    """Return up to `limit` recurring expenses of the event in the order they were made, from behind `after` on."""
    place = (RecurringExpenseRow.created_at, RecurringExpenseRow.id)
    statement = _SELECT.where(RecurringExpenseRow.event_id == event_id, RecurringExpenseRow.deleted_at.is_(None))
    if after is not None:
        statement = statement.where(tuple_(*place) > after)
    return [(row[0], row[1]) for row in session.execute(statement.order_by(*place).limit(limit))]


def list_due(session: Session, until: date) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Return id and event of what has an occurrence up to `until` in an event that is neither deleted nor archived."""
    statement = (
        select(RecurringExpenseRow.id, RecurringExpenseRow.event_id)
        .join(EventRow, EventRow.id == RecurringExpenseRow.event_id)
        .where(RecurringExpenseRow.due_on <= until, EventRow.deleted_at.is_(None), EventRow.archived_at.is_(None))
        .order_by(RecurringExpenseRow.due_on, RecurringExpenseRow.id)
    )
    return [(recurring_id, event_id) for recurring_id, event_id in session.execute(statement)]


def recorded_among(session: Session, recurring_id: uuid.UUID, days: Collection[date]) -> set[date]:
    """Return on which of these days the occurrence is recorded, even if its expense was deleted since."""
    statement = select(ExpenseRow.occurrence_on).where(
        ExpenseRow.recurring_expense_id == recurring_id, ExpenseRow.occurrence_on.in_(days)
    )
    return {day for day in session.scalars(statement) if day is not None}


def last_recorded(session: Session, recurring_id: uuid.UUID) -> date | None:
    """Return the last occurrence that is recorded."""
    statement = select(func.max(ExpenseRow.occurrence_on)).where(ExpenseRow.recurring_expense_id == recurring_id)
    return session.scalar(statement)
