"""Money: integers in minor units of an ISO 4217 currency, and how to allocate them without losing a unit."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

import iso4217

MAX_MAJOR_UNITS = 10_000_000
MAX_MAJOR_UNITS_OF_LOW_VALUE = 10_000_000_000
LOW_VALUE = frozenset({"IDR", "IRR", "LAK", "UZS", "VND"})
MAX_MINOR_UNITS = MAX_MAJOR_UNITS_OF_LOW_VALUE * 1_000
RATE_DIGITS = 16
EXACT = Context(prec=60, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency: its code, the decimals of its minor unit, and the largest amount accepted, in minor units."""

    code: str
    decimals: int
    max_amount: int

    def format(self, amount: int) -> str:
        """Return `amount` minor units as people write them without a locale: `12.50 EUR`."""
        return f"{Decimal(amount).scaleb(-self.decimals):f} {self.code}"


@functools.cache
def currency(code: str) -> Currency:
    """Return the currency with this code; KeyError when ISO 4217 has none, or one without decimals (XXX, XAU)."""
    try:
        decimals = iso4217.Currency(code).exponent
    except ValueError:
        raise KeyError(code) from None
    if decimals is None:
        raise KeyError(code)
    major = MAX_MAJOR_UNITS_OF_LOW_VALUE if code in LOW_VALUE else MAX_MAJOR_UNITS
    return Currency(code, decimals, major * 10**decimals)


def is_currency(code: str) -> bool:
    """Return whether `code` is an ISO 4217 currency in upper case that has decimals of its own."""
    if len(code) != len("EUR") or not (code.isascii() and code.isupper()):
        return False
    try:
        currency(code)
    except KeyError:
        return False
    return True


def allocate(amount: int, weights: Sequence[int], priority: Sequence[int] | None = None) -> tuple[list[int], list[int]]:
    """Allocate `amount` ≥ 0 in proportion to `weights`; return the parts and the left-over units within them.

    Largest remainder (Hamilton's method): everybody gets the floor of their fair part, the units left over go to the
    largest remainders, between equal ones to the lowest `priority`, then to the earliest position. Parts sum to
    `amount` exactly and each is within one unit of fair. O(n log n).
    """
    total = sum(weights)
    assert amount >= 0, amount
    assert total > 0, "somebody has to bear it"
    assert min(weights) >= 0, weights
    quotients = [divmod(amount * weight, total) for weight in weights]
    parts = [whole for whole, _ in quotients]
    ranks = priority or [0] * len(weights)
    by_claim = sorted(range(len(weights)), key=lambda i: (-quotients[i][1], ranks[i], i))
    extras = [0] * len(weights)
    for i in by_claim[: amount - sum(parts)]:
        parts[i] += 1
        extras[i] = 1
    return parts, extras


def convert(amount: int, source: str, target: str, rate: Decimal) -> int:
    """Return `amount` minor units of `source` in minor units of `target`, at `rate` per major unit, rounded half up."""
    shift = currency(target).decimals - currency(source).decimals
    return int(EXACT.multiply(Decimal(amount), rate).scaleb(shift, EXACT).quantize(Decimal(1), context=EXACT))


def rate_between(amount: int, source: str, target_amount: int, target: str) -> Decimal:
    """Return the rate at which `amount` of `source` is `target_amount` of `target`, to 16 significant digits."""
    shift = currency(source).decimals - currency(target).decimals
    exact = EXACT.divide(Decimal(target_amount), Decimal(amount)).scaleb(shift, EXACT)
    return Context(prec=RATE_DIGITS, rounding=ROUND_HALF_UP).plus(exact)


def rate_text(rate: Decimal) -> str:
    """Return a rate as it goes over the wire: no exponent, no trailing zeros."""
    text = f"{rate:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
