"""The interface of the budget service."""

from common.contracts.system import ServiceInterface


class BudgetService(ServiceInterface, name="budget"):
    """Funnels, spendings and what can be spent today."""
