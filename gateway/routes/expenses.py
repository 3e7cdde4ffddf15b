"""Expenses and payments of an event."""

from http import HTTPStatus

from common.contracts.core import CoreService
from gateway.endpoint import Routes

expenses = Routes("expenses")

EVENT = "/events/<uuid:event_id>"
EXPENSE = f"{EVENT}/expenses/<uuid:expense_id>"

expenses.remote("GET", f"{EVENT}/expenses", CoreService.list_expenses, expands=True)
expenses.remote("POST", f"{EVENT}/expenses", CoreService.record_expense, status=HTTPStatus.CREATED, expands=True)
expenses.remote("GET", EXPENSE, CoreService.get_expense, expands=True)
expenses.remote("PATCH", EXPENSE, CoreService.edit_expense, expands=True)
expenses.remote("DELETE", EXPENSE, CoreService.delete_expense, status=HTTPStatus.NO_CONTENT)
expenses.remote("POST", f"{EXPENSE}/restore", CoreService.restore_expense)
expenses.remote("POST", f"{EVENT}/payments", CoreService.record_payment, status=HTTPStatus.CREATED, expands=True)
expenses.remote("GET", "/expenses/<uuid:expense_id>", CoreService.find_expense, expands=True)
