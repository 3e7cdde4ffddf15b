"""Members as rows and as their contract shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from common import money
from common.contracts.events import Member
from core_service.domain import membership, search
from core_service.models import MemberRow
from core_service.queries import members
from core_service.service.operations import Entered, visible_email


@dataclass(frozen=True, slots=True)
class HeldWeight:
    """What a member counts, in hundredths, for expenses dated from a day on."""

    valid_from: date
    hundredths: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberState(Member):
    """A member with all weights, as the activity keeps it."""

    weights: tuple[HeldWeight, ...]


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


def state(entered: Entered, row: MemberRow) -> MemberState:
    """Return a member as the activity keeps it."""
    shown = view(entered, row)
    weights = tuple(HeldWeight(*each) for each in members.list_weights(entered.session, row.id))
    return MemberState(**{field.name: getattr(shown, field.name) for field in fields(shown)}, weights=weights)


def weights_of(document: Mapping[str, Any]) -> list[tuple[date, int]]:
    """Return the weights that the activity kept of a member."""
    return [(date.fromisoformat(each["valid_from"]), each["hundredths"]) for each in document["weights"]]
