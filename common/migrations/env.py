"""What Alembic runs for every command and every service."""

from alembic import context

from common import migrate

migrate.run(context)  # type: ignore[arg-type]
