"""Reading and writing expenses and their ledger lines."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypeVarTuple, cast

from sqlalchemy import (
    ARRAY,
    Select,
    Uuid,
    any_,
    delete,
    exists,
    insert,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from common.contracts.expenses import Kind, ListExpenses
from common.database import table_of
from core_service.domain.ledger import Line
from core_service.domain.search import search_key
from core_service.models import ExpenseRow, LedgerLineRow, MemberRow

SORTS = {"date": ExpenseRow.date, "created_at": ExpenseRow.created_at}
UUIDS = ARRAY(Uuid)

_INSERT = insert(table_of(ExpenseRow))
_INSERT_LINES = (
    "INSERT INTO ledger_lines (event_id, expense_id, member_id, position, paid, share, leftover) SELECT %s, line.* "
    "FROM unnest(%s::uuid[], %s::uuid[], %s::smallint[], %s::bigint[], %s::bigint[], %s::smallint[]) AS line"
)
# Changing a row in its place spares PostgreSQL the foreign keys, and most of the indexes.
_PUT_LINES = (
    f"{_INSERT_LINES} ON CONFLICT (expense_id, member_id) DO UPDATE SET "
    "position = excluded.position, paid = excluded.paid, share = excluded.share, leftover = excluded.leftover"
)
_DROP_LINES = (
    "DELETE FROM ledger_lines USING unnest(%s::uuid[], %s::uuid[]) AS gone (expense_id, member_id) "
    "WHERE ledger_lines.expense_id = gone.expense_id AND ledger_lines.member_id = gone.member_id"
)
_RAISE_REVISIONS = "UPDATE expenses SET revision = revision + 1 WHERE id = ANY(%s::uuid[])"
_SELECT = select(ExpenseRow, MemberRow.name).outerjoin(MemberRow, MemberRow.id == ExpenseRow.created_by_member)
_LINES = select(
    LedgerLineRow.expense_id,
    LedgerLineRow.member_id,
    LedgerLineRow.paid,
    LedgerLineRow.share,
    LedgerLineRow.leftover,
).order_by(LedgerLineRow.expense_id, LedgerLineRow.position)

Columns = TypeVarTuple("Columns")
Found = tuple[ExpenseRow, str | None]


def insert_expense(session: Session, values: Mapping[str, Any]) -> None:
    """Insert an expense; its lines follow in the same transaction."""
    session.execute(_INSERT, values)


def update_expense(session: Session, expense_id: uuid.UUID, values: Mapping[str, Any]) -> None:
    """Change columns of an expense."""
    session.execute(update(ExpenseRow).where(ExpenseRow.id == expense_id).values(**values))


def find_expense(session: Session, event_id: uuid.UUID, expense_id: uuid.UUID) -> Found | None:
    """Return an expense of the event with its author's name, deleted ones included."""
    row = session.execute(_SELECT.where(ExpenseRow.id == expense_id, ExpenseRow.event_id == event_id)).first()
    return None if row is None else (row[0], row[1])


def find_event_of(session: Session, expense_id: uuid.UUID) -> uuid.UUID | None:
    """Return the event that an expense belongs to."""
    return session.scalar(select(ExpenseRow.event_id).where(ExpenseRow.id == expense_id))


def insert_lines(session: Session, event_id: uuid.UUID, lines_of: Mapping[uuid.UUID, Sequence[Line]]) -> None:
    """Insert the ledger lines of some expenses, in one statement."""
    _write_lines(session, _INSERT_LINES, event_id, lines_of)


def replace_lines(
    session: Session,
    event_id: uuid.UUID,
    before: Mapping[uuid.UUID, Sequence[Line]],
    after: Mapping[uuid.UUID, Sequence[Line]],
) -> None:
    """Put the lines of some expenses in the place of those they had, in one or two statements for all of them."""
    gone = [
        (str(expense_id), str(member_id))
        for expense_id, lines in after.items()
        for member_id in {line.member_id for line in before[expense_id]} - {line.member_id for line in lines}
    ]
    if gone:
        session.connection().exec_driver_sql(_DROP_LINES, tuple(map(list, zip(*gone, strict=True))))
    _write_lines(session, _PUT_LINES, event_id, after)


def _write_lines(
    session: Session, statement: str, event_id: uuid.UUID, lines_of: Mapping[uuid.UUID, Sequence[Line]]
) -> None:
    rows = [
        (str(expense_id), str(line.member_id), position, line.paid, line.share, line.leftover)
        for expense_id, lines in lines_of.items()
        for position, line in enumerate(lines)
    ]
    columns = map(list, zip(*rows, strict=True))
    session.connection().exec_driver_sql(statement, (str(event_id), *columns))


