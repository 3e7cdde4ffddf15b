"""What an expense comes to: its columns and its ledger lines, out of what people say of it."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from common import errors
from common.contracts.expenses import EditExpense, ExpenseContent, Payer, Split
from common.contracts.types import UNSET
from common.errors import Invalid
from common.rpc.context import Context
from core_service.domain import categories, conversion, ledger, search, splitting
from core_service.domain.conversion import Amounts
from core_service.domain.ledger import Line
from core_service.domain.membership import Attendance
from core_service.models import ExpenseRow
from core_service.queries import categories as own_categories
from core_service.service.operations import Entered, today

CONTENT_FIELDS = tuple(field.name for field in dataclasses.fields(ExpenseContent))
MONEY_FIELDS = frozenset({"amount", "currency", "event_amount", "rate"})

Columns = dict[str, Any]


def new(
    entered: Entered, context: Context, content: ExpenseContent, attendances: dict[UUID, Attendance]
) -> tuple[Columns, list[Line]]:
    """Return the columns and lines of a new expense; raises Invalid when it breaks a rule of the event."""
    amounts = conversion.amounts_of(content, entered.event.currency)
    return _computed(entered, context, content, amounts, attendances)


@dataclasses.dataclass(frozen=True, slots=True)
class Former:
    """What the money of an expense came to before: the amounts, and each one's share, without sign."""

    amounts: Amounts
    shares: Mapping[UUID, int]

    def over(self, lines: Sequence[Line]) -> list[Line]:
        """Return `lines` with the left-over cents where they fell before, if the same people bear the same parts."""
        moved = [self._line(line) for line in lines]
        is_same = self.shares.keys() == {line.member_id for line in lines if line.share is not None}
        is_possible = all(abs(line.leftover) <= 1 for line in moved)
        is_whole = sum(line.share or 0 for line in moved) == sum(line.share or 0 for line in lines)
        return moved if is_same and is_possible and is_whole else list(lines)

    def _line(self, line: Line) -> Line:
        if line.share is None or line.member_id not in self.shares:
            return line
        share = self.shares[line.member_id] * (-1 if line.share < 0 else 1)
        return dataclasses.replace(line, share=share, leftover=line.leftover + share - line.share)


def edited(
    entered: Entered,
    context: Context,
    command: EditExpense,
    row: ExpenseRow,
    attendances: dict[UUID, Attendance],
    former: Former | None = None,
) -> tuple[Columns, list[Line]]:
    """Return the columns and lines of an expense after an edit; raises Invalid when it breaks a rule of a new one.

    An edit back to `former` gets its amounts, and its left-over cents where they fell.
    """
    said = {name: getattr(command, name) for name in CONTENT_FIELDS if getattr(command, name) is not UNSET}
    content = ExpenseContent(**{**_kept(row, said, entered.event.currency), **said})
    if broken := tuple(content.problems()):
        raise Invalid(fields=broken)
    if former is not None:
        columns, lines = _computed(entered, context, content, former.amounts, attendances)
        return columns, former.over(lines)
    if said.keys() & MONEY_FIELDS:
        amounts = conversion.amounts_of(content, entered.event.currency)
    else:
        # An amount that was computed from the other two is rounded: it would not give the same ones again.
        amounts = Amounts(row.amount, row.currency, row.event_amount, row.rate)
    return _computed(entered, context, content, amounts, attendances)


def _kept(row: ExpenseRow, said: Columns, event_currency: str) -> Columns:
    """Return what an edit that says `said` leaves as it is."""
    payers = tuple(Payer(UUID(payer["member_id"]), payer["amount"]) for payer in row.payers)
    kept: Columns = {
        "kind": row.kind,
        "description": row.description,
        "note": row.note,
        "category": row.category,
        "currency": row.currency,
        "amount": row.amount,
        "date": row.date,
        "payers": payers if len(payers) > 1 else (Payer(payers[0].member_id),),
        "split": Split.from_document(row.split),
    }
    if row.currency != event_currency and not {"rate", "event_amount", "currency"} & said.keys():
        kept["rate"] = row.rate
    if {"rate", "event_amount"} <= said.keys():
        del kept["amount"]
    return kept


def _computed(
    entered: Entered,
    context: Context,
    content: ExpenseContent,
    amounts: Amounts,
    attendances: dict[UUID, Attendance],
) -> tuple[Columns, list[Line]]:
    on = content.date or today(context, entered.now)
    payers = [Payer(payer.member_id, payer.amount or amounts.amount) for payer in content.payers]
    ledger.check_payers(payers, attendances)
    if content.category is not None:
        check_category(entered.session, entered.event.id, content.category)
    parts = splitting.divide(content.kind, amounts.amount, amounts.event_amount, content.split, attendances, on)
    columns = {
        "kind": content.kind,
        "description": content.description,
        "search_key": search.search_key(content.description),
        "note": content.note,
        "category": content.category or (None if content.kind == "payment" else categories.DEFAULT),
        "amount": amounts.amount,
        "currency": amounts.currency,
        "rate": amounts.rate,
        "event_amount": amounts.event_amount,
        "date": on,
        "payers": [{"member_id": str(payer.member_id), "amount": payer.amount} for payer in payers],
        "split": content.split.to_document(),
        "is_everyone": content.split.is_everyone,
        "updated_at": entered.now,
    }
    return columns, ledger.lines(content.kind, amounts.event_amount, payers, parts)


def check_category(session: Session, event_id: UUID, key: str) -> None:
    """Raise Invalid unless the event has this category."""
    if key not in categories.KEYS and not own_categories.is_own(session, event_id, key):
        raise errors.invalid("category", "Is not a category of this event.")
