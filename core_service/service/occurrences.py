"""Recording the occurrences of recurring expenses, each exactly once: when they are made, changed, and when due."""

import dataclasses
import datetime as dt
from itertools import islice
from typing import Any, cast
from zoneinfo import ZoneInfo

import orjson
from uuid_utils.compat import uuid7

from common.contracts.expenses import ExpenseContent, UndatedExpense
from common.errors import FieldError, Invalid
from common.rpc import wire
from common.rpc.context import Context
from core_service.domain import recurrence_text
from core_service.domain.recurrence import Recurrence
from core_service.models import RecurringExpenseRow
from core_service.queries import members, recurring_expenses
from core_service.service import expense_content, expenses
from core_service.service.expenses import Occurrence
from core_service.service.operations import Entered


def recurrence_of(row: RecurringExpenseRow) -> Recurrence:
    """Return when a recurring expense comes."""
    return Recurrence(recurrence_text.read(row.rule), row.starts_on, row.ends_on)


def today(row: RecurringExpenseRow, now: int) -> dt.date:
    """Return the date where the recurring expense was made."""
    return dt.datetime.fromtimestamp(now, ZoneInfo(row.timezone)).date()


def check(entered: Entered, context: Context, row: RecurringExpenseRow) -> None:
    """Raise Invalid when the event would not take the next occurrence; what is wrong is named below `expense`."""
    if row.due_on is None:
        return
    attendances = members.attendances(entered.session, row.event_id)
    try:
        expense_content.new(entered, context, _content(row, row.due_on), attendances)
    except Invalid as error:
        named = [FieldError(f"expense.{field.field}", field.message) for field in error.fields]
        raise Invalid(error.detail, named) from None


def record_due(entered: Entered, context: Context, row: RecurringExpenseRow, limit: int) -> int:
    """Record up to `limit` occurrences that are due, whoever enters; return how many dates were dealt with.

    The event must be locked since before `row` was read: then nobody else records the same ones meanwhile. Raises
    Invalid when the event does not take one any more.
    """
    if row.due_on is None:
        return 0
    recurrence = recurrence_of(row)
    due = list(islice(recurrence.between(row.due_on, today(row, entered.now)), limit))
    if not due:
        return 0
    recorded = recurring_expenses.recorded_among(entered.session, row.id, due)
    for on in due:
        if on not in recorded:
            expenses.record(entered, context, uuid7(), _content(row, on), Occurrence(row.id, on))
    row.due_on = recurrence.after(due[-1])
    entered.session.flush()
    return len(due)


def content_document(content: UndatedExpense) -> dict[str, Any]:
    """Return what occurrences are made of, as it stands in the database."""
    document = wire.dump_command(content) | {"split": content.split.to_document()}
    return cast("dict[str, Any]", orjson.loads(wire.dump(document)))


def _content(row: RecurringExpenseRow, on: dt.date) -> ExpenseContent:
    content = wire.load_command(UndatedExpense, row.expense)
    values = {field.name: getattr(content, field.name) for field in dataclasses.fields(content)}
    return ExpenseContent(**values, date=on)
