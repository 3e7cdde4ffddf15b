"""Operations on events."""

from uuid import UUID

from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from common import errors, outbox
from common.contracts.events import (
    CreatedEvent,
    CreateEvent,
    DeleteEvent,
    EditEvent,
    Event,
    EventCurrencyFixed,
    EventOf,
    EventPage,
    EventSummary,
    ListEvents,
    NameTaken,
    NewMember,
)
from common.contracts.expenses import hundredths
from common.contracts.types import UNSET
from common.errors import FieldError, NotFound
from common.messages import EventDeleted, EventRestored
from common.rpc.context import Context
from common.rpc.interface import replayed
from core_service.domain import membership, search
from core_service.domain.membership import Role
from core_service.models import BalanceRow, EventRow, MemberRow
from core_service.queries import commands, events, ledger, links, members
from core_service.service import debts, member_view
from core_service.service.links import LinkOperations
from core_service.service.operations import GUEST, Entered, check_undo, check_version

LINK_SHOWN_AGAIN_S = 24 * 60 * 60


class EventOperations(LinkOperations):
    """Creating, reading, changing, deleting and restoring events."""

    def create_event(self, context: Context, command: CreateEvent) -> CreatedEvent:
        """Create an event; without a signed-in creator it comes with an admin link."""
        with self._database.transaction() as session:
            if commands.is_repeat(session, context, "create_event", command.id):
                return replayed(self._created_before(session, context, command.id))
            now = self._now()
            event = EventRow(
                id=command.id,
                name=command.name,
                description=command.description,
                currency=command.currency,
                simplify_debts=command.simplify_debts,
                created_by=context.user_id,
                created_at=now,
                updated_at=now,
                version=1,
            )
            session.add(event)
            session.flush()
            mine = self._add_first_members(session, context, command, now)
            link = None if context.user_id else self._make_link(session, event.id, "admin", now)
            my_id, my_name = (mine.id, mine.name) if mine else (None, None)
            entered = self._entered(session, context, event, Role.ADMIN.label, my_id, my_name)
            view = event_view(entered)
            entered.note("created", "event", event.id, after=view)
            return CreatedEvent(view, link, event.version)

    def _add_first_members(
        self, session: Session, context: Context, command: CreateEvent, now: int
    ) -> MemberRow | None:
        """Insert the members that come with an event; return the creator's, who is the first of them."""
        my_name = command.my_name or (context.user_name if context.user_id else None)
        people = ([NewMember(my_name)] if my_name else []) + list(command.members)
        _check_names(people, offset=1 if my_name else 0)
        rows = [
            member_view.new_row(uuid7(), command.id, person.name, person.email, "editor", None, now)
            for person in people
        ]
        if my_name and context.user_id:
            rows[0].user_id = context.user_id
            rows[0].role = "admin"
        if rows:
            members.add_members(session, rows, [hundredths(person.weight) for person in people])
        return rows[0] if my_name else None

    def _created_before(self, session: Session, context: Context, event_id: UUID) -> CreatedEvent:
        """Return an event that this very command created, as it is now."""
        event = events.find_event(session, event_id)
        if event is None:
            raise errors.IdTaken
        if context.user_id is not None or event.created_by is not None:
            try:
                entered = self._enter_even_deleted(session, context, event_id, lock=False)
            except NotFound:
                raise errors.IdTaken from None
            return CreatedEvent(event_view(entered), None, event.version)
        entered = Entered(session, event, Role.ADMIN, None, None, GUEST, self._now())
        is_fresh = entered.now - event.created_at <= LINK_SHOWN_AGAIN_S
        row = links.find_of_role(session, event_id, "admin")
        shown = self._shown(row) if row and is_fresh and not links.was_any_opened(session, event_id) else None
        return CreatedEvent(event_view(entered), shown, event.version)

    def list_events(self, context: Context, command: ListEvents) -> EventPage:
        """List the caller's events with the caller's balance in each."""
        with self._database.transaction() as session:
            if context.user_id is None:
                return self._only_event(session, context, command)
            scope = ["events", context.user_id, command.archived]
            place = self._cursors.read(scope, command.cursor)
            before = None if place is None else (int(place[0]), UUID(place[1]))
            rows = events.list_events(
                session, context.user_id, archived=command.archived, before=before, limit=command.limit + 1
            )
            page, cursor = self._cursors.page(scope, rows, command.limit, lambda row: [row[0].created_at, row[0].id])
            items = tuple(_summary(event, member.role, member.id, balance) for event, member, balance in page)
            return EventPage(items, cursor)

    def _only_event(self, session: Session, context: Context, command: ListEvents) -> EventPage:
        """List the one event that a guest came to."""
        assert context.guest is not None, "the gateway asks for a token"
        entered = self._read(session, context, context.guest.event_id)
        is_archived = entered.event.archived_at is not None
        if command.archived is not None and command.archived != is_archived:
            return EventPage((), None)
        return EventPage((_summary(entered.event, entered.role.label, entered.member_id, _my_balance(entered)),), None)

    def get_event(self, context: Context, command: EventOf) -> Event:
        """Show an event with its members."""
        with self._database.transaction() as session:
            return event_view(self._read(session, context, command.event_id))

    def edit_event(self, context: Context, command: EditEvent) -> Event:
        """Change an event's settings, or put it into the archive and take it out again."""
        with self._database.transaction() as session:
            is_repeat = commands.is_repeat(session, context, "edit_event", command.event_id)
            entered = self._enter_even_deleted(session, context, command.event_id, lock=True)
            event = entered.event
            if event.deleted_at is not None:
                raise NotFound
            if is_repeat:
                return replayed(event_view(entered))
            is_archived = event.archived_at is not None and not _is_about_archive(command)
            membership.require(entered.role, Role.ADMIN, is_archived=is_archived)
            check_version(command.if_version, event.version)
            before = event_view(entered)
            self._apply_settings(entered, command)
            event.version += 1
            event.updated_at = entered.now
            session.flush()
            after = event_view(entered)
            entered.note("edited", "event", event.id, before=before, after=after)
            return after

    def _apply_settings(self, entered: Entered, command: EditEvent) -> None:
        event = entered.event
        if command.name is not UNSET:
            event.name = command.name
        if command.description is not UNSET:
            event.description = command.description
        if command.currency is not UNSET and command.currency != event.currency:
            if events.has_expenses(entered.session, event.id):
                raise EventCurrencyFixed(fields=[FieldError("currency", EventCurrencyFixed.message)])
            event.currency = command.currency
        if command.simplify_debts is not UNSET and command.simplify_debts != event.simplify_debts:
            event.simplify_debts = command.simplify_debts
            debts.rebuild(entered.session, event)
        if command.archived is not UNSET:
            event.archived_at = (event.archived_at or entered.now) if command.archived else None

    def delete_event(self, context: Context, command: DeleteEvent) -> None:
        """Delete an event with its members and expenses; it can be restored for 30 days."""
        with self._database.transaction() as session:
            is_repeat = commands.is_repeat(session, context, "delete_event", command.event_id)
            entered = self._enter_even_deleted(session, context, command.event_id, lock=True)
            membership.require(entered.role, Role.ADMIN)
            event = entered.event
            if is_repeat or event.deleted_at is not None:
                return
            check_version(command.if_version, event.version)
            before = event_view(entered)
            event.deleted_at = event.updated_at = entered.now
            event.version += 1
            session.flush()
            entered.note("deleted", "event", event.id, before=before)
            outbox.publish(
                session,
                EventDeleted(
                    subject_id=event.id,
                    version=event.version,
                    occurred_at=entered.now,
                    name=event.name,
                    currency=event.currency,
                ),
            )

    def restore_event(self, context: Context, command: EventOf) -> Event:
        """Restore a deleted event."""
        with self._database.transaction() as session:
            is_repeat = commands.is_repeat(session, context, "restore_event", command.event_id)
            entered = self._enter_even_deleted(session, context, command.event_id, lock=True)
            membership.require(entered.role, Role.ADMIN)
            event = entered.event
            if is_repeat:
                return replayed(event_view(entered))
            if event.deleted_at is None:
                return event_view(entered)
            check_undo(event.deleted_at, entered.now)
            event.deleted_at = None
            event.updated_at = entered.now
            event.version += 1
            session.flush()
            after = event_view(entered)
            entered.note("restored", "event", event.id, after=after)
            outbox.publish(
                session,
                EventRestored(
                    subject_id=event.id,
                    version=event.version,
                    occurred_at=entered.now,
                    name=event.name,
                    currency=event.currency,
                ),
            )
            return after


