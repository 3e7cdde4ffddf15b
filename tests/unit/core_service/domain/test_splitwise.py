"""Who paid what, according to Splitwise's numbers."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core_service.domain import splitwise

ANN, BOB, CLEO = (UUID(int=number) for number in range(1, 4))


def test_a_single_positive_one_paid_it_all():
    paid, shares = splitwise.divide(9000, {ANN: 6000, BOB: -3000, CLEO: -3000})
    assert paid == {ANN: 9000}
    assert shares == {ANN: 3000, BOB: 3000, CLEO: 3000}


def test_who_bears_nothing_takes_no_part():
    _, shares = splitwise.divide(6000, {ANN: 6000, BOB: -6000, CLEO: 0})
    assert shares == {BOB: 6000}


@pytest.mark.parametrize(("amount", "nets"), [(100, {ANN: 0, BOB: 0}), (100, {}), (100, {ANN: 101, BOB: -101})])
def test_numbers_that_cannot_be_are_refused(amount: int, nets: dict[UUID, int]):
    with pytest.raises(ValueError, match=r"paid|amount"):
        splitwise.divide(amount, nets)


@given(st.lists(st.integers(-(10**6), 10**6), min_size=2, max_size=3), st.integers(0, 10**6))
def test_paid_minus_share_is_what_the_columns_say(some: list[int], rest: int):
    nets = dict(zip((ANN, BOB, CLEO), [*some[:-1], -sum(some[:-1])], strict=False))
    positive = sum(net for net in nets.values() if net > 0)
    if not positive:
        return
    paid, shares = splitwise.divide(positive + rest, nets)
    assert sum(paid.values()) == sum(shares.values()) == positive + rest
    assert {who: paid.get(who, 0) - shares.get(who, 0) for who in nets} == nets
