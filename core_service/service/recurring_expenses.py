"""Operations on recurring expenses: what comes again by itself, from when on and until when."""

import datetime as dt
from itertools import islice
from uuid import UUID

from sqlalchemy.orm import Session

from common.contracts.expenses import Author
from common.contracts.recurring_expenses import (
    AddRecurringExpense,
    DeleteRecurringExpense,
    EditRecurringExpense,
    ListRecurringExpenses,
    RecurringExpense,
    RecurringExpenseOf,
    RecurringExpensePage,
)
from common.contracts.types import UNSET
from common.errors import IdTaken, NotFound, invalid
from common.rpc.context import Context
from common.rpc.interface import replayed
from core_service.domain import recurrence_text
from core_service.models import RecurringExpenseRow
from core_service.queries import commands, recurring_expenses
from core_service.service import occurrences
from core_service.service.operations import GUEST, Entered, Operations, check_version

# As many days as a year has: what began longer ago begins later, or comes less often.
MAX_DUE_AT_ONCE = 366
ONE_DAY = dt.timedelta(days=1)


class RecurringExpenseOperations(Operations):
    """Adding, listing, changing and ending recurring expenses."""

    def list_recurring_expenses(self, context: Context, command: ListRecurringExpenses) -> RecurringExpensePage:
        """List the expenses that come again by themselves."""
        scope = ["recurring", command.event_id]
        place = self._cursors.read(scope, command.cursor)
        after = None if place is None else (int(place[0]), UUID(place[1]))
        with self._database.transaction() as session:
            self._read(session, context, command.event_id)
            rows = recurring_expenses.list_recurring_expenses(session, command.event_id, after, command.limit + 1)
            page, cursor = self._cursors.page(
                scope, rows, command.limit, lambda found: [found[0].created_at, found[0].id]
            )
            return RecurringExpensePage(tuple(_view(row, author) for row, author in page), cursor)

    def add_recurring_expense(self, context: Context, command: AddRecurringExpense) -> RecurringExpense:
        """Let an expense come again by itself; what is due already is recorded at once."""
        recurrence_text.read(command.rule)
        with self._database.transaction() as session:
            if commands.is_repeat(session, context, "add_recurring_expense", command.id):
                return replayed(self._recurring_before(session, context, command))
            entered = self._write(session, context, command.event_id)
            row = RecurringExpenseRow(
                id=command.id,
                event_id=command.event_id,
                rule=command.rule,
                starts_on=command.starts_on,
                ends_on=command.ends_on,
                expense=occurrences.content_document(command.expense),
                timezone=context.timezone,
                created_by_member=entered.member_id,
                created_at=entered.now,
                updated_at=entered.now,
                version=1,
            )
            row.due_on = occurrences.recurrence_of(row).after(None)
            if row.due_on is None:
                raise invalid("rule", "Never comes between starts_on and the end.")
            session.add(row)
            _begin(entered, context, row)
            after = _view(row, entered.member_name)
            entered.note("added", "recurring_expense", row.id, after=after)
            return after

    def _recurring_before(self, session: Session, context: Context, command: AddRecurringExpense) -> RecurringExpense:
        try:
            self._read(session, context, command.event_id)
        except NotFound:
            raise IdTaken from None
        return _view(*_found(session, command.event_id, command.id))

    def edit_recurring_expense(self, context: Context, command: EditRecurringExpense) -> RecurringExpense:
        """Change a recurring expense; what it has recorded stays as it is."""
        if command.rule is not UNSET:
            recurrence_text.read(command.rule)
        with self._database.transaction() as session:
            if commands.is_repeat(session, context, "edit_recurring_expense", command.recurring_expense_id):
                self._read(session, context, command.event_id)
                return replayed(_view(*_found(session, command.event_id, command.recurring_expense_id)))
            entered = self._write(session, context, command.event_id)
            row, author = _found(session, command.event_id, command.recurring_expense_id)
            if row.deleted_at is not None:
                raise NotFound
            check_version(command.if_version, row.version)
            before = _view(row, author)
            _apply(entered, row, command)
            row.version += 1
            row.updated_at = entered.now
            _begin(entered, context, row)
            after = _view(row, author)
            entered.note("edited", "recurring_expense", row.id, before=before, after=after)
            return after

    def delete_recurring_expense(self, context: Context, command: DeleteRecurringExpense) -> None:
        """End a recurring expense; what it has recorded stays."""
        with self._database.transaction() as session:
            if commands.is_repeat(session, context, "delete_recurring_expense", command.recurring_expense_id):
                self._read(session, context, command.event_id)
                return
            entered = self._write(session, context, command.event_id)
            row, author = _found(session, command.event_id, command.recurring_expense_id)
            if row.deleted_at is not None:
                return
            check_version(command.if_version, row.version)
            before = _view(row, author)
            row.deleted_at = row.updated_at = entered.now
            row.due_on = None
            row.version += 1
            session.flush()
            entered.note("deleted", "recurring_expense", row.id, before=before)

    def restore_recurring_expense(self, context: Context, command: RecurringExpenseOf) -> None:
        """Let a recurring expense that was ended go on, as if it had never ended."""
        with self._database.transaction() as session:
            is_repeat = commands.is_repeat(session, context, "restore_recurring_expense", command.recurring_expense_id)
            entered = self._write(session, context, command.event_id)
            row, author = _found(session, command.event_id, command.recurring_expense_id)
            if is_repeat or row.deleted_at is None:
                return
            row.deleted_at = None
            row.due_on = occurrences.recurrence_of(row).after(recurring_expenses.last_recorded(session, row.id))
            row.updated_at = entered.now
            row.version += 1
            _begin(entered, context, row)
            entered.note("restored", "recurring_expense", row.id, after=_view(row, author))


