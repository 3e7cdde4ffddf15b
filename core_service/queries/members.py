"""Reading and writing members and their weights."""

import uuid
from collections.abc import Iterable
from datetime import date

from sqlalchemy import (
    ARRAY,
    Row,
    String,
    Uuid,
    any_,
    bindparam,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    tuple_,
)
from sqlalchemy.orm import Session

from core_service.domain.membership import Attendance
from core_service.models import BalanceRow, ExpenseRow, LedgerLineRow, MemberRow, MemberWeightRow, RecurringExpenseRow

FIRST_DAY = date.min
_UUID_ARRAY = ARRAY(Uuid)

_LIVE = select(MemberRow).where(MemberRow.deleted_at.is_(None))
_ATTENDANCE = (
    select(
        MemberRow.id,
        MemberRow.joined_on,
        MemberRow.left_on,
        BalanceRow.leftovers,
        MemberRow.user_id,
        MemberWeightRow.valid_from,
        MemberWeightRow.hundredths,
    )
    .join(BalanceRow, BalanceRow.member_id == MemberRow.id)
    .join(MemberWeightRow, MemberWeightRow.member_id == MemberRow.id)
    .where(MemberRow.event_id == bindparam("event_id"), MemberRow.deleted_at.is_(None))
    .order_by(MemberRow.created_at, MemberRow.id, MemberWeightRow.valid_from)
)


def find_member(session: Session, event_id: uuid.UUID, member_id: uuid.UUID) -> MemberRow | None:
    """Return a member of the event, deleted ones included."""
    return session.scalars(select(MemberRow).where(MemberRow.event_id == event_id, MemberRow.id == member_id)).first()


def find_member_of_user(session: Session, event_id: uuid.UUID, user_id: uuid.UUID) -> MemberRow | None:
    """Return the member that a user is in the event."""
    return session.scalars(_LIVE.where(MemberRow.event_id == event_id, MemberRow.user_id == user_id)).first()


def list_members(
    session: Session, event_id: uuid.UUID, *, after: tuple[str, uuid.UUID] | None = None, limit: int | None = None
) -> list[MemberRow]:
    """Return the event's members by name."""
    statement = _LIVE.where(MemberRow.event_id == event_id).order_by(MemberRow.name_key, MemberRow.id).limit(limit)
    if after is not None:
        statement = statement.where(tuple_(MemberRow.name_key, MemberRow.id) > after)
    return list(session.scalars(statement))


def list_names(session: Session, event_id: uuid.UUID) -> list[Row[uuid.UUID, str, str | None]]:
    """Return id, name and address of every member, deleted ones included: old lines name them still."""
    return list(session.execute(select(MemberRow.id, MemberRow.name, MemberRow.email).filter_by(event_id=event_id)))


def list_of_user(session: Session, user_id: uuid.UUID) -> list[MemberRow]:
    """Return every member, of whatever event, that a user is."""
    return list(session.scalars(select(MemberRow).where(MemberRow.user_id == user_id).order_by(MemberRow.event_id)))


def attendances(session: Session, event_id: uuid.UUID) -> dict[uuid.UUID, Attendance]:
    """Return when each member takes part, with which weights and left-over cents, in the order they joined."""
    weights: dict[uuid.UUID, list[tuple[date, int]]] = {}
    found: dict[uuid.UUID, Attendance] = {}
    for member_id, joined_on, left_on, leftovers, user_id, valid_from, hundredths in session.execute(
        _ATTENDANCE, {"event_id": event_id}
    ):
        holding = weights.setdefault(member_id, [])
        holding.append((valid_from, hundredths))
        found[member_id] = Attendance(member_id, joined_on, left_on, holding, leftovers, user_id)
    return found


def count_members(session: Session, event_id: uuid.UUID) -> int:
    """Return how many members the event has."""
    statement = select(func.count()).where(MemberRow.event_id == event_id, MemberRow.deleted_at.is_(None))
    return session.scalar(statement) or 0


