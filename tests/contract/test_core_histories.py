"""Random histories of one event beside a model: balances, debts, shares and settlement are the same at every step.

QUITS_TEST_HISTORIES says how many histories are tried, 30 unless it is set.
"""

import os
import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from uuid_utils.compat import uuid7

from common.contracts.events import DeleteEvent, EventOf, LastAdmin, MemberHasExpenses, MemberOf, RemoveMember
from common.contracts.expenses import EditExpense, Expense, ListExpenses, Participant, Payer, RecordExpense, Split
from common.database import Database
from common.errors import Invalid
from tests import core, services
from tests.contract.ledger_model import Entry, Ledger, Money, Somebody
from tests.core import DAY, Party, Person

HISTORIES = int(os.environ.get("QUITS_TEST_HISTORIES", "30"))
PARTS = ("1", "2", "0.5", "0.33")
PERCENT: dict[int, Sequence[str]] = {
    1: ["100"],
    2: ["33.33", "66.67"],
    3: ["50", "0", "50"],
    4: ["10.01", "29.99", "0", "60"],
}

choices = st.integers(0, 11)
amounts = st.integers(1, 40) | st.integers(1, 100_000)
days = st.integers(0, 4).map(lambda days: DAY + timedelta(days=days))
kinds = st.sampled_from(["expense", "expense", "income"])
types = st.sampled_from(["everyone", "everyone", "equal", "exact", "percentage", "shares", "adjustment"])
rates = st.sampled_from(["1", "1", "1", "0.7", "1.5"])


