"""Reading and writing events, and where a caller stands in them."""

import uuid
from dataclasses import dataclass
from typing import TypeVarTuple

from sqlalchemy import Row, Select, and_, bindparam, exists, select, tuple_
from sqlalchemy.orm import Session

from common.rpc.context import Guest
from core_service.models import BalanceRow, EventLinkRow, EventRow, ExpenseRow, MemberRow


@dataclass(frozen=True, slots=True)
class Standing:
    """A caller's place in an event: the event, the role, the member that the caller is; when it ended, if it did."""

    event: EventRow
    role: str
    member_id: uuid.UUID | None
    member_name: str | None
    revoked_at: int | None = None


Columns = TypeVarTuple("Columns")


def _locked(statement: Select[*Columns], *, lock: bool) -> Select[*Columns]:
    # FOR NO KEY UPDATE: as strong as needed among writers, and does not wait for the foreign keys of new rows.
    return statement.with_for_update(of=EventRow, key_share=True) if lock else statement


_OF_USER = (
    select(EventRow, MemberRow.role, MemberRow.id, MemberRow.name)
    .join(MemberRow, MemberRow.event_id == EventRow.id)
    .where(
        EventRow.id == bindparam("event_id"),
        MemberRow.user_id == bindparam("user_id"),
        MemberRow.deleted_at.is_(None),
    )
)
_OF_LINK = (
    select(EventRow, EventLinkRow.role, MemberRow.id, MemberRow.name, EventLinkRow.revoked_at)
    .join(EventLinkRow, EventLinkRow.event_id == EventRow.id)
    .outerjoin(
        MemberRow,
        and_(
            MemberRow.event_id == EventRow.id,
            MemberRow.id == bindparam("member_id"),
            MemberRow.deleted_at.is_(None),
        ),
    )
    .where(EventRow.id == bindparam("event_id"), EventLinkRow.id == bindparam("link_id"))
)
_LOCKED_OF_USER = _locked(_OF_USER, lock=True)
_LOCKED_OF_LINK = _locked(_OF_LINK, lock=True)


def find_standing_of_user(session: Session, event_id: uuid.UUID, user_id: uuid.UUID, *, lock: bool) -> Standing | None:
    """Return a user's place in an event, deleted ones included; None for a stranger. `lock` makes writes serial."""
    statement = _LOCKED_OF_USER if lock else _OF_USER
    row = session.execute(statement, {"event_id": event_id, "user_id": user_id}).first()
    return None if row is None else Standing(*row)


def find_standing_of_guest(session: Session, event_id: uuid.UUID, guest: Guest, *, lock: bool) -> Standing | None:
    """Return a guest's place in an event, deleted ones included; None when the link is another event's."""
    statement = _LOCKED_OF_LINK if lock else _OF_LINK
    who = {"event_id": event_id, "link_id": guest.link_id, "member_id": guest.member_id}
    row = session.execute(statement, who).first()
    return None if row is None else Standing(*row)


def find_event(session: Session, event_id: uuid.UUID, *, lock: bool = False) -> EventRow | None:
    """Return an event whoever asks; deleted ones included."""
    return session.scalars(_locked(select(EventRow).where(EventRow.id == event_id), lock=lock)).first()


def list_events(
    session: Session,
    user_id: uuid.UUID,
    *,
    archived: bool | None,
    before: tuple[int, uuid.UUID] | None,
    limit: int,
) -> list[Row[EventRow, MemberRow, int]]:
    """Return a user's events but the hidden ones, newest first, each with the user's member and that one's balance."""
    balance = BalanceRow.paid - BalanceRow.share + BalanceRow.sent - BalanceRow.received
    statement = (
        select(EventRow, MemberRow, balance)
        .join(MemberRow, MemberRow.event_id == EventRow.id)
        .join(BalanceRow, BalanceRow.member_id == MemberRow.id)
        .where(MemberRow.user_id == user_id, MemberRow.deleted_at.is_(None), EventRow.deleted_at.is_(None))
        .where(EventRow.between.is_(None))
        .order_by(EventRow.created_at.desc(), EventRow.id.desc())
        .limit(limit)
    )
    if archived is not None:
        statement = statement.where(EventRow.archived_at.is_not(None) if archived else EventRow.archived_at.is_(None))
    if before is not None:
        statement = statement.where(tuple_(EventRow.created_at, EventRow.id) < before)
    return list(session.execute(statement))


def has_expenses(session: Session, event_id: uuid.UUID) -> bool:
    """Return whether any expense or payment is recorded in the event, deleted ones included."""
    return bool(session.scalar(select(exists().where(ExpenseRow.event_id == event_id))))
