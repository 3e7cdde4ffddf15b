"""`quits databases` and `quits migrate` on a real PostgreSQL."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator

import psycopg2
import pytest

from quits import configuration
from tests.databases import SERVER
from tests.stack import ROOT, dropped, server_settings

SECTIONS = ("GATEWAY", "CORE", "BUDGET", "STATS", "NOTIFY")


@pytest.fixture
def settings() -> Iterator[dict[str, str]]:
    """Settings with names of databases and roles that nobody has."""
    made = server_settings(f"quits_test_{uuid.uuid4().hex[:8]}")
    yield made
    dropped(made)


def quits(settings: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of Quits to its end."""
    command = [sys.executable, "-m", "quits", *words]
    environment = {**os.environ, **settings}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)


def connected(settings: dict[str, str], user: str, database: str) -> bool:
    """Return whether a section's role gets into a section's database."""
    try:
        psycopg2.connect(
            host=settings["CORE_POSTGRES_HOST"],
            port=settings["CORE_POSTGRES_PORT"],
            user=settings[f"{user}_POSTGRES_USER"],
            password=settings[f"{user}_POSTGRES_PASSWORD"],
            dbname=settings[f"{database}_POSTGRES_DB"],
        ).close()
    except psycopg2.OperationalError:
        return False
    return True


def test_each_service_gets_into_its_own_database_only(settings: dict[str, str]) -> None:
    """Red when PUBLIC may connect, as PostgreSQL has it by default."""
    assert quits(settings, "databases").returncode == 0
    entered = {(user, database) for user in SECTIONS for database in SECTIONS if connected(settings, user, database)}
    assert entered == {(section, section) for section in SECTIONS}


def test_a_second_run_changes_nothing_and_migrations_follow(settings: dict[str, str]) -> None:
    """Red when what is there already is an error."""
    for _ in range(2):
        done = quits(settings, "databases")
        assert (done.returncode, done.stderr) == (0, "")
    assert "Made" not in done.stdout
    for words in (["migrate", "stats"], ["migrate"], ["migrate"]):
        done = quits(settings, *words)
        assert (done.returncode, done.stderr) == (0, "")
    assert "Migrated" not in done.stdout


def test_a_superuser_is_no_role_for_a_service(settings: dict[str, str]) -> None:
    """Red when the superuser would get the service's password, or the service all rights."""
    superuser = SERVER.rpartition("//")[2].partition("@")[0].partition(":")[0]
    done = quits({**settings, "STATS_POSTGRES_USER": superuser}, "databases")
    assert done.returncode == 1
    assert "superuser" in done.stderr


@pytest.mark.parametrize("command", [["databases"], ["migrate"]])
def test_an_absent_server_is_one_clear_sentence(settings: dict[str, str], command: list[str]) -> None:
    """Red when a stack is shown."""
    away = {f"{section}_POSTGRES_PORT": "9" for section in SECTIONS}
    done = quits({**settings, **away, "POSTGRES_ADMIN_URL": ""}, *command)
    assert done.returncode == 1
    assert "refused" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_missing_settings_are_named_in_one_sentence(settings: dict[str, str]) -> None:
    """Red when only the first one is named."""
    done = quits({**settings, "CORE_POSTGRES_USER": "", "STATS_POSTGRES_PASSWORD": "change-me"}, "databases")
    assert done.returncode == 1
    assert "CORE_POSTGRES_USER" in done.stderr
    assert "STATS_POSTGRES_PASSWORD" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_example_password_of_the_superuser_is_refused(settings: dict[str, str]) -> None:
    """Red when a database server with a known password would go into service."""
    done = quits({**settings, "PGPASSWORD": "change-me-postgres"}, "databases")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert configuration.admin_url({}) == ""
