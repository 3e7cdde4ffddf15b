"""The core service's tables: events, members and links, expenses and their ledger lines, balances and debts.

Amounts are BIGINT minor units. What must hold whatever the program does, PostgreSQL refuses to break: the lines of an
expense add up to its amount, the balances of an event to zero (migration 0002). Rows that can be restored are not
deleted but carry `deleted_at`.
"""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    MetaData,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from common import database, inbox, outbox

MAX_MAJOR = "10000000000000"
LIVE = text("deleted_at IS NULL")


class Base(DeclarativeBase):
    """Base of the core service's tables."""

    metadata = MetaData(naming_convention=database.CONSTRAINT_NAMES)
    type_annotation_map = {int: BigInteger, dict[str, Any]: JSONB(none_as_null=True), list[Any]: JSONB}  # noqa: RUF012


OUTBOX = outbox.table(Base.metadata)
INBOX = inbox.table(Base.metadata)


class EventRow(Base):
    """An event; its row lock makes all writes to the event serial."""

    __tablename__ = "events"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    description: Mapped[str]
    currency: Mapped[str]
    simplify_debts: Mapped[bool]
    created_by: Mapped[uuid.UUID | None]
    created_at: Mapped[int]
    updated_at: Mapped[int]
    archived_at: Mapped[int | None]
    deleted_at: Mapped[int | None]
    version: Mapped[int]
    # Set for the hidden event between a set of users: who they are and in which currency.
    between: Mapped[str | None] = mapped_column(unique=True)


class MemberRow(Base):
    """A person in an event; a user once somebody claimed it, who then has `role`."""

    __tablename__ = "members"
    __table_args__ = (
        UniqueConstraint("event_id", "id"),
        CheckConstraint("role IN ('admin', 'editor', 'viewer')", name="role"),
        Index("uq_members_name", "event_id", "name_key", unique=True, postgresql_where=LIVE),
        Index("uq_members_user", "event_id", "user_id", unique=True, postgresql_where=LIVE),
        Index("ix_members_user", "user_id", postgresql_where=text("user_id IS NOT NULL")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("events.id"))
    name: Mapped[str]
    name_key: Mapped[str]
    search_key: Mapped[str]
    email: Mapped[str | None]
    user_id: Mapped[uuid.UUID | None]
    role: Mapped[str]
    joined_on: Mapped[dt.date | None]
    left_on: Mapped[dt.date | None]
    created_at: Mapped[int]
    updated_at: Mapped[int]
    deleted_at: Mapped[int | None]
    version: Mapped[int]


class MemberWeightRow(Base):
    """How much a member counts in equal splits, in hundredths, for expenses dated from `valid_from` on."""

    __tablename__ = "member_weights"
    __table_args__ = (CheckConstraint("hundredths > 0", name="positive"),)

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("members.id"), primary_key=True)
    valid_from: Mapped[dt.date] = mapped_column(primary_key=True)
    hundredths: Mapped[int]


