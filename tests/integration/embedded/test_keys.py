"""The secrets of an installation: made once, kept, never made anew."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from quits import keys
from quits.errors import CannotStart


def test_the_secrets_are_made_once_and_then_stay(tmp_path):
    made = keys.load(tmp_path / "data")
    assert sorted(made) == ["JWT_SECRET_KEY", "SECRET_KEY"]
    assert made["JWT_SECRET_KEY"] != made["SECRET_KEY"]
    assert all(len(value) >= 43 for value in made.values())
    assert keys.load(tmp_path / "data") == made


def test_two_installations_have_different_secrets(tmp_path):
    assert keys.load(tmp_path / "one") != keys.load(tmp_path / "two")


def test_only_the_owner_may_read_the_secrets(tmp_path):
    keys.load(tmp_path)
    assert (tmp_path / "keys.env").stat().st_mode & 0o777 == 0o600
    (tmp_path / "keys.env").chmod(0o644)
    keys.load(tmp_path)
    assert (tmp_path / "keys.env").stat().st_mode & 0o777 == 0o600


def test_everybody_who_starts_at_once_gets_the_same_secrets(tmp_path):
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: keys.load(tmp_path), range(8)))
    assert all(one == found[0] for one in found)
    assert [path.name for path in tmp_path.iterdir()] == ["keys.env"]


@pytest.mark.parametrize("content", ["", "JWT_SECRET_KEY=short\n", f"JWT_SECRET_KEY={'x' * 40}\n"])
def test_a_damaged_file_is_never_replaced(tmp_path, content):
    (tmp_path / "keys.env").write_text(content)
    with pytest.raises(CannotStart, match=r"lacks a usable .*SECRET_KEY: put the file back from your backup"):
        keys.load(tmp_path)
    assert (tmp_path / "keys.env").read_text() == content


def test_a_folder_that_cannot_be_written_is_refused_in_one_sentence(tmp_path):
    (tmp_path / "taken").touch()
    with pytest.raises(CannotStart, match=r"^Cannot write to .*keys.env"):
        keys.load(tmp_path / "taken")
