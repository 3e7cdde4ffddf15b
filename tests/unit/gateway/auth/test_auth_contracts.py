"""Which requests to the gateway itself have the right shape."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Invalid
from common.rpc import wire
from gateway.auth.contracts import ChangePassword, EditUser, Register, SetUpAuthenticator, SignIn

EMAIL = {"email": "ann@example.org"}


@pytest.mark.parametrize(
    "proofs",
    [
        {"code": "123456"},
        {"password": "x"},
        {"password": "x", "code": "123456"},
        {"recovery_code": "k3vq-7mzd-2hfa-wx5n"},
    ],
)
def test_each_way_to_sign_in_is_understood(proofs: dict[str, str]) -> None:
    command = wire.read_command(SignIn, {**EMAIL, **proofs})
    assert command.transport == "body"


@pytest.mark.parametrize(
    ("document", "field"),
    [
        (EMAIL, "code"),
        ({**EMAIL, "code": None}, "code"),
        ({**EMAIL, "code": "1", "recovery_code": "2"}, "recovery_code"),
        ({**EMAIL, "password": "1", "recovery_code": "2"}, "recovery_code"),
        ({**EMAIL, "code": 123456}, "code"),
        ({**EMAIL, "code": ""}, "code"),
        ({**EMAIL, "code": "1", "transport": "carrier pigeon"}, "transport"),
        ({**EMAIL, "code": "1", "pin": "1"}, "pin"),
        ({"code": "1"}, "email"),
        ({"email": "ann", "code": "1"}, "email"),
    ],
)
def test_other_ways_to_sign_in_are_refused_by_field(document: dict[str, object], field: str) -> None:
    assert field in refused_fields(SignIn, document)


@pytest.mark.parametrize(
    ("kind", "document", "field"),
    [
        (ChangePassword, {"code": "1"}, "password"),
        (ChangePassword, {"password": "long enough"}, "code"),
        (ChangePassword, {"password": "long enough", "code": "1", "current_password": "2"}, "code"),
        (ChangePassword, {"password": "short", "code": "1"}, "password"),
        (SetUpAuthenticator, {}, "code"),
        (SetUpAuthenticator, {"code": "1", "recovery_code": "2"}, "code"),
        (Register, {"name": "Ann", "email": "ann@example.org", "password": "short"}, "password"),
        (Register, {"name": " ", "email": "ann@example.org"}, "name"),
        (Register, {"name": "Ann", "email": "ann@example.org", "mobile": "call me"}, "mobile"),
        (EditUser, {"timezone": "Mars/Olympus"}, "timezone"),
        (EditUser, {"timezone": "../../etc/passwd"}, "timezone"),
        (EditUser, {"locale": "klingon"}, "locale"),
        (EditUser, {"locale": "xx-YY"}, "locale"),
        (EditUser, {"currency": "XAU"}, "currency"),
        (EditUser, {"name": None}, "name"),
        (EditUser, {"two_factor": "yes"}, "two_factor"),
        (EditUser, {"id": "x"}, "id"),
    ],
)
def test_a_wrong_field_is_named(kind: type, document: dict[str, object], field: str) -> None:
    assert field in refused_fields(kind, document)


def test_a_profile_takes_what_people_have() -> None:
    document = {
        "mobile": "+43 (0) 660 123-45-67",
        "locale": "de-AT",
        "timezone": "Europe/Vienna",
        "currency": "JPY",
    }
    command = wire.read_command(EditUser, document)
    assert wire.dump_command(command) == {**document, "if_version": None}


@given(st.text(max_size=40))
def test_whatever_is_sent_as_a_locale_zone_or_number_is_accepted_or_refused_by_field(text: str) -> None:
    for field in ("locale", "timezone", "mobile"):
        with contextlib.suppress(Invalid):
            wire.read_command(EditUser, {field: text})


def refused_fields(kind: type, document: dict[str, object]) -> set[str]:
    """Return the fields that a refusal names."""
    with pytest.raises(Invalid) as refusal:
        wire.read_command(kind, document)
    return {error.field for error in refusal.value.fields}
