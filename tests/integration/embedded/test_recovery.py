"""Whatever is killed, the next start finds what was committed, and nothing of what was not."""

import os
import signal
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from quits.errors import CannotStart
from tests.integration.embedded.server import (
    PID_FILE,
    is_alive,
    kill,
    note,
    query,
    server_id,
    server_owner,
    wait_until,
    words,
)


def test_data_survive_an_orderly_stop(server_on, said, folder):
    first = server_on(folder)
    first.start()
    note(first.url("core"), "kept")
    process_id = server_id(folder)
    first.stop()
    assert not is_alive(process_id)
    said.clear()
    second = server_on(folder)
    second.start()
    assert words(second.url("core")) == ["kept"]
    assert said == []


def test_a_committed_row_survives_the_death_of_the_server(server_on, said, folder):
    server = server_on(folder)
    server.start()
    url = server.url("core")
    note(url, "committed")
    os.kill(server_id(folder), signal.SIGKILL)
    wait_until(lambda: not server.is_running)
    with pytest.raises(DBAPIError):
        words(url)
    server.start()
    assert server.url("core") == url
    assert words(url) == ["committed"]
    assert any("recovering" in sentence for sentence in said)


def test_a_server_that_lost_its_parent_is_stopped_before_the_next_start(
    start_in_another_process, server_on, said, folder
):
    parent, url = start_in_another_process(folder)
    note(url, "committed")
    orphan = server_id(folder)
    kill(parent)
    assert is_alive(orphan)
    server = server_on(folder)
    server.start()
    assert not is_alive(orphan)
    assert server_id(folder) != orphan
    assert words(server.url("core")) == ["committed"]
    assert any("earlier run" in sentence for sentence in said)


def test_a_transaction_in_mid_air_does_not_hold_up_the_next_start(start_in_another_process, server_on, folder):
    parent, url = start_in_another_process(folder)
    note(url, "committed")
    engine = create_engine(url, poolclass=NullPool)
    connection = engine.connect()
    connection.execute(text("INSERT INTO notes VALUES ('never committed')"))
    kill(parent)
    os.kill(server_id(folder), signal.SIGKILL)
    server = server_on(folder)
    server.start()
    assert words(server.url("core")) == ["committed"]
    with pytest.raises(DBAPIError):
        connection.commit()
    connection.close()


def test_a_start_waits_for_what_is_left_of_a_dead_server(server_on, folder):
    server = server_on(folder)
    server.start()
    note(server.url("core"), "committed")
    dead = server_id(folder)
    child = int(Path(f"/proc/{dead}/task/{dead}/children").read_text().split()[0])
    os.kill(child, signal.SIGSTOP)
    os.kill(dead, signal.SIGKILL)
    wait_until(lambda: not server.is_running)
    with ThreadPoolExecutor() as thread:
        starting = thread.submit(server.start)
        log = folder / "server.log"
        wait_until(lambda: log.exists() and "still in use" in log.read_text())
        os.kill(child, signal.SIGCONT)
        starting.result(30)
    assert words(server.url("core")) == ["committed"]


def test_a_second_start_on_the_same_folder_is_refused_in_one_sentence(start_in_another_process, server_on, folder):
    parent, url = start_in_another_process(folder)
    with pytest.raises(CannotStart, match=rf"already running on .* \(process {parent.pid}\): stop it first"):
        server_on(folder).start()
    assert query(url, "SELECT 1") == [1]
    kill(parent)
    server_on(folder).start()


def test_the_process_that_has_the_number_of_a_dead_server_is_left_alone(server_on, folder):
    server = server_on(folder)
    server.start()
    note(server.url("core"), "committed")
    os.kill(server_id(folder), signal.SIGKILL)
    wait_until(lambda: not server.is_running)
    with subprocess.Popen(["sleep", "60"], user=server_owner(folder)) as stranger:
        for name in ("data/postmaster.pid", ".s.PGSQL.5432.lock"):
            lock = folder / "server" / name
            lock.write_text("\n".join([str(stranger.pid), *lock.read_text().splitlines()[1:], ""]))
        server.start()
        assert words(server.url("core")) == ["committed"]
        assert stranger.poll() is None
        stranger.kill()


def test_a_note_of_the_server_that_a_crash_cut_short_is_no_obstacle(server_on, folder):
    server = server_on(folder)
    server.start()
    server.stop()
    (folder / PID_FILE).touch()
    server.start()
    assert server.is_running


def test_a_database_half_made_is_made_again(server_on, tmp_path):
    half_made = tmp_path / "server/draft-1"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18\n")
    server = server_on(tmp_path)
    server.start()
    assert server.is_running
    assert not half_made.exists()


def test_a_socket_outside_of_the_folder_is_removed_with_the_server(start_in_another_process, server_on, tmp_path):
    folder = tmp_path / ("long" * 30)
    parent, url = start_in_another_process(folder)
    former = Path(make_url(url).query["host"])
    assert former.parent == Path(tempfile.gettempdir())
    assert former.stat().st_mode & 0o777 == 0o700
    kill(parent)
    server = server_on(folder)
    server.start()
    sockets = Path(make_url(server.url("core")).query["host"])
    assert (sockets / ".s.PGSQL.5432").exists()
    assert not former.exists()
    server.stop()
    assert not sockets.exists()
