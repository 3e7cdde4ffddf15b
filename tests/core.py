"""A core service for tests, and people who share expenses by it."""

import functools
import itertools
import os
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from uuid_utils.compat import uuid7

from common.contracts.balances import Balances, GetBalances, Settlement
from common.contracts.core import CoreService
from common.contracts.events import (
    AddMember,
    CreateEvent,
    EditEvent,
    EditMember,
    Event,
    EventOf,
    Link,
    LinkOf,
    Member,
    NewMember,
    OpenLink,
)
from common.contracts.expenses import (
    DeleteExpense,
    EditExpense,
    Expense,
    ExpenseOf,
    Participant,
    Payer,
    RecordExpense,
    RecordPayment,
    Split,
    SplitType,
)
from common.database import Database
from common.rpc.context import Context, Guest
from common.rpc.interface import Bus, Call, Reply, send
from common.rpc.wire import load_result
from core_service.service import Core

DATABASE_VARIABLE = "QUITS_TEST_CORE_DATABASE"
SECRET_KEY = "a secret that only tests know, of 32+"
DAY = date(2026, 11, 20)
names = (f"Event {number}" for number in itertools.count(1))


def make_core(_bus: Bus) -> Core:
    """Return the core service on the database that the environment names."""
    return Core(database_at(os.environ[DATABASE_VARIABLE]), SECRET_KEY)


