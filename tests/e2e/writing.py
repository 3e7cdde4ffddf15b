"""Every route that takes a body, with a body that is right and the kind of each of its fields."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MEMBERS = ("ann", "ben")
SOMEBODY, ANOTHER = "{ann}", "{ben}"
EXPENSE = {
    "description": "Dinner",
    "note": "by the sea",
    "category": "food",
    "kind": "expense",
    "amount": 1000,
    "currency": "EUR",
    "rate": "1",
    "event_amount": 1000,
    "date": "2026-01-02",
    "payers": [{"member_id": SOMEBODY, "amount": 400}, {"member_id": ANOTHER, "amount": 600}],
    "split": {
        "type": "exact",
        "participants": [{"member_id": SOMEBODY, "value": 300}, {"member_id": ANOTHER, "value": 700}],
    },
}
EXPENSE_KINDS = {
    "description": "description",
    "note": "note",
    "category": "category",
    "kind": "kind",
    "amount": "amount",
    "currency": "currency",
    "rate": "rate",
    "date": "date",
    "payers": "list",
    "payers.0.member_id": "member",
    "payers.1.amount": "amount",
    "split": "object",
    "split.type": "kind",
    "split.participants": "participants",
    "split.participants.1.member_id": "member",
}
MEMBER = {"name": "Zoe", "email": "zoe@example.org", "weight": "1"}
MEMBER_KINDS = {"name": "name", "email": "e-mail", "weight": "weight", "role": "role"}
CODE = {"code": "000000"}


@dataclass(frozen=True)
class Route:
    """One route. `path` and `body` name what the event has in braces."""

    method: str
    path: str
    body: dict[str, Any] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    access: str = "admin"

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_in_event(self) -> bool:
        """Whether the path names an event."""
        return "{event}" in self.path


_EVENT = "/events/{event}"
ROUTES = [
    Route(
        "POST",
        "/events",
        {"name": "Trip", "currency": "EUR", "my_name": "Ann", "simplify_debts": True, "members": [MEMBER]},
        {
            "id": "id",
            "name": "name",
            "description": "description",
            "currency": "currency",
            "simplify_debts": "boolean",
            "my_name": "optional name",
            "members": "list",
            "members.0.name": "name",
            "members.0.email": "e-mail",
            "members.0.weight": "weight",
        },
        access="anybody",
    ),
    Route(
        "PATCH",
        _EVENT,
        {"name": "Trip"},
        {
            "name": "name",
            "description": "description",
            "currency": "currency",
            "simplify_debts": "boolean",
            "archived": "boolean",
        },
    ),
    Route("POST", f"{_EVENT}/restore"),
    Route("POST", f"{_EVENT}/link", {"role": "viewer"}, {"role": "role"}),
    Route(
        "POST", f"{_EVENT}/members", MEMBER, {**MEMBER_KINDS, "role": "optional role", "id": "id", "joined_on": "date"}
    ),
    Route(
        "PATCH",
        f"{_EVENT}/members/{{ben}}",
        {"name": "Ben"},
        {**MEMBER_KINDS, "weight_from": "date", "joined_on": "date", "left_on": "date"},
    ),
    Route("POST", f"{_EVENT}/members/{{ben}}/restore"),
    Route("POST", f"{_EVENT}/members/{{ben}}/claim", {}, {"link": "proof"}, access="user"),
    Route("POST", f"{_EVENT}/expenses", EXPENSE, {**EXPENSE_KINDS, "id": "id"}),
    Route("PATCH", f"{_EVENT}/expenses/{{expense}}", EXPENSE, EXPENSE_KINDS),
    Route("POST", f"{_EVENT}/expenses/{{expense}}/restore"),
    Route(
        "POST",
        f"{_EVENT}/payments",
        {"from_member_id": SOMEBODY, "to_member_id": ANOTHER, "amount": 100, "note": "cash", "date": "2026-01-02"},
        {
            "id": "id",
            "from_member_id": "member",
            "to_member_id": "member",
            "amount": "amount",
            "date": "date",
            "note": "note",
        },
    ),
    Route(
        "POST",
        "/auth/register",
        {"name": "Eve", "email": "eve@example.org"},
        {"name": "name", "email": "e-mail", "mobile": "optional name", "password": "proof"},
        access="anybody",
    ),
    Route(
        "POST",
        "/auth/register/confirm",
        {"registration_id": str(uuid.uuid4()), **CODE},
        {"registration_id": "member", "code": "secret", "transport": "kind"},
        access="anybody",
    ),
    Route(
        "POST",
        "/auth/login",
        {"email": "eve@example.org", **CODE},
        {"email": "e-mail", "code": "proof", "password": "proof", "transport": "kind"},
        access="anybody",
    ),
    Route("POST", "/auth/refresh", {"refresh_token": "x"}, {"refresh_token": "proof"}, access="anybody"),
    Route("POST", "/auth/guest", {"link": "x"}, {"link": "secret", "member_id": "optional member"}, access="anybody"),
    Route("PUT", "/auth/password", {"password": "long enough", **CODE}, {"password": "proof"}, access="user"),
    Route("POST", "/auth/totp", CODE, {"code": "proof"}, access="user"),
    Route("POST", "/auth/totp/confirm", {"totp_id": str(uuid.uuid4()), **CODE}, {"totp_id": "member"}, access="user"),
    Route("POST", "/auth/recovery-codes", CODE, {"code": "secret"}, access="user"),
    Route(
        "PATCH",
        "/users/me",
        {"name": "Ann"},
        {
            "name": "name",
            "email": "e-mail",
            "mobile": "optional name",
            "locale": "secret",
            "timezone": "secret",
            "currency": "currency",
            "single_device": "boolean",
            "two_factor": "boolean",
        },
        access="user",
    ),
]


def filled(template: Any, names: Mapping[str, str]) -> Any:
    """Return a path or body with the names in braces replaced."""
    if isinstance(template, str):
        return template.format(**names) if "{" in template else template
    if isinstance(template, list):
        return [filled(item, names) for item in template]
    if isinstance(template, dict):
        return {key: filled(value, names) for key, value in template.items()}
    return template
