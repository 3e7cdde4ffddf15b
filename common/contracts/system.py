"""What every service answers: whether it is there and can work."""

from dataclasses import dataclass

from common.rpc.context import Context
from common.rpc.interface import Interface, reads


@dataclass(frozen=True, slots=True)
class Ping:
    """A question without arguments."""


@dataclass(frozen=True, slots=True)
class Pong:
    """A service that answers, and whether its database does."""

    service: str
    database: bool


class ServiceInterface(Interface):
    """Base of every service's interface."""

    @reads(timeout_s=2.0)
    def ping(self, context: Context, command: Ping) -> Pong:
        """Tell whether the service and its database answer."""
        raise NotImplementedError
