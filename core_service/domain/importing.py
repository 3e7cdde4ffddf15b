"""Files with expenses: what rows they have, whichever of the formats they are in, and what is wrong with a row.

Members are known here by ids of the file alone: who they are in an event is decided where they are imported.
"""

import csv
import dataclasses
import hashlib
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import orjson

from common.contracts.categories import MAX_OWN_CATEGORIES, NewCategory
from common.contracts.events import MAX_MEMBERS
from common.contracts.exchange import BrokenRow, Source
from common.contracts.expenses import MAX_PARTICIPANTS, ExpenseContent
from common.contracts.types import Day, Email, Id, Name, Weight, WholeNumber
from common.errors import FieldError, Invalid
from common.rpc import wire
from common.rpc.wire import AtMost
from core_service.domain.exporting import FORMAT_VERSION

FILE = "file"


@dataclass(frozen=True, slots=True)
class FileWeight:
    """What a person counts for expenses dated from a day on; from always without one."""

    weight: Weight
    valid_from: Day | None = None


@dataclass(frozen=True, slots=True)
class FilePerson:
    """A member as a file names them."""

    id: Id
    name: Name
    email: Email | None = None
    weights: Annotated[tuple[FileWeight, ...], AtMost(1_000)] = (FileWeight("1"),)
    joined_on: Day | None = None
    left_on: Day | None = None


LeftOver = Annotated[int, lambda **options: WholeNumber(minimum=0, maximum=1, **options)]
ShareAmount = Annotated[int, lambda **options: WholeNumber(minimum=0, maximum=10**13, **options)]
Instant = Annotated[int, lambda **options: WholeNumber(minimum=0, maximum=2**40, **options)]


@dataclass(frozen=True, slots=True)
class FileShare:
    """What one member bears, in minor units of the event's currency, and the left-over unit in it."""

    member_id: Id
    amount: ShareAmount
    leftover: LeftOver = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FileExpense(ExpenseContent):
    """An expense as a file tells it; `shares`, where they are given, are what counts, whatever the split comes to."""

    id: Id | None = None
    shares: Annotated[tuple[FileShare, ...], AtMost(MAX_PARTICIPANTS)] = ()
    created_at: Instant | None = None

    def problems(self) -> Iterator[FieldError]:
        """Yield what is wrong between the fields."""
        yield from super(FileExpense, self).problems()
        if self.date is None:
            yield FieldError("date", "Missing data for required field.")
        if len({share.member_id for share in self.shares}) < len(self.shares):
            yield FieldError("shares", "Names the same member twice.")
        if self.shares and self.split.listed:
            listed = {participant.member_id for participant in self.split.listed}
            if listed != {share.member_id for share in self.shares}:
                yield FieldError("shares", "Must be of the members who take part in the split.")


