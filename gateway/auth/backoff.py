"""Guessing made slow: failed proofs are counted per account and per address, and each further one has to wait longer.

An attempt is counted before it is checked and uncounted when it was right, so that many at once gain nothing. A device
that signed in before has a bucket of its own: strangers can neither lock it out nor use it up. Recovery codes, too
long to be guessed, are counted apart, so that they work when an account's other attempts were used up by somebody else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from gateway import queries
from gateway.auth.errors import TooManyAttempts
from gateway.auth.hashing import Hasher

HOUR_S = 3_600
# How long to wait after so many failures; from 100 on it is one attempt a day.
WAITS_S = ((100, 24 * HOUR_S), (20, 900), (10, 120), (5, 30))


@dataclass(frozen=True, slots=True)
class Bucket:
    """What attempts are counted for; an address is forgiven after an hour without failures, an account never."""

    name: str
    forgiven_after_s: int | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """An attempt that was counted, and when the one before failed."""

    bucket: Bucket
    previous_failed_at: int


def wait_after(failures: int) -> int:
    """Return how many seconds have to pass after so many failures in a row."""
    return next((wait_s for threshold, wait_s in WAITS_S if failures >= threshold), 0)


class Buckets:
    """Names the buckets of an attempt; accounts and addresses stand in them as hashes only."""

    def __init__(self, hasher: Hasher, *, counts_addresses: bool) -> None:
        self._hasher = hasher
        self._counts_addresses = counts_addresses

    def of_sign_in(self, email_key: str, address: str) -> tuple[Bucket, ...]:
        """Return the buckets of a stranger's attempt; whether the account exists makes no difference."""
        return (Bucket("account:" + self._hasher.text(email_key)), *self._of_address(address))

    def of_recovery(self, email_key: str, address: str) -> tuple[Bucket, ...]:
        """Return the buckets of an attempt with a recovery code."""
        return (Bucket("recovery:" + self._hasher.text(email_key)), *self._of_address(address))

    def of_device(self, user_id: UUID, device_id: UUID) -> tuple[Bucket, ...]:
        """Return the bucket of an attempt on a device on which this user signed in before."""
        return (Bucket(f"device:{user_id}:{device_id}"),)

    def of_user(self, user_id: UUID) -> tuple[Bucket, ...]:
        """Return the bucket of an attempt by somebody who is signed in."""
        return (Bucket(f"user:{user_id}"),)

    def _of_address(self, address: str) -> tuple[Bucket, ...]:
        if not self._counts_addresses:
            return ()
        return (Bucket("address:" + self._hasher.text(address), forgiven_after_s=HOUR_S),)


def charge(transaction: Session, buckets: Sequence[Bucket], now: int) -> tuple[Charge, ...]:
    """Count an attempt in all of its buckets; raises TooManyAttempts, counting nothing, while one of them waits."""
    in_order = sorted(buckets, key=lambda bucket: bucket.name)
    rows = queries.lock_attempts(transaction, [bucket.name for bucket in in_order])
    charges = []
    for bucket in in_order:
        row = rows[bucket.name]
        elapsed_s = now - row.last_failed_at
        if bucket.forgiven_after_s is not None and elapsed_s >= bucket.forgiven_after_s:
            row.failures = 0
        if (left_s := wait_after(row.failures) - elapsed_s) > 0:
            raise TooManyAttempts(retry_after_s=left_s)
        charges.append(Charge(bucket, row.last_failed_at))
        row.failures += 1
        row.last_failed_at = now
    return tuple(charges)


def settle(transaction: Session, charges: Sequence[Charge]) -> None:
    """Take back what a right attempt was charged; an account or device starts anew, an address stays suspicious.

    Otherwise somebody with an account of their own could wipe out their failures on other people's. The buckets are
    locked in the order in which `charge` returned them, so that nobody deadlocks.
    """
    for charge_ in charges:
        if charge_.bucket.forgiven_after_s is None:
            queries.forget_attempts(transaction, charge_.bucket.name)
        else:
            queries.uncount_attempt(transaction, charge_.bucket.name, charge_.previous_failed_at)
