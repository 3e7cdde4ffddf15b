"""What is sealed opens with the same key for the same purpose, untouched, and not otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.sealing import SealBroken, Sealer

sealer = Sealer("a secret")


@given(st.binary(max_size=200), st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_what_was_sealed_opens(plain: bytes, purpose: str) -> None:
    assert sealer.open(sealer.seal(plain, purpose), purpose) == plain


def test_a_seal_never_looks_the_same_twice() -> None:
    assert sealer.seal(b"token", "link") != sealer.seal(b"token", "link")


def test_a_seal_does_not_show_what_it_holds() -> None:
    assert b"token" not in sealer.seal(b"token", "link")


@given(st.integers(0, 10**6), st.integers(1, 255))
def test_a_seal_that_was_tampered_with_does_not_open(place: int, change: int) -> None:
    sealed = bytearray(sealer.seal(b"token", "link"))
    sealed[place % len(sealed)] ^= change
    with pytest.raises(SealBroken):
        sealer.open(bytes(sealed), "link")


@pytest.mark.parametrize("kept", [0, 1, 5, 13, 20])
def test_a_piece_of_a_seal_does_not_open(kept: int) -> None:
    with pytest.raises(SealBroken):
        sealer.open(sealer.seal(b"token", "link")[:kept], "link")


def test_a_seal_for_something_else_does_not_open() -> None:
    with pytest.raises(SealBroken):
        sealer.open(sealer.seal(b"token", "link"), "another link")


def test_a_seal_of_another_key_does_not_open() -> None:
    with pytest.raises(SealBroken):
        Sealer("another secret").open(sealer.seal(b"token", "link"), "link")
