"""Operations on expenses and payments: load, authorise, decide, save, announce, in one transaction."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from common import errors, outbox
from common.contracts.expenses import (
    DeleteExpense,
    EditExpense,
    Expense,
    ExpenseContent,
    ExpenseOf,
    ExpensePage,
    FindExpense,
    ListExpenses,
    Participant,
    Payer,
    RecordExpense,
    RecordPayment,
    Split,
)
from common.errors import IdTaken, Invalid, NotFound
from common.messages import ExpenseChanged, ExpenseDeleted, ExpenseRecorded, ExpenseRestored, ExpenseState
from common.rpc.context import Context
from common.rpc.interface import replayed
from core_service.domain import ledger
from core_service.domain.ledger import Line
from core_service.domain.membership import Attendance
from core_service.models import ExpenseRow
from core_service.queries import commands, expenses, members
from core_service.queries import ledger as balances
from core_service.service import debts, expense_content, expense_view
from core_service.service.expense_content import Former
from core_service.service.operations import Entered, Operations, check_undo, check_version

MONEY_COLUMNS = ("kind", "amount", "currency", "event_amount", "date", "payers", "split")


class ExpenseOperations(Operations):
    """Recording, changing, deleting, restoring and listing expenses."""

    def record_expense(self, context: Context, command: RecordExpense) -> Expense:
        """Record an expense and split it between members."""
        return self._record(context, "record_expense", command.event_id, command.id, command)

    def record_payment(self, context: Context, command: RecordPayment) -> Expense:
        """Record that one member paid another, partly or wholly settling up."""
        content = ExpenseContent(
            kind="payment",
            amount=command.amount,
            date=command.date,
            note=command.note,
            payers=(Payer(command.from_member_id, command.amount),),
            split=Split("equal", (Participant(command.to_member_id),)),
        )
        try:
            return self._record(context, "record_payment", command.event_id, command.id, content)
        except Invalid as error:
            raise Invalid(error.detail, [_as_in_payment(field) for field in error.fields]) from None

    def _record(
        self, context: Context, operation: str, event_id: UUID, expense_id: UUID, content: ExpenseContent
    ) -> Expense:
        with self._database.transaction() as session:
            if commands.is_repeat(session, context, operation, expense_id):
                return replayed(self._recorded_before(session, context, event_id, expense_id))
            return record(self._write(session, context, event_id), context, expense_id, content)

    def _recorded_before(self, session: Session, context: Context, event_id: UUID, expense_id: UUID) -> Expense:
        """Return an expense that this very command recorded, as it is now."""
        try:
            self._read(session, context, event_id)
        except NotFound:
            raise IdTaken from None
        return _view(*_found(session, event_id, expense_id))

    def edit_expense(self, context: Context, command: EditExpense) -> Expense:
        """Change an expense; its shares are computed anew."""
        return self._edit_expense(context, command)

    def _edit_expense(self, context: Context, command: EditExpense, former: Former | None = None) -> Expense:
        """Change an expense, to what it was before in case that is `former`."""
        with self._database.transaction() as session:
            if commands.is_repeat(session, context, "edit_expense", command.expense_id):
                self._read(session, context, command.event_id)
                return replayed(_view(*_found(session, command.event_id, command.expense_id)))
            entered = self._write(session, context, command.event_id)
            row, author, lines = _found(session, command.event_id, command.expense_id)
            if row.deleted_at is not None:
                raise NotFound
            check_version(command.if_version, row.version)
            before = expense_view.view(row, lines, author)
            attendances = members.attendances(session, command.event_id)
            # The cents that the expense itself left over do not count in its own edit.
            ledger.bear(attendances, lines, sign=-1)
            values, new_lines = expense_content.edited(entered, context, command, row, attendances, former)
            if all(getattr(row, name) == values[name] for name in MONEY_COLUMNS):
                # Who only mends a word must not move a cent that fell differently back then.
                new_lines = lines
            values |= {"version": row.version + 1, "revision": row.revision + 1}
            _save(entered, values, new_lines, former=(row, lines))
            session.refresh(row)
            after = expense_view.view(row, new_lines, author)
            entered.note("edited", "expense", row.id, before=before, after=after)
            _announce(entered, ExpenseChanged, row, new_lines, attendances)
            return after

    def delete_expense(self, context: Context, command: DeleteExpense) -> None:
        """Delete an expense; it can be restored."""
        with self._database.transaction() as session:
            if commands.is_repeat(session, context, "delete_expense", command.expense_id):
                self._read(session, context, command.event_id)
                return
            entered = self._write(session, context, command.event_id)
            row, author, lines = _found(session, command.event_id, command.expense_id)
            if row.deleted_at is not None:
                return
            check_version(command.if_version, row.version)
            before = expense_view.view(row, lines, author)
            _set_deleted(entered, row, entered.now)
            _count(entered, row.kind, [], lines)
            entered.note("deleted", "expense", row.id, before=before)
            _announce(entered, ExpenseDeleted, row, lines)

    def restore_expense(self, context: Context, command: ExpenseOf) -> Expense:
        """Restore a deleted expense with the shares that it had."""
        with self._database.transaction() as session:
            if commands.is_repeat(session, context, "restore_expense", command.expense_id):
                self._read(session, context, command.event_id)
                return replayed(_view(*_found(session, command.event_id, command.expense_id)))
            entered = self._write(session, context, command.event_id)
            row, author, lines = _found(session, command.event_id, command.expense_id)
            if row.deleted_at is None:
                return expense_view.view(row, lines, author)
            check_undo(row.deleted_at, entered.now)
            _set_deleted(entered, row, None)
            _count(entered, row.kind, lines, [])
            after = expense_view.view(row, lines, author)
            entered.note("restored", "expense", row.id, after=after)
            _announce(entered, ExpenseRestored, row, lines)
            return after

    def get_expense(self, context: Context, command: ExpenseOf) -> Expense:
        """Show an expense."""
        with self._database.transaction() as session:
            self._read(session, context, command.event_id)
            return _view(*_found(session, command.event_id, command.expense_id))

    def find_expense(self, context: Context, command: FindExpense) -> Expense:
        """Show an expense whose event the caller need not name."""
        with self._database.transaction() as session:
            event_id = expenses.find_event_of(session, command.expense_id)
            if event_id is None:
                raise NotFound
            self._read(session, context, event_id)
            return _view(*_found(session, event_id, command.expense_id))

    def list_expenses(self, context: Context, command: ListExpenses) -> ExpensePage:
        """List expenses by filter, page by page."""
        scope = dataclasses.replace(command, cursor=None, limit=1)
        place = self._cursors.read(scope, command.cursor)
        after = None if place is None else (expenses.place_of(command.sort, place[0]), UUID(place[1]))
        with self._database.transaction() as session:
            self._read(session, context, command.event_id)
            if command.category is not None:
                expense_content.check_category(session, command.event_id, command.category)
            rows = expenses.list_expenses(session, command, after)
            attribute = command.sort.removeprefix("-")
            page, cursor = self._cursors.page(
                scope, rows, command.limit, lambda found: [getattr(found[0], attribute), found[0].id]
            )
            lines = expenses.lines_of(session, [row.id for row, _ in page])
            return ExpensePage(tuple(expense_view.view(row, lines[row.id], name) for row, name in page), cursor)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Which occurrence of a recurring expense is recorded; PostgreSQL takes each one once."""

    recurring_expense_id: UUID
    on: date


