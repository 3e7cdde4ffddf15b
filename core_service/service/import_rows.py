"""Rows of a file as expenses of an event: who its people are there, and what each row comes to."""

import dataclasses
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from common import outbox
from common.contracts.categories import MAX_OWN_CATEGORIES, NewCategory
from common.contracts.events import MAX_MEMBERS, EventFull
from common.contracts.expenses import ExpenseContent, Participant, Split, hundredths
from common.errors import invalid
from common.messages import ExpenseRecorded
from common.rpc.context import Context
from core_service.domain import ledger, membership, search
from core_service.domain.importing import FileExpense, FilePerson, Row, Sheet
from core_service.domain.ledger import Line
from core_service.domain.membership import Attendance
from core_service.models import ExpenseRow
from core_service.queries import categories, exchange, expenses, members
from core_service.queries import ledger as balances
from core_service.service import debts, everyone, expense_content, expense_view, member_view
from core_service.service.operations import Entered, check_open

CONTENT_FIELDS = tuple(field.name for field in dataclasses.fields(ExpenseContent))
Prepared = tuple[dict[str, Any], list[Line]]


@dataclass(frozen=True, slots=True)
class People:
    """Who the people of a file are in the event: members by the file's ids, and those who are not members yet."""

    ids: Mapping[UUID, UUID]
    new: Sequence[tuple[UUID, FilePerson]]
    attendances: dict[UUID, Attendance]


def people_of(entered: Entered, sheet: Sheet) -> People:
    """Return who the people of a file are, by their names; raises EventFull when there is no room for the new ones."""
    known = {row.name_key: row.id for row in members.list_members(entered.session, entered.event.id)}
    count = len(known)
    attendances = members.attendances(entered.session, entered.event.id)
    ids, new = dict[UUID, UUID](), list[tuple[UUID, FilePerson]]()
    for person in sheet.people:
        key = search.name_key(person.name)
        if key not in known:
            known[key] = uuid7()
            new.append((known[key], person))
            attendances[known[key]] = Attendance(known[key], person.joined_on, person.left_on, _weights(person))
        ids[person.id] = known[key]
    if new:
        check_open(entered.event)
    if count + len(new) > MAX_MEMBERS:
        raise EventFull
    return People(ids, new, attendances)


def _weights(person: FilePerson) -> list[tuple[date, int]]:
    weights = {each.valid_from or members.FIRST_DAY: hundredths(each.weight) for each in person.weights}
    return sorted(weights.items()) or [(members.FIRST_DAY, membership.WHOLE)]


def add_people(entered: Entered, people: People) -> None:
    """Let those join who are not members yet."""
    if not people.new:
        return
    session, event = entered.session, entered.event
    former = members.attendances(session, event.id)
    rows = [
        member_view.new_row(member_id, event.id, person.name, person.email, "editor", person.joined_on, entered.now)
        for member_id, person in people.new
    ]
    for row, (_, person) in zip(rows, people.new, strict=True):
        row.left_on = person.left_on
    members.add_members(session, rows, [membership.WHOLE] * len(rows))
    for member_id, person in people.new:
        members.replace_weights(session, member_id, _weights(person))
    everyone.recompute(entered, former)
    for row in rows:
        entered.note("joined", "member", row.id, after=member_view.state(entered, row))


def add_categories(entered: Entered, wanted: Sequence[NewCategory]) -> None:
    """Let the event have those categories of a file that it lacks."""
    session, event = entered.session, entered.event
    own = [NewCategory(row.key, row.name, row.emoji, row.color) for row in categories.list_own(session, event.id)]
    keys = {category.key for category in own}
    missing = [category for category in wanted if category.key not in keys]
    if missing:
        categories.replace_own(session, event.id, (own + missing)[:MAX_OWN_CATEGORIES])


def expense_id(event_id: UUID, row: Row) -> UUID:
    """Return the id of a row's expense: the same row has the same one whenever it is imported."""
    return uuid.uuid5(event_id, row.key)


def unknown_rows(entered: Entered, rows: Sequence[Row]) -> list[Row]:
    """Return those rows that are no expense of the event yet: neither imported before, nor exported from it."""
    event_id = entered.event.id
    own = {row.number: row.expense.id for row in rows if row.expense.id is not None}
    wanted = [expense_id(event_id, row) for row in rows]
    known = exchange.known_expenses(entered.session, event_id, [*wanted, *own.values()])
    return [
        row
        for row, its_id in zip(rows, wanted, strict=True)
        if its_id not in known and own.get(row.number) not in known
    ]


