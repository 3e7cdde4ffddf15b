"""Health, readiness and figures, with parts that are up or down as a test says."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Flask

from common.contracts.system import Pong
from common.errors import QuitsError, Unavailable
from common.rpc import wire
from common.rpc.interface import Call, Reply
from gateway import metrics
from gateway.routes.system import system

ALL_UP = {"core": "up", "budget": "up", "stats": "up", "notify": "up"}


@dataclass
class FakeDatabase:
    """A database that is up or down."""

    is_there: bool = True

    def is_up(self) -> bool:
        """Return what the test says."""
        return self.is_there


@dataclass
class FakeBus:
    """A bus to services of which some do not answer, or have no database."""

    away: Sequence[str] = ()
    without_database: Sequence[str] = ()

    def gather(self, calls: Sequence[Call]) -> list[Reply | QuitsError]:
        """Answer each ping."""
        return [self._answer(call.operation.service) for call in calls]

    def _answer(self, service: str) -> Reply | QuitsError:
        if service in self.away:
            return Unavailable()
        return Reply(wire.dump(Pong(service, service not in self.without_database)))


@dataclass
class Services:
    """What the routes work with."""

    database: Any = field(default_factory=FakeDatabase)
    bus: Any = field(default_factory=FakeBus)
    checks: Mapping[str, Callable[[], bool]] = field(
        default_factory=lambda: {"broker": lambda: True, "cache": lambda: True}
    )


def get(path: str, services: Any) -> tuple[int, Any]:
    """Return status and document of an answer."""
    app = Flask(__name__)
    app.extensions["quits"] = services
    app.register_blueprint(system)
    response = app.test_client().get(path)
    return response.status_code, response.get_json(silent=True) or response.get_data(as_text=True)


def test_the_process_lives_whatever_is_away():
    """Red when liveness touches anything: there is nothing to touch."""
    assert get("/healthz", services=None) == (200, {"status": "up"})


def test_it_is_ready_when_everything_is_there():
    status, document = get("/readyz", Services())
    assert status == 200
    assert document == {"status": "ready", "database": "up", "broker": "up", "cache": "up", "services": ALL_UP}


def test_without_its_database_it_is_not_ready():
    status, document = get("/readyz", Services(database=FakeDatabase(is_there=False)))
    assert (status, document["status"], document["database"]) == (503, "not_ready", "down")


def test_without_the_broker_it_is_not_ready():
    services = Services(bus=FakeBus(away=list(ALL_UP)), checks={"broker": lambda: False, "cache": lambda: True})
    status, document = get("/readyz", services)
    assert (status, document["broker"], document["cache"]) == (503, "down", "up")


def test_one_service_away_is_named():
    status, document = get("/readyz", Services(bus=FakeBus(away=["stats"])))
    assert (status, document["services"]) == (503, {**ALL_UP, "stats": "down"})


def test_a_service_without_its_database_is_not_ready_either():
    status, document = get("/readyz", Services(bus=FakeBus(without_database=["core"])))
    assert (status, document["services"]["core"]) == (503, "database_down")


def test_the_cache_alone_does_not_matter():
    """PostgreSQL and memory stand in for it."""
    status, document = get("/readyz", Services(checks={"broker": lambda: True, "cache": lambda: False}))
    assert (status, document["cache"]) == (200, "down")


def test_in_one_process_there_is_neither_broker_nor_cache():
    status, document = get("/readyz", Services(checks={}))
    assert (status, document["broker"], document["cache"]) == (200, "not_used", "not_used")


def test_requests_are_counted_by_route_and_status():
    metrics.observe("GET", "/api/v1/events/<uuid:event_id>", 404, 0.02)
    status, text = get("/metrics", None)
    assert status == 200
    route = 'method="GET",route="/api/v1/events/<uuid:event_id>"'
    assert f'quits_http_requests_total{{{route},status="404"}} 1.0' in text
    assert f'quits_http_request_seconds_bucket{{le="0.025",{route}}} 1.0' in text


def test_unknown_paths_and_methods_make_no_figures_of_their_own():
    metrics.observe("BREW", None, 404, 0.01)
    _, text = get("/metrics", None)
    assert "BREW" not in text
    assert 'method="other",route="none"' in text
