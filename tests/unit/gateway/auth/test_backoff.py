"""How long one has to wait after wrong proofs, and what they are counted for."""

import uuid

import pytest

from gateway.auth.backoff import Buckets, wait_after
from gateway.auth.hashing import Hasher

HASHER = Hasher("a key that only tests know, long enough", "attempts")


@pytest.mark.parametrize(
    ("failures", "wait_s"),
    [(0, 0), (4, 0), (5, 30), (9, 30), (10, 120), (19, 120), (20, 900), (99, 900), (100, 86_400), (5_000, 86_400)],
)
def test_waiting_gets_longer_at_5_10_and_20_and_stops_at_100(failures: int, wait_s: int) -> None:
    assert wait_after(failures) == wait_s


def test_buckets_do_not_show_addresses() -> None:
    for bucket in Buckets(HASHER, counts_addresses=True).of_sign_in("ann@example.org", "192.0.2.7"):
        assert "ann" not in bucket.name
        assert "192.0.2.7" not in bucket.name


def test_a_known_device_shares_no_bucket_with_strangers() -> None:
    buckets = Buckets(HASHER, counts_addresses=True)
    strangers = set(buckets.of_sign_in("ann@example.org", "192.0.2.7"))
    assert not strangers & set(buckets.of_device(uuid.uuid4(), uuid.uuid4()))


def test_recovery_codes_are_not_counted_with_an_accounts_other_attempts() -> None:
    buckets = Buckets(HASHER, counts_addresses=False)
    assert not set(buckets.of_sign_in("ann@example.org", "")) & set(buckets.of_recovery("ann@example.org", ""))
