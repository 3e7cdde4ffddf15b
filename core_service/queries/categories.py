"""Reading and writing the categories of an event's own."""

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import delete, exists, insert, select
from sqlalchemy.orm import Session

from common.contracts.categories import NewCategory
from core_service.models import EventCategoryRow, ExpenseRow, RecurringExpenseRow


def list_own(session: Session, event_id: uuid.UUID) -> list[EventCategoryRow]:
    """Return the event's own categories in their order."""
    statement = select(EventCategoryRow).where(EventCategoryRow.event_id == event_id)
    return list(session.scalars(statement.order_by(EventCategoryRow.position)))


def is_own(session: Session, event_id: uuid.UUID, key: str) -> bool:
    """Return whether the event has a category of its own with this key."""
    own = exists().where(EventCategoryRow.event_id == event_id, EventCategoryRow.key == key)
    return bool(session.scalar(select(own)))


def replace_own(session: Session, event_id: uuid.UUID, categories: Sequence[NewCategory]) -> None:
    """Let the event have these categories of its own and no others."""
    session.execute(delete(EventCategoryRow).where(EventCategoryRow.event_id == event_id))
    session.expire_all()
    if categories:
        session.execute(
            insert(EventCategoryRow),
            [
                {
                    "event_id": event_id,
                    "key": category.key,
                    "position": position,
                    "name": category.name,
                    "emoji": category.emoji,
                    "color": category.color,
                }
                for position, category in enumerate(categories)
            ],
        )


def used_among(session: Session, event_id: uuid.UUID, keys: Collection[str], *, deleted_since: int) -> set[str]:
    """Return which of these keys some expense has, or a recurring one will have.

    What was deleted before the instant `deleted_since` does not count: nobody can restore it.
    """
    expenses = select(ExpenseRow.category).where(
        ExpenseRow.event_id == event_id,
        ExpenseRow.category.in_(keys),
        ExpenseRow.deleted_at.is_(None) | (ExpenseRow.deleted_at >= deleted_since),
    )
    key = RecurringExpenseRow.expense["category"].astext
    recurring = select(key).where(
        RecurringExpenseRow.event_id == event_id,
        RecurringExpenseRow.deleted_at.is_(None),
        key.in_(keys),
    )
    return set(session.scalars(expenses.union(recurring)))
