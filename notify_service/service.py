"""The operations of the notify service: what people are told, and how it reaches them."""

from common.contracts.notify import NotifyService
from common.contracts.system import Ping, Pong
from common.database import Database
from common.rpc.context import Context


class Notify(NotifyService):
    """Implements the interface on the service's own database."""

    def __init__(self, own: Database) -> None:
        self._database = own

    def ping(self, context: Context, command: Ping) -> Pong:
        """Tell whether the service and its database answer."""
        return Pong(self.service, self._database.is_up())
