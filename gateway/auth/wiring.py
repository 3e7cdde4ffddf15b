"""Puts the parts of authentication together, for either way to run."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from common.database import Database
from common.paging import Cursors
from common.sealing import Sealer
from gateway.auth.backoff import Buckets
from gateway.auth.credentials import Credentials
from gateway.auth.gate import SessionGate
from gateway.auth.hashing import Hasher
from gateway.auth.login import Login
from gateway.auth.profiles import Profiles
from gateway.auth.proofs import Proofs
from gateway.auth.registration import Registrations
from gateway.auth.sessions import Sessions
from gateway.auth.tokens import DeviceTokens


@dataclass(frozen=True, slots=True)
class Auth:
    """All that the routes of authentication and profiles need; `has_secure_cookies` is off for plain http only."""

    gate: SessionGate
    registrations: Registrations
    login: Login
    sessions: Sessions
    credentials: Credentials
    profiles: Profiles
    has_secure_cookies: bool


def build(
    database: Database,
    gate: SessionGate,
    secret_key: str,
    *,
    counts_addresses: bool = True,
    has_secure_cookies: bool = True,
    clock: Callable[[], float] = time.time,
) -> Auth:
    """Return authentication on this database.

    `counts_addresses` slows down wrong proofs by address as well as by account; it is off where all requests come
    from one address, as in tests.
    """
    sealer = Sealer(secret_key)
    devices = DeviceTokens(Hasher(secret_key, "device tokens"))
    proofs = Proofs(sealer, Hasher(secret_key, "recovery codes"))
    buckets = Buckets(Hasher(secret_key, "attempts"), counts_addresses=counts_addresses)
    cursors = Cursors(secret_key)
    sessions = Sessions(database, gate, Hasher(secret_key, "refresh tokens"), devices, cursors, clock)
    return Auth(
        gate=gate,
        registrations=Registrations(database, gate, sealer, proofs, sessions, clock),
        login=Login(database, gate, proofs, sessions, devices, buckets, clock),
        sessions=sessions,
        credentials=Credentials(database, gate, sealer, proofs, buckets, clock),
        profiles=Profiles(database, gate, clock),
        has_secure_cookies=has_secure_cookies,
    )
