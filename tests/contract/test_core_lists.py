"""The list of expenses: filters, orders and pages."""

import uuid
from datetime import date
from typing import Any

import pytest

from common.contracts.expenses import Expense, ListExpenses
from common.errors import Invalid, Malformed
from common.paging import CursorRefused
from tests.core import Party, Person

JANUARY, FEBRUARY, MARCH = (date(2026, month, 15) for month in (1, 2, 3))


@pytest.fixture
def party(ann: Person) -> Party:
    """An event with expenses of many kinds, found again by their descriptions."""
    party = Party.of(ann, "Bób", "Cleo", "Straßer")
    party.spend(1000, description="Café", date=JANUARY, category="food", split=party.split("Ann", "Bób"))
    party.spend(2000, description="Taxi 100%", payer="Cleo", date=FEBRUARY, split=party.split("Cleo"))
    party.spend(3000, description="refund_1", date=MARCH, kind="income", split=party.split("Ann", "Straßer"))
    party.pay("Bób", "Ann", 400, date=FEBRUARY)
    party.delete(party.spend(500, description="cafe, deleted", date=MARCH))
    return party


def listed(party: Party, **filters: Any) -> list[str]:
    items = party.admin.does("list_expenses", ListExpenses(event_id=party.id, **filters)).items
    return [item.description or item.kind for item in items]


def test_the_list_is_newest_date_first_and_without_what_was_deleted(party: Party) -> None:
    assert listed(party) in (
        ["refund_1", "payment", "Taxi 100%", "Café"],
        ["refund_1", "Taxi 100%", "payment", "Café"],
    )


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"kind": "payment"}, {"payment"}),
        ({"kind": "income"}, {"refund_1"}),
        ({"category": "food"}, {"Café"}),
        ({"description": "cafe"}, {"Café"}),
        ({"description": "AFÉ"}, {"Café"}),
        ({"description": "100%"}, {"Taxi 100%"}),
        ({"description": "d_1"}, {"refund_1"}),
        ({"description": "f_"}, set()),
        ({"description": "nothing like it"}, set()),
        ({"member": "bob"}, {"Café", "payment"}),
        ({"member": "STRASSE"}, {"refund_1"}),
        ({"member": "cle"}, {"Taxi 100%"}),
        ({"q": "cafe"}, {"Café"}),
        ({"q": "cleo"}, {"Taxi 100%"}),
        ({"min_date": FEBRUARY}, {"Taxi 100%", "payment", "refund_1"}),
        ({"max_date": FEBRUARY}, {"Café", "Taxi 100%", "payment"}),
        ({"min_date": FEBRUARY, "max_date": FEBRUARY}, {"Taxi 100%", "payment"}),
        ({"min_amount": 1000, "max_amount": 2000}, {"Café", "Taxi 100%"}),
        ({"min_amount": 2000, "kind": "expense"}, {"Taxi 100%"}),
    ],
)
def test_a_filter_finds_what_it_says(party: Party, filters: Any, found: set[str]) -> None:
    assert set(listed(party, **filters)) == found


def test_a_member_is_found_by_id_as_well(party: Party) -> None:
    assert set(listed(party, member=str(party.ids["Cleo"]))) == {"Taxi 100%"}
    assert listed(party, member=str(uuid.uuid4())) == []


def test_an_unknown_category_is_refused(party: Party) -> None:
    with pytest.raises(Invalid) as refusal:
        listed(party, category="no such")
    assert [error.field for error in refusal.value.fields] == ["category"]


def every_page(party: Party, limit: int, **filters: Any) -> list[Expense]:
    items: list[Expense] = []
    cursor = None
    while True:
        page = party.admin.does("list_expenses", ListExpenses(event_id=party.id, limit=limit, cursor=cursor, **filters))
        assert len(page.items) <= limit
        items += page.items
        if (cursor := page.next_cursor) is None:
            return items


@pytest.mark.parametrize("sort", ["date", "-date", "created_at", "-created_at"])
@pytest.mark.parametrize("limit", [1, 3, 7, 100])
def test_pages_hold_every_expense_once_and_in_order(ann: Person, sort: str, limit: int) -> None:
    party = Party.of(ann, "Bob")
    made = {party.spend(100 + number, date=(JANUARY, FEBRUARY, MARCH)[number % 3]).id for number in range(7)}
    items = every_page(party, limit, sort=sort)
    keys = [(getattr(item, sort.removeprefix("-")), item.id.int) for item in items]
    assert keys == sorted(keys, reverse=sort.startswith("-"))
    assert len(items) == 7
    assert {item.id for item in items} == made


def test_an_expense_that_is_added_between_two_pages_moves_nothing(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    for number in range(4):
        party.spend(100 + number, date=JANUARY)
    first = ann.does("list_expenses", ListExpenses(event_id=party.id, limit=2))
    party.spend(999, date=MARCH)
    second = ann.does("list_expenses", ListExpenses(event_id=party.id, limit=2, cursor=first.next_cursor))
    assert sorted(item.amount for item in first.items + second.items) == [100, 101, 102, 103]


@pytest.mark.parametrize(
    "other",
    [{"sort": "date"}, {"q": "cafe"}, {"kind": "expense"}, {"min_amount": 1}, {"category": "food"}, {"member": "Ann"}],
)
def test_a_cursor_holds_for_its_own_filters_and_order_only(ann: Person, other: Any) -> None:
    party = Party.of(ann, "Bob")
    for _ in range(3):
        party.spend(100)
    cursor = ann.does("list_expenses", ListExpenses(event_id=party.id, limit=1)).next_cursor
    with pytest.raises(CursorRefused) as refusal:
        listed(party, cursor=cursor, **other)
    assert isinstance(refusal.value, Malformed)
    assert len(listed(party, cursor=cursor, limit=2)) == 2


def test_a_cursor_of_another_event_is_refused(ann: Person) -> None:
    party, other = Party.of(ann, "Bob"), Party.of(ann, "Bob")
    for _ in range(2):
        party.spend(100)
    cursor = ann.does("list_expenses", ListExpenses(event_id=party.id, limit=1)).next_cursor
    with pytest.raises(CursorRefused):
        listed(other, cursor=cursor)
