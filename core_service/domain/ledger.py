"""Double-entry rules of a shared event: what an expense adds to its balances and debts sums to zero.

Sign convention: a positive balance means that the event owes this member.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from common import errors, money
from common.contracts.expenses import Kind, Payer
from common.errors import FieldError
from core_service.domain.membership import Attendance
from core_service.domain.splitting import Part

Pair = tuple[UUID, UUID]


@dataclass(frozen=True, slots=True)
class Line:
    """What one member paid for an expense and bears of it, in the event's minor units; None: takes no such part."""

    member_id: UUID
    paid: int | None
    share: int | None
    leftover: int = 0


@dataclass(slots=True)
class BalanceChange:
    """What changes in the sums of one member."""

    paid: int = 0
    share: int = 0
    sent: int = 0
    received: int = 0
    leftovers: int = 0


def lines(kind: Kind, event_amount: int, payers: Sequence[Payer], parts: Sequence[Part]) -> list[Line]:
    """Return the lines of an expense: the participants in their order, then the payers who take no part.

    Several payers share `event_amount` in proportion to what each paid. Both columns add up to it; an income is
    negative on both sides.
    """
    weights = [payer.amount or 1 for payer in payers]
    amounts, _ = money.allocate(event_amount, weights)
    sign = -1 if kind == "income" else 1
    paid = {payer.member_id: sign * amount for payer, amount in zip(payers, amounts, strict=True)}
    bearing = [Line(part.member_id, paid.pop(part.member_id, None), part.amount, part.leftover) for part in parts]
    result = bearing + [Line(member_id, amount, None) for member_id, amount in paid.items()]
    assert sum(line.paid or 0 for line in result) == sign * event_amount == sum(line.share or 0 for line in result)
    return result


def check_payers(payers: Sequence[Payer], members: Mapping[UUID, object]) -> None:
    """Raise Invalid that names every payer who is not a member of the event."""
    strangers = [
        FieldError(f"payers.{number}.member_id", "Is not a member of this event.")
        for number, payer in enumerate(payers)
        if payer.member_id not in members
    ]
    if strangers:
        raise errors.Invalid(fields=strangers)


def balance_changes(
    added: Iterable[tuple[Kind, Sequence[Line]]], removed: Iterable[tuple[Kind, Sequence[Line]]] = ()
) -> dict[UUID, BalanceChange]:
    """Return what each member's sums change by when expenses are added and others removed."""
    changes: dict[UUID, BalanceChange] = defaultdict(BalanceChange)
    for sign, expenses in ((1, added), (-1, removed)):
        for kind, expense_lines in expenses:
            for line in expense_lines:
                _count(changes[line.member_id], kind, line, sign)
    total = sum(each.paid - each.share + each.sent - each.received for each in changes.values())
    assert total == 0, total
    return changes


def _count(change: BalanceChange, kind: Kind, line: Line, sign: int) -> None:
    paid, share = sign * (line.paid or 0), sign * (line.share or 0)
    if kind == "payment":
        change.sent += paid
        change.received += share
    else:
        change.paid += paid
        change.share += share
    change.leftovers += sign * line.leftover


def bear(attendances: dict[UUID, Attendance], lines: Sequence[Line], sign: int = 1) -> None:
    """Add the left-over cents in `lines` to those that the members have borne; take them away with `sign` -1."""
    for line in lines:
        if line.leftover and line.member_id in attendances:
            member = attendances[line.member_id]
            attendances[line.member_id] = replace(member, leftovers=member.leftovers + sign * line.leftover)


def debts(expense_lines: Sequence[Line]) -> dict[Pair, int]:
    """Return who owes whom after one expense: {(lower id, higher id): what the lower owes the higher one}.

    Each participant owes each payer in proportion to what that one paid: rows add up to the shares, columns to what
    the payers paid. Largest remainder per participant in id order; the last one takes what each payer still lacks.
    """
    payers = sorted(((line.member_id, line.paid) for line in expense_lines if line.paid), key=_by_id)
    bearing = sorted(((line.member_id, line.share) for line in expense_lines if line.share), key=_by_id)
    lacking = [paid for _, paid in payers]
    result: dict[Pair, int] = defaultdict(int)
    for number, (debtor, share) in enumerate(bearing):
        sign = -1 if share < 0 else 1
        is_last = number == len(bearing) - 1
        row = lacking if is_last else money.allocate(abs(share), [abs(paid) for _, paid in payers])[0]
        row = row if is_last else [sign * amount for amount in row]
        lacking = [left - amount for left, amount in zip(lacking, row, strict=True)]
        for (creditor, _), amount in zip(payers, row, strict=True):
            if debtor != creditor and amount:
                pair, owed = oriented(debtor, creditor, amount)
                result[pair] += owed
    return dict(result)


def oriented(debtor: UUID, creditor: UUID, amount: int) -> tuple[Pair, int]:
    """Return a debt as the pair of both by id, and what the lower owes the higher one."""
    if debtor.int < creditor.int:
        return (debtor, creditor), amount
    return (creditor, debtor), -amount


def _by_id(pair: tuple[UUID, int]) -> int:
    return pair[0].int
