"""Keyset cursors: where the next page begins, signed, so that a cursor that was tampered with is refused."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import orjson

from common.errors import Malformed

MAC_SIZE = 12

Item = TypeVar("Item")


class CursorRefused(Malformed):
    """The cursor was tampered with, or comes from another list."""

    code = "cursor_refused"
    message = "This cursor does not belong to this list. Start again without a cursor."


class Cursors:
    """Writes and reads cursors; a cursor holds for one list only, with the same filters and order."""

    def __init__(self, secret_key: str) -> None:
        self._key = hashlib.sha256(b"quits cursors\0" + secret_key.encode()).digest()

    def write(self, scope: object, place: Sequence[Any]) -> str:
        """Return a cursor to the row behind `place`, the values that the list is ordered by."""
        payload = orjson.dumps(place)
        return _text(self._mac(scope, payload) + payload)

    def read(self, scope: object, cursor: str | None) -> list[Any] | None:
        """Return the place behind a cursor, None without a cursor; raises CursorRefused unless we wrote it."""
        if cursor is None:
            return None
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise CursorRefused from None
        mac, payload = raw[:MAC_SIZE], raw[MAC_SIZE:]
        # Base 64 has several spellings of the same bytes; ours is the only one.
        if _text(raw) != cursor or not hmac.compare_digest(mac, self._mac(scope, payload)):
            raise CursorRefused
        place: list[Any] = orjson.loads(payload)
        return place

    def page(
        self, scope: object, rows: Sequence[Item], limit: int, place: Callable[[Item], Sequence[Any]]
    ) -> tuple[Sequence[Item], str | None]:
        """Return the page out of `rows`, of which up to `limit` + 1 were read, and the cursor to the next page."""
        if len(rows) <= limit:
            return rows, None
        return rows[:limit], self.write(scope, place(rows[limit - 1]))

    def _mac(self, scope: object, payload: bytes) -> bytes:
        content = orjson.dumps(scope, default=str) + b"\0" + payload
        return hmac.new(self._key, content, hashlib.sha256).digest()[:MAC_SIZE]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
