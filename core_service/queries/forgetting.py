"""Reading and overwriting what the events of a user know of them."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Result, String, bindparam, cast, func, or_, select, text, update
from sqlalchemy.orm import Session

from core_service.models import ActivityRow, EventRow, MemberRow

# The only changes of the activity that PostgreSQL lets pass: of its documents, in this transaction.
_PERMIT = text("SET LOCAL quits.forgetting = 'on'")
_REWRITE = update(ActivityRow).where(ActivityRow.id == bindparam("row_id"))


def lock_events_of_user(session: Session, user_id: uuid.UUID) -> None:
    """Lock every event in which a user is a member, in the order of their ids, so that nobody deadlocks."""
    of_user = select(MemberRow.event_id).where(MemberRow.user_id == user_id)
    session.execute(
        select(EventRow.id).where(EventRow.id.in_(of_user)).order_by(EventRow.id).with_for_update(key_share=True)
    )


def list_name_keys(session: Session, event_id: uuid.UUID) -> set[str]:
    """Return the keys of all names in an event, those of deleted members included: they may come back."""
    return set(session.scalars(select(MemberRow.name_key).where(MemberRow.event_id == event_id)))


def list_documents_about(session: Session, event_id: uuid.UUID, member_id: uuid.UUID) -> Result[uuid.UUID, Any, Any]:
    """Return id, `before` and `after` of the activity that mentions a member."""
    mentioned = [
        func.strpos(cast(column, String), str(member_id)) > 0 for column in (ActivityRow.before, ActivityRow.after)
    ]
    return session.execute(
        select(ActivityRow.id, ActivityRow.before, ActivityRow.after).where(
            ActivityRow.event_id == event_id, or_(*mentioned)
        )
    )


def permit_rewriting(session: Session) -> None:
    """Let this transaction overwrite documents of the activity."""
    session.execute(_PERMIT)


def rewrite_documents(session: Session, documents: list[Mapping[str, Any]]) -> None:
    """Overwrite `before` and `after` of the activity with these `row_id`s."""
    if documents:
        session.connection().execute(_REWRITE, documents)
