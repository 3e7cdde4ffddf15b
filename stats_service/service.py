"""The operations of the stats service: figures over what the other services publish."""

from common.contracts.stats import StatsService
from common.contracts.system import Ping, Pong
from common.database import Database
from common.rpc.context import Context


class Stats(StatsService):
    """Implements the interface on the service's own database."""

    def __init__(self, own: Database) -> None:
        self._database = own

    def ping(self, context: Context, command: Ping) -> Pong:
        """Tell whether the service and its database answer."""
        return Pong(self.service, self._database.is_up())
