"""The secret of an invitation's link: made of its id under SECRET_KEY, so that no message has to carry it."""

import base64
import hashlib
import hmac
from uuid import UUID


class InvitationTokens:
    """Makes the tokens of invitations; who knows an id and not the key cannot make its token."""

    def __init__(self, secret_key: str) -> None:
        self._key = hashlib.sha256(b"quits invitations\0" + secret_key.encode()).digest()

    def token_of(self, invitation_id: UUID) -> str:
        """Return the token of an invitation: 256 bits, always the same ones."""
        mac = hmac.new(self._key, invitation_id.bytes, hashlib.sha256).digest()
        return base64.urlsafe_b64encode(mac).decode().rstrip("=")