@functools.cache
def database_at(url: str) -> Database:
    """Return the one pool of connections to a database that this process has."""
    return Database(url)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who calls the core service: a user, a guest, or nobody in particular."""

    bus: Bus
    user_id: uuid.UUID | None = None
    name: str = ""
    guest: Guest | None = None

    def context(self, key: uuid.UUID | None = None, content: str = "the same") -> Context:
        """Return the context of a request with this idempotency key and this content."""
        now = time.time()
        return Context(
            request_id="test",
            deadline_at=now + 60,
            issued_at=now,
            user_id=self.user_id,
            user_name=self.name,
            guest=self.guest,
            idempotency_key=key,
            fingerprint=content,
        )

    def does(self, operation: str, command: Any, key: uuid.UUID | None = None, content: str = "the same") -> Any:
        """Run an operation; return its result or raise its error."""
        return load_result(CoreService.operations[operation].result, self.reply(operation, command, key, content).body)

    def reply(self, operation: str, command: Any, key: uuid.UUID | None = None, content: str = "the same") -> Reply:
        """Run an operation; return its reply as it travels."""
        return send(self.bus, Call(CoreService.operations[operation], self.context(key, content), command))

    def guest_by(self, link: Link, member_id: uuid.UUID | None = None) -> "Person":
        """Return who comes by a link, without an account."""
        opened = self.does("open_link", OpenLink(link.token, member_id))
        return Person(self.bus, guest=Guest(opened.link_id, opened.event_id, opened.member_id))


def user(bus: Bus, name: str) -> Person:
    """Return a new user."""
    return Person(bus, uuid.uuid4(), name)


@dataclass(frozen=True, slots=True)
class Party:
    """An event with an admin who acts in it and members who are called by their names."""

    admin: Person
    id: uuid.UUID
    ids: dict[str, uuid.UUID]

    @classmethod
    def of(cls, admin: Person, *others: str, weights: Mapping[str, str] | None = None, **settings: Any) -> "Party":
        """Make an event of `admin` and others."""
        weights = weights or {}
        event_id = uuid7()
        command = CreateEvent(
            id=event_id,
            name=next(names),
            currency=settings.pop("currency", "EUR"),
            members=tuple(NewMember(name, weight=weights.get(name, "1")) for name in others),
            **settings,
        )
        created: Event = admin.does("create_event", command, key=event_id).event
        return cls(admin, event_id, {member.name: member.id for member in created.members})

    def by(self, person: Person) -> "Party":
        """Return the same event as somebody else acts in it."""
        return replace(self, admin=person)

    def payers(self, *names: str, **amounts: int) -> tuple[Payer, ...]:
        """Return payers by name, with or without their amounts."""
        alone = [Payer(self.ids[name]) for name in names]
        return (*alone, *(Payer(self.ids[name], amount) for name, amount in amounts.items()))

    def split(self, *names: str, **values: int | str) -> Split:
        """Return a split by name: equal without values; other types by `type=`."""
        kind: SplitType = values.pop("type", "equal")  # type: ignore[assignment]
        named = [Participant(self.ids[name]) for name in names]
        return Split(kind, (*named, *(Participant(self.ids[name], value) for name, value in values.items())))

    def spend(self, amount: Any = 9000, payer: str = "Ann", key: uuid.UUID | None = None, **fields: Any) -> Expense:
        """Record an expense."""
        expense_id = key or uuid7()
        if "payers" not in fields:
            fields["payers"] = self.payers(payer)
        command = RecordExpense(event_id=self.id, id=expense_id, amount=amount, **{"date": DAY, **fields})
        return self.admin.does("record_expense", command, key=expense_id)  # type: ignore[no-any-return]

    def pay(self, sender: str, receiver: str, amount: int, **fields: Any) -> Expense:
        """Record a payment."""
        payment_id = uuid7()
        command = RecordPayment(
            event_id=self.id,
            id=payment_id,
            from_member_id=self.ids[sender],
            to_member_id=self.ids[receiver],
            amount=amount,
            **{"date": DAY, **fields},
        )
        return self.admin.does("record_payment", command, key=payment_id)  # type: ignore[no-any-return]

    def edit(self, expense: Expense, **changes: Any) -> Expense:
        """Change an expense."""
        command = EditExpense(event_id=self.id, expense_id=expense.id, **changes)
        return self.admin.does("edit_expense", command)  # type: ignore[no-any-return]

    def delete(self, expense: Expense) -> None:
        """Delete an expense."""
        self.admin.does("delete_expense", DeleteExpense(event_id=self.id, expense_id=expense.id))

    def restore(self, expense: Expense) -> Expense:
        """Restore an expense."""
        command = ExpenseOf(event_id=self.id, expense_id=expense.id)
        return self.admin.does("restore_expense", command)  # type: ignore[no-any-return]

    def join(self, name: str, /, key: uuid.UUID | None = None, **fields: Any) -> Member:
        """Add a member."""
        member_id = key or uuid7()
        self.ids[name] = member_id
        command = AddMember(event_id=self.id, id=member_id, name=name, **fields)
        return self.admin.does("add_member", command, key=member_id)  # type: ignore[no-any-return]

    def change(self, name: str, /, **changes: Any) -> Member:
        """Change a member."""
        command = EditMember(event_id=self.id, member_id=self.ids[name], **changes)
        return self.admin.does("edit_member", command)  # type: ignore[no-any-return]

    def set(self, **changes: Any) -> Event:
        """Change the event's settings."""
        return self.admin.does("edit_event", EditEvent(event_id=self.id, **changes))  # type: ignore[no-any-return]

    def link(self, role: Any) -> Link:
        """Make the link of a role."""
        return self.admin.does("rotate_link", LinkOf(event_id=self.id, role=role))  # type: ignore[no-any-return]

    def shares(self, expense: Expense) -> dict[str, int]:
        """Return the shares of an expense as it is now, by name."""
        now = self.admin.does("get_expense", ExpenseOf(event_id=self.id, expense_id=expense.id))
        called = {member_id: name for name, member_id in self.ids.items()}
        return {called[share.member_id]: share.amount for share in now.shares}

    def get_balances(self, as_of: date | None = None) -> Balances:
        """Return the balances with all that belongs to them."""
        return self.admin.does("get_balances", GetBalances(event_id=self.id, as_of=as_of))  # type: ignore[no-any-return]

    def balances(self, as_of: date | None = None) -> dict[str, int]:
        """Return the balances by name."""
        return {balance.name: balance.balance for balance in self.get_balances(as_of).balances}

    def debts(self, as_of: date | None = None) -> list[tuple[str, str, int]]:
        """Return the debts, with the names of both sides."""
        called = {member_id: name for name, member_id in self.ids.items()}
        debts = self.get_balances(as_of).debts
        return sorted((called[debt.from_member_id], called[debt.to_member_id], debt.amount) for debt in debts)

    def settlement(self) -> Settlement:
        """Return the settlement."""
        return self.admin.does("get_settlement", EventOf(event_id=self.id))  # type: ignore[no-any-return]