def _apply(entered: Entered, row: RecurringExpenseRow, command: EditRecurringExpense) -> None:
    if command.expense is not UNSET:
        row.expense = occurrences.content_document(command.expense)
    if command.rule is UNSET and command.starts_on is UNSET and command.ends_on is UNSET:
        return
    if command.rule is not UNSET:
        row.rule = command.rule
    if command.starts_on is not UNSET:
        row.starts_on = command.starts_on
    if command.ends_on is not UNSET:
        row.ends_on = command.ends_on
    if row.ends_on is not None and row.ends_on < row.starts_on:
        raise invalid("ends_on", "Must not be before starts_on.")
    row.due_on = occurrences.recurrence_of(row).after(_settled_until(entered, row))


def _settled_until(entered: Entered, row: RecurringExpenseRow) -> dt.date | None:
    """Return the last day that a new rule leaves as it is: before today, and before what is overdue.

    None when nothing has been recorded: then a new rule holds from the start.
    """
    last = recurring_expenses.last_recorded(entered.session, row.id)
    if last is None:
        return None
    today = occurrences.today(row, entered.now)
    return max(last, min(row.due_on or today, today) - ONE_DAY)


def _begin(entered: Entered, context: Context, row: RecurringExpenseRow) -> None:
    """Save a recurring expense that is new or changed, and record what is due."""
    due = (
        []
        if row.due_on is None
        else occurrences.recurrence_of(row).between(row.due_on, occurrences.today(row, entered.now))
    )
    if len(list(islice(due, MAX_DUE_AT_ONCE + 1))) > MAX_DUE_AT_ONCE:
        raise invalid("starts_on", f"More than {MAX_DUE_AT_ONCE} would be recorded at once. Let it start later.")
    entered.session.flush()
    occurrences.check(entered, context, row)
    occurrences.record_due(entered, context, row, MAX_DUE_AT_ONCE)


def _found(session: Session, event_id: UUID, recurring_id: UUID) -> recurring_expenses.Found:
    found = recurring_expenses.find_recurring_expense(session, event_id, recurring_id)
    if found is None:
        raise NotFound
    return found


def _view(row: RecurringExpenseRow, author: str | None) -> RecurringExpense:
    return RecurringExpense(
        id=row.id,
        event_id=row.event_id,
        rule=row.rule,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        expense=row.expense,
        next_on=row.due_on,
        created_by=Author(row.created_by_member, author or GUEST),
        created_at=row.created_at,
        updated_at=row.updated_at,
        version=row.version,
        deleted_at=row.deleted_at,
    )
