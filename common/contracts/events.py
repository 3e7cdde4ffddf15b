"""Events and their members, as commands and results."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from common.contracts.types import (
    UNSET,
    Currency,
    Cursor,
    Day,
    Description,
    Email,
    Id,
    Name,
    PageSize,
    Role,
    Secret,
    Unset,
    Version,
    Weight,
)
from common.errors import Conflict, Forbidden, Gone, Unauthenticated
from common.rpc.wire import AtMost

MAX_MEMBERS = 1_000


class EventArchived(Conflict):
    """The event is archived, so nothing in it may change."""

    code = "event_archived"
    message = "This event is archived. Take it out of the archive to change it."


class EventFull(Conflict):
    """The event has as many members as an event can have."""

    code = "event_full"
    message = "An event can have at most 1,000 members."


class EventCurrencyFixed(Conflict):
    """The event has expenses, so its currency cannot change any more."""

    code = "event_has_expenses"
    message = "The currency cannot change while the event has expenses."


class NameTaken(Conflict):
    """Another member of the event has this name."""

    code = "name_taken"
    message = "Another member of this event has this name."


class MemberHasExpenses(Conflict):
    """The member is payer, listed participant or side of a payment, so it cannot be deleted."""

    code = "member_has_expenses"
    message = "This member has expenses, so it cannot be deleted. It can leave instead."


class MemberClaimed(Conflict):
    """The member is somebody else, or the caller is another member."""

    code = "member_claimed"
    message = "This member belongs to somebody else, or you are another member of this event."


class LastAdmin(Conflict):
    """Nobody else could administer the event."""

    code = "last_admin"
    message = "An event needs an admin. Make somebody else an admin first."


class UndoExpired(Conflict):
    """The deletion is older than the 30 days in which it can be undone."""

    code = "undo_expired"
    message = "This was deleted more than 30 days ago and cannot be restored."


class LinkRevoked(Gone):
    """The secret link was rotated or revoked."""

    code = "link_revoked"
    message = "This link was revoked. Ask for a new one."


class LinkEnded(Unauthenticated):
    """The guest's link was rotated or revoked, so the token that came from it ended too."""

    code = "link_ended"
    message = "The link that you came by was revoked. Ask for a new one."


class RoleTooLow(Forbidden):
    """The caller's role in the event does not allow this."""

    code = "role_too_low"
    message = "Your role in this event does not allow this."


@dataclass(frozen=True, slots=True)
class NewMember:
    """A member to be made together with its event."""

    name: Name
    email: Email | None = None
    weight: Weight = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateEvent:
    """A new event; its creator becomes an admin, as `my_name`."""

    id: Id
    name: Name
    currency: Currency
    description: Description = ""
    simplify_debts: bool = True
    my_name: Name | None = None
    members: Annotated[tuple[NewMember, ...], AtMost(MAX_MEMBERS - 1)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EventOf:
    """Names an event."""

    event_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class EditEvent(EventOf):
    """Changes to an event; what is not mentioned stays."""

    if_version: Version | None = None
    name: Name | Unset = UNSET
    description: Description | Unset = UNSET
    currency: Currency | Unset = UNSET
    simplify_debts: bool | Unset = UNSET
    archived: bool | Unset = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteEvent(EventOf):
    """Removes an event with all that is in it."""

    if_version: Version | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListEvents:
    """Asks for the caller's events, newest first."""

    archived: bool | None = None
    limit: PageSize = 50
    cursor: Cursor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person in an event. `role` is what the user who claimed it may do; viewers see no `email`."""

    id: UUID
    event_id: UUID
    name: str
    email: str | None
    role: Role
    weight: str
    user_id: UUID | None
    joined_on: date | None
    left_on: date | None
    created_at: int
    updated_at: int
    version: int
    deleted_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSummary:
    """An event as its list shows it; `balance` is mine, in minor units of its currency, positive is owed to me."""

    id: UUID
    name: str
    description: str
    currency: str
    simplify_debts: bool
    archived: bool
    role: Role
    my_member_id: UUID | None
    balance: int
    created_at: int
    updated_at: int
    version: int
    deleted_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(EventSummary):
    """An event with its members."""

    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class EventPage:
    """One page of events."""

    items: tuple[EventSummary, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListMembers(EventOf):
    """Asks for an event's members, by name."""

    limit: PageSize = 50
    cursor: Cursor | None = None


@dataclass(frozen=True, slots=True)
class MemberPage:
    """One page of members."""

    items: tuple[Member, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class MemberName:
    """What `?expand=members` shows of a member."""

    id: UUID
    name: str
    email: str | None


@dataclass(frozen=True, slots=True)
class MemberNames:
    """All members of an event, by id, former ones included."""

    items: tuple[MemberName, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddMember(EventOf):
    """A person joins; from `joined_on` on, or in all "everyone" expenses when that is not said."""

    id: Id
    name: Name
    email: Email | None = None
    weight: Weight = "1"
    role: Role | None = None
    joined_on: Day | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberOf(EventOf):
    """Names a member of an event."""

    member_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class EditMember(MemberOf):
    """Changes to a member; a new `weight` holds for expenses dated from `weight_from` (default today) on."""

    if_version: Version | None = None
    name: Name | Unset = UNSET
    email: Email | Unset | None = UNSET
    weight: Weight | Unset = UNSET
    weight_from: Day | None = None
    role: Role | Unset = UNSET
    joined_on: Day | Unset | None = UNSET
    left_on: Day | Unset | None = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveMember(MemberOf):
    """Deletes a member who has no expenses of their own."""

    if_version: Version | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimMember(MemberOf):
    """Binds the member to the signed-in user ("this is me"), who shows a link when not in the event yet."""

    link: Secret | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOf(EventOf):
    """Names one of an event's secret links by the role that it gives."""

    role: Role = "editor"


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeLink(EventOf):
    """Ends the link of a role; without a role all links but the admin's."""

    role: Role | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A secret link: who has the token may act in the event with this role."""

    token: str
    role: Role


@dataclass(frozen=True, slots=True)
class CreatedEvent:
    """A new event, and its admin link when nobody signed in made it."""

    event: Event
    link: Link | None
    version: int


@dataclass(frozen=True, slots=True)
class OpenLink:
    """Exchanges a secret link for what a guest token needs to say."""

    link: Secret
    member_id: Id | None = None


@dataclass(frozen=True, slots=True)
class OpenedLink:
    """Whom the link lets in: where, and with which role."""

    link_id: UUID
    event_id: UUID
    role: Role
    member_id: UUID | None
