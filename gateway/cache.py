"""Redis, which the processes of the gateway share: what it holds may be lost at any time, and nobody waits for it."""

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

TIMEOUT_S = 0.3
# How long a process does without Redis after it has failed, so that not every request waits for the timeout.
LEFT_ALONE_S = 1.0


def connect(url: str) -> Redis:
    """Return a Redis client that gives up soon; one repetition covers connections that broke while unused."""
    return Redis.from_url(url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S, retry=Retry(NoBackoff(), 1))
