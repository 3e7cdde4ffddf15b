"""The environment, read once at start-up: all that is missing or wrong is named together, then the start stops."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from dotenv import dotenv_values

MIN_SECRET_LENGTH = 32
PLACEHOLDER = "change-me"
RABBITMQ_DEFAULT = "guest"
THIS_MACHINE = ("127.0.0.1", "::1", "localhost")
LAST_PORT = 65_535
DEFAULT_LOG = "info"
LOG_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING}


class SettingsRefused(Exception):
    """Settings are missing or wrong; the text names each of them and what it should be."""


@dataclass(frozen=True, slots=True)
class Broker:
    """Where RabbitMQ is and who we are there."""

    host: str
    port: int
    user: str
    password: str
    vhost: str

    @property
    def url(self) -> str:
        """The broker as an AMQP URL."""
        return f"amqp://{_quoted(self.user)}:{_quoted(self.password)}@{self.host}:{self.port}/{_quoted(self.vhost)}"


class Environment:
    """Reads settings one by one and collects complaints; `check()` raises them all at once."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self._complaints: list[str] = []

    def text(self, name: str, default: str | None = None, choices: tuple[str, ...] = ()) -> str:
        """Return a setting; without a default it must be there, with `choices` it must be one of them."""
        value = self._values.get(name) or default
        if value is None:
            self._complaints.append(f"{name} is missing")
        elif choices and value not in choices:
            self._complaints.append(f"{name} must be one of {', '.join(choices)}, not {value!r}")
        return value or ""

    def number(self, name: str, default: int) -> int:
        """Return a setting that is a whole number."""
        value = self._values.get(name) or str(default)
        if not (value.isascii() and value.isdigit()):
            self._complaints.append(f"{name} must be a whole number, not {value!r}")
            return default
        return int(value)

    def port(self, name: str, default: int) -> int:
        """Return a setting that is the number of a TCP port."""
        value = self.number(name, default)
        if value > LAST_PORT:
            self._complaints.append(f"{name} must be at most {LAST_PORT}, not {value}")
            return default
        return value

    def switch(self, name: str, *, default: bool) -> bool:
        """Return a setting that is on or off."""
        return self.text(name, "on" if default else "off", ("on", "off", "1", "0")) in {"on", "1"}

    def secret(self, name: str) -> str:
        """Return a secret; it must be long, and not the placeholder of the example file."""
        value = self.text(name)
        if value and (len(value) < MIN_SECRET_LENGTH or PLACEHOLDER in value):
            self._complaints.append(
                f"{name} must be a secret of your own with at least {MIN_SECRET_LENGTH} characters "
                "(`python3 -c 'import secrets; print(secrets.token_urlsafe(48))'` makes one)"
            )
        return value

    def password(self, name: str) -> str:
        """Return a password for a server of somebody else's; any will do that is not the example file's."""
        value = self.text(name)
        if PLACEHOLDER in value:
            self._complaints.append(f"{name} must be a password of your own")
        return value

    def database(self, section: str) -> str:
        """Return the SQLAlchemy URL of one service's PostgreSQL, from its section `<SECTION>_POSTGRES_*`."""
        prefix = f"{section.upper()}_POSTGRES"
        host = self.text(f"{prefix}_HOST")
        port = self.port(f"{prefix}_PORT", 5432)
        user = self.text(f"{prefix}_USER")
        password = self.password(f"{prefix}_PASSWORD")
        name = self.text(f"{prefix}_DB")
        return f"postgresql+psycopg2://{_quoted(user)}:{_quoted(password)}@{host}:{port}/{_quoted(name)}"

    def broker(self) -> Broker:
        """Return where RabbitMQ is."""
        broker = Broker(
            host=self.text("RABBITMQ_DEFAULT_HOST"),
            port=self.port("RABBITMQ_DEFAULT_PORT", 5672),
            user=self.text("RABBITMQ_DEFAULT_USER"),
            password=self.password("RABBITMQ_DEFAULT_PASS"),
            vhost=self.text("RABBITMQ_DEFAULT_VHOST", "/"),
        )
        if broker.password == RABBITMQ_DEFAULT and broker.host not in THIS_MACHINE:
            self.refuse(f"RABBITMQ_DEFAULT_PASS must not be {RABBITMQ_DEFAULT}, unless RabbitMQ is on this machine")
        return broker

    def refuse(self, complaint: str) -> None:
        """Add a complaint about settings that do not go together."""
        self._complaints.append(complaint)

    def check(self) -> None:
        """Raise SettingsRefused when any setting that was read is missing or wrong."""
        if self._complaints:
            raise SettingsRefused("; ".join(self._complaints))


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """What every service is told: its database, the broker, the key that proves who calls, and how much to log."""

    database_url: str
    broker: Broker
    secret_key: str
    log_level: int


def of_service(environment: Environment, section: str) -> ServiceSettings:
    """Return what the service with this `section` is told; `environment.check()` still has to be called."""
    return ServiceSettings(
        database_url=environment.database(section),
        broker=environment.broker(),
        secret_key=environment.secret("SECRET_KEY"),
        log_level=LOG_LEVELS.get(environment.text("QUITS_LOG", DEFAULT_LOG, tuple(LOG_LEVELS)), logging.INFO),
    )


def read_config(path: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the settings in the file at `path`, if there is one, overridden by those of the environment."""
    from_file = {key: value for key, value in dotenv_values(path).items() if value is not None}
    return {**from_file, **environment}


def _quoted(text: str) -> str:
    return quote(text, safe="")
