"""Operations on invitations by e-mail: sending, listing, revoking and accepting them."""

import hashlib
from uuid import UUID

from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from common import outbox
from common.contracts.events import EventArchived, Member, MemberClaimed
from common.contracts.invitations import (
    AcceptInvitation,
    AlreadyMember,
    Invitation,
    InvitationOf,
    InvitationOver,
    InvitationPage,
    Invite,
    ListInvitations,
)
from common.errors import IdTaken, NotFound, invalid
from common.messages import InvitationSent
from common.rpc.context import Context
from common.rpc.interface import replayed
from core_service.domain import membership, search
from core_service.domain.membership import WHOLE, Role
from core_service.models import InvitationRow, MemberRow
from core_service.queries import commands, events, invitations, members
from core_service.service import everyone, member_view
from core_service.service.members import check_room
from core_service.service.operations import Entered, Operations

VALID_S = 7 * 24 * 60 * 60


class InvitationOperations(Operations):
    """Inviting people by e-mail, and coming in by an invitation."""

    def invite(self, context: Context, command: Invite) -> Invitation:
        """Invite somebody by e-mail; the link in it works once, for seven days."""
        with self._database.transaction() as session:
            if commands.is_repeat(session, context, "invite", command.id):
                return replayed(self._invited_before(session, context, command))
            entered = self._write(session, context, command.event_id, Role.ADMIN)
            if command.member_id is not None:
                _check_member(session, command.event_id, command.member_id)
            row = InvitationRow(
                id=command.id,
                event_id=command.event_id,
                email=command.email,
                member_id=command.member_id,
                role=command.role,
                token_hash=_hash(self._invitation_tokens.token_of(command.id)),
                created_by_member=entered.member_id,
                created_at=entered.now,
                expires_at=entered.now + VALID_S,
            )
            session.add(row)
            session.flush()
            # Without the address: what is noted stays for ever.
            noted = {"member_id": row.member_id, "role": row.role, "expires_at": row.expires_at}
            entered.note("sent", "invitation", row.id, after=noted)
            outbox.publish(session, _message(entered, row))
            return _view(row)

    def _invited_before(self, session: Session, context: Context, command: Invite) -> Invitation:
        try:
            entered = self._read(session, context, command.event_id)
        except NotFound:
            raise IdTaken from None
        membership.require(entered.role, Role.ADMIN)
        return _view(_invitation(session, command.event_id, command.id))

    def list_invitations(self, context: Context, command: ListInvitations) -> InvitationPage:
        """List the invitations that can still be accepted, newest first."""
        scope = ["invitations", command.event_id]
        place = self._cursors.read(scope, command.cursor)
        before = None if place is None else (int(place[0]), UUID(place[1]))
        with self._database.transaction() as session:
            entered = self._read(session, context, command.event_id)
            membership.require(entered.role, Role.ADMIN)
            rows = invitations.list_open(session, command.event_id, entered.now, before, command.limit + 1)
            page, cursor = self._cursors.page(scope, rows, command.limit, lambda row: [row.created_at, row.id])
            return InvitationPage(tuple(map(_view, page)), cursor)

    def revoke_invitation(self, context: Context, command: InvitationOf) -> None:
        """End an invitation: its link leads nowhere any more."""
        with self._database.transaction() as session:
            is_repeat = commands.is_repeat(session, context, "revoke_invitation", command.invitation_id)
            entered = self._write(session, context, command.event_id, Role.ADMIN)
            row = _invitation(session, command.event_id, command.invitation_id)
            if is_repeat or row.revoked_at is not None or row.accepted_at is not None:
                return
            row.revoked_at = entered.now
            session.flush()
            entered.note("revoked", "invitation", row.id)

    def reinstate_invitation(self, context: Context, command: InvitationOf) -> None:
        """Let an invitation hold again that was revoked."""
        with self._database.transaction() as session:
            is_repeat = commands.is_repeat(session, context, "reinstate_invitation", command.invitation_id)
            entered = self._write(session, context, command.event_id, Role.ADMIN)
            row = _invitation(session, command.event_id, command.invitation_id)
            if is_repeat or row.revoked_at is None:
                return
            row.revoked_at = None
            session.flush()
            entered.note("reinstated", "invitation", row.id)

    def accept_invitation(self, context: Context, command: AcceptInvitation) -> Member:
        """Come into an event by an invitation, as the member that it names or as a new one."""
        assert context.user_id is not None, "the gateway asks for a signed-in user"
        with self._database.transaction() as session:
            row = invitations.find_by_hash(session, _hash(command.token))
            event = events.find_event(session, row.event_id, lock=True) if row else None
            if row is None or event is None or event.deleted_at is not None:
                raise NotFound
            if commands.is_repeat(session, context, "accept_invitation", row.id):
                return replayed(self._accepted_before(session, context, event.id))
            # Two at once: the second one waited for the event, and must see what the first one did.
            session.refresh(row)
            now = self._now()
            if row.accepted_at is not None or row.revoked_at is not None or row.expires_at <= now:
                raise InvitationOver
            if event.archived_at is not None:
                raise EventArchived
            if members.find_member_of_user(session, event.id, context.user_id):
                raise AlreadyMember
            role = membership.role(row.role)
            member_id = row.member_id or uuid7()
            entered = Entered(session, event, role, context.user_id, member_id, context.user_name, now)
            member = _claim(entered, row) if row.member_id else _join(entered, context.user_name, row)
            row.accepted_at = now
            # It has served its purpose, and is somebody's personal data.
            row.email = ""
            session.flush()
            return member

    def _accepted_before(self, session: Session, context: Context, event_id: UUID) -> Member:
        """Return who the caller became by this very command."""
        entered = self._read(session, context, event_id)
        assert entered.member_id is not None, "a user who is in an event is a member"
        row = members.find_member(session, event_id, entered.member_id)
        assert row is not None
        return member_view.view(entered, row)


