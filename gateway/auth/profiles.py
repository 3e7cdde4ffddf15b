"""Users' profiles: shown, changed, and erased for good."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from uuid import UUID

from sqlalchemy.orm import Session

from common import outbox
from common.database import Database
from common.errors import IdTaken, Stale
from common.messages import UserChanged, UserDeleted
from common.rpc.wire import UNSET
from gateway import queries
from gateway.auth.contracts import DeleteUser, EditUser, SignedInDevice, User
from gateway.auth.errors import SessionRevoked, TwoFactorNeedsPassword
from gateway.auth.gate import SessionGate
from gateway.auth.sessions import Ending, device_of, ending
from gateway.models import UserRow

PUBLISHED = ("name", "timezone", "currency")
ALL_SESSIONS = 10_000


@dataclass(frozen=True, slots=True)
class Editor:
    """Who edits, from which session, and under which `Idempotency-Key` with which content."""

    user_id: UUID
    session_id: UUID
    key: UUID | None = None
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Edited:
    """The profile after a change; a replay changed nothing."""

    user: User
    is_replay: bool = False


class Profiles:
    """Shows, changes and erases users."""

    def __init__(self, database: Database, gate: SessionGate, clock: Callable[[], float]) -> None:
        self._database = database
        self._gate = gate
        self._clock = clock

    def show(self, user_id: UUID) -> User:
        """Return a user's profile."""
        with self._database.transaction() as transaction:
            return user_of(_found(queries.find_user(transaction, user_id)))

    def edit(self, editor: Editor, command: EditUser) -> Edited:
        """Change a profile; raises Stale, IdTaken or TwoFactorNeedsPassword.

        A new address waits in `pending_email`. Switching `single_device` on ends all sessions but the editor's own.
        """
        with ending(self._database, self._gate) as scope:
            row = _found(queries.find_user(scope.transaction, editor.user_id, lock=True))
            if _was_applied(scope.transaction, editor):
                return Edited(user_of(row), is_replay=True)
            _require_version(row, command.if_version)
            changes = dict(_changes(row, command))
            for name, value in changes.items():
                setattr(row, name, value)
            if row.two_factor and row.password_hash is None:
                raise TwoFactorNeedsPassword
            if "single_device" in changes:
                self._apply_single_device(scope, row, editor.session_id)
            if changes:
                self._note_change(row)
            if changes.keys() & set(PUBLISHED):
                outbox.publish(scope.transaction, _changed(row))
            scope.transaction.flush()
            return Edited(user_of(row))

    def _note_change(self, row: UserRow) -> None:
        row.version += 1
        row.updated_at = int(self._clock())

    def _apply_single_device(self, scope: Ending, row: UserRow, session_id: UUID) -> None:
        if row.single_device:
            now = int(self._clock())
            scope.session_ids += queries.revoke_sessions(scope.transaction, row.id, now, but=session_id)
        queries.set_exclusive(scope.transaction, row.id, is_exclusive=row.single_device)

    def delete(self, user_id: UUID, command: DeleteUser) -> None:
        """Erase all that is personal about a user and tell the services to do so; raises Stale."""
        now = int(self._clock())
        with ending(self._database, self._gate) as scope:
            row = _found(queries.find_user(scope.transaction, user_id, lock=True))
            _require_version(row, command.if_version)
            scope.session_ids += queries.revoke_sessions(scope.transaction, user_id, now)
            queries.anonymise_sessions(scope.transaction, user_id)
            queries.forget_recovery_codes(scope.transaction, user_id)
            queries.forget_new_totp(scope.transaction, user_id)
            queries.forget_registrations(scope.transaction, row.email_key or "")
            _erase(row)
            row.deleted_at = now
            self._note_change(row)
            outbox.publish(scope.transaction, UserDeleted(subject_id=row.id, version=row.version, occurred_at=now))

    def devices(self, user_id: UUID, current: UUID | None) -> tuple[SignedInDevice, ...]:
        """Return all devices on which a user is signed in, newest first."""
        with self._database.transaction() as transaction:
            rows = queries.list_sessions(transaction, user_id, int(self._clock()), ALL_SESSIONS)
        return tuple(device_of(row, current) for row in rows)


def email_key(email: str) -> str:
    """Return what tells two addresses apart: case does not."""
    return email.casefold()


def user_of(row: UserRow) -> User:
    """Return a user's profile as it is shown."""
    names = {field.name for field in fields(User)} - {"has_password"}
    return User(has_password=row.password_hash is not None, **{name: getattr(row, name) for name in names})


def _changes(row: UserRow, command: EditUser) -> Iterator[tuple[str, object]]:
    """Yield the columns that a command changes, with their new values."""
    if command.email is not UNSET:
        is_same = email_key(command.email) == row.email_key
        wanted = {"email": command.email, "pending_email": None} if is_same else {"pending_email": command.email}
        yield from ((name, value) for name, value in wanted.items() if getattr(row, name) != value)
    for field in fields(command):
        value = getattr(command, field.name)
        if field.name not in {"email", "if_version"} and value is not UNSET and value != getattr(row, field.name):
            yield field.name, value


def _changed(row: UserRow) -> UserChanged:
    return UserChanged(
        subject_id=row.id,
        version=row.version,
        occurred_at=row.updated_at,
        name=row.name,
        timezone=row.timezone,
        currency=row.currency,
    )


def _erase(row: UserRow) -> None:
    row.name, row.locale, row.timezone, row.currency = "", "", "", ""
    row.email = row.email_key = row.pending_email = row.mobile = row.password_hash = row.totp_sealed = None
    row.two_factor = False


def _was_applied(transaction: Session, editor: Editor) -> bool:
    if editor.key is None:
        return False
    note = queries.note_key(transaction, editor.key, editor.user_id, editor.fingerprint)
    if note is not None and (note.user_id, note.fingerprint) != (editor.user_id, editor.fingerprint):
        raise IdTaken
    return note is not None


def _require_version(row: UserRow, version: int | None) -> None:
    if version is not None and version != row.version:
        raise Stale


def _found(row: UserRow | None) -> UserRow:
    # Who was deleted has no live session; a request that was already under way gets to know it here.
    if row is None:
        raise SessionRevoked
    return row
