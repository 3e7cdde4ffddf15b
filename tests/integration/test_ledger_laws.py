"""PostgreSQL itself refuses what would break the ledger, whatever the program does."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from common.contracts.expenses import FindExpense
from common.database import Database
from common.rpc.interface import Bus
from tests import core, services
from tests.core import Party, Person


@pytest.fixture
def bus(core_database: Database) -> Bus:
    return services.in_process_bus(core.make_core)


@pytest.fixture
def ann(bus: Bus) -> Person:
    return core.user(bus, "Ann")


@pytest.fixture
def party(ann: Person) -> Party:
    return Party.of(ann, "Bob")


@pytest.fixture
def dinner(party: Party) -> uuid.UUID:
    return party.spend(900).id


@pytest.fixture
def session(core_database: Database) -> Iterator[Session]:
    """A session behind the program's back; what it does is never committed unless a test does."""
    with Session(core_database.engine) as session:
        yield session


def commit(session: Session, statement: str, values: dict[str, Any]) -> None:
    session.execute(text(statement), values)
    session.commit()


def refused(session: Session, statement: str, by: str, **values: Any) -> None:
    """Run a statement and commit; check that a constraint refuses it, at the latest then."""
    with pytest.raises(IntegrityError) as refusal:
        commit(session, statement, values)
    assert refusal.value.orig.diag.constraint_name == by  # type: ignore[union-attr]


@pytest.mark.parametrize("column", ["paid", "share"])
def test_a_line_cannot_change_alone(session: Session, dinner: uuid.UUID, party: Party, column: str) -> None:
    refused(
        session,
        f"UPDATE ledger_lines SET {column} = {column} + 1 WHERE expense_id = :expense AND member_id = :ann",
        "expense_adds_up",
        expense=dinner,
        ann=party.ids["Ann"],
    )


def test_lines_may_change_together(session: Session, dinner: uuid.UUID, party: Party) -> None:
    for name, change in (("Ann", 1), ("Bob", -1)):
        session.execute(
            text("UPDATE ledger_lines SET share = share + :change WHERE expense_id = :expense AND member_id = :id"),
            {"change": change, "expense": dinner, "id": party.ids[name]},
        )
    session.commit()
    assert party.admin.does("find_expense", FindExpense(expense_id=dinner)).shares[0].amount == 451


def test_a_line_cannot_be_deleted_alone(session: Session, dinner: uuid.UUID, party: Party) -> None:
    refused(
        session,
        "DELETE FROM ledger_lines WHERE expense_id = :expense AND member_id = :bob",
        "expense_adds_up",
        expense=dinner,
        bob=party.ids["Bob"],
    )


def test_a_line_cannot_be_added_alone(session: Session, dinner: uuid.UUID, party: Party) -> None:
    refused(
        session,
        "INSERT INTO ledger_lines (expense_id, member_id, event_id, position, share, leftover) "
        "VALUES (:expense, :cleo, :event, 2, 1, 0)",
        "expense_adds_up",
        expense=dinner,
        cleo=party.join("Cleo", joined_on=core.DAY.replace(year=2027)).id,
        event=party.id,
    )


def test_a_line_cannot_move_to_another_expense(session: Session, dinner: uuid.UUID, party: Party) -> None:
    """Red when only the expense that a line moves to is checked."""
    other = party.spend(900, payer="Bob", split=party.split("Bob")).id
    session.execute(text("UPDATE expenses SET event_amount = 450 WHERE id = :id"), {"id": other})
    session.execute(text("DELETE FROM ledger_lines WHERE expense_id = :id"), {"id": other})
    session.execute(
        text("UPDATE ledger_lines SET paid = 450 WHERE expense_id = :id AND member_id = :bob"),
        {"id": dinner, "bob": party.ids["Bob"]},
    )
    refused(
        session,
        "UPDATE ledger_lines SET expense_id = :other WHERE expense_id = :expense AND member_id = :bob",
        "expense_adds_up",
        other=other,
        expense=dinner,
        bob=party.ids["Bob"],
    )


