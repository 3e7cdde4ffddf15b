"""Settling a person across events: what is paid arrives, and nobody ends up owing more anywhere."""

from hypothesis import assume, given
from hypothesis import strategies as st

from core_service.domain import people


@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=8), st.data())
def test_what_is_sent_adds_up_to_what_was_paid_and_makes_no_claim_greater(
    claims: list[int], data: st.DataObject
) -> None:
    assume(sum(claims) > 0)
    paid = data.draw(st.integers(1, sum(claims)))
    sent = people.settle(claims, paid)
    left = [claim - part for claim, part in zip(claims, sent, strict=True)]
    assert sum(sent) == paid
    assert all(abs(after) <= abs(before) and after * before >= 0 for before, after in zip(claims, left, strict=True))
    assert paid != sum(claims) or left == [0] * len(claims)


def test_the_oldest_claims_are_paid_first() -> None:
    assert people.settle([50, -10, 30, 20], 60) == [50, 0, 10, 0]
