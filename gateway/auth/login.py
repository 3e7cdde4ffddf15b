"""Signing in: by a code, a password, both, or a recovery code.

Unknown addresses cost the same work and get the same answer as wrong proofs. A user who asked for two factors and
gives only one is told which one is missing once the first was right, so that a program can ask for it; whoever does
not have the first learns nothing. A recovery code signs in alone, also then: it is the way in when all else is lost.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from common.database import Database
from gateway import queries
from gateway.auth import backoff, passwords, profiles
from gateway.auth.backoff import Bucket, Buckets, Charge
from gateway.auth.contracts import SignIn
from gateway.auth.errors import CodeRequired, PasswordRequired, WrongCredentials
from gateway.auth.gate import SessionGate
from gateway.auth.proofs import NOBODY_ID, Proofs
from gateway.auth.sessions import Ending, Sessions, SignedIn, Visitor, ending
from gateway.auth.tokens import DeviceTokens
from gateway.models import UserRow


@dataclass(frozen=True, slots=True)
class Proven:
    """Whose proofs are right so far, and the time step of their code, which is still to be used up."""

    user: UserRow
    step: int | None


class Login:
    """Signs users in."""

    def __init__(
        self,
        database: Database,
        gate: SessionGate,
        proofs: Proofs,
        sessions: Sessions,
        devices: DeviceTokens,
        buckets: Buckets,
        clock: Callable[[], float],
    ) -> None:
        self._database = database
        self._gate = gate
        self._proofs = proofs
        self._sessions = sessions
        self._devices = devices
        self._buckets = buckets
        self._clock = clock

    def sign_in(self, command: SignIn, visitor: Visitor) -> SignedIn:
        """Sign in; raises WrongCredentials, CodeRequired, PasswordRequired or TooManyAttempts."""
        now = int(self._clock())
        user, charges = self._begin(command, visitor, now)
        # Outside of any transaction: hashing a password takes long, and must not keep a connection.
        proven = self._prove(user, command, now)
        with ending(self._database, self._gate) as scope:
            current = self._use_proofs(scope, proven, command, now)
            backoff.settle(scope.transaction, charges)
            return self._sessions.start(scope, current, visitor)

    def _begin(self, command: SignIn, visitor: Visitor, now: int) -> tuple[UserRow | None, tuple[Charge, ...]]:
        email_key = profiles.email_key(command.email)
        with self._database.transaction() as transaction:
            user = queries.find_user_by_email(transaction, email_key)
            buckets = self._buckets_of(user, email_key, command, visitor)
            return user, backoff.charge(transaction, buckets, now)

    def _buckets_of(self, user: UserRow | None, email_key: str, command: SignIn, visitor: Visitor) -> Sequence[Bucket]:
        user_id = NOBODY_ID if user is None else user.id
        device_id = self._devices.read(user_id, visitor.device_token)
        if device_id is not None and user is not None:
            return self._buckets.of_device(user_id, device_id)
        if command.recovery_code is not None:
            return self._buckets.of_recovery(email_key, visitor.address)
        return self._buckets.of_sign_in(email_key, visitor.address)

    def _prove(self, user: UserRow | None, command: SignIn, now: int) -> Proven:
        is_right = True
        step = None
        if command.password is not None:
            password_hash = None if user is None else user.password_hash
            is_right = passwords.matches(password_hash, command.password)
        if command.code is not None:
            step = self._proofs.step_of(user, command.code, now)
            is_right = is_right and step is not None
        if user is None or not is_right:
            raise WrongCredentials
        if user.two_factor and command.recovery_code is None:
            _demand_both(command)
        return Proven(user, step)

    def _use_proofs(self, scope: Ending, proven: Proven, command: SignIn, now: int) -> UserRow:
        user = queries.find_user(scope.transaction, proven.user.id, lock=True)
        if user is None or user.password_hash != proven.user.password_hash:
            raise WrongCredentials
        if user.totp_sealed != proven.user.totp_sealed or user.two_factor != proven.user.two_factor:
            raise WrongCredentials
        if proven.step is not None and not queries.claim_totp_step(scope.transaction, user.id, proven.step):
            raise WrongCredentials
        if command.recovery_code is not None and not self._proofs.use_recovery_code(
            scope.transaction, user.id, command.recovery_code, now
        ):
            raise WrongCredentials
        return user


def _demand_both(command: SignIn) -> None:
    if command.code is None:
        raise CodeRequired
    if command.password is None:
        raise PasswordRequired
