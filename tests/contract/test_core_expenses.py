"""Expenses: what they come to, how they are changed, deleted and restored, and what is refused."""

import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest

from common.contracts.expenses import DeleteExpense, ExpenseOf, FindExpense, ListExpenses, Participant, Payer, Split
from common.contracts.types import UNSET
from common.errors import Invalid, NotFound, Stale
from tests.core import DAY, Party, Person

CRORE = 1_000_000_000


def fields_of(refusal: pytest.ExceptionInfo[Invalid]) -> list[str]:
    return [error.field for error in refusal.value.fields]


def test_an_expense_is_shown_as_it_was_recorded(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    split = party.split(type="percentage", Ann="33.34", Bob="66.66")
    expense = party.spend(9000, description="Dinner", category="food", note="late", split=split)
    assert (expense.event_id, expense.kind, expense.description) == (party.id, "expense", "Dinner")
    assert (expense.category, expense.note, expense.date) == ("food", "late", DAY)
    assert (expense.amount, expense.currency, expense.rate, expense.event_amount) == (9000, "EUR", "1", 9000)
    assert expense.payers == (Payer(party.ids["Ann"], 9000),)
    assert Split.from_document(expense.split) == split
    assert party.shares(expense) == {"Ann": 3001, "Bob": 5999}
    assert (expense.created_by.member_id, expense.created_by.name) == (party.ids["Ann"], "Ann")
    assert (expense.version, expense.deleted_at) == (1, None)
    assert expense.created_at == expense.updated_at


def test_what_may_be_left_out_has_a_meaning(ann: Person) -> None:
    expense = Party.of(ann, "Bob").spend(900, date=None)
    assert expense.split == {"type": "equal", "participants": "everyone"}
    assert (expense.category, expense.description) == ("general", "")
    assert abs(expense.date - datetime.now(UTC).date()).days <= 1


@pytest.mark.parametrize(
    ("values", "shares"),
    [
        ({"type": "exact", "Ann": 100, "Bob": 0, "Cleo": 800}, {"Ann": 100, "Bob": 0, "Cleo": 800}),
        ({"type": "percentage", "Ann": "50", "Bob": "0", "Cleo": "50"}, {"Ann": 450, "Bob": 0, "Cleo": 450}),
        ({"type": "shares", "Ann": "1", "Bob": "0.5"}, {"Ann": 600, "Bob": 300}),
        ({"type": "adjustment", "Ann": 300, "Bob": -150, "Cleo": 0}, {"Ann": 550, "Bob": 100, "Cleo": 250}),
    ],
)
def test_each_type_of_split_divides_by_its_own_values(ann: Person, values: Any, shares: dict[str, int]) -> None:
    party = Party.of(ann, "Bob", "Cleo")
    assert party.shares(party.spend(900, split=party.split(**values))) == shares


def test_several_payers_are_paid_back_what_each_paid(ann: Person) -> None:
    party = Party.of(ann, "Bob", "Cleo", "Dan")
    party.spend(900, payers=party.payers(Ann=600, Dan=300), split=party.split("Ann", "Bob", "Cleo"))
    assert party.balances() == {"Ann": 300, "Bob": -300, "Cleo": -300, "Dan": 300}


def test_an_income_is_owed_to_the_participants(ann: Person) -> None:
    party = Party.of(ann, "Bob", "Cleo")
    income = party.spend(900, kind="income")
    assert party.shares(income) == {"Ann": 300, "Bob": 300, "Cleo": 300}
    assert party.balances() == {"Ann": -600, "Bob": 300, "Cleo": 300}


def test_a_payment_settles_and_is_no_spending(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    party.spend(900)
    payment = party.pay("Bob", "Ann", 450, note="cash")
    assert (payment.kind, payment.note, payment.category) == ("payment", "cash", None)
    assert party.balances() == {"Ann": 0, "Bob": 0}
    assert party.get_balances().total_spent == 900


def test_a_payment_goes_to_a_member_from_a_member(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    party.ids["Nobody"] = uuid.uuid4()
    for sender, receiver, field in (("Ann", "Nobody", "to_member_id"), ("Nobody", "Ann", "from_member_id")):
        with pytest.raises(Invalid) as refusal:
            party.pay(sender, receiver, 1)
        assert fields_of(refusal) == [field]


@pytest.mark.parametrize(
    ("given", "event_amount", "rate"),
    [
        ({"amount": 10_000, "rate": "0.5"}, 5_000, "0.5"),
        ({"amount": 10_001, "rate": "0.5"}, 5_001, "0.5"),
        ({"amount": 10_000, "event_amount": 9_223}, 9_223, "0.9223"),
        ({"amount": 10_000, "event_amount": 5_000, "rate": "0.50"}, 5_000, "0.5"),
    ],
)
def test_foreign_money_counts_at_a_frozen_rate(ann: Person, given: Any, event_amount: int, rate: str) -> None:
    party = Party.of(ann, "Bob")
    expense = party.spend(**given, currency="USD")
    assert (expense.amount, expense.event_amount, expense.rate) == (given["amount"], event_amount, rate)
    assert sum(party.shares(expense).values()) == event_amount
    assert party.balances()["Bob"] == -party.shares(expense)["Bob"]


def test_two_of_the_three_may_be_the_rate_and_the_event_amount(ann: Person) -> None:
    party = Party.of(ann, "Bob", currency="JPY")
    expense = party.spend(UNSET, currency="USD", event_amount=1002, rate="155")
    assert (expense.amount, expense.event_amount, expense.rate) == (646, 1002, "155")


def test_an_edit_of_the_words_keeps_frozen_money(ann: Person) -> None:
    party = Party.of(ann, "Bob", currency="JPY")
    expense = party.spend(UNSET, currency="USD", event_amount=1002, rate="155")
    edited = party.edit(expense, description="Dinner")
    assert (edited.amount, edited.event_amount, edited.rate) == (646, 1002, "155")
    assert edited.shares == expense.shares


def test_foreign_money_at_par_can_be_edited(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    expense = party.spend(1000, currency="USD", rate="1")
    assert party.edit(expense, amount=2000).event_amount == 2000


def test_an_edit_of_a_foreign_amount_keeps_its_rate(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    expense = party.spend(1000, currency="USD", rate="0.5")
    assert (party.edit(expense, amount=3000).event_amount, party.edit(expense, rate="2").event_amount) == (1500, 6000)
    edited = party.edit(expense, currency="EUR")
    assert (edited.amount, edited.currency, edited.event_amount, edited.rate) == (3000, "EUR", 3000, "1")


def test_an_edit_of_rate_and_event_amount_moves_the_amount_and_its_payer(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    expense = party.edit(party.spend(1000, currency="USD", rate="0.5"), event_amount=600, rate="0.25")
    assert (expense.amount, expense.payers[0].amount, expense.event_amount) == (2400, 2400, 600)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"currency": "USD"}, "rate"),
        ({"currency": "USD", "rate": "0.5", "event_amount": 451}, "event_amount"),
        ({"rate": "1.1"}, "rate"),
        ({"event_amount": 901}, "event_amount"),
        ({"currency": "USD", "rate": "0.000001"}, "event_amount"),
        ({"amount": CRORE + 1}, "amount"),
        ({"currency": "USD", "rate": "2", "amount": CRORE}, "event_amount"),
        ({"currency": "USD", "rate": "0.5", "amount": CRORE + 1}, "amount"),
        ({"category": "no such"}, "category"),
        ({"payers": (Payer(uuid.uuid4()),)}, "payers.0.member_id"),
        ({"split": Split("equal", (Participant(uuid.uuid4()),))}, "split.participants.0.member_id"),
    ],
)
def test_what_breaks_a_rule_of_the_event_is_refused_by_name(ann: Person, wrong: Any, field: str) -> None:
    party = Party.of(ann, "Bob")
    with pytest.raises(Invalid) as refusal:
        party.spend(**{"amount": 900, **wrong})
    assert fields_of(refusal) == [field]
    assert ann.does("list_expenses", ListExpenses(event_id=party.id)).items == ()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"payers": {"Ann": 400, "Bob": 400}}, "payers"),
        ({"split": {"type": "exact", "Ann": 500, "Bob": 500}}, "split.participants"),
        ({"split": {"type": "adjustment", "Ann": 5000, "Bob": 0}}, "split.participants"),
        ({"split": {"type": "adjustment", "Ann": -1000, "Bob": 0}}, "split.participants"),
    ],
)
def test_sums_hold_for_an_amount_that_is_computed_from_the_rate(ann: Person, wrong: Any, field: str) -> None:
    party = Party.of(ann, "Bob")
    fields: dict[str, Any] = {"currency": "USD", "event_amount": 450, "rate": "0.5"}
    if "payers" in wrong:
        fields["payers"] = party.payers(**wrong["payers"])
    else:
        fields["split"] = party.split(**wrong["split"])
    with pytest.raises(Invalid) as refusal:
        party.spend(UNSET, **fields)
    assert fields_of(refusal) == [field]


