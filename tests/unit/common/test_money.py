"""Money is neither made nor lost: allocation, conversion and the currencies themselves."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from common import money

LARGEST = money.MAX_MINOR_UNITS
amounts = st.integers(0, LARGEST)
weights = st.lists(st.integers(0, 10**9), min_size=1, max_size=30).filter(any)
rates = st.decimals("0.000001", "1000000", places=6)


@given(amounts, weights)
def test_parts_add_up_to_the_amount(amount: int, given_weights: list[int]) -> None:
    parts, extras = money.allocate(amount, given_weights)
    assert sum(parts) == amount
    assert set(extras) <= {0, 1}


@given(amounts, weights)
def test_each_part_is_within_one_unit_of_fair(amount: int, given_weights: list[int]) -> None:
    parts, _ = money.allocate(amount, given_weights)
    for part, weight in zip(parts, given_weights, strict=True):
        assert abs(part - Fraction(amount * weight, sum(given_weights))) < 1


@given(amounts, weights)
def test_who_has_no_weight_bears_nothing(amount: int, given_weights: list[int]) -> None:
    parts, _ = money.allocate(amount, given_weights)
    assert all(part == 0 for part, weight in zip(parts, given_weights, strict=True) if not weight)


@given(amounts, weights)
def test_extras_are_what_parts_have_above_their_floors(amount: int, given_weights: list[int]) -> None:
    parts, extras = money.allocate(amount, given_weights)
    floors = [amount * weight // sum(given_weights) for weight in given_weights]
    assert [part - extra for part, extra in zip(parts, extras, strict=True)] == floors


@given(amounts, weights, st.integers(1, 1000))
def test_only_proportions_count(amount: int, given_weights: list[int], factor: int) -> None:
    assert money.allocate(amount, given_weights) == money.allocate(
        amount, [weight * factor for weight in given_weights]
    )


@given(amounts, st.lists(st.integers(-5, 5), min_size=1, max_size=20))
def test_between_equal_claims_the_lowest_rank_comes_first(amount: int, ranks: list[int]) -> None:
    _, extras = money.allocate(amount, [1] * len(ranks), ranks)
    served = sorted(zip(ranks, range(len(ranks)), strict=True))[: sum(extras)]
    assert [place for place, extra in enumerate(extras) if extra] == sorted(place for _, place in served)


def test_the_largest_remainder_comes_before_the_lowest_rank() -> None:
    assert money.allocate(100, [1, 2], [0, 9]) == ([33, 67], [0, 1])


def test_between_equals_the_first_gets_the_cent() -> None:
    assert money.allocate(100, [1, 1, 1]) == ([34, 33, 33], [1, 0, 0])


@pytest.mark.parametrize(
    ("amount", "source", "target", "rate", "converted"),
    [
        (10_000, "USD", "EUR", "0.9223", 9_223),
        (1, "EUR", "USD", "0.5", 1),
        (1, "EUR", "USD", "0.49", 0),
        (3, "EUR", "USD", "0.5", 2),
        (100, "EUR", "JPY", "155.5", 156),
        (100, "EUR", "JPY", "155.49", 155),
        (1, "JPY", "EUR", "0.0061", 1),
        (1_000, "KWD", "EUR", "3", 300),
        (1, "KWD", "JPY", "1000", 1),
        (25_000, "VND", "EUR", "0.00004", 100),
        (LARGEST, "VND", "KWD", "0.000012", 120_000_000_000),
    ],
)
def test_conversion_rounds_half_up(amount: int, source: str, target: str, rate: str, converted: int) -> None:
    assert money.convert(amount, source, target, Decimal(rate)) == converted


@given(
    st.integers(1, LARGEST),
    st.sampled_from(["EUR", "JPY", "KWD", "VND"]),
    st.sampled_from(["USD", "JPY", "KWD"]),
    rates,
)
def test_conversion_is_within_half_a_unit(amount: int, source: str, target: str, rate: Decimal) -> None:
    shift = money.currency(target).decimals - money.currency(source).decimals
    exact = amount * Fraction(rate) * Fraction(10) ** shift
    assert -Fraction(1, 2) < money.convert(amount, source, target, rate) - exact <= Fraction(1, 2)


@given(
    st.integers(1, LARGEST),
    st.integers(1, LARGEST),
    st.sampled_from(["EUR", "JPY", "KWD"]),
    st.sampled_from(["USD", "VND"]),
)
def test_a_rate_between_two_amounts_leads_from_one_to_the_other(
    amount: int, target_amount: int, source: str, target: str
) -> None:
    rate = money.rate_between(amount, source, target_amount, target)
    assume(rate > 0)
    assert money.convert(amount, source, target, rate) == target_amount


@pytest.mark.parametrize(
    ("rate", "text"), [("1.0842", "1.0842"), ("1.50", "1.5"), ("100", "100"), ("1E-9", "0.000000001"), ("2.00", "2")]
)
def test_a_rate_is_written_without_exponent_and_trailing_zeros(rate: str, text: str) -> None:
    assert money.rate_text(Decimal(rate)) == text


@pytest.mark.parametrize(
    ("code", "decimals", "largest"),
    [
        ("EUR", 2, 1_000_000_000),
        ("JPY", 0, 10_000_000),
        ("KWD", 3, 10_000_000_000),
        ("VND", 0, 10_000_000_000),
        ("IDR", 2, 1_000_000_000_000),
    ],
)
def test_a_currency_has_its_decimals_and_its_largest_amount(code: str, decimals: int, largest: int) -> None:
    currency = money.currency(code)
    assert (currency.code, currency.decimals, currency.max_amount) == (code, decimals, largest)


@pytest.mark.parametrize(
    "code", ["XXX", "XAU", "XDR", "XTS", "eur", "Eur", "EU", "EURO", "ABC", "", "ÉUR", "€", "E R", "EUR "]
)
def test_what_is_no_currency_is_told_apart(code: str) -> None:
    assert not money.is_currency(code)


@pytest.mark.parametrize("code", ["XXX", "XAU", "ABC", ""])
def test_there_is_no_currency_of_that_name(code: str) -> None:
    with pytest.raises(KeyError):
        money.currency(code)


@pytest.mark.parametrize(
    ("amount", "code", "shown"),
    [(1250, "EUR", "12.50 EUR"), (1250, "JPY", "1250 JPY"), (5, "KWD", "0.005 KWD"), (-5, "EUR", "-0.05 EUR")],
)
def test_an_amount_is_shown_with_the_decimals_of_its_currency(amount: int, code: str, shown: str) -> None:
    assert money.currency(code).format(amount) == shown
