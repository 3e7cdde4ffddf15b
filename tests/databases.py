"""Databases that tests make for themselves on the PostgreSQL of this machine, and drop again."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool

from common import migrate

SERVER = os.environ.get("QUITS_TEST_POSTGRES", "postgresql+psycopg2://postgres@127.0.0.1:5432")


@contextmanager
def empty_database() -> Iterator[str]:
    """Make a database without tables, give its URL, and drop it in the end whoever still uses it."""
    name = f"quits_test_{uuid.uuid4().hex[:12]}"
    _administrate(f"CREATE DATABASE {name}")
    try:
        yield f"{SERVER}/{name}"
    finally:
        _administrate(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def migrated_database(service: str) -> Iterator[str]:
    """Make a database with a service's newest schema and give its URL."""
    with empty_database() as url:
        migrate.upgrade(service, url)
        yield url


@contextmanager
def away(url: str) -> Iterator[None]:
    """Make a database refuse everybody, those who are connected as well, until the end of the block."""
    name = url.rpartition("/")[2]
    _administrate(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    _administrate(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    try:
        yield
    finally:
        _administrate(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


def _administrate(statement: str) -> None:
    engine: Engine = create_engine(f"{SERVER}/postgres", poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
