"""Balances, debts and settlement of an event, as queries and results; amounts in minor units of its currency."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from common.contracts.events import EventOf, MemberOf
from common.contracts.expenses import Kind
from common.contracts.types import Cursor, Day, PageSize


@dataclass(frozen=True, slots=True, kw_only=True)
class GetBalances(EventOf):
    """Asks for the balances, of now or of what is dated up to `as_of`."""

    as_of: Day | None = None


@dataclass(frozen=True, slots=True)
class Balance:
    """Where a member stands: `balance = paid - share + sent - received`; positive is owed to the member."""

    member_id: UUID
    name: str
    paid: int
    share: int
    sent: int
    received: int
    balance: int


@dataclass(frozen=True, slots=True)
class Transfer:
    """A suggested payment, or what one member owes another."""

    from_member_id: UUID
    to_member_id: UUID
    amount: int


@dataclass(frozen=True, slots=True)
class Balances:
    """All balances of an event, which add up to zero, and who owes whom."""

    currency: str
    total_spent: int
    balances: tuple[Balance, ...]
    debts: tuple[Transfer, ...]


@dataclass(frozen=True, slots=True)
class Settlement:
    """The transfers that bring every balance to zero; `minimal` when no shorter plan exists, which is then proven."""

    currency: str
    simplified: bool
    minimal: bool
    transfers: tuple[Transfer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListBalanceLines(MemberOf):
    """Asks why a member's balance is what it is."""

    limit: PageSize = 50
    cursor: Cursor | None = None


@dataclass(frozen=True, slots=True)
class BalanceLine:
    """What one expense adds to a member's balance: `paid - share`."""

    expense_id: UUID
    date: date
    description: str
    kind: Kind
    paid: int
    share: int


@dataclass(frozen=True, slots=True)
class BalanceLines:
    """The lines behind a balance, newest first; over all pages the sum of `paid - share` is `balance`."""

    items: tuple[BalanceLine, ...]
    balance: int
    next_cursor: str | None