@pytest.mark.parametrize(
    ("currency", "largest"), [("EUR", CRORE), ("JPY", CRORE // 100), ("KWD", CRORE * 10), ("VND", 10**10)]
)
def test_the_largest_amount_is_accepted_and_one_more_is_not(ann: Person, currency: str, largest: int) -> None:
    party = Party.of(ann, "Bob", currency=currency)
    assert sum(party.shares(party.spend(largest)).values()) == largest
    with pytest.raises(Invalid) as refusal:
        party.spend(largest + 1)
    assert fields_of(refusal) == ["amount"]


def test_an_edit_changes_what_it_names(ann: Person) -> None:
    party = Party.of(ann, "Bob", "Cleo")
    expense = party.spend(900, description="Dinner", note="late", category="food")
    edited = party.edit(expense, amount=600, split=party.split("Bob", "Cleo"))
    assert (edited.amount, edited.payers[0].amount, edited.version) == (600, 600, 2)
    assert (edited.description, edited.note, edited.category, edited.date) == ("Dinner", "late", "food", DAY)
    assert party.shares(edited) == {"Bob": 300, "Cleo": 300}
    assert party.balances() == {"Ann": 600, "Bob": -300, "Cleo": -300}


def test_an_edit_counts_without_the_cents_that_it_left_over_before(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    expense = party.spend(101)
    assert party.shares(expense) == {"Ann": 51, "Bob": 50}
    assert party.shares(party.edit(expense, amount=103)) == {"Ann": 52, "Bob": 51}


def test_an_edit_obeys_all_rules_of_a_new_expense(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    expense = party.spend(900, payers=party.payers(Ann=600, Bob=300))
    for changes, field in (
        ({"amount": 800}, "payers"),
        ({"kind": "payment"}, "payers"),
        ({"category": "no such"}, "category"),
        ({"split": party.split(type="exact", Ann=100)}, "split.participants"),
    ):
        with pytest.raises(Invalid) as refusal:
            party.edit(expense, **changes)
        assert field in fields_of(refusal)
    assert party.edit(expense, amount=800, payers=party.payers(Ann=600, Bob=200)).version == 2


def test_an_edit_may_turn_an_expense_into_an_income(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    party.edit(party.spend(900), kind="income")
    assert party.balances() == {"Ann": -450, "Bob": 450}
    assert party.get_balances().total_spent == -900


def test_a_stale_edit_or_deletion_is_refused(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    expense = party.spend(900)
    party.edit(expense, amount=800, if_version=1)
    with pytest.raises(Stale):
        party.edit(expense, amount=700, if_version=1)
    with pytest.raises(Stale):
        ann.does("delete_expense", DeleteExpense(event_id=party.id, expense_id=expense.id, if_version=1))
    assert party.balances() == {"Ann": 400, "Bob": -400}


def test_deleting_and_restoring_twice_is_once(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    expense = party.spend(901)
    balances = party.get_balances()
    for _ in range(2):
        party.delete(expense)
        assert party.balances() == {"Ann": 0, "Bob": 0}
    for _ in range(2):
        restored = party.restore(expense)
        assert (restored.shares, restored.deleted_at, restored.version) == (expense.shares, None, 3)
        assert party.get_balances() == balances


def test_a_deleted_expense_is_shown_but_not_edited(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    expense = party.spend()
    party.delete(expense)
    assert ann.does("get_expense", ExpenseOf(event_id=party.id, expense_id=expense.id)).deleted_at is not None
    with pytest.raises(NotFound):
        party.edit(expense, amount=1)


def test_an_expense_is_found_without_its_event_by_those_who_may_see_it(ann: Person, stranger: Person) -> None:
    party, other = Party.of(ann, "Bob"), Party.of(ann)
    expense = party.spend()
    assert ann.does("find_expense", FindExpense(expense_id=expense.id)) == expense
    for person, event_id in ((stranger, party.id), (ann, other.id)):
        with pytest.raises(NotFound):
            person.does("get_expense", ExpenseOf(event_id=event_id, expense_id=expense.id))
    for expense_id in (expense.id, uuid.uuid4()):
        with pytest.raises(NotFound):
            stranger.does("find_expense", FindExpense(expense_id=expense_id))


def test_an_expense_may_have_a_thousand_participants(ann: Person) -> None:
    party = Party.of(ann, *(f"Guest {number}" for number in range(999)))
    expense = party.spend(CRORE - 1, split=party.split(*party.ids))
    shares = party.shares(expense)
    assert (len(shares), sum(shares.values())) == (1000, CRORE - 1)
    assert max(shares.values()) - min(shares.values()) == 1
    assert party.get_balances().balances[0].balance > 0


def test_a_date_may_be_long_past(ann: Person) -> None:
    assert Party.of(ann).spend(date=date(2000, 1, 1)).date == date(2000, 1, 1)
