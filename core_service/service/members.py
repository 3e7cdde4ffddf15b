"""Operations on members: joining, changing, leaving, coming back, and saying who one is."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from common.contracts.events import (
    MAX_MEMBERS,
    AddMember,
    ClaimMember,
    EditMember,
    EventArchived,
    EventFull,
    EventOf,
    LastAdmin,
    ListMembers,
    Member,
    MemberClaimed,
    MemberHasExpenses,
    MemberName,
    MemberNames,
    MemberOf,
    MemberPage,
    NameTaken,
    RemoveMember,
    RoleTooLow,
)
from common.contracts.expenses import hundredths
from common.contracts.types import UNSET
from common.errors import FieldError, IdTaken, NotFound, invalid
from common.rpc.context import Context
from common.rpc.interface import replayed
from core_service.domain import membership, search
from core_service.domain.membership import Role
from core_service.models import MemberRow
from core_service.queries import commands, events, members
from core_service.service import everyone, member_view
from core_service.service.links import find_link
from core_service.service.operations import (
    Entered,
    Operations,
    check_open,
    check_undo,
    check_version,
    today,
    visible_email,
)


class MemberOperations(Operations):
    """Adding, reading, changing, removing, restoring and claiming members."""

    def add_member(self, context: Context, command: AddMember) -> Member:
        """Add a member, who takes part in the "everyone" expenses from then on."""
        with self._database.transaction() as session:
            if commands.is_repeat(session, context, "add_member", command.id):
                return replayed(self._added_before(session, context, command))
            entered = self._write(session, context, command.event_id)
            check_open(entered.event)
            if command.role is not None:
                _require_admin(entered)
            check_room(session, command.event_id)
            _check_name(session, command.event_id, command.name)
            row = member_view.new_row(
                command.id,
                command.event_id,
                command.name,
                command.email,
                command.role or "editor",
                command.joined_on,
                entered.now,
            )
            former = members.attendances(session, command.event_id)
            members.add_members(session, [row], [hundredths(command.weight)])
            everyone.recompute(entered, former)
            return _noted(entered, "joined", row)

    def _added_before(self, session: Session, context: Context, command: AddMember) -> Member:
        try:
            entered = self._read(session, context, command.event_id)
        except NotFound:
            raise IdTaken from None
        return member_view.view(entered, _member(session, command.event_id, command.id))

    def list_members(self, context: Context, command: ListMembers) -> MemberPage:
        """List an event's members by name."""
        scope = ["members", command.event_id]
        place = self._cursors.read(scope, command.cursor)
        after = None if place is None else (str(place[0]), UUID(place[1]))
        with self._database.transaction() as session:
            entered = self._read(session, context, command.event_id)
            rows = members.list_members(session, command.event_id, after=after, limit=command.limit + 1)
            page, cursor = self._cursors.page(scope, rows, command.limit, lambda row: [row.name_key, row.id])
            return MemberPage(member_view.views(entered, page), cursor)

    def list_member_names(self, context: Context, command: EventOf) -> MemberNames:
        """List id, name and address of all members at once, for `?expand=members`."""
        with self._database.transaction() as session:
            entered = self._read(session, context, command.event_id)
            rows = members.list_names(session, command.event_id)
            return MemberNames(tuple(MemberName(row[0], row[1], visible_email(entered, row[2])) for row in rows))

    def get_member(self, context: Context, command: MemberOf) -> Member:
        """Show a member."""
        with self._database.transaction() as session:
            entered = self._read(session, context, command.event_id)
            return member_view.view(entered, _member(session, command.event_id, command.member_id))

    def edit_member(self, context: Context, command: EditMember) -> Member:
        """Change a member; leaving, coming back and a new weight recompute the "everyone" expenses concerned."""
        return self._edit_member(context, command)

    def _edit_member(
        self, context: Context, command: EditMember, weights: Sequence[tuple[date, int]] | None = None
    ) -> Member:
        """Change a member, and let `weights`, if there are any, be the only ones that hold."""
        with self._database.transaction() as session:
            if commands.is_repeat(session, context, "edit_member", command.member_id):
                entered = self._read(session, context, command.event_id)
                return replayed(member_view.view(entered, _member(session, command.event_id, command.member_id)))
            entered = self._write(session, context, command.event_id)
            check_open(entered.event)
            row = _live_member(session, command.event_id, command.member_id)
            check_version(command.if_version, row.version)
            before = member_view.state(entered, row)
            former = members.attendances(session, command.event_id) if weights or _moves_shares(command) else None
            self._apply_changes(entered, context, row, command)
            if weights:
                members.replace_weights(session, row.id, weights)
            row.version += 1
            row.updated_at = entered.now
            session.flush()
            if former is not None:
                everyone.recompute(entered, former)
            entered.note("edited", "member", row.id, before=before, after=member_view.state(entered, row))
            return member_view.view(entered, row)

    def _apply_changes(self, entered: Entered, context: Context, row: MemberRow, command: EditMember) -> None:
        if command.name is not UNSET:
            if search.name_key(command.name) != row.name_key:
                _check_name(entered.session, row.event_id, command.name)
            row.name = command.name
            row.name_key = search.name_key(command.name)
            row.search_key = search.search_key(command.name)
        if command.email is not UNSET:
            row.email = command.email
        if command.role is not UNSET and command.role != row.role:
            _require_admin(entered)
            _check_admin_remains(entered, row)
            row.role = command.role
        if command.joined_on is not UNSET:
            row.joined_on = command.joined_on
        if command.left_on is not UNSET:
            if command.left_on is not None:
                _check_admin_remains(entered, row)
            row.left_on = command.left_on
        if row.joined_on and row.left_on and row.left_on < row.joined_on:
            raise invalid("left_on", "A member cannot leave before joining.")
        if command.weight is not UNSET:
            valid_from = command.weight_from or today(context, entered.now)
            members.set_weight(entered.session, row.id, hundredths(command.weight), valid_from)

    def remove_member(self, context: Context, command: RemoveMember) -> None:
        """Delete a member who is neither payer, nor listed participant, nor side of a payment."""
        with self._database.transaction() as session:
            if commands.is_repeat(session, context, "remove_member", command.member_id):
                self._read(session, context, command.event_id)
                return
            entered = self._write(session, context, command.event_id)
            check_open(entered.event)
            row = _member(session, command.event_id, command.member_id)
            if row.deleted_at is not None:
                return
            check_version(command.if_version, row.version)
            if members.is_named_in_expenses(session, command.event_id, row.id):
                raise MemberHasExpenses
            _check_admin_remains(entered, row)
            before = member_view.view(entered, row)
            row.deleted_at = row.updated_at = entered.now
            row.version += 1
            former = members.attendances(session, command.event_id)
            session.flush()
            everyone.recompute(entered, former)
            entered.note("removed", "member", row.id, before=before)

    def restore_member(self, context: Context, command: MemberOf) -> Member:
        """Restore a deleted member."""
        with self._database.transaction() as session:
            if commands.is_repeat(session, context, "restore_member", command.member_id):
                entered = self._read(session, context, command.event_id)
                return replayed(member_view.view(entered, _member(session, command.event_id, command.member_id)))
            entered = self._write(session, context, command.event_id)
            row = _member(session, command.event_id, command.member_id)
            if row.deleted_at is None:
                return member_view.view(entered, row)
            check_undo(row.deleted_at, entered.now)
            check_room(session, command.event_id)
            _check_name(session, command.event_id, row.name)
            if row.user_id and members.find_member_of_user(session, command.event_id, row.user_id):
                row.user_id = None
            row.deleted_at = None
            row.updated_at = entered.now
            row.version += 1
            former = members.attendances(session, command.event_id)
            session.flush()
            everyone.recompute(entered, former)
            return _noted(entered, "restored", row)

    def claim_member(self, context: Context, command: ClaimMember) -> Member:
        """Bind a member to the signed-in user: "this is me"."""
        assert context.user_id is not None, "the gateway asks for a signed-in user"
        with self._database.transaction() as session:
            if commands.is_repeat(session, context, "claim_member", command.member_id):
                entered = self._read(session, context, command.event_id)
                return replayed(member_view.view(entered, _member(session, command.event_id, command.member_id)))
            entered = self._enter_to_claim(session, context, command)
            row = _live_member(session, command.event_id, command.member_id)
            if row.user_id == context.user_id:
                return member_view.view(entered, row)
            if row.user_id is not None or members.find_member_of_user(session, command.event_id, context.user_id):
                raise MemberClaimed
            before = member_view.state(entered, row)
            row.user_id = context.user_id
            row.role = entered.role.label
            row.version += 1
            row.updated_at = entered.now
            session.flush()
            entered.note("claimed", "member", row.id, before=before, after=member_view.state(entered, row))
            return member_view.view(entered, row)

    def _enter_to_claim(self, session: Session, context: Context, command: ClaimMember) -> Entered:
        """Enter an event as the user who is in it already, or as one who shows a link to it."""
        if command.link is None:
            entered = self._write(session, context, command.event_id, Role.VIEWER)
            if entered.event.archived_at is not None:
                raise EventArchived
            return entered
        link = find_link(session, command.link)
        event = events.find_event(session, command.event_id, lock=True)
        if event is None or link.event_id != event.id:
            raise NotFound
        if event.archived_at is not None:
            raise EventArchived
        return Entered(session, event, membership.role(link.role), context.user_id, command.member_id, "", self._now())


