"""Settings of Quits as services for a test, and taking away again what they name."""

import secrets
from pathlib import Path

import psycopg2
from psycopg2 import sql
from sqlalchemy import make_url

from tests.databases import SERVER

ROOT = Path(__file__).parent.parent
SECTIONS = ("GATEWAY", "CORE", "BUDGET", "STATS", "NOTIFY")


def server_settings(prefix: str) -> dict[str, str]:
    """Return the databases' settings, each database and role named `<prefix>_<section>`."""
    server = make_url(SERVER)
    settings = {"POSTGRES_ADMIN_URL": _admin_url()}
    for section in SECTIONS:
        settings |= {
            f"{section}_POSTGRES_HOST": str(server.host),
            f"{section}_POSTGRES_PORT": str(server.port),
            f"{section}_POSTGRES_USER": f"{prefix}_{section.lower()}",
            f"{section}_POSTGRES_PASSWORD": secrets.token_urlsafe(12),
            f"{section}_POSTGRES_DB": f"{prefix}_{section.lower()}",
        }
    return settings


def dropped(settings: dict[str, str]) -> None:
    """Drop these databases and roles, those that are there."""
    connection = psycopg2.connect(_admin_url())
    connection.autocommit = True
    with connection.cursor() as cursor:
        for section in SECTIONS:
            name = sql.Identifier(settings[f"{section}_POSTGRES_DB"])
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            cursor.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(name))
    connection.close()


def _admin_url() -> str:
    return SERVER.replace("+psycopg2", "") + "/postgres"
