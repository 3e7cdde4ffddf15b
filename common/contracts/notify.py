"""The interface of the notify service."""

from common.contracts.system import ServiceInterface


class NotifyService(ServiceInterface, name="notify"):
    """What people are told, and how it reaches them."""
