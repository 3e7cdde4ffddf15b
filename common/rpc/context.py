"""Who is asking, since when and until when: signed by the gateway or by a service, checked by every service."""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import orjson

from common.errors import Forbidden

MAX_AGE_S = 120
CLOCK_SKEW_S = 5


class ContextRefused(Forbidden):
    """The caller's identity is unsigned, forged, outdated or meant for another operation."""

    code = "context_refused"
    message = "The call does not prove who makes it."


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who came by an event's secret link, perhaps saying which member they are."""

    link_id: UUID
    event_id: UUID
    member_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What travels beside every call.

    Exactly one of `user_id`, `guest` and `system` is set, or none of them when nobody signed in. `idempotency_key` and
    `fingerprint` (SHA-256 of the request's canonical JSON, in hexadecimal) tell a repeat from another use of an id.
    `deadline_at` and `issued_at` are Unix seconds.
    """

    request_id: str
    deadline_at: float
    issued_at: float
    user_id: UUID | None = None
    user_name: str = ""
    session_id: UUID | None = None
    guest: Guest | None = None
    system: str | None = None
    timezone: str = "UTC"
    idempotency_key: UUID | None = None
    fingerprint: str = ""

    def left_s(self, now: float) -> float:
        """Return how many seconds are left until the deadline; negative when it has passed."""
        return self.deadline_at - now

    def within(self, timeout_s: float, now: float) -> "Context":
        """Return this context for a call that may take at most `timeout_s`, and no longer than what is left."""
        return replace(self, deadline_at=min(self.deadline_at, now + timeout_s), issued_at=now)


def of_system(name: str, timeout_s: float, request_id: str = "", clock: Callable[[], float] = time.time) -> Context:
    """Return the context of a service, or a part of one, that acts on its own behalf."""
    now = clock()
    return Context(request_id=request_id or name, deadline_at=now + timeout_s, issued_at=now, system=name)


class Signer:
    """Signs contexts and checks them, with a key that the gateway and the services share."""

    def __init__(self, secret_key: str, clock: Callable[[], float] = time.time) -> None:
        self._key = hashlib.sha256(b"quits rpc context\0" + secret_key.encode()).digest()
        self._clock = clock

    def sign(self, context: Context, task: str) -> str:
        """Return `context` as a header value that holds for this `task` only."""
        payload = base64.urlsafe_b64encode(orjson.dumps(context))
        return f"{payload.decode()}.{self._mac(payload, task)}"

    def verify(self, header: object, task: str) -> Context:
        """Return the context behind `header`; raises ContextRefused unless it is genuine, recent and for `task`."""
        payload, _, mac = header.rpartition(".") if isinstance(header, str) else ("", "", "")
        expected = self._mac(payload.encode("utf-8", "replace"), task)
        if not hmac.compare_digest(expected.encode(), mac.encode("utf-8", "replace")):
            raise ContextRefused
        context = _from_document(orjson.loads(base64.urlsafe_b64decode(payload)))
        if not -CLOCK_SKEW_S <= self._clock() - context.issued_at <= MAX_AGE_S:
            raise ContextRefused("The call is too old, or the clocks differ.")
        return context

    def _mac(self, payload: bytes, task: str) -> str:
        return hmac.new(self._key, task.encode() + b"\0" + payload, hashlib.sha256).hexdigest()


def _from_document(document: dict[str, Any]) -> Context:
    guest = document.pop("guest")
    ids: dict[str, Any] = {key: _uuid(document.pop(key)) for key in ("user_id", "session_id", "idempotency_key")}
    return Context(**document, **ids, guest=_guest(guest) if guest else None)


def _guest(document: dict[str, Any]) -> Guest:
    ids: dict[str, Any] = {key: _uuid(value) for key, value in document.items()}
    return Guest(**ids)


def _uuid(value: str | None) -> UUID | None:
    return None if value is None else UUID(value)
