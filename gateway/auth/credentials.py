"""What a signed-in user proves themselves with: password, authenticator and recovery codes, each changed with a proof.

A change of password or authenticator ends all other sessions of the user.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from common.database import Database
from common.errors import FieldError, NotFound
from common.sealing import Sealer
from gateway import queries
from gateway.auth import backoff, passwords, tokens, totp
from gateway.auth.backoff import Buckets
from gateway.auth.contracts import (
    ChangePassword,
    ConfirmAuthenticator,
    MakeRecoveryCodes,
    PendingAuthenticator,
    RecoveryCodes,
    SetUpAuthenticator,
)
from gateway.auth.errors import (
    AuthenticatorOver,
    SessionRevoked,
    TwoFactorNeedsPassword,
    WrongCode,
    WrongPassword,
)
from gateway.auth.gate import SessionGate
from gateway.auth.proofs import Proofs
from gateway.auth.sessions import Ending, ending
from gateway.models import NewTotpRow, UserRow

SETUP_LIFETIME_S = 3_600


class Credentials:
    """Changes what users prove themselves with."""

    def __init__(
        self,
        database: Database,
        gate: SessionGate,
        sealer: Sealer,
        proofs: Proofs,
        buckets: Buckets,
        clock: Callable[[], float],
    ) -> None:
        self._database = database
        self._gate = gate
        self._sealer = sealer
        self._proofs = proofs
        self._buckets = buckets
        self._clock = clock

    def change_password(self, user_id: UUID, session_id: UUID, command: ChangePassword) -> None:
        """Set, change or remove the password; raises WrongCode, WrongPassword or TwoFactorNeedsPassword."""
        now = int(self._clock())
        with self._attempt(user_id, now) as scope:
            user = self._locked(scope, user_id)
            self._require_code_or_password(scope, user, command, now)
            if command.password is None and user.two_factor:
                raise TwoFactorNeedsPassword
            user.password_hash = None if command.password is None else passwords.hash_password(command.password)
            user.version += 1
            user.updated_at = now
            scope.session_ids += queries.revoke_sessions(scope.transaction, user_id, now, but=session_id)

    def set_up_authenticator(self, user_id: UUID, command: SetUpAuthenticator) -> PendingAuthenticator:
        """Return the secret of a new authenticator, which replaces the present one once it is confirmed.

        Raises WrongCode.
        """
        now = int(self._clock())
        totp_id, secret = tokens.new_id(), totp.new_secret()
        with self._attempt(user_id, now) as scope:
            user = self._locked(scope, user_id)
            self._require_code_or_recovery_code(scope, user, command, now)
            queries.forget_new_totp(scope.transaction, user_id)
            sealed = totp.seal(self._sealer, secret, totp_id)
            scope.transaction.add(
                NewTotpRow(id=totp_id, user_id=user_id, totp_sealed=sealed, expires_at=now + SETUP_LIFETIME_S)
            )
        return PendingAuthenticator(totp_id, totp.setup_of(secret, user.email or ""), now + SETUP_LIFETIME_S)

    def confirm_authenticator(self, user_id: UUID, session_id: UUID, command: ConfirmAuthenticator) -> None:
        """Replace the authenticator; the code is used up. Raises NotFound, AuthenticatorOver or WrongCode."""
        now = int(self._clock())
        with self._attempt(user_id, now) as scope:
            user = self._locked(scope, user_id)
            row = queries.find_new_totp(scope.transaction, user_id, command.totp_id)
            if row is None:
                raise NotFound
            if row.expires_at <= now:
                raise AuthenticatorOver
            secret = totp.open_sealed(self._sealer, row.totp_sealed, row.id)
            step = totp.matching_step(secret, command.code, now)
            if step is None:
                raise WrongCode.in_field()
            user.totp_sealed = totp.seal(self._sealer, secret, user_id)
            user.totp_last_step = step
            queries.forget_new_totp(scope.transaction, user_id)
            scope.session_ids += queries.revoke_sessions(scope.transaction, user_id, now, but=session_id)

    def make_recovery_codes(self, user_id: UUID, command: MakeRecoveryCodes) -> RecoveryCodes:
        """Return ten new recovery codes; the former ones are void. Raises WrongCode."""
        now = int(self._clock())
        with self._attempt(user_id, now) as scope:
            user = self._locked(scope, user_id)
            if not self._proofs.use_code(scope.transaction, user, command.code, now):
                raise WrongCode.in_field()
            return RecoveryCodes(self._proofs.replace_recovery_codes(scope.transaction, user_id))

    @contextmanager
    def _attempt(self, user_id: UUID, now: int) -> Iterator[Ending]:
        """Give a transaction for one attempt to prove something, which is counted unless it succeeds."""
        with self._database.transaction() as transaction:
            charges = backoff.charge(transaction, self._buckets.of_user(user_id), now)
        with ending(self._database, self._gate) as scope:
            yield scope
            backoff.settle(scope.transaction, charges)

    def _locked(self, scope: Ending, user_id: UUID) -> UserRow:
        user = queries.find_user(scope.transaction, user_id, lock=True)
        if user is None:
            raise SessionRevoked
        return user

    def _require_code_or_password(self, scope: Ending, user: UserRow, command: ChangePassword, now: int) -> None:
        if command.current_password is not None:
            if not passwords.matches(user.password_hash, command.current_password):
                raise WrongPassword(fields=[FieldError("current_password", "Wrong, or there is none.")])
        elif command.code is None or not self._proofs.use_code(scope.transaction, user, command.code, now):
            raise WrongCode.in_field()

    def _require_code_or_recovery_code(
        self, scope: Ending, user: UserRow, command: SetUpAuthenticator, now: int
    ) -> None:
        if command.recovery_code is not None:
            if not self._proofs.use_recovery_code(scope.transaction, user.id, command.recovery_code, now):
                raise WrongCode.in_field("recovery_code")
        elif command.code is None or not self._proofs.use_code(scope.transaction, user, command.code, now):
            raise WrongCode.in_field()
