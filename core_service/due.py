"""What the core service does when time has come: it records the occurrences of recurring expenses."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog

from common import schedule
from common.database import Database
from common.errors import Invalid
from common.rpc.context import of_system
from core_service.domain.membership import Role
from core_service.models import MemberRow, RecurringExpenseRow
from core_service.queries import events, recurring_expenses
from core_service.service import occurrences
from core_service.service.operations import GUEST, Entered

log = structlog.get_logger(__name__)

# Nowhere is it a later date than where clocks are fourteen hours ahead of UTC.
EARLIEST_CLOCK = timedelta(hours=14)
AT_ONCE = 50
TIMEOUT_S = 10.0


def record_occurrences(own: Database, clock: Callable[[], float] = time.time) -> None:
    """Record every occurrence that is due, in whatever event, as the expense that it is.

    However often this runs, and wherever at once, each occurrence is recorded once: one transaction at a time has the
    event. What an event does not take any more, say because a member is gone, stays due until somebody changes it.
    """
    latest = (datetime.fromtimestamp(clock(), UTC) + EARLIEST_CLOCK).date()
    with own.transaction() as session:
        found = recurring_expenses.list_due(session, latest)
    for recurring_id, event_id in found:
        try:
            while _record_some(own, int(clock()), recurring_id, event_id) == AT_ONCE:
                pass
        except Invalid as error:
            fields = [field.field for field in error.fields]
            log.warning("occurrence_refused", recurring_expense_id=str(recurring_id), fields=fields)


def _record_some(own: Database, now: int, recurring_id: UUID, event_id: UUID) -> int:
    """Record up to AT_ONCE occurrences in one transaction; return how many dates were dealt with."""
    with own.transaction() as session:
        event = events.find_event(session, event_id, lock=True)
        row = session.get(RecurringExpenseRow, recurring_id)
        if event is None or row is None or event.deleted_at is not None or event.archived_at is not None:
            return 0
        author = session.get(MemberRow, row.created_by_member) if row.created_by_member else None
        name = GUEST if author is None else author.name
        entered = Entered(session, event, Role.EDITOR, None, row.created_by_member, name, now)
        return occurrences.record_due(entered, of_system("core", TIMEOUT_S), row, AT_ONCE)


TASKS = {schedule.RECORD_OCCURRENCES: record_occurrences}
