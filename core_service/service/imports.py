"""Importing expenses from files: small ones at once, large ones as a job that goes on after the answer."""

from typing import cast

from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from common import outbox, rebuilding
from common.contracts.exchange import ImportFile, ImportOutcome, ImportReport, Job, JobOf, JobState
from common.errors import NotFound
from common.messages import ImportRequested
from common.rpc.context import Context
from common.rpc.interface import replayed
from core_service.domain.importing import Sheet
from core_service.domain.membership import Role
from core_service.models import JobRow
from core_service.queries import commands, exchange
from core_service.service import import_steps
from core_service.service.operations import Entered, Operations

MAX_AT_ONCE = 1_000
IMPORT = "import"


class ImportOperations(Operations):
    """Reading files into events."""

    def import_file(self, context: Context, command: ImportFile) -> ImportOutcome:
        """Add the expenses of a file; what is there already is left alone."""
        with self._database.transaction() as session:
            currency = self._enter(session, context, command.event_id, Role.EDITOR).event.currency
        # It takes its time and nothing in the event, so nobody waits for it.
        unchecked = import_steps.read(command.file, command.format, currency)
        is_large = unchecked.count > MAX_AT_ONCE and not command.dry_run
        sheet = None if is_large else unchecked.checked()
        with self._database.transaction() as session:
            if sheet is None:
                return self._start(session, context, command, unchecked.count)
            if command.dry_run:
                entered = self._enter(session, context, command.event_id, Role.EDITOR)
                return ImportOutcome(import_steps.preview(entered, context, sheet), None)
            return self._import(session, context, command, sheet)

    def _import(self, session: Session, context: Context, command: ImportFile, sheet: Sheet) -> ImportOutcome:
        is_repeat = commands.is_repeat(session, context, "import_file", command.event_id)
        entered = self._write(session, context, command.event_id)
        report = import_steps.whole(sheet, import_steps.apply(entered, context, sheet, sheet.rows))
        outcome = ImportOutcome(report, None)
        return replayed(outcome) if is_repeat else outcome

    def _start(self, session: Session, context: Context, command: ImportFile, count: int) -> ImportOutcome:
        """Leave a large import to a job."""
        is_repeat = commands.is_repeat(session, context, "import_file", command.event_id)
        entered = self._write(session, context, command.event_id)
        if is_repeat and context.idempotency_key is not None:
            former = exchange.find_job(session, context.idempotency_key)
            assert former is not None, "the same file was as large before"
            return replayed(ImportOutcome(None, job_view(former)))
        return ImportOutcome(None, job_view(_requested(entered, context, command, count)))

    def get_job(self, context: Context, command: JobOf) -> Job:
        """Show how far a job is."""
        with self._database.transaction() as session:
            row = exchange.find_job(session, command.job_id)
            if row is None:
                raise NotFound
            self._read(session, context, row.event_id)
            return job_view(row)


def _requested(entered: Entered, context: Context, command: ImportFile, total: int) -> JobRow:
    row = JobRow(
        id=context.idempotency_key or uuid7(),
        event_id=entered.event.id,
        kind=IMPORT,
        state="waiting",
        done=0,
        total=total,
        request={"file": command.file, "format": command.format},
        created_by_user=entered.user_id,
        created_by_member=entered.member_id,
        created_at=entered.now,
        updated_at=entered.now,
    )
    entered.session.add(row)
    entered.session.flush()
    outbox.publish(entered.session, ImportRequested(subject_id=row.id, version=1, occurred_at=entered.now))
    return row


def job_view(row: JobRow) -> Job:
    """Return a job as its contract shows it."""
    result = row.result or {}
    report = rebuilding.reader_of(ImportReport)(result["report"]) if row.state == "done" else None
    return Job(
        id=row.id,
        event_id=row.event_id,
        kind=row.kind,
        state=cast("JobState", row.state),
        done=row.done,
        total=row.total,
        report=report,
        reason=result.get("reason"),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
