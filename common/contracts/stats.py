"""The interface of the stats service."""

from common.contracts.system import ServiceInterface


class StatsService(ServiceInterface, name="stats"):
    """Figures over what the other services publish."""