def _check_member(session: Session, event_id: UUID, member_id: UUID) -> None:
    member = members.find_member(session, event_id, member_id)
    if member is None or member.deleted_at is not None:
        raise invalid("member_id", "Is not a member of this event.")
    if member.user_id is not None:
        raise MemberClaimed


def _claim(entered: Entered, row: InvitationRow) -> Member:
    """Make the user the member that the invitation names."""
    member: MemberRow | None = members.find_member(entered.session, row.event_id, row.member_id or UUID(int=0))
    if member is None or member.deleted_at is not None:
        raise InvitationOver
    if member.user_id is not None:
        raise MemberClaimed
    before = member_view.state(entered, member)
    member.user_id, member.role = entered.user_id, row.role
    member.version += 1
    member.updated_at = entered.now
    entered.session.flush()
    entered.note("claimed", "member", member.id, before=before, after=member_view.state(entered, member))
    return member_view.view(entered, member)


def _join(entered: Entered, name: str, row: InvitationRow) -> Member:
    """Make the user a new member, called by their own name unless somebody else is."""
    session, event = entered.session, entered.event
    check_room(session, event.id)
    taken = {each.name_key for each in members.list_members(session, event.id)}
    free = search.free_name(name, taken)
    assert entered.member_id is not None
    member = member_view.new_row(entered.member_id, event.id, free, row.email, row.role, None, entered.now)
    member.user_id = entered.user_id
    former = members.attendances(session, event.id)
    members.add_members(session, [member], [WHOLE])
    everyone.recompute(entered, former)
    view = member_view.view(entered, member)
    entered.note("joined", "member", member.id, after=view)
    return view


def _invitation(session: Session, event_id: UUID, invitation_id: UUID) -> InvitationRow:
    row = invitations.find_invitation(session, event_id, invitation_id)
    if row is None:
        raise NotFound
    return row


def _message(entered: Entered, row: InvitationRow) -> InvitationSent:
    return InvitationSent(
        subject_id=row.id,
        version=1,
        occurred_at=entered.now,
        event_id=row.event_id,
        event_name=entered.event.name,
        inviter=entered.member_name,
        email=row.email,
        expires_at=row.expires_at,
    )


def _view(row: InvitationRow) -> Invitation:
    return Invitation(
        id=row.id,
        event_id=row.event_id,
        email=row.email,
        member_id=row.member_id,
        role=membership.role(row.role).label,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
