"""Which addresses are worth telling to the owner of a phone."""

import pytest

from quits import lan


@pytest.mark.parametrize("address", ["192.168.1.20", "10.0.0.3", "203.0.113.9", "fd00::2"])
def test_an_address_that_others_can_use_tomorrow_is_worth_printing(address):
    assert lan.is_worth_printing(address)


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "::1", "0.0.0.0", "::", "169.254.3.4", "fe80::1", "2600:1700:aaaa::1"]
)
def test_an_address_that_leads_nowhere_or_changes_daily_is_not(address):
    assert not lan.is_worth_printing(address)
