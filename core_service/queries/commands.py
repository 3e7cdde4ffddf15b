"""Commands that were applied: what makes a repetition harmless and another use of an id visible."""

import uuid

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from common.database import table_of
from common.errors import IdTaken
from common.rpc.context import Context
from core_service.models import AppliedCommandRow

_NOTE = insert(table_of(AppliedCommandRow)).on_conflict_do_nothing().returning(AppliedCommandRow.id)


def is_repeat(session: Session, context: Context, operation: str, subject_id: uuid.UUID) -> bool:
    """Note that the command is applied in this transaction; True when the very same one was applied before.

    Raises IdTaken when its id was used for something else. Two at once: the second waits until the first has
    committed or failed, so exactly one of them is the first. Without an id nothing is noted.
    """
    if context.idempotency_key is None:
        return False
    noted = {
        "id": context.idempotency_key,
        "operation": operation,
        "subject_id": subject_id,
        "fingerprint": context.fingerprint,
    }
    if session.execute(_NOTE, noted).first() is not None:
        return False
    former = session.get_one(AppliedCommandRow, context.idempotency_key)
    if (former.operation, former.subject_id, former.fingerprint) != (operation, subject_id, context.fingerprint):
        raise IdTaken
    return True
