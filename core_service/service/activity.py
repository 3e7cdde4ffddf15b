"""Operations on the activity of an event: reading it, and taking changes back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from common.contracts.activity import (
    ActivityEntry,
    ActivityPage,
    ChangedSince,
    ListActivity,
    NotUndoable,
    UndoActivity,
)
from common.contracts.events import UndoExpired
from common.contracts.expenses import Author
from common.errors import NotFound, Stale
from common.rpc import wire
from common.rpc.context import Context
from common.rpc.interface import replayed
from core_service.domain import history as rules
from core_service.domain.membership import Role
from core_service.models import (
    ActivityRow,
    CommentRow,
    EventRow,
    ExpenseRow,
    InvitationRow,
    MemberRow,
    RecurringExpenseRow,
    SplitPresetRow,
)
from core_service.queries import history
from core_service.service.categories import categories_of
from core_service.service.operations import GUEST, UNDO_S, Entered, visible_email
from core_service.service.undo import UndoOperations, inverse_of

VERSIONED: Mapping[str, type[EventRow | MemberRow | ExpenseRow | RecurringExpenseRow]] = {
    "event": EventRow,
    "member": MemberRow,
    "expense": ExpenseRow,
    "recurring_expense": RecurringExpenseRow,
}
DELETABLE: Mapping[str, type[CommentRow | SplitPresetRow]] = {"comment": CommentRow, "preset": SplitPresetRow}


class ActivityOperations(UndoOperations):
    """Who did what, and taking it back."""

    def list_activity(self, context: Context, command: ListActivity) -> ActivityPage:
        """List who did what in an event, newest first; that of a deleted event its admins see."""
        scope = ["activity", command.event_id]
        place = self._cursors.read(scope, command.cursor)
        before = None if place is None else UUID(place[0])
        with self._database.transaction() as session:
            entered = self._enter_history(session, context, command.event_id)
            rows = history.list_entries(session, command.event_id, before, command.limit + 1)
            page, cursor = self._cursors.page(scope, rows, command.limit, lambda found: [found[0].id])
            return ActivityPage(tuple(_view(entered, *found) for found in page), cursor)

    def undo_activity(self, context: Context, command: UndoActivity) -> ActivityEntry:
        """Take a change back, up to 30 days later; that is a change itself, and what is answered."""
        with self._database.transaction() as session:
            entered = self._enter_history(session, context, command.event_id)
            entry = history.find_entry(session, command.event_id, command.activity_id)
            if entry is None:
                raise NotFound
            is_repeat = history.was_applied(session, context.idempotency_key)
            inverse = inverse_of(entry)
            if inverse is None:
                raise NotUndoable
            if not is_repeat:
                _check(session, entered, entry)
        try:
            inverse(self, context, entry)
        except Stale:
            raise ChangedSince from None
        with self._database.transaction() as session:
            # As the caller was before: who takes back being a member may still see that it was done.
            newest = _view(entered, *history.newest_about(session, entry))
            return replayed(newest) if is_repeat else newest

    def _enter_history(self, session: Session, context: Context, event_id: UUID) -> Entered:
        entered = self._enter_even_deleted(session, context, event_id, lock=False)
        if entered.event.deleted_at is not None and entered.role < Role.ADMIN:
            raise NotFound
        return entered


def _check(session: Session, entered: Entered, entry: ActivityRow) -> None:
    """Raise what stands in the way of taking a change back."""
    if entered.now - entry.happened_at > UNDO_S:
        raise UndoExpired("This was done more than 30 days ago and cannot be undone.")
    if entered.event.deleted_at is not None and entry.subject != "event":
        raise NotFound
    if _is_changed(session, entered, entry):
        raise ChangedSince


def _is_changed(session: Session, entered: Entered, entry: ActivityRow) -> bool:
    """Return whether what a change was about was changed since; links tell only when they are changed back."""
    if entry.subject in VERSIONED:
        current: Any = session.get(VERSIONED[entry.subject], entry.subject_id)
        return current is None or current.version != rules.version_after(entry.before, entry.after)
    if entry.subject in DELETABLE:
        deletable: Any = session.get(DELETABLE[entry.subject], entry.subject_id)
        return deletable is None or (deletable.deleted_at is None) != (entry.after is not None)
    if entry.subject == "invitation":
        invitation = session.get(InvitationRow, entry.subject_id)
        if invitation is None or invitation.accepted_at is not None:
            return True
        return (invitation.revoked_at is not None) != (entry.action == "revoked")
    if entry.subject == "categories" and entry.after is not None:
        now = orjson.loads(wire.dump(categories_of(entered)))
        return rules.own_categories(now) != rules.own_categories(entry.after)
    return False


def _view(entered: Entered, entry: ActivityRow, actor: str | None) -> ActivityEntry:
    has_addresses = visible_email(entered, "") is not None
    return ActivityEntry(
        id=entry.id,
        happened_at=entry.happened_at,
        actor=Author(entry.actor_member_id, actor or GUEST),
        action=entry.action,
        subject=entry.subject,
        subject_id=entry.subject_id,
        before=rules.shown(entry.before, entry.subject, has_addresses=has_addresses),
        after=rules.shown(entry.after, entry.subject, has_addresses=has_addresses),
    )
