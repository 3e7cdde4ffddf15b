"""Whether a proof holds: what a code, a password or a recovery code says about a user."""

from uuid import UUID

from sqlalchemy.orm import Session

from common.sealing import Sealer
from gateway import queries
from gateway.auth import recovery, totp
from gateway.auth.hashing import Hasher
from gateway.models import UserRow

NOBODY_ID = UUID(int=0)


class Proofs:
    """Checks codes against what is stored; looking for nobody takes as long as for somebody."""

    def __init__(self, sealer: Sealer, recovery_hasher: Hasher) -> None:
        self._sealer = sealer
        self._recovery_hasher = recovery_hasher
        self._dummy = totp.seal(sealer, totp.DUMMY_SECRET, NOBODY_ID)

    def step_of(self, user: UserRow | None, code: str, now: int) -> int | None:
        """Return the time step of a right code, which `use_step` then uses up; None for a wrong one."""
        is_known = user is not None and user.totp_sealed is not None
        sealed, owner = (user.totp_sealed, user.id) if user and user.totp_sealed else (self._dummy, NOBODY_ID)
        step = totp.matching_step(totp.open_sealed(self._sealer, sealed, owner), code, now)
        return step if is_known else None

    def use_code(self, transaction: Session, user: UserRow, code: str, now: int) -> bool:
        """Use up a code; False when it is wrong or was used before."""
        step = self.step_of(user, code, now)
        return step is not None and queries.claim_totp_step(transaction, user.id, step)

    def use_recovery_code(self, transaction: Session, user_id: UUID, code: str, now: int) -> bool:
        """Use up a recovery code; False when it is wrong or was used before."""
        code_hash = recovery.hash_of(self._recovery_hasher, user_id, code)
        return queries.use_recovery_code(transaction, user_id, code_hash, now)

    def replace_recovery_codes(self, transaction: Session, user_id: UUID) -> tuple[str, ...]:
        """Give a user ten new recovery codes and return them; the former ones are void."""
        codes = recovery.new_codes()
        hashes = [recovery.hash_of(self._recovery_hasher, user_id, code) for code in codes]
        queries.add_recovery_codes(transaction, user_id, hashes)
        return codes