@dataclass(frozen=True, slots=True)
class Row:
    """A sound row: its number, what tells it from every other one, and its expense."""

    number: int
    key: str
    expense: FileExpense


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file as it was read."""

    source: Source
    people: Sequence[FilePerson]
    categories: Sequence[NewCategory]
    rows: Sequence[Row]
    broken: Sequence[BrokenRow]


Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row before its rules are checked: the document of an expense, or why there is none."""

    number: int
    key: str
    document: Document | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A file whose rows were not looked at yet, only counted: looking at each takes most of the time."""

    source: Source
    people: Sequence[FilePerson]
    categories: Sequence[NewCategory]
    rows: Iterable[RawRow]
    count: int

    def checked(self) -> Sheet:
        """Return the file with each row checked."""
        return sheet(self.source, self.people, self.categories, self.rows)


def refused(message: str) -> Invalid:
    """Return the error that says what is wrong with the file as a whole."""
    return Invalid(fields=[FieldError(FILE, message)])


def read_json(text: str) -> Unchecked:
    """Return what is in a file of our own JSON; raises Invalid when it is none."""
    try:
        document = orjson.loads(text.removeprefix("\ufeff"))
    except orjson.JSONDecodeError as error:
        raise refused(f"Is no JSON: {error}.") from None
    if not isinstance(document, dict) or document.get("quits") != FORMAT_VERSION:
        raise refused('Is no export of Quits, which begins with {"quits": 1.')
    people = _all(FilePerson, document, "members", MAX_MEMBERS)
    categories = _all(NewCategory, document, "categories", MAX_OWN_CATEGORIES)
    expenses = document.get("expenses", [])
    if not isinstance(expenses, list):
        raise refused("Its expenses are no list.")
    return Unchecked("quits_json", people, categories, _json_rows(expenses), len(expenses))


def _all(kind: type[Any], document: Document, name: str, most: int) -> list[Any]:
    items = document.get(name, [])
    if not isinstance(items, list) or len(items) > most or not all(isinstance(item, dict) for item in items):
        raise refused(f"Its {name} are no list of at most {most:,}.")
    found = []
    for number, item in enumerate(items):
        try:
            found.append(wire.read_command(kind, _known(kind, item)))
        except Invalid as error:
            path = f"{FILE}.{name}.{number}"
            raise Invalid(fields=[FieldError(f"{path}.{each.field}", each.message) for each in error.fields]) from None
    return found


def _known(kind: type[Any], item: Document) -> dict[str, Any]:
    """Return those fields that an import takes: an export tells more, such as who recorded an expense."""
    names = {field.name for field in dataclasses.fields(kind)}
    return {name: value for name, value in item.items() if name in names}


def _json_rows(expenses: Sequence[Any]) -> Iterator[RawRow]:
    for number, item in enumerate(expenses, start=1):
        if not isinstance(item, dict):
            yield RawRow(number, "", None, "Is no JSON object.")
        elif item.get("deleted_at") is None:
            document = _known(FileExpense, item)
            named = document.get("id")
            content = {name: value for name, value in document.items() if name not in {"id", "created_at"}}
            yield RawRow(number, named if isinstance(named, str) else digest(content), document)


def digest(content: Any) -> str:
    """Return what is equal for rows with equal content."""
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def table(text: str) -> list[tuple[int, list[str]]]:
    """Return the rows of a CSV that are not empty, each with the number of its first line; raises Invalid."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    found, line = [], 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise refused(f"Is no CSV: line {line}: {error}.") from None
    return found


def sheet(
    source: Source, people: Sequence[FilePerson], categories: Sequence[NewCategory], raw: Iterable[RawRow]
) -> Sheet:
    """Return the sheet of these rows, each one checked."""
    rows: list[Row] = []
    broken: list[BrokenRow] = []
    seen: Counter[str] = Counter()
    ids = {person.id for person in people}
    for each in raw:
        if each.document is None:
            broken.append(BrokenRow(each.number, each.reason))
            continue
        try:
            expense = wire.read_command(FileExpense, each.document)
            _check_people(expense, ids)
        except Invalid as error:
            broken.append(BrokenRow(each.number, reason_of(error)))
            continue
        # The same row twice in one file is two expenses; the same file twice is not.
        seen[each.key] += 1
        rows.append(Row(each.number, f"{each.key} {seen[each.key]}", expense))
    return Sheet(source, people, categories, rows, broken)


def _check_people(expense: FileExpense, ids: set[UUID]) -> None:
    named = [payer.member_id for payer in expense.payers]
    named += [participant.member_id for participant in expense.split.listed]
    named += [share.member_id for share in expense.shares]
    if not ids.issuperset(named):
        raise Invalid(fields=[FieldError("", "Names a member who is not in the file.")])


def reason_of(error: Invalid) -> str:
    """Return in one line what is wrong with a row."""
    said = [": ".join(filter(None, (field.field, field.message))) for field in error.fields]
    return " ".join(said) or error.detail
