"""The database that Quits brings along starts in any folder, or says in one sentence why not."""

from pathlib import Path

import pytest

from quits.errors import CannotStart
from tests.integration.embedded.server import note, query, words


def test_a_new_folder_becomes_a_database_that_answers(server_on, said, tmp_path):
    server = server_on(tmp_path / "data/postgres")
    server.start()
    server.ensure_databases(["core", "budget"])
    assert query(server.url("core"), "SELECT current_database()") == ["core"]
    assert query(server.url("budget"), "SELECT current_database()") == ["budget"]
    assert any("new database" in sentence for sentence in said)


@pytest.mark.parametrize("name", ["with spaces", 'a "quoted", listed ü%40', "/".join(["long" * 10] * 4)])
def test_any_name_of_the_folder_will_do(server_on, tmp_path, name):
    server = server_on(tmp_path / name)
    for word in ("first", "second"):
        server.start()
        server.ensure_databases(["core"])
        note(server.url("core"), word)
        server.stop()
    server.start()
    assert words(server.url("core")) == ["first", "second"]


def test_a_file_in_place_of_the_folder_is_refused_in_one_sentence(server_on, tmp_path):
    (tmp_path / "taken").touch()
    with pytest.raises(CannotStart, match=r"^Cannot write to .*taken \(file exists\): set QUITS_DATA_DIR"):
        server_on(tmp_path / "taken").start()


def test_a_folder_that_cannot_be_made_is_refused_in_one_sentence(server_on):
    with pytest.raises(CannotStart, match=r"^Cannot write to /proc/quits"):
        server_on(Path("/proc/quits")).start()


def test_data_of_another_major_version_are_left_alone(server_on, folder):
    server = server_on(folder)
    server.start()
    server.stop()
    version = folder / "server/data/PG_VERSION"
    version.write_text("17\n")
    with pytest.raises(CannotStart, match="holds data of PostgreSQL 17, but this program brings PostgreSQL 18"):
        server.start()
    version.write_text("18\n")
    server.start()
    assert server.is_running


def test_what_the_server_says_when_it_cannot_start_is_passed_on(server_on, folder):
    server = server_on(folder)
    server.start()
    server.stop()
    (folder / "server/data/postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(CannotStart, match=r"did not start \(configuration file .* contains errors\): its log is"):
        server.start()
    assert not server.is_running


def test_committing_waits_for_the_disk(server_on, folder):
    server = server_on(folder)
    server.start()
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        assert query(server.url("core"), f"SHOW {setting}") == ["on"]


def test_texts_sort_by_code_point_and_know_their_capitals(server_on, folder):
    server = server_on(folder)
    server.start()
    url = server.url("core")
    assert query(url, "SELECT w FROM unnest(ARRAY['b', 'Z', 'ä', 'a']) w ORDER BY w") == ["Z", "a", "b", "ä"]
    assert query(url, "SELECT lower('ÄÖÜ')") == ["äöü"]
