"""The gateway as a service of its own, for any WSGI server: `gunicorn -c deploy/gunicorn.py gateway.wsgi:app`."""

import os
from pathlib import Path

from amqp.exceptions import AMQPError
from flask import Flask
from redis import Redis
from redis.exceptions import RedisError
from werkzeug.middleware.proxy_fix import ProxyFix

from common import log, relay_to_rabbitmq
from common.database import Database
from common.rpc.celery_client import CeleryBus
from common.rpc.context import Signer
from common.settings import Broker, read_config
from gateway import cache, settings
from gateway.app import create_app
from gateway.auth import wiring
from gateway.auth.gate import RedisGate
from gateway.limits import RequestLimits
from gateway.services import GatewayServices
from gateway.settings import GatewaySettings

BROKER_TIMEOUT_S = 1.0
# Beside a connection for each thread: one for who renews the list of ended sessions.
SPARE_CONNECTIONS = 2


def make_app(told: GatewaySettings) -> Flask:
    """Return the gateway with the services behind RabbitMQ; nothing is connected to before the first request."""
    secret_key, broker = told.service.secret_key, told.service.broker
    own = Database(told.service.database_url, told.threads + SPARE_CONNECTIONS)
    redis = cache.connect(told.redis_url)
    gate = RedisGate(redis, own, secret_key)
    services = GatewayServices(
        bus=CeleryBus(broker, Signer(secret_key), told.threads),
        database=own,
        auth=wiring.build(
            own,
            gate,
            secret_key,
            counts_addresses=told.has_rate_limits,
            has_secure_cookies=told.has_secure_cookies,
        ),
        limits=RequestLimits(told.redis_url) if told.has_rate_limits else None,
        public_url=told.public_url,
        checks={"broker": lambda: _is_broker_up(broker), "cache": lambda: _is_redis_up(redis)},
    )
    made = create_app(services, told.jwt_secret_key)
    if hops := told.trusted_proxies:
        made.wsgi_app = ProxyFix(made.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return made


def _is_broker_up(broker: Broker) -> bool:
    try:
        relay_to_rabbitmq.connect(broker, BROKER_TIMEOUT_S).collect()
    except (AMQPError, OSError):
        return False
    return True


def _is_redis_up(redis: Redis) -> bool:
    try:
        return bool(redis.ping())
    except RedisError:
        return False


told = settings.read(read_config(Path("config.env"), os.environ))
log.configure("gateway", level=told.service.log_level)
app = make_app(told)
