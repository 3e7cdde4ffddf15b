"""Reading the activity of an event, and the links that a change of it was about."""

import uuid
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from core_service.models import ActivityRow, AppliedCommandRow, EventLinkRow, MemberRow

Found = tuple[ActivityRow, str | None]

_SELECT = select(ActivityRow, MemberRow.name).outerjoin(MemberRow, MemberRow.id == ActivityRow.actor_member_id)


def list_entries(session: Session, event_id: uuid.UUID, before: uuid.UUID | None, limit: int) -> list[Found]:
    """Return what was done in an event, newest first, each with the name of who did it."""
    statement = _SELECT.where(ActivityRow.event_id == event_id).order_by(ActivityRow.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(ActivityRow.id < before)
    return [(row[0], row[1]) for row in session.execute(statement)]


def find_entry(session: Session, event_id: uuid.UUID, entry_id: uuid.UUID) -> ActivityRow | None:
    """Return one change in an event."""
    statement = select(ActivityRow).where(ActivityRow.event_id == event_id, ActivityRow.id == entry_id)
    return session.scalars(statement).first()


def newest_about(session: Session, entry: ActivityRow) -> Found:
    """Return the newest change of what `entry` is about."""
    same = (
        ActivityRow.event_id == entry.event_id,
        ActivityRow.subject == entry.subject,
        ActivityRow.subject_id == entry.subject_id,
    )
    row = session.execute(_SELECT.where(*same).order_by(ActivityRow.id.desc()).limit(1)).one()
    return row[0], row[1]


def was_applied(session: Session, command_id: uuid.UUID | None) -> bool:
    """Return whether a command was applied under this id."""
    return command_id is not None and session.get(AppliedCommandRow, command_id) is not None


def links(session: Session, event_id: uuid.UUID, link_ids: Collection[uuid.UUID]) -> list[EventLinkRow]:
    """Return these links of an event."""
    statement = select(EventLinkRow).where(EventLinkRow.event_id == event_id, EventLinkRow.id.in_(link_ids))
    return list(session.scalars(statement))
