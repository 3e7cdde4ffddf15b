"""Settings are read at once: all that is wrong is named together."""

import pytest

from common.settings import Broker, Environment, SettingsRefused

DATABASE = {
    "CORE_POSTGRES_HOST": "db",
    "CORE_POSTGRES_USER": "quits core",
    "CORE_POSTGRES_PASSWORD": "p@ss/word:%",
    "CORE_POSTGRES_DB": "quits",
}
BROKER = {
    "RABBITMQ_DEFAULT_HOST": "127.0.0.1",
    "RABBITMQ_DEFAULT_USER": "guest",
    "RABBITMQ_DEFAULT_PASS": "guest",
}


def complaints(environment: Environment) -> str:
    """Return what is said about an environment."""
    with pytest.raises(SettingsRefused) as refusal:
        environment.check()
    return str(refusal.value)


def test_everything_that_is_wrong_is_named_together():
    environment = Environment({"QUITS_PORT": "eighty", "SECRET_KEY": "short", "FLASK_ENV": "moon"})
    environment.number("QUITS_PORT", 8000)
    environment.secret("SECRET_KEY")
    environment.text("FLASK_ENV", choices=("development", "production"))
    environment.text("REDIS_HOST")
    said = complaints(environment)
    assert all(name in said for name in ("QUITS_PORT", "SECRET_KEY", "FLASK_ENV", "REDIS_HOST is missing"))


def test_a_password_with_special_characters_survives_the_url():
    environment = Environment(DATABASE)
    assert environment.database("core") == ("postgresql+psycopg2://quits%20core:p%40ss%2Fword%3A%25@db:5432/quits")
    environment.check()


@pytest.mark.parametrize("name", ["CORE_POSTGRES_PASSWORD", "RABBITMQ_DEFAULT_PASS"])
def test_a_password_of_the_example_file_is_refused(name: str):
    environment = Environment({**DATABASE, **BROKER, name: "change-me-core"})
    environment.database("core")
    environment.broker()
    assert name in complaints(environment)


def test_rabbitmqs_default_password_is_for_this_machine_only():
    Environment(BROKER).broker()
    environment = Environment({**BROKER, "RABBITMQ_DEFAULT_HOST": "rabbitmq.example.org"})
    environment.broker()
    assert "RABBITMQ_DEFAULT_PASS" in complaints(environment)


def test_the_address_of_the_broker_holds_any_virtual_host():
    assert Broker("mq", 5672, "u", "p/w", "/").url == "amqp://u:p%2Fw@mq:5672/%2F"
