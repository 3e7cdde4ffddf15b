"""Many people at once in one event: nothing is lost, nothing done twice, and of two edits of one version one wins."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from common.contracts.events import AddMember
from common.contracts.expenses import EditExpense, ListExpenses, RecordExpense
from common.database import Database
from common.errors import Conflict, QuitsError, Stale
from common.rpc.inprocess import InProcessBus
from core_service.service import Core
from tests import core
from tests.core import DAY, Party, Person
from tests.services import signer


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run all calls in threads of their own; return their results or expected errors in their places."""

    def outcome(call: Callable[[], Any]) -> Any:
        try:
            return call()
        except QuitsError as error:
            return error

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(outcome, calls))


@pytest.fixture
def ann(core_database: Database) -> Iterator[Person]:
    """A user of a service that has a connection for each of twenty threads."""
    database = Database(core_database.engine.url.render_as_string(hide_password=False), pool_size=20)
    bus = InProcessBus(signer)
    bus.serve(Core(database, core.SECRET_KEY))
    yield core.user(bus, "Ann")
    database.close()


def test_twenty_threads_lose_none_of_two_hundred_expenses(ann: Person) -> None:
    party = Party.of(ann, "Bob", "Cleo", simplify_debts=False)

    def spend_ten(first: int) -> list[uuid.UUID]:
        return [party.spend(100 + first + number).id for number in range(10)]

    ids = at_once([lambda first=first: spend_ten(first) for first in range(0, 200, 10)])  # type: ignore[misc]
    made = {expense_id for each in ids for expense_id in each}
    balances = party.get_balances()
    assert len(made) == 200
    assert balances.total_spent == sum(range(100, 300))
    assert sum(balance.balance for balance in balances.balances) == 0
    assert max(each.share for each in balances.balances) - min(each.share for each in balances.balances) <= 1
    assert {transfer.amount for transfer in balances.debts} == {
        each.share for each in balances.balances if each.name != "Ann"
    }
    page = party.admin.does("list_expenses", ListExpenses(event_id=party.id, limit=100))
    rest = party.admin.does("list_expenses", ListExpenses(event_id=party.id, limit=100, cursor=page.next_cursor))
    assert {item.id for item in page.items + rest.items} == made


def test_the_same_expense_eight_times_at_once_is_one(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    command = RecordExpense(event_id=party.id, id=uuid7(), amount=900, payers=party.payers("Ann"), date=DAY)
    replies = at_once([lambda: ann.reply("record_expense", command, key=command.id)] * 8)
    assert sorted(reply.is_replay for reply in replies) == [False] + [True] * 7
    assert len({reply.body for reply in replies}) == 1
    assert party.balances() == {"Ann": 450, "Bob": -450}


def test_of_two_editors_who_saw_the_same_version_one_wins(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    expense = party.spend(900)

    def edit(amount: int) -> Any:
        command = EditExpense(event_id=party.id, expense_id=expense.id, amount=amount, if_version=1)
        return ann.does("edit_expense", command)

    outcomes = at_once([lambda amount=amount: edit(amount) for amount in (100, 200, 300, 400)])  # type: ignore[misc]
    (winner,) = [outcome for outcome in outcomes if not isinstance(outcome, QuitsError)]
    assert [type(outcome) for outcome in outcomes if isinstance(outcome, QuitsError)] == [Stale] * 3
    assert party.balances() == {"Ann": winner.amount // 2, "Bob": -winner.amount // 2}


def test_of_two_who_take_one_name_at_once_one_gets_it(ann: Person) -> None:
    party = Party.of(ann)

    def join(member_id: uuid.UUID) -> Any:
        return ann.does("add_member", AddMember(event_id=party.id, id=member_id, name="Bob"), key=member_id)

    outcomes = at_once([lambda member_id=member_id: join(member_id) for member_id in [uuid7() for _ in range(6)]])  # type: ignore[misc]
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 5
    assert len(party.get_balances().balances) == 2


def test_members_who_join_while_expenses_are_added_share_in_all_of_them(ann: Person) -> None:
    party = Party.of(ann, "Bob", simplify_debts=False)
    joins = [lambda number=number: party.join(f"Guest {number}") for number in range(4)]  # type: ignore[misc]
    outcomes = at_once([*joins, *[lambda: party.spend(600)] * 8])
    assert not [outcome for outcome in outcomes if isinstance(outcome, QuitsError)]
    assert {each.share for each in party.get_balances().balances} == {800}
