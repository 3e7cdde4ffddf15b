"""Expenses that come again by themselves."""

from http import HTTPStatus

from common.contracts.core import CoreService
from gateway.endpoint import Routes

recurring_expenses = Routes("recurring_expenses", "/events/<uuid:event_id>/recurring-expenses")

ONE = "/<uuid:recurring_expense_id>"

recurring_expenses.remote("GET", "", CoreService.list_recurring_expenses, expands=True)
recurring_expenses.remote("POST", "", CoreService.add_recurring_expense, status=HTTPStatus.CREATED, expands=True)
recurring_expenses.remote("PATCH", ONE, CoreService.edit_recurring_expense, expands=True)
recurring_expenses.remote("DELETE", ONE, CoreService.delete_recurring_expense, status=HTTPStatus.NO_CONTENT)
