"""Reading invitations."""

import uuid

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from core_service.models import InvitationRow


def find_by_hash(session: Session, token_hash: bytes) -> InvitationRow | None:
    """Return the invitation whose token has this SHA-256, those that are over included."""
    return session.scalars(select(InvitationRow).where(InvitationRow.token_hash == token_hash)).first()


def find_invitation(session: Session, event_id: uuid.UUID, invitation_id: uuid.UUID) -> InvitationRow | None:
    """Return an invitation to the event, one that is over included."""
    statement = select(InvitationRow).where(InvitationRow.id == invitation_id, InvitationRow.event_id == event_id)
    return session.scalars(statement).first()


def list_open(
    session: Session, event_id: uuid.UUID, now: int, before: tuple[int, uuid.UUID] | None, limit: int
) -> list[InvitationRow]:
    """Return the event's invitations that can still be accepted, newest first."""
    place = tuple_(InvitationRow.created_at, InvitationRow.id)
    statement = select(InvitationRow).where(
        InvitationRow.event_id == event_id,
        InvitationRow.accepted_at.is_(None),
        InvitationRow.revoked_at.is_(None),
        InvitationRow.expires_at > now,
    )
    if before is not None:
        statement = statement.where(place < before)
    ordered = statement.order_by(InvitationRow.created_at.desc(), InvitationRow.id.desc())
    return list(session.scalars(ordered.limit(limit)))
