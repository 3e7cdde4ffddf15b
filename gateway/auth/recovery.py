"""Recovery codes: ten single-use codes of 80 bits for when the authenticator is lost; shown once, stored as hashes."""

import base64
import secrets
from uuid import UUID

from gateway.auth.hashing import Hasher

COUNT = 10
CODE_BYTES = 10
GROUP = 4


def new_codes() -> tuple[str, ...]:
    """Return ten codes such as `k3vq-7mzd-2hfa-wx5n`."""
    return tuple(_grouped(secrets.token_bytes(CODE_BYTES)) for _ in range(COUNT))


def hash_of(hasher: Hasher, user_id: UUID, code: str) -> bytes:
    """Return the hash of a user's code; hyphens, spaces and case do not count."""
    letters = "".join(character for character in code.casefold() if character.isalnum())
    return hasher.digest(user_id.bytes, letters.encode())


def _grouped(code: bytes) -> str:
    letters = base64.b32encode(code).decode().lower()
    return "-".join(letters[start : start + GROUP] for start in range(0, len(letters), GROUP))