def delete_lines(session: Session, expense_ids: Sequence[uuid.UUID]) -> None:
    """Delete the ledger lines of some expenses; new ones follow in the same transaction."""
    session.execute(delete(LedgerLineRow).where(LedgerLineRow.expense_id == any_(literal(list(expense_ids), UUIDS))))


def lines_of(session: Session, expense_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Line]]:
    """Return the ledger lines of some expenses, participants in their order."""
    found: dict[uuid.UUID, list[Line]] = {expense_id: [] for expense_id in expense_ids}
    statement = _LINES.where(LedgerLineRow.expense_id == any_(literal(list(expense_ids), UUIDS)))
    for expense_id, member_id, paid, share, leftover in session.execute(statement):
        found[expense_id].append(Line(member_id, paid, share, leftover))
    return found


def raise_revisions(session: Session, expense_ids: Sequence[uuid.UUID]) -> None:
    """Count that the shares of some expenses were computed anew."""
    session.connection().exec_driver_sql(_RAISE_REVISIONS, ([str(expense_id) for expense_id in expense_ids],))


def list_everyone(session: Session, event_id: uuid.UUID) -> list[ExpenseRow]:
    """Return the event's expenses that are for "everyone", in the order they were recorded, deleted ones included."""
    statement = select(ExpenseRow).where(ExpenseRow.event_id == event_id, ExpenseRow.is_everyone)
    return list(session.scalars(statement.order_by(ExpenseRow.created_at, ExpenseRow.id)))


def list_live(session: Session, event_id: uuid.UUID, *, until: date | None = None) -> list[tuple[uuid.UUID, Kind]]:
    """Return id and kind of the event's expenses that count, those dated after `until` left out."""
    statement = select(ExpenseRow.id, ExpenseRow.kind).where(
        ExpenseRow.event_id == event_id, ExpenseRow.deleted_at.is_(None)
    )
    if until is not None:
        statement = statement.where(ExpenseRow.date <= until)
    return [(expense_id, cast("Kind", kind)) for expense_id, kind in session.execute(statement)]


def place_of(sort: str, value: Any) -> date | int:
    """Return the first value of a cursor in the type of the column that `sort` orders by."""
    return date.fromisoformat(value) if sort.removeprefix("-") == "date" else int(value)


def list_expenses(session: Session, query: ListExpenses, after: tuple[Any, uuid.UUID] | None) -> list[Found]:
    """Return the page of expenses that starts behind `after`, plus one row when there are more."""
    column = SORTS[query.sort.removeprefix("-")]
    is_descending = query.sort.startswith("-")
    keys = (column, ExpenseRow.id)
    order = [key.desc() if is_descending else key.asc() for key in keys]
    statement = _filtered(_SELECT, query).order_by(*order).limit(query.limit + 1)
    if after is not None:
        place = tuple_(*keys)
        statement = statement.where(place < after if is_descending else place > after)
    return [(row[0], row[1]) for row in session.execute(statement)]


def _filtered(statement: Select[*Columns], query: ListExpenses) -> Select[*Columns]:
    conditions = [ExpenseRow.event_id == query.event_id, ExpenseRow.deleted_at.is_(None)]
    if query.kind is not None:
        conditions.append(ExpenseRow.kind == query.kind)
    if query.category is not None:
        conditions.append(ExpenseRow.category == query.category)
    if query.description is not None:
        conditions.append(_contains(ExpenseRow.search_key, query.description))
    if query.q is not None:
        conditions.append(or_(_contains(ExpenseRow.search_key, query.q), _involves(query.event_id, query.q)))
    if query.member is not None:
        conditions.append(_involves(query.event_id, query.member))
    if query.min_date is not None:
        conditions.append(ExpenseRow.date >= query.min_date)
    if query.max_date is not None:
        conditions.append(ExpenseRow.date <= query.max_date)
    if query.min_amount is not None:
        conditions.append(ExpenseRow.event_amount >= query.min_amount)
    if query.max_amount is not None:
        conditions.append(ExpenseRow.event_amount <= query.max_amount)
    return statement.where(*conditions)


def _contains(column: Any, wanted: str) -> Any:
    return column.contains(search_key(wanted), autoescape=True)


def _involves(event_id: uuid.UUID, wanted: str) -> Any:
    """Match expenses with a payer or participant whose name contains `wanted`, or whose id it is."""
    named = or_(_contains(MemberRow.search_key, wanted), MemberRow.id == _uuid_or_nil(wanted))
    members = select(MemberRow.id).where(MemberRow.event_id == event_id, named)
    return exists().where(LedgerLineRow.expense_id == ExpenseRow.id, LedgerLineRow.member_id.in_(members))


def _uuid_or_nil(wanted: str) -> uuid.UUID:
    try:
        return uuid.UUID(wanted)
    except ValueError:
        return uuid.UUID(int=0)
