"""What all operations of the core service work with, and how each of them enters an event."""

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from common.contracts.core import CoreService
from common.contracts.events import LinkEnded, UndoExpired
from common.contracts.people import PeopleFixed
from common.contracts.system import Ping, Pong
from common.database import Database
from common.errors import NotFound, Stale
from common.invitations import InvitationTokens
from common.paging import Cursors
from common.rpc.context import Context
from common.sealing import Sealer
from core_service.domain import membership
from core_service.domain.membership import Role
from core_service.models import EventRow
from core_service.queries import activity, events

GUEST = "Guest"
UNDO_S = 30 * 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Entered:
    """An event that the caller may act in, with the caller's role and member."""

    session: Session
    event: EventRow
    role: Role
    user_id: UUID | None
    member_id: UUID | None
    member_name: str
    now: int

    def note(self, action: str, subject: str, subject_id: UUID, *, before: Any = None, after: Any = None) -> None:
        """Write a change into the event's activity."""
        activity.note(
            self.session,
            event_id=self.event.id,
            happened_at=self.now,
            actor=(self.user_id, self.member_id),
            action=action,
            subject=subject,
            subject_id=subject_id,
            before=before,
            after=after,
        )


class Operations(CoreService):
    """Base of the operations by noun."""

    def __init__(self, database: Database, secret_key: str, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._cursors = Cursors(secret_key)
        self._sealer = Sealer(secret_key)
        self._invitation_tokens = InvitationTokens(secret_key)
        self._clock = clock

    def ping(self, context: Context, command: Ping) -> Pong:
        """Tell whether the service and its database answer."""
        return Pong(self.service, self._database.is_up())

    def _now(self) -> int:
        return int(self._clock())

    def _read(self, session: Session, context: Context, event_id: UUID) -> Entered:
        """Enter an event to look at it."""
        return self._enter(session, context, event_id, Role.VIEWER)

    def _write(self, session: Session, context: Context, event_id: UUID, needed: Role = Role.EDITOR) -> Entered:
        """Enter an event to change it, alone until the transaction ends."""
        return self._enter(session, context, event_id, needed, lock=True)

    def _enter(
        self, session: Session, context: Context, event_id: UUID, needed: Role, *, lock: bool = False
    ) -> Entered:
        entered = self._enter_even_deleted(session, context, event_id, lock=lock)
        if entered.event.deleted_at is not None:
            raise NotFound
        membership.require(entered.role, needed, is_archived=entered.event.archived_at is not None)
        return entered

    def _enter_even_deleted(self, session: Session, context: Context, event_id: UUID, *, lock: bool) -> Entered:
        """Enter an event that may be deleted; raises NotFound for strangers, whether or not it exists."""
        found = None
        if context.user_id is not None:
            found = events.find_standing_of_user(session, event_id, context.user_id, lock=lock)
        elif context.guest is not None:
            found = events.find_standing_of_guest(session, event_id, context.guest, lock=lock)
        if found is None:
            raise NotFound
        if found.revoked_at is not None:
            raise LinkEnded
        return self._entered(session, context, found.event, found.role, found.member_id, found.member_name)

    def _entered(
        self, session: Session, context: Context, event: EventRow, role: str, member_id: UUID | None, name: str | None
    ) -> Entered:
        return Entered(session, event, membership.role(role), context.user_id, member_id, name or GUEST, self._now())


def today(context: Context, now: int) -> dt.date:
    """Return the date in the caller's time zone."""
    return dt.datetime.fromtimestamp(now, ZoneInfo(context.timezone)).date()


def check_version(seen: int | None, current: int) -> None:
    """Raise Stale when the caller has seen another version than the current one."""
    if seen is not None and seen != current:
        raise Stale


def check_open(event: EventRow) -> None:
    """Raise PeopleFixed for a hidden event: who is in it is what tells it from others."""
    if event.between is not None:
        raise PeopleFixed


def check_undo(deleted_at: int, now: int) -> None:
    """Raise UndoExpired when the deletion is too old to be undone."""
    if now - deleted_at > UNDO_S:
        raise UndoExpired


def visible_email(entered: Entered, email: str | None) -> str | None:
    """Return a member's address if the caller may see it: viewers may not."""
    return email if entered.role > Role.VIEWER else None
