"""Operations that answer who owes whom, and why."""

import functools
from datetime import date
from uuid import UUID

from common.contracts.balances import (
    Balance,
    BalanceLine,
    BalanceLines,
    Balances,
    GetBalances,
    ListBalanceLines,
    Settlement,
    Transfer,
)
from common.contracts.events import EventOf
from common.errors import NotFound
from common.rpc.context import Context
from core_service.domain import ledger, settlement
from core_service.domain.ledger import BalanceChange, Pair
from core_service.models import BalanceRow
from core_service.queries import expenses, members
from core_service.queries import ledger as kept
from core_service.service import debts
from core_service.service.operations import Entered, Operations

REMEMBERED_PLANS = 256


class BalanceOperations(Operations):
    """Balances, the lines behind them, and the settlement."""

    def get_balances(self, context: Context, command: GetBalances) -> Balances:
        """Show every member's balance, and who owes whom."""
        with self._database.transaction() as session:
            entered = self._read(session, context, command.event_id)
            balances = _kept(entered) if command.as_of is None else _as_of(entered, command.as_of)
            plan = _plan(entered, balances, command.as_of)
            spent = sum(balance.paid for balance in balances)
            return Balances(entered.event.currency, spent, balances, plan.transfers)

    def get_settlement(self, context: Context, command: EventOf) -> Settlement:
        """Suggest the transfers that settle the event: the fewest, or one per debt when debts are not simplified."""
        with self._database.transaction() as session:
            entered = self._read(session, context, command.event_id)
            return _plan(entered, _kept(entered), None)

    def list_balance_lines(self, context: Context, command: ListBalanceLines) -> BalanceLines:
        """Show the expenses and payments that a member's balance consists of."""
        scope = ["lines", command.event_id, command.member_id]
        place = self._cursors.read(scope, command.cursor)
        after = None if place is None else (date.fromisoformat(place[0]), UUID(place[1]))
        with self._database.transaction() as session:
            self._read(session, context, command.event_id)
            member = members.find_member(session, command.event_id, command.member_id)
            row = session.get(BalanceRow, member.id) if member else None
            if row is None:
                raise NotFound
            rows = kept.list_lines(session, command.event_id, command.member_id, after, command.limit + 1)
            page, cursor = self._cursors.page(scope, rows, command.limit, lambda line: [line[1], line[0]])
            return BalanceLines(tuple(BalanceLine(*line) for line in page), kept.standing(row), cursor)


def _kept(entered: Entered) -> tuple[Balance, ...]:
    return tuple(
        Balance(member.id, member.name, row.paid, row.share, row.sent, row.received, kept.standing(row))
        for member, row in kept.list_balances(entered.session, entered.event.id)
    )


def _as_of(entered: Entered, until: date) -> tuple[Balance, ...]:
    """Return the balances of what is dated up to `until`, computed from the lines."""
    kinds = dict(expenses.list_live(entered.session, entered.event.id, until=until))
    lines = expenses.lines_of(entered.session, list(kinds))
    sums = ledger.balance_changes([(kinds[expense_id], each) for expense_id, each in lines.items()])
    people = kept.list_balances(entered.session, entered.event.id)
    return tuple(_balance(member.id, member.name, sums.get(member.id, BalanceChange())) for member, _ in people)


def _balance(member_id: UUID, name: str, sums: BalanceChange) -> Balance:
    standing = sums.paid - sums.share + sums.sent - sums.received
    return Balance(member_id, name, sums.paid, sums.share, sums.sent, sums.received, standing)


def _plan(entered: Entered, balances: tuple[Balance, ...], until: date | None) -> Settlement:
    event = entered.event
    plan = fewest(tuple((each.member_id, each.balance) for each in balances if each.balance))
    if event.simplify_debts:
        transfers = tuple(Transfer(each.from_member_id, each.to_member_id, each.amount) for each in plan.transfers)
        return Settlement(event.currency, simplified=True, minimal=plan.minimal, transfers=transfers)
    pairs = kept.list_debts(entered.session, event.id) if until is None else debts.total(entered.session, event, until)
    is_minimal = plan.minimal and len(pairs) == len(plan.transfers)
    return Settlement(event.currency, simplified=False, minimal=is_minimal, transfers=_one_per_debt(pairs))


# A plan depends on the balances alone, so one that was computed holds until they change.
@functools.lru_cache(REMEMBERED_PLANS)
def fewest(balances: tuple[tuple[UUID, int], ...]) -> settlement.Settlement:
    """Return the settlement of members with these balances."""
    return settlement.suggest_transfers(dict(balances))


def _one_per_debt(pairs: dict[Pair, int]) -> tuple[Transfer, ...]:
    transfers = [
        Transfer(low, high, amount) if amount > 0 else Transfer(high, low, -amount)
        for (low, high), amount in pairs.items()
    ]
    return tuple(sorted(transfers, key=lambda each: (each.from_member_id.int, each.to_member_id.int)))