def _is_about_archive(command: EditEvent) -> bool:
    """Return whether an archived event takes this edit: one out of the archive, or once more into it and no more."""
    changes = (command.name, command.description, command.currency, command.simplify_debts)
    return command.archived is False or (command.archived is True and all(change is UNSET for change in changes))


def event_view(entered: Entered) -> Event:
    """Return the event that the caller entered, as the caller sees it."""
    rows = members.list_members(entered.session, entered.event.id)
    summary = _summary(entered.event, entered.role.label, entered.member_id, _my_balance(entered))
    fields = {name: getattr(summary, name) for name in EventSummary.__slots__}
    return Event(**fields, members=member_view.views(entered, rows))


def _my_balance(entered: Entered) -> int:
    row = entered.member_id and entered.session.get(BalanceRow, entered.member_id)
    return ledger.standing(row) if row else 0


def _summary(event: EventRow, role: str, member_id: UUID | None, balance: int) -> EventSummary:
    return EventSummary(
        id=event.id,
        name=event.name,
        description=event.description,
        currency=event.currency,
        simplify_debts=event.simplify_debts,
        archived=event.archived_at is not None,
        role=membership.role(role).label,
        my_member_id=member_id,
        balance=balance,
        created_at=event.created_at,
        updated_at=event.updated_at,
        version=event.version,
        deleted_at=event.deleted_at,
    )


def _check_names(people: list[NewMember], offset: int) -> None:
    seen: set[str] = set()
    for number, person in enumerate(people):
        key = search.name_key(person.name)
        if key in seen:
            raise NameTaken(fields=[FieldError(f"members.{number - offset}.name", NameTaken.message)])
        seen.add(key)
