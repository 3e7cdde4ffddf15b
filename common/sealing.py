"""Secrets at rest: sealed with AES-GCM under a key derived from SECRET_KEY, bound to what they are for."""

import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_ID = b"\x01"
NONCE_SIZE = 12


class SealBroken(Exception):
    """What was to be opened was sealed under another key or for something else, or was tampered with."""


class Sealer:
    """Seals and opens; the first byte of what is sealed names the key, so that keys can be rotated."""

    def __init__(self, secret_key: str) -> None:
        self._cipher = AESGCM(hashlib.sha256(b"quits sealing\0" + secret_key.encode()).digest())

    def seal(self, plain: bytes, purpose: str) -> bytes:
        """Return `plain` sealed for `purpose`, such as the id of the row that holds it."""
        nonce = secrets.token_bytes(NONCE_SIZE)
        return KEY_ID + nonce + self._cipher.encrypt(nonce, plain, purpose.encode())

    def open(self, sealed: bytes, purpose: str) -> bytes:
        """Return what was sealed for `purpose`; raises SealBroken."""
        start = len(KEY_ID) + NONCE_SIZE
        if sealed[:1] != KEY_ID or len(sealed) < start:
            raise SealBroken
        try:
            return self._cipher.decrypt(sealed[len(KEY_ID) : start], sealed[start:], purpose.encode())
        except InvalidTag:
            raise SealBroken from None
