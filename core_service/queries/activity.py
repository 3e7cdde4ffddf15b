"""The activity of an event: every change with what was before and after; rows are only ever added."""

import uuid
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from common.database import table_of
from core_service.models import ActivityRow

_NOTE = insert(table_of(ActivityRow))


def note(
    session: Session,
    *,
    event_id: uuid.UUID,
    happened_at: int,
    actor: tuple[uuid.UUID | None, uuid.UUID | None],
    action: str,
    subject: str,
    subject_id: uuid.UUID,
    before: Any = None,
    after: Any = None,
) -> None:
    """Note that `actor`, a user id and a member id, did `action`; `before` and `after` are contract data classes."""
    user_id, member_id = actor
    session.execute(
        _NOTE,
        {
            "id": uuid7(),
            "event_id": event_id,
            "happened_at": happened_at,
            "actor_user_id": user_id,
            "actor_member_id": member_id,
            "action": action,
            "subject": subject,
            "subject_id": subject_id,
            "before": before,
            "after": after,
        },
    )
