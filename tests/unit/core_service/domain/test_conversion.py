"""Any two of amount, event amount and rate give the third; all three must agree; all stay within bounds."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from common.contracts.expenses import ExpenseContent, Payer
from common.contracts.types import UNSET
from common.errors import Invalid
from core_service.domain.conversion import Amounts, amounts_of

ANN = Payer(UUID(int=1))


def content(**fields: Any) -> ExpenseContent:
    return ExpenseContent(payers=(ANN,), **fields)


@pytest.mark.parametrize(
    ("given_fields", "event_currency", "amounts"),
    [
        ({"amount": 900}, "EUR", Amounts(900, "EUR", 900, "1")),
        ({"amount": 900, "currency": "EUR"}, "EUR", Amounts(900, "EUR", 900, "1")),
        ({"amount": 900, "rate": "1.00", "event_amount": 900}, "EUR", Amounts(900, "EUR", 900, "1")),
        ({"event_amount": 900, "rate": "1"}, "EUR", Amounts(900, "EUR", 900, "1")),
        ({"amount": 10_000, "currency": "USD", "rate": "0.92"}, "EUR", Amounts(10_000, "USD", 9_200, "0.92")),
        ({"amount": 1, "currency": "USD", "rate": "0.5"}, "EUR", Amounts(1, "USD", 1, "0.5")),
        ({"amount": 10_000, "currency": "USD", "rate": "155.5"}, "JPY", Amounts(10_000, "USD", 15_550, "155.5")),
        ({"amount": 3, "currency": "USD", "event_amount": 1}, "EUR", Amounts(3, "USD", 1, "0.3333333333333333")),
        ({"event_amount": 100, "currency": "USD", "rate": "0.3"}, "EUR", Amounts(333, "USD", 100, "0.3")),
        (
            {"amount": 333, "event_amount": 100, "currency": "USD", "rate": "0.3"},
            "EUR",
            Amounts(333, "USD", 100, "0.3"),
        ),
    ],
)
def test_two_of_the_three_give_the_third(given_fields: dict[str, Any], event_currency: str, amounts: Amounts) -> None:
    assert amounts_of(content(**given_fields), event_currency) == amounts


@pytest.mark.parametrize(
    ("given_fields", "event_currency", "field"),
    [
        ({"amount": 900, "event_amount": 901}, "EUR", "event_amount"),
        ({"amount": 900, "rate": "1.01"}, "EUR", "rate"),
        ({"amount": 900, "currency": "USD"}, "EUR", "rate"),
        ({"amount": 900, "currency": "USD", "rate": "0.5", "event_amount": 451}, "EUR", "event_amount"),
        ({"amount": 101, "currency": "USD", "rate": "150.5", "event_amount": 151}, "JPY", "event_amount"),
        ({"amount": 1_000_000_001}, "EUR", "amount"),
        ({"amount": 10_000_001}, "JPY", "amount"),
        ({"amount": 1, "currency": "USD", "rate": "0.4"}, "EUR", "event_amount"),
        ({"amount": 1_000_000_000, "currency": "USD", "rate": "1.000000001"}, "EUR", "event_amount"),
        ({"amount": 10_000_001, "currency": "JPY", "rate": "0.01"}, "EUR", "amount"),
        ({"event_amount": 1, "currency": "USD", "rate": "1000"}, "EUR", "amount"),
        ({"event_amount": 1_000_000_000, "currency": "USD", "rate": "0.1"}, "EUR", "amount"),
    ],
)
def test_what_disagrees_or_is_out_of_bounds_is_named(
    given_fields: dict[str, Any], event_currency: str, field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        amounts_of(content(**given_fields), event_currency)
    assert [error.field for error in refusal.value.fields] == [field]


def test_payers_add_up_to_an_amount_that_is_computed() -> None:
    payers = (Payer(UUID(int=1), 100), Payer(UUID(int=2), 100))
    sound = ExpenseContent(payers=payers, currency="USD", event_amount=100, rate="0.5")
    assert amounts_of(sound, "EUR").amount == 200
    wrong = ExpenseContent(payers=payers, currency="USD", event_amount=101, rate="0.5")
    with pytest.raises(Invalid) as refusal:
        amounts_of(wrong, "EUR")
    assert [error.field for error in refusal.value.fields] == ["payers"]


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_what_was_computed_from_two_amounts_agrees_when_it_is_sent_again(amount: int, event_amount: int) -> None:
    amounts = amounts_of(content(amount=amount, currency="USD", event_amount=event_amount), "EUR")
    again = content(amount=amount, currency="USD", event_amount=event_amount, rate=amounts.rate)
    assert amounts_of(again, "EUR") == amounts


@given(st.integers(1, 10**9), st.decimals("0.0001", "1000", places=4))
def test_amount_and_rate_lead_to_an_event_amount_that_agrees(amount: int, rate: Any) -> None:
    assume(1 <= amount * rate <= 10**9)
    amounts = amounts_of(content(amount=amount, currency="USD", rate=str(rate)), "EUR")
    again = content(amount=amount, currency="USD", event_amount=amounts.event_amount, rate=amounts.rate)
    assert amounts_of(again, "EUR") == amounts
    assert amounts_of(content(amount=UNSET, currency="USD", event_amount=10**6, rate="1"), "EUR").amount == 10**6
