"""Databases for a measurement alone, on a PostgreSQL server that is there already."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
from psycopg2 import extensions, sql

SERVER_URL = os.environ.get("QUITS_BENCH_POSTGRES", "postgresql://postgres@127.0.0.1:5432")


def url_of(database: str) -> str:
    """Return the URL of a database on the server."""
    return f"{SERVER_URL}/{database}"


@contextmanager
def connected(database: str) -> Iterator[extensions.connection]:
    """Give a connection that commits every statement by itself."""
    connection = psycopg2.connect(url_of(database))
    connection.autocommit = True
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def created(database: str) -> Iterator[str]:
    """Create a database, give its name, and drop it at the end whoever still uses it."""
    name = sql.Identifier(database)
    with connected("postgres") as server, server.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE DATABASE {}").format(name))
    try:
        yield database
    finally:
        with connected("postgres") as server, server.cursor() as cursor:
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
