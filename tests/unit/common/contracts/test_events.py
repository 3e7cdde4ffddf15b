"""What people say of events and members: every bad input is refused under the name of the field that is wrong."""

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from common.contracts.events import AddMember, CreateEvent, EditEvent, EditMember, LinkOf, ListMembers
from common.contracts.types import UNSET
from common.errors import Invalid
from common.rpc import wire

ID = str(uuid.UUID(int=1))
EVENT = {"id": ID, "name": "Porto", "currency": "EUR"}
MEMBER = {"id": ID, "event_id": ID, "name": "Bob"}
EDIT = {"event_id": ID, "member_id": ID}


def wrong_fields(command: type, document: dict[str, Any]) -> list[str]:
    with pytest.raises(Invalid) as refusal:
        wire.read_command(command, document)
    return [error.field for error in refusal.value.fields]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": "n" * 101}, "name"),
        ({"name": "a\0"}, "name"),
        ({"name": 5}, "name"),
        ({"currency": "XXX"}, "currency"),
        ({"currency": "eur"}, "currency"),
        ({"description": "d" * 501}, "description"),
        ({"simplify_debts": "true"}, "simplify_debts"),
        ({"simplify_debts": 1}, "simplify_debts"),
        ({"my_name": ""}, "my_name"),
        ({"members": [{"name": "Bob"}, {"name": ""}]}, "members.1.name"),
        ({"members": [{"name": "Bob", "email": "bob"}]}, "members.0.email"),
        ({"members": [{"name": "Bob", "weight": "0"}]}, "members.0.weight"),
        ({"members": [{"name": "Bob", "role": "admin"}]}, "members.0.role"),
        ({"members": [{"name": f"Guest {number}"} for number in range(1000)]}, "members"),
        ({"members": "Bob"}, "members"),
        ({"owner": "me"}, "owner"),
    ],
)
def test_a_wrong_field_of_an_event_is_named(changes: dict[str, Any], wrong: str) -> None:
    assert wrong_fields(CreateEvent, {**EVENT, **changes}) == [wrong]


def test_a_name_is_trimmed_before_it_is_measured() -> None:
    assert wire.read_command(CreateEvent, {**EVENT, "name": "  " + "n" * 100 + " "}).name == "n" * 100


def test_up_to_999_members_come_with_an_event() -> None:
    members = [{"name": f"Guest {number}"} for number in range(999)]
    assert len(wire.read_command(CreateEvent, {**EVENT, "members": members}).members) == 999


@pytest.mark.parametrize(("weight", "kept"), [(1, "1"), (2, "2"), ("0.5", "0.5"), ("1.25", "1.25"), ("1000", "1000")])
def test_a_weight_is_a_whole_number_or_a_decimal_text(weight: Any, kept: str) -> None:
    assert wire.read_command(AddMember, {**MEMBER, "weight": weight}).weight == kept


@pytest.mark.parametrize("weight", [0, -1, "0", "0.00", "-1", 1.5, "1.234", True, None, "", "one", "1e1", 1001, 10**20])
def test_a_wrong_weight_is_refused(weight: Any) -> None:
    assert wrong_fields(AddMember, {**MEMBER, "weight": weight}) == ["weight"]
    assert wrong_fields(EditMember, {**EDIT, "weight": weight}) == ["weight"]


@pytest.mark.parametrize("email", ["bob@example.org", "b.o+b@mail.example.org", "ü@bücher.example"])
def test_an_address_is_accepted(email: str) -> None:
    assert wire.read_command(AddMember, {**MEMBER, "email": f" {email} "}).email == email


@pytest.mark.parametrize(
    "email",
    [
        "",
        "bob",
        "@example.org",
        "bob@",
        "bob@org",
        "a b@example.org",
        "a@b@example.org",
        "a@example.org\n x",
        "a" * 260 + "@example.org",
    ],
)
def test_what_is_no_address_is_refused(email: str) -> None:
    assert wrong_fields(AddMember, {**MEMBER, "email": email}) == ["email"]


@pytest.mark.parametrize("role", ["owner", "Admin", 1])
def test_an_unknown_role_is_refused(role: Any) -> None:
    assert wrong_fields(AddMember, {**MEMBER, "role": role}) == ["role"]
    assert wrong_fields(LinkOf, {"event_id": ID, "role": role}) == ["role"]


def test_a_date_may_be_ten_years_ahead_and_no_day_more() -> None:
    today = datetime.now(UTC).date()
    last = today.replace(year=today.year + 10, day=min(today.day, 28))
    wire.read_command(AddMember, {**MEMBER, "joined_on": last.isoformat()})
    beyond = last.replace(year=last.year + 1)
    assert wrong_fields(AddMember, {**MEMBER, "joined_on": beyond.isoformat()}) == ["joined_on"]


def test_an_edit_keeps_apart_what_is_not_said_and_what_is_null() -> None:
    edit = wire.read_command(EditMember, {**EDIT, "left_on": None, "email": None})
    assert (edit.left_on, edit.email, edit.joined_on, edit.name) == (None, None, UNSET, UNSET)
    assert wrong_fields(EditMember, {**EDIT, "name": None}) == ["name"]
    assert wrong_fields(EditEvent, {"event_id": ID, "archived": None}) == ["archived"]


@pytest.mark.parametrize("limit", [0, 101, -1, "5", 5.0, True])
def test_a_page_has_one_to_a_hundred_items(limit: Any) -> None:
    assert wrong_fields(ListMembers, {"event_id": ID, "limit": limit}) == ["limit"]