class EventLinkRow(Base):
    """A secret link of an event, found by the SHA-256 of its token; the encrypted token lets an admin show it again."""

    __tablename__ = "event_links"
    __table_args__ = (
        CheckConstraint("role IN ('admin', 'editor', 'viewer')", name="role"),
        Index("uq_event_links_role", "event_id", "role", unique=True, postgresql_where=text("revoked_at IS NULL")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("events.id"))
    role: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    token_sealed: Mapped[bytes]
    created_at: Mapped[int]
    opened_at: Mapped[int | None]
    revoked_at: Mapped[int | None]


class ExpenseRow(Base):
    """An expense; `payers` and `split` are as they were sent, what they come to stands in its ledger lines.

    `version` counts what people change; `revision` also counts the times when its shares were computed anew because
    somebody joined or left, and is the version that messages carry.
    """

    __tablename__ = "expenses"
    __table_args__ = (
        UniqueConstraint("event_id", "id"),
        CheckConstraint("kind IN ('expense', 'income', 'payment')", name="kind"),
        CheckConstraint(f"amount BETWEEN 1 AND {MAX_MAJOR}", name="amount"),
        CheckConstraint(f"event_amount BETWEEN 1 AND {MAX_MAJOR}", name="event_amount"),
        Index("ix_expenses_date", "event_id", "date", "id", postgresql_where=LIVE),
        Index("ix_expenses_created", "event_id", "created_at", "id", postgresql_where=LIVE),
        Index("ix_expenses_everyone", "event_id", postgresql_where=text("is_everyone")),
        Index("uq_expenses_occurrence", "recurring_expense_id", "occurrence_on", unique=True),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("events.id"))
    kind: Mapped[str]
    description: Mapped[str]
    search_key: Mapped[str]
    note: Mapped[str]
    category: Mapped[str | None]
    amount: Mapped[int]
    currency: Mapped[str]
    rate: Mapped[str]
    event_amount: Mapped[int]
    date: Mapped[dt.date]
    payers: Mapped[list[Any]]
    split: Mapped[dict[str, Any]]
    is_everyone: Mapped[bool]
    recurring_expense_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("recurring_expenses.id"))
    occurrence_on: Mapped[dt.date | None]
    created_by_member: Mapped[uuid.UUID | None]
    created_at: Mapped[int]
    updated_at: Mapped[int]
    deleted_at: Mapped[int | None]
    version: Mapped[int]
    revision: Mapped[int]


class LedgerLineRow(Base):
    """What one member paid for one expense and what they bear of it, in the event's currency.

    NULL stands for "is no payer" or "is no participant". An income counts negative on both sides; a payment's `paid`
    was sent and its `share` received. `leftover` is the left-over cent within the share: 1, 0, or -1 for an income.
    """

    __tablename__ = "ledger_lines"
    __table_args__ = (
        ForeignKeyConstraint(["event_id", "expense_id"], ["expenses.event_id", "expenses.id"]),
        ForeignKeyConstraint(["event_id", "member_id"], ["members.event_id", "members.id"]),
        CheckConstraint("num_nonnulls(paid, share) > 0", name="says_something"),
        Index("ix_ledger_lines_member", "member_id", "expense_id"),
    )

    expense_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    event_id: Mapped[uuid.UUID]
    position: Mapped[int] = mapped_column(SmallInteger)
    paid: Mapped[int | None]
    share: Mapped[int | None]
    leftover: Mapped[int] = mapped_column(SmallInteger)


class BalanceRow(Base):
    """Where a member stands, kept with every write: the sums of the member's lines of expenses that are not deleted."""

    __tablename__ = "balances"
    __table_args__ = (
        ForeignKeyConstraint(["event_id", "member_id"], ["members.event_id", "members.id"]),
        Index("ix_balances_event", "event_id"),
        {"postgresql_with": {"fillfactor": "50"}},
    )

    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    event_id: Mapped[uuid.UUID]
    paid: Mapped[int] = mapped_column(server_default=text("0"))
    share: Mapped[int] = mapped_column(server_default=text("0"))
    sent: Mapped[int] = mapped_column(server_default=text("0"))
    received: Mapped[int] = mapped_column(server_default=text("0"))
    leftovers: Mapped[int] = mapped_column(server_default=text("0"))


class DebtRow(Base):
    """What the member with the lower id owes the other one (negative: is owed); kept while debts are not simplified."""

    __tablename__ = "debts"
    __table_args__ = (
        ForeignKeyConstraint(["event_id", "low_member_id"], ["members.event_id", "members.id"]),
        ForeignKeyConstraint(["event_id", "high_member_id"], ["members.event_id", "members.id"]),
        CheckConstraint("low_member_id < high_member_id", name="order"),
        {"postgresql_with": {"fillfactor": "50"}},
    )

    event_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    low_member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    high_member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    amount: Mapped[int]