def _moves_shares(command: EditMember) -> bool:
    return any(value is not UNSET for value in (command.joined_on, command.left_on, command.weight))


def _noted(entered: Entered, action: str, row: MemberRow) -> Member:
    view = member_view.view(entered, row)
    entered.note(action, "member", row.id, after=view)
    return view


def _member(session: Session, event_id: UUID, member_id: UUID) -> MemberRow:
    row = members.find_member(session, event_id, member_id)
    if row is None:
        raise NotFound
    return row


def _live_member(session: Session, event_id: UUID, member_id: UUID) -> MemberRow:
    row = _member(session, event_id, member_id)
    if row.deleted_at is not None:
        raise NotFound
    return row


def _require_admin(entered: Entered) -> None:
    if entered.role < Role.ADMIN:
        raise RoleTooLow("Only an admin gives roles.", [FieldError("role", "Only an admin gives roles.")])


def check_room(session: Session, event_id: UUID) -> None:
    """Raise EventFull when nobody else can join."""
    if members.count_members(session, event_id) >= MAX_MEMBERS:
        raise EventFull


def _check_name(session: Session, event_id: UUID, name: str) -> None:
    if members.is_name_taken(session, event_id, search.name_key(name)):
        raise NameTaken(fields=[FieldError("name", NameTaken.message)])


def _check_admin_remains(entered: Entered, row: MemberRow) -> None:
    if entered.user_id is not None and members.is_last_admin(entered.session, row):
        raise LastAdmin
