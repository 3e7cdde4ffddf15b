"""Keyed hashes and tokens as text."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.auth.hashing import Hasher, decode, derive, encode

KEY = "a key that only tests know, long enough"


@given(st.binary(max_size=64))
def test_a_token_survives_being_text(token: bytes) -> None:
    assert decode(encode(token), len(token)) == token


@given(st.text(max_size=60))
def test_text_that_no_token_was_made_into_is_refused(text: str) -> None:
    token = decode(text, 32)
    assert token is None or encode(token) == text


def test_a_token_with_other_spare_bits_is_not_the_same_token() -> None:
    assert encode(b"\0") == "AA"
    assert decode("AB", 1) is None


def test_purposes_and_keys_have_nothing_in_common() -> None:
    assert len({derive(KEY, "one"), derive(KEY, "other"), derive(KEY + "!", "one")}) == 3


def test_where_one_part_ends_makes_a_difference() -> None:
    hasher = Hasher(KEY, "test")
    assert hasher.digest(b"ab", b"c") != hasher.digest(b"a", b"bc")
