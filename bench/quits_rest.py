"""Quits as a client of its REST API sees it: one user who registered, and events of theirs."""

import secrets
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import pyotp

from bench import parallel
from bench.connection import Connection
from bench.ledgers import Ledger
from bench.load import Server

BASE = "/api/v1"
_SETUP_CLIENTS = 4
_RENEW_AFTER_S = 240
_MOST_MEMBERS_AT_ONCE = 999
_PAGE = 100


@dataclass
class _Session:
    access_token: str
    refresh_token: str
    began_at: float

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Self:
        return cls(answer["access_token"], answer["refresh_token"], time.monotonic())


class Quits:
    """A running Quits, whichever way it was started; registers a user of its own."""

    def __init__(self, name: str, server: Server) -> None:
        self.name = name
        self.server = server
        self._session = _register(server.connect())

    def renew(self) -> None:
        """Take a new access token while the old one still holds."""
        if time.monotonic() - self._session.began_at > _RENEW_AFTER_S:
            content = {"refresh_token": self._session.refresh_token}
            self._session = _Session.of(_post(self.server.connect(), "/auth/refresh", {}, content, 200))

    def fill(self, ledgers: int, members: int, expenses: int) -> list[Ledger]:
        """Return new events of this user, filled over the API by several clients at once."""
        made = [self._create_event(self.server.connect(), members) for _ in range(ledgers)]
        orders = [(ledger, number) for number in range(expenses) for ledger in made]
        counter = parallel.Counter(f"filling {self.name}: {ledgers} times {expenses} expenses", len(orders))

        def record(hand: int) -> None:
            connection = self.server.connect()
            for ledger, number in parallel.deal(orders, _SETUP_CLIENTS)[hand]:
                self.add_expense(connection, ledger, number)
                counter.add()

        # A token holds for ten minutes; 10,000 expenses take less.
        self.renew()
        parallel.fork_join(_SETUP_CLIENTS, record)
        return made

    def add_expense(self, connection: Connection, ledger: Ledger, number: int) -> None:
        """Record an expense as the app does: the id minted here, the participants listed."""
        content = {
            "id": str(uuid.uuid4()),
            "description": f"Dinner {number}",
            "amount": 9001 + number % 1000,
            "date": _date(number),
            "payers": [{"member_id": ledger.members[number % len(ledger.members)]}],
            "split": {"type": "equal", "participants": [{"member_id": member} for member in ledger.members]},
        }
        connection.call("POST", f"{ledger.path}/expenses", self._headers(), content, expected=201)

    def read_balances(self, connection: Connection, ledger: Ledger) -> None:
        """Read the balances, then the settlement."""
        connection.call("GET", f"{ledger.path}/balances", self._headers())
        connection.call("GET", f"{ledger.path}/settlement", self._headers())

    def list_expenses(self, connection: Connection, ledger: Ledger, limit: int) -> None:
        """Read the first page."""
        connection.call("GET", f"{ledger.path}/expenses?limit={limit}", self._headers())

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._session.access_token}"}

    def _create_event(self, connection: Connection, members: int) -> Ledger:
        others = [{"name": f"Member {number}"} for number in range(2, members + 1)]
        assert len(others) <= _MOST_MEMBERS_AT_ONCE, members
        content = {"name": "Holiday", "currency": "EUR", "members": others}
        event = _post(connection, "/events", self._headers(), content, 201)
        path = f"{BASE}/events/{event['id']}"
        member_ids = self._member_ids(connection, path)
        assert len(member_ids) == members, (len(member_ids), members)
        return Ledger(self.server, path, {}, tuple(member_ids))

    def _member_ids(self, connection: Connection, path: str) -> Sequence[str]:
        ids: list[str] = []
        cursor = ""
        while True:
            reply = connection.call("GET", f"{path}/members?limit={_PAGE}{cursor}", self._headers())
            page: Any = reply.json()
            ids += [member["id"] for member in page["items"]]
            if page["next_cursor"] is None:
                return ids
            cursor = f"&cursor={page['next_cursor']}"


def _register(connection: Connection) -> _Session:
    person = {"name": "Ann", "email": f"bench-{secrets.token_hex(8)}@example.com"}
    registration = _post(connection, "/auth/register", {}, person, 201)
    code = pyotp.TOTP(registration["totp"]["secret"]).now()
    confirmation = {"registration_id": registration["registration_id"], "code": code}
    return _Session.of(_post(connection, "/auth/register/confirm", {}, confirmation, 201))


def _post(connection: Connection, path: str, headers: Mapping[str, str], content: object, expected: int) -> Any:
    return connection.call("POST", BASE + path, headers, content, expected).json()


def _date(number: int) -> str:
    today = datetime.now(UTC).date()
    return (today - timedelta(days=number % 365)).isoformat()
