"""Reading and writing balances and debts: sums that are changed with every write and equal a recomputation."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import cast

from sqlalchemy import Row, delete, func, insert, select, tuple_
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from common.contracts.expenses import Kind
from core_service.domain.ledger import BalanceChange, Pair
from core_service.models import BalanceRow, DebtRow, ExpenseRow, LedgerLineRow, MemberRow

SUMS = ("paid", "share", "sent", "received", "leftovers")
_CHANGE_BALANCES = (
    "UPDATE balances SET paid = balances.paid + added.paid, share = balances.share + added.share, "
    "sent = balances.sent + added.sent, received = balances.received + added.received, "
    "leftovers = balances.leftovers + added.leftovers "
    "FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) "
    "AS added (member_id, paid, share, sent, received, leftovers) WHERE balances.member_id = added.member_id"
)
LineRow = Row[uuid.UUID, date, str, Kind, int, int]


def change_balances(session: Session, changes: Mapping[uuid.UUID, BalanceChange]) -> None:
    """Add `changes` to the members' sums, in one statement."""
    if not changes:
        return
    ordered = changes.items()
    sums = [[getattr(change, name) for _, change in ordered] for name in SUMS]
    member_ids = [str(member_id) for member_id, _ in ordered]
    session.connection().exec_driver_sql(_CHANGE_BALANCES, (member_ids, *sums))


def standing(row: BalanceRow) -> int:
    """Return a member's balance: positive is owed to the member."""
    return row.paid - row.share + row.sent - row.received


def list_balances(session: Session, event_id: uuid.UUID) -> list[tuple[MemberRow, BalanceRow]]:
    """Return the event's members with their balances, by name; former members only if they stand somewhere."""
    statement = (
        select(MemberRow, BalanceRow)
        .join(BalanceRow, BalanceRow.member_id == MemberRow.id)
        .where(MemberRow.event_id == event_id)
        .where(MemberRow.deleted_at.is_(None) | (BalanceRow.paid != 0) | (BalanceRow.share != 0))
        .order_by(MemberRow.name_key, MemberRow.id)
    )
    return [(member, balance) for member, balance in session.execute(statement)]


def change_debts(session: Session, event_id: uuid.UUID, changes: Mapping[Pair, int]) -> None:
    """Add `changes` to what pairs of members owe each other."""
    if not changes:
        return
    rows = [
        {"event_id": event_id, "low_member_id": low, "high_member_id": high, "amount": amount}
        for (low, high), amount in sorted(changes.items(), key=lambda item: (item[0][0].int, item[0][1].int))
    ]
    statement = postgresql.insert(DebtRow)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[DebtRow.event_id, DebtRow.low_member_id, DebtRow.high_member_id],
            set_={"amount": DebtRow.amount + statement.excluded.amount},
        ),
        rows,
    )


def replace_debts(session: Session, event_id: uuid.UUID, debts: Mapping[Pair, int]) -> None:
    """Put `debts` in the place of all that was kept for the event."""
    session.execute(delete(DebtRow).where(DebtRow.event_id == event_id))
    if debts:
        session.execute(
            insert(DebtRow),
            [
                {"event_id": event_id, "low_member_id": low, "high_member_id": high, "amount": amount}
                for (low, high), amount in debts.items()
            ],
        )


def list_debts(session: Session, event_id: uuid.UUID) -> dict[Pair, int]:
    """Return what each pair's lower id owes the higher one, set off, pairs that are quits left out."""
    statement = select(DebtRow.low_member_id, DebtRow.high_member_id, DebtRow.amount).where(
        DebtRow.event_id == event_id, DebtRow.amount != 0
    )
    return {(low, high): amount for low, high, amount in session.execute(statement)}


def list_lines(
    session: Session, event_id: uuid.UUID, member_id: uuid.UUID, after: tuple[date, uuid.UUID] | None, limit: int
) -> Sequence[LineRow]:
    """Return the lines behind a member's balance, newest first."""
    statement = (
        select(
            ExpenseRow.id,
            ExpenseRow.date,
            ExpenseRow.description,
            ExpenseRow.kind,
            func.coalesce(LedgerLineRow.paid, 0),
            func.coalesce(LedgerLineRow.share, 0),
        )
        .join(LedgerLineRow, LedgerLineRow.expense_id == ExpenseRow.id)
        .where(LedgerLineRow.member_id == member_id, ExpenseRow.event_id == event_id, ExpenseRow.deleted_at.is_(None))
        .order_by(ExpenseRow.date.desc(), ExpenseRow.id.desc())
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(tuple_(ExpenseRow.date, ExpenseRow.id) < after)
    return cast("Sequence[LineRow]", session.execute(statement).all())
