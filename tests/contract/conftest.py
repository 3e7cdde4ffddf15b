"""A contract is tested on both transports: `bus_for(factory, ...)` gives a bus to the services that are made."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from common.database import Database
from common.rpc.interface import Bus
from tests import core, services


@pytest.fixture(scope="session")
def workers(request: pytest.FixtureRequest, server_folder: Path) -> Iterator[services.Workers]:
    """The Celery workers of this test run."""
    workers = services.Workers(request.getfixturevalue("broker"), server_folder)
    yield workers
    workers.stop()


@pytest.fixture(params=["in_process", "rabbitmq"])
def bus_for(request: pytest.FixtureRequest) -> Iterator[Callable[..., Bus]]:
    """A function from factories of services, as `tests.services` describes them, to a bus that reaches them."""
    buses: list[Bus] = []

    def make(*factories: services.Factory) -> Bus:
        if request.param == "in_process":
            bus: Bus = services.in_process_bus(*factories)
        else:
            bus = request.getfixturevalue("workers").bus(*factories)
        buses.append(bus)
        return bus

    yield make
    for bus in buses:
        bus.close()


@pytest.fixture
def core_bus(bus_for: Callable[..., Bus], core_database: Database) -> Bus:
    """A bus to a core service on a real database."""
    return bus_for(core.make_core)


@pytest.fixture
def ann(core_bus: Bus) -> core.Person:
    """A user who is new."""
    return core.user(core_bus, "Ann")


@pytest.fixture
def bob(core_bus: Bus) -> core.Person:
    """Another one."""
    return core.user(core_bus, "Bob")


@pytest.fixture
def stranger(core_bus: Bus) -> core.Person:
    """A user who is in nobody's event."""
    return core.user(core_bus, "Stan")
