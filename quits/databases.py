"""Roles and databases of the services on a PostgreSQL server: each service owns one, and nobody else gets in."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812 -- a class
from psycopg2.extensions import cursor as Cursor  # noqa: N812 -- a class
from sqlalchemy import URL, make_url
from sqlalchemy.exc import OperationalError

from common import migrate
from quits.errors import CannotStart

CONNECT_TIMEOUT_S = 5
ADVISORY_LOCK = 7_315_002


def ensure(urls: Mapping[str, str], admin_url: str, say: Callable[[str], None]) -> None:
    """Make the role and the database of each URL unless they are there, and set the role's password.

    `admin_url` names a superuser; when it is empty, that is `postgres` on each URL's own server. Raises CannotStart.
    """
    for service, url in urls.items():
        own = make_url(url)
        with _administrator(own, admin_url) as cursor:
            _ensure_role(cursor, own)
            if _ensure_database(cursor, own):
                say(f"Made the database {own.database} for {service}.")


def bring_up_to_date(urls: Mapping[str, str], say: Callable[[str], None]) -> None:
    """Migrate each service's database to the newest schema; raises CannotStart."""
    for service, url in urls.items():
        try:
            if migrate.upgrade(service, url):
                say(f"Migrated the {service} database to version {migrate.head(service)}.")
        except OperationalError as error:
            raise CannotStart(
                f"The {service} database cannot be reached ({_reason(error)}): start PostgreSQL, mend the settings "
                f"{service.upper()}_POSTGRES_*, or run `python -m quits databases` first."
            ) from error


@contextmanager
def _administrator(own: URL, admin_url: str) -> Iterator[Cursor]:
    address = admin_url or f"postgresql://postgres@{own.host}:{own.port}/postgres"
    try:
        connection = psycopg2.connect(address.replace("+psycopg2", ""), connect_timeout=CONNECT_TIMEOUT_S)
    except psycopg2.OperationalError as error:
        raise CannotStart(
            f"PostgreSQL on {own.host}:{own.port} does not let its superuser in ({_reason(error)}): set "
            "POSTGRES_ADMIN_URL to postgresql://user:password@host:port/postgres."
        ) from error
    with closing(connection), _alone(connection) as cursor:
        yield cursor


@contextmanager
def _alone(connection: Connection) -> Iterator[Cursor]:
    # CREATE DATABASE does not run within a transaction; two of us at once would both find it missing.
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
        yield cursor


def _ensure_role(cursor: Cursor, own: URL) -> None:
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = %s", [own.username])
    known = cursor.fetchone()
    if known is not None and known[0]:
        raise CannotStart(f"The role {own.username} is a superuser of PostgreSQL: give the service one of its own.")
    verb = "CREATE" if known is None else "ALTER"
    statement = sql.SQL(f"{verb} ROLE {{}} LOGIN PASSWORD {{}}")
    cursor.execute(statement.format(sql.Identifier(str(own.username)), sql.Literal(own.password)))


def _ensure_database(cursor: Cursor, own: URL) -> bool:
    database, owner = sql.Identifier(str(own.database)), sql.Identifier(str(own.username))
    cursor.execute("SELECT FROM pg_database WHERE datname = %s", [own.database])
    is_new = cursor.rowcount == 0
    if is_new:
        # Texts sort by code point on every machine, as they do in the embedded kind.
        statement = sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' LC_COLLATE 'C' TEMPLATE template0")
        cursor.execute(statement.format(database, owner))
    cursor.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(database, owner))
    cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    return is_new


def _reason(error: Exception) -> str:
    return str(getattr(error, "orig", error)).strip().partition("\n")[0].strip()
