"""The tokens that people carry: access tokens (JWT, minutes), refresh tokens (opaque, a month), device tokens.

A refresh token's successor is derived from it with a key, so that a repeated refresh, whose first answer was lost,
can be given the same successor although only hashes are stored.
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import uuid_utils.compat as uuids
from flask import Flask, current_app, request
from flask_jwt_extended import JWTManager, create_access_token, decode_token
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt import ExpiredSignatureError, PyJWTError

from common.contracts.events import OpenedLink
from common.rpc.context import Guest
from gateway.auth.errors import TokenExpired, TokenInvalid
from gateway.auth.hashing import Hasher, decode, encode
from gateway.caller import NOBODY, Caller

ALGORITHM = "HS256"
ISSUER = "quits"
AUDIENCE = "quits-api"
ACCESS_LIFETIME_S = 600
GUEST_LIFETIME_S = 1_800
REFRESH_LIFETIME_S = 30 * 86_400
TOKEN_BYTES = 32
UUID_BYTES = 16
USER = "access"
GUEST = "guest"
EXTENSION = "quits_tokens"
VERIFIED_AT_ONCE = 4_096
REQUIRED = {
    USER: {"exp", "iat", "sub", "sid", "jti", "name", "tz"},
    GUEST: {"exp", "iat", "sub", "sid", "jti", "event_id", "role"},
}


def install(
    app: Flask, jwt_secret_key: str, check_session: Callable[[UUID], None], clock: Callable[[], float] = time.time
) -> None:
    """Teach `app` to issue and verify access tokens; `check_session` raises for a session that has ended."""
    app.config.update(
        JWT_SECRET_KEY=jwt_secret_key,
        JWT_ALGORITHM=ALGORITHM,
        JWT_DECODE_ALGORITHMS=[ALGORITHM],
        JWT_ENCODE_ISSUER=ISSUER,
        JWT_DECODE_ISSUER=ISSUER,
        JWT_ENCODE_AUDIENCE=AUDIENCE,
        JWT_DECODE_AUDIENCE=AUDIENCE,
        JWT_TOKEN_LOCATION=["headers"],
        JWT_COOKIE_CSRF_PROTECT=False,
        JWT_ACCESS_TOKEN_EXPIRES=timedelta(seconds=ACCESS_LIFETIME_S),
    )

    JWTManager(app)
    # A client sends the same token for minutes: it is taken apart once, only its end and its session change.
    app.extensions[EXTENSION] = _Checks(lru_cache(VERIFIED_AT_ONCE)(_verified), check_session, clock)


def issue_user_token(user_id: UUID, session_id: UUID, name: str, timezone: str) -> str:
    """Return an access token; name and time zone ride in it, so that no request has to look them up."""
    claims = {"sid": str(session_id), "name": name, "tz": timezone}
    token: str = create_access_token(str(user_id), additional_claims=claims)
    return token


def issue_guest_token(opened: OpenedLink) -> str:
    """Return an access token for the one event that a secret link leads to."""
    claims = {
        "type": GUEST,
        "sid": str(opened.link_id),
        "event_id": str(opened.event_id),
        "member_id": None if opened.member_id is None else str(opened.member_id),
        "role": opened.role,
    }
    lifetime = timedelta(seconds=GUEST_LIFETIME_S)
    token: str = create_access_token(str(opened.link_id), expires_delta=lifetime, additional_claims=claims)
    return token


def authenticate() -> Caller:
    """Return who sent the current request; raises TokenInvalid, TokenExpired or what the session check raises."""
    header = request.headers.get("Authorization")
    if header is None:
        return NOBODY
    checks: _Checks = current_app.extensions[EXTENSION]
    caller, expires_at = checks.verified(header)
    if expires_at <= checks.clock():
        raise TokenExpired
    # A guest's link is looked at by core, on each call.
    if caller.session_id is not None:
        checks.check_session(caller.session_id)
    return caller


@dataclass(frozen=True, slots=True)
class _Checks:
    """What an application does with the tokens that it is shown."""

    verified: Callable[[str], tuple[Caller, int]]
    check_session: Callable[[UUID], None]
    clock: Callable[[], float]


def _verified(header: str) -> tuple[Caller, int]:
    """Return the caller that a token speaks for, and when it expires."""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer":
        raise TokenInvalid
    try:
        claims = decode_token(token)
        if not _is_complete(claims):
            raise TokenInvalid
        return _caller(claims), int(claims["exp"])
    except ExpiredSignatureError:
        raise TokenExpired from None
    except (PyJWTError, JWTExtendedException, ValueError, RecursionError):
        # The last two: what the library lets through when somebody sends rubbish in the shape of a token.
        raise TokenInvalid from None


def _is_complete(claims: dict[str, Any]) -> bool:
    # The library demands only what it uses itself: without this, a token without `exp` would hold for ever.
    required = REQUIRED.get(claims["type"])
    return required is not None and all(claims.get(name) is not None for name in required)


def _caller(claims: dict[str, Any]) -> Caller:
    if claims["type"] == GUEST:
        member_id = claims.get("member_id")
        guest = Guest(_id(claims["sid"]), _id(claims["event_id"]), None if member_id is None else _id(member_id))
        return Caller(guest=guest)
    return Caller(
        user_id=_id(claims["sub"]), user_name=claims["name"], session_id=_id(claims["sid"]), timezone=claims["tz"]
    )


def _id(claim: object) -> UUID:
    return UUID(str(claim))


def new_refresh_token() -> bytes:
    """Return a random refresh token of 256 bits."""
    return secrets.token_bytes(TOKEN_BYTES)


def read_refresh_token(text: str) -> bytes | None:
    """Return the refresh token that `hashing.encode` made `text` of; None when it is anything else."""
    return decode(text, TOKEN_BYTES)


def successor_of(token: bytes, hasher: Hasher) -> bytes:
    """Return the one refresh token that may follow `token`; nobody without the key can derive it."""
    return hasher.digest(token)


def hash_of(token: bytes) -> bytes:
    """Return what is stored of a token; a plain hash is enough for 256 random bits."""
    return hashlib.sha256(token).digest()


class DeviceTokens:
    """Proves that a user signed in on a device before; good for nothing else."""

    def __init__(self, hasher: Hasher) -> None:
        self._hasher = hasher

    def issue(self, user_id: UUID, device_id: UUID) -> str:
        """Return the token of this user on this device."""
        return encode(device_id.bytes + self._proof(user_id, device_id))

    def read(self, user_id: UUID, token: str | None) -> UUID | None:
        """Return the device's id, None when the token is not this user's."""
        given = decode(token or "", UUID_BYTES + TOKEN_BYTES)
        if given is None:
            return None
        device_id = UUID(bytes=given[:UUID_BYTES])
        return device_id if hmac.compare_digest(given[UUID_BYTES:], self._proof(user_id, device_id)) else None

    def _proof(self, user_id: UUID, device_id: UUID) -> bytes:
        return self._hasher.digest(user_id.bytes, device_id.bytes)


def new_id() -> UUID:
    """Return a UUID of version 7."""
    return uuids.uuid7()
