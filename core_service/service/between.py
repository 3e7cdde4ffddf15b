"""Expenses between people without an event: kept in one hidden event per set of people and currency."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from common.contracts.expenses import Expense, ExpenseContent, Participant, Payer, Split
from common.contracts.people import Person, RecordBetween
from common.errors import IdTaken
from common.rpc.context import Context
from common.rpc.interface import replayed
from core_service.domain import search
from core_service.domain.membership import WHOLE
from core_service.models import EventRow, MemberRow
from core_service.queries import commands, expenses, members, people
from core_service.service import member_view
from core_service.service.expenses import record, shown
from core_service.service.operations import Operations

NAME = "Without an event"


class BetweenOperations(Operations):
    """Recording expenses between people."""

    def record_between(self, context: Context, command: RecordBetween) -> Expense:
        """Record an expense between people without an event."""
        with self._database.transaction() as session:
            if commands.is_repeat(session, context, "record_between", command.id):
                return replayed(self._recorded_between_before(session, context, command.id))
            event = self._event_between(session, command)
            rows = _members(session, event, command.people)
            mine = next(row for row in rows if row.user_id == context.user_id)
            entered = self._entered(session, context, event, mine.role, mine.id, mine.name)
            content = ExpenseContent(
                amount=command.amount,
                description=command.description,
                date=command.date,
                payers=(Payer(rows[command.paid_by].id, command.amount),),
                split=Split(
                    command.type,
                    tuple(Participant(rows[share.person].id, share.value) for share in command.participants),
                ),
            )
            return record(entered, context, command.id, content)

    def _recorded_between_before(self, session: Session, context: Context, expense_id: UUID) -> Expense:
        event_id = expenses.find_event_of(session, expense_id)
        if event_id is None:
            raise IdTaken
        self._read(session, context, event_id)
        return shown(session, event_id, expense_id)

    def _event_between(self, session: Session, command: RecordBetween) -> EventRow:
        """Return the hidden event between these people, locked; it is made with its members if it is new."""
        key = _key(command)
        event = people.find_between(session, key)
        if event is None:
            is_new = people.insert_between(session, self._new_event(key, command.currency))
            event = people.find_between(session, key)
            assert event is not None, "whoever made it has committed"
            if is_new:
                _add_members(session, event, command.people)
        return event

    def _new_event(self, key: str, currency: str) -> dict[str, object]:
        now = self._now()
        return {
            "id": uuid7(),
            "name": NAME,
            "description": "",
            "currency": currency,
            "simplify_debts": True,
            "created_at": now,
            "updated_at": now,
            "version": 1,
            "between": key,
        }


def _key(command: RecordBetween) -> str:
    """Return what is equal for the same people and currency, and names nobody."""
    people_keys = sorted(_identity(person.user_id, person.email) for person in command.people)
    return hashlib.sha256("\n".join([command.currency, *people_keys]).encode()).hexdigest()


def _identity(user_id: UUID | None, email: str | None) -> str:
    return str(user_id) if user_id is not None else (email or "").casefold()


def _add_members(session: Session, event: EventRow, persons: Sequence[Person]) -> None:
    rows = []
    taken: set[str] = set()
    for person in persons:
        name = search.free_name(person.name, taken)
        taken.add(search.name_key(name))
        row = member_view.new_row(uuid7(), event.id, name, person.email, "editor", None, event.created_at)
        row.user_id = person.user_id
        rows.append(row)
    members.add_members(session, rows, [WHOLE] * len(rows))


def _members(session: Session, event: EventRow, persons: Sequence[Person]) -> list[MemberRow]:
    """Return the members that people are, in their order; who is named by id from now on is known as a user."""
    rows = members.list_members(session, event.id)
    by_identity = {_identity(row.user_id, row.email): row for row in rows}
    found = [by_identity[_identity(person.user_id, person.email)] for person in persons]
    for row, person in zip(found, persons, strict=True):
        if person.email is None and row.email is not None:
            row.name = search.free_name(person.name, {each.name_key for each in rows if each is not row})
            row.name_key, row.search_key = search.name_key(row.name), search.search_key(row.name)
            row.email = None
            row.version += 1
    session.flush()
    return found
