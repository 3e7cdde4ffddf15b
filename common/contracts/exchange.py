"""Export and import of an event's expenses as files, and jobs that take longer than a request."""

import re
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Annotated, Any, Literal
from uuid import UUID

from marshmallow import ValidationError, fields

from common.contracts.events import EventOf
from common.contracts.expenses import Kind
from common.contracts.types import Id

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_ROWS = 25_000
SURROGATES = re.compile("[\ud800-\udfff]")

FileFormat = Literal["json", "csv"]
Source = Literal["quits_json", "quits_csv", "splitwise_csv"]
JobState = Literal["waiting", "running", "done", "failed"]


class FileText(fields.Field[str]):
    """The text of a file, up to 20 MiB: what is in it, row by row, is looked at later."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or not value.strip("\ufeff \t\r\n"):
            raise ValidationError("Must be a file with something in it.")
        if "\0" in value or SURROGATES.search(value):
            raise ValidationError("Must not contain NUL or lone surrogate characters.")
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportEvent(EventOf):
    """Asks for an event as a file: JSON is complete, CSV is for spreadsheets."""

    format: FileFormat = "json"


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file: its name, its media type and its text."""

    name: str
    media_type: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportFile(EventOf):
    """Expenses to add from a file; with `dry_run` nothing is added, the answer says what would be."""

    file: Annotated[str, partial(FileText)]
    format: FileFormat
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row that cannot be imported: its number (a line of a CSV, the position in JSON, from 1), and why."""

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class NamedAmount:
    """A person of the file by name, and what they paid or bear, in minor units."""

    name: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedExpense:
    """An expense as it is (or would be) imported; `shares` are in minor units of the event's currency."""

    row: int
    kind: Kind
    date: date
    description: str
    category: str | None
    amount: int
    currency: str
    event_amount: int
    payers: tuple[NamedAmount, ...]
    shares: tuple[NamedAmount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did, or with `dry_run` would do.

    `good` of the `rows` become expenses, `known` ones are in the event already, `broken` ones cannot be imported;
    `expenses` shows the first good ones.
    """

    source: Source
    dry_run: bool
    rows: int
    good: int
    known: int
    broken_count: int
    broken: tuple[BrokenRow, ...]
    new_members: tuple[str, ...]
    expenses: tuple[ImportedExpense, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Work that goes on after the answer: `done` of `total` rows; `report` once it is done, `reason` if it failed."""

    id: UUID
    event_id: UUID
    kind: str
    state: JobState
    done: int
    total: int
    report: ImportReport | None
    reason: str | None
    created_at: int
    updated_at: int


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """Either the report of an import, or the job that does it."""

    report: ImportReport | None
    job: Job | None


@dataclass(frozen=True, slots=True)
class JobOf:
    """Names a job."""

    job_id: Id
