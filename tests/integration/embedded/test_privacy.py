"""Nobody but its owner reaches the embedded database, and it has no rights that it does not need."""

import os
import tempfile
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError

from quits import unprivileged
from quits.errors import CannotStart
from tests.integration.embedded.server import (
    note,
    query,
    server_id,
    words,
)

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root must run PostgreSQL as somebody else")


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
