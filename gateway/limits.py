"""How many requests a caller may send: counted in Redis for all processes together, in memory while it is away."""

import math
import threading
import time

import structlog
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import FixedWindowRateLimiter

from common.errors import TooMany
from gateway import cache
from gateway.caller import Caller

log = structlog.get_logger(__name__)

PER_USER = parse("600/minute")
PER_ADDRESS = parse("300/minute")
PER_ADDRESS_TO_SIGN_IN = parse("60/minute")


class RequestLimits:
    """Counts requests per user, else per guest's link and address, else per address; sign-in apart, with less."""

    def __init__(self, redis_url: str | None) -> None:
        """Count in the Redis at `redis_url`; None stands for a process that is alone."""
        self._in_memory = FixedWindowRateLimiter(MemoryStorage())
        self._shared = None if redis_url is None else _in_redis(redis_url)
        self._redis_away_until = 0.0
        self._noting = threading.Lock()

    def check(self, caller: Caller, address: str, *, is_sign_in: bool = False) -> None:
        """Count a request; raises TooMany once the caller has sent more than the rate allows."""
        rate, key = rate_and_key(caller, address, is_sign_in=is_sign_in)
        if self._shared is not None and time.monotonic() >= self._redis_away_until:
            try:
                _hit(self._shared, rate, key)
            except StorageError:
                self._note_redis_away()
            else:
                return
        _hit(self._in_memory, rate, key)

    def _note_redis_away(self) -> None:
        with self._noting:
            if time.monotonic() >= self._redis_away_until:
                log.warning("rate_limits_in_memory")
            self._redis_away_until = time.monotonic() + cache.LEFT_ALONE_S


def rate_and_key(caller: Caller, address: str, *, is_sign_in: bool) -> tuple[RateLimitItem, str]:
    """Return how many requests are allowed, and what they are counted under."""
    if is_sign_in:
        return PER_ADDRESS_TO_SIGN_IN, f"sign-in:{address}"
    if caller.user_id is not None:
        return PER_USER, f"user:{caller.user_id}"
    if caller.guest is not None:
        return PER_USER, f"guest:{caller.guest.link_id}:{address}"
    return PER_ADDRESS, f"address:{address}"


def _hit(limiter: FixedWindowRateLimiter, rate: RateLimitItem, key: str) -> None:
    if not limiter.hit(rate, "quits", key):
        reset_at = limiter.get_window_stats(rate, "quits", key).reset_time
        raise TooMany(retry_after_s=max(1, math.ceil(reset_at - time.time())))


def _in_redis(url: str) -> FixedWindowRateLimiter:
    pool = cache.connect(url).connection_pool
    return FixedWindowRateLimiter(RedisStorage(url, connection_pool=pool, wrap_exceptions=True))
