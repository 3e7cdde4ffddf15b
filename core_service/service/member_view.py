"""Members as rows and as their contract shows them."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from common import money
from common.contracts.events import Member
from core_service.domain import membership, search
from core_service.models import MemberRow
from core_service.queries import members
from core_service.service.operations import Entered, visible_email


def new_row(
    member_id: UUID, event_id: UUID, name: str, email: str | None, role: str, joined_on: date | None, now: int
) -> MemberRow:
    """Return the row of a member who is new in an event."""
    return MemberRow(
        id=member_id,
        event_id=event_id,
        name=name,
        name_key=search.name_key(name),
        search_key=search.search_key(name),
        email=email,
        role=role,
        joined_on=joined_on,
        created_at=now,
        updated_at=now,
        version=1,
    )


def views(entered: Entered, rows: Sequence[MemberRow]) -> tuple[Member, ...]:
    """Return members as the caller sees them."""
    weights = members.latest_weights(entered.session, [row.id for row in rows]) if rows else {}
    return tuple(
        Member(
            id=row.id,
            event_id=row.event_id,
            name=row.name,
            email=visible_email(entered, row.email),
            role=membership.role(row.role).label,
            weight=money.rate_text(Decimal(weights[row.id]).scaleb(-2)),
            user_id=row.user_id if _is_user_visible(entered, row) else None,
            joined_on=row.joined_on,
            left_on=row.left_on,
            created_at=row.created_at,
            updated_at=row.updated_at,
            version=row.version,
            deleted_at=row.deleted_at,
        )
        for row in rows
    )


def _is_user_visible(entered: Entered, row: MemberRow) -> bool:
    """Return whether the caller may know that a member is a user: naming an address must not tell whose it is."""
    was_address_given = entered.event.between is not None and row.email is not None
    return not was_address_given or row.user_id == entered.user_id


def view(entered: Entered, row: MemberRow) -> Member:
    """Return one member as the caller sees it."""
    return views(entered, [row])[0]