class Histories(RuleBasedStateMachine):
    """What people do to an event, done to the service and to the model."""

    person: Person

    @initialize(simplify_debts=st.booleans())
    def begin(self, simplify_debts: bool) -> None:  # noqa: FBT001
        self.party = Party.of(self.person, "Bob", "Cleo", simplify_debts=simplify_debts)
        self.simplifies = simplify_debts
        self.ledger = Ledger(list(self.party.ids.values()))

    def someone(self, choice: int) -> uuid.UUID:
        here = [each.id for each in self.ledger.members.values() if not each.is_deleted]
        return here[choice % len(here)]

    def several(self, choice: int) -> list[uuid.UUID]:
        here = [each.id for each in self.ledger.members.values() if not each.is_deleted]
        chosen = [member_id for place, member_id in enumerate(here) if (choice + 1) >> place & 1]
        return (chosen or here)[:4]

    def money(self, kind: str, type_: str, amount: int, rate: str, on: date, payers: int, bearing: int) -> Money:
        names = self.several(payers)[:amount]
        first, *rest = names
        paid = {first: amount - len(rest), **dict.fromkeys(rest, 1)}
        values = None if type_ == "everyone" else self.values(type_, amount, self.several(bearing))
        return Money(kind, amount, Fraction(rate), paid, type_.replace("everyone", "equal"), values, on)

    def values(self, type_: str, amount: int, names: list[uuid.UUID]) -> dict[uuid.UUID, Any]:
        first, *rest = names
        if type_ == "exact":
            return (
                {first: amount, **dict.fromkeys(rest, 0)}
                if amount < len(names)
                else {first: amount - len(rest), **dict.fromkeys(rest, 1)}
            )
        if type_ == "adjustment":
            return {first: min(3, amount), **dict.fromkeys(rest, 0)}
        if type_ == "percentage":
            return dict(zip(names, PERCENT[len(names)], strict=True))
        return dict(zip(names, PARTS, strict=False)) if type_ == "shares" else dict.fromkeys(names)

    def said(self, money: Money) -> dict[str, Any]:
        listed = (
            "everyone"
            if money.values is None
            else tuple(Participant(key, value) for key, value in money.values.items())
        )
        foreign = {"currency": "USD", "rate": str(float(money.rate))} if money.rate != 1 else {"currency": "EUR"}
        return {
            **foreign,
            "kind": money.kind,
            "amount": money.amount,
            "date": money.on,
            "payers": tuple(Payer(*paid) for paid in money.payers.items()),
            "split": Split(money.type, listed),  # type: ignore[arg-type]
        }

    def is_possible(self, money: Money) -> bool:
        return bool(money.event_amount) and (money.values is not None or bool(self.ledger.weights_on(money.on)))

    @rule(kind=kinds, type_=types, amount=amounts, rate=rates, on=days, payers=choices, bearing=choices)
    def record(self, kind: str, type_: str, amount: int, rate: str, on: date, payers: int, bearing: int) -> None:
        money = self.money(kind, type_, amount, rate, on, payers, bearing)
        command = RecordExpense(event_id=self.party.id, id=uuid7(), **self.said(money))
        if not self.is_possible(money):
            with pytest.raises(Invalid):
                self.person.does("record_expense", command, key=command.id)
            return
        self.person.does("record_expense", command, key=command.id)
        self.ledger.record(command.id, money)

    @rule(amount=amounts, sender=choices, receiver=choices, on=days)
    def pay(self, amount: int, sender: int, receiver: int, on: date) -> None:
        from_id, to_id = self.someone(sender), self.someone(receiver)
        if from_id != to_id:
            names = {member_id: name for name, member_id in self.party.ids.items()}
            payment = self.party.pay(names[from_id], names[to_id], amount, date=on)
            self.ledger.record(
                payment.id, Money("payment", amount, Fraction(1), {from_id: amount}, "equal", {to_id: None}, on)
            )

    def entry(self, choice: int, *, is_deleted: bool) -> Entry | None:
        found = [entry for entry in self.ledger.entries if entry.is_deleted is is_deleted]
        return found[choice % len(found)] if found else None

    @rule(which=choices, kind=kinds, type_=types, amount=amounts, rate=rates, on=days, payers=choices, bearing=choices)
    def edit(
        self, which: int, kind: str, type_: str, amount: int, rate: str, on: date, payers: int, bearing: int
    ) -> None:
        entry = self.entry(which, is_deleted=False)
        money = self.money(kind, type_, amount, rate, on, payers, bearing)
        if entry is not None and self.is_possible(money):
            command = EditExpense(event_id=self.party.id, expense_id=entry.id, **self.said(money))
            self.person.does("edit_expense", command)
            self.ledger.edit(entry, money)

    @rule(which=choices)
    def reword(self, which: int) -> None:
        if entry := self.entry(which, is_deleted=False):
            self.person.does("edit_expense", EditExpense(event_id=self.party.id, expense_id=entry.id, note="again"))

    @rule(which=choices)
    def delete(self, which: int) -> None:
        if entry := self.entry(which, is_deleted=False):
            self.party.delete(self.known(entry))
            entry.is_deleted = True

    @rule(which=choices)
    def restore(self, which: int) -> None:
        if entry := self.entry(which, is_deleted=True):
            self.party.restore(self.known(entry))
            entry.is_deleted = False

    def known(self, entry: Entry) -> Expense:
        return self.person.does("get_expense", core.ExpenseOf(event_id=self.party.id, expense_id=entry.id))  # type: ignore[no-any-return]

    @precondition(lambda self: len(self.ledger.members) < 6)
    @rule(on=st.none() | days, weight=st.sampled_from(["1", "2", "0.5"]))
    def join(self, on: date | None, weight: str) -> None:
        former = self.ledger.presence()
        member = self.party.join(f"M{len(self.ledger.members)}", joined_on=on, weight=weight)
        self.ledger.members[member.id] = Somebody(member.id, on, weights=[(date.min, Fraction(weight))])
        self.ledger.recompute(former)

    def change(self, which: int, **changes: Any) -> None:
        member_id = self.someone(which)
        names = {known: name for name, known in self.party.ids.items()}
        self.party.change(names[member_id], **changes)

    @rule(which=choices, on=st.none() | days)
    def leave_or_return(self, which: int, on: date | None) -> None:
        member = self.ledger.members[self.someone(which)]
        if on is not None and member.joined_on is not None and on < member.joined_on:
            return
        if on is not None and member.id == self.party.ids["Ann"]:
            with pytest.raises(LastAdmin):
                self.change(which, left_on=on)
            return
        former = self.ledger.presence()
        self.change(which, left_on=on)
        member.left_on = on
        self.ledger.recompute(former)

    @rule(which=choices, weight=st.sampled_from(["1", "2", "1.5"]), on=days)
    def weigh(self, which: int, weight: str, on: date) -> None:
        former = self.ledger.presence()
        self.change(which, weight=weight, weight_from=on)
        self.ledger.members[self.someone(which)].weigh(Fraction(weight), on)
        self.ledger.recompute(former)

    @rule(which=choices)
    def remove(self, which: int) -> None:
        member_id = self.someone(which)
        command = RemoveMember(event_id=self.party.id, member_id=member_id)
        if member_id == self.party.ids["Ann"]:
            return
        if self.ledger.is_named(member_id):
            with pytest.raises(MemberHasExpenses):
                self.person.does("remove_member", command)
            return
        former = self.ledger.presence()
        self.person.does("remove_member", command)
        self.ledger.members[member_id].is_deleted = True
        self.ledger.recompute(former)

    @rule(which=choices)
    def bring_back(self, which: int) -> None:
        gone = [each for each in self.ledger.members.values() if each.is_deleted]
        if gone:
            former = self.ledger.presence()
            member = gone[which % len(gone)]
            self.person.does("restore_member", MemberOf(event_id=self.party.id, member_id=member.id))
            member.is_deleted = False
            self.ledger.recompute(former)

    @rule()
    def switch_simplification(self) -> None:
        self.simplifies = not self.simplifies
        self.party.set(simplify_debts=self.simplifies)

    @rule()
    def delete_and_restore_all(self) -> None:
        self.person.does("delete_event", DeleteEvent(event_id=self.party.id))
        self.person.does("restore_event", EventOf(event_id=self.party.id))

    @invariant()
    def shares_are_those_of_the_model(self) -> None:
        page = self.person.does("list_expenses", ListExpenses(event_id=self.party.id, limit=100))
        shown = {item.id: {share.member_id: share.amount for share in item.shares} for item in page.items}
        assert shown == {
            entry.id: {key: abs(share) for key, share in entry.shares.items()}
            for entry in self.ledger.entries
            if not entry.is_deleted
        }

    @invariant()
    def balances_are_those_of_the_model(self) -> None:
        balances = self.party.get_balances()
        shown = {each.member_id: (each.paid, each.share, each.sent, each.received) for each in balances.balances}
        sums = self.ledger.sums()
        assert shown == {
            member_id: sums[member_id]
            for member_id, member in self.ledger.members.items()
            if not member.is_deleted or any(sums[member_id])
        }
        assert all(each.balance == each.paid - each.share + each.sent - each.received for each in balances.balances)
        assert sum(each.balance for each in balances.balances) == 0
        assert balances.total_spent == sum(paid for paid, *_ in sums.values())

    @invariant()
    def debts_are_those_of_the_model(self) -> None:
        settlement = self.party.settlement()
        transfers = {(each.from_member_id, each.to_member_id): each.amount for each in settlement.transfers}
        assert self.party.get_balances().debts == settlement.transfers
        if not self.simplifies:
            assert transfers == self.ledger.debts()
        left = {
            member_id: paid - share + sent - got for member_id, (paid, share, sent, got) in self.ledger.sums().items()
        }
        for (debtor, creditor), amount in transfers.items():
            left[debtor] += amount
            left[creditor] -= amount
        assert set(left.values()) <= {0}


def test_every_history_comes_to_what_the_model_says(core_database: Database) -> None:
    Histories.person = core.user(services.in_process_bus(core.make_core), "Ann")
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=HISTORIES, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
