"""A no-op call by Quits: a service with one operation that does nothing, and a function that calls it.

The worker is `celery -A bench.rpc_noop_service worker`, with the broker's URL in QUITS_BENCH_BROKER.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from urllib.parse import unquote, urlsplit

from common.errors import Unavailable
from common.rpc.celery_client import CeleryBus
from common.rpc.celery_server import make_app, serve
from common.rpc.context import Context, Signer, of_system
from common.rpc.interface import Interface, client, reads
from common.settings import Broker

BROKER_VARIABLE = "QUITS_BENCH_BROKER"
_TIMEOUT_S = 20.0
_signer = Signer("a key for measurements alone")


@dataclass(frozen=True, slots=True)
class Noop:
    """A command without arguments."""


@dataclass(frozen=True, slots=True)
class Done:
    """A result without content."""


class NoopService(Interface, name="bench_noop"):
    """What is measured."""

    @reads(timeout_s=_TIMEOUT_S)
    def do_nothing(self, context: Context, command: Noop) -> Done:
        """Do nothing."""
        raise NotImplementedError


class IdleService(NoopService):
    """Does it."""

    def do_nothing(self, context: Context, command: Noop) -> Done:
        """Do nothing."""
        return Done()


def broker_at(url: str) -> Broker:
    """Return the broker behind an AMQP URL, virtual host included in its path."""
    parts = urlsplit(url)
    return Broker(
        host=parts.hostname or "127.0.0.1",
        port=parts.port or 5672,
        user=unquote(parts.username or "guest"),
        password=unquote(parts.password or "guest"),
        vhost=unquote(parts.path[1:]),
    )


app = make_app(NoopService.service, broker_at(os.environ.get(BROKER_VARIABLE, "")))
serve(app, IdleService(), _signer)


@cache
def _bus(broker_url: str) -> CeleryBus:
    return CeleryBus(broker_at(broker_url), _signer)


def open_caller(broker_url: str) -> Callable[[], object]:
    """Return a function that calls the operation and waits for its result; threads share one pool of connections.

    Waits until the worker is there, for a call without one fails at once.
    """
    service = client(NoopService, _bus(broker_url))
    deadline = time.monotonic() + _TIMEOUT_S
    while not _is_there(service) and time.monotonic() < deadline:
        time.sleep(0.1)
    return lambda: service.do_nothing(of_system("bench", _TIMEOUT_S), Noop())


def _is_there(service: NoopService) -> bool:
    try:
        service.do_nothing(of_system("bench", _TIMEOUT_S), Noop())
    except Unavailable:
        return False
    return True
