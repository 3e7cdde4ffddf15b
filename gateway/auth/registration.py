"""Becoming a user: a registration shows a secret, and the first code made from it confirms the registration."""

from collections.abc import Callable
from dataclasses import dataclass

from common import outbox
from common.database import Database
from common.errors import NotFound
from common.messages import UserRegistered
from common.sealing import Sealer
from gateway import queries
from gateway.auth import passwords, profiles, tokens, totp
from gateway.auth.contracts import (
    DEFAULT_CURRENCY,
    DEFAULT_LOCALE,
    DEFAULT_TIMEZONE,
    ConfirmRegistration,
    PendingRegistration,
    Register,
    User,
)
from gateway.auth.errors import RegistrationOver, WrongCode
from gateway.auth.gate import SessionGate
from gateway.auth.proofs import Proofs
from gateway.auth.sessions import Sessions, SignedIn, Visitor, ending
from gateway.models import RegistrationRow, UserRow

LIFETIME_S = 3_600


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A new user, signed in, with the recovery codes that are shown this once."""

    user: User
    signed_in: SignedIn
    recovery_codes: tuple[str, ...]


class Registrations:
    """Registers users."""

    def __init__(
        self,
        database: Database,
        gate: SessionGate,
        sealer: Sealer,
        proofs: Proofs,
        sessions: Sessions,
        clock: Callable[[], float],
    ) -> None:
        self._database = database
        self._gate = gate
        self._sealer = sealer
        self._proofs = proofs
        self._sessions = sessions
        self._clock = clock

    def register(self, command: Register) -> PendingRegistration:
        """Return a secret for the authenticator.

        Nobody looks whether the address is taken: then the registration is like any other, but cannot be confirmed.
        """
        registration_id, secret = tokens.new_id(), totp.new_secret()
        now = int(self._clock())
        row = RegistrationRow(
            id=registration_id,
            name=command.name,
            email=command.email,
            mobile=command.mobile,
            password_hash=None if command.password is None else passwords.hash_password(command.password),
            totp_sealed=totp.seal(self._sealer, secret, registration_id),
            expires_at=now + LIFETIME_S,
        )
        with self._database.transaction() as transaction:
            queries.prune(transaction, now)
            transaction.add(row)
        return PendingRegistration(registration_id, totp.setup_of(secret, command.email), row.expires_at)

    def confirm(self, command: ConfirmRegistration, visitor: Visitor) -> Confirmed:
        """Make the user and sign in; the code is used up by it.

        Raises NotFound, RegistrationOver when it was used or has expired, WrongCode also for an address that is taken.
        """
        now = int(self._clock())
        with ending(self._database, self._gate) as scope:
            row = queries.find_registration(scope.transaction, command.registration_id)
            if row is None:
                raise NotFound
            if row.used_at is not None or row.expires_at <= now:
                raise RegistrationOver
            secret = totp.open_sealed(self._sealer, row.totp_sealed, row.id)
            step = totp.matching_step(secret, command.code, now)
            if step is None:
                raise WrongCode.in_field()
            user = self._user_of(row, secret, step, now)
            if not queries.add_user(scope.transaction, user):
                # The address is taken.
                raise WrongCode.in_field()
            _use_up(row, now)
            codes = self._proofs.replace_recovery_codes(scope.transaction, user.id)
            signed_in = self._sessions.start(scope, user, visitor)
            outbox.publish(
                scope.transaction,
                UserRegistered(
                    subject_id=user.id,
                    version=user.version,
                    occurred_at=now,
                    name=user.name,
                    timezone=user.timezone,
                    currency=user.currency,
                ),
            )
        return Confirmed(profiles.user_of(user), signed_in, codes)

    def _user_of(self, row: RegistrationRow, secret: str, step: int, now: int) -> UserRow:
        user_id = tokens.new_id()
        return UserRow(
            id=user_id,
            name=row.name,
            email=row.email,
            email_key=profiles.email_key(row.email),
            mobile=row.mobile,
            locale=DEFAULT_LOCALE,
            timezone=DEFAULT_TIMEZONE,
            currency=DEFAULT_CURRENCY,
            single_device=True,
            two_factor=False,
            password_hash=row.password_hash,
            totp_sealed=totp.seal(self._sealer, secret, user_id),
            totp_last_step=step,
            created_at=now,
            updated_at=now,
            version=1,
        )


def _use_up(row: RegistrationRow, now: int) -> None:
    row.used_at = now
    row.name, row.email, row.mobile, row.password_hash, row.totp_sealed = "", "", None, None, b""
