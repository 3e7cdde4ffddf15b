"""Invitations to an event by e-mail, as commands and results."""

from dataclasses import dataclass
from uuid import UUID

from common.contracts.events import EventOf
from common.contracts.types import Cursor, Email, Id, PageSize, Role, Secret
from common.errors import Conflict, Gone


class InvitationOver(Gone):
    """The invitation was used, revoked, or sent more than seven days ago."""

    code = "invitation_over"
    message = "This invitation was used or revoked, or it has expired. Ask for a new one."


class AlreadyMember(Conflict):
    """The caller is in the event already; the invitation stays unused."""

    code = "already_member"
    message = "You are in this event already."


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite(EventOf):
    """Invites whoever reads the mails to an address, as an existing member or as a new one."""

    id: Id
    email: Email
    member_id: Id | None = None
    role: Role = "editor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A personal link that works once, until `expires_at`; nobody is told whether a user has the address."""

    id: UUID
    event_id: UUID
    email: str
    member_id: UUID | None
    role: Role
    created_at: int
    expires_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListInvitations(EventOf):
    """Asks for the invitations that can still be accepted, newest first."""

    limit: PageSize = 50
    cursor: Cursor | None = None


@dataclass(frozen=True, slots=True)
class InvitationPage:
    """One page of invitations."""

    items: tuple[Invitation, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationOf(EventOf):
    """Names an invitation."""

    invitation_id: Id


@dataclass(frozen=True, slots=True)
class AcceptInvitation:
    """Comes into an event by the token of an invitation."""

    token: Secret
