"""What the core service does with messages."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from common.database import Database
from common.inbox import Subscriber
from common.messages import ImportRequested, UserDeleted
from core_service import jobs
from core_service.domain import forgetting, search
from core_service.models import MemberRow
from core_service.queries import activity, members
from core_service.queries import forgetting as memories


def subscriber(own: Database) -> Subscriber:
    """Return the handlers of all messages that this service subscribes to."""
    return Subscriber("core", own, {UserDeleted: forget_user, ImportRequested: jobs.importer(own)})


def forget_user(session: Session, message: UserDeleted) -> None:
    """Erase who a user was in every event; the ledgers keep their amounts, under a name that says nothing."""
    memories.lock_events_of_user(session, message.subject_id)
    memories.permit_rewriting(session)
    for row in members.list_of_user(session, message.subject_id):
        _forget(session, row, message)


def _forget(session: Session, row: MemberRow, message: UserDeleted) -> None:
    name = forgetting.former_name(memories.list_name_keys(session, row.event_id))
    row.user_id = row.email = None
    row.name = name
    row.name_key = search.name_key(name)
    row.search_key = search.search_key(name)
    row.version += 1
    row.updated_at = max(row.updated_at, message.occurred_at)
    session.flush()
    _forget_in_activity(session, row)
    activity.note(
        session,
        event_id=row.event_id,
        happened_at=message.occurred_at,
        actor=(message.subject_id, row.id),
        action="anonymised",
        subject="member",
        subject_id=row.id,
    )


def _forget_in_activity(session: Session, row: MemberRow) -> None:
    documents: list[Mapping[str, Any]] = []
    for row_id, before, after in memories.list_documents_about(session, row.event_id, row.id):
        kept = [forgetting.without_person(document, str(row.id), row.name) for document in (before, after)]
        if kept != [before, after]:
            documents.append({"row_id": row_id, "before": kept[0], "after": kept[1]})
    memories.rewrite_documents(session, documents)
