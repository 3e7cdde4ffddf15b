"""Expenses as rows, as their contract shows them, and as messages tell of them."""

from collections.abc import Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from common.contracts.expenses import Author, Expense, Payer, Share
from common.messages import ExpenseLine, ExpenseState
from core_service.domain.ledger import Line
from core_service.domain.membership import Attendance
from core_service.models import ExpenseRow
from core_service.service.operations import GUEST, Entered

State = TypeVar("State", bound=ExpenseState)


def view(row: ExpenseRow, lines: Sequence[Line], author: str | None) -> Expense:
    """Return an expense as its contract shows it."""
    return Expense(
        id=row.id,
        event_id=row.event_id,
        kind=row.kind,  # type: ignore[arg-type]
        description=row.description,
        category=row.category,
        note=row.note,
        amount=row.amount,
        currency=row.currency,
        rate=row.rate,
        event_amount=row.event_amount,
        date=row.date,
        payers=tuple(Payer(payer["member_id"], payer["amount"]) for payer in row.payers),
        split=row.split,
        shares=tuple(Share(line.member_id, abs(line.share)) for line in lines if line.share is not None),
        created_by=Author(row.created_by_member, author or GUEST),
        created_at=row.created_at,
        updated_at=row.updated_at,
        version=row.version,
        deleted_at=row.deleted_at,
        recurring_expense_id=row.recurring_expense_id,
    )


def message(
    kind: type[State],
    entered: Entered,
    row: ExpenseRow,
    lines: Sequence[Line],
    members: Mapping[UUID, Attendance],
) -> State:
    """Return what happened to an expense as a message with its whole state."""
    event = entered.event
    users = {member.member_id: member.user_id for member in members.values()}
    return kind(
        subject_id=row.id,
        version=row.revision,
        occurred_at=entered.now,
        event_id=event.id,
        event_name=event.name,
        event_currency=event.currency,
        kind=row.kind,
        description=row.description,
        category=row.category or "",
        amount=row.amount,
        currency=row.currency,
        event_amount=row.event_amount,
        date=row.date,
        lines=tuple(
            ExpenseLine(line.member_id, users.get(line.member_id), line.paid or 0, line.share or 0) for line in lines
        ),
    )
