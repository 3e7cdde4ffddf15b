"""Passwords: what matches, and that nobody's password matches nothing."""

from gateway.auth import passwords


def test_only_the_password_itself_matches() -> None:
    hashed = passwords.hash_password("correct horse")
    assert hashed.startswith("$argon2id$")
    assert passwords.matches(hashed, "correct horse")
    assert not passwords.matches(hashed, "correct horse ")


def test_without_a_hash_nothing_matches_not_even_the_dummy() -> None:
    assert not passwords.matches(None, "nobody has this password")
    assert not passwords.matches(None, "")


def test_a_hash_that_is_none_is_no_failure_of_the_program() -> None:
    assert not passwords.matches("rubbish", "rubbish")
