"""Expenses that come again, as commands and results."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from marshmallow import fields

from common.contracts.events import EventOf
from common.contracts.expenses import Author, UndatedExpense
from common.contracts.types import UNSET, Cursor, Day, Id, PageSize, Text, Unset, Version
from common.errors import FieldError
from common.rpc.wire import schema_of

RecurrenceRule = Annotated[str, partial(Text, minimum=1, maximum=500, trim=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddRecurringExpense(EventOf):
    """An expense that comes again by an RFC 5545 rule, from `starts_on` until `ends_on` or for good.

    A day that a month lacks is its last one: the 31st becomes the 30th, and the 31st again.
    """

    id: Id
    rule: RecurrenceRule
    starts_on: Day
    ends_on: Day | None = None
    expense: UndatedExpense

    def problems(self) -> Iterator[FieldError]:
        """Yield what is wrong between the fields."""
        yield from _expense_problems(self.expense)
        if self.ends_on is not None and self.ends_on < self.starts_on:
            yield FieldError("ends_on", "Must not be before starts_on.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecurringExpenseOf(EventOf):
    """Names a recurring expense of an event."""

    recurring_expense_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class EditRecurringExpense(RecurringExpenseOf):
    """Changes to a recurring expense, for what has not been recorded yet; `expense` is replaced as a whole."""

    if_version: Version | None = None
    rule: RecurrenceRule | Unset = UNSET
    starts_on: Day | Unset = UNSET
    ends_on: Day | Unset | None = UNSET
    expense: UndatedExpense | Unset = UNSET

    def problems(self) -> Iterator[FieldError]:
        """Yield what is wrong between the fields."""
        if self.expense is not UNSET:
            yield from _expense_problems(self.expense)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteRecurringExpense(RecurringExpenseOf):
    """Ends a recurring expense; what it recorded stays."""

    if_version: Version | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRecurringExpenses(EventOf):
    """Asks for an event's recurring expenses, in the order they were made."""

    limit: PageSize = 50
    cursor: Cursor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecurringExpense:
    """An expense that comes again; `next_on` is its next occurrence, null when there is none any more."""

    id: UUID
    event_id: UUID
    rule: str
    starts_on: date
    ends_on: date | None
    expense: Annotated[dict[str, Any], partial(fields.Nested, lambda: schema_of(UndatedExpense))]
    next_on: date | None
    created_by: Author
    created_at: int
    updated_at: int
    version: int
    deleted_at: int | None


@dataclass(frozen=True, slots=True)
class RecurringExpensePage:
    """One page of recurring expenses."""

    items: tuple[RecurringExpense, ...]
    next_cursor: str | None


def _expense_problems(expense: UndatedExpense) -> Iterator[FieldError]:
    for problem in expense.problems():
        yield FieldError(f"expense.{problem.field}", problem.message)