def prepared(entered: Entered, context: Context, people: People, expense: FileExpense) -> Prepared:
    """Return columns and lines of a row's expense, its left-over cents counted; raises Invalid for a broken row."""
    content, shares = _in_event(expense, people)
    rate = None
    if content.rate is not None and content.event_amount is not None:
        # With all three one of them is rounded, so not every two of them give the third.
        rate, content = content.rate, dataclasses.replace(content, rate=None)
    columns, lines = expense_content.new(entered, context, content, people.attendances)
    if rate is not None:
        columns["rate"] = rate
    if shares:
        lines = _shared_as_told(columns["kind"], columns["event_amount"], lines, shares)
    for line in lines:
        if line.leftover:
            member = people.attendances[line.member_id]
            counted = dataclasses.replace(member, leftovers=member.leftovers + line.leftover)
            people.attendances[line.member_id] = counted
    return columns, lines


Shares = dict[UUID, tuple[int, int]]


def _in_event(expense: FileExpense, people: People) -> tuple[ExpenseContent, Shares]:
    """Return a row's content and shares with the event's ids of its people."""
    ids = people.ids
    fields = {name: getattr(expense, name) for name in CONTENT_FIELDS}
    fields["payers"] = tuple(dataclasses.replace(each, member_id=ids[each.member_id]) for each in expense.payers)
    shares = {ids[share.member_id]: (share.amount, share.leftover) for share in expense.shares}
    if not expense.split.is_everyone:
        listed = (Participant(ids[each.member_id], each.value) for each in expense.split.listed)
        fields["split"] = Split(expense.split.type, tuple(listed))
    elif shares and expense.date is not None:
        present = {member.member_id for member in membership.present(people.attendances.values(), expense.date)}
        if present != shares.keys():
            # Here "everyone" would be others.
            fields["split"] = Split("equal", tuple(map(Participant, shares)))
    return ExpenseContent(**fields), shares


def _shared_as_told(kind: Any, event_amount: int, lines: Sequence[Line], shares: Shares) -> list[Line]:
    if sum(amount for amount, _ in shares.values()) != event_amount:
        raise invalid("shares", f"Must add up to {event_amount}.")
    sign = -1 if kind == "income" else 1
    paid = {line.member_id: line.paid for line in lines if line.paid is not None}
    told = [
        Line(who, paid.pop(who, None), sign * amount, 0 if kind == "payment" else sign * extra)
        for who, (amount, extra) in shares.items()
    ]
    return told + [Line(who, amount, None) for who, amount in paid.items()]


def save(entered: Entered, people: People, found: Iterable[tuple[Row, Prepared]]) -> None:
    """Write the expenses of some rows, with what they change in balances and debts, and tell of each."""
    session, event = entered.session, entered.event
    rows: list[dict[str, Any]] = []
    lines_of: dict[UUID, Sequence[Line]] = {}
    for row, (columns, lines) in found:
        its_id = expense_id(event.id, row)
        own = {
            "id": its_id,
            "event_id": event.id,
            "created_by_member": entered.member_id,
            "created_at": min(row.expense.created_at or entered.now, entered.now),
            "version": 1,
            "revision": 1,
        }
        rows.append(columns | own)
        lines_of[its_id] = lines
    if not rows:
        return
    exchange.insert_expenses(session, rows)
    expenses.insert_lines(session, event.id, lines_of)
    balances.change_balances(session, ledger.balance_changes([(each["kind"], lines_of[each["id"]]) for each in rows]))
    debts.change(session, event, lines_of.values())
    for each in rows:
        _tell(entered, people, ExpenseRow(**each), lines_of[each["id"]])


def _tell(entered: Entered, people: People, row: ExpenseRow, lines: Sequence[Line]) -> None:
    entered.note("recorded", "expense", row.id, after=expense_view.view(row, lines, entered.member_name))
    if outbox.is_wanted_kind(ExpenseRecorded):
        message = expense_view.message(ExpenseRecorded, entered, row, lines, people.attendances)
        outbox.publish(entered.session, message)
