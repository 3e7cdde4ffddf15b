"""What `config.env` and the environment say about Quits as services."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from common import migrate
from common.settings import PLACEHOLDER, Environment, SettingsRefused, read_config
from quits.errors import CannotStart

CONFIG_FILE = Path("config.env")
SERVICES = tuple(migrate.PACKAGES)


def values() -> dict[str, str]:
    """Return all settings by name."""
    return read_config(CONFIG_FILE, os.environ)


def database_urls(settings: Mapping[str, str], services: Iterable[str] = SERVICES) -> dict[str, str]:
    """Return the URL of each service's database; raises CannotStart that names every setting in the way."""
    environment = Environment(settings)
    urls = {service: environment.database(service) for service in services}
    check(environment)
    return urls


def admin_url(settings: Mapping[str, str]) -> str:
    """Return the address of PostgreSQL's superuser, empty for the usual one; raises CannotStart for a placeholder."""
    url = settings.get("POSTGRES_ADMIN_URL") or ""
    if PLACEHOLDER in url or PLACEHOLDER in (settings.get("PGPASSWORD") or ""):
        raise CannotStart("POSTGRES_ADMIN_URL and POSTGRES_PASSWORD must have a password of your own.")
    return url


def check(environment: Environment) -> None:
    """Raise CannotStart when any setting that was read is missing or wrong."""
    try:
        environment.check()
    except SettingsRefused as refusal:
        raise refused(refusal) from None


def refused(refusal: SettingsRefused) -> CannotStart:
    """Return the refusal as one sentence for who started Quits."""
    where = f"in {CONFIG_FILE}" if CONFIG_FILE.exists() else f"in {CONFIG_FILE}, made from config.env.example"
    return CannotStart(f"Settings to be mended {where}: {refusal}.")