class ActivityRow(Base):
    """Who did what to an event, with the thing before and after; rows are only ever added."""

    __tablename__ = "activity"
    __table_args__ = (Index("ix_activity_event", "event_id", "id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("events.id"))
    happened_at: Mapped[int]
    actor_user_id: Mapped[uuid.UUID | None]
    actor_member_id: Mapped[uuid.UUID | None]
    action: Mapped[str]
    subject: Mapped[str]
    subject_id: Mapped[uuid.UUID]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]


class AppliedCommandRow(Base):
    """A command that was carried out, under the id that makes its repetition harmless; kept for ever."""

    __tablename__ = "applied_commands"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    operation: Mapped[str]
    subject_id: Mapped[uuid.UUID]
    fingerprint: Mapped[str]


class RecurringExpenseRow(Base):
    """An expense that comes again by an RFC 5545 rule; `expense` is what each occurrence is made of.

    `due_on` is the next occurrence that has not been recorded, NULL when there is none left.
    """

    __tablename__ = "recurring_expenses"
    __table_args__ = (
        Index("ix_recurring_expenses_event", "event_id"),
        Index("ix_recurring_expenses_due", "due_on", postgresql_where=text("due_on IS NOT NULL")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("events.id"))
    rule: Mapped[str]
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date | None]
    expense: Mapped[dict[str, Any]]
    timezone: Mapped[str]
    due_on: Mapped[dt.date | None]
    created_by_member: Mapped[uuid.UUID | None]
    created_at: Mapped[int]
    updated_at: Mapped[int]
    deleted_at: Mapped[int | None]
    version: Mapped[int]


class CommentRow(Base):
    """What somebody said about an expense."""

    __tablename__ = "comments"
    __table_args__ = (
        ForeignKeyConstraint(["event_id", "expense_id"], ["expenses.event_id", "expenses.id"]),
        Index("ix_comments_expense", "expense_id", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    event_id: Mapped[uuid.UUID]
    expense_id: Mapped[uuid.UUID]
    text: Mapped[str]
    created_by_member: Mapped[uuid.UUID | None]
    created_by_user: Mapped[uuid.UUID | None]
    created_at: Mapped[int]
    deleted_at: Mapped[int | None]


class EventCategoryRow(Base):
    """A category of an event's own, beside those that every event has."""

    __tablename__ = "event_categories"

    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("events.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger)
    name: Mapped[str]
    emoji: Mapped[str]
    color: Mapped[str]


class SplitPresetRow(Base):
    """A named split that an event keeps for the next time."""

    __tablename__ = "split_presets"
    __table_args__ = (Index("ix_split_presets_event", "event_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("events.id"))
    name: Mapped[str]
    split: Mapped[dict[str, Any]]
    created_at: Mapped[int]
    deleted_at: Mapped[int | None]


class InvitationRow(Base):
    """An invitation by mail: a personal link, seven days, one use; found by the SHA-256 of its token."""

    __tablename__ = "invitations"
    __table_args__ = (
        CheckConstraint("role IN ('admin', 'editor', 'viewer')", name="role"),
        Index("ix_invitations_event", "event_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("events.id"))
    email: Mapped[str]
    member_id: Mapped[uuid.UUID | None]
    role: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_by_member: Mapped[uuid.UUID | None]
    created_at: Mapped[int]
    expires_at: Mapped[int]
    accepted_at: Mapped[int | None]
    revoked_at: Mapped[int | None]


class JobRow(Base):
    """Work that takes longer than a request, such as a large import, and how far it is."""

    __tablename__ = "jobs"
    __table_args__ = (CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name="state"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("events.id"))
    kind: Mapped[str]
    state: Mapped[str]
    done: Mapped[int]
    total: Mapped[int]
    request: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any] | None]
    created_by_user: Mapped[uuid.UUID | None]
    created_by_member: Mapped[uuid.UUID | None]
    created_at: Mapped[int]
    updated_at: Mapped[int]
