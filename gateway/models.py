"""The gateway's tables: users and how they prove who they are, their sessions, and what is on its way to the services.

Instants are Unix seconds. Nothing here can be used to sign in: secrets are sealed, tokens and codes are hashes.
"""

import uuid

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, MetaData, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from common import database, outbox

LIVE = text("revoked_at IS NULL")


class Base(DeclarativeBase):
    """Base of the gateway's tables."""

    metadata = MetaData(naming_convention=database.CONSTRAINT_NAMES)
    type_annotation_map = {int: BigInteger, bytes: LargeBinary}  # noqa: RUF012


OUTBOX = outbox.table(Base.metadata)


class UserRow(Base):
    """Somebody who registered; a deleted user keeps the id and nothing personal.

    `email_key` is what tells two addresses apart. `totp_last_step` is the newest time step whose code was used: no
    code of that step or an older one is accepted again.
    """

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("deleted_at IS NOT NULL OR num_nulls(email, email_key, totp_sealed) = 0", name="complete"),
        CheckConstraint("password_hash IS NOT NULL OR NOT two_factor", name="two_factor_has_password"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str | None]
    email_key: Mapped[str | None] = mapped_column(unique=True)
    pending_email: Mapped[str | None]
    mobile: Mapped[str | None]
    locale: Mapped[str]
    timezone: Mapped[str]
    currency: Mapped[str]
    single_device: Mapped[bool]
    two_factor: Mapped[bool]
    password_hash: Mapped[str | None]
    totp_sealed: Mapped[bytes | None]
    totp_last_step: Mapped[int]
    created_at: Mapped[int]
    updated_at: Mapped[int]
    deleted_at: Mapped[int | None]
    version: Mapped[int]


class RegistrationRow(Base):
    """A registration that waits for the first code; several may wait for one address, the first confirmed one gets it.

    Once used it keeps its id only, so that using it again can be told from one that never was.
    """

    __tablename__ = "registrations"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str]
    mobile: Mapped[str | None]
    password_hash: Mapped[str | None]
    totp_sealed: Mapped[bytes]
    expires_at: Mapped[int] = mapped_column(index=True)
    used_at: Mapped[int | None]


class NewTotpRow(Base):
    """An authenticator that a user is setting up; it replaces the present one with its first code."""

    __tablename__ = "new_totps"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), unique=True)
    totp_sealed: Mapped[bytes]
    expires_at: Mapped[int]


class RecoveryCodeRow(Base):
    """A single-use code for when the authenticator is lost."""

    __tablename__ = "recovery_codes"

    code_hash: Mapped[bytes] = mapped_column(primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    used_at: Mapped[int | None]


class SessionRow(Base):
    """A device on which a user is signed in; `is_exclusive` says that it tolerates no other one."""

    __tablename__ = "sessions"
    __table_args__ = (
        Index("ix_sessions_user", "user_id", "id", postgresql_where=LIVE),
        Index(
            "uq_sessions_single_device",
            "user_id",
            unique=True,
            postgresql_where=text("revoked_at IS NULL AND is_exclusive"),
        ),
        Index("ix_sessions_revoked_at", "revoked_at", postgresql_where=text("revoked_at IS NOT NULL")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    device_id: Mapped[uuid.UUID]
    device_name: Mapped[str]
    is_exclusive: Mapped[bool]
    created_at: Mapped[int]
    last_used_at: Mapped[int]
    expires_at: Mapped[int]
    revoked_at: Mapped[int | None]


class RefreshTokenRow(Base):
    """A refresh token by its hash; once used, it stands for the session having gone on to the next one."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (Index("ix_refresh_tokens_session", "session_id", "issued_at"),)

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sessions.id"))
    issued_at: Mapped[int]
    used_at: Mapped[int | None]


class AttemptRow(Base):
    """How often something was tried in vain, and when last; `bucket` names an account, an address or a device."""

    __tablename__ = "attempts"

    bucket: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_failed_at: Mapped[int] = mapped_column(index=True)


class AppliedKeyRow(Base):
    """An `Idempotency-Key` under which a user's change was carried out; kept for ever."""

    __tablename__ = "applied_keys"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    user_id: Mapped[uuid.UUID]
    fingerprint: Mapped[str]
