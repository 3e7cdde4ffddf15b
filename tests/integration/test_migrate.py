"""Every service's migrations lead from nothing to what its models describe, whoever runs them and however often."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from common import migrate
from common.migrate import SchemaDiffers
from tests import databases

SERVICES = [service for service in migrate.PACKAGES if migrate.head(service)]


@pytest.fixture
def url() -> Iterator[str]:
    """An empty database."""
    with databases.empty_database() as url:
        yield url


@pytest.mark.parametrize("service", SERVICES)
def test_the_migrations_of_a_service_are_equal_to_its_models(service: str, url: str) -> None:
    """Red when a model is changed without a migration."""
    assert migrate.upgrade(service, url)
    migrate.check(service, url)


@pytest.mark.parametrize("service", SERVICES)
def test_the_newest_file_is_the_head_of_one_line(service: str, url: str) -> None:
    """A warm start looks only at the files' names: they must tell what Alembic would find."""
    script = ScriptDirectory.from_config(migrate.configuration(service, url))
    assert script.get_heads() == [migrate.head(service)]
    numbers = sorted(revision.revision for revision in script.walk_revisions())
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]


def test_an_up_to_date_database_is_left_alone_without_importing_alembic(url: str) -> None:
    """Red when a warm start of the embedded kind pays for Alembic five times."""
    migrate.upgrade("stats", url)
    program = (
        "import sys; from common import migrate; "
        "print(migrate.upgrade('stats', sys.argv[1]), any(name.startswith('alembic') for name in sys.modules))"
    )
    command = [sys.executable, "-c", program, url]
    said = subprocess.run(command, cwd=migrate.ROOT, check=True, capture_output=True, text=True).stdout
    assert said == "False False\n"


def test_migrations_at_the_same_moment_do_no_harm(url: str) -> None:
    """All succeed: the later ones find that there is nothing left to do."""
    program = "import sys; from common import migrate; migrate.upgrade('stats', sys.argv[1])"
    command = [sys.executable, "-c", program, url]
    several = [subprocess.Popen(command, cwd=migrate.ROOT) for _ in range(3)]
    assert [process.wait(60) for process in several] == [0, 0, 0]
    assert migrate.current(url) == migrate.head("stats")


def test_a_migration_waits_for_the_one_that_runs(url: str) -> None:
    """Red without the lock."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": migrate.ADVISORY_LOCK})
        thread = threading.Thread(target=migrate.upgrade, args=("stats", url))
        thread.start()
        thread.join(1)
        assert thread.is_alive()
        assert migrate.current(url) == ""
    thread.join(30)
    assert migrate.current(url) == migrate.head("stats")


def test_a_schema_that_somebody_changed_is_noticed(url: str) -> None:
    """The check compares the database itself."""
    migrate.upgrade("stats", url)
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE message_counts ALTER COLUMN count TYPE integer"))
    with pytest.raises(SchemaDiffers, match="message_counts"):
        migrate.check("stats", url)


def test_alembic_itself_works_on_the_database_that_the_settings_name(url: str) -> None:
    """The way of a developer who writes a migration."""
    migrate.upgrade("stats", url)
    place = make_url(url)
    environment = {
        "PATH": str(Path(sys.executable).parent),
        "STATS_POSTGRES_HOST": place.host or "",
        "STATS_POSTGRES_PORT": str(place.port or 5432),
        "STATS_POSTGRES_USER": place.username or "",
        "STATS_POSTGRES_PASSWORD": place.password or "none",
        "STATS_POSTGRES_DB": place.database or "",
    }
    command = [sys.executable, "-m", "alembic", "-n", "stats", "current"]
    ran = subprocess.run(command, cwd=migrate.ROOT, env=environment, check=True, capture_output=True, text=True)
    assert ran.stdout.strip() == f"{migrate.head('stats')} (head)"
