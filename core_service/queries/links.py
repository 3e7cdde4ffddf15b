"""Reading and writing an event's secret links."""

import uuid

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from core_service.models import EventLinkRow


def find_by_hash(session: Session, token_hash: bytes) -> EventLinkRow | None:
    """Return the link whose token has this SHA-256, revoked ones included."""
    return session.scalars(select(EventLinkRow).where(EventLinkRow.token_hash == token_hash)).first()


def find_of_role(session: Session, event_id: uuid.UUID, role: str) -> EventLinkRow | None:
    """Return the event's link of this role that holds now."""
    live = select(EventLinkRow).where(EventLinkRow.event_id == event_id, EventLinkRow.revoked_at.is_(None))
    return session.scalars(live.where(EventLinkRow.role == role)).first()


def list_live(session: Session, event_id: uuid.UUID, roles: tuple[str, ...]) -> list[EventLinkRow]:
    """Return the event's links of these roles that hold now."""
    statement = select(EventLinkRow).where(EventLinkRow.event_id == event_id, EventLinkRow.revoked_at.is_(None))
    return list(session.scalars(statement.where(EventLinkRow.role.in_(roles))))


def revoke(session: Session, event_id: uuid.UUID, roles: tuple[str, ...], now: int) -> None:
    """End the event's links of these roles."""
    session.execute(
        update(EventLinkRow)
        .where(EventLinkRow.event_id == event_id, EventLinkRow.role.in_(roles), EventLinkRow.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def was_any_opened(session: Session, event_id: uuid.UUID) -> bool:
    """Return whether anybody ever came by a link of the event."""
    opened = exists().where(EventLinkRow.event_id == event_id, EventLinkRow.opened_at.is_not(None))
    return bool(session.scalar(select(opened)))