def is_last_admin(session: Session, row: MemberRow) -> bool:
    """Return whether the member administers the event, and no other user who has not left does."""
    if row.user_id is None or row.role != "admin":
        return False
    another = exists().where(
        MemberRow.event_id == row.event_id,
        MemberRow.id != row.id,
        MemberRow.deleted_at.is_(None),
        MemberRow.left_on.is_(None),
        MemberRow.user_id.is_not(None),
        MemberRow.role == "admin",
    )
    return not session.scalar(select(another))


def is_name_taken(session: Session, event_id: uuid.UUID, name_key: str) -> bool:
    """Return whether a member of the event has this name, but for its case."""
    taken = exists().where(
        MemberRow.event_id == event_id, MemberRow.name_key == name_key, MemberRow.deleted_at.is_(None)
    )
    return bool(session.scalar(select(taken)))


def add_members(session: Session, rows: Iterable[MemberRow], weights: Iterable[int]) -> None:
    """Insert members with their weights in hundredths and a balance of zero each."""
    members = list(rows)
    session.add_all(members)
    session.flush()
    session.execute(
        insert(MemberWeightRow),
        [
            {"member_id": member.id, "valid_from": FIRST_DAY, "hundredths": weight}
            for member, weight in zip(members, weights, strict=True)
        ],
    )
    session.execute(insert(BalanceRow), [{"member_id": each.id, "event_id": each.event_id} for each in members])


def set_weight(session: Session, member_id: uuid.UUID, hundredths: int, valid_from: date) -> None:
    """Let a weight hold for expenses dated from `valid_from` on; weights that began later are replaced by it."""
    session.execute(
        delete(MemberWeightRow).where(MemberWeightRow.member_id == member_id, MemberWeightRow.valid_from >= valid_from)
    )
    session.add(MemberWeightRow(member_id=member_id, valid_from=valid_from, hundredths=hundredths))
    session.flush()


def list_weights(session: Session, member_id: uuid.UUID) -> list[tuple[date, int]]:
    """Return a member's weights in hundredths, each with the date from which it holds."""
    statement = select(MemberWeightRow.valid_from, MemberWeightRow.hundredths).where(
        MemberWeightRow.member_id == member_id
    )
    return [(row.valid_from, row.hundredths) for row in session.execute(statement.order_by(MemberWeightRow.valid_from))]


def replace_weights(session: Session, member_id: uuid.UUID, weights: Iterable[tuple[date, int]]) -> None:
    """Let these weights, in hundredths, hold from their dates on in place of all former ones."""
    session.execute(delete(MemberWeightRow).where(MemberWeightRow.member_id == member_id))
    session.execute(
        insert(MemberWeightRow),
        [{"member_id": member_id, "valid_from": start, "hundredths": weight} for start, weight in weights],
    )


def latest_weights(session: Session, member_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Return each member's newest weight, in hundredths."""
    statement = (
        select(MemberWeightRow.member_id, MemberWeightRow.hundredths)
        .where(MemberWeightRow.member_id == any_(literal(list(member_ids), _UUID_ARRAY)))
        .order_by(MemberWeightRow.valid_from)
    )
    return dict(session.execute(statement).all())


def is_named_in_expenses(session: Session, event_id: uuid.UUID, member_id: uuid.UUID) -> bool:
    """Return whether the member is payer, listed participant or side of a payment of any expense, deleted or not.

    Expenses that are going to be recorded, because they come again by themselves, are expenses too.
    """
    named = (
        exists()
        .where(LedgerLineRow.member_id == member_id, LedgerLineRow.expense_id == ExpenseRow.id)
        .where(ExpenseRow.event_id == event_id)
        .where(LedgerLineRow.paid.is_not(None) | ~ExpenseRow.is_everyone)
    )
    to_come = exists().where(
        RecurringExpenseRow.event_id == event_id,
        RecurringExpenseRow.deleted_at.is_(None),
        cast(RecurringExpenseRow.expense, String).contains(str(member_id)),
    )
    return bool(session.scalar(select(named | to_come)))
