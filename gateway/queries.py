"""The gateway's SQL: each function runs within a transaction that its caller commits."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from gateway.models import (
    AppliedKeyRow,
    AttemptRow,
    NewTotpRow,
    RecoveryCodeRow,
    RefreshTokenRow,
    RegistrationRow,
    SessionRow,
    UserRow,
)

DAY_S = 86_400
KEPT_ATTEMPTS_S = 30 * DAY_S


def find_user_by_email(transaction: Session, email_key: str) -> UserRow | None:
    """Return the user with this address."""
    return transaction.scalar(select(UserRow).where(UserRow.email_key == email_key))


def find_user(transaction: Session, user_id: UUID, *, lock: bool = False) -> UserRow | None:
    """Return a user who was not deleted; `lock` makes everything that this user does serial."""
    query = select(UserRow).where(UserRow.id == user_id, UserRow.deleted_at.is_(None))
    # Read anew: what this transaction saw before it got the lock may have changed.
    query = query.with_for_update().execution_options(populate_existing=True) if lock else query
    return transaction.scalar(query)


def list_users(transaction: Session, user_ids: Collection[UUID], email_keys: Collection[str]) -> Sequence[UserRow]:
    """Return the users with these ids or addresses who were not deleted."""
    wanted = UserRow.id.in_(user_ids) | UserRow.email_key.in_(email_keys)
    return transaction.scalars(select(UserRow).where(wanted, UserRow.deleted_at.is_(None))).all()


def add_user(transaction: Session, row: UserRow) -> bool:
    """Add a user; False when the address was taken in the meantime."""
    values = {column.key: getattr(row, column.key) for column in UserRow.__table__.columns}
    added = transaction.execute(
        insert(UserRow).values(values).on_conflict_do_nothing(index_elements=["email_key"]).returning(UserRow.id)
    )
    return added.scalar() is not None


def claim_totp_step(transaction: Session, user_id: UUID, step: int) -> bool:
    """Use up a code by its time step; False when it, or a newer one, was used before."""
    claimed = transaction.execute(
        update(UserRow)
        .where(UserRow.id == user_id, UserRow.totp_last_step < step)
        .values(totp_last_step=step)
        .returning(UserRow.id)
    )
    return claimed.scalar() is not None


def add_recovery_codes(transaction: Session, user_id: UUID, hashes: Collection[bytes]) -> None:
    """Give a user new recovery codes in place of all former ones."""
    forget_recovery_codes(transaction, user_id)
    transaction.execute(insert(RecoveryCodeRow), [{"code_hash": each, "user_id": user_id} for each in hashes])


def use_recovery_code(transaction: Session, user_id: UUID, code_hash: bytes, now: int) -> bool:
    """Use up a recovery code; False when there is none such, or it was used."""
    used = transaction.execute(
        update(RecoveryCodeRow)
        .where(
            RecoveryCodeRow.code_hash == code_hash,
            RecoveryCodeRow.user_id == user_id,
            RecoveryCodeRow.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCodeRow.user_id)
    )
    return used.scalar() is not None


def forget_recovery_codes(transaction: Session, user_id: UUID) -> None:
    """Delete a user's recovery codes."""
    transaction.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.user_id == user_id))


def find_registration(transaction: Session, registration_id: UUID) -> RegistrationRow | None:
    """Return a registration and lock it."""
    query = select(RegistrationRow).where(RegistrationRow.id == registration_id).with_for_update()
    return transaction.scalar(query)


def forget_registrations(transaction: Session, email_key: str) -> None:
    """Delete the registrations that somebody began with this address."""
    transaction.execute(delete(RegistrationRow).where(func.lower(RegistrationRow.email) == email_key))


def find_new_totp(transaction: Session, user_id: UUID, totp_id: UUID) -> NewTotpRow | None:
    """Return the authenticator that a user is setting up, and lock it."""
    query = select(NewTotpRow).where(NewTotpRow.id == totp_id, NewTotpRow.user_id == user_id).with_for_update()
    return transaction.scalar(query)


def forget_new_totp(transaction: Session, user_id: UUID) -> None:
    """Delete the authenticator that a user is setting up."""
    transaction.execute(delete(NewTotpRow).where(NewTotpRow.user_id == user_id))


def find_session(transaction: Session, session_id: UUID, *, lock: bool = False) -> SessionRow | None:
    """Return a session, ended or not."""
    query = select(SessionRow).where(SessionRow.id == session_id)
    return transaction.scalar(query.with_for_update() if lock else query)


def is_session_live(transaction: Session, session_id: UUID) -> bool:
    """Return whether a session exists and was not ended."""
    query = select(SessionRow.id).where(SessionRow.id == session_id, SessionRow.revoked_at.is_(None))
    return transaction.scalar(query) is not None


