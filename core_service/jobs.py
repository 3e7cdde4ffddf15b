"""Jobs of the core service: work that goes on after the answer, part by part, and goes on where it was interrupted."""

import time
from collections.abc import Callable
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from common import rebuilding
from common.contracts.events import EventArchived
from common.contracts.exchange import ImportReport
from common.database import Database
from common.errors import NotFound, QuitsError
from common.messages import ImportRequested
from common.rpc import wire
from common.rpc.context import of_system
from core_service.domain.importing import Sheet
from core_service.domain.membership import Role
from core_service.models import JobRow, MemberRow
from core_service.queries import events, exchange
from core_service.service import import_steps
from core_service.service.operations import GUEST, Entered

ROWS_AT_ONCE = 500
TIMEOUT_S = 60.0


def importer(own: Database, clock: Callable[[], float] = time.time) -> Callable[[Session, ImportRequested], None]:
    """Return the handler that carries an import out."""

    def run_import(_session: Session, message: ImportRequested) -> None:
        """Import the file of a job in transactions of their own: each one has the event for a moment only.

        The job's row says in the same transaction how far it is, so a message that is delivered again goes on there.
        """
        try:
            sheet = read(own, message.subject_id)
            while sheet is not None and import_some(own, message.subject_id, sheet, int(clock())):
                pass
        except QuitsError as error:
            _fail(own, message.subject_id, error, int(clock()))

    return run_import


def read(own: Database, job_id: UUID) -> Sheet | None:
    """Return the file that a job imports, None when there is nothing left to do."""
    with own.transaction() as session:
        job = exchange.find_job(session, job_id)
        if job is None or job.state in {"done", "failed"}:
            return None
        event = events.find_event(session, job.event_id)
        assert event is not None, "an event with a job is never removed"
        request, currency = job.request, event.currency
    return import_steps.read(request["file"], request["format"], currency).checked()


def import_some(own: Database, job_id: UUID, sheet: Sheet, now: int) -> bool:
    """Import the next rows; return whether there are more."""
    with own.transaction() as session:
        job = exchange.find_job(session, job_id)
        assert job is not None, "jobs are kept"
        entered = _entered(session, job, now)
        session.refresh(job, with_for_update=True)
        rows = sheet.rows[job.done : job.done + ROWS_AT_ONCE]
        told = import_steps.apply(entered, of_system("core", TIMEOUT_S), sheet, rows)
        if job.result is not None:
            told = import_steps.together(rebuilding.reader_of(ImportReport)(job.result["report"]), told)
        job.done += len(rows)
        has_more = job.done < len(sheet.rows)
        job.state = "running" if has_more else "done"
        if not has_more:
            told = import_steps.whole(sheet, told)
            job.done, job.request = job.total, {}
        job.result = {"report": orjson.loads(wire.dump(told))}
        job.updated_at = now
        session.flush()
        return has_more


def _entered(session: Session, job: JobRow, now: int) -> Entered:
    event = events.find_event(session, job.event_id, lock=True)
    if event is None or event.deleted_at is not None:
        raise NotFound
    if event.archived_at is not None:
        raise EventArchived
    author = session.get(MemberRow, job.created_by_member) if job.created_by_member else None
    name = GUEST if author is None else author.name
    return Entered(session, event, Role.EDITOR, job.created_by_user, job.created_by_member, name, now)


def _fail(own: Database, job_id: UUID, error: QuitsError, now: int) -> None:
    with own.transaction() as session:
        job = exchange.find_job(session, job_id, lock=True)
        assert job is not None, "jobs are kept"
        job.state = "failed"
        job.request = {}
        job.result = {"reason": error.detail}
        job.updated_at = now
        session.flush()
