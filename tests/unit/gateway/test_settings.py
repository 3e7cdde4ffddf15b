"""What the gateway accepts as its settings."""

import pytest

from common.settings import SettingsRefused
from gateway import settings

SECRET = "0123456789abcdef0123456789abcdef"
COMPLETE = {
    "GATEWAY_POSTGRES_HOST": "127.0.0.1",
    "GATEWAY_POSTGRES_USER": "quits",
    "GATEWAY_POSTGRES_PASSWORD": "quits",
    "GATEWAY_POSTGRES_DB": "quits",
    "RABBITMQ_DEFAULT_HOST": "127.0.0.1",
    "RABBITMQ_DEFAULT_USER": "guest",
    "RABBITMQ_DEFAULT_PASS": "guest",
    "REDIS_HOST": "127.0.0.1",
    "JWT_SECRET_KEY": SECRET,
    "SECRET_KEY": SECRET[::-1],
}


def test_without_a_word_it_is_production():
    told = settings.read(COMPLETE)
    assert told.has_secure_cookies
    assert told.has_rate_limits
    assert told.trusted_proxies == 0


@pytest.mark.parametrize("unsafe", [{"QUITS_RATE_LIMITS": "off"}, {"FLASK_DEBUG": "1"}])
def test_what_makes_production_unsafe_is_refused_there(unsafe: dict[str, str]):
    settings.read({**COMPLETE, **unsafe, "FLASK_ENV": "development"})
    with pytest.raises(SettingsRefused, match=next(iter(unsafe))):
        settings.read({**COMPLETE, **unsafe, "FLASK_ENV": "production"})


def test_cookies_go_over_plain_http_only_where_one_develops():
    development = {**COMPLETE, "FLASK_ENV": "development"}
    assert not settings.read(development).has_secure_cookies
    assert settings.read({**development, "QUITS_PUBLIC_URL": "https://quits.example.org/"}).has_secure_cookies


def test_redis_may_have_a_password_with_any_characters():
    told = settings.read({**COMPLETE, "REDIS_PASSWORD": "a/b@c", "REDIS_INDEX": "3"})
    assert told.redis_url == "redis://:a%2Fb%40c@127.0.0.1:6379/3"


def test_a_replica_of_redis_is_refused():
    with pytest.raises(SettingsRefused, match="REDIS_REPLICATION_MODE"):
        settings.read({**COMPLETE, "REDIS_REPLICATION_MODE": "slave"})
