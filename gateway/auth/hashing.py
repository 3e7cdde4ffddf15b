"""Hashes that need a key to be made, each key derived from SECRET_KEY for one purpose; and tokens as text."""

import base64
import hashlib
import hmac

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

DERIVED_BYTES = 32


def derive(secret_key: str, purpose: str) -> bytes:
    """Return the 256-bit key for one purpose; knowing one of them tells nothing about the others."""
    return HKDF(SHA256(), DERIVED_BYTES, salt=None, info=f"quits gateway {purpose}".encode()).derive(
        secret_key.encode()
    )


class Hasher:
    """Makes hashes for one purpose that nobody can check, or guess from, without the key."""

    def __init__(self, secret_key: str, purpose: str) -> None:
        self._key = derive(secret_key, purpose)

    def digest(self, *parts: bytes) -> bytes:
        """Return the 256-bit HMAC of the parts, each of which is kept apart from the next."""
        framed = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        return hmac.new(self._key, framed, hashlib.sha256).digest()

    def text(self, *parts: str) -> str:
        """Return the hash of texts as 43 characters of base64."""
        return encode(self.digest(*(part.encode() for part in parts)))


def encode(token: bytes) -> str:
    """Return bytes as URL-safe base64 without padding."""
    return base64.urlsafe_b64encode(token).rstrip(b"=").decode()


def decode(text: str, length: int) -> bytes | None:
    """Return the `length` bytes that `encode` made `text` of; None when it is anything else."""
    if not text.isascii():
        return None
    try:
        token = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    return token if len(token) == length and encode(token) == text else None