def test_an_expense_has_lines(session: Session, dinner: uuid.UUID) -> None:
    refused(session, "DELETE FROM ledger_lines WHERE expense_id = :id", "expense_adds_up", id=dinner)


@pytest.mark.parametrize("change", ["event_amount = 901", "kind = 'income'"])
def test_an_amount_cannot_change_without_its_lines(session: Session, dinner: uuid.UUID, change: str) -> None:
    refused(session, f"UPDATE expenses SET {change} WHERE id = :id", "expense_adds_up", id=dinner)


@pytest.mark.parametrize("column", ["paid", "share", "sent", "received"])
def test_a_balance_cannot_change_alone(session: Session, dinner: uuid.UUID, party: Party, column: str) -> None:
    refused(
        session,
        f"UPDATE balances SET {column} = {column} + 1 WHERE member_id = :ann",
        "balances_zero_sum",
        ann=party.ids["Ann"],
    )


def test_a_balance_cannot_be_forgotten(session: Session, dinner: uuid.UUID, party: Party) -> None:
    refused(session, "DELETE FROM balances WHERE member_id = :ann", "balances_zero_sum", ann=party.ids["Ann"])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE activity SET action = 'forged' WHERE event_id = :event",
        "UPDATE activity SET after = NULL WHERE event_id = :event",
        "DELETE FROM activity WHERE event_id = :event",
        "TRUNCATE activity",
    ],
)
def test_history_cannot_be_rewritten(session: Session, dinner: uuid.UUID, party: Party, statement: str) -> None:
    with pytest.raises(DBAPIError, match="only ever added"):
        session.execute(text(statement), {"event": party.id} if ":event" in statement else {})


def test_a_line_is_of_a_member_of_the_event(session: Session, ann: Person, dinner: uuid.UUID, party: Party) -> None:
    refused(
        session,
        "UPDATE ledger_lines SET member_id = :stranger WHERE expense_id = :expense AND member_id = :bob",
        "fk_ledger_lines_event_id_member_id_members",
        stranger=Party.of(ann).ids["Ann"],
        expense=dinner,
        bob=party.ids["Bob"],
    )


def test_a_debt_is_between_members_of_the_event(session: Session, ann: Person, party: Party) -> None:
    pair = sorted((party.ids["Ann"], Party.of(ann).ids["Ann"]))
    with pytest.raises(IntegrityError, match=r"fk_debts_event_id_(low|high)_member_id_members"):
        session.execute(
            text("INSERT INTO debts (event_id, low_member_id, high_member_id, amount) VALUES (:event, :low, :high, 1)"),
            {"event": party.id, "low": pair[0], "high": pair[1]},
        )


def test_a_role_has_one_link_that_holds(session: Session, party: Party) -> None:
    party.link("viewer")
    party.link("viewer")
    refused(
        session,
        "UPDATE event_links SET revoked_at = NULL WHERE event_id = :event",
        "uq_event_links_role",
        event=party.id,
    )


def test_two_members_cannot_have_one_name(session: Session, party: Party) -> None:
    refused(
        session,
        "UPDATE members SET name_key = 'ann' WHERE id = :bob",
        "uq_members_name",
        bob=party.ids["Bob"],
    )


def test_a_user_is_one_member_of_an_event(session: Session, ann: Person, party: Party) -> None:
    refused(
        session,
        "UPDATE members SET user_id = :ann WHERE id = :bob",
        "uq_members_user",
        ann=ann.user_id,
        bob=party.ids["Bob"],
    )


@pytest.mark.parametrize("amount", [0, -1, 10**13 + 1])
@pytest.mark.parametrize("column", ["amount", "event_amount"])
def test_an_amount_stays_within_its_bounds(session: Session, dinner: uuid.UUID, column: str, amount: int) -> None:
    refused(
        session,
        f"UPDATE expenses SET {column} = :amount WHERE id = :id",
        f"ck_expenses_{column}",
        amount=amount,
        id=dinner,
    )


def test_a_weight_is_positive(session: Session, party: Party) -> None:
    refused(
        session,
        "UPDATE member_weights SET hundredths = 0 WHERE member_id = :id",
        "ck_member_weights_positive",
        id=party.ids["Ann"],
    )
