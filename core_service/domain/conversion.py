"""Foreign money: any two of amount, event amount and rate give the third, which is then frozen on the expense."""

from dataclasses import dataclass
from decimal import Decimal

from common import errors, money
from common.contracts.expenses import ExpenseContent, payer_problems, split_problems
from common.contracts.types import UNSET


@dataclass(frozen=True, slots=True)
class Amounts:
    """An expense's money: as it was paid, as it counts in the event, and the rate between the two, per major unit."""

    amount: int
    currency: str
    event_amount: int
    rate: str


def amounts_of(content: ExpenseContent, event_currency: str) -> Amounts:
    """Return the amounts of an expense; raises Invalid when they disagree, are incomplete or out of bounds."""
    code = content.currency or event_currency
    amounts = _same(content, code) if code == event_currency else _foreign(content, code, event_currency)
    _check_bounds("amount", amounts.amount, code)
    _check_bounds("event_amount", amounts.event_amount, event_currency)
    if content.amount is UNSET:
        _check_sums(content, amounts.amount)
    return amounts


def _check_sums(content: ExpenseContent, amount: int) -> None:
    """Raise Invalid unless payers and split add up to an amount that became known only now."""
    if broken := [*payer_problems(amount, content.payers), *split_problems(amount, content.split)]:
        raise errors.Invalid(fields=broken)


def _same(content: ExpenseContent, code: str) -> Amounts:
    amount = content.event_amount if content.amount is UNSET else content.amount
    assert isinstance(amount, int), "ExpenseContent.problems() refuses an expense without amounts"
    if content.event_amount not in (None, amount):
        raise errors.invalid("event_amount", f"Is the same as amount in the event's own currency: {amount}.")
    if content.rate is not None and Decimal(content.rate) != 1:
        raise errors.invalid("rate", "Is 1 in the event's own currency.")
    return Amounts(amount, code, amount, "1")


def _foreign(content: ExpenseContent, code: str, event_currency: str) -> Amounts:
    amount = None if content.amount is UNSET else content.amount
    rate = None if content.rate is None else Decimal(content.rate)
    event_amount = content.event_amount
    if amount is not None and rate is not None:
        converted = money.convert(amount, code, event_currency, rate)
        if event_amount not in (None, converted):
            raise errors.invalid("event_amount", f"Does not agree with amount and rate, which come to {converted}.")
        return Amounts(amount, code, converted, money.rate_text(rate))
    if amount is not None and event_amount is not None:
        exact = money.rate_between(amount, code, event_amount, event_currency)
        return Amounts(amount, code, event_amount, money.rate_text(exact))
    if event_amount is None or rate is None:
        raise errors.invalid("rate", f"An expense in {code} needs its rate, or its amount in {event_currency}.")
    amount = money.convert(event_amount, event_currency, code, money.EXACT.divide(Decimal(1), rate))
    return Amounts(amount, code, event_amount, money.rate_text(rate))


def _check_bounds(field: str, amount: int, code: str) -> None:
    limit = money.currency(code).max_amount
    if not 1 <= amount <= limit:
        raise errors.invalid(
            field, f"Must be between 1 and {limit} minor units ({money.currency(code).format(limit)})."
        )
