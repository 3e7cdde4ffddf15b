"""Whether the gateway lives, whether all that it needs is there, and its figures: for those who operate it.

Liveness touches nothing, so that an absent database never gets a healthy process killed. The cache alone does not make
the gateway unready: PostgreSQL and memory stand in for it.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import orjson
from flask import Blueprint, Response, current_app

from common.contracts.budget import BudgetService
from common.contracts.core import CoreService
from common.contracts.notify import NotifyService
from common.contracts.stats import StatsService
from common.contracts.system import Ping, Pong, ServiceInterface
from common.errors import QuitsError
from common.rpc import wire
from common.rpc.context import of_system
from common.rpc.interface import Bus, Call, Reply
from gateway import metrics

PING_TIMEOUT_S = 1.5
UP, DOWN, NOT_USED = "up", "down", "not_used"
INTERFACES: tuple[type[ServiceInterface], ...] = (CoreService, BudgetService, StatsService, NotifyService)

system = Blueprint("system", __name__)


@system.get("/healthz")
def show_health() -> Response:
    """Answer that the process lives."""
    return _answer({"status": UP})


@system.get("/readyz")
def show_readiness() -> Response:
    """Answer 200 when everything that requests need is there, else 503; and what is there and what is not."""
    services = current_app.extensions["quits"]
    database = UP if services.database.is_up() else DOWN
    parts = {"database": database, "broker": NOT_USED, "cache": NOT_USED, **_states(services.checks)}
    pinged = ping_all(services.bus)
    is_ready = DOWN not in (parts["database"], parts["broker"]) and set(pinged.values()) == {UP}
    status = HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE
    return _answer({"status": "ready" if is_ready else "not_ready", **parts, "services": pinged}, status)


@system.get("/metrics")
def show_metrics() -> Response:
    """Answer with figures for Prometheus."""
    return Response(metrics.exposition(), content_type=metrics.CONTENT_TYPE)


def ping_all(bus: Bus) -> dict[str, str]:
    """Return whether each service, and its database, answers within a short deadline; all are asked at once."""
    context = of_system("gateway", PING_TIMEOUT_S)
    outcomes = bus.gather([Call(interface.operations["ping"], context, Ping()) for interface in INTERFACES])
    return {interface.service: _state(outcome) for interface, outcome in zip(INTERFACES, outcomes, strict=True)}


def _state(outcome: Reply | QuitsError) -> str:
    if isinstance(outcome, QuitsError):
        return DOWN
    pong: Pong = wire.load_result(Pong, outcome.body)
    return UP if pong.database else "database_down"


def _states(checks: Mapping[str, Callable[[], bool]]) -> dict[str, str]:
    return {name: UP if is_up() else DOWN for name, is_up in checks.items()}


def _answer(document: Mapping[str, Any], status: HTTPStatus = HTTPStatus.OK) -> Response:
    response = Response(orjson.dumps(document), status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
