"""What an import does with some rows of a file, and what it tells of them."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from common.contracts.exchange import MAX_ROWS, BrokenRow, FileFormat, ImportedExpense, ImportReport, NamedAmount
from common.contracts.expenses import Kind
from common.errors import Invalid
from common.rpc.context import Context
from core_service.domain import importing, spreadsheets
from core_service.domain.importing import Row, Sheet, Unchecked
from core_service.service import import_rows
from core_service.service.import_rows import People, Prepared
from core_service.service.operations import Entered

MAX_SHOWN = 100
MAX_BROKEN_SHOWN = 1_000

Good = list[tuple[Row, Prepared]]


def read(file: str, file_format: FileFormat, currency: str) -> Unchecked:
    """Return what is in a file, for an event in `currency`; raises Invalid when it cannot be read at all."""
    unchecked = importing.read_json(file) if file_format == "json" else spreadsheets.read(file, currency)
    if unchecked.count > MAX_ROWS:
        raise importing.refused(f"Has more than {MAX_ROWS:,} rows. Import it in parts.")
    return unchecked


@dataclass(frozen=True, slots=True)
class Step:
    """What became of some rows: those that are good, how many are known already, and those that are broken."""

    good: Good
    known: int
    broken: Sequence[BrokenRow]


def prepare(entered: Entered, context: Context, people: People, rows: Sequence[Row]) -> Step:
    """Return what becomes of some rows; nothing is written."""
    good: Good = []
    broken: list[BrokenRow] = []
    unknown = import_rows.unknown_rows(entered, rows)
    for row in unknown:
        try:
            good.append((row, import_rows.prepared(entered, context, people, row.expense)))
        except Invalid as error:
            broken.append(BrokenRow(row.number, importing.reason_of(error)))
    return Step(good, len(rows) - len(unknown), broken)


def apply(entered: Entered, context: Context, sheet: Sheet, rows: Sequence[Row]) -> ImportReport:
    """Import some rows, with the people and categories that they need; return what became of them."""
    people = import_rows.people_of(entered, sheet)
    import_rows.add_people(entered, people)
    import_rows.add_categories(entered, sheet.categories)
    step = prepare(entered, context, people, rows)
    import_rows.save(entered, people, step.good)
    return report(sheet, people, step, len(rows), is_dry=False)


def preview(entered: Entered, context: Context, sheet: Sheet) -> ImportReport:
    """Return what importing a whole file would do."""
    people = import_rows.people_of(entered, sheet)
    step = prepare(entered, context, people, sheet.rows)
    return whole(sheet, report(sheet, people, step, len(sheet.rows), is_dry=True))


def report(sheet: Sheet, people: People, step: Step, count: int, *, is_dry: bool) -> ImportReport:
    """Return what became of some rows."""
    names = {people.ids[person.id]: person.name for person in sheet.people}
    return ImportReport(
        source=sheet.source,
        dry_run=is_dry,
        rows=count,
        good=len(step.good),
        known=step.known,
        broken_count=len(step.broken),
        broken=tuple(step.broken[:MAX_BROKEN_SHOWN]),
        new_members=tuple(person.name for _, person in people.new),
        expenses=tuple(_shown(row, each, names) for row, each in step.good[:MAX_SHOWN]),
    )


def whole(sheet: Sheet, told: ImportReport) -> ImportReport:
    """Return a report on a file with those rows that could not even be read."""
    broken = sorted([*told.broken, *sheet.broken], key=lambda each: each.row)
    return dataclasses.replace(
        told,
        rows=told.rows + len(sheet.broken),
        broken_count=told.broken_count + len(sheet.broken),
        broken=tuple(broken[:MAX_BROKEN_SHOWN]),
    )


def together(first: ImportReport, second: ImportReport) -> ImportReport:
    """Return the report on two parts of a file."""
    return dataclasses.replace(
        first,
        rows=first.rows + second.rows,
        good=first.good + second.good,
        known=first.known + second.known,
        broken_count=first.broken_count + second.broken_count,
        broken=(first.broken + second.broken)[:MAX_BROKEN_SHOWN],
        new_members=first.new_members + second.new_members,
        expenses=(first.expenses + second.expenses)[:MAX_SHOWN],
    )


def _shown(row: Row, found: Prepared, names: Mapping[UUID, str]) -> ImportedExpense:
    columns, lines = found
    return ImportedExpense(
        row=row.number,
        kind=cast("Kind", columns["kind"]),
        date=columns["date"],
        description=columns["description"],
        category=columns["category"],
        amount=columns["amount"],
        currency=columns["currency"],
        event_amount=columns["event_amount"],
        payers=tuple(NamedAmount(names[UUID(each["member_id"])], each["amount"]) for each in columns["payers"]),
        shares=tuple(NamedAmount(names[line.member_id], abs(line.share)) for line in lines if line.share is not None),
    )
