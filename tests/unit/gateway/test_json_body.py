"""JSON from outside: what is not JSON, nested too deep or said twice is refused, whatever it costs to write."""

import math
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Invalid, Malformed
from gateway import json_body

texts = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(texts, values, max_size=4))
def test_an_object_is_read_as_it_was_written(document: dict[str, Any]) -> None:
    assert json_body.parse(orjson.dumps(document)) == document


@pytest.mark.parametrize(
    "body",
    [b"{", b"", b" ", b"{'a': 1}", b'{"a": 1,}', b'{"a": 01}', b'{"a": .5}', b"nul", b'{"a": 1} x', b"\xef\xbb\xbf{}"],
)
def test_what_is_not_json_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        json_body.parse(body)


@pytest.mark.parametrize("body", [b'{"a": "\xff"}', b'{"a": "\xed\xa0\x80"}', '{"a": 1}'.encode("utf-16")])
def test_what_is_not_utf_8_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        json_body.parse(body)


@pytest.mark.parametrize("body", [b"[]", b"1", b'"text"', b"null", b"true", b"[{}]"])
def test_what_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        json_body.parse(body)
    assert [error.field for error in refusal.value.fields] == ["body"]


@pytest.mark.parametrize("number", ["1.0", "1e2", "1E2", "NaN", "Infinity", "-Infinity", "1e400", "-0.0"])
def test_what_is_no_whole_number_is_a_float_that_fields_refuse(number: str) -> None:
    assert isinstance(json_body.parse(f'{{"amount": {number}}}'.encode())["amount"], float)


@pytest.mark.parametrize("digits", [20, 1_000, 5_000, 500_000])
def test_a_huge_number_is_left_to_the_field(digits: int) -> None:
    """Red when Python's limit of 4,300 digits makes sound JSON malformed."""
    amount = json_body.parse(b'{"amount": ' + b"9" * digits + b"}")["amount"]
    assert isinstance(amount, int) or math.isinf(amount)


def test_a_nul_and_a_lone_surrogate_are_left_to_the_field() -> None:
    assert json_body.parse(rb'{"a": "\u0000", "b": "\ud800"}') == {"a": "\0", "b": "\ud800"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"a": 1, "a": 1}', "a"),
        (b'{"b": 1, "a": 1, "a": 2}', "a"),
        (b'{"x": {"a": 1, "a": 2}}', "x.a"),
        (b'{"payers": [{}, {"amount": 1, "amount": 2}]}', "payers.1.amount"),
        (rb'{"\ud800": 1, "\ud800": 2}', "?"),
    ],
)
def test_a_key_that_occurs_twice_is_named(body: bytes, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        json_body.parse(body)
    assert [error.field for error in refusal.value.fields] == [field]


def test_a_key_that_occurs_twice_among_very_many_is_found_in_one_pass() -> None:
    """Red, as in never done, when each key is looked for among all the others."""
    pairs = ",".join(f'"{number}":0' for number in range(100_000))
    with pytest.raises(Invalid) as refusal:
        json_body.parse(f'{{{pairs},"99999":1}}'.encode())
    assert [error.field for error in refusal.value.fields] == ["99999"]


def nested(depth: int) -> bytes:
    return b'{"a":' * (depth - 1) + b"{}" + b"}" * (depth - 1)


def test_twenty_levels_are_read() -> None:
    assert json_body.parse(nested(20))


@pytest.mark.parametrize(
    "body",
    [
        nested(21),
        b'{"a":' + b"[" * 20 + b"]" * 20 + b"}",
        nested(2_000),
        b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
def test_deeper_nesting_is_refused(body: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        json_body.parse(body)
    assert [error.field for error in refusal.value.fields] == ["body"]


@pytest.mark.parametrize("bracket", [b"[", b'{"a":'])
def test_brackets_that_never_end_are_refused(bracket: bytes) -> None:
    with pytest.raises((Invalid, Malformed)):
        json_body.parse(bracket * 100_000)