def list_sessions(
    transaction: Session, user_id: UUID, now: int, limit: int, before: UUID | None = None
) -> Sequence[SessionRow]:
    """Return a user's live sessions, newest first, those before the session `before`."""
    query = select(SessionRow).where(
        SessionRow.user_id == user_id, SessionRow.revoked_at.is_(None), SessionRow.expires_at > now
    )
    if before is not None:
        query = query.where(SessionRow.id < before)
    return transaction.scalars(query.order_by(SessionRow.id.desc()).limit(limit)).all()


def revoke_sessions(
    transaction: Session, user_id: UUID, now: int, *, only: UUID | None = None, but: UUID | None = None
) -> list[UUID]:
    """End a user's sessions, or only one of them, or all but one; return those that were live until now."""
    query = update(SessionRow).where(SessionRow.user_id == user_id, SessionRow.revoked_at.is_(None))
    if only is not None:
        query = query.where(SessionRow.id == only)
    if but is not None:
        query = query.where(SessionRow.id != but)
    return list(transaction.scalars(query.values(revoked_at=now).returning(SessionRow.id)))


def set_exclusive(transaction: Session, user_id: UUID, *, is_exclusive: bool) -> None:
    """Say of all live sessions of a user whether they tolerate others."""
    transaction.execute(
        update(SessionRow)
        .where(SessionRow.user_id == user_id, SessionRow.revoked_at.is_(None))
        .values(is_exclusive=is_exclusive)
    )


def anonymise_sessions(transaction: Session, user_id: UUID) -> None:
    """Forget on which devices a user was signed in."""
    transaction.execute(update(SessionRow).where(SessionRow.user_id == user_id).values(device_name=""))


def list_revoked(transaction: Session, since: int) -> Sequence[tuple[UUID, int]]:
    """Return the sessions that were ended at `since` or later, and when."""
    query = select(SessionRow.id, SessionRow.revoked_at).where(SessionRow.revoked_at >= since)
    return [(session_id, revoked_at) for session_id, revoked_at in transaction.execute(query) if revoked_at is not None]


def find_refresh_token(transaction: Session, token_hash: bytes) -> RefreshTokenRow | None:
    """Return a refresh token as it is now, not as this transaction may have seen it before."""
    return transaction.get(RefreshTokenRow, token_hash, populate_existing=True)


def forget_refresh_tokens(transaction: Session, session_id: UUID, issued_before: int) -> None:
    """Delete a session's refresh tokens that have expired anyway."""
    transaction.execute(
        delete(RefreshTokenRow).where(
            RefreshTokenRow.session_id == session_id, RefreshTokenRow.issued_at < issued_before
        )
    )


def lock_attempts(transaction: Session, buckets: Sequence[str]) -> dict[str, AttemptRow]:
    """Return these buckets, made where they are new, and lock them; `buckets` are sorted, so that nobody deadlocks."""
    added = insert(AttemptRow).values([{"bucket": bucket, "failures": 0, "last_failed_at": 0} for bucket in buckets])
    # The update changes nothing, but it locks the row and returns it, whoever makes or deletes it at the same time.
    locked = added.on_conflict_do_update(index_elements=["bucket"], set_={"bucket": added.excluded.bucket})
    rows = transaction.scalars(locked.returning(AttemptRow), execution_options={"populate_existing": True})
    return {row.bucket: row for row in rows}


def forget_attempts(transaction: Session, bucket: str) -> None:
    """Delete a bucket."""
    transaction.execute(delete(AttemptRow).where(AttemptRow.bucket == bucket))


def uncount_attempt(transaction: Session, bucket: str, previous_failed_at: int) -> None:
    """Take one failure out of a bucket, with the instant of the last one before it."""
    transaction.execute(
        update(AttemptRow)
        .where(AttemptRow.bucket == bucket)
        .values(failures=func.greatest(AttemptRow.failures - 1, 0), last_failed_at=previous_failed_at)
    )


def note_key(transaction: Session, key: UUID, user_id: UUID, fingerprint: str) -> AppliedKeyRow | None:
    """Note a key as applied; return the note that was there before, None when there was none."""
    noted = transaction.execute(
        insert(AppliedKeyRow)
        .values(id=key, user_id=user_id, fingerprint=fingerprint)
        .on_conflict_do_nothing()
        .returning(AppliedKeyRow.id)
    )
    return None if noted.scalar() is not None else transaction.get(AppliedKeyRow, key)


def prune(transaction: Session, now: int) -> None:
    """Forget registrations that expired a day ago and failures that are a month old."""
    transaction.execute(delete(RegistrationRow).where(RegistrationRow.expires_at < now - DAY_S))
    transaction.execute(
        delete(AttemptRow).where(AttemptRow.last_failed_at < now - KEPT_ATTEMPTS_S, AttemptRow.last_failed_at > 0)
    )
