"""Quits as a client meets it: requests with any bytes in them, and people and events made through the API alone."""

import http.client
import json
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.parse import urlsplit

import pyotp

TIMEOUT_S = 60
JSON = "application/json"
PROBLEM = "application/problem+json"
STEP_S = 30


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Message
    content: bytes

    @property
    def document(self) -> Any:
        """The JSON in it."""
        return json.loads(self.content)

    @property
    def fields(self) -> list[str]:
        """The fields that a refusal names."""
        return [error["field"] for error in self.document["errors"]]

    def expect(self, status: int) -> Any:
        """Return the document, None when there is none, after making sure of the status."""
        assert self.status == status, (self.status, self.content[:2000])
        return self.document if self.content else None


@dataclass(frozen=True, slots=True)
class Api:
    """The REST interface at one address; every request has a connection of its own."""

    url: str

    def send(
        self,
        method: str,
        path: str,
        content: bytes | Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send these bytes to a path that may lie outside of /api/v1."""
        address = urlsplit(self.url)
        connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=TIMEOUT_S)
        try:
            sent = dict(headers or {})
            connection.request(method, path, content, sent, encode_chunked="Transfer-Encoding" in sent)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def ask(
        self, method: str, path: str, body: Any = None, token: str = "", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a body as JSON (bytes as they are) to a path below /api/v1."""
        content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        sent = {} if content is None else {"Content-Type": JSON}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        return self.send(method, f"/api/v1{path}", content, {**sent, **(headers or {})})

    def get(self, path: str, token: str = "") -> Any:
        """Return the document at a path that must be there."""
        return self.ask("GET", path, token=token).expect(200)

    def list_all(self, path: str, token: str, limit: int = 100) -> list[Any]:
        """Return the items of all pages of a list."""
        items: list[Any] = []
        cursor = ""
        while True:
            sign = "&" if "?" in path else "?"
            page = self.get(f"{path}{sign}limit={limit}{cursor}", token)
            items += page["items"]
            assert len(page["items"]) <= limit
            if page["next_cursor"] is None:
                return items
            cursor = f"&cursor={page['next_cursor']}"


@dataclass(slots=True)
class Person:
    """A registered user with the tokens of the registration; `secret` is what their authenticator knows."""

    api: Api
    name: str
    email: str
    secret: str
    token: str
    refresh_token: str
    recovery_codes: list[str]

    def next_code(self) -> str:
        """Return the code of the next step: that of the present one was used up by the registration."""
        return pyotp.TOTP(self.secret).at(int(time.time()) + STEP_S)

    def ask(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask as this person."""
        return self.api.ask(method, path, body, self.token, headers)


def register(api: Api, name: str = "Ann") -> Person:
    """Register somebody new and confirm it with the first code."""
    email = f"{uuid.uuid4().hex}@example.org"
    pending = api.ask("POST", "/auth/register", {"name": name, "email": email}).expect(201)
    secret = pending["totp"]["secret"]
    confirmation = {"registration_id": pending["registration_id"], "code": pyotp.TOTP(secret).now()}
    user = api.ask("POST", "/auth/register/confirm", confirmation).expect(201)
    return Person(api, name, email, secret, user["access_token"], user["refresh_token"], user["recovery_codes"])


@dataclass(slots=True)
class Party:
    """An event as one of its admins sees it; `members` are ids by name."""

    api: Api
    id: str
    token: str
    members: dict[str, str]
    link: str = ""

    @property
    def path(self) -> str:
        """Where the event is."""
        return f"/events/{self.id}"

    def ask(self, method: str, below: str = "", body: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask for something below the event."""
        return self.api.ask(method, f"{self.path}{below}", body, self.token, headers)

    def expense(self, payer: str, amount: int, split: Any = None, **more: Any) -> dict[str, Any]:
        """Return the body of an expense that one member paid."""
        body = {"amount": amount, "payers": [{"member_id": self.members[payer]}], **more}
        return body if split is None else {**body, "split": split}

    def record(self, payer: str, amount: int, split: Any = None, **more: Any) -> Any:
        """Record an expense that one member paid."""
        return self.ask("POST", "/expenses", self.expense(payer, amount, split, **more)).expect(201)

    def split(self, split_type: str, **values: Any) -> dict[str, Any]:
        """Return a split between the members named; None is no value."""
        participants = [
            {"member_id": self.members[name]} | ({} if value is None else {"value": value})
            for name, value in values.items()
        ]
        return {"type": split_type, "participants": participants}

    def balances(self) -> dict[str, int]:
        """Return each present member's balance by name; they add up to zero."""
        document = self.ask("GET", "/balances").expect(200)
        found = {line["name"]: line["balance"] for line in document["balances"]}
        assert sum(found.values()) == 0
        return found

    def transfers(self) -> list[dict[str, Any]]:
        """Return what is suggested to settle up."""
        transfers: list[dict[str, Any]] = self.ask("GET", "/settlement").expect(200)["transfers"]
        return transfers

    def state(self) -> Any:
        """Return everything in the event that a refused request must leave as it was."""
        return [
            self.ask("GET").expect(200),
            self.ask("GET", "/balances").expect(200),
            self.ask("GET", "/settlement").expect(200),
            self.api.list_all(f"{self.path}/members", self.token),
            self.api.list_all(f"{self.path}/expenses", self.token),
        ]


def open_link(api: Api, link: str, member_id: str | None = None) -> Answer:
    """Exchange a secret link for a guest's token."""
    return api.ask("POST", "/auth/guest", {"link": link} | ({"member_id": member_id} if member_id else {}))


def party(api: Api, *names: str, person: Person | None = None, **more: Any) -> Party:
    """Make an event with these members, without an account unless somebody is named."""
    new = {"name": "Weekend", "currency": "EUR", "my_name": names[0], **more}
    new["members"] = [{"name": name} for name in names[1:]]
    event = api.ask("POST", "/events", new, person.token if person else "").expect(201)
    members = {member["name"]: member["id"] for member in event["members"]}
    if person:
        return Party(api, event["id"], person.token, members)
    link = event["link"]["token"]
    return Party(api, event["id"], open_link(api, link).expect(200)["access_token"], members, link)
