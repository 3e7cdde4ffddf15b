"""The settlement of an event: which transfers bring every balance to zero, as few as there can be.

Sign convention: a positive balance means that the event owes this member (a creditor), a negative one that the member
owes (a debtor). A plan is a set of transfers of positive amounts, from debtors to creditors, after which every balance
is zero. Transfers compare by (from, to, amount), plans by their sorted transfers.

The fewest transfers. Drawn as a graph, the connected parts of a plan each add up to zero, and a part of k members
needs k - 1 transfers at least and never more. So n open balances that fall into at most g zero-sum groups need n - g
transfers, and a shortest plan is a forest of g trees (T. Verhoeff, *Settling Multiple Debts Efficiently: An Invitation
to Computing Science*, Informatics in Education 3(1), 2004, which also shows that finding them is NP-hard). Hence the
dynamic programming over all subsets of members, `_sums_and_groups`, and a limit to their number.

The smallest of the shortest plans. It is built from its smallest transfer on: let t be the smallest transfer of any
shortest plan. The shortest plans with t, less t, are exactly the shortest plans of the balances that t leaves (none
pays t's creditor from t's debtor again: the two payments in one would be shorter still), and t added to two plans keeps
their order. So the smallest plan is t, then the smallest plan of what is left: `_fewest_transfers`.

Stable. The same argument holds for every transfer of the smallest plan, not only its first: carrying out any one
leaves the others as they were. In `_transfers_in_id_order` it leaves them too: debtors and creditors lie end to end
along two lines of equal length, transfers are where they overlap, and carrying one out cuts the same piece out of both.
What is not stable, because it cannot be, is the step from the second method to the first: when a payment leaves no more
than `EXACT_LIMIT` open balances, the others may give way to different ones, though never to more.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

import numpy as np
import numpy.typing as npt

Number = TypeVar("Number", np.int64, np.uint8)

EXACT_LIMIT = 20
"""So many open balances are settled with the fewest transfers for certain; each one more doubles time and memory."""


@dataclass(frozen=True, slots=True, order=True)
class Transfer:
    """A suggested payment of `amount` minor units, at least 1."""

    from_member_id: UUID
    to_member_id: UUID
    amount: int


@dataclass(frozen=True, slots=True)
class Settlement:
    """The transfers that bring every balance to zero, sorted; `minimal` when it is proven that fewer cannot."""

    transfers: tuple[Transfer, ...]
    minimal: bool


def suggest_transfers(balances: Mapping[UUID, int]) -> Settlement:
    """Return the settlement of `balances`, in minor units, which must add up to zero and fit into 64 bits.

    Up to `EXACT_LIMIT` balances other than zero get the smallest of all shortest plans, beyond that each debtor in turn
    pays the first creditor who still gets, which takes n - 1 transfers at most. The order of the mapping is irrelevant.

    Cost for n balances: O(n² 2ⁿ) time in the worst case and O(2ⁿ) memory up to the limit (20 balances: some 50 ms and
    10 MB at worst), O(n log n) time and O(n) memory beyond it.
    """
    assert sum(balances.values()) == 0, balances
    open_balances = {member_id: balances[member_id] for member_id in sorted(balances) if balances[member_id]}
    if len(open_balances) <= EXACT_LIMIT:
        return Settlement(tuple(_fewest_transfers(open_balances)), minimal=True)
    transfers = tuple(_transfers_in_id_order(open_balances))
    return Settlement(transfers, minimal=len(transfers) == _least_conceivable(open_balances))


def _least_conceivable(balances: Mapping[UUID, int]) -> int:
    """Return a number of transfers that no plan can undercut: one has a single debtor and a single creditor."""
    debtors = sum(balance < 0 for balance in balances.values())
    return max(debtors, len(balances) - debtors)


def _transfers_in_id_order(balances: Mapping[UUID, int]) -> Iterator[Transfer]:
    """Yield the plan in which each debtor pays the first creditor who still gets, both in the order of `balances`."""
    creditors = ((member_id, balance) for member_id, balance in balances.items() if balance > 0)
    creditor_id, credit = next(creditors)
    for debtor_id, balance in balances.items():
        debt = max(0, -balance)
        while debt:
            if not credit:
                creditor_id, credit = next(creditors)
            amount = min(debt, credit)
            yield Transfer(debtor_id, creditor_id, amount)
            debt -= amount
            credit -= amount


def _fewest_transfers(balances: Mapping[UUID, int]) -> Iterator[Transfer]:
    """Yield the smallest of all shortest plans; `balances` are in id order and none is zero."""
    while balances:
        transfer = _smallest_transfer(balances)
        yield transfer
        balances = _carry_out(transfer, balances)


def _carry_out(transfer: Transfer, balances: Mapping[UUID, int]) -> dict[UUID, int]:
    """Return the open balances that `transfer` leaves of `balances`, in the same order."""
    changes = {transfer.from_member_id: transfer.amount, transfer.to_member_id: -transfer.amount}
    changed = ((member_id, balance + changes.get(member_id, 0)) for member_id, balance in balances.items())
    return {member_id: balance for member_id, balance in changed if balance}


def _smallest_transfer(balances: Mapping[UUID, int]) -> Transfer:
    """Return the smallest transfer that is part of any shortest plan.

    It comes from the first debtor, who pays in every plan. Let g be the most groups, of which g - 1 lie among the
    others. A creditor can share a group with the debtor if and only if the others without that creditor still hold
    g - 1 groups. Then one can pay the other in a shortest plan: once the smaller of debt and credit is paid, one of the
    two is out, and the k - 1 members left of their group need k - 2 transfers.

    The amount can be any, up to the debt and the credit, that some of the others add up to, the creditor among them,
    who without the creditor still hold g - 1 groups. It is no other, for a transfer cuts its tree in two: the
    creditor's side adds up to the amount, and the other g - 1 trees change nothing in that. And it is any of them, for
    after it the debtor's side and the creditor's side each need one transfer less than they have members. The smaller
    of debt and credit is always such an amount, so the smallest that is positive exceeds neither.
    """
    debtor_id = next(member_id for member_id, balance in balances.items() if balance < 0)
    others = [(member_id, balance) for member_id, balance in balances.items() if member_id != debtor_id]
    sums, groups = _sums_and_groups([balance for _, balance in others])
    everybody = len(groups) - 1
    position, creditor_id, credit = next(
        (position, member_id, balance)
        for position, (member_id, balance) in enumerate(others)
        if balance > 0 and groups[everybody ^ 1 << position] == groups[everybody]
    )
    amounts = credit + _without(position, sums)[_without(position, groups) == groups[everybody]]
    return Transfer(debtor_id, creditor_id, int(amounts[amounts > 0].min()))


def _sums_and_groups(balances: Sequence[int]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8]]:
    """Return for each subset of `balances` its sum, and the most zero-sum groups without a common member in it.

    Both arrays have 2ⁿ elements; bit i of an index says whether `balances[i]` is in the subset. With each member they
    double. A subset with the new member that adds up to zero has one group more than it has without: those, and what
    is left together with the new member. Any other has the most groups of a smaller one; one pass over the subsets for
    each member finds it, so that all takes O(n 2ⁿ) additions and comparisons.
    """
    assert sum(balance for balance in balances if balance > 0) <= np.iinfo(np.int64).max, balances
    sums, groups = np.zeros(1, np.int64), np.zeros(1, np.uint8)
    for position, balance in enumerate(balances):
        sums_with = sums + balance
        is_group = sums_with == 0
        groups_with = groups + is_group
        if is_group.any():
            for smaller in range(position):
                within = _with(smaller, groups_with)
                np.maximum(within, _without(smaller, groups_with), out=within)
        sums, groups = np.concatenate((sums, sums_with)), np.concatenate((groups, groups_with))
    return sums, groups


def _without(position: int, table: npt.NDArray[Number]) -> npt.NDArray[Number]:
    """Return a view of the half of `table` whose subsets lack the member at `position`."""
    return table.reshape(-1, 2, 1 << position)[:, 0]


def _with(position: int, table: npt.NDArray[Number]) -> npt.NDArray[Number]:
    """Return a view of the half of `table` whose subsets have the member at `position`, in the order of `_without`."""
    return table.reshape(-1, 2, 1 << position)[:, 1]
