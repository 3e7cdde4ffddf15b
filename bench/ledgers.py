"""Shared events as every product has them, and the steps that are measured on them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bench.connection import Connection
from bench.load import Server, Step


@dataclass(frozen=True)
class Ledger:
    """One event (a "project" elsewhere) with members and expenses, and what its requests must carry."""

    server: Server
    path: str
    headers: Mapping[str, str]
    members: tuple[str, ...]


class Product(Protocol):
    """A running product that is measured, by its REST API."""

    @property
    def name(self) -> str:
        """What it is called in the tables."""

    def renew(self) -> None:
        """Make sure that what its requests authenticate with holds for some more minutes."""

    def fill(self, ledgers: int, members: int, expenses: int) -> list[Ledger]:
        """Return new ledgers of one server, with `members` members and `expenses` expenses split equally by all."""

    def add_expense(self, connection: Connection, ledger: Ledger, number: int) -> None:
        """Record an expense, paid by one member, split equally by all."""

    def read_balances(self, connection: Connection, ledger: Ledger) -> None:
        """Read the balances and then, where the product has it, the settlement."""

    def list_expenses(self, connection: Connection, ledger: Ledger, limit: int) -> None:
        """Read the newest `limit` expenses, or all of them where the product has no pages."""


@dataclass(frozen=True)
class Scenario:
    """One thing that is measured, with what it needs; `writes` lets a ledger at most double while it is measured."""

    name: str
    step: Callable[[Product, Sequence[Ledger]], Step]
    writes: bool = False


def _adding(product: Product, ledgers: Sequence[Ledger]) -> Step:
    return lambda connection, number: product.add_expense(connection, ledgers[number % len(ledgers)], number)


def _reading(product: Product, ledgers: Sequence[Ledger]) -> Step:
    return lambda connection, number: product.read_balances(connection, ledgers[number % len(ledgers)])


def _listing(limit: int) -> Callable[[Product, Sequence[Ledger]], Step]:
    def step(product: Product, ledgers: Sequence[Ledger]) -> Step:
        return lambda connection, number: product.list_expenses(connection, ledgers[number % len(ledgers)], limit)

    return step


SCENARIOS = (
    Scenario("balances", _reading),
    Scenario("list10", _listing(10)),
    Scenario("list50", _listing(50)),
    Scenario("add", _adding, writes=True),
)
