"""One-time codes: right ones of now and the step on either side, and nothing else."""

import base64
import uuid

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.sealing import SealBroken, Sealer
from gateway.auth import totp

# The secret and a code of RFC 6238, appendix B: 94287082 at second 59, of which six digits are ours.
RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()


def test_a_code_of_the_standard_is_right() -> None:
    assert totp.matching_step(RFC_SECRET, "287082", 59) == 1


def test_white_space_within_a_code_does_not_count() -> None:
    assert totp.matching_step(RFC_SECRET, " 287 082 ", 59) == 1


@pytest.mark.parametrize(("steps_later", "expected"), [(-2, None), (-1, 0), (0, 0), (1, 0), (2, None)])
def test_a_code_holds_one_step_before_and_after_its_own(steps_later: int, expected: int | None) -> None:
    own_step = 60_000_000
    code = pyotp.TOTP(RFC_SECRET).generate_otp(own_step)
    step = totp.matching_step(RFC_SECRET, code, (own_step + steps_later) * totp.STEP_S)
    assert (None if step is None else step - own_step) == expected


@given(st.text(max_size=20).filter(lambda text: "".join(text.split()) not in {"287082", "755224", "359152"}))
def test_nothing_else_is_right_and_nothing_breaks_it(code: str) -> None:
    assert totp.matching_step(RFC_SECRET, code, 59) is None


def test_digits_of_other_scripts_are_no_code() -> None:
    assert totp.matching_step(RFC_SECRET, "٢٨٧٠٨٢", 59) is None


def test_a_secret_has_160_bits_and_every_one_is_new() -> None:
    first, second = totp.new_secret(), totp.new_secret()
    assert len(base64.b32decode(first)) == 20
    assert first != second


def test_the_setup_shows_the_secret_as_text_as_uri_and_as_picture() -> None:
    setup = totp.setup_of(RFC_SECRET, "ann@example.org")
    assert pyotp.parse_uri(setup.uri).secret == setup.secret == RFC_SECRET
    assert "ann%40example.org" in setup.uri
    assert setup.qr_svg.startswith("<svg")


def test_a_secret_sealed_for_one_user_does_not_open_for_another() -> None:
    sealer = Sealer("a key that only tests know, long enough")
    ann, bob = uuid.uuid4(), uuid.uuid4()
    sealed = totp.seal(sealer, RFC_SECRET, ann)
    assert RFC_SECRET.encode() not in sealed
    assert totp.open_sealed(sealer, sealed, ann) == RFC_SECRET
    with pytest.raises(SealBroken):
        totp.open_sealed(sealer, sealed, bob)
