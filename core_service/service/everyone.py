"""Expenses for "everyone": when somebody joins, leaves or changes weight, their shares are computed anew."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from common.contracts.expenses import Kind, Split
from core_service.domain import ledger as rules
from core_service.domain import membership, splitting
from core_service.domain.ledger import Line
from core_service.domain.membership import Attendance
from core_service.models import ExpenseRow
from core_service.queries import expenses, ledger, members
from core_service.service import debts
from core_service.service.operations import Entered


def recompute(entered: Entered, former: Mapping[uuid.UUID, Attendance]) -> None:
    """Compute the shares of "everyone" expenses anew where, since `former`, others take part or with other weights.

    All others keep their shares to the cent. Those concerned are gone through in the order they were recorded, so that
    left-over cents fall as if the members had been there from the start. An expense on whose date nobody would be left
    keeps its shares.
    """
    session, event = entered.session, entered.event
    attendances = members.attendances(session, event.id)
    was, now = _Presence(former), _Presence(attendances)
    candidates = expenses.list_everyone(session, event.id)
    concerned = [row for row in candidates if was.weights(row.date) != now.weights(row.date) != {}]
    if not concerned:
        return
    before = expenses.lines_of(session, [row.id for row in concerned])
    for row in concerned:
        if row.deleted_at is None:
            rules.bear(attendances, before[row.id], sign=-1)
    after = {}
    for row in concerned:
        after[row.id] = _lines(row, before[row.id], attendances)
        if row.deleted_at is None:
            rules.bear(attendances, after[row.id])
    changed = [row for row in concerned if after[row.id] != before[row.id]]
    _save(entered, changed, before, after)


class _Presence:
    """Who is present with which weight, remembered by date."""

    def __init__(self, attendances: Mapping[uuid.UUID, Attendance]) -> None:
        self._attendances = tuple(attendances.values())
        self._by_date: dict[date, dict[uuid.UUID, int]] = {}

    def weights(self, on: date) -> dict[uuid.UUID, int]:
        """Return the weight of each member who is present on a date."""
        if on not in self._by_date:
            present = membership.present(self._attendances, on)
            self._by_date[on] = {member.member_id: member.weight(on) for member in present}
        return self._by_date[on]


def _lines(row: ExpenseRow, before: list[Line], attendances: dict[uuid.UUID, Attendance]) -> list[Line]:
    kind: Kind = row.kind  # type: ignore[assignment]
    parts = splitting.divide(kind, row.amount, row.event_amount, Split(), attendances, row.date)
    paid = {line.member_id: line.paid for line in before if line.paid is not None}
    bearing = [Line(part.member_id, paid.pop(part.member_id, None), part.amount, part.leftover) for part in parts]
    return bearing + [Line(member_id, amount, None) for member_id, amount in paid.items()]


def _save(
    entered: Entered, changed: list[ExpenseRow], before: dict[uuid.UUID, Any], after: dict[uuid.UUID, Any]
) -> None:
    if not changed:
        return
    session, event = entered.session, entered.event
    expenses.replace_lines(session, event.id, before, {row.id: after[row.id] for row in changed})
    live: list[tuple[Kind, uuid.UUID]] = [(row.kind, row.id) for row in changed if row.deleted_at is None]  # type: ignore[misc]
    added = [(kind, after[expense_id]) for kind, expense_id in live]
    removed = [(kind, before[expense_id]) for kind, expense_id in live]
    ledger.change_balances(session, rules.balance_changes(added, removed))
    debts.change(session, event, [lines for _, lines in added], [lines for _, lines in removed])
    expenses.raise_revisions(session, [row.id for row in changed])
