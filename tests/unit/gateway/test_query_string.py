"""Query strings: numbers and booleans become what a field expects, everything unknown or repeated is named."""

import uuid
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from common.contracts.events import ListEvents
from common.contracts.expenses import ListExpenses
from common.errors import Invalid
from common.rpc import wire
from gateway.query_string import Reader

EVENT = str(uuid.UUID(int=1))
plain, expanding = Reader(ListExpenses, expands=False), Reader(ListExpenses, expands=True)


def read(*pairs: tuple[str, str], reader: Reader = plain) -> dict[str, Any]:
    return reader.read(MultiDict(pairs))


def wrong(*pairs: tuple[str, str], reader: Reader = plain) -> list[str]:
    with pytest.raises(Invalid) as refusal:
        wire.read_command(ListExpenses, {"event_id": EVENT, **read(*pairs, reader=reader)})
    return [error.field for error in refusal.value.fields]


def test_numbers_are_read_as_numbers_and_texts_as_texts() -> None:
    assert read(("limit", "10"), ("min_amount", "5"), ("q", "10"), ("kind", "income")) == {
        "limit": 10,
        "min_amount": 5,
        "q": "10",
        "kind": "income",
    }


@pytest.mark.parametrize(("text", "value"), [("true", True), ("false", False), ("True", "True"), ("1", "1")])
def test_booleans_are_true_and_false_only(text: str, value: object) -> None:
    assert Reader(ListEvents, expands=False).read(MultiDict([("archived", text)])) == {"archived": value}


@pytest.mark.parametrize(
    "limit", ["", "0", "-1", "101", "1.0", "1e1", "+5", " 5", "5 ", "\u0665", "0x5", "9" * 30, "NaN", "five"]
)
def test_a_limit_that_is_none_is_refused(limit: str) -> None:
    assert wrong(("limit", limit)) == ["limit"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("sort", "amount"), ("kind", "gift"), ("category", "\0"), ("q", "\0"), ("min_date", "2026-02-30"), ("cursor", "")],
)
def test_an_unknown_value_is_refused(name: str, value: str) -> None:
    assert wrong((name, value)) == [name]


def test_every_unknown_or_repeated_parameter_is_named() -> None:
    assert wrong(("offset", "5"), ("limit", "1"), ("limit", "2"), ("page", "1")) == ["offset", "limit", "page"]


def test_a_parameter_that_cannot_be_shown_is_named_as_well_as_can_be() -> None:
    assert wrong(("\ud800" + "x" * 200, "1")) == ["?" + "x" * 99]


def test_members_can_be_expanded_where_the_endpoint_does_so() -> None:
    assert read(("expand", "members"), ("limit", "5"), reader=expanding) == {"limit": 5}
    assert wrong(("expand", "events"), reader=expanding) == ["expand"]
    assert wrong(("expand", "members"), ("expand", "members"), reader=expanding) == ["expand"]
    assert wrong(("expand", "members")) == ["expand"]


def test_a_call_with_a_body_takes_no_parameters_but_the_expansion() -> None:
    expanding.read_expansion(MultiDict([("expand", "members")]))
    with pytest.raises(Invalid):
        expanding.read_expansion(MultiDict([("limit", "5")]))
