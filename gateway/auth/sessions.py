"""Sessions: a device on which a user is signed in, kept alive by refresh tokens that change at every use."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from common.database import CommitUnknown, Database
from common.errors import NotFound
from common.paging import Cursors
from gateway import queries
from gateway.auth import tokens
from gateway.auth.contracts import ListSessions, SessionPage, SignedInDevice
from gateway.auth.errors import RefreshInvalid, RefreshReused, SessionRevoked
from gateway.auth.gate import SessionGate
from gateway.auth.hashing import Hasher, encode
from gateway.auth.tokens import REFRESH_LIFETIME_S, DeviceTokens
from gateway.models import RefreshTokenRow, SessionRow, UserRow

log = structlog.get_logger(__name__)

RETRY_WITHIN_S = 10
LONGEST_DEVICE_NAME = 200


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is at the other end before they prove anything: address, device token and what the device says of itself."""

    address: str
    device_name: str = ""
    device_token: str | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A live session: what its access token has to say, and the tokens that go with it."""

    user_id: UUID
    session_id: UUID
    name: str
    timezone: str
    refresh_token: str
    device_token: str


@dataclass(slots=True)
class Ending:
    """A transaction that may end sessions; they go into `session_ids`."""

    transaction: Session
    session_ids: list[UUID]


@contextmanager
def ending(database: Database, gate: SessionGate) -> Iterator[Ending]:
    """Give a transaction, and let the gate know of the sessions that ended in it once it is committed."""
    session_ids: list[UUID] = []
    try:
        with database.transaction() as transaction:
            yield Ending(transaction, session_ids)
    except CommitUnknown:
        # They may have ended: better to turn away a live session than to let in one that is not.
        gate.revoke(session_ids)
        raise
    gate.revoke(session_ids)


class Sessions:
    """Starts, refreshes, lists and ends sessions."""

    def __init__(
        self,
        database: Database,
        gate: SessionGate,
        successors: Hasher,
        devices: DeviceTokens,
        cursors: Cursors,
        clock: Callable[[], float],
    ) -> None:
        self._database = database
        self._gate = gate
        self._successors = successors
        self._devices = devices
        self._cursors = cursors
        self._clock = clock

    def start(self, scope: Ending, user: UserRow, visitor: Visitor) -> SignedIn:
        """Sign a user in, whose row the transaction has locked; with `single_device` this signs all others out."""
        now = int(self._clock())
        if user.single_device:
            scope.session_ids += queries.revoke_sessions(scope.transaction, user.id, now)
        token = tokens.new_refresh_token()
        session = SessionRow(
            id=tokens.new_id(),
            user_id=user.id,
            device_id=self._devices.read(user.id, visitor.device_token) or tokens.new_id(),
            device_name=visitor.device_name[:LONGEST_DEVICE_NAME],
            is_exclusive=user.single_device,
            created_at=now,
            last_used_at=now,
            expires_at=now + REFRESH_LIFETIME_S,
        )
        scope.transaction.add(session)
        scope.transaction.flush()
        scope.transaction.add(_row_of(token, session, now))
        return self._signed_in(user, session, token)

    def refresh(self, text: str) -> SignedIn:
        """Return the session's next refresh token.

        A repetition within 10 seconds gets the same one, unless that was used. Raises RefreshInvalid, SessionRevoked,
        and RefreshReused for any other reuse, which ends the session.
        """
        token = tokens.read_refresh_token(text)
        if token is None:
            raise RefreshInvalid
        with ending(self._database, self._gate) as scope:
            signed_in = self._go_on(scope, token)
        # Only now: an exception within would have undone the end of the session.
        if signed_in is None:
            raise RefreshReused
        return signed_in

    def _go_on(self, scope: Ending, token: bytes) -> SignedIn | None:
        now = int(self._clock())
        known = queries.find_refresh_token(scope.transaction, tokens.hash_of(token))
        if known is None or known.issued_at + REFRESH_LIFETIME_S <= now:
            raise RefreshInvalid
        session, user = self._locked(scope.transaction, known.session_id)
        # Read again under the session's lock: another refresh may have used it meanwhile.
        row = queries.find_refresh_token(scope.transaction, known.token_hash)
        assert row is not None, "tokens are deleted when they have expired"
        successor = tokens.successor_of(token, self._successors)
        if row.used_at is None:
            row.used_at = now
            session.last_used_at = now
            session.expires_at = now + REFRESH_LIFETIME_S
            scope.transaction.add(_row_of(successor, session, now))
            queries.forget_refresh_tokens(scope.transaction, session.id, now - REFRESH_LIFETIME_S)
        elif not self._is_retry(scope.transaction, row, successor, now):
            scope.session_ids += queries.revoke_sessions(scope.transaction, user.id, now, only=session.id)
            log.warning("refresh_token_reused", user_id=str(user.id), session_id=str(session.id))
            return None
        return self._signed_in(user, session, successor)

    def _locked(self, transaction: Session, session_id: UUID) -> tuple[SessionRow, UserRow]:
        session = queries.find_session(transaction, session_id, lock=True)
        if session is None or session.revoked_at is not None:
            raise SessionRevoked
        user = queries.find_user(transaction, session.user_id)
        if user is None:
            raise SessionRevoked
        return session, user

    def _is_retry(self, transaction: Session, row: RefreshTokenRow, successor: bytes, now: int) -> bool:
        following = queries.find_refresh_token(transaction, tokens.hash_of(successor))
        is_recent = row.used_at is not None and now - row.used_at <= RETRY_WITHIN_S
        return is_recent and following is not None and following.used_at is None

    def _signed_in(self, user: UserRow, session: SessionRow, token: bytes) -> SignedIn:
        return SignedIn(
            user_id=user.id,
            session_id=session.id,
            name=user.name,
            timezone=user.timezone,
            refresh_token=encode(token),
            device_token=self._devices.issue(user.id, session.device_id),
        )

    def end(self, user_id: UUID, session_id: UUID) -> None:
        """End a session of this user; at once and everywhere. Nothing happens when it has ended; raises NotFound."""
        with ending(self._database, self._gate) as scope:
            session = queries.find_session(scope.transaction, session_id, lock=True)
            if session is None or session.user_id != user_id:
                raise NotFound
            scope.session_ids += queries.revoke_sessions(
                scope.transaction, user_id, int(self._clock()), only=session_id
            )

    def end_by_refresh_token(self, text: str) -> None:
        """End the session that a refresh token belongs to; raises RefreshInvalid when there is none."""
        token = tokens.read_refresh_token(text)
        with self._database.transaction() as transaction:
            row = None if token is None else queries.find_refresh_token(transaction, tokens.hash_of(token))
            session = None if row is None else queries.find_session(transaction, row.session_id)
        if session is None:
            raise RefreshInvalid
        self.end(session.user_id, session.id)

    def list(self, user_id: UUID, current: UUID | None, command: ListSessions) -> SessionPage:
        """List the devices on which a user is signed in, newest first; raises CursorRefused."""
        scope = ("sessions", user_id)
        place = self._cursors.read(scope, command.cursor)
        before = None if place is None else UUID(place[0])
        with self._database.transaction() as transaction:
            rows = queries.list_sessions(transaction, user_id, int(self._clock()), command.limit + 1, before)
        shown, next_cursor = self._cursors.page(scope, rows, command.limit, lambda row: [row.id])
        return SessionPage(tuple(device_of(row, current) for row in shown), next_cursor)


def device_of(row: SessionRow, current: UUID | None) -> SignedInDevice:
    """Return a session as its user sees it."""
    return SignedInDevice(row.id, row.device_name, row.created_at, row.last_used_at, row.id == current)


def _row_of(token: bytes, session: SessionRow, now: int) -> RefreshTokenRow:
    return RefreshTokenRow(token_hash=tokens.hash_of(token), session_id=session.id, issued_at=now, used_at=None)
