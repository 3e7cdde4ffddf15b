"""Reading presets, and which splits an event's expenses have."""

import uuid
from typing import Any, Literal

from sqlalchemy import Row, String, cast, func, select, tuple_
from sqlalchemy.orm import Session

from core_service.models import ExpenseRow, SplitPresetRow


def find_preset(session: Session, event_id: uuid.UUID, preset_id: uuid.UUID) -> SplitPresetRow | None:
    """Return a preset of the event, deleted ones included."""
    statement = select(SplitPresetRow).where(SplitPresetRow.id == preset_id, SplitPresetRow.event_id == event_id)
    return session.scalars(statement).first()


def list_presets(
    session: Session, event_id: uuid.UUID, after: tuple[int, uuid.UUID] | None, limit: int
) -> list[SplitPresetRow]:
    """Return up to `limit` presets of the event in the order they were saved, from behind `after` on."""
    place = (SplitPresetRow.created_at, SplitPresetRow.id)
    statement = select(SplitPresetRow).where(SplitPresetRow.event_id == event_id, SplitPresetRow.deleted_at.is_(None))
    if after is not None:
        statement = statement.where(tuple_(*place) > after)
    return list(session.scalars(statement.order_by(*place).limit(limit)))


def list_used(
    session: Session, event_id: uuid.UUID, first: Literal["count", "used_at"], limit: int
) -> list[Row[Any, int, int]]:
    """Return the splits of the event's expenses with how many have each and when the newest of them was recorded.

    The most used come first, or the most recent. Payments are no splits between people.
    """
    count, used_at = func.count().label("count"), func.max(ExpenseRow.created_at).label("used_at")
    order = (count, used_at) if first == "count" else (used_at, func.max(cast(ExpenseRow.id, String)))
    statement = (
        select(ExpenseRow.split, count, used_at)
        .where(ExpenseRow.event_id == event_id, ExpenseRow.deleted_at.is_(None), ExpenseRow.kind != "payment")
        .group_by(ExpenseRow.split)
        .order_by(*(column.desc() for column in order))
        .limit(limit)
    )
    return list(session.execute(statement))
