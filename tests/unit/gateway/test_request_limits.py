"""How many requests a caller may send, and who counts as one caller."""

import uuid

import pytest

from common.errors import TooMany
from common.rpc.context import Guest
from gateway.caller import NOBODY, Caller
from gateway.limits import PER_ADDRESS, PER_ADDRESS_TO_SIGN_IN, RequestLimits, rate_and_key

ANN = Caller(user_id=uuid.uuid4())


def test_beyond_the_rate_a_caller_has_to_wait_and_others_do_not() -> None:
    limits = RequestLimits(None)
    for _ in range(PER_ADDRESS.amount):
        limits.check(NOBODY, "192.0.2.1")
    with pytest.raises(TooMany) as refusal:
        limits.check(NOBODY, "192.0.2.1")
    assert 1 <= refusal.value.retry_after_s <= 60
    limits.check(NOBODY, "192.0.2.2")
    limits.check(ANN, "192.0.2.1")


def test_signing_in_has_a_rate_of_its_own() -> None:
    limits = RequestLimits(None)
    for _ in range(PER_ADDRESS_TO_SIGN_IN.amount):
        limits.check(NOBODY, "192.0.2.1", is_sign_in=True)
    with pytest.raises(TooMany):
        limits.check(NOBODY, "192.0.2.1", is_sign_in=True)
    limits.check(NOBODY, "192.0.2.1")


def test_a_user_is_one_caller_wherever_and_guests_of_a_link_are_many() -> None:
    guest = Caller(guest=Guest(uuid.uuid4(), uuid.uuid4()))
    places = ("192.0.2.1", "192.0.2.2")
    assert len({rate_and_key(ANN, place, is_sign_in=False)[1] for place in places}) == 1
    assert len({rate_and_key(guest, place, is_sign_in=False)[1] for place in places}) == 2
