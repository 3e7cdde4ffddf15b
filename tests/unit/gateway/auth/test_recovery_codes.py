"""Recovery codes: ten that nobody guesses, read as people write them."""

import uuid

from gateway.auth import recovery
from gateway.auth.hashing import Hasher

HASHER = Hasher("a key that only tests know, long enough", "recovery codes")
USER_ID = uuid.uuid4()


def test_there_are_ten_codes_and_no_two_are_alike() -> None:
    codes = recovery.new_codes()
    assert len(set(codes)) == 10
    assert all(len(code) == len("k3vq-7mzd-2hfa-wx5n") for code in codes)


def test_hyphens_spaces_and_case_do_not_count() -> None:
    code = recovery.new_codes()[0]
    spoken = code.replace("-", " ").upper()
    assert recovery.hash_of(HASHER, USER_ID, spoken) == recovery.hash_of(HASHER, USER_ID, code)


def test_a_code_is_worth_nothing_to_another_user() -> None:
    code = recovery.new_codes()[0]
    assert recovery.hash_of(HASHER, USER_ID, code) != recovery.hash_of(HASHER, uuid.uuid4(), code)