def record(
    entered: Entered,
    context: Context,
    expense_id: UUID,
    content: ExpenseContent,
    occurrence: Occurrence | None = None,
) -> Expense:
    """Record an expense in an event that the caller may write to; raises Invalid when it breaks a rule of the event."""
    attendances = members.attendances(entered.session, entered.event.id)
    row, lines = expense_content.new(entered, context, content, attendances)
    row |= {
        "id": expense_id,
        "event_id": entered.event.id,
        "created_by_member": entered.member_id,
        "created_at": entered.now,
        "version": 1,
        "revision": 1,
    }
    if occurrence is not None:
        row |= {"recurring_expense_id": occurrence.recurring_expense_id, "occurrence_on": occurrence.on}
    _save(entered, row, lines)
    expense = ExpenseRow(**row)
    view = expense_view.view(expense, lines, entered.member_name)
    entered.note("recorded", "expense", expense_id, after=view)
    _announce(entered, ExpenseRecorded, expense, lines, attendances)
    return view


def shown(session: Session, event_id: UUID, expense_id: UUID) -> Expense:
    """Return an expense of an event as its contract shows it; raises NotFound."""
    return _view(*_found(session, event_id, expense_id))


def _as_in_payment(field: errors.FieldError) -> errors.FieldError:
    """Return what is wrong with a payment under the names that its request uses."""
    names = {"payers.0.member_id": "from_member_id", "split.participants.0.member_id": "to_member_id"}
    return errors.FieldError(names.get(field.field, field.field), field.message)


def _found(session: Session, event_id: UUID, expense_id: UUID) -> tuple[ExpenseRow, str | None, list[Line]]:
    found = expenses.find_expense(session, event_id, expense_id)
    if found is None:
        raise NotFound
    row, author = found
    return row, author, expenses.lines_of(session, [row.id])[row.id]


def _view(row: ExpenseRow, author: str | None, lines: Sequence[Line]) -> Expense:
    return expense_view.view(row, lines, author)


def _save(
    entered: Entered,
    values: dict[str, Any],
    lines: Sequence[Line],
    former: tuple[ExpenseRow, Sequence[Line]] | None = None,
) -> None:
    """Write an expense with its lines, and what it changes in balances and debts."""
    session, event = entered.session, entered.event
    removed: list[tuple[Any, Sequence[Line]]] = []
    if former is None:
        expense_id = values["id"]
        expenses.insert_expense(session, values)
    else:
        row, former_lines = former
        expense_id, removed = row.id, [(row.kind, former_lines)]
        expenses.update_expense(session, expense_id, values)
        expenses.delete_lines(session, [expense_id])
    expenses.insert_lines(session, event.id, {expense_id: lines})
    balances.change_balances(session, ledger.balance_changes([(values["kind"], lines)], removed))
    debts.change(session, event, [lines], [each for _, each in removed])


def _count(entered: Entered, kind: Any, added: Sequence[Line], removed: Sequence[Line]) -> None:
    """Let lines count in the balances, or no longer."""
    changes = ledger.balance_changes([(kind, added)], [(kind, removed)])
    balances.change_balances(entered.session, changes)
    debts.change(entered.session, entered.event, [added] if added else [], [removed] if removed else [])


def _set_deleted(entered: Entered, row: ExpenseRow, deleted_at: int | None) -> None:
    row.deleted_at = deleted_at
    row.updated_at = entered.now
    row.version += 1
    row.revision += 1
    entered.session.flush()


def _announce(
    entered: Entered,
    kind: type[ExpenseState],
    row: ExpenseRow,
    lines: Sequence[Line],
    attendances: Mapping[UUID, Attendance] | None = None,
) -> None:
    """Publish what happened to an expense, unless nobody wants to know."""
    if outbox.is_wanted_kind(kind):
        people = attendances or members.attendances(entered.session, entered.event.id)
        outbox.publish(entered.session, expense_view.message(kind, entered, row, lines, people))
