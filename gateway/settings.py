"""What the gateway is told at its start when it runs as a service of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from common import settings
from common.settings import Environment, ServiceSettings

DEVELOPMENT, PRODUCTION = "development", "production"
DEFAULT_THREADS = 8


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """The gateway's own settings, beside those that every service has in `service`.

    `trusted_proxies` is how many reverse proxies stand in front, whose word on the client's address counts.
    `public_url` is empty when the address of each request will do.
    """

    service: ServiceSettings
    jwt_secret_key: str
    redis_url: str
    public_url: str
    trusted_proxies: int
    threads: int
    has_rate_limits: bool
    has_secure_cookies: bool


def read(values: Mapping[str, str]) -> GatewaySettings:
    """Return the settings in `values`; raises SettingsRefused that names everything missing or wrong."""
    environment = Environment(values)
    is_production = environment.text("FLASK_ENV", PRODUCTION, (DEVELOPMENT, PRODUCTION)) == PRODUCTION
    has_rate_limits = environment.switch("QUITS_RATE_LIMITS", default=True)
    is_debugging = environment.switch("FLASK_DEBUG", default=False)
    if is_production and not has_rate_limits:
        environment.refuse("QUITS_RATE_LIMITS must be on when FLASK_ENV is production")
    if is_production and is_debugging:
        environment.refuse("FLASK_DEBUG must be 0 when FLASK_ENV is production")
    public_url = environment.text("QUITS_PUBLIC_URL", "").rstrip("/")
    told = GatewaySettings(
        service=settings.of_service(environment, "gateway"),
        jwt_secret_key=environment.secret("JWT_SECRET_KEY"),
        redis_url=_redis_url(environment),
        public_url=public_url,
        trusted_proxies=environment.number("QUITS_TRUSTED_PROXIES", 0),
        threads=environment.number("QUITS_GATEWAY_THREADS", DEFAULT_THREADS),
        has_rate_limits=has_rate_limits,
        has_secure_cookies=is_production or public_url.startswith("https:"),
    )
    environment.check()
    return told


def _redis_url(environment: Environment) -> str:
    # Quits writes: a replica would refuse that.
    environment.text("REDIS_REPLICATION_MODE", "master", ("master",))
    password = environment.text("REDIS_PASSWORD", "")
    account = f":{quote(password, safe='')}@" if password else ""
    host = environment.text("REDIS_HOST")
    port = environment.port("REDIS_PORT", 6379)
    return f"redis://{account}{host}:{port}/{environment.number('REDIS_INDEX', 0)}"
