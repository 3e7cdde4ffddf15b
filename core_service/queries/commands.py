"""Commands that were applied: what makes a repetition harmless and another use of an id visible."""

import uuid

from sqlalchemy.orm import Session

from common.errors import IdTaken
from common.rpc.context import Context
from core_service.models import AppliedCommandRow

# Driver SQL, here and where else every write passes: building and compiling costs more than PostgreSQL takes to run it.
_NOTE = (
    "INSERT INTO applied_commands (id, operation, subject_id, fingerprint) VALUES (%s, %s, %s, %s) "
    "ON CONFLICT DO NOTHING"
)


def is_repeat(session: Session, context: Context, operation: str, subject_id: uuid.UUID) -> bool:
    """Note that the command is applied in this transaction; True when the very same one was applied before.

    Raises IdTaken when its id was used for something else. Two at once: the second waits until the first has
    committed or failed, so exactly one of them is the first. Without an id nothing is noted.
    """
    if context.idempotency_key is None:
        return False
    values = (str(context.idempotency_key), operation, str(subject_id), context.fingerprint)
    if session.connection().exec_driver_sql(_NOTE, values).rowcount == 1:
        return False
    former = session.get_one(AppliedCommandRow, context.idempotency_key)
    if (former.operation, former.subject_id, former.fingerprint) != (operation, subject_id, context.fingerprint):
        raise IdTaken
    return True
