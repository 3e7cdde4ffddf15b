"""Reading all of an event for its export, and writing many expenses at once for an import."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, Uuid, any_, insert, literal, select
from sqlalchemy.orm import Session

from common.database import table_of
from core_service.models import (
    CommentRow,
    ExpenseRow,
    JobRow,
    LedgerLineRow,
    MemberRow,
    MemberWeightRow,
    RecurringExpenseRow,
    SplitPresetRow,
)

UUIDS = ARRAY(Uuid)


def list_expenses(session: Session, event_id: uuid.UUID) -> list[ExpenseRow]:
    """Return the event's expenses that are not deleted, in the order they were recorded."""
    statement = select(ExpenseRow).where(ExpenseRow.event_id == event_id, ExpenseRow.deleted_at.is_(None))
    return list(session.scalars(statement.order_by(ExpenseRow.created_at, ExpenseRow.id)))


def list_people(session: Session, event_id: uuid.UUID) -> list[MemberRow]:
    """Return the event's members by name, former ones too if a line names them."""
    named = select(LedgerLineRow.member_id).where(LedgerLineRow.event_id == event_id)
    statement = select(MemberRow).where(
        MemberRow.event_id == event_id, MemberRow.deleted_at.is_(None) | MemberRow.id.in_(named)
    )
    return list(session.scalars(statement.order_by(MemberRow.name_key, MemberRow.id)))


def list_weights(session: Session, event_id: uuid.UUID) -> list[MemberWeightRow]:
    """Return the weights of the event's members by the date from which they hold."""
    statement = select(MemberWeightRow).join(MemberRow, MemberRow.id == MemberWeightRow.member_id)
    return list(session.scalars(statement.where(MemberRow.event_id == event_id).order_by(MemberWeightRow.valid_from)))


def list_comments(session: Session, event_id: uuid.UUID) -> list[tuple[CommentRow, str | None]]:
    """Return what was said about the event's expenses, oldest first, with the authors' names."""
    statement = (
        select(CommentRow, MemberRow.name)
        .outerjoin(MemberRow, MemberRow.id == CommentRow.created_by_member)
        .where(CommentRow.event_id == event_id, CommentRow.deleted_at.is_(None))
    )
    rows = session.execute(statement.order_by(CommentRow.created_at, CommentRow.id))
    return [(row[0], row[1]) for row in rows]


def list_presets(session: Session, event_id: uuid.UUID) -> list[SplitPresetRow]:
    """Return the event's presets in the order they were saved."""
    statement = select(SplitPresetRow).where(SplitPresetRow.event_id == event_id, SplitPresetRow.deleted_at.is_(None))
    return list(session.scalars(statement.order_by(SplitPresetRow.created_at, SplitPresetRow.id)))


def list_recurring(session: Session, event_id: uuid.UUID) -> list[RecurringExpenseRow]:
    """Return the event's recurring expenses in the order they were made."""
    statement = select(RecurringExpenseRow).where(
        RecurringExpenseRow.event_id == event_id, RecurringExpenseRow.deleted_at.is_(None)
    )
    return list(session.scalars(statement.order_by(RecurringExpenseRow.created_at, RecurringExpenseRow.id)))


def known_expenses(session: Session, event_id: uuid.UUID, ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Return which of these ids expenses of the event have, deleted ones included."""
    statement = select(ExpenseRow.id).where(
        ExpenseRow.event_id == event_id, ExpenseRow.id == any_(literal(list(ids), UUIDS))
    )
    return set(session.scalars(statement))


def insert_expenses(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert expenses; their lines follow in the same transaction."""
    session.execute(insert(table_of(ExpenseRow)), rows)


def find_job(session: Session, job_id: uuid.UUID, *, lock: bool = False) -> JobRow | None:
    """Return a job; `lock` keeps all others from it until the transaction ends."""
    statement = select(JobRow).where(JobRow.id == job_id)
    return session.scalars(statement.with_for_update() if lock else statement).first()
