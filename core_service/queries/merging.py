"""Reading and rewriting what names a member."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import String, any_, cast, literal, select, update
from sqlalchemy.orm import Session

from core_service.models import ExpenseRow, LedgerLineRow, RecurringExpenseRow, SplitPresetRow
from core_service.queries.expenses import UUIDS


def list_expenses_of(session: Session, event_id: uuid.UUID, member_id: uuid.UUID) -> list[ExpenseRow]:
    """Return the expenses in which a member has a part, deleted ones included."""
    statement = (
        select(ExpenseRow)
        .join(LedgerLineRow, LedgerLineRow.expense_id == ExpenseRow.id)
        .where(ExpenseRow.event_id == event_id, LedgerLineRow.member_id == member_id)
        .order_by(ExpenseRow.id)
    )
    return list(session.scalars(statement))


def expenses_by_id(session: Session, expense_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, ExpenseRow]:
    """Return these expenses."""
    statement = select(ExpenseRow).where(ExpenseRow.id == any_(literal(list(expense_ids), UUIDS)))
    return {row.id: row for row in session.scalars(statement)}


def rewrite_expenses(session: Session, values: Sequence[Mapping[str, Any]]) -> None:
    """Change columns of some expenses, each named by its `id`."""
    if values:
        session.execute(update(ExpenseRow), list(values))


def list_presets_naming(session: Session, event_id: uuid.UUID, member_id: uuid.UUID) -> list[SplitPresetRow]:
    """Return the presets that name a member, deleted ones included."""
    named = cast(SplitPresetRow.split, String).contains(str(member_id))
    return list(session.scalars(select(SplitPresetRow).where(SplitPresetRow.event_id == event_id, named)))


def list_recurring_naming(session: Session, event_id: uuid.UUID, member_id: uuid.UUID) -> list[RecurringExpenseRow]:
    """Return the recurring expenses that name a member, deleted ones included."""
    named = cast(RecurringExpenseRow.expense, String).contains(str(member_id))
    return list(session.scalars(select(RecurringExpenseRow).where(RecurringExpenseRow.event_id == event_id, named)))
