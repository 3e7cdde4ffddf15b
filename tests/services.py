"""Services under test, run by either transport: a factory function is imported here or in a worker of its own.

A factory is a function at the top of a module, `(bus) -> implementation`, that takes everything else, such as the
address of a database, from the environment.
"""

from collections.abc import Callable
from pathlib import Path

from common.rpc.celery_client import CeleryBus
from common.rpc.context import Signer
from common.rpc.inprocess import InProcessBus
from common.rpc.interface import Bus, Interface
from common.settings import Broker
from tests.servers import CeleryWorker, broker_environment

FACTORY_VARIABLE = "QUITS_TEST_FACTORY"
Factory = Callable[[Bus], Interface]
signer = Signer("a key that only tests know")


def in_process_bus(*factories: Factory) -> InProcessBus:
    """Return a bus on which the made services run in this process."""
    bus = InProcessBus(signer)
    for factory in factories:
        bus.serve(factory(bus))
    return bus


def worker_of(factory: Factory, broker: Broker, folder: Path, concurrency: int = 2) -> CeleryWorker:
    """Start a Celery worker that serves what `factory` makes."""
    environment = {**broker_environment(broker), FACTORY_VARIABLE: f"{factory.__module__}:{factory.__qualname__}"}
    return CeleryWorker("tests.service_app", environment, folder, concurrency)


class Workers:
    """One worker for each factory, started when it is first asked for and kept until `stop`."""

    def __init__(self, broker: Broker, folder: Path) -> None:
        self._broker = broker
        self._folder = folder
        self._running: dict[Factory, CeleryWorker] = {}

    def bus(self, *factories: Factory) -> CeleryBus:
        """Return a bus over RabbitMQ to the services that `factories` make."""
        for factory in factories:
            if factory not in self._running:
                self._running[factory] = worker_of(factory, self._broker, self._folder)
        return CeleryBus(self._broker, signer)

    def stop(self) -> None:
        """Kill all workers."""
        for worker in self._running.values():
            worker.kill()
