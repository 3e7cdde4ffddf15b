"""What an expense adds to balances sums to zero; what it makes people owe each other adds up to shares and payments."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.contracts.expenses import Kind, Payer
from common.errors import Invalid
from core_service.domain import ledger
from core_service.domain.ledger import Line
from core_service.domain.splitting import Part

ANN, BOB, CLEO, DAN = (UUID(int=number) for number in (1, 2, 3, 4))
kinds = st.sampled_from(["expense", "income", "payment"])
amounts = st.integers(0, 10**12)
sums = st.dictionaries(st.integers(1, 9).map(lambda number: UUID(int=number)), amounts, min_size=1)


@st.composite
def expense_lines(draw: st.DrawFn) -> tuple[Kind, list[Line]]:
    """Return an expense of any kind with several payers and participants."""
    kind: Kind = draw(kinds)
    shares = draw(sums.filter(lambda shares: any(shares.values())))
    paid = draw(sums.filter(lambda paid: any(paid.values())))
    sign = -1 if kind == "income" else 1
    parts = [Part(member_id, sign * share, 0) for member_id, share in shares.items()]
    payers = [Payer(member_id, max(1, amount)) for member_id, amount in paid.items()]
    return kind, ledger.lines(kind, sum(shares.values()), payers, parts)


@given(st.lists(expense_lines(), max_size=5), st.lists(expense_lines(), max_size=5))
def test_what_expenses_change_in_balances_adds_up_to_zero(
    added: list[tuple[Kind, Sequence[Line]]], removed: list[tuple[Kind, Sequence[Line]]]
) -> None:
    changes = ledger.balance_changes(added, removed).values()
    assert sum(change.paid - change.share + change.sent - change.received for change in changes) == 0


@given(st.lists(expense_lines(), max_size=5))
def test_what_is_added_and_removed_changes_nothing(expenses: list[tuple[Kind, Sequence[Line]]]) -> None:
    changes = ledger.balance_changes(expenses, expenses).values()
    assert all(change == ledger.BalanceChange() for change in changes)


@given(expense_lines())
def test_debts_bring_every_member_where_the_balance_says(expense: tuple[Kind, list[Line]]) -> None:
    _, lines = expense
    owed: Counter[UUID] = Counter()
    for (low, high), amount in ledger.debts(lines).items():
        assert low < high
        owed.update({low: -amount, high: amount})
    assert {line.member_id: owed[line.member_id] for line in lines} == {
        line.member_id: (line.paid or 0) - (line.share or 0) for line in lines
    }


@given(expense_lines())
def test_an_income_is_owed_the_other_way_round(expense: tuple[Kind, list[Line]]) -> None:
    _, lines = expense
    reversed_lines = [
        Line(line.member_id, None if line.paid is None else -line.paid, None if line.share is None else -line.share)
        for line in lines
    ]
    forth, back = ledger.debts(lines), ledger.debts(reversed_lines)
    assert back == {pair: -amount for pair, amount in forth.items()}


def test_each_participant_owes_each_payer_in_proportion() -> None:
    lines = [Line(ANN, 200, None), Line(BOB, 100, None), Line(CLEO, None, 100), Line(DAN, None, 200)]
    assert ledger.debts(lines) == {(ANN, CLEO): -67, (BOB, CLEO): -33, (ANN, DAN): -133, (BOB, DAN): -67}


def test_nobody_owes_themselves() -> None:
    assert ledger.debts([Line(ANN, 100, 40), Line(BOB, None, 60)]) == {(ANN, BOB): -60}


def test_payers_share_the_event_amount_in_proportion() -> None:
    parts = [Part(CLEO, 100, 0)]
    assert ledger.lines("expense", 100, [Payer(ANN, 10), Payer(BOB, 20)], parts) == [
        Line(CLEO, None, 100, 0),
        Line(ANN, 33, None),
        Line(BOB, 67, None),
    ]


def test_who_pays_and_takes_part_has_one_line() -> None:
    lines = ledger.lines("expense", 100, [Payer(ANN)], [Part(ANN, 50, 0), Part(BOB, 50, 0)])
    assert lines == [Line(ANN, 100, 50), Line(BOB, None, 50)]


def test_a_payment_is_sent_and_received() -> None:
    changes = ledger.balance_changes([("payment", [Line(ANN, 100, None), Line(BOB, None, 100)])])
    assert (changes[ANN].sent, changes[BOB].received) == (100, 100)
    assert (changes[ANN].paid, changes[BOB].share) == (0, 0)


def test_every_payer_who_is_a_stranger_is_named() -> None:
    with pytest.raises(Invalid) as refusal:
        ledger.check_payers([Payer(ANN), Payer(BOB), Payer(CLEO)], {BOB: None})
    assert [error.field for error in refusal.value.fields] == ["payers.0.member_id", "payers.2.member_id"]
