"""`quits dlq`: what a service could not apply, and applying it again once the cause is mended."""

from collections.abc import Callable

import orjson
from amqp.exceptions import AMQPError

from common import dead_letters
from common.dead_letters import DeadLetter
from common.settings import Broker, Environment
from quits import configuration
from quits.errors import CannotStart


def show(service: str, settings: dict[str, str], limit: int) -> list[str]:
    """Return the oldest dead letters of a service, a line each; they stay. Raises CannotStart."""
    return [_line(letter) for letter in _asked(dead_letters.list_dead, service, settings, limit)]


def replay(service: str, settings: dict[str, str], limit: int) -> list[str]:
    """Send the oldest dead letters to their service again and return them, a line each. Raises CannotStart."""
    return [_line(letter) for letter in _asked(dead_letters.replay_dead, service, settings, limit)]


def _asked(
    ask: Callable[[Broker, str, int], list[DeadLetter]], service: str, settings: dict[str, str], limit: int
) -> list[DeadLetter]:
    environment = Environment(settings)
    broker = environment.broker()
    configuration.check(environment)
    try:
        return ask(broker, service, limit)
    except (AMQPError, OSError) as error:
        raise CannotStart(f"RabbitMQ on {broker.host}:{broker.port} does not answer ({error}).") from error


def _line(letter: DeadLetter) -> str:
    return f"{letter.id}  {letter.kind}  {letter.reason}  {orjson.dumps(letter.payload).decode()}"
