"""Expenses that come again by themselves: each occurrence once, whatever happens to the scheduler."""

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from common.contracts.categories import CategoryInUse, NewCategory, SetCategories
from common.contracts.events import EventArchived, MemberHasExpenses, RemoveMember, RoleTooLow
from common.contracts.expenses import Expense, ExpenseOf, ListExpenses, UndatedExpense
from common.contracts.recurring_expenses import (
    AddRecurringExpense,
    DeleteRecurringExpense,
    EditRecurringExpense,
    ListRecurringExpenses,
    RecurringExpense,
)
from common.database import Database
from common.errors import IdTaken, Invalid, NotFound, Stale
from common.rpc.wire import read_command
from core_service import due
from tests.core import Party, Person

TODAY = datetime.now(UTC).date()
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
AFTER_TOMORROW = TODAY + timedelta(days=2)


def at(day: date) -> Any:
    """Return a clock that stands at noon of a day."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp()
    return lambda: noon


def rent(party: Party, **fields: Any) -> UndatedExpense:
    return UndatedExpense(**{"amount": 90000, "description": "Rent", "payers": party.payers("Ann"), **fields})


def again(party: Party, rule: str = "FREQ=MONTHLY", starts_on: date = TOMORROW, **fields: Any) -> RecurringExpense:
    recurring_id = fields.pop("key", None) or uuid7()
    command = AddRecurringExpense(
        event_id=party.id,
        id=recurring_id,
        rule=rule,
        starts_on=starts_on,
        **{"expense": rent(party), **fields},
    )
    return party.admin.does("add_recurring_expense", command, key=recurring_id)


def change(party: Party, recurring: RecurringExpense, **changes: Any) -> RecurringExpense:
    command = EditRecurringExpense(event_id=party.id, recurring_expense_id=recurring.id, **changes)
    return party.admin.does("edit_recurring_expense", command)


def end(party: Party, recurring: RecurringExpense, **fields: Any) -> None:
    command = DeleteRecurringExpense(event_id=party.id, recurring_expense_id=recurring.id, **fields)
    party.admin.does("delete_recurring_expense", command)


def listed(party: Party) -> tuple[RecurringExpense, ...]:
    return party.admin.does("list_recurring_expenses", ListRecurringExpenses(event_id=party.id)).items


def expenses(party: Party) -> list[Expense]:
    return list(party.admin.does("list_expenses", ListExpenses(event_id=party.id, sort="date", limit=100)).items)


def dates(party: Party) -> list[date]:
    return [expense.date for expense in expenses(party)]


def test_what_is_due_is_recorded_at_once_and_what_is_to_come_is_not(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    started = TODAY - timedelta(days=14)
    recurring = again(party, "FREQ=WEEKLY", started)
    assert dates(party) == [started, started + timedelta(days=7), TODAY]
    assert recurring.next_on == TODAY + timedelta(days=7)
    assert listed(party) == (recurring,)
    assert {expense.recurring_expense_id for expense in expenses(party)} == {recurring.id}
    assert (recurring.created_by.name, recurring.version, recurring.ends_on) == ("Ann", 1, None)
    later = again(party)
    assert (later.next_on, len(dates(party))) == (TOMORROW, 3)


def test_an_occurrence_is_an_expense_like_any_other(ann: Person, core_database: Database) -> None:
    party = Party.of(ann, "Bob")
    content = rent(party, category="rent", note="cold", split=party.split(type="percentage", Ann="40", Bob="60"))
    recurring = again(party, expense=content)
    due.record_occurrences(core_database, at(TOMORROW))
    (expense,) = expenses(party)
    assert (expense.amount, expense.description, expense.category, expense.note) == (90000, "Rent", "rent", "cold")
    assert (expense.date, expense.recurring_expense_id) == (TOMORROW, recurring.id)
    assert (expense.created_by.member_id, expense.created_by.name) == (party.ids["Ann"], "Ann")
    assert party.shares(expense) == {"Ann": 36000, "Bob": 54000}
    assert party.balances() == {"Ann": 54000, "Bob": -54000}
    with core_database.transaction() as session:
        about = {"id": expense.id}
        noted = session.execute(text("SELECT action, after FROM activity WHERE subject_id = :id"), about).all()
        told = session.execute(text("SELECT count(*) FROM outbox WHERE payload LIKE :id"), {"id": f"%{expense.id}%"})
        assert told.scalar() == 1
    assert [(action, after["amount"]) for action, after in noted] == [("recorded", 90000)]
    assert party.edit(expense, amount=80000).recurring_expense_id == recurring.id


def test_a_month_without_a_scheduler_is_made_up_for_once(ann: Person, core_database: Database) -> None:
    party = Party.of(ann, "Bob")
    again(party, "FREQ=DAILY")
    back = TODAY + timedelta(days=31)
    for _ in range(3):
        due.record_occurrences(core_database, at(back))
    assert dates(party) == [TODAY + timedelta(days=number) for number in range(1, 32)]
    assert party.balances()["Ann"] == 31 * 45000
    assert listed(party)[0].next_on == back + timedelta(days=1)


def test_more_than_fit_into_one_transaction_are_made_up_for(ann: Person, core_database: Database) -> None:
    party = Party.of(ann)
    again(party, "FREQ=DAILY")
    due.record_occurrences(core_database, at(TODAY + timedelta(days=2 * due.AT_ONCE)))
    assert len(dates(party)) == 2 * due.AT_ONCE


def test_schedulers_that_run_at_once_record_each_occurrence_once(ann: Person, core_database: Database) -> None:
    party = Party.of(ann, "Bob")
    again(party, "FREQ=DAILY")
    ready = threading.Barrier(4)

    def run() -> None:
        ready.wait()
        due.record_occurrences(core_database, at(TODAY + timedelta(days=20)))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert dates(party) == [TODAY + timedelta(days=number) for number in range(1, 21)]


def test_an_occurrence_that_was_recorded_is_not_recorded_again_though_the_date_be_set_back(
    ann: Person, core_database: Database
) -> None:
    """What a restored backup, or a program that went wrong, might do."""
    party = Party.of(ann)
    recurring = again(party, "FREQ=DAILY", YESTERDAY)
    party.delete(expenses(party)[0])
    with core_database.transaction() as session:
        back = {"day": YESTERDAY, "id": recurring.id}
        session.execute(text("UPDATE recurring_expenses SET due_on = :day WHERE id = :id"), back)
    due.record_occurrences(core_database, at(TODAY))
    assert dates(party) == [TODAY]
    assert listed(party)[0].next_on == TOMORROW


def test_the_31st_returns(ann: Person, core_database: Database) -> None:
    party = Party.of(ann)
    year = TODAY.year + 1
    again(party, "FREQ=MONTHLY;BYMONTHDAY=31", date(year, 1, 31))
    for month_end in (date(year, 2, 27), date(year, 3, 1), date(year, 5, 30), date(year, 6, 1)):
        due.record_occurrences(core_database, at(month_end))
    last_of_february = date(year, 3, 1) - timedelta(days=1)
    expected = [date(year, 1, 31), last_of_february, date(year, 3, 31), date(year, 4, 30), date(year, 5, 31)]
    assert dates(party) == expected


def test_days_begin_where_the_recurring_expense_was_made(ann: Person, core_database: Database) -> None:
    party = Party.of(ann)
    recurring = again(party)
    with core_database.transaction() as session:
        there = {"zone": "Pacific/Kiritimati", "id": recurring.id}
        session.execute(text("UPDATE recurring_expenses SET timezone = :zone WHERE id = :id"), there)
    begins = at(TODAY)() - 2 * 60 * 60
    due.record_occurrences(core_database, lambda: begins - 1)
    assert dates(party) == []
    due.record_occurrences(core_database, lambda: begins)
    assert dates(party) == [TOMORROW]


@pytest.mark.parametrize(
    ("rule", "ends_on"),
    [("FREQ=DAILY;COUNT=2", None), ("FREQ=DAILY", TODAY), (f"FREQ=DAILY;UNTIL={TODAY:%Y%m%d}", None)],
)
def test_what_has_an_end_ends(ann: Person, core_database: Database, rule: str, ends_on: date | None) -> None:
    party = Party.of(ann)
    assert again(party, rule, YESTERDAY, ends_on=ends_on).next_on is None
    due.record_occurrences(core_database, at(TODAY + timedelta(days=9)))
    assert dates(party) == [YESTERDAY, TODAY]


def test_a_change_holds_for_what_is_to_come(ann: Person, core_database: Database) -> None:
    party = Party.of(ann, "Bob")
    recurring = again(party, "FREQ=DAILY", YESTERDAY)
    changed = change(party, recurring, expense=rent(party, amount=95000))
    assert (changed.version, changed.next_on, changed.expense["amount"]) == (2, TOMORROW, 95000)
    due.record_occurrences(core_database, at(TOMORROW))
    assert [expense.amount for expense in expenses(party)] == [90000, 90000, 95000]
    changed = change(party, changed, rule="FREQ=WEEKLY", starts_on=TODAY)
    assert changed.next_on == TODAY + timedelta(days=7)
    assert change(party, changed, ends_on=TOMORROW).next_on is None
    assert change(party, changed, ends_on=None).next_on == TODAY + timedelta(days=7)
    assert len(dates(party)) == 3


def test_a_new_rule_does_not_fill_the_past(ann: Person) -> None:
    party = Party.of(ann)
    recurring = again(party, "FREQ=DAILY;INTERVAL=50", TODAY - timedelta(days=40))
    assert change(party, recurring, rule="FREQ=DAILY;INTERVAL=8").next_on == TODAY + timedelta(days=8)
    assert dates(party) == [TODAY - timedelta(days=40), TODAY]


def test_a_new_rule_takes_over_what_is_overdue(ann: Person, core_database: Database) -> None:
    party = Party.of(ann)
    recurring = again(party, "FREQ=DAILY", TODAY - timedelta(days=6))
    with core_database.transaction() as session:
        session.execute(
            text(
                "UPDATE expenses SET occurrence_on = NULL, recurring_expense_id = NULL WHERE date > :day"
                " AND event_id = :event"
            ),
            {"day": TODAY - timedelta(days=5), "event": party.id},
        )
        overdue = {"day": TODAY - timedelta(days=4), "id": recurring.id}
        session.execute(text("UPDATE recurring_expenses SET due_on = :day WHERE id = :id"), overdue)
    change(party, recurring, rule="FREQ=DAILY;INTERVAL=2")
    of_rule = [expense.date for expense in expenses(party) if expense.recurring_expense_id]
    assert of_rule == [TODAY - timedelta(days=days) for days in (6, 5, 4, 2, 0)]


def test_a_stale_change_is_refused(ann: Person) -> None:
    party = Party.of(ann)
    recurring = again(party)
    change(party, recurring, if_version=1, rule="FREQ=DAILY")
    with pytest.raises(Stale):
        change(party, recurring, if_version=1, rule="FREQ=YEARLY")
    with pytest.raises(Stale):
        end(party, recurring, if_version=1)
    assert [(each.rule, each.version) for each in listed(party)] == [("FREQ=DAILY", 2)]


def test_what_was_ended_records_nothing_more_and_keeps_what_it_recorded(ann: Person, core_database: Database) -> None:
    party = Party.of(ann)
    recurring = again(party, "FREQ=DAILY", YESTERDAY)
    end(party, recurring)
    end(party, recurring)
    due.record_occurrences(core_database, at(TODAY + timedelta(days=5)))
    assert dates(party) == [YESTERDAY, TODAY]
    assert listed(party) == ()
    with pytest.raises(NotFound):
        change(party, recurring, rule="FREQ=YEARLY")


def test_an_archived_event_waits(ann: Person, core_database: Database) -> None:
    party = Party.of(ann)
    recurring = again(party, "FREQ=DAILY")
    party.set(archived=True)
    for act in (
        lambda: again(party),
        lambda: change(party, recurring, rule="FREQ=YEARLY"),
        lambda: end(party, recurring),
    ):
        with pytest.raises(EventArchived):
            act()
    due.record_occurrences(core_database, at(TODAY + timedelta(days=2)))
    assert dates(party) == []
    party.set(archived=False)
    due.record_occurrences(core_database, at(TODAY + timedelta(days=2)))
    assert dates(party) == [TOMORROW, TODAY + timedelta(days=2)]


def test_what_the_event_does_not_take_keeps_nobody_else_waiting(ann: Person, core_database: Database) -> None:
    party, other = Party.of(ann, "Bob"), Party.of(ann)
    broken = again(party, "FREQ=DAILY")
    again(other, "FREQ=DAILY", AFTER_TOMORROW)
    with core_database.transaction() as session:
        strange = {"id": broken.id, "stranger": f'[{{"member_id": "{uuid7()}"}}]'}
        session.execute(
            text(
                "UPDATE recurring_expenses SET expense = jsonb_set(expense, '{payers}', CAST(:stranger AS jsonb))"
                " WHERE id = :id"
            ),
            strange,
        )
    due.record_occurrences(core_database, at(AFTER_TOMORROW))
    assert dates(party) == []
    assert dates(other) == [AFTER_TOMORROW]
    assert change(party, broken, expense=rent(party)).next_on == TOMORROW
    due.record_occurrences(core_database, at(AFTER_TOMORROW))
    assert dates(party) == [TOMORROW, AFTER_TOMORROW]


def refused_fields(act: Any) -> list[str]:
    with pytest.raises(Invalid) as refusal:
        act()
    return [error.field for error in refusal.value.fields]


def test_what_the_event_would_not_take_is_refused_by_name(ann: Person) -> None:
    party, other = Party.of(ann, "Bob"), Party.of(ann, "Cleo")
    recurring = again(party)
    for content, field in (
        (rent(other), "expense.payers.0.member_id"),
        (rent(party, split=other.split("Cleo")), "expense.split.participants.0.member_id"),
        (rent(party, category="no such"), "expense.category"),
        (rent(party, currency="USD"), "expense.rate"),
    ):
        assert refused_fields(lambda content=content: again(party, expense=content)) == [field]
        assert refused_fields(lambda content=content: change(party, recurring, expense=content)) == [field]
    assert listed(party) == (recurring,)


def test_rules_that_are_none_or_never_come_or_would_flood_are_refused(ann: Person) -> None:
    party = Party.of(ann)
    recurring = again(party)
    assert refused_fields(lambda: again(party, "FREQ=HOURLY")) == ["rule"]
    assert refused_fields(lambda: change(party, recurring, rule="FREQ=HOURLY")) == ["rule"]
    assert refused_fields(lambda: again(party, "FREQ=MONTHLY;BYMONTHDAY=30;BYMONTH=2;BYDAY=MO")) == ["rule"]
    assert refused_fields(lambda: again(party, "FREQ=DAILY;UNTIL=20000101")) == ["rule"]
    assert refused_fields(lambda: again(party, "FREQ=DAILY", TODAY - timedelta(days=366))) == ["starts_on"]
    assert refused_fields(lambda: change(party, recurring, ends_on=TODAY)) == ["ends_on"]
    assert listed(party) == (recurring,)
    assert len(dates(party)) == 0


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"rule": ""}, ["rule"]),
        ({"rule": 7}, ["rule"]),
        ({"starts_on": "2026-02-30"}, ["starts_on"]),
        ({"starts_on": None}, ["starts_on"]),
        ({"ends_on": "2026-10-31"}, ["ends_on"]),
        ({"expense": {}}, ["expense.payers"]),
        ({"expense": {"payers": []}}, ["expense.amount", "expense.payers"]),
        ({"expense": {"payers": [], "amount": 1.5}}, ["expense.amount"]),
        ({"expense": {"payers": [{"member_id": str(uuid7())}], "amount": 1, "date": "2026-11-01"}}, ["expense.date"]),
        ({"expense": {"payers": [{"member_id": str(uuid7())}], "amount": 1, "id": str(uuid7())}}, ["expense.id"]),
    ],
)
def test_bad_input_is_named(changes: dict[str, Any], fields: list[str]) -> None:
    document = {
        "event_id": str(uuid7()),
        "id": str(uuid7()),
        "rule": "FREQ=DAILY",
        "starts_on": "2026-11-01",
        "expense": {"payers": [{"member_id": str(uuid7())}], "amount": 1},
    }
    assert refused_fields(lambda: read_command(AddRecurringExpense, document | changes)) == fields


def test_adding_twice_is_once(ann: Person, stranger: Person) -> None:
    party, key = Party.of(ann), uuid7()
    recurring = again(party, "FREQ=DAILY", YESTERDAY, key=key)
    assert again(party, "FREQ=DAILY", YESTERDAY, key=key) == recurring
    assert len(dates(party)) == 2
    with pytest.raises(IdTaken):
        again(party.by(stranger), "FREQ=DAILY", YESTERDAY, key=key)
    end(party, recurring)
    assert again(party, "FREQ=DAILY", YESTERDAY, key=key).deleted_at is not None
    assert listed(party) == ()


def test_foreign_money_comes_at_its_frozen_rate(ann: Person, core_database: Database) -> None:
    party = Party.of(ann, "Bob")
    content = UndatedExpense(
        event_amount=9000, currency="USD", rate="0.9", description="Server", payers=party.payers("Ann")
    )
    assert again(party, expense=content).expense["rate"] == "0.9"
    due.record_occurrences(core_database, at(TOMORROW))
    (expense,) = expenses(party)
    assert (expense.amount, expense.currency, expense.event_amount) == (10000, "USD", 9000)


def test_a_member_who_will_pay_cannot_be_deleted(ann: Person) -> None:
    party = Party.of(ann, "Bob", "Cleo")
    recurring = again(party, expense=rent(party, payers=party.payers("Bob")))

    def remove(name: str) -> None:
        ann.does("remove_member", RemoveMember(event_id=party.id, member_id=party.ids[name]))

    remove("Cleo")
    with pytest.raises(MemberHasExpenses):
        remove("Bob")
    end(party, recurring)
    remove("Bob")


def test_a_category_that_will_be_used_stays(ann: Person) -> None:
    party = Party.of(ann)
    surf = SetCategories(event_id=party.id, items=(NewCategory("surf", "Surfing"),))
    ann.does("set_categories", surf)
    recurring = again(party, expense=rent(party, category="surf"))
    with pytest.raises(CategoryInUse):
        ann.does("set_categories", replace(surf, items=()))
    end(party, recurring)
    ann.does("set_categories", replace(surf, items=()))


def test_viewers_see_and_editors_change_what_comes_again(ann: Person, stranger: Person) -> None:
    party = Party.of(ann)
    recurring = again(party.by(ann.guest_by(party.link("editor"))))
    assert recurring.created_by.name == "Guest"
    viewer = party.by(ann.guest_by(party.link("viewer")))
    assert listed(viewer) == (recurring,)
    for act in (
        lambda: again(viewer),
        lambda: change(viewer, recurring, rule="FREQ=DAILY"),
        lambda: end(viewer, recurring),
    ):
        with pytest.raises(RoleTooLow):
            act()
    other = Party.of(ann)
    for act in (lambda: listed(party.by(stranger)), lambda: end(other, recurring)):
        with pytest.raises(NotFound):
            act()


def test_they_come_in_pages(ann: Person) -> None:
    party = Party.of(ann)
    made = [again(party) for _ in range(5)]
    query = ListRecurringExpenses(event_id=party.id, limit=3)
    first = ann.does("list_recurring_expenses", query)
    second = ann.does("list_recurring_expenses", replace(query, cursor=first.next_cursor))
    assert [*first.items, *second.items] == made
    assert second.next_cursor is None


def test_a_plain_expense_belongs_to_no_recurring_one(ann: Person) -> None:
    party = Party.of(ann)
    dinner = party.spend()
    assert dinner.recurring_expense_id is None
    shown = ann.does("get_expense", ExpenseOf(event_id=party.id, expense_id=dinner.id))
    assert shown.recurring_expense_id is None
