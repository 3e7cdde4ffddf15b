"""Balances, what lies behind them, debts, and the settlement."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from common.contracts.balances import BalanceLine, ListBalanceLines
from common.contracts.events import EventOf
from common.contracts.types import UNSET
from common.errors import NotFound
from tests.core import Party, Person

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "ledger.json").read_text())
JANUARY, FEBRUARY, MARCH = (date(2026, month, 15) for month in (1, 2, 3))


@pytest.mark.parametrize("vector", VECTORS["balances"], ids=lambda vector: vector["name"])
@pytest.mark.parametrize("simplify_debts", [True, False])
def test_balances_are_those_of_the_vectors(ann: Person, vector: dict[str, Any], simplify_debts: bool) -> None:  # noqa: FBT001
    first, *others = vector["members"]
    weights = {name: str(weight) for name, weight in vector.get("weights", {}).items()}
    party = Party.of(ann, *others, my_name=first, weights=weights, simplify_debts=simplify_debts)
    for expense in vector["expenses"]:
        names = expense.get("participants", vector["members"])
        party.spend(
            expense["amount"],
            kind=expense.get("kind", "expense"),
            payers=party.payers(**expense["payers"]),
            split=party.split(*names),
        )
    assert party.balances() == vector["balances"]
    if "total_spent" in vector:
        assert party.get_balances().total_spent == vector["total_spent"]
    if "settlement" in vector and simplify_debts:
        assert party.debts() == sorted(tuple(transfer) for transfer in vector["settlement"])


def pay_all(party: Party) -> None:
    called = {member_id: name for name, member_id in party.ids.items()}
    for transfer in party.settlement().transfers:
        party.pay(called[transfer.from_member_id], called[transfer.to_member_id], transfer.amount)


@pytest.mark.parametrize("simplify_debts", [True, False])
def test_paying_every_transfer_makes_everybody_quits(ann: Person, simplify_debts: bool) -> None:  # noqa: FBT001
    party = Party.of(ann, "Bob", "Cleo", "Dan", simplify_debts=simplify_debts)
    party.spend(1000, payers=party.payers(Ann=700, Bob=300))
    party.spend(2001, payer="Cleo", split=party.split(type="shares", Ann="1", Dan="2.5"))
    party.spend(500, payer="Dan", kind="income")
    pay_all(party)
    settlement = party.settlement()
    assert (settlement.transfers, settlement.minimal) == ((), True)
    assert set(party.balances().values()) == {0}


def test_debts_are_the_settlement_while_they_are_simplified(ann: Person) -> None:
    party = Party.of(ann, "Bob", "Cleo")
    party.spend(200, payer="Ann", split=party.split("Bob"))
    party.spend(200, payer="Bob", split=party.split("Cleo"))
    settlement = party.settlement()
    assert party.debts() == [("Cleo", "Ann", 200)]
    assert (settlement.simplified, settlement.minimal) == (True, True)
    assert party.get_balances().debts == settlement.transfers


def test_debts_stay_between_their_pairs_while_they_are_not_simplified(ann: Person) -> None:
    party = Party.of(ann, "Bob", "Cleo", simplify_debts=False)
    party.spend(200, payer="Ann", split=party.split("Bob"))
    party.spend(200, payer="Bob", split=party.split("Cleo"))
    settlement = party.settlement()
    assert party.debts() == [("Bob", "Ann", 200), ("Cleo", "Bob", 200)]
    assert (settlement.simplified, settlement.minimal) == (False, False)
    assert party.get_balances().debts == settlement.transfers


def test_debts_of_a_pair_are_set_off(ann: Person) -> None:
    party = Party.of(ann, "Bob", simplify_debts=False)
    party.spend(200, payer="Ann", split=party.split("Bob"))
    party.spend(50, payer="Bob", split=party.split("Ann"))
    assert party.debts() == [("Bob", "Ann", 150)]
    party.pay("Bob", "Ann", 200)
    assert party.debts() == [("Ann", "Bob", 50)]
    assert party.settlement().minimal


def test_each_participant_owes_each_payer_in_proportion(ann: Person) -> None:
    party = Party.of(ann, "Bob", "Cleo", "Dan", simplify_debts=False)
    party.spend(900, payers=party.payers(Ann=600, Bob=300), split=party.split("Cleo", "Dan"))
    assert party.debts() == [("Cleo", "Ann", 300), ("Cleo", "Bob", 150), ("Dan", "Ann", 300), ("Dan", "Bob", 150)]


def test_switching_simplification_off_and_on_computes_the_debts_anew(ann: Person) -> None:
    party = Party.of(ann, "Bob", "Cleo", simplify_debts=False)
    first = party.spend(200, payer="Ann", split=party.split("Bob"))
    before = party.debts()
    party.set(simplify_debts=True)
    party.edit(first, amount=300)
    party.spend(200, payer="Bob", split=party.split("Cleo"))
    party.set(simplify_debts=False)
    assert before == [("Bob", "Ann", 200)]
    assert party.debts() == [("Bob", "Ann", 300), ("Cleo", "Bob", 200)]


@pytest.mark.parametrize("simplify_debts", [True, False])
def test_what_is_dated_later_does_not_count_as_of_a_date(ann: Person, simplify_debts: bool) -> None:  # noqa: FBT001
    party = Party.of(ann, "Bob", simplify_debts=simplify_debts)
    party.spend(100, date=JANUARY)
    party.pay("Bob", "Ann", 50, date=FEBRUARY)
    party.spend(1000, payer="Bob", date=MARCH)
    party.delete(party.spend(300, date=JANUARY))
    assert party.balances(date(2026, 1, 14)) == {"Ann": 0, "Bob": 0}
    assert party.balances(JANUARY) == {"Ann": 50, "Bob": -50}
    assert party.debts(JANUARY) == [("Bob", "Ann", 50)]
    assert party.balances(FEBRUARY) == {"Ann": 0, "Bob": 0}
    assert party.get_balances(FEBRUARY).total_spent == 100
    assert party.get_balances(MARCH) == party.get_balances()
    assert party.debts(MARCH) == [("Ann", "Bob", 500)]


def test_balances_say_what_they_consist_of(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    party.spend(1000)
    party.spend(300, kind="income", payer="Bob")
    party.pay("Bob", "Ann", 200)
    summary = party.get_balances()
    sums = {each.name: (each.paid, each.share, each.sent, each.received, each.balance) for each in summary.balances}
    assert sums == {"Ann": (1000, 350, 0, 200, 450), "Bob": (-300, 350, 200, 0, -450)}
    assert (summary.currency, summary.total_spent) == ("EUR", 700)


def lines(party: Party, name: str, limit: int) -> tuple[list[BalanceLine], int]:
    found: list[BalanceLine] = []
    cursor = None
    while True:
        command = ListBalanceLines(event_id=party.id, member_id=party.ids[name], limit=limit, cursor=cursor)
        page = party.admin.does("list_balance_lines", command)
        found += page.items
        if (cursor := page.next_cursor) is None:
            return found, page.balance


@pytest.mark.parametrize("limit", [1, 2, 50])
def test_the_lines_behind_a_balance_add_up_to_it_over_all_pages(ann: Person, limit: int) -> None:
    party = Party.of(ann, "Bob", "Cleo")
    party.spend(1000, description="Dinner", date=MARCH)
    party.spend(301, kind="income", payer="Bob", date=JANUARY)
    party.pay("Bob", "Ann", 200, date=FEBRUARY)
    party.spend(700, payer="Cleo", split=party.split("Cleo"))
    party.delete(party.spend(5000))
    for name, balance in party.balances().items():
        found, said = lines(party, name, limit)
        assert sum(line.paid - line.share for line in found) == balance == said
        assert [line.date for line in found] == sorted((line.date for line in found), reverse=True)
    dinner, payment, refund = lines(party, "Ann", limit)[0]
    assert (dinner.description, dinner.paid, dinner.share) == ("Dinner", 1000, 334)
    assert (payment.kind, payment.paid, payment.share) == ("payment", 0, 200)
    assert (refund.kind, refund.paid, refund.share) in (("income", 0, -100), ("income", 0, -101))


def test_the_lines_of_a_stranger_are_not_found(ann: Person) -> None:
    party, other = Party.of(ann), Party.of(ann)
    with pytest.raises(NotFound):
        ann.does("list_balance_lines", ListBalanceLines(event_id=party.id, member_id=other.ids["Ann"]))


def test_balances_are_in_the_currency_of_the_event(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    party.spend(1000, currency="JPY", rate="0.0061", payers=party.payers(Ann=400, Bob=600))
    assert party.get_balances().currency == "EUR"
    assert party.balances() == {"Ann": -61, "Bob": 61}
    party.spend(UNSET, currency="JPY", rate="0.0061", event_amount=610)
    assert party.balances() == {"Ann": 244, "Bob": -244}


def test_the_categories_of_an_event_are_listed(ann: Person) -> None:
    entries = ann.does("list_categories", EventOf(event_id=Party.of(ann).id)).items
    assert "food" in {entry.key for entry in entries}
    assert len({entry.key for entry in entries}) == len(entries)
