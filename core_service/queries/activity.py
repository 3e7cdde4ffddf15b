"""The activity of an event: every change with what was before and after; rows are only ever added."""

import uuid
from typing import Any

from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from common import database
from common.rpc import wire

_NOTE = (
    "INSERT INTO activity (id, event_id, happened_at, actor_user_id, actor_member_id, action, subject, subject_id, "
    "before, after) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)


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
    ids = (uuid7(), event_id, *actor, subject_id)
    note_id, event, user, member, about = (None if each is None else str(each) for each in ids)
    states = (None if each is None else wire.dump(each).decode() for each in (before, after))
    database.write_later(session, _NOTE, note_id, event, happened_at, user, member, action, subject, about, *states)
