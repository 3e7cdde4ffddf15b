"""Whether a session has ended: asked on every request, so it has to be fast, and never wrong.

PostgreSQL knows, and every end of a session is committed there first. Behind several processes Redis answers instead:
it holds the ids of the sessions that ended while an access token of theirs may still live. Redis may lose what it
holds, or miss an id because it was away for a moment. So its list is believed only under a lease of two seconds, which
somebody renews by writing the list anew from PostgreSQL; and who ends a session but cannot reach Redis waits until
every lease has run out. Then all processes ask PostgreSQL, and know. One process alone (embedded) needs no Redis.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol
from uuid import UUID

import structlog
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.orm import Session

from common.database import CommitUnknown, Database, DatabaseAway, translated
from gateway import cache, queries
from gateway.auth.errors import SessionRevoked
from gateway.auth.hashing import derive
from gateway.auth.tokens import ACCESS_LIFETIME_S

log = structlog.get_logger(__name__)

LEASE_S = 2.0
LEASE_MARGIN_S = 0.5
PAUSE_S = 0.1
# Tokens issued at the last moment, and clocks that differ a little.
LISTED_S = ACCESS_LIFETIME_S + 60


class SessionGate(Protocol):
    """Knows which sessions have ended."""

    def check(self, session_id: UUID) -> None:
        """Raise SessionRevoked when the session has ended, DatabaseAway when nobody can tell."""

    def revoke(self, session_ids: Sequence[UUID]) -> None:
        """Make the end of these sessions, committed in PostgreSQL, known; returns once no process lets them in."""


class MemoryGate:
    """The gate of a process that is the only one: it ends all sessions itself, so it can remember them."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        """Start with what ended before this process did; raises DatabaseAway."""
        self._clock = clock
        with _reading(database) as transaction:
            ended = queries.list_revoked(transaction, int(clock()) - LISTED_S)
        self._forget_at = {session_id: revoked_at + LISTED_S for session_id, revoked_at in ended}

    def check(self, session_id: UUID) -> None:
        """Raise SessionRevoked when the session has ended."""
        if session_id in self._forget_at:
            raise SessionRevoked

    def revoke(self, session_ids: Sequence[UUID]) -> None:
        """Remember that these sessions have ended, and forget those whose tokens have all expired."""
        if not session_ids:
            return
        now = int(self._clock())
        kept = {session_id: until for session_id, until in self._forget_at.copy().items() if until > now}
        self._forget_at = kept | dict.fromkeys(session_ids, now + LISTED_S)


class RedisGate:
    """The gate of many processes: Redis under a lease, else PostgreSQL."""

    def __init__(
        self,
        redis: Redis,
        database: Database,
        secret_key: str,
        clock: Callable[[], float] = time.time,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """Take `secret_key` only to keep apart what several installations store in the same Redis."""
        self._redis = redis
        self._database = database
        self._clock = clock
        self._pause = pause
        self._prefix = f"quits:{derive(secret_key, 'redis prefix').hex()[:12]}:sessions:"
        self._complete = self._prefix + "complete"
        self._fresh = self._prefix + "fresh"
        self._renewing = threading.Lock()
        # Whether this process has seen the list complete, and has not seen Redis fail since.
        self._is_list_trusted = False
        self._redis_away_until = 0.0

    def check(self, session_id: UUID) -> None:
        """Raise SessionRevoked when the session has ended, DatabaseAway when neither server can tell."""
        if time.monotonic() < self._redis_away_until:
            self._check_in_database(session_id)
            return
        try:
            is_listed, is_complete, is_fresh = self._redis.mget(self._key(session_id), self._complete, self._fresh)
        except RedisError:
            self._note_redis_away()
            self._check_in_database(session_id)
            return
        if is_listed:
            raise SessionRevoked
        if is_fresh:
            self._is_list_trusted = True
            return
        try:
            self._renew()
            self._check_in_database(session_id)
        except DatabaseAway:
            # While PostgreSQL is away no session ends: what the list said before is still all there is.
            if not (is_complete and self._is_list_trusted):
                raise

    def revoke(self, session_ids: Sequence[UUID]) -> None:
        """List these sessions as ended; without Redis, wait until nobody believes its list any more."""
        if not session_ids:
            return
        give_up_at = time.monotonic() + LEASE_S + LEASE_MARGIN_S
        while not self._list(session_ids) and time.monotonic() < give_up_at:
            self._pause(PAUSE_S)

    def _list(self, session_ids: Sequence[UUID]) -> bool:
        try:
            with self._redis.pipeline() as pipeline:
                for session_id in session_ids:
                    pipeline.set(self._key(session_id), 1, ex=LISTED_S)
                pipeline.execute()
        except RedisError:
            self._note_redis_away()
            return False
        return True

    def _renew(self) -> None:
        """Write the list of ended sessions from PostgreSQL to Redis, and begin a new lease."""
        if not self._renewing.acquire(blocking=False):
            return
        try:
            # The lease begins before the list is read, since what ends after that is not in it. Its end is an instant
            # of Redis's own clock: a command that was held up must not begin a new lease with an old list.
            seconds, microseconds = self._redis.time()
            ends_at_ms = seconds * 1000 + microseconds // 1000 + int(LEASE_S * 1000)
            now = int(self._clock())
            ended = self._ended_since(now - LISTED_S)
            with self._redis.pipeline() as pipeline:
                for session_id, revoked_at in ended:
                    pipeline.set(self._key(session_id), 1, ex=max(revoked_at + LISTED_S - now, 1))
                pipeline.set(self._complete, 1)
                pipeline.set(self._fresh, 1, pxat=ends_at_ms)
                pipeline.execute()
            self._is_list_trusted = True
        except RedisError:
            self._note_redis_away()
        finally:
            self._renewing.release()

    def _ended_since(self, instant: int) -> Sequence[tuple[UUID, int]]:
        with _reading(self._database) as transaction:
            return queries.list_revoked(transaction, instant)

    def _check_in_database(self, session_id: UUID) -> None:
        with _reading(self._database) as transaction:
            is_live = queries.is_session_live(transaction, session_id)
        if not is_live:
            raise SessionRevoked

    def _note_redis_away(self) -> None:
        if time.monotonic() >= self._redis_away_until:
            log.warning("redis_away")
        self._is_list_trusted = False
        self._redis_away_until = time.monotonic() + cache.LEFT_ALONE_S

    def _key(self, session_id: UUID) -> str:
        return self._prefix + session_id.hex


@contextmanager
def _reading(database: Database) -> Iterator[Session]:
    try:
        with database.transaction() as transaction:
            yield transaction
    except (CommitUnknown, NoFreeConnection) as error:
        # Nothing was written: there is nothing that could be unknown.
        raise DatabaseAway from error
    except DBAPIError as error:
        raise translated(error) from error
