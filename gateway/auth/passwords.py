"""Passwords: argon2id, with the memory and time that OWASP recommends for a server (19 MiB, two passes)."""

import functools

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def hash_password(password: str) -> str:
    """Return the hash to store, with its salt and parameters in it."""
    return HASHER.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Return whether this is the password; without a hash it never is, which takes as long to find out."""
    try:
        HASHER.verify(password_hash or _dummy_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


@functools.cache
def _dummy_hash() -> str:
    return HASHER.hash("nobody has this password")
