"""Reading and writing comments on expenses."""

import uuid

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from core_service.models import CommentRow, MemberRow

Found = tuple[CommentRow, str | None]

_SELECT = select(CommentRow, MemberRow.name).outerjoin(MemberRow, MemberRow.id == CommentRow.created_by_member)


def find_comment(session: Session, expense_id: uuid.UUID, comment_id: uuid.UUID) -> Found | None:
    """Return a comment on the expense with its author's name, deleted ones included."""
    statement = _SELECT.where(CommentRow.id == comment_id, CommentRow.expense_id == expense_id)
    row = session.execute(statement).first()
    return None if row is None else (row[0], row[1])


def list_comments(
    session: Session, expense_id: uuid.UUID, after: tuple[int, uuid.UUID] | None, limit: int
) -> list[Found]:
    """Return up to `limit` comments on the expense, oldest first, from behind `after` on."""
    place = tuple_(CommentRow.created_at, CommentRow.id)
    statement = _SELECT.where(CommentRow.expense_id == expense_id, CommentRow.deleted_at.is_(None))
    if after is not None:
        statement = statement.where(place > after)
    rows = session.execute(statement.order_by(CommentRow.created_at, CommentRow.id).limit(limit))
    return [(row[0], row[1]) for row in rows]
