"""Reading what a user and others owe each other over all events."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, Uuid, any_, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from core_service.models import BalanceRow, DebtRow, EventRow, ExpenseRow, MemberRow

UUIDS = ARRAY(Uuid)
_STANDING = BalanceRow.paid - BalanceRow.share + BalanceRow.sent - BalanceRow.received
_OF_USER = (
    select(EventRow, MemberRow)
    .join(MemberRow, MemberRow.event_id == EventRow.id)
    .where(MemberRow.deleted_at.is_(None), EventRow.deleted_at.is_(None))
    .order_by(EventRow.created_at, EventRow.id)
)


def list_places(session: Session, user_id: uuid.UUID) -> list[tuple[EventRow, MemberRow]]:
    """Return a user's events, hidden ones included, oldest first, each with the member that the user is."""
    return [(event, member) for event, member in session.execute(_OF_USER.where(MemberRow.user_id == user_id))]


def find_between(session: Session, key: str) -> EventRow | None:
    """Return the hidden event with this key and lock it."""
    statement = select(EventRow).where(EventRow.between == key).with_for_update(key_share=True)
    return session.scalars(statement).first()


def insert_between(session: Session, values: Mapping[str, Any]) -> bool:
    """Insert a hidden event; False when somebody else did so in the meantime."""
    statement = insert(EventRow).values(**values).on_conflict_do_nothing(index_elements=[EventRow.between])
    return session.execute(statement.returning(EventRow.id)).first() is not None


def lock_common_events(session: Session, user_id: uuid.UUID, other_id: uuid.UUID, currency: str) -> list[uuid.UUID]:
    """Lock the events in a currency that two users are both in, in the order of their ids; return those ids."""
    mine, theirs = aliased(MemberRow), aliased(MemberRow)
    statement = (
        select(EventRow.id)
        .join(mine, mine.event_id == EventRow.id)
        .join(theirs, theirs.event_id == EventRow.id)
        .where(mine.user_id == user_id, mine.deleted_at.is_(None))
        .where(theirs.user_id == other_id, theirs.deleted_at.is_(None))
        .where(EventRow.currency == currency, EventRow.deleted_at.is_(None))
        .order_by(EventRow.id)
    )
    return list(session.scalars(statement.with_for_update(of=EventRow, key_share=True)))


def standings(session: Session, event_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[uuid.UUID, int]]:
    """Return by event the balances that are not zero, by member, in the order in which balances are listed."""
    statement = (
        select(BalanceRow.event_id, BalanceRow.member_id, _STANDING)
        .join(MemberRow, MemberRow.id == BalanceRow.member_id)
        .where(BalanceRow.event_id == any_(literal(list(event_ids), UUIDS)), _STANDING != 0)
        .order_by(MemberRow.name_key, MemberRow.id)
    )
    found: dict[uuid.UUID, dict[uuid.UUID, int]] = {}
    for event_id, member_id, amount in session.execute(statement):
        found.setdefault(event_id, {})[member_id] = amount
    return found


def debts(session: Session, event_ids: Collection[uuid.UUID]) -> Sequence[tuple[uuid.UUID, uuid.UUID, uuid.UUID, int]]:
    """Return event, lower and higher member of the debts that these events keep, and what the lower one owes."""
    statement = select(DebtRow.event_id, DebtRow.low_member_id, DebtRow.high_member_id, DebtRow.amount).where(
        DebtRow.event_id == any_(literal(list(event_ids), UUIDS)), DebtRow.amount != 0
    )
    return [(event_id, low, high, amount) for event_id, low, high, amount in session.execute(statement)]


def members(session: Session, member_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, MemberRow]:
    """Return members by id."""
    statement = select(MemberRow).where(MemberRow.id == any_(literal(list(member_ids), UUIDS)))
    return {row.id: row for row in session.scalars(statement)}


def known_users(session: Session, user_ids: Collection[uuid.UUID], event_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return those users whom people in these events know as such: not those who were only named by an address."""
    statement = (
        select(MemberRow.user_id)
        .join(EventRow, EventRow.id == MemberRow.event_id)
        .where(EventRow.id == any_(literal(list(event_ids), UUIDS)))
        .where(MemberRow.user_id == any_(literal(list(user_ids), UUIDS)))
        .where(EventRow.between.is_(None) | MemberRow.email.is_(None))
    )
    return {user_id for user_id in session.scalars(statement) if user_id is not None}


def list_events_of_expenses(session: Session, expense_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Return the event of each of these expenses that exists."""
    statement = select(ExpenseRow.id, ExpenseRow.event_id).where(
        ExpenseRow.id == any_(literal(list(expense_ids), UUIDS))
    )
    return {row.id: row.event_id for row in session.execute(statement)}
