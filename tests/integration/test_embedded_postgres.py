"""The database that Quits brings along: it starts, it stops, and whatever is killed, what was committed is there."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from quits import unprivileged
from quits.errors import CannotStart
from quits.postgres import PostgresServer

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root must run PostgreSQL as somebody else")

ROOT = Path(__file__).parents[2]
PARENT = """
import sys, time
from pathlib import Path
from quits.postgres import PostgresServer
server = PostgresServer(Path(sys.argv[1]), lambda text: None)
server.start()
server.ensure_databases(["core"])
print(server.url("core"), flush=True)
time.sleep(600)
"""


@pytest.fixture
def said() -> list[str]:
    """What the servers of a test said."""
    return []


@pytest.fixture
def server_on(said: list[str]) -> Iterator[Callable[[Path], PostgresServer]]:
    """Make servers that are stopped when the test is over."""
    made: list[PostgresServer] = []

    def make(folder: Path) -> PostgresServer:
        made.append(PostgresServer(folder, said.append))
        return made[-1]

    yield make
    for server in made:
        server.stop()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an empty database `core`, shut down in order."""
    server = PostgresServer(tmp_path_factory.mktemp("template"), lambda text: None)
    server.start()
    server.ensure_databases(["core"])
    server.stop()
    return server.folder


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    """A copy of the template: making a database anew takes longer than most tests."""
    return shutil.copytree(template, tmp_path / "postgres")


def query(url: str, statement: str) -> list[object]:
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        result = connection.execute(text(statement))
        return list(result.scalars()) if result.returns_rows else []


def note(url: str, word: str) -> None:
    query(url, "CREATE TABLE IF NOT EXISTS notes (word text UNIQUE)")
    query(url, f"INSERT INTO notes VALUES ('{word}')")


def words(url: str) -> list[object]:
    return query(url, "SELECT word FROM notes ORDER BY word")


def server_id(folder: Path) -> int:
    return int((folder / "server/data/postmaster.pid").read_text().splitlines()[0])


def is_alive(process_id: int) -> bool:
    return Path(f"/proc/{process_id}/cwd").exists()


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


def start_in_another_process(folder: Path) -> tuple[subprocess.Popen[str], str]:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, folder], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert parent.stdout is not None
    return parent, parent.stdout.readline().strip()


def kill(parent: subprocess.Popen[str]) -> None:
    parent.kill()
    parent.communicate()


def test_a_new_folder_becomes_a_database_that_answers(server_on, said, tmp_path):
    server = server_on(tmp_path / "data/postgres")
    server.start()
    server.ensure_databases(["core", "budget"])
    assert query(server.url("core"), "SELECT current_database()") == ["core"]
    assert query(server.url("budget"), "SELECT current_database()") == ["budget"]
    assert any("new database" in sentence for sentence in said)


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


def test_a_server_that_lost_its_parent_is_stopped_before_the_next_start(server_on, said, folder):
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


def test_a_transaction_in_mid_air_does_not_hold_up_the_next_start(server_on, folder):
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


def test_a_second_start_on_the_same_folder_is_refused_in_one_sentence(server_on, folder):
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


def server_owner(folder: Path) -> int:
    return (folder / "server/data").stat().st_uid


def test_a_note_of_the_server_that_a_crash_cut_short_is_no_obstacle(server_on, folder):
    server = server_on(folder)
    server.start()
    server.stop()
    (folder / "server/data/postmaster.pid").touch()
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


def test_a_socket_outside_of_the_folder_is_removed_with_the_server(server_on, tmp_path):
    def sockets() -> set[Path]:
        return set(Path(tempfile.gettempdir()).glob("quits-socket-*"))

    before = sockets()
    folder = tmp_path / ("long" * 30)
    parent, _ = start_in_another_process(folder)
    assert all(path.stat().st_mode & 0o777 == 0o700 for path in sockets() - before)
    assert len(sockets() - before) == 1
    kill(parent)
    server = server_on(folder)
    server.start()
    assert len(sockets() - before) == 1
    server.stop()
    assert sockets() == before


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


def test_nothing_listens_on_the_network(server_on, folder):
    server = server_on(folder)
    server.start()
    links = [str(path.readlink()) for path in Path(f"/proc/{server_id(folder)}/fd").iterdir()]
    own = {link.removeprefix("socket:[").removesuffix("]") for link in links if link.startswith("socket:[")}
    tables = [Path(f"/proc/net/{name}").read_text() for name in ("tcp", "tcp6", "udp", "udp6")]
    on_network = {line.split()[9] for table in tables for line in table.splitlines()[1:]}
    assert own
    assert not own & on_network


def test_nobody_else_reaches_the_data_or_the_socket(server_on, tmp_path):
    tmp_path.chmod(0o755)
    server = server_on(tmp_path / "postgres")
    server.start()
    for name in (".", "server", "server/data"):
        assert (tmp_path / "postgres" / name).stat().st_mode & 0o777 == 0o700
    assert tmp_path.stat().st_mode & 0o777 == 0o755


def test_the_owner_of_a_database_has_no_right_beyond_it(server_on, tmp_path):
    server = server_on(tmp_path)
    server.start()
    server.ensure_databases(["core", "budget"])
    note(server.url("core"), "mine")
    assert query(server.url("core"), "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == [False]
    with pytest.raises(DBAPIError, match="permission denied"):
        query(server.url("core"), "COPY notes TO PROGRAM 'cat'")


def test_the_log_holds_nothing_of_what_was_written(server_on, folder):
    server = server_on(folder)
    server.start()
    note(server.url("core"), "a secret address")
    with pytest.raises(IntegrityError):
        note(server.url("core"), "a secret address")
    log = (folder / "server.log").read_text()
    assert "unique constraint" in log
    assert "secret" not in log


@as_root
def test_root_runs_the_server_without_capabilities_below_a_folder_that_only_root_may_enter(server_on, tmp_path):
    parent = tmp_path / "private"
    parent.mkdir(mode=0o700)
    server = server_on(parent / "postgres")
    server.start()
    status = Path(f"/proc/{server_id(parent / 'postgres')}/status").read_text()
    assert "CapEff:\t0000000000000000" in status
    assert parent.stat().st_mode & 0o777 == 0o700


@as_root
def test_root_takes_over_data_that_another_account_owned(server_on, folder):
    server = server_on(folder)
    server.start()
    note(server.url("core"), "kept")
    server.stop()
    somebody = unprivileged.NOBODY_ID
    for path in (folder / "server", *(folder / "server").rglob("*")):
        os.lchown(path, somebody, somebody)
    server.start()
    assert words(server.url("core")) == ["kept"]


@as_root
def test_root_without_namespaces_uses_an_account_that_reaches_the_folder():
    with tempfile.TemporaryDirectory() as name:
        home = Path(name, "postgres")
        Path(name).chmod(0o755)
        (home / "server").mkdir(parents=True)
        (home / "server/file").touch()
        account = unprivileged.choose(Path("/bin/true"), home / "server", lambda command: None)
        assert account.user == unprivileged.NOBODY_ID
        assert (home / "server/file").stat().st_uid == account.user
        assert home.stat().st_mode & 0o777 == 0o711


@as_root
def test_root_without_namespaces_and_without_a_way_in_is_refused_in_one_sentence():
    with tempfile.TemporaryDirectory() as name:
        server = Path(name, "postgres/server")
        server.mkdir(parents=True)
        with pytest.raises(CannotStart, match="PostgreSQL does not run as root, and no other account can use"):
            unprivileged.choose(Path("/bin/true"), server, lambda command: None)
        assert Path(name).stat().st_mode & 0o777 == 0o700
