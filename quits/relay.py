"""The relay of one service as a process: from its outbox to RabbitMQ, until it is told to stop."""

import signal
import threading
from types import FrameType

from common import log, relay
from common import settings as common_settings
from common.database import Database
from common.relay_to_rabbitmq import RabbitSender
from common.settings import Environment
from quits import configuration


def run(service: str, settings: dict[str, str]) -> None:
    """Send what the service publishes until SIGTERM or Ctrl-C; the batch at hand is finished then."""
    environment = Environment(settings)
    told = common_settings.of_service(environment, service)
    configuration.check(environment)
    log.configure(f"relay-{service}", level=told.log_level)
    stop = _stop_on_signals()
    own = Database(told.database_url, pool_size=1)
    relay.run(own, RabbitSender(told.broker), stop)
    own.close()


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()

    def set_stop(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, set_stop)
    signal.signal(signal.SIGINT, set_stop)
    return stop
