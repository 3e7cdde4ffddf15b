"""PostgreSQL for a service: engine and transactions, health, and what a database error means to a caller."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import cast

import orjson
from psycopg2 import errorcodes
from sqlalchemy import Engine, Table, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

from common.errors import OutcomeUnknown, QuitsError, Unavailable

CONNECT_TIMEOUT_S = 3
WRITES = "writes"
PUBLISHED = "published"
POOL_WAIT_S = 3
STATEMENT_TIMEOUT_MS = 10_000
LOCK_TIMEOUT_MS = 4_000
CLASHES = {errorcodes.SERIALIZATION_FAILURE, errorcodes.DEADLOCK_DETECTED}
TIMEOUTS = {errorcodes.QUERY_CANCELED, errorcodes.LOCK_NOT_AVAILABLE}
SHUTDOWN_CLASS = "57P"
NO_CONNECTION_CLASS = "08"
NO_RESOURCES_CLASS = "53"
# For the MetaData of every service: a migration can only change or drop a constraint whose name it knows.
CONSTRAINT_NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class DatabaseAway(Unavailable):
    """The service's database does not answer; nothing was done."""

    code = "database_unavailable"
    message = "The database is away at the moment. Nothing was done; try again shortly."


class CommitUnknown(OutcomeUnknown):
    """The connection broke while the transaction was being committed."""


class Database:
    """One service's database: a pool of connections, and transactions on it."""

    def __init__(self, url: str, pool_size: int = 5) -> None:
        self.engine = _engine(url, pool_size)
        # Set after each commit that left something in the outbox, for a relay in the same process.
        self.has_published = threading.Event()
        self._sessions = sessionmaker(self.engine, expire_on_commit=False, autoflush=False)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Give a session whose work is committed at the end, all of it or nothing.

        Raises CommitUnknown when the connection breaks during the commit: only then is the outcome not known.
        """
        with self._sessions() as session:
            yield session
            _write_behind(session)
            try:
                session.commit()
            except DBAPIError as error:
                if error.connection_invalidated:
                    raise CommitUnknown from error
                raise
            if session.info.get(PUBLISHED):
                self.has_published.set()

    def is_up(self) -> bool:
        """Return whether the database answers a query now."""
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except (DBAPIError, NoFreeConnection):
            return False
        return True

    def close(self) -> None:
        """Close the pool's connections."""
        self.engine.dispose()

    def forget_connections(self) -> None:
        """Drop the pool without closing its sockets: they belong to the process this one was forked from."""
        self.engine.dispose(close=False)


def _engine(url: str, pool_size: int) -> Engine:
    options = f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c lock_timeout={LOCK_TIMEOUT_MS} -c timezone=UTC"
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=POOL_WAIT_S,
        pool_pre_ping=False,
        # Parameters are names, addresses and secrets of people: no error message may hold them.
        hide_parameters=True,
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
        connect_args={
            "connect_timeout": CONNECT_TIMEOUT_S,
            "options": options,
            "keepalives_idle": 10,
            "tcp_user_timeout": 10_000,
        },
    )


def write_later(session: Session, statement: str, *values: object) -> None:
    """Run a statement of the driver's just before the commit, together with others: one way to the server for all.

    For rows that nothing else in the transaction reads.
    """
    session.info.setdefault(WRITES, []).append((statement, values))


def _write_behind(session: Session) -> None:
    if writes := session.info.pop(WRITES, None):
        statements, values = zip(*writes, strict=True)
        session.connection().exec_driver_sql("; ".join(statements), tuple(chain.from_iterable(values)))


def table_of(row: type[DeclarativeBase]) -> Table:
    """Return the table behind a row class: statements on it go past the ORM, which costs more than PostgreSQL does."""
    return cast("Table", row.__table__)


def is_clash(error: DBAPIError) -> bool:
    """Return whether the transaction only lost against another one, so that repeating it may succeed."""
    return _code(error) in CLASHES


def is_away(error: DBAPIError) -> bool:
    """Return whether the database could not be reached, is shutting down or ran out of something."""
    code = _code(error)
    classes = (SHUTDOWN_CLASS, NO_CONNECTION_CLASS, NO_RESOURCES_CLASS)
    return error.connection_invalidated or code in TIMEOUTS | CLASHES or code.startswith(classes)


def absence_during(run: Callable[[], None]) -> Exception | None:
    """Return None when `run` succeeded, else the error that says that its database is away; any other is raised.

    A transaction in `run` may have been committed all the same.
    """
    try:
        run()
    except (CommitUnknown, NoFreeConnection) as error:
        return error
    except DBAPIError as error:
        if not is_away(error):
            raise
        return error
    return None


def translated(error: DBAPIError) -> QuitsError | DBAPIError:
    """Return what `error` means to a caller: DatabaseAway, or the error itself when it is a bug."""
    return DatabaseAway() if is_away(error) else error


def _code(error: DBAPIError) -> str:
    return getattr(error.orig, "pgcode", None) or ("" if error.orig is None else _code_of_failed_connect(error))


def _code_of_failed_connect(error: DBAPIError) -> str:
    # psycopg2 gives no SQLSTATE when it could not connect at all, only its OperationalError.
    return "08000" if type(error.orig).__name__ == "OperationalError" else ""
